"""Pages of catalogues: complete, in order, and as OPDS and Atom ask."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from lxml import etree
from opds_rules import ATOM, DC, Json, check_atom, check_json, links

from publish.model import Card
from publish.opds import atom, webpub
from publish.opds.books import File, Picture, Publication, gather
from publish.opds.shelves import PAGE, Catalogue, arrange
from publish.opds.text import address, reference

HOSTILE = "]]><script>&amp;\x00\x1b\ud800\ufffe \"'甲\u2028乙</title>\n"


def card(number: int = 1, **more: Any) -> Card:
    facts: Json = {
        "book": f"b{number}",
        "edition": "source",
        "backend": "epub",
        "identifier": f"urn:isbn:{number}",
        "title": f"书 {number}",
        "language": "zh-Hans",
        "updated": f"2024-01-01T00:00:{number % 60:02}Z",
    }
    return Card(**facts | more)


def publication(number: int = 1, **more: Any) -> Publication:
    pictures = (Picture(f"catalog/covers/b{number}.jpg", "image/jpeg", 1600, 2560),)
    files = (File(f"b{number}.epub", 10),)
    return Publication(f"b{number}", card(number, **more), files, pictures)


def catalogue(*publications: Publication, **more: Any) -> Catalogue:
    return Catalogue("书架", "编者", "zh-Hans", publications, **more)


def documents(made: Catalogue) -> dict[str, bytes]:
    found = {}
    for page in arrange(made):
        found[page.path + atom.SUFFIX] = atom.feed(page, made)
        found[page.path + webpub.SUFFIX] = webpub.feed(page, made)
    for one in made.publications:
        found[atom.document(one) + atom.SUFFIX] = atom.entry(one, made)
        found[atom.document(one) + webpub.SUFFIX] = webpub.entry(one, made)
    for name, data in found.items():
        check_atom(data) if name.endswith(".xml") else check_json(data)
    return found


def test_hostile_texts_are_texts() -> None:
    names = ("title", "subtitle", "publisher", "rights", "description", "series")
    more: Json = dict.fromkeys(names, HOSTILE) | {"authors": (HOSTILE, " ", HOSTILE)}
    more |= {"subjects": (HOSTILE, ""), "issued": "2024-01-01", "identifier": f"urn:x:{HOSTILE}"}
    [bare] = gather([(card(**more), File("b1.epub", 1))])
    one = replace(bare, pictures=publication().pictures)
    found = documents(Catalogue(HOSTILE, HOSTILE, "", (one,)))
    entry = etree.fromstring(found["catalog/books/b1.xml"])
    clean = "]]><script>&amp;\ufffd\ufffd\ufffd\ufffd \"'甲 乙</title>"
    assert entry.findtext(f"{ATOM}title") == clean
    assert [a.findtext(f"{ATOM}name") for a in entry.findall(f"{ATOM}author")] == [clean]
    assert [c.get("term") for c in entry.findall(f"{ATOM}category")] == [clean]
    assert json.loads(found["catalog/books/b1.json"])["metadata"]["title"] == clean
    assert "<" not in (entry.findtext(f"{ATOM}summary") or "<")  # where readers show tags


def test_many_books_are_turned_over_by_pages() -> None:
    books = [publication(n, series=f"系列 {n}", position=1) for n in range(2 * PAGE + 1)]
    found = documents(catalogue(*books))
    for shelf, key in (("all", "publications"), ("series", "navigation")):
        names = [shelf, f"{shelf}-2", f"{shelf}-3"]
        feeds = [etree.fromstring(found[f"catalog/{name}.xml"]) for name in names]
        assert [len(feed.findall(f"{ATOM}entry")) for feed in feeds] == [PAGE, PAGE, 1]
        made = [json.loads(found[f"catalog/{name}.json"]) for name in names]
        assert [len(one[key]) for one in made] == [PAGE, PAGE, 1]
        assert [one["metadata"]["currentPage"] for one in made] == [1, 2, 3]
        assert {one["metadata"]["numberOfItems"] for one in made} == {len(books)}
        turns = {rel: [link.get("href") for feed in feeds for link in links(feed, rel)]
                 for rel in ("first", "previous", "next", "last")}  # fmt: skip
        assert turns["next"] == [f"{shelf}-2.xml", f"{shelf}-3.xml"]
        assert turns["previous"] == [f"{shelf}.xml", f"{shelf}-2.xml"]
        assert turns["first"] == [f"{shelf}.xml"] * 3
        assert turns["last"] == [f"{shelf}-3.xml"] * 3
        assert [[link["href"] for link in one["links"] if link["rel"] == "next"] for one in made] \
            == [[f"{shelf}-2.json"], [f"{shelf}-3.json"], []]  # fmt: skip


def test_newest_books_come_first_and_a_series_in_its_order() -> None:
    found = [
        (card(n, title=f"{n}", series="列", position=5 - n, updated=f"20{20 + n}-01-01T00:00:00Z"),
         File(f"b{n}.epub", 1))
        for n in (2, 4, 1, 3)
    ]  # fmt: skip
    found.append((card(9, series="列", updated=""), File("b9.epub", 1)))
    made = catalogue(*gather(found))
    assert [one.name for one in made.publications] == ["b4", "b3", "b2", "b1", "b9"]
    [series] = [page for page in arrange(made) if page.title == "列"]
    assert [one.name for one in series.publications or ()] == ["b4", "b3", "b2", "b1", "b9"]
    assert made.publications[-1].updated == "2000-01-01T00:00:00Z"
    turned = catalogue(*reversed(made.publications))
    [series] = [page for page in arrange(turned) if page.title == "列"]
    assert [one.name for one in series.publications or ()] == ["b4", "b3", "b2", "b1", "b9"]
    data = atom.feed(series, made)
    entry = check_atom(data).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{DC}isPartOf") == "列"
    position = entry.find("{http://schema.org/}Series")
    assert position is not None
    assert dict(position.attrib) == {"name": "列", "{http://schema.org/}position": "1"}
    single = documents(catalogue(publication(1, series="列", position=3)))
    metadata = json.loads(single["catalog/books/b1.json"])["metadata"]
    [first] = metadata["belongsTo"]["series"]
    assert (first["name"], first["position"]) == ("列", 3)


def test_formats_of_an_edition_are_one_entry_and_editions_are_related() -> None:
    found = [
        (card(edition=edition, backend=to, language=edition), File(f"b.{edition}.{to}", 1))
        for edition in ("zh-Hans", "zh-Hant-TW")
        for to in ("epub", "pdf")
    ]
    found.append((card(edition="zh-Hans"), File("old-name.epub", 1)))
    made = gather(found)
    assert [one.name for one in made] == ["b.zh-Hans", "b.zh-Hant-TW"]
    assert [file.path for file in made[0].files] == ["b.zh-Hans.epub", "b.zh-Hans.pdf"]
    assert len({one.id for one in made}) == 2  # though the user's identifier is one
    types = [file.media_type for file in made[0].files]
    assert types == ["application/epub+zip", "application/pdf"]
    entry = etree.fromstring(atom.entry(made[0], catalogue(*made)))
    [related] = links(entry, "related")
    assert (related.get("href"), related.get("hreflang")) == ("b.zh-Hant-TW.xml", "zh-Hant-TW")
    [other] = [x for x in json.loads(webpub.entry(made[0], catalogue(*made)))["links"]
               if x["rel"] == "related"]  # fmt: skip
    assert (other["href"], other["language"]) == ("b.zh-Hant-TW.json", "zh-Hant-TW")


def test_two_books_of_one_stem_have_two_documents() -> None:
    made = gather([(card(1), File("a.epub", 1)), (card(2, backend="pdf"), File("A.pdf", 1))])
    assert sorted(one.name for one in made) == ["A.pdf", "a.epub"]


def test_languages_are_facets_where_there_are_several() -> None:
    one = documents(catalogue(publication(1), publication(2)))
    assert not [name for name in one if "language" in name]
    assert "facets" not in json.loads(one["catalog/all.json"])
    found = documents(catalogue(publication(1), publication(2, language="zh-Hant-TW")))
    feed = etree.fromstring(found["catalog/language-zh-Hant-TW.xml"])
    assert len(feed.findall(f"{ATOM}entry")) == 1
    facets = links(feed, "http://opds-spec.org/facet")
    active = "{http://opds-spec.org/2010/catalog}activeFacet"
    assert [(f.get("href"), f.get(active)) for f in facets] == [
        ("all.xml", None),
        ("language-zh-Hans.xml", None),
        ("language-zh-Hant-TW.xml", "true"),
    ]
    assert facets[2].get("title") == "繁體中文（台灣）"


def test_an_empty_catalogue_is_one() -> None:
    assert len(documents(catalogue())) == 4


def test_only_links_of_documents_to_themselves_are_absolute() -> None:
    for name, data in documents(catalogue(publication(1), url="https://a.example/b")).items():
        hrefs = re.findall(r'href(?:="|": ")(.*?)"', data.decode())
        own = f"https://a.example/b/{name}"
        listed = {href for href in hrefs if "://" in href}
        if name == "catalog/all.json":
            assert listed == {own, "https://a.example/b/catalog/books/b1.json"}
        else:
            assert listed == {own}


def test_references_are_relative_and_encoded() -> None:
    assert reference("a b.epub", "catalog/all.xml") == "../a%20b.epub"
    assert reference("a:b?#%.epub", "catalog.xml") == "a%3Ab%3F%23%25.epub"
    assert reference("catalog/all.xml", "catalog/all.xml") == "all.xml"
    assert reference("书.epub", "catalog.xml") == "%E4%B9%A6.epub"
    assert address("书.epub", "https://a.example/b/") == "https://a.example/b/%E4%B9%A6.epub"
