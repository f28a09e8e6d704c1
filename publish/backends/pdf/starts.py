"""Finds where pages begin in a chapter, for books that have no pages of their own.

Boxes of a page that was laid out still know their elements. Written for WeasyPrint 70: its boxes.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from publish.backends.pdf.trees import Element
from publish.pagination import BEFORE, BEHIND, signs

_NUMBER = "data-at"  # of an element: its place in document order
_SILENT = frozenset({"noteref", "reference"})  # classes of what is no text of the chapter's
_boxes: Any = import_module("weasyprint.formatting_structure.boxes")  # the engine has no types

Start = tuple[int, int]
"""Element and signs before, as in `publish.pagination.PageStart`."""


def number(text: Element) -> None:
    """Number the elements of a chapter's text, which has just been read."""
    for at, element in enumerate(text.iter()):
        element.set(_NUMBER, str(at))


def find(document: Any) -> tuple[Start | None, ...]:
    """Return where each page of a document begins; None for one that holds nothing.

    The first page begins before its text. The references of notes, their text at the foot, heads
    of tables that are repeated, and what style sheets add are passed over.
    """
    walk = _Walk()
    found = [walk.page(page._page_box) for page in document.pages]
    return ((BEFORE, 0), *found[1:]) if found else ()


class _Walk:
    """A walk through the boxes of a document, from page to page."""

    def __init__(self) -> None:
        self._told: dict[int, int] = {}  # signs so far of each block, with those inside it
        self._heads: set[int] = set()  # heads of tables that were met, by their elements
        self._first: Start | None = None  # of this page

    def page(self, box: Any) -> Start | None:
        """Return where a page begins."""
        self._first = None
        for child in box.children:
            if child.element_tag == "html":
                self._block(child, ())
        return self._first

    def _block(self, box: Any, within: tuple[int, ...]) -> None:
        """Walk through a box; ``within`` are the numbers of the blocks that hold it."""
        if not isinstance(box, _boxes.Box) or _is_elsewhere(box) or _is_made_up(box):
            return
        if isinstance(box, _boxes.LineBox):
            self._line(box, within)
            return
        at = box.element.get(_NUMBER) if box.element is not None else None
        if at is not None and (not within or within[-1] != int(at)):
            within = (*within, int(at))
            self._told.setdefault(int(at), 0)
        if isinstance(box, _boxes.ReplacedBox):
            self._tell(within, 1)
        elif not (getattr(box, "is_header", False) and self._again(box)):
            for child in box.children:
                self._block(child, within)

    def _again(self, head: Any) -> bool:
        """Tell whether the head of a table was met before, on another page."""
        known = id(head.element) in self._heads
        self._heads.add(id(head.element))
        return known

    def _line(self, line: Any, within: tuple[int, ...]) -> None:
        floats = [child for child in line.children if _is_float(child)]
        self._tell(within, sum(_signs(child) for child in line.children))
        for box in floats:
            self._block(box, within)

    def _tell(self, within: tuple[int, ...], more: int) -> None:
        if self._first is None:
            if within:
                self._first = (within[-1], self._told[within[-1]])
            else:
                self._first = (BEHIND if self._told else BEFORE, 0)
        for at in within:
            self._told[at] += more


def _is_elsewhere(box: Any) -> bool:
    """Tell whether a box is out of the flow, and does not float in it either."""
    return not (box.is_in_normal_flow() or box.is_floated())


def _is_float(box: Any) -> bool:
    return isinstance(box, _boxes.Box) and box.is_floated()


def _is_made_up(box: Any) -> bool:
    """Tell whether a box is made by a style sheet: ``li::marker``, ``q::before``."""
    return "::" in (box.element_tag or "")


def _signs(box: Any) -> int:
    """Return how many signs of the chapter's text a box on a line holds."""
    if not isinstance(box, _boxes.Box) or not box.is_in_normal_flow() or _is_made_up(box):
        return 0
    element = box.element
    names = () if element is None else element.get("class", "").split()
    if box.element_tag == "rt" or not _SILENT.isdisjoint(names):
        return 0
    if isinstance(box, _boxes.TextBox):
        return signs(box.text)
    if isinstance(box, _boxes.ReplacedBox) or "latex" in names:  # a formula as its source
        return 1
    return sum(map(_signs, box.children))
