"""Marks where the pages of the printed book begin (EPUB Accessibility 1.1, page navigation).

A marker is an empty ``span`` in the middle of text, and at the beginning of blocks; before
headings, figures, tables and code, whose names and forms it would disturb, it is a ``div``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from publish.backends.epub.documents import EPUB_TYPE, Document
from publish.backends.epub.trees import parse, tag
from publish.model import MATHML
from publish.pagination import BEFORE, BEHIND, PageStart, place, signs

RULES = "div.pagebreak { margin: 0; height: 0; page-break-after: avoid; break-after: avoid; }\n"

_SPAN, _DIV, _A, _IMG, _MATH = tag("span"), tag("div"), tag("a"), tag("img"), f"{{{MATHML}}}math"
_SILENT = {tag("rt"), tag("rp")}
_WHOLE = {tag("a"), tag("ruby")}  # no marker is put inside these
_INLINE = {
    tag(name)
    for name in (
        *("a", "abbr", "cite", "code", "del", "dfn", "em", "ins", "kbd", "mark", "q", "rb", "ruby"),
        *("s", "samp", "small", "span", "strong", "sub", "sup", "u", "var"),
    )
}
# Before these a marker stands, if they begin a page or are broken where it cannot be inside.
_HEADINGS = {tag(f"h{level}") for level in range(1, 7)}
_BLOCKS = _HEADINGS | {tag(name) for name in ("div", "figure", "hr", "pre", "table")}
_PARTS = {  # of a block: the first begins where it does
    tag(name)
    for name in ("caption", "figcaption", "thead", "tbody", "tr", "th", "td", "img", "code")
}
_FLOW = {  # where a block may stand
    tag(name) for name in ("section", "div", "blockquote", "aside", "li", "td", "dd", "figure")
}
_COPY = re.compile(rb'<(?:span|div) class="pagebreak" [^>]*aria-label="[^">]*"/>')
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
    block = element
    while number == 0 and block.tag in _PARTS and _is_first(block):
        parent = block.getparent()
        assert parent is not None
        block = parent
    if block is not root and (block.tag in _HEADINGS or (number == 0 and block.tag in _BLOCKS)):
        parent = block.getparent()
        while parent is not None and parent is not root and parent.tag not in _FLOW:
            block, parent = parent, parent.getparent()
        block.addprevious(_marker(_DIV))
        return
    _put_inside(element, number)


def _is_first(element: etree._Element) -> bool:
    """Tell whether an element is all that its parent begins with."""
    parent = element.getparent()
    return parent is not None and parent[0] is element and not signs(parent.text or "")


def _put_inside(element: etree._Element, number: int) -> None:
    """Put a marker before a sign of an element; at its end if it has no more."""
    for holder, text, is_tail in _texts(element):
        count = 1 if text is None else signs(text)
        if number >= count:
            number -= count
            continue
        if text is None:
            _outside(holder, element).addprevious(_marker(_SPAN))
        elif is_tail:
            _split_tail(holder, text, place(text, number), element)
        else:
            _split_text(holder, text, place(text, number), element)
        return
    element.append(_marker(_SPAN))


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


def _split_tail(holder: etree._Element, text: str, at: int, element: etree._Element) -> None:
    parent = holder.getparent()
    assert parent is not None
    whole = _outside(parent, element)
    if whole is not parent or parent.tag in _WHOLE:
        whole.addprevious(_marker(_SPAN))
        return
    marker = _marker(_SPAN)
    holder.tail, marker.tail = text[:at], text[at:]
    parent.insert(parent.index(holder) + 1, marker)


def _split_text(holder: etree._Element, text: str, at: int, element: etree._Element) -> None:
    whole = _outside(holder, element)
    if whole is holder and not signs(text[:at]):
        while _is_inline(whole, element) and _is_first(whole):
            parent = whole.getparent()
            if parent is None or not _is_inline(parent, element):
                break
            whole = parent
    begins = not signs(text[:at]) and _is_inline(whole, element)
    if whole is not holder or whole.tag in _WHOLE or begins:
        whole.addprevious(_marker(_SPAN))
        return
    marker = _marker(_SPAN)
    holder.text, marker.tail = text[:at], text[at:]
    holder.insert(0, marker)


def _is_inline(node: etree._Element, element: etree._Element) -> bool:
    return node is not element and node.tag in _INLINE


def _outside(node: etree._Element, element: etree._Element) -> etree._Element:
    """Return what a marker may stand before, if it may not be inside: a node, or a link around."""
    found = node
    for holder in node.iterancestors():
        if node is element or holder is element:
            break
        if holder.tag in _WHOLE:
            found = holder
    return found
