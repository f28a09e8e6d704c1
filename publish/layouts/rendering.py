"""Fills in the templates of a layout."""

from __future__ import annotations

import traceback
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.loaders import FileSystemLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from publish.diagnostics import BackendError, Place, error
from publish.layouts.finding import Layout
from publish.layouts.words import day, digits, months, numeral


def fill_in(layout: Layout, template: str, context: Mapping[str, Any]) -> str:
    """Return a template filled in; see `publish.layouts.render`."""
    environment = _environment(layout.folders, layout.digest)
    try:
        text = environment.get_template(template).render(**context)
    except TemplateNotFound as problem:
        name = problem.name or template
        raise BackendError(
            error("layout-template", f"layout {layout.name!r} has no template {name!r}")
        ) from None
    except TemplateSyntaxError as problem:
        place = Place(_shown(problem.filename or template, layout), problem.lineno)
        raise BackendError(error("layout-template", str(problem.message), place)) from None
    except Exception as problem:
        place = _place(problem, template, layout)
        raise BackendError(error("layout-template", str(problem), place)) from problem
    return _checked(text.strip(), template, layout, environment)


def _checked(text: str, template: str, layout: Layout, environment: Any) -> str:
    try:
        etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError as problem:
        file = environment.get_template(template).filename or template
        lines = text.splitlines()
        row = (problem.lineno or 1) - 1
        near = lines[row].strip()[:80] if row < len(lines) else ""
        raise BackendError(
            error(
                "layout-template",
                f"gives no well-formed XML: {problem.msg}",
                Place(_shown(str(file), layout)),
                f"near: {near}",
            )
        ) from None
    return text


def _place(problem: BaseException, template: str, layout: Layout) -> Place:
    """Return the innermost line of a template that an exception went through."""
    roots = tuple(layout.folders)
    for frame in reversed(traceback.extract_tb(problem.__traceback__)):
        if frame.filename.startswith(roots):
            return Place(_shown(frame.filename, layout), frame.lineno or 0)
    return Place(template)


def _shown(file: str, layout: Layout) -> str:
    """Return a template's path from the folder that holds layouts."""
    path = Path(file)
    for folder in map(Path, layout.folders):
        if path.is_relative_to(folder):
            return path.relative_to(folder.parent).as_posix()
    return file


@lru_cache(maxsize=16)
def _environment(folders: tuple[str, ...], _digest: str) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders, encoding="utf-8-sig"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "day": day,
        "months": months,
        "digits": digits,
        "numeral": numeral,
        "iso": lambda value: value.date().isoformat() if value else "",
        "host": _host,
        "upright": _upright,
    }
    environment.finalize = _finalised
    return environment


def _finalised(value: Any) -> Any:
    return _legal(value) if isinstance(value, str) else value


def _legal(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot hold (section 2.2, Char)."""
    if text.isprintable():
        return text
    kept = "".join(sign for sign in text if sign in "\t\n\r" or _is_char(ord(sign)))
    return type(text)(kept)


def _is_char(code: int) -> bool:
    return 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF


def _upright(text: str) -> bool:
    """Tell whether every character of a text stands upright in a column."""
    return bool(text) and all(unicodedata.east_asian_width(sign) in "WF" for sign in text)


def _host(address: str) -> str:
    """Return the host of an address without "www.", to name a site that gave no name."""
    from urllib.parse import urlsplit

    try:
        host = urlsplit(address).hostname or address
    except ValueError:
        return address
    return host.removeprefix("www.")
