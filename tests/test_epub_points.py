"""Points of a good EPUB that need a whole book: see the table in docs/epub.md."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from posixpath import dirname, join, normpath

import pytest
from editions import rich, workshop
from lxml import etree
from PIL import Image

from publish import layouts
from publish.backends.epub import EpubBackend
from publish.cli import main
from publish.model import EPUB, XHTML

ROOT = Path(__file__).resolve().parent.parent
NS = {
    "h": XHTML,
    "e": EPUB,
    "o": "http://www.idpf.org/2007/opf",
    "d": "http://purl.org/dc/elements/1.1/",
}
# Of EPUB's semantics, those that have a role of DPUB-ARIA 1.1 by the same name.
PAIRED = {
    *("appendix", "bibliography", "chapter", "colophon", "conclusion", "cover", "dedication"),
    *("endnotes", "epigraph", "footnote", "foreword", "glossary", "index", "noteref", "part"),
    *("preface", "prologue", "toc"),
}


@dataclass(frozen=True)
class Book:
    """A finished book, opened."""

    name: str
    archive: zipfile.ZipFile

    def read(self, name: str) -> bytes:
        return self.archive.read(f"EPUB/{name}")

    def tree(self, name: str) -> etree._Element:
        return etree.fromstring(self.read(name))

    @cached_property
    def package(self) -> etree._Element:
        return self.tree("content.opf")

    @cached_property
    def spine(self) -> list[str]:
        hrefs = {
            item.get("id"): item.get("href", "") for item in self.package.iterfind(".//o:item", NS)
        }
        return [hrefs[item.get("idref")] for item in self.package.iterfind(".//o:itemref", NS)]

    @cached_property
    def pages(self) -> dict[str, etree._Element]:
        return {name: self.tree(name) for name in self.spine}

    def all(self, path: str) -> Iterator[tuple[str, etree._Element]]:
        for name, page in self.pages.items():
            for element in page.xpath(path, namespaces=NS):
                yield name, element


def texts(root: etree._Element, path: str) -> list[str]:
    return [str(value) for value in root.xpath(path, namespaces=NS)]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Book]:
    """One of everything in both layouts, and the sample books."""
    folder = tmp_path_factory.mktemp("points")
    shop = workshop(folder)
    for layout in ("classic", "magazine"):
        with (folder / f"{layout}.epub").open("wb") as out:
            EpubBackend().bind(rich(shop), layouts.find(layout), shop, out, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        assert main(["epub", "-q", "-o", f"{folder}/"]) == 0
    found = sorted(folder.glob("*.epub"))
    assert len(found) == 7
    return [Book(path.name, zipfile.ZipFile(path)) for path in found]


def test_8_the_identifier_survives_an_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    article = tmp_path / "content/one.md"
    article.parent.mkdir()
    seen = []
    for words in ("一稿。", "二稿。"):
        article.write_text(f"---\ntitle: 甲\n---\n{words}\n", "utf-8")
        out = tmp_path / "book.epub"
        assert main(["epub", str(article.parent), "-o", str(out), "--offline", "-q"]) == 0
        with zipfile.ZipFile(out) as archive:
            package = etree.fromstring(archive.read("EPUB/content.opf"))
            seen.append(texts(package, "//d:identifier/text()"))
    assert seen[0] == seen[1]
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f-]{21}", seen[0][0])


def test_28_a_cover_is_large_enough_and_rgb(books: list[Book]) -> None:
    for book in books:
        cover = Image.open(io.BytesIO(book.read("figures/cover.jpg")))
        assert (cover.format, cover.mode) == ("JPEG", "RGB")
        assert cover.width >= 1600, book.name
        assert cover.height >= 2400


def test_30_and_31_title_page_and_colophon(books: list[Book]) -> None:
    for book in books:
        assert [name for name, _ in book.all("//h:section[@e:type='titlepage']")] == [
            "text/titlepage.xhtml"
        ]
        [(_, colophon)] = book.all("//h:section[@e:type='colophon']")
        text = "".join(map(str, colophon.itertext()))
        for wanted in ("title", "creator", "publisher", "rights", "identifier"):
            for value in texts(book.package, f"//d:{wanted}/text()"):
                assert value in text, (book.name, value)
        assert texts(colophon, ".//h:a/@href") == texts(book.package, "//d:source/text()")
        assert "publish" in text
        if "Hant" in book.name:
            assert "OpenCC" in text


def test_33_contents_are_in_the_order_of_the_spine(books: list[Book]) -> None:
    for book in books:
        hrefs = texts(book.pages["nav.xhtml"], "//h:nav[@e:type='toc']//h:a/@href")
        order = [book.spine.index(href.partition("#")[0]) for href in hrefs]
        assert order == sorted(order)
        for href in hrefs:
            name, _, fragment = href.partition("#")
            ids = texts(book.pages[name], "//@id")
            assert not fragment or fragment in ids
            places = [ids.index(h.partition("#")[2]) for h in hrefs if h.startswith(f"{name}#")]
            assert places == sorted(places)


def test_37_types_and_roles_are_paired(books: list[Book]) -> None:
    for book in books:
        seen = set()
        for name, element in book.all("//*[@e:type]"):
            types = element.get(f"{{{EPUB}}}type", "").split()
            seen.update(types)
            roles = element.get("role", "").split()
            if element.tag.endswith("}a") and "landmarks" in texts(
                element, "ancestor::h:nav/@e:type"
            ):
                continue  # these say what is at the other end
            for kind in types:
                if kind == "cover":  # the role is the picture's: it is none of a section
                    assert texts(element, "h:img/@role") == ["doc-cover"]
                elif kind in PAIRED:
                    assert f"doc-{kind}" in roles, (book.name, name, kind)
        assert {"cover", "chapter", "colophon", "noteref", "footnote", "toc"} <= seen


def test_38_one_first_heading_a_file_and_no_level_left_out(books: list[Book]) -> None:
    for book in books:
        for name, page in book.pages.items():
            levels = [int(h.tag[-1]) for h in page.iter() if re.search(r"}h[1-6]$", str(h.tag))]
            assert levels.count(1) == (name != "text/cover.xhtml"), (book.name, name)
            assert all(b <= a + 1 for a, b in pairwise(levels)), (name, levels)
            assert not levels or levels[0] == 1


def test_40_notes_are_linked_both_ways_and_the_way_back_is_first(books: list[Book]) -> None:
    for book in books:
        references = list(book.all("//h:a[@e:type='noteref']"))
        assert references
        for name, link in references:
            assert len(link) == 0
            assert re.fullmatch(r"\[\d+\]", link.text or "")
            [note] = book.pages[name].xpath(f"//*[@id='{link.get('href', '')[1:]}']")
            assert note.tag == f"{{{XHTML}}}aside"
            first = note[0][0]
            assert first.get("role") == "doc-backlink"
            assert not (note[0].text or "").strip()
            assert first.text == link.text
            [back] = book.pages[name].xpath(f"//*[@id='{first.get('href', '')[1:]}']")
            assert back.get(f"{{{EPUB}}}type") == "noteref"


def test_41_every_picture_is_described_and_not_by_its_caption(books: list[Book]) -> None:
    for book in books:
        for name, image in book.all("//h:img"):
            alt = image.get("alt", "").strip()
            assert alt not in {"", "图片", "圖片", "插图", "image", "img", "picture"}
            assert not re.search(r"\.(jpe?g|png|gif|webp|svg)$", alt)
            captions = image.xpath("ancestor::h:figure/h:figcaption", namespaces=NS)
            assert alt not in ["".join(caption.itertext()) for caption in captions], name


def test_42_tables_have_heads_and_are_small(books: list[Book]) -> None:
    for book in books:
        for name, table in book.all("//h:table"):
            assert texts(table, ".//h:th/@scope"), (book.name, name)
            rows = list(table.iter(f"{{{XHTML}}}tr"))
            assert len(rows) <= 100
            assert all(len(row) <= 10 for row in rows)


def test_47_pictures_are_what_every_reader_takes(books: list[Book]) -> None:
    for book in books:
        names = [n for n in book.archive.namelist() if n.startswith("EPUB/figures/")]
        assert len(names) > 1
        for name in names:
            picture = Image.open(io.BytesIO(book.archive.read(name)))
            suffix = {"JPEG": ".jpg", "PNG": ".png"}[str(picture.format)]
            assert name.endswith(suffix)
            assert picture.mode in {"1", "L", "P", "RGB"}
            assert "transparency" not in picture.info
            assert not picture.getexif()
            assert not picture.info.get("icc_profile")
            if not name.endswith("cover.jpg"):
                assert picture.width * picture.height <= 3_200_000


def test_46_and_48_no_comments_no_entities_nothing_remote(books: list[Book]) -> None:
    for book in books:
        for name in book.spine:
            text = book.read(name).decode()
            assert "<!--" not in text
            assert set(re.findall(r"&[a-zA-Z]+;", text)) <= {"&amp;", "&lt;", "&gt;", "&quot;"}
        for name, element in book.all("//*[@src or @poster or @srcset or @data]"):
            assert element.get("poster") is element.get("srcset") is element.get("data") is None
            file = normpath(join("EPUB", dirname(name), element.get("src", "")))
            assert file in book.archive.namelist()
        sheet = book.read("styles/book.css").decode()
        inside = {normpath(f"EPUB/styles/{url}") for url in re.findall(r'url\("([^"]*)"\)', sheet)}
        assert inside <= set(book.archive.namelist())
        assert len(inside) == sheet.count("url(") == sheet.count("@font-face")
        assert "@import" not in sheet


GENERIC = {"serif", "sans-serif", "monospace", "inherit"}  # which names no face


def test_51_and_52_style_sheets_leave_the_page_to_the_reader(books: list[Book]) -> None:
    for book in books:
        sheet = re.sub(r"/\*.*?\*/", "", book.read("styles/book.css").decode(), flags=re.DOTALL)
        assert not re.search(r"(^|[;{\s])(background|color|position)[a-z-]*\s*:", sheet)
        assert not re.search(r"display\s*:\s*(flex|grid)|var\(|\d(px|pt)\b", sheet)
        for selectors, rules in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
            for families in re.findall(r"font-family\s*:([^;]+)", rules):
                if not selectors.strip().endswith("@font-face"):
                    assert families.split(",")[-1].strip() in GENERIC
            if {"body", "html", "p"} & {name.strip() for name in selectors.split(",")}:
                assert not re.search(r"font-(size|family)|line-height", rules), selectors
