"""What differs between readers: cover page, contents, pictures, faces, files beside the book."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from pathlib import Path

import pytest
from editions import chapter, img, picture, plain, rich, workshop
from epubcheck import check_books
from lxml import etree

from publish import layouts
from publish.backends.epub import EpubBackend
from publish.backends.epub.targets import TARGETS
from publish.cli import main
from publish.diagnostics import BackendError, Silent
from publish.model import Edition
from publish.workshop import Workshop

NS = {
    "o": "http://www.idpf.org/2007/opf",
    "h": "http://www.w3.org/1999/xhtml",
    "e": "http://www.idpf.org/2007/ops",
}
APPLE = "META-INF/com.apple.ibooks.display-options.xml"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path)


def bytes_of(edition: Edition, shop: Workshop, target: str) -> bytes:
    out = io.BytesIO()
    EpubBackend().bind(edition, layouts.find("classic"), shop, out, {"target": target})
    return out.getvalue()


def bound(edition: Edition, shop: Workshop, target: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(bytes_of(edition, shop, target)))


def found(book: zipfile.ZipFile, name: str, path: str) -> list[str]:
    root = etree.fromstring(book.read(f"EPUB/{name}"))
    return [str(value) for value in root.xpath(path, namespaces=NS)]


def codes(shop: Workshop) -> list[str]:
    assert isinstance(shop.reporter, Silent)
    return [finding.code for finding in shop.reporter.findings]


@pytest.mark.parametrize("target", TARGETS)
def test_the_cover_is_the_books_picture_and_for_most_a_page(target: str, shop: Workshop) -> None:
    book = bound(rich(shop), shop, target)
    paged = target != "kindle"
    assert ("EPUB/text/cover.xhtml" in book.namelist()) == paged
    assert found(book, "content.opf", "//o:itemref/@idref")[0] == (
        "cover" if paged else "titlepage"
    )
    assert found(book, "content.opf", "//o:item[@properties='cover-image']/@id") == ["cover-image"]
    assert found(book, "content.opf", "//o:meta[@name='cover']/@content") == ["cover-image"]
    marks = found(book, "nav.xhtml", "//h:nav[@e:type='landmarks']//h:a/@e:type")
    assert ("cover" in marks) == paged


@pytest.mark.parametrize("target", TARGETS)
def test_contents_are_as_deep_as_the_reader_shows(target: str, shop: Workshop) -> None:
    book = bound(rich(shop), shop, target)
    third = found(
        book, "nav.xhtml", "//h:nav[@e:type='toc']/h:ol/h:li/h:ol/h:li/h:ol/h:li/h:a/@href"
    )
    assert bool(third) == (target != "kindle")


@pytest.mark.parametrize("target", TARGETS)
def test_faces_are_named_where_readers_may_have_them(target: str, shop: Workshop) -> None:
    book = bound(rich(shop), shop, target)
    sheet = book.read("EPUB/styles/book.css").decode()
    families = {
        f.strip() for row in re.findall(r"font-family:([^;}]+)", sheet) for f in row.split(",")
    }
    assert {"serif", "monospace"} <= families
    assert ("STKai" in families) == (target != "kobo")
    assert families <= {"serif", "monospace", "inherit"} or target != "kobo"
    assert (APPLE in book.namelist()) == (target == "apple")
    if target == "apple":
        option = etree.fromstring(book.read(APPLE)).find(".//option[@name='specified-fonts']")
        assert option is not None
        assert option.text == "true"


def test_a_list_of_families_without_a_generic_one_stays() -> None:
    face = '@font-face { font-family: "甲"; src: url(a.otf) }'
    css = face + ' p { font-family: "甲", serif; margin: 0 }'
    kept = face + " p { font-family: serif; margin: 0 }"
    assert TARGETS["kobo"].stylesheet(css) == kept
    assert TARGETS["generic"].stylesheet(css) == css


@pytest.mark.parametrize(
    ("target", "width", "heavy"),
    [
        ("generic", 2501, False),
        ("kindle", 2500, False),
        ("kindle", 2501, True),
        ("apple", 2501, False),
        ("apple", 2801, True),
        ("kobo", 2801, False),
    ],
)
def test_a_picture_of_too_many_pixels_is_told(
    target: str, width: int, heavy: bool, shop: Workshop
) -> None:
    figure = picture(shop, width, 2000)
    bytes_of(plain(chapter(1, f"<p>{img(figure, '图')}</p>", figures=(figure,))), shop, target)
    assert codes(shop) == ["figure-heavy"] * heavy


@pytest.mark.parametrize("target", TARGETS)
def test_a_picture_of_too_many_bytes_is_told(target: str, shop: Workshop) -> None:
    figure = picture(shop, 10, 10)
    data = shop.cache.read_object(figure.object)
    assert data
    large = shop.cache.put_object(data + bytes(5_000_001 - len(data)))
    figure = dataclasses.replace(figure, object=large)
    bytes_of(plain(chapter(1, f"<p>{img(figure, '图')}</p>", figures=(figure,))), shop, target)
    assert codes(shop) == ["figure-heavy"] * (target in {"kindle", "kobo"})


@pytest.mark.slow
@pytest.mark.parametrize("target", ["kindle", "apple"])  # the others hold the same files
def test_the_same_bytes_again_and_valid(target: str, shop: Workshop, tmp_path: Path) -> None:
    made = bytes_of(rich(shop), shop, target)
    assert made == bytes_of(rich(shop), shop, target)
    book = tmp_path / f"{target}.epub"
    book.write_bytes(made)
    [report] = check_books([book])
    assert report.clean, report


def test_an_unknown_target_is_an_error(shop: Workshop) -> None:
    for given in ("nook", 3, None):
        with pytest.raises(BackendError) as problem:
            EpubBackend().bind(
                rich(shop), layouts.find("classic"), shop, io.BytesIO(), {"target": given}
            )
        assert problem.value.findings[0].code == "epub-option"
        assert problem.value.findings[0].help == "one of generic, kindle, apple, kobo"


def made_by_hand(folder: Path, *words: str) -> zipfile.ZipFile:
    out = folder / "book.epub"
    assert main(["epub", str(folder / "content"), "-o", str(out), "--offline", "-q", *words]) == 0
    return zipfile.ZipFile(out)


def test_a_project_and_the_command_line_choose_the_target(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generic, kindle = "EPUB/text/cover.xhtml", "EPUB/text/titlepage.xhtml"
    assert generic in made_by_hand(article).namelist()
    names = made_by_hand(article, "--target", "kindle").namelist()
    assert generic not in names
    assert kindle in names
    (article / "publish.toml").write_text('[defaults.epub]\ntarget = "apple"\n', "utf-8")
    assert APPLE in made_by_hand(article).namelist()
    assert APPLE not in made_by_hand(article, "--target", "kobo").namelist()
    capsys.readouterr()
    words = ["pdf", "content", "-o", "book.pdf", "--offline", "--target", "kindle", "--dry-run"]
    assert main(words) == 0
    assert "--target says nothing" in capsys.readouterr().err
    (article / "publish.toml").write_text('[defaults.epub]\ntarget = "nook"\n', "utf-8")
    assert main(["epub", "content", "-o", "book.epub"]) == 2
    assert "defaults.epub.target" in capsys.readouterr().err
