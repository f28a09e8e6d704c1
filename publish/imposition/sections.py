"""Which page stands where, so that folded and nested sheets read in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from publish.diagnostics import UsageError, error

LEFT, RIGHT = "left", "right"
_RANGE = re.compile(r"(\d+)?\s*(-)?\s*(\d+)?")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a sheet: the pages on its halves, counted from 0; None is blank paper."""

    left: int | None
    right: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that is folded once. Its front lies outside, so it holds the first of its pages."""

    section: int
    depth: int  # sheets of the section that lie around this one
    front: Side
    back: Side


def section_lengths(count: int, signature: int) -> list[int]:
    """Return how many pages every section has, blank ones included.

    Every section has ``signature`` pages; the last is as short as four-page sheets allow, so no
    more than three pages of a book are blank. 0 makes one section of all.
    """
    whole, rest = divmod(count, signature or max(count, 1))
    return [signature or -(-count // 4) * 4] * whole + ([-(-rest // 4) * 4] if rest else [])


def sheets(count: int, signature: int, binding: str = LEFT) -> Iterator[Sheet]:
    """Yield the sheets of ``count`` pages: section by section, the outermost sheet first.

    ``binding`` is the side of the spine as the first page is seen: right for books that are read
    from right to left, in vertical lines.
    """
    first = 0
    for section, length in enumerate(section_lengths(count, signature)):
        for depth in range(length // 4):
            recto, verso = first + 2 * depth, first + length - 1 - 2 * depth
            four = (verso, recto, recto + 1, verso - 1)
            a, b, c, d = (page if page < count else None for page in four)
            front, back = Side(a, b), Side(c, d)
            if binding == RIGHT:
                front, back = Side(b, a), Side(d, c)
            yield Sheet(section, depth, front, back)
        first += length


def signature_of(text: str) -> int:
    """Return the pages of a section that "16", "all" or "0" ask for; 0 is one section of all.

    Raises:
        UsageError: a sheet folded once has four pages, and this number does not divide by four.
    """
    plain = text.strip().lower()
    if plain == "all":
        return 0
    if plain.isdecimal() and int(plain) % 4 == 0:
        return int(plain)
    raise UsageError(
        error(
            "impose-signature",
            f"a section of {text!r} pages cannot be folded",
            help='a multiple of 4, or "all" for one section',
        )
    )


def chosen(text: str, count: int) -> list[int]:
    """Return the pages, counted from 0, that "5-100", "7-" or "1,3-4" names of ``count`` pages.

    Raises:
        UsageError: it names no pages of the book.
    """
    if not text.strip():
        return list(range(count))
    found: list[int] = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        first, dash, last = match.groups() if match else (None, None, None)
        begin = int(first or 1)
        end = int(last or count) if dash else begin
        if not (first or last) or not 1 <= begin <= end <= count:
            raise UsageError(
                error(
                    "impose-pages",
                    f"pages {part.strip()!r} are not in a book of {count}",
                    help='pages are counted from 1, whatever their folios: "5-100", "7-", "1,3-4"',
                )
            )
        found += range(begin - 1, end)
    return found
