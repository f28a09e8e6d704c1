"""Builds the canonical tree: whatever comes in, what comes out obeys the content model.

Blocks and text arrive in document order. Inline elements are opened only when text follows, and
opened again in each block they span; a block inside a paragraph ends it; items make the lists
and cells the tables they lack.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from publish.markdown.text import words
from publish.model import EPUB, XHTML

DEEPEST = 150  # levels of elements; libxml2 refuses 256

PHRASING = words("p h1 h2 h3 h4 h5 h6 dt pre figcaption caption")
DIRECT = words("li td th dd")  # hold text and blocks alike
LISTS = frozenset(("ul", "ol"))
SECTIONS = frozenset(("thead", "tbody", "tfoot"))
_NS = f"{{{XHTML}}}"


_NAMESPACES: Any = {None: XHTML, "epub": EPUB}


def root() -> etree._Element:
    """Return an empty text."""
    return etree.Element(f"{_NS}section", {"class": "text"}, nsmap=_NAMESPACES)


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


class Inline:
    """An inline element that has begun and not ended; ``element`` once text has called for it."""

    __slots__ = ("attributes", "name")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes


class Builder:
    """Takes blocks, inline elements and text, and keeps the tree valid."""

    def __init__(self, top: etree._Element) -> None:
        self.top = top
        self.stack: list[etree._Element] = [top]  # blocks, then a paragraph, then inline elements
        self.wanted: list[Inline] = []
        self.opened = 0  # how many of those wanted are on the stack
        self.broken = False  # a block was unwrapped: text that follows begins a new line
        self.names: list[str] = []  # anchors that wait for an element

    # --- text and inline elements ------------------------------------------------------------

    def text(self, text: str) -> None:
        """Add text where it may stand."""
        if not text:
            return
        if text.isspace() and "\u3000" not in text and "\xa0" not in text:
            if self.opened or self.holds_text:
                self._append(text)
            return
        self._phrasing()
        self._append(text)

    def element(self, element: etree._Element) -> None:
        """Add a finished inline element; a link that is open ends for another one."""
        links = [index for index, inline in enumerate(self.wanted) if inline.name == "a"]
        held: list[Inline] = []
        if links and next(element.iter(f"{_NS}a"), None) is not None:
            held = self.wanted[links[0] :]
            self._shut(links[0])
        self._phrasing()
        self._named(element)
        self.stack[-1].append(element)
        self.wanted += held

    def begin(self, name: str, attributes: dict[str, str]) -> Inline | None:
        """Begin an inline element, or None if it is too deep; a link ends the one around it."""
        if len(self.stack) + len(self.wanted) - self.opened > DEEPEST:
            return None
        if name == "a":
            self.end(next((inline for inline in self.wanted if inline.name == "a"), None))
        inline = Inline(name, attributes)
        self.wanted.append(inline)
        return inline

    def end(self, inline: Inline | None) -> None:
        """End an inline element."""
        found = [index for index, wanted in enumerate(self.wanted) if wanted is inline]
        if not found:
            return
        index = found[0]
        later = self.wanted[index + 1 :]
        self._shut(index)
        self.wanted += later

    def _shut(self, index: int) -> None:
        """Leave the inline elements from that place on."""
        while self.opened > index:
            self.stack.pop()
            self.opened -= 1
        del self.wanted[index:]

    def _phrasing(self) -> None:
        """Make the place one that text may stand in, with the inline elements it is to have."""
        if not self.opened:
            name = self.block_name
            if name in LISTS:
                self._push("li", {})
            elif name == "dl":
                self._push("dd", {})
            elif name in ("table", "thead", "tbody", "tfoot", "tr"):
                self._cell("td")
            elif name not in PHRASING and name not in DIRECT:
                self._push("p", {})
        if self.broken:
            self.broken = False
            if self._has_inline() and not self.opened:
                etree.SubElement(self.stack[-1], f"{_NS}br")
        for inline in self.wanted[self.opened :]:
            element = etree.SubElement(self.stack[-1], f"{_NS}{inline.name}", inline.attributes)
            self._named(element)
            self.stack.append(element)
            self.opened += 1

    def _has_inline(self) -> bool:
        """Tell whether the place has text that a new line would follow."""
        place = self.stack[-1]
        if len(place):
            last = place[-1]
            return bool((last.tail or "").strip()) or local(last) in _INLINE
        return bool((place.text or "").strip())

    def _append(self, text: str) -> None:
        place = self.stack[-1]
        if len(place):
            place[-1].tail = (place[-1].tail or "") + text
        else:
            place.text = (place.text or "") + text

    def finish(self) -> None:
        """Give names that still wait to the last block."""
        if len(self.top):
            self._named(self.top[-1])

    def _named(self, element: etree._Element) -> None:
        if self.names:
            names = [*element.get("data-name", "").split("\t"), *self.names]
            element.set("data-name", "\t".join(filter(None, names)))
            self.names.clear()

    # --- blocks --------------------------------------------------------------------------------

    @property
    def block_name(self) -> str:
        """The name of the innermost block."""
        return local(self.stack[-1 - self.opened])

    @property
    def holds_text(self) -> bool:
        """Whether text may stand in the innermost block as it is."""
        return self.block_name in PHRASING or self.block_name in DIRECT

    def close_inline(self) -> None:
        """Close inline elements for now; those still wanted open again with the next text."""
        if self.opened:
            del self.stack[-self.opened :]
            self.opened = 0

    def pause(self) -> None:
        """End the line: what an unwrapped block means."""
        self.close_inline()
        if self.block_name == "p":
            self.stack.pop()
        else:
            self.broken = True

    def open(self, name: str, attributes: dict[str, str]) -> etree._Element | None:
        """Open a block; None if it may not stand here, and its content is to stand alone."""
        self.close_inline()
        if self.block_name == "p":
            self.stack.pop()
        if self.block_name in PHRASING or len(self.stack) + len(self.wanted) > DEEPEST:
            self.broken = True
            return None
        self._fit(name)
        return self._push(name, attributes)

    def close(self, element: etree._Element | None) -> None:
        """Close a block and all that is open in it."""
        if element is None or not any(open_ is element for open_ in self.stack):
            self.pause()
            return
        self.close_inline()
        while self.stack[-1] is not element:
            self.stack.pop()
        self.stack.pop()
        self.broken = False

    def block(self, element: etree._Element) -> None:
        """Add a finished block."""
        self.close_inline()
        if self.block_name == "p":
            self.stack.pop()
        while self.block_name in PHRASING:
            self.stack.pop()
        self._fit(local(element))
        self._named(element)
        self.stack[-1].append(element)
        self.broken = False

    def _push(self, name: str, attributes: dict[str, str]) -> etree._Element:
        element = etree.SubElement(self.stack[-1], f"{_NS}{name}", attributes)
        self._named(element)
        self.stack.append(element)
        self.broken = False
        return element

    def _fit(self, name: str) -> None:
        """Open what a block lacks around it, or leave what it may not stand in."""
        place = self.block_name
        if name == "li":
            if place not in LISTS:
                self._leave(LISTS, {"dl", *SECTIONS, "table", "tr"}) or self._push("ul", {})
        elif name in ("dt", "dd"):
            if place != "dl":
                self._outside()
                self._push("dl", {})
        elif name in ("td", "th"):
            self._row()
        elif name == "tr":
            self._section()
        elif name in SECTIONS:
            self._table()
        elif place in LISTS:
            self._push("li", {})
        elif place == "dl":
            self._push("dd", {})
        elif (place in ("table", "tr") or place in SECTIONS) and (place, name) != (
            "table",
            "caption",
        ):
            self._cell("td")

    def _leave(self, wanted: frozenset[str], through: set[str]) -> bool:
        if self.block_name in through:
            self._outside()
        return self.block_name in wanted

    def _outside(self) -> None:
        """Make a place for flow content inside a list or a table."""
        place = self.block_name
        if place in LISTS:
            self._push("li", {})
        elif place == "dl":
            self._push("dd", {})
        elif place in ("table", "tr") or place in SECTIONS:
            self._cell("td")

    def _table(self) -> None:
        while self.block_name in SECTIONS or self.block_name == "tr":
            self.stack.pop()
        if self.block_name != "table":
            self._outside()
            self._push("div", {"class": "table"})
            self._push("table", {})

    def _section(self) -> None:
        while self.block_name == "tr":
            self.stack.pop()
        if self.block_name not in SECTIONS:
            self._table()
            self._push("tbody", {})

    def _row(self) -> None:
        if self.block_name != "tr":
            self._section()
            self._push("tr", {})

    def _cell(self, name: str) -> None:
        self._row()
        self._push(name, {})


_INLINE = words(
    "a em strong del ins s u mark sub sup small code kbd samp var abbr cite q dfn span ruby img"
    " math"
)
