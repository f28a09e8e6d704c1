"""The documents of an EPUB: text untouched, links and pictures settled, faults named."""

from __future__ import annotations

import dataclasses
import io
import unicodedata
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from editions import ONE, THREE, TWO, chapter, img, picture, plain, rich, workshop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from publish import layouts
from publish.backends.epub import EpubBackend
from publish.backends.epub.addresses import valid_address
from publish.backends.epub.text import legal, line, visible
from publish.diagnostics import BackendError, Severity
from publish.model import Chapter, Edition, EditionPart
from publish.workshop import Workshop

NS = {"h": "http://www.w3.org/1999/xhtml", "e": "http://www.idpf.org/2007/ops"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path)


def bound(edition: Edition, shop: Workshop) -> zipfile.ZipFile:
    out = io.BytesIO()
    EpubBackend().bind(edition, layouts.find("classic"), shop, out, {})
    return zipfile.ZipFile(out)


def written(edition: Edition, shop: Workshop) -> bytes:
    out = io.BytesIO()
    EpubBackend().bind(edition, layouts.find("classic"), shop, out, {})
    return out.getvalue()


def page(book: zipfile.ZipFile, name: str) -> etree._Element:
    return etree.fromstring(book.read(f"EPUB/text/{name}.xhtml"))


def found(root: etree._Element, path: str) -> list[str]:
    return [str(value) for value in root.xpath(path, namespaces=NS)]


def codes(shop: Workshop) -> list[str]:
    return [finding.code for finding in shop.reporter.findings]  # type: ignore[attr-defined]


def test_a_chapter_is_one_section_with_opener_text_and_closer(shop: Workshop) -> None:
    root = page(bound(rich(shop), shop), ONE)
    [outer] = root.findall("h:body/h:section", NS)
    assert outer.get("id") == ONE
    assert outer.get(f"{{{NS['e']}}}type") == "chapter"
    assert outer.get("role") == "doc-chapter"
    assert [etree.QName(child).localname for child in outer] == ["header", "section", "footer"]
    assert found(root, "//h:h1//text()") == ["行与字：汉字排版的<尺度>"]
    assert found(root, "/h:html/h:head/h:title/text()") == ["行与字：汉字排版的<尺度>"]
    assert found(root, "//h:footer//h:a/@href") == ["https://example.org/lines?a=1&b=2"]


def test_the_text_of_a_chapter_is_untouched(shop: Workshop) -> None:
    edition = rich(shop)
    book = bound(edition, shop)
    for one in edition.chapters:
        before = etree.fromstring(one.xhtml)
        [after] = page(book, one.id).findall("h:body/h:section/h:section", NS)
        assert "".join(after.itertext()) == "".join(before.itertext())
        assert [node.tag for node in after.iter()] == [node.tag for node in before.iter()]


def test_every_document_says_its_language(shop: Workshop) -> None:
    book = bound(rich(shop), shop)
    names = [name for name in book.namelist() if name.endswith(".xhtml")]
    assert len(names) == 9
    for name in names:
        root = etree.fromstring(book.read(name))
        assert root.get("lang") == root.get(LANG) == "zh-Hans"
    for uid, language in ((ONE, None), (TWO, "zh-Hant-TW"), (THREE, "en")):
        [outer] = page(book, uid).findall("h:body/h:section", NS)
        assert outer.get("lang") == outer.get(LANG) == language


def test_links_lead_to_the_right_files(shop: Workshop) -> None:
    book = bound(rich(shop), shop)
    one, two = found(page(book, ONE), "//h:a/@href"), found(page(book, TWO), "//h:a/@href")
    assert f"{TWO}.xhtml#{TWO}-s1" in one
    assert f"#{ONE}-fn1" in one
    assert f"{ONE}.xhtml" in two
    assert f"{ONE}.xhtml#{ONE}-s3" in two
    colophon = found(page(book, "colophon"), "//h:a/@href")
    assert [href for href in colophon if "://" in href] == [
        "https://example.org/lines?a=1&b=2",
        "https://example.org/margins",
    ]
    assert codes(shop) == []


def test_a_link_to_nowhere_is_text_and_told(shop: Workshop) -> None:
    blocks = '<p>见<a href="#c9999999999-s1">别处</a>与<a href="a.html" rel="x">某页</a>。</p>'
    root = page(bound(plain(chapter(1, blocks)), shop), "c0000000001")
    assert found(root, "//h:p/h:span/text()") == ["别处", "某页"]
    assert found(root, "//h:p/h:span/@*") == []
    first, second = shop.reporter.findings  # type: ignore[attr-defined]
    assert (first.code, first.severity) == ("link-unknown", Severity.WARNING)
    assert (second.code, second.severity) == ("link-address", Severity.NOTE)
    assert str(first.place) == "content/1.md"


@pytest.mark.parametrize(
    ("written", "valid"),
    [
        ("https://example.org/a?b=c&d=e#f", "https://example.org/a?b=c&d=e#f"),
        ("http://例子.测试:80/路径?查=询", "http://例子.测试:80/路径?查=询"),
        (" https://example.org/a b|c^`{d}", "https://example.org/a%20b%7Cc%5E%60%7Bd%7D"),
        ("https://example.org/50%/%zz/%41", "https://example.org/50%25/%25zz/%41"),
        ("https://example.org/#a#b", "https://example.org/#a%23b"),
        ("mailto:a b@example.org", "mailto:a%20b@example.org"),
        ("doi:10.1000/182", "https://doi.org/10.1000/182"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("http://[1::2::3]/", ""),
        ("http://example.org:99999/", ""),
        ("http://a..b/", ""),
        ("http://xn--a/", ""),
        ("http:///path", ""),
        ("http://", ""),
        ("https:example.org", ""),
        ("http://" + "a" * 64 + ".org/", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("//example.org/", ""),
        ("tel:", ""),
        ("", ""),
    ],
)
def test_addresses_are_made_valid(written: str, valid: str) -> None:
    assert valid_address(written) == valid


@settings(deadline=None)
@given(st.text(max_size=60))
def test_a_valid_address_stays_as_it_is(text: str) -> None:
    for made in (valid_address(text), valid_address(f"https://example.org/{text}")):
        assert valid_address(made) == made


def test_pictures_of_a_chapter_lead_to_the_figures(shop: Workshop) -> None:
    figure = picture(shop)
    book = bound(plain(chapter(1, f"<p>{img(figure, '甲')}</p>", figures=(figure,))), shop)
    assert found(page(book, "c0000000001"), "//h:img/@src") == [f"../figures/{figure.name}"]


def test_a_picture_that_is_none_of_the_book_is_an_error(shop: Workshop) -> None:
    with pytest.raises(BackendError) as problem:
        bound(plain(chapter(1, '<p><img src="figures/x.jpg" alt="甲"/></p>')), shop)
    finding = problem.value.findings[0]
    assert finding.code == "figure-unknown"
    assert str(finding.place) == "content/1.md"


@pytest.mark.parametrize(
    "xhtml", [b"<section><p></section>", b"", b"<section>&nbsp;</section>", b"<p>\x01</p>"]
)
def test_a_chapter_that_is_not_well_formed_is_named(shop: Workshop, xhtml: bytes) -> None:
    for content in (xhtml, xhtml + b" " * 300_000):
        bad = dataclasses.replace(chapter(1, ""), xhtml=content)
        if not content:
            continue
        with pytest.raises(BackendError) as problem:
            bound(plain(chapter(2, "<p>好</p>"), bad), shop)
        assert problem.value.findings[0].code == "chapter-malformed"
        assert str(problem.value.findings[0].place) == "content/1.md"


def test_a_chapter_that_is_there_twice_is_refused(shop: Workshop) -> None:
    one = chapter(1, "<p>字</p>")
    with pytest.raises(BackendError) as problem:
        bound(plain(one, one), shop)
    assert problem.value.findings[0].code == "chapter-twice"


def test_titles_of_files_differ(shop: Workshop) -> None:
    chapters = [
        chapter(n, "<p>字</p>", title=t)
        for n, t in enumerate(["序", "序", " \u200b", "", "序 言", "序\u3000言"])
    ]
    book = bound(plain(*chapters), shop)
    titles = [found(page(book, one.id), "/h:html/h:head/h:title/text()")[0] for one in chapters]
    assert titles == ["序", "序（2）", "无题", "无题（2）", "序 言", "序\u3000言（2）"]


def test_the_cover_page_holds_the_picture_alone(shop: Workshop) -> None:
    root = page(bound(rich(shop), shop), "cover")
    assert found(root, "//h:body//h:a") == []
    assert "".join(found(root, "//h:body//text()")).strip() == ""
    assert found(root, "//h:section[@e:type='cover']/h:img/@alt") == ["封面：字与纸 & 1 < 2"]


def test_deep_nesting_is_bound(shop: Workshop) -> None:
    blocks = "<div>" * 900 + "<p>底</p>" + "</div>" * 900
    book = bound(plain(chapter(1, blocks)), shop)
    data = book.read("EPUB/text/c0000000001.xhtml")
    root = etree.fromstring(data, etree.XMLParser(huge_tree=True))
    assert found(root, "//h:p/text()") == ["底"]


ANYTHING = st.text(max_size=40) | st.text(
    alphabet="<>&\"'\x00\x08\x0b\x1f\t\n\r\u2028\ud800\ufffe\uffff\U0001fffe字a]]>--&amp;",
    max_size=40,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(st.lists(ANYTHING, min_size=12, max_size=12), ANYTHING)
def test_any_characters_give_well_formed_packages(
    shop: Workshop, words: list[str], heading: str
) -> None:
    title, subtitle, author, publisher, rights, description, *more = words
    subject, series, part, chapter_title, origin, kicker = more
    one = chapter(
        1,
        "<p>字</p>",
        title=chapter_title,
        headings=(),
        authors=(author,),
        kicker=kicker,
        summary=heading,
        origin=origin,
    )
    edition = dataclasses.replace(
        plain(one),
        title=title,
        subtitle=subtitle,
        authors=(author, subject),
        publisher=publisher,
        rights=rights,
        description=description,
        subjects=(subject, subject),
        series=series,
        parts=(EditionPart("p1", part, (one,)),),
    )
    book = bound(edition, shop)
    roots = {n: etree.fromstring(book.read(n)) for n in book.namelist() if _is_xml(n)}
    package = roots["EPUB/content.opf"]
    dc = "{http://purl.org/dc/elements/1.1/}"
    titles = [node.text for node in package.iter(f"{dc}title")]
    assert titles[0] == (line(legal(title)) if visible(legal(title)) else "无题")
    assert all(node.text and node.text.strip() for node in package.iter(f"{dc}*"))
    links = roots["EPUB/nav.xhtml"].xpath("//h:nav[@e:type='toc']//h:a", namespaces=NS)
    labels = ["".join(map(str, link.itertext())) for link in links]  # rare characters have spans
    assert labels[-1] == (line(legal(chapter_title)) if visible(legal(chapter_title)) else "无题")


def _is_xml(name: str) -> bool:
    return name.endswith((".xhtml", ".opf", ".ncx", ".xml"))


@settings(deadline=None)
@given(ANYTHING)
def test_legal_text_loses_no_character_that_xml_can_hold(text: str) -> None:
    kept = legal((text,))[0]
    assert len(kept) == len(text)
    for old, new in zip(text, kept, strict=True):
        if old != new:
            assert unicodedata.category(old) in ("Cc", "Cs", "Cn")
            assert new == "\ufffd"
    if kept.isprintable():
        assert (etree.fromstring(f"<a>{escape(kept)}</a>".encode()).text or "") == kept


def test_documents_that_are_kept_say_what_new_ones_do(shop: Workshop) -> None:
    edition = plain(
        chapter(1, f'<p><a href="#{TWO}-x">去</a><a href="#none">空</a></p>'),
        chapter(2, f'<p id="{TWO}-x">乙</p><p><a href="x:y">址</a></p>'),
    )
    new, told = written(edition, shop), codes(shop)
    assert sorted(told) == ["link-address", "link-unknown"]
    shop.reporter.findings.clear()  # type: ignore[attr-defined]
    assert written(edition, shop) == new
    assert sorted(codes(shop)) == sorted(told)
    assert written(rich(shop), shop) == written(rich(shop), shop)  # formulas, readings, pictures


def test_a_kept_document_is_not_used_when_what_it_links_to_moved(shop: Workshop) -> None:
    link = chapter(1, f'<p><a href="#{TWO}-x">去</a></p>')
    long = "".join(f"<h2>{n}</h2><p>{'字' * 9000}</p>" for n in range(12))
    short = chapter(2, f'<p id="{TWO}-x">乙</p>')
    split = chapter(2, f'<p>甲</p>{long}<p id="{TWO}-x">乙</p>')

    def leads(*chapters: Chapter) -> list[str]:
        return found(page(bound(plain(*chapters), shop), ONE), "//h:section/h:p/h:a/@href")

    assert leads(link, short) == [f"{TWO}.xhtml#{TWO}-x"]
    [moved] = leads(link, split)
    assert moved.startswith(f"{TWO}-")
    assert leads(link) == []
    assert leads(link, short) == [f"{TWO}.xhtml#{TWO}-x"]
