"""Running heads and folios: pages with nothing on them but what the layout puts in the margins.

A head depends on titles alone, a folio on its number alone. So both are set apart from the text,
many at a time, and neither is set again when pages move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from publish import cache
from publish.backends.pdf import galley
from publish.backends.pdf.galley import Galley
from publish.backends.pdf.trees import Element, make
from publish.cache import Cache
from publish.diagnostics import BackendError, error
from publish.model import Edition

STAGE = "heads"
BLOCK = 32  # folios that are set together: an even number, so that each block begins on a recto
BATCH = 64  # heads that are set together
FIGURES = "0123456789ivxlcdmIVXLCDM〇一二三四五六七八九十百千"  # what folios are made of


@dataclass(frozen=True, slots=True)
class Titles:
    """What running heads may say: the strings book-title, chapter-title and kicker."""

    book: str = ""
    chapter: str = ""
    kicker: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A running head: what it says, and on which page of which side."""

    key: str
    page: str  # CSS page name
    opening: bool  # whether the chapter begins on it
    recto: bool
    titles: Titles


@dataclass(frozen=True, slots=True)
class Folios:
    """A block of page numbers on a named page: those from ``number * BLOCK + 1`` on."""

    key: str
    page: str
    number: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a head was set."""

    galley: str  # key
    page: int  # of that galley, from 0


def document(heads: Sequence[Head], edition: Edition) -> Element:
    """Return a document with two pages for each head, all of one side; see `places`."""
    pages: list[Element] = []
    if heads and heads[0].recto:
        pages.append(sheet(heads[0].page))
    for head in heads:
        said, plain = sheet(head.page, head.titles), sheet(head.page)
        pages += [plain, said] if head.opening else [said, plain]
    said_all = "".join(h.titles.book + h.titles.chapter + h.titles.kicker for h in heads)
    return pages_of(pages, edition, said_all)


def places(heads: Sequence[Head]) -> list[int]:
    """Return the page, from 0, that shows each head of a document.

    The second of its two pages: either the chapter's title is on it, or on the one before.
    """
    return [number * 2 + 1 + head.recto for number, head in enumerate(heads)]


def numbered(folios: Folios, edition: Edition) -> Element:
    """Return a document of pages that carry numbers."""
    root = pages_of([sheet(folios.page) for _ in range(BLOCK)], edition, FIGURES)
    style(root, f"@page :first {{ counter-reset: page {folios.number * BLOCK + 1} }}")
    return root


def sheet(name: str, titles: Titles | None = None) -> Element:
    """Return an empty page of a name; with titles, a chapter begins on it."""
    # The name of an unnamed page is "auto" (CSS Paged Media 3, section 6).
    page = make("div", class_="sheet", style=f"page: {name or 'auto'}; break-before: page")
    if titles:
        opening = make("h1")
        opening.set("data-head", titles.chapter)
        opening.set("data-book", titles.book)
        opening.set("data-kicker", titles.kicker)
        page.append(opening)
    return page


def pages_of(pages: Sequence[Element], edition: Edition, signs: str) -> Element:
    """Return a document of such pages; ``signs`` are the characters that may be set on them."""
    root = make("html", lang=edition.language)
    head = make("head")
    head.append(make("title", edition.title))
    body = make("body", class_="sheets")
    body.extend(pages)
    # What may be said, in every face it may be set in, for whoever chooses faces.
    hidden = make("div", class_="signs", style="display: none")
    hidden.extend(make(tag, signs) for tag in ("p", "h1", "em", "figcaption"))
    body.append(hidden)
    root.extend((head, body))
    style(root, ".sheet h1 { height: 0; margin: 0; padding: 0; border: 0; font-size: 0 }")
    return root


def style(root: Element, css: str) -> None:
    """Add a style sheet to a document."""
    root[0].append(make("style", css))


# ---- in the cache


def keep(heads: Sequence[Head], made: Galley, store: Cache) -> None:
    """Keep what was set, and where each head is in it."""
    key = cache.digest(STAGE, [head.key for head in heads])
    galley.keep(store, key, made)
    for head, page in zip(heads, places(heads), strict=True):
        store.store(STAGE, head.key, Kept(key, page))


def find(head: Head, store: Cache) -> Kept | None:
    """Return where a head was set, if it was and is still there."""
    kept = store.load(STAGE, head.key, Kept)
    return kept if kept and store.has(galley.STAGE, kept.galley) else None


def where(head: Head, store: Cache) -> Kept:
    """Return where a head was set.

    Raises:
        BackendError: it was there a moment ago.
    """
    kept = find(head, store)
    if kept is None:
        raise BackendError(error("cache-lost", "a running head is gone from the cache"))
    return kept
