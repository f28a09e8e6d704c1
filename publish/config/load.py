"""Reads the configuration: defaults, then ``publish.toml``, then ``PUBLISH_A__B``, then flags.

All unknown keys are gathered before anything is raised, each with its line and the nearest name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from publish.config import environment
from publish.config.lines import key_lines, line_of
from publish.config.schema import Config, Table
from publish.config.suggest import suggestion
from publish.config.values import plainly
from publish.diagnostics import Diagnostic, Place, UsageError, error

FILE_NAME = "publish.toml"
COMMAND_LINE = "command line"  # as an origin
_MESSAGE = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.S)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_HOST = re.compile(r"https?://[^/\s?#]+", re.IGNORECASE)
_ALIASES = {
    "tags": "tag",
    "categories": "category",
    "authors": "author",
    "paths": "path",
    "languages": "language",
}

Raw = dict[str, Any]


@dataclass(frozen=True)
class Layer:
    """Keys from one place: a file, the environment, the command line."""

    origin: str
    values: Raw
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)

    def place(self, path: tuple[str, ...]) -> Place:
        """Return where a key of this layer stands."""
        return Place(self.origin, line_of(path, self.lines))


@dataclass(frozen=True)
class Loaded:
    """The configuration, and the layers it came from, weakest first."""

    config: Config
    root: Path  # the project's folder, absolute
    file: Path | None
    layers: tuple[Layer, ...]

    def origin(self, path: tuple[str, ...]) -> str:
        """Return where the value of a key came from: ``default``, or a layer and line."""
        for layer in reversed(self.layers):
            if _has(layer.values, path):
                return str(layer.place(path)) if layer.lines else layer.origin
        return "default"

    def place(self, path: tuple[str, ...]) -> Place | None:
        """Return where the value of a key stands; None for a default."""
        for layer in reversed(self.layers):
            if _has(layer.values, path):
                return layer.place(path) if layer.lines else Place(layer.origin)
        return None


def find(start: Path) -> Path | None:
    """Return the ``publish.toml`` of a folder or of the nearest folder above it."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    return None


def load(
    root: Path,
    file: Path | None = None,
    env: Mapping[str, str] | None = None,
    flags: Raw | None = None,
) -> Loaded:
    """Return the configuration of a project.

    Raises:
        UsageError: the file cannot be read, is no TOML, or has keys or values that cannot be
            meant; all such keys at once.
    """
    layers = []
    if file is not None:
        layers.append(_read(file, root))
    if env:
        layers.append(Layer(environment.ORIGIN, _unalias(environment.read(env))))
    if flags:
        layers.append(Layer(COMMAND_LINE, flags))
    findings = [finding for layer in layers for finding in _unknown(layer)]
    if findings:
        raise UsageError(*findings)
    merged: Raw = {}
    for layer in layers:
        merged = _merge(merged, layer.values)
    loaded = Loaded(_convert(merged, layers), root, file, tuple(layers))
    if findings := [*_mirrors(loaded), *_opds(loaded)]:
        raise UsageError(*findings)
    return loaded


def _read(file: Path, root: Path) -> Layer:
    shown = str(file.relative_to(root)) if file.is_relative_to(root) else str(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(
            error("config-unreadable", f"cannot read: {problem}", Place(shown))
        ) from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        where = re.search(r"line (\d+), column (\d+)", str(problem))
        place = Place(shown, int(where[1]), int(where[2])) if where else Place(shown)
        message = re.sub(r"\s*\(at .*\)$", "", str(problem))
        raise UsageError(
            error("config-syntax", message, place, "strings stand in quotes, lists in brackets")
        ) from None
    return Layer(shown, _unalias(values), key_lines(text))


def _unalias(values: Raw) -> Raw:
    """Accept the plural words of front matter, and bare TOML dates where days stand."""
    for table in (values.get("defaults"), *_tables(values.get("books"))):
        if not isinstance(table, dict):
            continue
        table.update(_written_day("date", table.get("date")))
        for key in ("select", "exclude"):
            chosen = table.get(key)
            for selector in chosen if isinstance(chosen, list) else [chosen]:
                if isinstance(selector, dict):
                    for plural, single in _ALIASES.items():
                        if plural in selector and single not in selector:
                            selector[single] = selector.pop(plural)
                    for bound in ("since", "until"):
                        selector.update(_written_day(bound, selector.get(bound)))
    return values


def _written_day(bound: str, value: object) -> Raw:
    """Return a day that is a bare date, or a bare year, as text."""
    if isinstance(value, date):
        return {bound: value.isoformat()[:10]}
    return {bound: f"{value:04d}"} if isinstance(value, int) and value is not True else {}


def _tables(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()


def _unknown(layer: Layer) -> Iterator[Diagnostic]:
    yield from _walk(layer, layer.values, Config, ())


def _walk(
    layer: Layer, values: Raw, table: type[Table], path: tuple[str, ...]
) -> Iterator[Diagnostic]:
    hints = get_type_hints(table)
    for key, value in values.items():
        here = (*path, key)
        if key not in hints:
            where = f" in [{'.'.join(path)}]" if path else ""
            yield error(
                "config-key",
                f"unknown key {key!r}{where}",
                layer.place(here),
                suggestion(key, hints),
            )
            continue
        yield from _walk_value(layer, value, hints[key], here)


def _walk_value(
    layer: Layer, value: object, hint: Any, path: tuple[str, ...]
) -> Iterator[Diagnostic]:
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    for option in options:
        origin = get_origin(option)
        if isinstance(value, dict) and isinstance(option, type) and issubclass(option, Table):
            yield from _walk(layer, value, option, path)
        elif isinstance(value, dict) and origin is dict and _is_table(get_args(option)[1]):
            for key, inner in value.items():
                if isinstance(inner, dict):
                    yield from _walk(layer, inner, get_args(option)[1], (*path, key))
        elif isinstance(value, list) and origin is list and _is_table(get_args(option)[0]):
            for inner in value:
                if isinstance(inner, dict):
                    yield from _walk(layer, inner, get_args(option)[0], path)


def _mirrors(loaded: Loaded) -> Iterator[Diagnostic]:
    """Find mirrors that could never be asked."""
    for prefix, target in loaded.config.figures.mirrors.items():
        place = loaded.place(("figures", "mirrors", prefix))
        if not _WEB.match(prefix):
            message = f"figures.mirrors: no address of a figure begins with {prefix!r}"
            yield error("config-value", message, place, 'such as "https://example.com/"')
        if not _HOST.match(target):
            message = f"figures.mirrors: {target!r} is no address on the web"
            yield error("config-value", message, place, 'such as "http://127.0.0.1:8000/"')


def _opds(loaded: Loaded) -> Iterator[Diagnostic]:
    """Find an address below which no file could be asked for."""
    url = loaded.config.opds.url
    if url and not (_HOST.match(url) and url.isascii() and not re.search(r"[\s?#]", url)):
        message = f"opds.url: {url!r} is no address of a folder on the web"
        yield error(
            "config-value", message, loaded.place(("opds", "url")),
            'such as "https://example.com/books/"',
        )  # fmt: skip


def _is_table(option: Any) -> bool:
    return isinstance(option, type) and issubclass(option, Table)


def _convert(merged: Raw, layers: list[Layer]) -> Config:
    try:
        return msgspec.convert(merged, Config)
    except msgspec.ValidationError as problem:
        found = _MESSAGE.match(str(problem))
        assert found is not None
        path = _keys(found["path"] or "", merged)
        place = next(
            (layer.place(path) for layer in reversed(layers) if _has(layer.values, path)), None
        )
        name = ".".join(path) or FILE_NAME
        what, advice = plainly(found["what"], path)
        raise UsageError(error("config-value", f"{name}: {what}", place, advice)) from None


def _keys(path: str, merged: Raw) -> tuple[str, ...]:
    """Return the keys of a msgspec path, which writes ``[...]`` for the keys of a dict."""
    keys: list[str] = []
    for part in re.findall(r"\.(\w+)|\[([^\]]*)\]", path):
        if part[0]:
            keys.append(part[0])
        elif part[1] == "..." and keys:
            keys.append("")
    return tuple(_resolve(keys, merged))


def _resolve(keys: list[str], merged: Raw) -> list[str]:
    """Fill the unnamed keys of a path with the only table they can be, if there is one."""
    resolved: list[str] = []
    here: Any = merged
    for position, name in enumerate(keys):
        key = name
        if not name and isinstance(here, dict):
            after = keys[position + 1] if position + 1 < len(keys) else None
            fits = [
                known
                for known, inner in here.items()
                if after is None or (isinstance(inner, dict) and after in inner)
            ]
            key = fits[0] if fits else ""
        resolved.append(key)
        here = here.get(key) if isinstance(here, dict) else None
    return [key for key in resolved if key]


def _has(values: Raw, path: tuple[str, ...]) -> bool:
    here: Any = values
    for key in path:
        if not isinstance(here, dict) or key not in here:
            return False
        here = here[key]
    return True


def _merge(below: Raw, above: Raw) -> Raw:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = (
            _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return merged
