"""Exchanges numbers on pages that are set already: folios, and the numbers of the contents.

Pages name glyphs by their numbers, so a number is put in another's place by writing other glyphs
and moving it by the difference of their widths. That is done only where a content stream shows
the number alone and without kerning; whoever finds anything else has the page set again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from publish.backends.pdf.galley import FontUse

_TOKEN = re.compile(r"<([0-9a-f]*)>|(-?[\d.]+)")
_GLYPH = re.compile(r"[0-9a-f]{4}")
_OPERATORS = re.compile(
    rb"(?:1 0 0 -1 (?P<x>\S+) (?P<y>\S+) Tm\n)?"
    rb"(?P<set>/(?P<font>\S+) (?P<size>\S+) Tf\n)?\[(?P<array>[^\]]*)\] TJ"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """Figures that a content stream shows by themselves."""

    text: str
    operators: str  # as they stand in the stream
    x: float  # where they begin, in CSS pixels
    y: str
    set: str  # operator that sets the font, if it stands before them
    font: str  # key
    size: float
    glyphs: tuple[str, ...]
    before: str = ""  # spaces that are shown with them, as in the stream
    after: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures 0 to 9 of a font."""

    font: str  # key
    glyphs: tuple[str, ...]
    widths: tuple[float, ...]  # thousandths of an em

    def width(self, number: str, size: float) -> float:
        """Return the width of a number in CSS pixels."""
        return sum(self.widths[int(figure)] for figure in number) * size / 1000


def shown(content: bytes, uses: Sequence[FontUse]) -> Iterator[Shown]:
    """Yield the numbers that a content stream shows alone and without kerning."""
    known = {use.key: dict(use.texts) for use in uses}
    font, size = "", "0"
    for found in _OPERATORS.finditer(content):
        if found["set"]:
            font, size = found["font"].decode(), found["size"].decode()
        if not found["x"]:
            continue
        parts = _parted(found["array"].decode(), known.get(font, {}))
        if parts:
            before, glyphs, after = parts
            yield Shown(
                "".join(known[font][int(glyph, 16)] for glyph in glyphs),
                found[0].decode(),
                float(found["x"]),
                found["y"].decode(),
                (found["set"] or b"").decode(),
                font,
                float(size),
                glyphs,
                before,
                after,
            )


def _parted(array: str, texts: Mapping[int, str]) -> tuple[str, tuple[str, ...], str] | None:
    """Return figures and the spaces around them; None if there is anything else, or kerning."""
    items = [(number or glyph, bool(number)) for run, number in _TOKEN.findall(array)
             for glyph in ([""] if number else _GLYPH.findall(run))]  # fmt: skip
    told = ["" if is_number else texts.get(int(item, 16), "\0") for item, is_number in items]
    at = [n for n, text in enumerate(told) if text and text in "0123456789"]
    if not at:
        return None
    first, last = at[0], at[-1]
    around = [*told[:first], *told[last + 1 :]]
    inside = [item for item, is_number in items[first : last + 1] if is_number]
    if any(text not in ("", " ", "\u00a0") for text in around) or set(inside) - {"0"}:
        return None
    if any(text not in "0123456789" for text in told[first : last + 1]):
        return None

    def written(some: Sequence[tuple[str, bool]]) -> str:
        return "".join(item if is_number else f"<{item}>" for item, is_number in some)

    glyphs = tuple(items[n][0] for n in at)
    return written(items[:first]), glyphs, written(items[last + 1 :])


def figures(numbers: Sequence[Shown], use: FontUse) -> Figures | None:
    """Return the figures of a font as numbers show them; None if one is not among them."""
    glyphs: dict[str, str] = {}
    for number in numbers:
        if number.font == use.key:
            glyphs |= zip(number.text, number.glyphs, strict=True)
    if len(glyphs) < 10:
        return None
    ordered = tuple(glyphs[figure] for figure in "0123456789")
    widths = dict(use.widths)
    return Figures(use.key, ordered, tuple(widths[int(glyph, 16)] for glyph in ordered))


def put(number: str, old: Shown, own: Figures, align: float = 1.0) -> str:
    """Return the operators that show a number in another's place.

    Args:
        number: what to show.
        old: what is shown now.
        own: the figures of its font.
        align: which part of the difference in width it moves to the left: 1 if its right edge
            stays where it is, 0 if its left edge does.
    """
    more = own.width(number, old.size) - own.width(old.text, old.size)
    run = "0".join(f"<{own.glyphs[int(figure)]}>" for figure in number)
    x = f"{old.x - align * more:.6f}"
    return f"1 0 0 -1 {x} {old.y} Tm\n{old.set}[{old.before}{run}{old.after}] TJ"


def texts(content: bytes, uses: Sequence[FontUse]) -> list[str]:
    """Return what each show operator of a stream may say, in whatever font: for searching."""
    said: list[str] = []
    tables = [dict(use.texts) for use in uses]
    for found in _OPERATORS.finditer(content):
        runs = (run for run, _ in _TOKEN.findall(found["array"].decode()))
        glyphs = [int(glyph, 16) for run in runs for glyph in _GLYPH.findall(run)]
        said += ("".join([known.get(glyph, "") for glyph in glyphs]) for known in tables)
    return said


@dataclass(frozen=True, slots=True)
class Change:
    """An exchange on a page of a galley."""

    page: int
    old: str
    new: str


def changes(
    contents: Sequence[bytes], uses: Sequence[FontUse], numbers: Mapping[str, str]
) -> tuple[Change, ...] | None:
    """Return what puts numbers in the place of others, each of which stands once at most.

    Args:
        contents: of pages.
        uses: their fonts.
        numbers: what is shown now, all of one length -> what is to be shown.

    Returns:
        The changes; None if a number cannot be exchanged.
    """
    every: list[Shown] = []
    found: dict[str, tuple[int, Shown]] = {}
    for page, content in enumerate(contents):
        for number in shown(content, uses):
            every.append(number)
            if number.text in numbers:
                if number.text in found:
                    return None
                found[number.text] = (page, number)
    if hidden := numbers.keys() - found.keys():
        said = "\n".join(text for content in contents for text in texts(content, uses))
        if any(text in said for text in hidden):
            return None
    own = {use.key: figures(every, use) for use in uses}
    made = []
    for text, (page, number) in found.items():
        font = own[number.font]
        if font is None or contents[page].count(number.operators.encode()) != 1:
            return None
        made.append(Change(page, number.operators, put(numbers[text], number, font)))
    return tuple(made)
