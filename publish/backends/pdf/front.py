"""Sets what is known last: from half title to contents, and the sources at the end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

from publish import layouts
from publish.backends.pdf import compose, document, galley
from publish.backends.pdf.compose import Floor
from publish.backends.pdf.facts import Page
from publish.backends.pdf.galley import Galley
from publish.backends.pdf.trees import Element, make
from publish.cache import Cache
from publish.model import Chapter, Edition, Figure

NEARLY = 1.1  # by how much the sides of a cover's picture may differ from the page's


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
    picture = _cover(edition, draft.page, floor.store) if matter.cover else None
    return compose.set_texts(
        texts,
        floor,
        "front",
        name="front",
        body="front",
        edition=edition,
        before=[_cover_page(edition, draft.page)] if picture else [],
        pictures={"cover": picture} if picture else {},
    )


def sources(edition: Edition, floor: Floor) -> Galley:
    """Return the list of sources, set as the last galley of the body."""
    text = document.sources(replace(floor.setup.draft, edition=edition))
    return compose.set_texts([text], floor, "text", name="sources", body="book")


def _cover_page(edition: Edition, page: Page) -> Element:
    words = layouts.labels(edition.language)
    section = make("section", class_="cover-page")
    picture = make("img", src="cover", alt=f"{words.cover}{words.colon}{edition.title}")
    if page.bleed and edition.cover and _fits(edition.cover.figure, page):
        picture.set("style", "object-fit: cover")
    section.append(picture)
    return section


def _fits(figure: Figure, page: Page) -> bool:
    """Tell whether a picture is so nearly of the page's shape that it may fill it to the bleed."""
    across, along = figure.width / page.width, figure.height / page.height
    return max(across, along) <= NEARLY * min(across, along)


def _cover(edition: Edition, page: Page, store: Cache) -> tuple[bytes, str] | None:
    cover = edition.cover
    if cover is None:
        return None
    if cover.svg:
        return _filling(cover.svg, page), "image/svg+xml"
    return galley.object_of(store, cover.figure.object), cover.figure.media_type


def _filling(svg: bytes, page: Page) -> bytes:
    """Return a cover that fills a page and its bleed: its grounds reach beyond its frame."""
    root = ET.fromstring(svg)
    frame = [float(number) for number in re.findall(r"[-+.\deE]+", root.get("viewBox", ""))]
    if len(frame) == 4 and frame[2] > 0 < frame[3]:
        left, top, width, height = frame
        scale = min(page.width / width, page.height / height)
        across, along = ((side + 2 * page.bleed) / scale for side in (page.width, page.height))
        shown = (left + (width - across) / 2, top + (height - along) / 2, across, along)
        root.set("viewBox", " ".join(f"{number:.3f}" for number in shown))
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.set("preserveAspectRatio", "xMidYMid meet")
    return ET.tostring(root)
