"""Short numbers stand upright in a column 縱中橫; longer runs of Latin lie on their side.

What stands upright, in the width of one character: one or two digits, a single letter, and two
half-width marks such as !? (電書協 guide; clreq, "Mixed Text Composition in Vertical Writing").
Each becomes a span of class ``tcy``; text stays as it is, and so does what belongs to Latin
words: in "Python 3", "3.5" or "20:30" nothing stands up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from publish import locales
from publish.backends.epub.trees import tag

CLASS = "tcy"
_OBJECT, _WORD = "\ufffc", "\ufffb"  # what is no text of ours; words of another language
_LATIN = "!-~¡-ɏͰ-ϿЀ-ӿ‐-–′″−\ufffb"
_STANDS = re.compile(
    rf"(?<![{_LATIN}\ufffc])(?<![{_LATIN}][ \u00a0])"
    r"(?:[0-9]{1,2}|[A-Za-z]|[!?]{2})"
    rf"(?![ \u00a0]?[{_LATIN}])(?!\ufffc)"
)
_HINT = re.compile(r"[0-9A-Za-z!?]")
_XHTML = tag("")
_BLOCKS = {
    tag(name)
    for name in (
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "br", "hr"),
        *("blockquote", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "body"),
        *("figure", "figcaption", "div", "aside", "section", "header", "footer", "nav"),
    )
}
_OPAQUE = {
    tag(name)
    for name in (
        *("head", "code", "pre", "kbd", "samp", "var", "ruby", "sup", "sub"),
        *("img", "script", "style"),
    )
}
_MARKS = ("doc-noteref", "doc-backlink")  # readers want nothing but text in these
Piece = tuple[etree._Element | None, str, str]  # whose text it is (or None), "text" or "tail"


def mark(root: etree._Element, lying: str) -> None:
    """Put spans around what stands upright in the Chinese of a document.

    Args:
        root: of the document.
        lying: the class of blocks whose lines are horizontal: nothing has to stand up there.
    """
    for line in list(_lines(root, lying)):
        text = "".join(piece for _, _, piece in line)
        found = [match.span() for match in _STANDS.finditer(text)] if _HINT.search(text) else []
        start = 0
        for element, place, piece in line:
            end = start + len(piece)
            inside = [(a - start, b - start) for a, b in found if start <= a and b <= end]
            if inside and element is not None:
                _put(element, place, piece, inside)
            start = end


def _lines(root: etree._Element, lying: str) -> Iterator[list[Piece]]:
    """Yield the text of each block in its pieces, with a sign for what is left alone."""
    line: list[Piece] = []
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        if line and element.tag in _BLOCKS:
            yield line
            line = []
        if event == "end":
            if element is not root and element.tail:
                line.append((element, "tail", element.tail))
        elif sign := _sign(element, lying):
            walker.skip_subtree()
            line.append((None, "", sign))
        elif element.text:
            line.append((element, "text", element.text))
    if line:
        yield line


def _sign(element: etree._Element, lying: str) -> str:
    """Return what stands for an element that is left alone, "" for one that is looked into."""
    name = element.tag
    if name in _OPAQUE or not str(name).startswith(_XHTML) or element.get("role") in _MARKS:
        return _OBJECT
    if lying in element.get("class", "").split() or "hidden" in element.attrib:
        return _OBJECT
    language = element.get("lang")
    return _WORD if language and not locales.is_chinese(language) and language != "und" else ""


def _put(element: etree._Element, place: str, text: str, found: Sequence[tuple[int, int]]) -> None:
    """Part a text, and put spans between."""
    before = text[: found[0][0]]
    ends = [start for start, _ in found[1:]] + [len(text)]
    if place == "text":
        parent, at, element.text = element, 0, before
    else:
        holder = element.getparent()
        assert holder is not None
        parent, at, element.tail = holder, holder.index(element) + 1, before
    for number, ((start, end), next_) in enumerate(zip(found, ends, strict=True)):
        span = etree.Element(tag("span"))
        span.set("class", CLASS)
        span.text, span.tail = text[start:end], text[end:next_]
        parent.insert(at + number, span)
