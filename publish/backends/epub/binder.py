"""Binds an edition: makes every document, then has EbookLib write them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import BinaryIO

from lxml import etree

from publish import layouts
from publish.backends.epub import (
    earlier,
    emphasis,
    faces,
    navigation,
    pagebreaks,
    splitting,
    tables,
    vertical,
)
from publish.backends.epub.documents import FIGURES, STYLE, TEXT, Desk, Document, Facts
from publish.backends.epub.metadata import modified, package
from publish.backends.epub.packing import packed
from publish.backends.epub.pages import Piece, Setting, colophon, cover_name, documents
from publish.backends.epub.targets import APPLE_OPTIONS, Target, target
from publish.backends.epub.text import legal, visible
from publish.backends.epub.writer import Deferred, Package, Verbatim, Writer
from publish.cache import Cache
from publish.diagnostics import BackendError, Diagnostic, Place, error, note, warning
from publish.layouts import Layout
from publish.model import VERTICAL, Chapter, Edition, Figure
from publish.pagination import PageStart
from publish.workshop import Workshop

NAV_LIMIT = 240_000  # bytes of the navigation document
XHTML_TYPE = "application/xhtml+xml"
COVER_ID = "cover-image"
APPLE_FILE = "META-INF/com.apple.ibooks.display-options.xml"
_ID = re.compile(rb' id="([^"]+)"')  # as trees are serialised

# What the backend's own pages need; a layout's style sheet follows and may change it.
SHEET = """\
@charset "utf-8";
section.cover { margin: 0; padding: 0; text-align: center; text-indent: 0; }
section.cover img { max-width: 100%; max-height: 100vh; height: auto; }
nav.contents ol { list-style: none; margin: 0; padding: 0; }
nav.contents ol ol { margin-inline-start: 1.5em; }
nav.contents li { text-indent: 0; margin: 0.4em 0; }
h1.continued { font-size: 1em; font-weight: normal; text-align: start; margin: 0 0 1em; }
"""


@dataclasses.dataclass(frozen=True, slots=True)
class _Contents:
    """All that a book holds but for its pictures."""

    edition: Edition
    dressed: faces.Dressed  # the navigation document first
    ncx: bytes
    facts: Facts
    figures: Mapping[str, Figure]


def bind(
    edition: Edition,
    layout: Layout,
    shop: Workshop,
    out: BinaryIO,
    options: Mapping[str, object],
) -> None:
    """Write an edition as an EPUB into an open file; see EpubBackend.bind."""
    reader = target(options)
    made = _contents(edition, layout, shop, options, reader)
    asks = reader.apple_options or (reader.apple_reads and made.dressed.faces)
    beside = {APPLE_FILE: APPLE_OPTIONS} if asks else {}
    book = _package(made, shop.cache)
    with earlier.opened(str(options.get("before") or "")) as before:
        Writer(out, book, modified(edition.changed), beside, before).write()


def _contents(
    edition: Edition,
    layout: Layout,
    shop: Workshop,
    options: Mapping[str, object],
    reader: Target,
) -> _Contents:
    """Make the documents of a book, and what is made of these."""
    edition = _readable(edition)
    _once(edition)
    starts = pagebreaks.by_piece(_page_starts(options))
    pieces = {
        chapter.id: _pieces(chapter, edition.language, starts.get(chapter.id, ()))
        for chapter in edition.chapters
    }
    figures = _figures(edition)
    cover = edition.cover if options.get("cover", layout.options.get("cover", True)) else None
    edition = dataclasses.replace(edition, cover=cover)
    setting = Setting(edition, layout, _desk(edition, pieces, figures, shop.cache), reader, starts)
    made = list(documents(setting, pieces))
    listed = pagebreaks.listed(made) if starts else ()
    nav, ncx = _navigation(setting, listed, options, shop)
    made.insert(0, Document("nav", navigation.NAME, nav, ("nav",)))
    own = SHEET + pagebreaks.RULES if listed else SHEET
    styles = _styles(edition, layout, options, own)
    whole = faces.wanted(options, layout)
    wardrobe = faces.Wardrobe(edition, reader, shop, str(options.get("project") or ""), whole)
    dressed = faces.dress(made, partial(_colophon, setting), styles, wardrobe)
    shop.report(*setting.desk.findings, *_heavy(edition, figures, reader, shop.cache))
    facts = dataclasses.replace(setting.desk.facts, pages=len(listed))
    return _Contents(edition, dressed, ncx, facts, figures)


def _package(made: _Contents, store: Cache) -> Package:
    """Put all of a book together for EbookLib."""
    book = package(made.edition, made.facts)
    nav, *texts = made.dressed.documents
    book.put(Verbatim("nav", nav.name, XHTML_TYPE, nav.content, nav.properties))
    book.put(Verbatim("ncx", navigation.NCX_NAME, navigation.NCX_TYPE, made.ncx))
    book.put(Verbatim("css", STYLE, "text/css", made.dressed.sheet.encode()))
    for face in {face.object: face for face in made.dressed.faces}.values():  # some share one
        read = partial(_read, store, face.object, face.source)
        uid = f"font-{face.object[:16]}"
        book.put(Deferred(uid, faces.file_name(face), face.media_type, read))
    for item in texts:
        content = packed(item.content, item.deflated)
        book.put(Verbatim(item.id, item.name, XHTML_TYPE, content, item.properties))
    for uid, name, figure, properties in _pictures(made.edition, made.figures):
        read = partial(_read, store, figure.object, figure.name)
        lasting = uid != COVER_ID
        book.put(Deferred(uid, name, figure.media_type, read, properties, lasting=lasting))
    first = [item.id for item in texts if item.id in ("cover", "titlepage")]
    book.spine = [*first, "nav", *(item.id for item in texts if item.id not in first)]
    return book


def _colophon(setting: Setting, told: faces.Notices) -> list[Document]:
    """Return the colophon; made again, it says nothing new of links."""
    if told:
        desk = dataclasses.replace(setting.desk, facts=Facts(), findings=[])
        setting = dataclasses.replace(setting, desk=desk)
    return list(colophon(setting, told))


def _styles(edition: Edition, layout: Layout, options: Mapping[str, object], own: str) -> str:
    """Return the rules of a book; those for columns come last."""
    rules = own + emphasis.rules(options, layout)
    if edition.writing != VERTICAL:
        return rules + layouts.stylesheet(layout, "epub")
    return rules + vertical.SHEET + layouts.stylesheet(layout, "epub", "vertical")


def _readable(edition: Edition) -> Edition:
    """Return an edition whose strings XML can hold and whose titles show something."""
    edition = legal(edition)
    parts = []
    for part in edition.parts:
        chapters = tuple(
            chapter
            if visible(chapter.title)
            else dataclasses.replace(chapter, title=_untitled(chapter.language or edition.language))
            for chapter in part.chapters
        )
        parts.append(dataclasses.replace(part, chapters=chapters))
    title = edition.title if visible(edition.title) else _untitled(edition.language)
    return dataclasses.replace(edition, title=title, parts=tuple(parts))


def _once(edition: Edition) -> None:
    """Refuse a chapter that stands in the book twice: its file and its links would be one."""
    seen: set[str] = set()
    for chapter in edition.chapters:
        if chapter.id in seen:
            message = f"{chapter.title}: is in the book twice"
            raise BackendError(error("chapter-twice", message, Place(chapter.shown)))
        seen.add(chapter.id)


def _untitled(language: str) -> str:
    return layouts.labels(language).untitled


def _page_starts(options: Mapping[str, object]) -> tuple[PageStart, ...]:
    given = options.get("pages", ())
    return given if isinstance(given, tuple) else ()


def _pieces(chapter: Chapter, language: str, starts: Sequence[PageStart]) -> list[Piece]:
    try:
        xhtml = pagebreaks.insert(chapter.xhtml, starts)
        xhtml = tables.divide(xhtml, chapter.language or language)
        found = splitting.split(pagebreaks.without_copies(xhtml) if starts else xhtml)
    except etree.XMLSyntaxError as problem:
        raise BackendError(
            error(
                "chapter-malformed",
                f"{chapter.title}: is no well-formed XHTML: {problem.msg}",
                Place(chapter.shown),
            )
        ) from problem
    return [Piece(chapter, number, xhtml) for number, xhtml in enumerate(found, 1)]


def _desk(
    edition: Edition,
    pieces: Mapping[str, Sequence[Piece]],
    figures: Mapping[str, Figure],
    store: Cache,
) -> Desk:
    places: dict[str, str] = {}
    for piece in (piece for row in pieces.values() for piece in row):
        file = f"{piece.id}.xhtml"
        places.setdefault(piece.chapter.id, file)
        places.update((found.decode(), file) for found in _ID.findall(piece.xhtml))
    pictures = {layouts.labels(c.language or edition.language).picture for c in edition.chapters}
    stopgap = re.compile(rf"[：:]\s?({'|'.join(map(re.escape, sorted(pictures)))})\d*$")
    names = set(figures) | {cover_name(edition.cover.figure)} if edition.cover else set(figures)
    return Desk(edition.language, places, names, stopgap, edition.writing == VERTICAL, store)


def _navigation(
    setting: Setting,
    pages: Sequence[pagebreaks.Page],
    options: Mapping[str, object],
    shop: Workshop,
) -> tuple[bytes, bytes]:
    """Return nav and NCX, of as many levels as asked for and as a reader can load at once.

    A page list cannot be shorter, so the contents are measured without it.
    """
    edition = setting.edition
    t = layouts.labels(edition.language)
    asked = options.get("toc_depth")
    most = min(setting.target.levels, navigation.DEEPEST)
    depth = min(max(asked, 1), most) if isinstance(asked, int) else most
    landmarks = list(_landmarks(setting, t))
    while True:
        entries = navigation.contents(edition, setting.desk.places, depth)
        nav = navigation.nav(edition, t, entries, landmarks)
        if len(nav) <= NAV_LIMIT or depth <= 2:
            nav = navigation.nav(edition, t, entries, landmarks, pages) if pages else nav
            return nav, navigation.ncx(edition, entries, pages)
        depth -= 1
        shop.report(
            note(
                "toc-shortened",
                f"the contents of {edition.title!r} have {depth} levels: with {depth + 1} they "
                f"would be {len(nav) // 1000} kB, too much for older readers",
            )
        )


def _landmarks(setting: Setting, t: layouts.Labels) -> Iterator[navigation.Landmark]:
    edition = setting.edition
    if setting.has_cover_page:
        yield navigation.Landmark("cover", t.cover, f"{TEXT}cover.xhtml")
    yield navigation.Landmark("titlepage", t.title_page, f"{TEXT}titlepage.xhtml")
    yield navigation.Landmark("toc", t.contents, f"{navigation.NAME}#toc")
    for part in edition.parts:
        first = part.id if visible(part.title) else part.chapters[0].id if part.chapters else ""
        if first:
            yield navigation.Landmark("bodymatter", t.body, f"{TEXT}{first}.xhtml")
            break
    yield navigation.Landmark("colophon", t.colophon, f"{TEXT}colophon.xhtml")


def _figures(edition: Edition) -> dict[str, Figure]:
    """Return every picture of the chapters once, by name."""
    found: dict[str, Figure] = {}
    for chapter in edition.chapters:
        for figure in chapter.figures:
            found.setdefault(figure.name, figure)
        if chapter.lead_figure is not None:
            found.setdefault(chapter.lead_figure.name, chapter.lead_figure)
    return found


def _pictures(
    edition: Edition, figures: Mapping[str, Figure]
) -> Iterator[tuple[str, str, Figure, list[str]]]:
    """Yield manifest id, file name, figure and properties of every picture."""
    if edition.cover is not None:
        figure = edition.cover.figure
        yield COVER_ID, f"{FIGURES}{cover_name(figure)}", figure, ["cover-image"]
    for name, figure in figures.items():
        yield f"f-{name}", f"{FIGURES}{name}", figure, []


def _heavy(
    edition: Edition, figures: Mapping[str, Figure], reader: Target, cache: Cache
) -> Iterator[Diagnostic]:
    """Warn of pictures that a reader does not take as they are."""
    if not reader.max_pixels and not reader.max_bytes:
        return
    every = [*figures.values(), *([edition.cover.figure] if edition.cover else [])]
    for figure in every:
        pixels, size = figure.width * figure.height, cache.object_size(figure.object) or 0
        if reader.max_pixels and pixels > reader.max_pixels:
            told = f"has {pixels:,} pixels, more than the {reader.max_pixels:,} of {reader.shown}"
        elif reader.max_bytes and size > reader.max_bytes:
            told = f"has {size:,} bytes, more than the {reader.max_bytes:,} of {reader.shown}"
        else:
            continue
        lower = "lower figures.max_pixels or figures.jpeg_quality"
        yield warning("figure-heavy", f"{figure.name} {told}", help=lower)


def _read(cache: Cache, name: str, shown: str) -> bytes:
    data = cache.read_object(name)
    if data is None:
        raise BackendError(
            error("figure-gone", f"{shown} is no longer in the cache", help="build it again")
        )
    return data
