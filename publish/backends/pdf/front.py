"""Sets what is known last: title page, colophon and contents, and the sources at the end."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from publish import cache, layouts
from publish.backends.pdf import compose, document, galley
from publish.backends.pdf.compose import Setup
from publish.backends.pdf.document import Draft
from publish.backends.pdf.galley import Galley
from publish.backends.pdf.trees import Element, make
from publish.cache import Cache
from publish.diagnostics import BackendError, error
from publish.model import Edition


def matter(
    edition: Edition,
    setup: Setup,
    packed: bytes,
    entries: tuple[document.Entry, ...],
    families: Sequence[tuple[str, str]],
    *,
    cover: bool,
    store: Cache,
) -> Galley:
    """Return cover, title page, colophon and contents, set in pages that know their side.

    Args:
        edition: the whole book.
        setup: what its pieces share.
        packed: the same as bytes.
        entries: the contents, with their folios.
        families: faces of the book and their licences, for the colophon.
        cover: whether the cover is the first page.
        store: the cache.
    """
    draft = Draft(edition, setup.layout, setup.page, setup.options)
    texts = document.front(draft, entries, families)
    shown = cover and edition.cover is not None
    return compose.set_texts(
        texts,
        setup,
        packed,
        "front",
        name="front",
        body="front",
        edition=edition,
        before=[_cover_page(edition)] if shown else [],
        cover=_cover(edition, store) if shown else None,
    )


def sources(edition: Edition, setup: Setup, packed: bytes, key: str, store: Cache) -> Galley:
    """Return the list of sources, set as the last galley of the body."""
    kept = store.load(galley.STAGE, key, Galley)
    if kept is None:
        text = document.sources(Draft(edition, setup.layout, setup.page, setup.options))
        kept = compose.set_texts([text], setup, packed, "text", name="sources", body="book")
        store.store(galley.STAGE, key, kept)
    return kept


def sources_key(edition: Edition, shared: str) -> str:
    """Return the key of the list of sources: what its template may show of every chapter."""
    rows = [
        (c.id, c.title, c.authors, c.date, c.origin, c.origin_name, c.language)
        for c in edition.chapters
    ]
    return cache.digest("sources", shared, rows)


def _cover_page(edition: Edition) -> Element:
    words = layouts.labels(edition.language)
    page = make("section", class_="cover-page")
    page.append(make("img", src="cover", alt=f"{words.cover}{words.colon}{edition.title}"))
    return page


def _cover(edition: Edition, store: Cache) -> tuple[bytes, str] | None:
    cover = edition.cover
    if cover is None:
        return None
    if cover.svg:
        return _filling(cover.svg), "image/svg+xml"
    data = store.read_object(cover.figure.object)
    if data is None:
        raise BackendError(error("cache-lost", "the cover is gone from the cache"))
    return data, cover.figure.media_type


def _filling(svg: bytes) -> bytes:
    """Return a cover that fills whatever page it is put on: its grounds reach beyond its frame."""
    root = ET.fromstring(svg)
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.set("preserveAspectRatio", "xMidYMid meet")
    return ET.tostring(root)
