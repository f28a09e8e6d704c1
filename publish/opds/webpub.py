"""OPDS 2.0: pages as JSON, in the model of the Readium Web Publication Manifest."""

from __future__ import annotations

import json
from typing import Any

from publish.opds.atom import ACQUISITION, document
from publish.opds.books import Publication
from publish.opds.shelves import PAGE, ROOT, Catalogue, Page, series_name
from publish.opds.text import address, line, prose, reference

SUFFIX = ".json"
FEED = "application/opds+json"
ENTRY = "application/opds-publication+json"
Object = dict[str, Any]


def feed(page: Page, catalogue: Catalogue) -> bytes:
    """Return a page as a feed with navigation, or with publications."""
    here = page.path + SUFFIX
    metadata: Object = {"title": line(page.title), "identifier": page.id, "modified": page.updated}
    metadata["numberOfItems"] = page.total
    if page.turns:
        metadata |= {"itemsPerPage": PAGE, "currentPage": page.number}
    links = [_self(here, FEED, catalogue), _link(ROOT + SUFFIX, here, FEED, rel="start")]
    if page.up:
        links.append(_link(page.up + SUFFIX, here, FEED, rel="up"))
    links += [_link(path + SUFFIX, here, FEED, rel=rel) for rel, path in page.turns]
    made: Object = {"metadata": metadata, "links": links}
    if page.facets:
        facets = [
            _link(facet.path + SUFFIX, here, FEED, title=facet.title)
            | ({"rel": "self"} if facet.active else {})
            | {"properties": {"numberOfItems": facet.count}}
            for facet in page.facets
        ]
        made["facets"] = [{"metadata": {"title": catalogue.words.language}, "links": facets}]
    if page.publications is None:
        made["navigation"] = [
            _link(door.path + SUFFIX, here, FEED, title=line(door.title), rel=door.rel)
            | {"properties": {"numberOfItems": door.count}}
            for door in page.doors
        ]
    else:
        made["publications"] = [_publication(one, here, catalogue) for one in page.publications]
    return _bytes(made)


def entry(publication: Publication, catalogue: Catalogue) -> bytes:
    """Return the document of one publication."""
    return _bytes(_publication(publication, document(publication) + SUFFIX, catalogue))


def _publication(one: Publication, here: str, catalogue: Catalogue) -> Object:
    links = [_self(document(one) + SUFFIX, ENTRY, catalogue, here)]
    links += [
        _link(file.path, here, file.media_type, rel=ACQUISITION, size=file.size)
        for file in one.files
    ]
    links += [
        _link(document(other) + SUFFIX, here, ENTRY, rel="related", title=line(other.card.title))
        | ({"language": other.card.language} if other.card.language else {})
        for other in catalogue.siblings(one)
    ]
    made: Object = {"metadata": _metadata(one, here), "links": links}
    if one.pictures:
        made["images"] = [
            _link(picture.path, here, picture.media_type, width=picture.width,
                  height=picture.height)
            for picture in one.pictures
        ]  # fmt: skip
    return made


def _metadata(one: Publication, here: str) -> Object:
    card = one.card
    series: Object = {"name": line(card.series)}
    if card.position is not None:
        series["position"] = card.position
    shelf = f"{ROOT}/{series_name(card.series)}{SUFFIX}"
    series["links"] = [_link(shelf, here, FEED)]
    found: Object = {
        "@type": "http://schema.org/Book",
        "identifier": card.identifier,
        "title": line(card.title),
        "subtitle": line(card.subtitle),
        "author": [{"name": name} for name in _lines(card.authors)],
        "publisher": line(card.publisher),
        "language": card.language,
        "published": card.issued,
        "modified": one.updated,
        "description": prose(card.description),
        "subject": _lines(card.subjects),
        "belongsTo": {"series": [series]} if series["name"] else {},
        "http://purl.org/dc/terms/rights": prose(card.rights),  # the vocabulary has no word for it
    }
    return {name: value for name, value in found.items() if value}


def _lines(texts: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(line, texts))))


def _self(target: str, media_type: str, catalogue: Catalogue, here: str = "") -> Object:
    """Return the link of a document to itself: absolute, as the model asks, where that is known."""
    url = catalogue.url
    href = address(target, url) if url else reference(target, here or target)
    return {"rel": "self", "href": href, "type": media_type}


def _link(target: str, here: str, media_type: str, **more: Any) -> Object:
    return {"href": reference(target, here), "type": media_type} | more


def _bytes(made: Object) -> bytes:
    return json.dumps(made, ensure_ascii=False, indent=1).encode() + b"\n"
