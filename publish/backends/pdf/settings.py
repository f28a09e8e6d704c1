"""Reads the options of a book, and what they and the machine give to set it with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from publish import fonts
from publish.backends.pdf.typeset import VARIANTS, Manner
from publish.config import suggestion
from publish.diagnostics import SetupError, UsageError, error, has_errors
from publish.lines import Style
from publish.model import Edition
from publish.workshop import Workshop

SETTINGS = ("composed", "plain")  # by publish.lines, or the engine's own; the first if unset
BREAKING = ("greedy", "total-fit")
EMPHASES = ("kai", "dots")  # what Chinese has instead of slanted letters; the first if unset
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})")


def toc_depth(settings: Mapping[str, object]) -> int:
    """Return how many levels of headings the contents show.

    Raises:
        UsageError: the option cannot be meant.
    """
    depth = settings.get("toc_depth", 2)
    if isinstance(depth, int) and not isinstance(depth, bool) and 0 <= depth <= 6:
        return depth
    raise UsageError(
        error("pdf-option", f"toc_depth = {depth!r} cannot be meant", help="a number from 0 to 6")
    )


def flag(settings: Mapping[str, object], name: str, *, default: bool = False) -> bool:
    """Return whether something is wanted.

    Raises:
        UsageError: the option cannot be meant.
    """
    value = settings.get(name, default)
    if isinstance(value, bool):
        return value
    raise UsageError(
        error("pdf-option", f"{name} = {value!r} cannot be meant", help="true or false")
    )


def manner(settings: Mapping[str, object], pitch: float = 0.0) -> Manner:
    """Return how pages are to be written.

    Args:
        settings: the options of a book.
        pitch: of the grid that composed lines stand on, in points; 0 for none.

    Raises:
        UsageError: there is no such kind of PDF, or way to set lines.
    """
    variant = str(settings.get("variant") or "").lower()
    if variant and variant not in VARIANTS:
        hint = suggestion(variant, VARIANTS)
        raise UsageError(error("pdf-variant", f"no kind of PDF is called {variant!r}", help=hint))
    composed = _one(settings, "setting", SETTINGS) != "plain"
    return Manner(
        variant,
        composed=composed,
        punctuation=_one(settings, "punctuation", [style.value for style in Style]),
        fitted=_one(settings, "breaking", BREAKING) == BREAKING[1],
        emphasis=_one(settings, "emphasis", EMPHASES) or EMPHASES[0],
        pitch=pitch,
    )


def _one(settings: Mapping[str, object], name: str, words: Sequence[str]) -> str:
    """Return which of some words an option is, or ""."""
    found = str(settings.get(name) or "")
    if found and found not in words:
        text = f"{name} = {found!r} cannot be meant"
        raise UsageError(error("pdf-option", text, help=suggestion(found, words)))
    return found


def catalogue_of(
    settings: Mapping[str, object], edition: Edition, shop: Workshop
) -> fonts.Catalogue:
    """Return the faces there are; report when those of the edition's region are not.

    Raises:
        SetupError: no face for Chinese text is on this machine.
    """
    project = str(settings.get("project") or "")
    catalogue = fonts.load(Path(project) if project else None)
    found = (*catalogue.findings, *fonts.edition_findings([edition.language], catalogue))
    if has_errors(found):
        raise SetupError(*found)
    shop.report(*found)
    return catalogue


def signs(css: str) -> str:
    """Return the characters that style sheets may set, as generated content or counters."""
    escaped = (chr(int(found, 16)) for found in _ESCAPED.findall(css) if int(found, 16) < 0x110000)
    return "".join(sorted({*_NON_ASCII.findall(css), *escaped, *"①②③④⑤⑥⑦⑧⑨⑩"}))
