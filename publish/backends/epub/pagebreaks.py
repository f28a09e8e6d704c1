"""Marks where the pages of the printed book begin (EPUB Accessibility 1.1, page navigation).

A marker is an empty ``span`` in the middle of text, and at the beginning of blocks; before
headings, tables and code, whose names and forms it would disturb, it is a ``div``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from lxml import etree

from publish.backends.epub.documents import EPUB_TYPE, Document
from publish.backends.epub.trees import parse, tag
from publish.model import MATHML
from publish.pagination import BEFORE, BEHIND, PageStart, place, signs

RULES = "div.pagebreak { margin: 0; height: 0; page-break-after: avoid; break-after: avoid; }\n"

_SPAN, _DIV, _A, _IMG, _MATH = tag("span"), tag("div"), tag("a"), tag("img"), f"{{{MATHML}}}math"
_SILENT = {tag("rt"), tag("rp")}
_RUBY, _FIGURE, _FIGCAPTION = tag("ruby"), tag("figure"), tag("figcaption")
_INLINE = {
    tag(name)
    for name in (
        *("a", "abbr", "cite", "code", "del", "dfn", "em", "ins", "kbd", "mark", "q", "rb", "ruby"),
        *("s", "samp", "small", "span", "strong", "sub", "sup", "u", "var"),
    )
}
# Before these a marker stands, if they begin a page or are broken where it cannot be inside.
_HEADINGS = {tag(f"h{level}") for level in range(1, 7)}
_BLOCKS = _HEADINGS | {tag(name) for name in ("div", "hr", "pre", "table")}
_PARTS = {  # of a block: the first begins where it does
    tag(name)
    for name in ("caption", "figcaption", "thead", "tbody", "tr", "th", "td", "img", "code")
}
_FLOW = {  # where a block may stand
    tag(name) for name in ("section", "div", "blockquote", "aside", "li", "td", "dd", "figure")
}
_COPY = re.compile(rb'<(?:span|div) class="pagebreak" [^>]*aria-label="[^">]*"/>')
_ADDRESS = re.compile(r"[!-~]+")
_MARKER = re.compile(rb'class="pagebreak" [^>]*aria-label="([^"]*)" id="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Page:
    """A line of the page list."""

    folio: str
    href: str  # below the package's folder


def by_piece(starts: Sequence[PageStart]) -> dict[str, list[PageStart]]:
    """Return where pages begin by the chapter or part that they begin in."""
    found: dict[str, list[PageStart]] = {}
    for start in starts:
        found.setdefault(start.of, []).append(start)
    return found


def before(starts: Sequence[PageStart]) -> bytes:
    """Return the markers that stand before a part or a chapter, as XHTML."""
    return _markup(start for start in starts if start.element == BEFORE)


def behind(starts: Sequence[PageStart]) -> bytes:
    """Return the markers that stand behind the text of a chapter, as XHTML."""
    return _markup(start for start in starts if start.element == BEHIND)


def _markup(starts: Iterable[PageStart]) -> bytes:
    return b"".join(
        b'<div class="pagebreak" epub:type="pagebreak" role="doc-pagebreak"'
        b' aria-label="%b" id="page-%b"></div>\n' % (start.folio.encode(), start.folio.encode())
        for start in starts
    )


def insert(xhtml: bytes, starts: Sequence[PageStart]) -> bytes:
    """Return a chapter's section with markers where pages begin inside it.

    Raises:
        etree.XMLSyntaxError: it is not well-formed.
    """
    inside = [start for start in starts if start.element >= 0]
    if not inside:
        return xhtml
    root = parse(xhtml)
    elements = list(root.iter(etree.Element))
    for start in inside:
        _put(elements[min(start.element, len(elements) - 1)], start.signs, root)
    # A float may have gone to another page than its place in the text: pages keep their order.
    markers = [e for e in root.iter(_SPAN, _DIV) if e.get("role") == "doc-pagebreak"]
    for marker, start in zip(markers, inside, strict=True):
        marker.set("aria-label", start.folio)
        marker.set("id", f"page-{start.folio}")
    return etree.tostring(root, encoding="utf-8")


def without_copies(xhtml: bytes) -> bytes:
    """Return a section without the markers that lost their ids in the repeated head of a table."""
    return _COPY.sub(b"", xhtml)


def listed(documents: Sequence[Document]) -> tuple[Page, ...]:
    """Return the page list of documents that are finished."""
    return tuple(
        Page(folio.decode(), f"{document.name}#{uid.decode()}")
        for document in documents
        for folio, uid in _MARKER.findall(document.content)
    )


def _marker(name: str) -> etree._Element:
    made = etree.Element(name)
    made.set("class", "pagebreak")
    made.set(EPUB_TYPE, "pagebreak")
    made.set("role", "doc-pagebreak")
    return made


def _put(element: etree._Element, number: int, root: etree._Element) -> None:
    """Put a marker before a sign of an element, or before the element if it had better be there."""
    for holder in (*reversed(list(element.iterancestors())), element):
        if holder.tag in (_RUBY, _MATH):
            holder.addprevious(_marker(_SPAN))
            return
    count = sum(1 if text is None else signs(text) for _, text, _ in _texts(element))
    number = max(0, min(number, count - 1))  # never beyond its paragraph
    block = element
    while number == 0 and block.tag in _PARTS and _is_first(block):
        parent = block.getparent()
        assert parent is not None
        block = parent
    if block is root:
        block = root[0] if len(root) else root
    if block is root:
        root.append(_marker(_DIV))
    elif block.tag == _FIGURE and number == 0 and len(block) and block[0].tag != _FIGCAPTION:
        marker = _marker(_SPAN)  # with a block before it, a picture on a new page would stand lower
        block.text, marker.tail = None, block.text
        block.insert(0, marker)
    elif block.tag in _HEADINGS or not count or (number == 0 and block.tag in _BLOCKS):
        _put_before(block)
    else:
        _put_inside(element, number)


def _put_before(block: etree._Element) -> None:
    """Put a marker before a block, or what holds it, where a block may stand."""
    parent = block.getparent()
    while parent is not None and parent.tag not in _FLOW:
        block, parent = parent, parent.getparent()
    block.addprevious(_marker(_DIV))


def _is_first(element: etree._Element) -> bool:
    """Tell whether an element is all that its parent begins with."""
    parent = element.getparent()
    return parent is not None and parent[0] is element and not signs(parent.text or "")


def _put_inside(element: etree._Element, number: int) -> None:
    """Put a marker before a sign that an element has."""
    for node, text, is_tail in _texts(element):
        count = 1 if text is None else signs(text)
        if number >= count:
            number -= count
            continue
        whole = _whole(node.getparent() if is_tail else node, element)
        if whole is not None and whole.tag in _HEADINGS:
            _put_before(whole)
        elif whole is not None or text is None:
            (node if whole is None else whole).addprevious(_marker(_SPAN))
        else:
            _split(node, text, place(text, number), element, is_tail=is_tail)
        return


def _whole(node: etree._Element | None, element: etree._Element) -> etree._Element | None:
    """Return what a marker may not be inside, the outermost around a node; None if there is none.

    An address would lose where it may break (see broad.py).
    """
    found = None
    while node is not None and node is not element:
        is_address = node.tag == _A and _ADDRESS.fullmatch("".join(map(str, node.itertext())))
        if node.tag == _RUBY or node.tag in _HEADINGS or is_address:
            found = node
        node = node.getparent()
    return found


def _texts(element: etree._Element) -> Iterator[tuple[etree._Element, str | None, bool]]:
    """Yield the texts of an element in order, with what they stand in or behind; None for pictures.

    References of notes and readings are passed over.
    """
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if event == "end":
            if node is not element and node.tail:
                yield node, node.tail, True
        elif node.tag in (_IMG, _MATH):
            yield node, None, False
            walk.skip_subtree()
        elif node.tag in _SILENT or (node.tag == _A and "noteref" in node.get("class", "")):
            walk.skip_subtree()
        elif node.text:
            yield node, node.text, False


def _split(
    node: etree._Element, text: str, at: int, element: etree._Element, *, is_tail: bool
) -> None:
    """Put a marker into the text in or behind a node; before all that begins there."""
    marker = _marker(_SPAN)
    if is_tail:
        parent = node.getparent()
        assert parent is not None
        node.tail, marker.tail = text[:at], text[at:]
        parent.insert(parent.index(node) + 1, marker)
    elif not signs(text[:at]) and _is_inline(node, element):
        while _is_first(node) and _is_inline(parent := node.getparent(), element):
            node = parent
        node.addprevious(marker)
    else:
        node.text, marker.tail = text[:at], text[at:]
        node.insert(0, marker)


def _is_inline(node: etree._Element | None, element: etree._Element) -> TypeGuard[etree._Element]:
    return node is not None and node is not element and node.tag in _INLINE
