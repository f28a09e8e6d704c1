"""Sets what is known last: from half title to contents, and the sources at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from xml.etree import ElementTree as ET

from publish import cache, layouts
from publish.backends.pdf import compose, document, galley
from publish.backends.pdf.compose import Floor
from publish.backends.pdf.galley import Galley
from publish.backends.pdf.trees import Element, make
from publish.cache import Cache
from publish.model import Edition


def pages(
    edition: Edition,
    floor: Floor,
    matter: document.Matter,
    families: Sequence[tuple[str, str]],
) -> Galley:
    """Return all that stands before the text, set in pages that know their side.

    Args:
        edition: the whole book.
        floor: where it is set.
        matter: what it holds.
        families: faces of the book and their licences, for the colophon.
    """
    draft = replace(floor.setup.draft, edition=edition)
    texts = document.front(draft, matter, families)
    shown = matter.cover and edition.cover is not None
    return compose.set_texts(
        texts,
        floor,
        "front",
        name="front",
        body="front",
        edition=edition,
        before=[_cover_page(edition)] if shown else [],
        cover=_cover(edition, floor.store) if shown else None,
    )


def sources(edition: Edition, floor: Floor) -> Galley:
    """Return the list of sources, set as the last galley of the body."""
    text = document.sources(replace(floor.setup.draft, edition=edition))
    return compose.set_texts([text], floor, "text", name="sources", body="book")


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
    return galley.object_of(store, cover.figure.object), cover.figure.media_type


def _filling(svg: bytes) -> bytes:
    """Return a cover that fills whatever page it is put on: its grounds reach beyond its frame."""
    root = ET.fromstring(svg)
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.set("preserveAspectRatio", "xMidYMid meet")
    return ET.tostring(root)
