"""OPDS 1.2: pages as Atom feeds (RFC 4287), and a document for each publication."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from publish.opds.books import Publication
from publish.opds.shelves import ROOT, Catalogue, Door, Page, series_name
from publish.opds.text import address, line, prose, reference

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/terms/"
OPDS = "http://opds-spec.org/2010/catalog"
SCHEMA = "http://schema.org/"
THREADING = "http://purl.org/syndication/thread/1.0"  # RFC 4685
SUFFIX = ".xml"
_NAMES: Any = {None: ATOM, "dc": DC, "opds": OPDS, "schema": SCHEMA, "thr": THREADING}

FEED = "application/atom+xml;profile=opds-catalog;kind={}"
ENTRY = "application/atom+xml;type=entry;profile=opds-catalog"
ACQUISITION = "http://opds-spec.org/acquisition/open-access"
IMAGES = ("http://opds-spec.org/image", "http://opds-spec.org/image/thumbnail")
FACET = "http://opds-spec.org/facet"


def document(publication: Publication) -> str:
    """Return the path of the document of a publication, without suffix."""
    return f"{ROOT}/books/{publication.name}"


def feed(page: Page, catalogue: Catalogue) -> bytes:
    """Return a page as a navigation or an acquisition feed."""
    here = page.path + SUFFIX
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_NAMES)
    _text(root, "id", page.id)
    _text(root, "title", line(page.title))
    _text(root, "updated", page.updated)
    _author(root, [catalogue.author])
    _text(root, "generator", "publish")
    _link(root, "self", _self(here, catalogue), FEED.format(page.kind))
    _link(root, "start", reference(ROOT + SUFFIX, here), FEED.format("navigation"))
    if page.up:
        _link(root, "up", reference(page.up + SUFFIX, here), FEED.format("navigation"))
    for rel, path in page.turns:
        _link(root, rel, reference(path + SUFFIX, here), FEED.format(page.kind))
    for facet in page.facets:
        link = _link(root, FACET, reference(facet.path + SUFFIX, here), FEED.format("acquisition"))
        link.set("title", facet.title)
        link.set(f"{{{OPDS}}}facetGroup", catalogue.words.language)
        link.set(f"{{{THREADING}}}count", str(facet.count))
        if facet.active:
            link.set(f"{{{OPDS}}}activeFacet", "true")
    for door in page.doors:
        _door(etree.SubElement(root, f"{{{ATOM}}}entry"), door, here)
    for one in page.publications or ():
        element = etree.SubElement(root, f"{{{ATOM}}}entry")
        _entry(element, one, here)
        _link(element, "alternate", reference(document(one) + SUFFIX, here), ENTRY)
        _related(element, catalogue.siblings(one), here)
    return _bytes(root)


def entry(publication: Publication, catalogue: Catalogue) -> bytes:
    """Return the document of one publication."""
    here = document(publication) + SUFFIX
    root = etree.Element(f"{{{ATOM}}}entry", nsmap=_NAMES)
    _entry(root, publication, here)
    _link(root, "self", _self(here, catalogue), ENTRY)
    _link(root, "start", reference(ROOT + SUFFIX, here), FEED.format("navigation"))
    _collection(root, publication, here)
    _related(root, catalogue.siblings(publication), here)
    if not any(map(line, publication.card.authors)):  # an author there must be: the list's
        source = etree.SubElement(root, f"{{{ATOM}}}source")
        _text(source, "title", line(catalogue.title))
        _author(source, [catalogue.author])
    return _bytes(root)


def _door(parent: Element, door: Door, here: str) -> None:
    _text(parent, "id", door.id)
    _text(parent, "title", line(door.title))
    _text(parent, "updated", door.updated)
    _text(parent, "content", door.content).set("type", "text")
    link = _link(parent, door.rel, reference(door.path + SUFFIX, here), FEED.format(door.kind))
    link.set(f"{{{THREADING}}}count", str(door.count))


def _entry(parent: Element, one: Publication, here: str) -> None:
    card = one.card
    _text(parent, "id", one.id)
    title = line(card.title)
    _text(parent, "title", title)
    if subtitle := line(card.subtitle):
        _text(parent, "alternative", subtitle, DC)
    _text(parent, "updated", one.updated)
    _author(parent, card.authors)
    _text(parent, "identifier", card.identifier, DC)
    for name, value in (
        ("language", card.language),
        ("publisher", line(card.publisher)),
        ("issued", card.issued),
    ):
        if value:
            _text(parent, name, value, DC)
    if rights := prose(card.rights):
        _text(parent, "rights", rights)
    if summary := prose(card.description) or subtitle:
        _text(parent, "summary", summary).set("type", "text")
    for subject in dict.fromkeys(filter(None, map(line, card.subjects))):
        etree.SubElement(parent, f"{{{ATOM}}}category", term=subject, label=subject)
    _series(parent, one)
    for rel, picture in zip(IMAGES, one.pictures, strict=False):
        _link(parent, rel, reference(picture.path, here), picture.media_type)
    for file in one.files:
        link = _link(parent, ACQUISITION, reference(file.path, here), file.media_type)
        link.set("length", str(file.size))


def _series(parent: Element, one: Publication) -> None:
    """Tell the series: OPDS 1.2 has no element; libraries use Dublin Core's and schema.org's."""
    series = line(one.card.series)
    if not series:
        return
    _text(parent, "isPartOf", series, DC)
    element = etree.SubElement(parent, f"{{{SCHEMA}}}Series", name=series)
    if one.card.position is not None:
        element.set(f"{{{SCHEMA}}}position", str(one.card.position))


def _collection(parent: Element, one: Publication, here: str) -> None:
    """Lead to the series; not in lists, which readers would show by groups, in another order."""
    if series := line(one.card.series):
        shelf = reference(f"{ROOT}/{series_name(series)}{SUFFIX}", here)
        _link(parent, "collection", shelf, FEED.format("acquisition")).set("title", series)


def _related(parent: Element, siblings: Iterable[Publication], here: str) -> None:
    """Lead to the other editions of a book."""
    for other in siblings:
        link = _link(parent, "related", reference(document(other) + SUFFIX, here), ENTRY)
        link.set("title", line(other.card.title))
        if other.card.language:
            link.set("hreflang", other.card.language)


def _self(here: str, catalogue: Catalogue) -> str:
    return address(here, catalogue.url) if catalogue.url else reference(here, here)


def _author(parent: Element, names: Iterable[str]) -> None:
    for name in dict.fromkeys(filter(None, map(line, names))):
        _text(etree.SubElement(parent, f"{{{ATOM}}}author"), "name", name)


def _text(parent: Element, name: str, text: str, space: str = ATOM) -> Element:
    element = etree.SubElement(parent, f"{{{space}}}{name}")
    element.text = text
    return element


def _link(parent: Element, rel: str, href: str, media_type: str) -> Element:
    return etree.SubElement(parent, f"{{{ATOM}}}link", rel=rel, href=href, type=media_type)


def _bytes(root: Element) -> bytes:
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
