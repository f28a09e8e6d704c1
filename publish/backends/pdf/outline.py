"""Writes the outline of a book (ISO 32000-1, section 12.3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pikepdf import String

from publish.backends.pdf.galley import Mark, Spot
from publish.backends.pdf.writer import Writer


@dataclass(slots=True)
class _Item:
    mark: Mark | None
    items: list[_Item] = field(default_factory=list)


def destination(pages: Sequence[int], spot: Spot) -> bytes:
    """Return an explicit destination (ISO 32000-1, section 12.3.2.2).

    Args:
        pages: numbers of the objects of the book's pages.
        spot: a place in the book.
    """
    return f"[{pages[spot.page]} 0 R/XYZ {spot.x:.3f} {spot.y:.3f} 0]".encode()


def write_outline(writer: Writer, marks: Sequence[Mark], pages: Sequence[int]) -> int:
    """Write marks as an outline; skipped levels close up. Return its number, 0 for none."""
    root = _Item(None)
    stack: list[tuple[int, _Item]] = [(0, root)]
    for mark in marks:
        while stack[-1][0] >= mark.level:
            stack.pop()
        item = _Item(mark)
        stack[-1][1].items.append(item)
        stack.append((mark.level, item))
    if not root.items:
        return 0
    top = writer.number()
    below, count = _write(writer, root, top, pages)
    return writer.put(b"<</Type/Outlines%s/Count %d>>" % (below, count), top)


def _write(writer: Writer, parent: _Item, target: int, pages: Sequence[int]) -> tuple[bytes, int]:
    """Write the items below an item.

    Returns:
        What the item says of them, and how many of them are seen when it is open.
    """
    if not parent.items:
        return b"", 0
    seen = 0
    numbers = [writer.number() for _ in parent.items]
    for place, (item, number) in enumerate(zip(parent.items, numbers, strict=True)):
        mark = item.mark
        assert mark is not None
        facts, below = _write(writer, item, number, pages)
        if below:
            facts += b"/Count %d" % (below if mark.open else -below)
        if place:
            facts += b"/Prev %d 0 R" % numbers[place - 1]
        if number != numbers[-1]:
            facts += b"/Next %d 0 R" % numbers[place + 1]
        title, spot = String(mark.label).unparse(), destination(pages, mark.spot)
        writer.put(b"<</Title %s/Parent %d 0 R/Dest%s%s>>" % (title, target, spot, facts), number)
        seen += 1 + (below if mark.open else 0)
    return b"/First %d 0 R/Last %d 0 R" % (numbers[0], numbers[-1]), seen
