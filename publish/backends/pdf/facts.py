"""Page sizes by name, the type area that fits a page, and what is asked for beyond its edges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from publish.config import suggestion
from publish.diagnostics import UsageError, error

MM = 72 / 25.4  # points
_SIZES = {  # millimetres: ISO 216 (GB/T 148) A and B, Chinese 开本, North America, screens
    "a3": (297, 420),
    "a4": (210, 297),
    "a5": (148, 210),
    "a6": (105, 148),
    "b4": (250, 353),
    "b5": (176, 250),
    "b6": (125, 176),
    "8开": (260, 370),
    "16开": (170, 240),
    "大16开": (210, 285),
    "小16开": (185, 260),
    "32开": (130, 184),
    "大32开": (140, 203),
    "小32开": (115, 185),
    "64开": (92, 126),
    "letter": (215.9, 279.4),
    "legal": (215.9, 355.6),
    "tablet": (150, 200),
    "phone": (75, 150),
}
_LENGTHS = re.compile(r"([\d.]+)\s*(mm|cm|in|pt|)\s*[x×*]\s*([\d.]+)\s*(mm|cm|in|pt|)", re.I)
_UNITS = {"mm": MM, "cm": MM * 10, "in": 72.0, "pt": 1.0}
_LENGTH = re.compile(r"(\d+\.?\d*|\.\d+)\s*(mm|cm|in|pt|)", re.I | re.A)
MARKS = ("crop", "registration")
USUAL = 3 * MM  # bleed, where marks are asked for and nothing is said of it
MOST = 25 * MM  # bleed


@dataclass(frozen=True, slots=True)
class Page:
    """A page and its type area, in points; the margins are mirrored."""

    width: float
    height: float
    size: float  # of the type
    pitch: float  # from line to line
    measure: int  # characters in a line
    lines: int  # on a page
    inner: float
    top: float
    outer: float
    bottom: float
    bleed: float = 0.0  # beyond the edges that will be trimmed

    @property
    def text_width(self) -> float:
        """Width of the type area."""
        return self.measure * self.size

    @property
    def text_height(self) -> float:
        """Height of the type area."""
        return self.lines * self.pitch


def page_size(name: str) -> tuple[float, float]:
    """Return width and height in points of "A5", "大32开", "148x210mm" or "6x9" (inches).

    Raises:
        UsageError: no such size.
    """
    plain = name.strip().lower().replace("開", "开")
    if plain in _SIZES:
        width, height = _SIZES[plain]
        return width * MM, height * MM
    if found := _LENGTHS.fullmatch(plain):
        first, one, second, two = found.groups()
        unit = _UNITS[two or one or ("in" if _number(second) <= 20 else "mm")]
        other = _UNITS[one] if one else unit
        sides = (_number(first) * other, _number(second) * unit)
        if all(100 <= side <= 6000 for side in sides):
            return sides
    raise UsageError(
        error(
            "pdf-page",
            f"no page size is called {name!r}",
            help=suggestion(name, _SIZES) + ' or write two lengths, as in "148x210mm"',
        )
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def page(options: Mapping[str, object]) -> Page:
    """Return the page that layout and book ask for.

    The type area is a whole number of characters by a whole number of lines, at about 0.705 of
    the width and 0.77 of the height; what is left goes to the margins, inner < top < outer <
    bottom, as Chinese book design has it.

    Raises:
        UsageError: an option cannot be meant.
    """
    width, height = page_size(str(options.get("page", "A5")))
    size = _measure(options, "size", 10.5, 5, 40)
    pitch = _measure(options, "pitch", round(size * 5 / 3 * 2) / 2, size, 120)
    measure = int(_measure(options, "measure", max(4, width * 0.705 // size), 4, width // size))
    lines = int(_measure(options, "lines", max(3, height * 0.768 // pitch), 3, height // pitch))
    across, along = width - measure * size, height - lines * pitch
    return Page(
        width, height, size, pitch, measure, lines,
        inner=across * 0.46, top=along * 0.44, outer=across * 0.54, bottom=along * 0.56,
        bleed=bleed(options),
    )  # fmt: skip


def length(value: object) -> float | None:
    """Return a length such as "3mm", ".5 in" or 12 (millimetres) in points; None if it is none."""
    found = None if isinstance(value, bool) else _LENGTH.fullmatch(str(value).strip())
    return float(found[1]) * _UNITS[found[2].lower() or "mm"] if found else None


def bleed(options: Mapping[str, object]) -> float:
    """Return the bleed in points; a bare number means millimetres.

    Raises:
        UsageError: an option cannot be meant.
    """
    usual = USUAL if marks(options) else 0.0
    value = options.get("bleed")
    if value is None:
        return usual
    points = length(value)
    if points is not None and points <= MOST:
        return points
    raise UsageError(
        error(
            "pdf-option",
            f"bleed = {value!r} cannot be meant",
            help='a length from 0 to 25 mm, such as "3mm"; a bare number is in millimetres',
        )
    )


def marks(options: Mapping[str, object]) -> tuple[str, ...]:
    """Return which printer's marks are drawn, of `MARKS`.

    Raises:
        UsageError: the option cannot be meant.
    """
    value = options.get("marks")
    if value is None or isinstance(value, bool):
        return MARKS if value else ()
    words = value if isinstance(value, list | tuple) else re.split(r"[\s,]+", str(value).strip())
    if all(word in MARKS for word in words):
        return tuple(mark for mark in MARKS if mark in words)
    strange = next(word for word in words if word not in MARKS)
    raise UsageError(
        error(
            "pdf-option",
            f"marks = {value!r} cannot be meant",
            help=f"{suggestion(str(strange), MARKS)} true draws both, false none",
        )
    )


def _measure(
    options: Mapping[str, object], name: str, default: float, least: float, most: float
) -> float:
    value = options.get(name, default)
    if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
        return float(value)
    raise UsageError(
        error(
            "pdf-option",
            f"{name} = {value!r} does not fit the page",
            help=f"a number from {least:g} to {most:g}",
        )
    )
