"""Writes the outline of a book (ISO 32000-1, section 12.3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from publish.backends.pdf.galley import Mark, Spot


@dataclass(slots=True)
class _Item:
    mark: Mark | None
    items: list[_Item] = field(default_factory=list)


def destination(pdf: pikepdf.Pdf, spot: Spot) -> Array:
    """Return an explicit destination (ISO 32000-1, section 12.3.2.2)."""
    return Array([pdf.pages[spot.page].obj, Name.XYZ, spot.x, spot.y, 0])


def write_outline(pdf: pikepdf.Pdf, marks: Sequence[Mark]) -> None:
    """Put marks into a document as its outline; levels that are skipped close up."""
    if "/Outlines" in pdf.Root:
        del pdf.Root["/Outlines"]
    root = _Item(None)
    stack: list[tuple[int, _Item]] = [(0, root)]
    for mark in marks:
        while stack[-1][0] >= mark.level:
            stack.pop()
        item = _Item(mark)
        stack[-1][1].items.append(item)
        stack.append((mark.level, item))
    if root.items:
        top = pdf.make_indirect(Dictionary(Type=Name.Outlines))
        top.Count = _write(pdf, root, top)
        pdf.Root.Outlines = top


def _write(pdf: pikepdf.Pdf, parent: _Item, target: pikepdf.Object) -> int:
    """Write the items below an item; return how many of them are seen when it is open."""
    seen = 0
    before: pikepdf.Object | None = None
    for item in parent.items:
        mark = item.mark
        assert mark is not None
        entry = pdf.make_indirect(
            Dictionary(
                Title=String(mark.label),
                Parent=target,
                Dest=destination(pdf, mark.spot),
            )
        )
        below = _write(pdf, item, entry)
        if below:
            entry.Count = below if mark.open else -below
        seen += 1 + (below if mark.open else 0)
        if before is None:
            target.First = entry
        else:
            before.Next, entry.Prev = entry, before
        target.Last = before = entry
    return seen
