"""The package of an EPUB: archive, metadata, manifest, spine, contents."""

from __future__ import annotations

import dataclasses
import io
import re
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from editions import ONE, THREE, TWO, NoNetwork, chapter, img, picture, plain, rich, workshop
from lxml import etree

from publish import cache, layouts
from publish.backends import Backend, backend
from publish.backends.epub import EpubBackend
from publish.diagnostics import BackendError
from publish.model import Cover, Edition, EditionPart, Figure, Heading
from publish.workshop import Workshop

NS = {
    "o": "http://www.idpf.org/2007/opf",
    "d": "http://purl.org/dc/elements/1.1/",
    "h": "http://www.w3.org/1999/xhtml",
    "e": "http://www.idpf.org/2007/ops",
    "n": "http://www.daisy.org/z3986/2005/ncx/",
}


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path)


def bound(
    edition: Edition, shop: Workshop, layout: str = "classic", **options: object
) -> zipfile.ZipFile:
    out = io.BytesIO()
    EpubBackend().bind(edition, layouts.find(layout), shop, out, options)
    return zipfile.ZipFile(out)


def tree(book: zipfile.ZipFile, name: str) -> etree._Element:
    return etree.fromstring(book.read(f"EPUB/{name}"))


def found(root: etree._Element, path: str) -> list[str]:
    return [str(value) for value in root.xpath(path, namespaces=NS)]


def test_it_is_a_backend() -> None:
    made = backend("epub")
    assert isinstance(made, EpubBackend)
    assert isinstance(made, Backend)
    assert re.fullmatch(r"\d+\+ebooklib-[\d.]+\+uharfbuzz-[\d.]+", made.version)


def test_the_archive_is_the_same_whoever_makes_it(shop: Workshop) -> None:
    book = bound(rich(shop), shop)
    first, *rest = book.infolist()
    assert first.filename == "mimetype"
    assert first.compress_type == zipfile.ZIP_STORED
    assert not first.extra
    assert book.read("mimetype") == b"application/epub+zip"
    for info in (first, *rest):
        assert info.date_time == (1980, 1, 1, 0, 0, 0)
        assert info.external_attr >> 16 == 0o100644
        assert info.create_system == 3
        picture_file = info.filename.endswith((".jpg", ".png"))
        stored = info.compress_type == zipfile.ZIP_STORED
        assert stored == (picture_file or info is first)
    names = [info.filename for info in book.infolist()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"(META-INF|EPUB)/[a-z0-9._/-]+|mimetype", name) for name in names)


def test_two_processes_make_the_same_bytes(tmp_path: Path) -> None:
    script = (
        "import sys, hashlib, io; from pathlib import Path; import editions\n"
        "from publish import layouts; from publish.backends.epub import EpubBackend\n"
        "shop = editions.workshop(Path(sys.argv[1])); out = io.BytesIO()\n"
        "EpubBackend().bind(editions.rich(shop), layouts.find('classic'), shop, out, {})\n"
        "print(hashlib.sha256(out.getvalue()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / folder)],
            env={"PYTHONPATH": ":".join(sys.path), "TZ": zone, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for folder, zone, seed in (("a", "Pacific/Kiritimati", "1"), ("b", "America/Adak", "2"))
    }
    assert len(digests) == 1


def test_nothing_is_fetched_and_nothing_changed(shop: Workshop) -> None:
    edition = rich(shop)
    before = cache.digest(edition)
    bound(edition, shop)
    assert cache.digest(edition) == before
    assert isinstance(shop.fetcher, NoNetwork)
    assert shop.fetcher.asked == []


def test_metadata_is_complete(shop: Workshop) -> None:
    package = tree(bound(rich(shop), shop), "content.opf")
    assert package.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-Hans"
    assert package.get("prefix") is None
    uid = package.get("unique-identifier")
    assert found(package, f"//d:identifier[@id='{uid}']/text()") == [
        "urn:uuid:6f1d3a52-0f0b-5a7e-9c7c-0d9a6b1c2e3f"
    ]
    assert found(package, "//d:title/text()") == ["字与纸 & 1 < 2", "排版、印刷与阅读"]
    assert found(package, "//d:language/text()") == ["zh-Hans", "zh-Hant-TW", "en"]
    assert found(package, "//d:creator/text()") == ["林一之", "A. Reader"]
    assert found(package, "//d:date/text()") == ["2024-11-02"]
    assert found(package, "//d:source/text()") == [
        "https://example.org/lines?a=1&b=2",
        "https://example.org/margins",
    ]
    assert found(package, "//d:subject/text()") == ["排版", "印刷"]
    for name, text in (
        ("publisher", "小字社"),
        ("rights", "文字依 CC BY 4.0 许可"),
        ("description", "关于排版、印刷与阅读的几篇短文。"),
    ):
        assert found(package, f"//d:{name}/text()") == [text]
    assert meta(package, "dcterms:modified") == ["2024-11-02T08:30:00Z"]
    assert meta(package, "title-type") == ["main", "subtitle"]
    assert meta(package, "role") == ["aut", "aut"]
    assert meta(package, "display-seq") == ["1", "2", "1", "2"]
    assert meta(package, "belongs-to-collection") == ["小字丛书"]
    assert meta(package, "collection-type") == ["series"]
    assert meta(package, "group-position") == ["3"]
    assert meta(package, "file-as") == []
    old = {name: found(package, f"//o:meta[@name='{name}']/@content") for name in OLD}
    assert old == {
        "cover": ["cover-image"],
        "calibre:series": ["小字丛书"],
        "calibre:series_index": ["3"],
        "generator": [],
    }


OLD = ("cover", "calibre:series", "calibre:series_index", "generator")


def meta(package: etree._Element, name: str) -> list[str]:
    return found(package, f"//o:meta[@property='{name}']/text()")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("<p>甲，<b class='x'>乙</b>。</p>\n", ["甲，乙。"]),
        ("1 < 2 &amp; 3 > 2", ["1 < 2 & 3 > 2"]),
        ("甲&nbsp;乙&#0;", ["甲\u00a0乙\ufffd"]),
        ("<br/>", []),
    ],
)
def test_a_description_has_no_markup(written: str, told: list[str], shop: Workshop) -> None:
    edition = dataclasses.replace(rich(shop), description=written)
    assert found(tree(bound(edition, shop), "content.opf"), "//d:description/text()") == told


def test_refinements_lead_to_elements(shop: Workshop) -> None:
    package = tree(bound(rich(shop), shop), "content.opf")
    ids = found(package, "//@id")
    assert len(ids) == len(set(ids))
    assert {ref[1:] for ref in found(package, "//@refines")} <= set(ids)


@pytest.mark.parametrize(
    ("alt", "described"), [("木桌上的一副铅字", True), ("第1篇：插图1", False), ("", False)]
)
def test_descriptions_are_claimed_only_if_someone_wrote_them(
    shop: Workshop, alt: str, described: bool
) -> None:
    figure = picture(shop)
    one = chapter(1, f'<figure class="figure">{img(figure, alt)}</figure>', figures=(figure,))
    package = tree(bound(plain(one), shop), "content.opf")
    assert meta(package, "schema:accessMode") == ["textual", "visual"]
    assert ("alternativeText" in meta(package, "schema:accessibilityFeature")) == described
    assert ("textual" in meta(package, "schema:accessModeSufficient")) == described
    assert ("全部插图" in meta(package, "schema:accessibilitySummary")[0]) == described
    assert meta(package, "dcterms:conformsTo") == []


def test_accessibility_of_a_book_without_pictures(shop: Workshop) -> None:
    package = tree(bound(plain(chapter(1, "<p>字</p>")), shop), "content.opf")
    assert meta(package, "schema:accessMode") == ["textual"]
    assert meta(package, "schema:accessModeSufficient") == ["textual"]
    features = meta(package, "schema:accessibilityFeature")
    assert not {"alternativeText", "MathML", "rubyAnnotations"} & set(features)
    assert meta(package, "schema:accessibilityHazard") == ["none"]


def test_nothing_is_made_up(shop: Workshop) -> None:
    bare = plain(chapter(1, "<p>字</p>"), date=None)
    package = tree(bound(bare, shop), "content.opf")
    for name in ("creator", "date", "publisher", "rights", "subject", "source", "description"):
        assert found(package, f"//d:{name}") == []
    assert meta(package, "dcterms:modified") == ["2000-01-01T00:00:00Z"]


def test_what_is_said_of_a_book_goes_before_what_its_articles_say(shop: Workshop) -> None:
    issued = datetime(2025, 1, 9)  # noqa: DTZ001 - a day has no zone
    told = replace(rich(shop), issued=issued, source="https://example.org/")
    book = bound(told, shop)
    package = tree(book, "content.opf")
    assert found(package, "//d:date/text()") == ["2025-01-09"]
    assert found(package, "//d:source/text()")[0] == "https://example.org/"
    assert len(found(package, "//d:source")) == 3
    assert meta(package, "dcterms:modified") == ["2024-11-02T08:30:00Z"]  # of the content
    colophon = book.read("EPUB/text/colophon.xhtml").decode()
    assert "2025年1月9日" in colophon
    assert 'href="https://example.org/"' in colophon
    assert "2025年1月</p>" in book.read("EPUB/text/titlepage.xhtml").decode()
    undated = tree(bound(replace(told, date=None), shop), "content.opf")
    assert meta(undated, "dcterms:modified") == ["2025-01-09T00:00:00Z"]


def test_manifest_and_spine_of_the_rich_edition(shop: Workshop) -> None:
    book = bound(rich(shop), shop)
    package = tree(book, "content.opf")
    spine = found(package, "//o:itemref/@idref")
    assert spine == ["cover", "titlepage", "nav", "p1", ONE, TWO, "p2", THREE, "colophon"]
    assert found(package, "//o:itemref/@linear") == []
    files = {f"EPUB/{name}" for name in found(package, "//o:item/@href")}
    assert files == {
        name for name in book.namelist() if name.startswith("EPUB/") and name[-4:] != ".opf"
    }
    assert properties(package) == {
        "nav": "nav",
        "cover-image": "cover-image",
        ONE: "mathml",
    }


def properties(package: etree._Element) -> Mapping[str, str]:
    return {
        str(item.get("id")): str(item.get("properties"))
        for item in package.iterfind(".//o:item[@properties]", NS)
    }


def test_ids_survive_an_edit(shop: Workshop) -> None:
    edition = rich(shop)
    before = tree(bound(edition, shop), "content.opf")
    edited = dataclasses.replace(
        edition,
        title="另一个书名",
        parts=(EditionPart("p1", "", (chapter(9, "<p>新</p>"), *edition.chapters)),),
    )
    after = tree(bound(edited, shop), "content.opf")
    hrefs = {i.get("href"): i.get("id") for i in after.iterfind(".//o:item", NS)}
    for item in before.iterfind(".//o:item", NS):
        if item.get("id") not in ("p1", "p2"):
            assert hrefs[item.get("href")] == item.get("id")


def test_contents_have_three_levels_and_the_ncx_the_same(shop: Workshop) -> None:
    book = bound(rich(shop), shop)
    nav = tree(book, "nav.xhtml")
    toc = "//h:nav[@e:type='toc']"
    assert found(nav, f"{toc}/@role") == ["doc-toc"]
    labels = found(nav, f"{toc}//h:a/text()")
    assert labels == [
        "上编　纸上",
        "行与字：汉字排版的<尺度>",
        "字与行",
        "表与码",
        "公式",
        "墨與紙",
        "墨色",
        "下编　页边",
        "A Note on Margins",
    ]
    assert len(found(nav, f"{toc}/h:ol/h:li/h:ol/h:li/h:ol")) == 2
    ncx = tree(book, "toc.ncx")
    assert found(ncx, "//n:navPoint/n:navLabel/n:text/text()") == labels
    assert found(ncx, "//n:navPoint/n:content/@src") == found(nav, f"{toc}//h:a/@href")
    assert found(ncx, "//n:navPoint/@playOrder") == [str(n) for n in range(1, 10)]
    heads = {m.get("name"): m.get("content") for m in ncx.iterfind(".//n:meta", NS)}
    assert heads["dtb:depth"] == "3"
    assert heads["dtb:uid"] == "urn:uuid:6f1d3a52-0f0b-5a7e-9c7c-0d9a6b1c2e3f"


@pytest.mark.parametrize(("depth", "count"), [(1, 2), (2, 5), (3, 9)])
def test_contents_are_as_deep_as_asked(shop: Workshop, depth: int, count: int) -> None:
    nav = tree(bound(rich(shop), shop, toc_depth=depth), "nav.xhtml")
    assert len(found(nav, "//h:nav[@e:type='toc']//h:a")) == count


def test_contents_without_parts_go_down_to_the_third_heading(shop: Workshop) -> None:
    edition = rich(shop)
    flat = dataclasses.replace(edition, parts=(EditionPart("p1", "", edition.chapters),))
    nav = tree(bound(flat, shop), "nav.xhtml")
    deep = "//h:nav[@e:type='toc']/h:ol/h:li/h:ol/h:li/h:ol/h:li/h:a/text()"
    assert found(nav, deep) == ["着重与专名"]


def test_contents_too_large_for_a_reader_lose_a_level(shop: Workshop) -> None:
    blocks = "".join(
        f'<h2 id="~s{2 * n}">节</h2><h3 id="~s{2 * n + 1}">小节</h3>' for n in range(25)
    )
    chapters = [
        chapter(
            number,
            blocks,
            headings=tuple(
                Heading(2 + n % 2, f"标题{n}", f"c{number:010x}-s{n}") for n in range(50)
            ),
        )
        for number in range(90)
    ]
    book = bound(plain(*chapters), shop)
    assert len(book.read("EPUB/nav.xhtml")) < 240_000
    assert [f.code for f in shop.reporter.findings] == ["toc-shortened"]  # type: ignore[attr-defined]


def test_landmarks_are_hidden_and_typed(shop: Workshop) -> None:
    nav = tree(bound(rich(shop), shop), "nav.xhtml")
    marks = "//h:nav[@e:type='landmarks' and @hidden]//h:a"
    assert found(nav, f"{marks}/@e:type") == ["cover", "titlepage", "toc", "bodymatter", "colophon"]
    assert found(nav, f"{marks}/@href")[3] == "text/p1.xhtml"


def test_without_a_cover(shop: Workshop) -> None:
    for edition, options in (
        (rich(shop), {"cover": False}),
        (dataclasses.replace(rich(shop), cover=None), {}),
    ):
        book = bound(edition, shop, **options)
        package = tree(book, "content.opf")
        assert found(package, "//o:itemref/@idref")[0] == "titlepage"
        assert not [name for name in book.namelist() if "cover" in name]
        assert found(package, "//o:meta[@name='cover']") == []


def test_a_cover_that_is_png(shop: Workshop) -> None:
    cover = Cover(picture(shop, 100, 160, "PNG"))
    book = bound(plain(chapter(1, "<p>字</p>"), cover=cover), shop)
    item = tree(book, "content.opf").find(".//o:item[@id='cover-image']", NS)
    assert item is not None
    assert (item.get("href"), item.get("media-type")) == ("figures/cover.png", "image/png")


def test_every_figure_is_written_once_and_unchanged(shop: Workshop) -> None:
    shared_figure, own = picture(shop), picture(shop, seed=9)
    blocks = f"<p>{img(shared_figure, '甲')}</p>"
    edition = plain(
        chapter(1, blocks, figures=(shared_figure,)),
        chapter(2, blocks + f"<p>{img(own, '乙')}</p>", figures=(shared_figure, own)),
    )
    book = bound(edition, shop)
    for figure in (shared_figure, own):
        assert book.namelist().count(f"EPUB/figures/{figure.name}") == 1
        assert book.read(f"EPUB/figures/{figure.name}") == shop.cache.read_object(figure.object)


def test_a_figure_gone_from_the_cache_is_an_error(shop: Workshop) -> None:
    gone = Figure("0123456789abcdef.jpg", "0" * 64, "image/jpeg", 10, 10)
    with pytest.raises(BackendError) as problem:
        bound(plain(chapter(1, "<p>字</p>", figures=(gone,))), shop)
    assert problem.value.findings[0].code == "figure-gone"


def test_memory_does_not_grow_with_the_figures(shop: Workshop, tmp_path: Path) -> None:
    figures = []
    for number in range(150):
        name = shop.cache.put_object(number.to_bytes(4, "big") * 50_000)  # 200 kB
        figures.append(Figure(f"{name[:16]}.jpg", name, "image/jpeg", 100, 100))
    edition = plain(chapter(1, "<p>字</p>", figures=tuple(figures)))
    layout = layouts.find("classic")
    EpubBackend().bind(plain(chapter(1, "<p>字</p>")), layout, shop, io.BytesIO(), {})
    tracemalloc.start()
    try:
        with (tmp_path / "book.epub").open("wb") as out:
            EpubBackend().bind(edition, layout, shop, out, {})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (tmp_path / "book.epub").stat().st_size > 30_000_000
    assert peak < 5_000_000
