"""Sets what is known last: from half title to contents, and the sources at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

from publish import layouts
from publish.backends.pdf import compose, document, galley
from publish.backends.pdf.compose import Floor
from publish.backends.pdf.galley import Galley
from publish.backends.pdf.trees import Element, make
from publish.cache import Cache
from publish.model import Chapter, Edition


@dataclass(frozen=True, slots=True)
class Order:
    """Pages that are known last, as work for a worker."""

    floor: Floor
    key: str  # of the galley
    edition: Edition  # see `listed`
    matter: document.Matter | None = None  # None for the list of sources
    families: tuple[tuple[str, str], ...] = ()

    @property
    def weight(self) -> int:
        """About how many lines they have."""
        return len(self.matter.places if self.matter else self.edition.chapters)


def do(order: Order) -> None:
    """Do what is ordered; the galley is in the cache afterwards."""
    if order.matter is None:
        made = sources(order.edition, order.floor)
    else:
        made = pages(order.edition, order.floor, order.matter, order.families)
    galley.keep(order.floor.store, order.key, made)


def listed(edition: Edition) -> Edition:
    """Return an edition with all that lists tell of its chapters, and without their text."""

    def bare(chapter: Chapter) -> Chapter:
        return replace(
            chapter, article="", shown="", xhtml=b"", figures=(), lead_figure=None, digest=""
        )

    parts = tuple(replace(part, chapters=tuple(map(bare, part.chapters))) for part in edition.parts)
    return replace(edition, parts=parts, digest="")


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
