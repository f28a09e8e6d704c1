"""The table of contents, three times: as a page and for readers (nav), landmarks, and NCX.

EbookLib's own are not used: its nav has no roles and an English heading, its landmarks are
neither hidden nor typed, its NCX is flat and without author.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from publish.backends.epub import foreign, vertical
from publish.backends.epub.documents import EPUB_TYPE, STYLE, TEXT, whole
from publish.backends.epub.pagebreaks import Page
from publish.backends.epub.text import line, quoted, visible
from publish.backends.epub.trees import XML_LANG, document, parse, tag
from publish.backends.epub.words import words
from publish.layouts import Labels
from publish.model import VERTICAL, Chapter, Edition

NAME = "nav.xhtml"
NCX_NAME = "toc.ncx"
NCX_TYPE = "application/x-dtbncx+xml"
DEEPEST = 3  # what Kobo shows; Kindle shows two
_NCX = "http://www.daisy.org/z3986/2005/ncx/"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents, and those below it."""

    id: str  # of the place it leads to
    label: str
    href: str  # below the package's folder
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place that readers offer by a button."""

    type: str  # of EPUB's structural semantics
    label: str
    href: str


def contents(edition: Edition, places: Mapping[str, str], depth: int) -> tuple[Entry, ...]:
    """Return the contents: parts that have a title, chapters, headings; ``depth`` levels of it."""
    made: list[Entry] = []
    for part in edition.parts:
        titled = visible(part.title)
        chapters = tuple(
            _chapter(chapter, places, depth - 1 if titled else depth)
            for chapter in part.chapters
            if depth > 1 or not titled
        )
        if titled:
            made.append(Entry(part.id, line(part.title), f"{TEXT}{part.id}.xhtml", chapters))
        else:
            made += chapters
    return tuple(made)


def _chapter(chapter: Chapter, places: Mapping[str, str], depth: int) -> Entry:
    found = [
        (heading.level, Entry(heading.id, line(heading.text), f"{TEXT}{file}#{heading.id}"))
        for heading in chapter.headings
        if depth > 1 and heading.level <= depth and visible(heading.text)
        if (file := places.get(heading.id))
    ]
    href = f"{TEXT}{chapter.id}.xhtml"
    return Entry(chapter.id, line(chapter.title), href, tuple(_nest(found, depth - 1)))


def _nest(rows: Sequence[tuple[int, Entry]], depth: int) -> Iterator[Entry]:
    """Yield the highest headings of a row, each with those that follow below it."""
    if not rows or depth < 1:
        return
    start = 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or rows[end][0] <= rows[start][0]:
            entry = rows[start][1]
            below = tuple(_nest(rows[start + 1 : end], depth - 1))
            yield Entry(entry.id, entry.label, entry.href, below)
            start = end


def levels(entries: Iterable[Entry]) -> int:
    """Return how many levels the contents have."""
    return max((1 + levels(entry.entries) for entry in entries), default=0)


def nav(
    edition: Edition,
    t: Labels,
    entries: Sequence[Entry],
    landmarks: Sequence[Landmark],
    pages: Sequence[Page] = (),
) -> bytes:
    """Return the navigation document: contents, and landmarks and page list that are not shown."""
    own = words(edition.language)
    body = (
        '<nav epub:type="toc" role="doc-toc" id="toc" class="contents" aria-labelledby="toc-title">'
        f'<h1 id="toc-title">{quoted(t.contents)}</h1></nav>\n'
        '<nav epub:type="landmarks" id="landmarks" hidden="hidden">'
        f"<h2>{quoted(own.landmarks)}</h2></nav>"
    )
    if pages:
        body += (
            '\n<nav epub:type="page-list" role="doc-pagelist" id="page-list" hidden="hidden"'
            f' aria-labelledby="pages-title"><h2 id="pages-title">{quoted(own.pages)}</h2></nav>'
        )
    root = whole(edition.language, t.contents, body.encode(), STYLE)
    toc, marks, *page_list = root.iter(tag("nav"))
    _list(toc, entries)
    for holder in page_list:
        _list(holder, [Entry("", page.folio, page.href) for page in pages])
    rows = etree.SubElement(marks, tag("ol"))
    for landmark in landmarks:
        link = etree.SubElement(etree.SubElement(rows, tag("li")), tag("a"), href=landmark.href)
        link.set(EPUB_TYPE, landmark.type)
        link.text = landmark.label
    foreign.mark(root)
    if edition.writing == VERTICAL:
        vertical.settle(root)
    return document(root)


def _list(parent: etree._Element, entries: Sequence[Entry]) -> None:
    rows = etree.SubElement(parent, tag("ol"))
    rows.text = rows.tail = "\n"
    for entry in entries:
        row = etree.SubElement(rows, tag("li"))
        row.tail = "\n"
        etree.SubElement(row, tag("a"), href=entry.href).text = entry.label
        if entry.entries:
            _list(row, entry.entries)


def ncx(edition: Edition, entries: Sequence[Entry], pages: Sequence[Page] = ()) -> bytes:
    """Return the contents as EPUB 2 had them: Kindle and older readers take these."""
    root = parse(f'<ncx xmlns="{_NCX}" version="2005-1"/>'.encode())
    root.set(XML_LANG, edition.language)
    head = _under(root, "head")
    for name, content in (
        ("dtb:uid", edition.identifier),
        ("dtb:depth", str(levels(entries))),
        ("dtb:totalPageCount", str(len(pages))),
        ("dtb:maxPageNumber", pages[-1].folio if pages else "0"),
    ):
        meta = _under(head, "meta", content=content)
        meta.set("name", name)
    _under(_under(root, "docTitle"), "text").text = line(edition.title)
    for author in edition.authors:
        _under(_under(root, "docAuthor"), "text").text = line(author)
    _points(_under(root, "navMap"), entries, 0)
    if pages:
        _page_targets(_under(root, "pageList"), pages)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _points(parent: etree._Element, entries: Sequence[Entry], order: int) -> int:
    for entry in entries:
        order += 1
        point = _under(parent, "navPoint", id=f"n-{entry.id}", playOrder=str(order))
        _under(_under(point, "navLabel"), "text").text = entry.label
        _under(point, "content", src=entry.href)
        order = _points(point, entry.entries, order)
    return order


def _page_targets(parent: etree._Element, pages: Sequence[Page]) -> None:
    for page in pages:
        target = _under(parent, "pageTarget", id=f"n-page-{page.folio}")
        target.set("type", "normal")
        target.set("value", page.folio)
        _under(_under(target, "navLabel"), "text").text = page.folio
        _under(target, "content", src=page.href)


def _under(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_NCX}}}{name}", attributes)
