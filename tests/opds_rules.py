"""What Atom, OPDS and the Readium Web Publication Manifest ask of a document."""

from __future__ import annotations

import json
import re
from typing import Any

from lxml import etree

Json = dict[str, Any]
ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/terms/}"
NAVIGATION = "application/atom+xml;profile=opds-catalog;kind=navigation"
ACQUISITION = "application/atom+xml;profile=opds-catalog;kind=acquisition"
ENTRY = "application/atom+xml;type=entry;profile=opds-catalog"
OPEN = "http://opds-spec.org/acquisition/open-access"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check_atom(data: bytes) -> etree._Element:
    """Check a feed or an entry document by RFC 4287 and OPDS 1.2."""
    root = etree.fromstring(data)
    if root.tag == f"{ATOM}entry":
        check_entry(root, in_feed=False)
        assert links(root, "self")
        return root
    assert root.tag == f"{ATOM}feed"
    check_common(root)
    assert len(links(root, "self")) == len(links(root, "start")) == 1
    assert len(root.findall(f"{ATOM}author/{ATOM}name")) >= 1
    kind = links(root, "self")[0].get("type")
    assert kind in {NAVIGATION, ACQUISITION}
    entries = root.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len({*ids}) == len(ids)
    for entry in entries:
        if kind == ACQUISITION:
            check_entry(entry, in_feed=True)
        else:
            check_common(entry)
            assert entry.findtext(f"{ATOM}content")
            [link] = entry.findall(f"{ATOM}link")
            assert link.get("type") in {NAVIGATION, ACQUISITION}
            assert link.get("rel") in {"subsection", "http://opds-spec.org/sort/new"}
    facets = links(root, "http://opds-spec.org/facet")
    assert kind == ACQUISITION or not facets
    active = [f for f in facets if f.get("{http://opds-spec.org/2010/catalog}activeFacet")]
    assert len(active) <= 1
    return root


def check_common(element: etree._Element) -> None:
    for name in ("id", "title", "updated"):
        [one] = element.findall(f"{ATOM}{name}")
        assert one.text
    assert URN.fullmatch(element.findtext(f"{ATOM}id") or "")
    assert RFC3339.fullmatch(element.findtext(f"{ATOM}updated") or "")
    for link in element.findall(f"{ATOM}link"):
        assert link.get("rel")
        assert link.get("type")
        check_href(link.get("href") or "")


def check_href(href: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._~%/-]+|https?://[A-Za-z0-9._~%/:-]+", href), href


def check_entry(entry: etree._Element, *, in_feed: bool) -> None:
    check_common(entry)
    authors = entry.findall(f"{ATOM}author") + entry.findall(f"{ATOM}source/{ATOM}author")
    assert authors or in_feed  # whose own author stands for all of its entries
    acquired = links(entry, OPEN)
    assert acquired
    assert all(int(link.get("length") or 0) > 0 for link in acquired)
    assert len(links(entry, "alternate")) == int(in_feed)
    assert all(link.get("type") == ENTRY for link in links(entry, "alternate"))
    [identifier] = entry.findall(f"{DC}identifier")
    assert identifier.text != entry.findtext(f"{ATOM}id")  # OPDS 1.2, 5.1.1
    for name in ("title", "creator", "subject", "rights", "description"):
        assert entry.find(f"{DC}{name}") is None


def links(element: etree._Element, rel: str) -> list[etree._Element]:
    return [link for link in element.findall(f"{ATOM}link") if link.get("rel") == rel]


def check_json(data: bytes) -> Json:
    """Check a feed or a publication by OPDS 2.0 and the Readium Web Publication Manifest."""
    made: Json = json.loads(data)
    assert made["metadata"]["title"]
    [own] = [link for link in made["links"] if link.get("rel") == "self"]
    for link in made["links"]:
        check_link(link)
    if own["type"] == "application/opds-publication+json":
        check_publication(made)
        return made
    assert own["type"] == "application/opds+json"
    assert ("navigation" in made) != ("publications" in made)
    assert URN.fullmatch(made["metadata"]["identifier"])
    for link in made.get("navigation", ()):
        assert link["title"]
        check_link(link)
    for group in made.get("facets", ()):
        assert group["metadata"]["title"]
        assert len(group["links"]) > 1
        assert all(link["title"] for link in group["links"])
        assert sum(link.get("rel") == "self" for link in group["links"]) <= 1
    for publication in made.get("publications", ()):
        check_publication(publication)
    return made


def check_publication(made: Json) -> None:
    metadata = made["metadata"]
    assert metadata["@type"] == "http://schema.org/Book"
    assert metadata["title"]
    assert RFC3339.fullmatch(metadata["modified"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", metadata.get("published", "2024-01-01"))
    rels = [link["rel"] for link in made["links"]]
    assert rels.count("self") == 1
    assert OPEN in rels
    assert made["images"]
    for link in (*made["links"], *made["images"]):
        check_link(link)
    for image in made["images"]:
        assert image["type"] in {"image/jpeg", "image/png"}
        assert min(image["width"], image["height"]) > 0


def check_link(link: Json) -> None:
    check_href(link["href"])
    assert link["type"]
