"""Faces for all text of a book, if they are asked for."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from editions import chapter, plain, rich, workshop
from embedded import RARE, Made, bound, rare_book
from epubcheck import check_books
from readers import ace, read_books

from publish import layouts
from publish.backends.epub import EpubBackend, faces, roles
from publish.backends.epub.targets import TARGETS
from publish.cli import main
from publish.diagnostics import SetupError, UsageError
from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")
APPLE = "META-INF/com.apple.ibooks.display-options.xml"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """One of everything with faces for all text, for each target, and in the other layout."""
    made = {}
    for target in TARGETS:
        own = workshop(tmp_path_factory.mktemp(target))
        made[target] = bound(rich(own), own, target=target, embed_fonts=True)
    own = workshop(tmp_path_factory.mktemp("magazine"))
    made["magazine"] = bound(rich(own), own, layout="magazine", embed_fonts=True)
    return made


@pytest.mark.parametrize("name", ["generic", "apple", "kobo", "magazine"])
def test_faces_of_the_text_cover_the_whole_book(name: str, whole: dict[str, Made]) -> None:
    made = whole[name]
    stack = made.families("body")
    assert stack[-1] == "serif"
    faces = {face.family: face for face in made.faces if not face.bold}
    body = faces[stack[0]]
    assert body.limits is None
    covered = set().union(*(faces[family].signs for family in stack[:-1]))
    assert made.characters() <= covered
    missing = made.characters() - body.signs
    assert missing <= {"☐", "☑"}  # which no face of text has
    assert body.signs >= set("ABCxyz0189,.")
    for family in stack[1:-1]:
        assert faces[family].limits == faces[family].signs


def test_headings_have_real_bold_and_quotations_kai(whole: dict[str, Made]) -> None:
    made = whole["generic"]
    [bold] = [face for face in made.faces if face.bold and "CJK SC" in face.family]
    assert set("字与行一又三分之二天头提示墨色") <= bold.signs
    assert bold.font["OS/2"].usWeightClass > 600
    [kai] = [face for face in made.faces if "Kai" in face.family and not face.bold]
    assert set("引文用楷体左右各缩两字林一之") <= kai.signs
    assert not set("版心要容得下") & kai.signs - set("引文用楷体左右各缩两字")
    rule = re.search(r"blockquote, \.summary[^{]*{\s*font-family: ([^;]+)", made.sheet)
    assert rule
    assert rule[1].startswith(f'"{kai.family}", ')
    assert "STKai" in rule[1]
    assert "pre, code, kbd, samp { font-family: monospace" in made.sheet


def test_chapters_in_other_languages_have_their_own_shapes(whole: dict[str, Made]) -> None:
    made = whole["generic"]
    english, taiwan = made.families('[lang="en"]'), made.families('[lang="zh-Hant-TW"]')
    japanese = made.families('[lang="ja"]')
    assert "CJK Latin" in english[0]
    assert "CJK TC" in taiwan[0]
    assert "CJK JP" in japanese[0]
    assert made.families("body")[0] in english
    assert '[lang="en"] blockquote' in made.sheet
    assert 'blockquote[lang="en"]' in made.sheet


def test_each_target_has_what_it_reads(whole: dict[str, Made]) -> None:
    for target in TARGETS:
        made = whole[target]
        assert (APPLE in made.zip.namelist()) == (target in ("generic", "apple")), target
        named = {
            name.strip(' "')
            for row in re.findall(r"font-family:([^;}]+)", made.sheet)
            for name in row.split(",")
        }
        own = {face.family for face in made.faces}
        assert own <= named
        if target == "kobo":
            assert named - own <= {"serif", "monospace", "inherit", "sans-serif"}
            assert made.families("em")[0] in own or "inherit" in made.families("em")
            assert re.search(r'blockquote, [^{]*{\s*font-family: "LXGW[^"]*", serif', made.sheet)


def test_kindle_keeps_its_own_face_for_the_text(whole: dict[str, Made]) -> None:
    made = whole["kindle"]
    assert [finding.code for finding in made.findings] == ["body-face"]
    assert not re.search(r"(?m)^body { font-family", made.sheet)
    assert made.faces
    assert all("Kai" in face.family for face in made.faces if face.limits is None)
    assert not any("Serif CJK SC" in face.family for face in made.faces)


def test_a_layout_may_ask_for_faces_and_a_book_refuse_them(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "layouts/own").mkdir(parents=True)
    (tmp_path / "layouts/own/layout.toml").write_text(
        'extends = "classic"\n[options]\nembed_fonts = true\n', "utf-8"
    )
    (tmp_path / "layouts/own/epub.css").write_text(
        "h2 { font-family: sans-serif } .byline { font-weight: 700 } x::y(z) { font-weight: bold }",
        "utf-8",
    )
    layout = layouts.find("own", tmp_path)
    books = []
    for options in ({}, {"embed_fonts": False}):
        out = io.BytesIO()
        EpubBackend().bind(rich(shop), layout, shop, out, options)
        books.append(Made(out.getvalue()))
    made, bare = books
    assert bare.faces == []
    hei = [face for face in made.faces if "Sans CJK SC" in face.family]
    assert [face.bold for face in hei] == [False, True]
    assert all(set("字与行") <= face.signs for face in hei)
    assert "尺" not in hei[0].signs  # of the title alone
    kai = [face for face in made.faces if "Kai" in face.family and face.bold]
    assert set("林一之") <= kai[0].signs


def test_what_cannot_be_meant_is_an_error(shop: Workshop) -> None:
    with pytest.raises(UsageError) as problem:
        bound(rare_book(), shop, embed_fonts="yes")
    assert problem.value.findings[0].code == "epub-option"


def test_no_face_for_the_language_is_an_error(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from publish import fonts

    empty = fonts.load(folders=[tmp_path])
    monkeypatch.setattr(fonts, "load", lambda project=None: empty)
    with pytest.raises(SetupError) as problem:
        bound(rare_book(), shop, embed_fonts=True)
    assert problem.value.findings[0].code == "font-none"
    assert bound(rare_book(), shop).faces == []  # with a warning


def test_the_colophon_tells_of_every_face(whole: dict[str, Made]) -> None:
    made = whole["generic"]
    colophon = made.text("text/colophon.xhtml")
    told = re.findall(r'<dd class="font" lang="en" xml:lang="en">([^<]+)</dd>', colophon)
    assert len(told) == len({face.family for face in made.faces})
    for face in made.faces:
        owner = " ".join(face.told(0).split())[:12]
        assert any(owner in line for line in told)
        assert face.told(13)
    assert any("Adobe" in line and "OFL-1.1" in line and "/OFL" in line for line in told)
    assert set("".join(told)) <= set().union(*(face.signs for face in made.faces)) | {" "}


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant-TW", "ja", "en"])
def test_the_colophon_tells_it_in_the_books_language(language: str, shop: Workshop) -> None:
    edition = plain(chapter(1, f"<p>{RARE}</p>", language=language), language=language)
    made = bound(edition, shop)
    words = layouts.labels(language)
    colophon = made.text("text/colophon.xhtml")
    assert f"<dt>{words.fonts}</dt>" in colophon
    assert words.subsets in colophon


# ---- whole books


def test_the_same_bytes_cold_and_from_cache(shop: Workshop, tmp_path: Path) -> None:
    first = bound(rich(shop), shop, embed_fonts=True).data
    assert bound(rich(shop), shop, embed_fonts=True).data == first
    (tmp_path / "other").mkdir()
    other = workshop(tmp_path / "other")
    assert bound(rich(other), other, embed_fonts=True).data == first


@pytest.mark.slow
def test_epubcheck_ace_and_a_reader_have_nothing_to_say(
    whole: dict[str, Made], shop: Workshop, tmp_path: Path
) -> None:
    made = {name: book.data for name, book in whole.items()}
    made["rare"] = bound(rare_book(title=f"题{RARE}"), shop).data
    paths = {name: tmp_path / f"{name}.epub" for name in made}
    for name, data in made.items():
        paths[name].write_bytes(data)
    for report in check_books(paths.values()):
        assert report.clean, report
    looked = [paths[name] for name in ("rare", "generic")]
    assert ace(looked) == [[], []]
    chosen, own = read_books(looked), read_books(looked, own=True)
    for reading in (*chosen, *own):
        assert reading.faults == ()
    # Where the reader chose a face, rare characters have theirs; a face is loaded when it draws.
    rare = Made(made["rare"]).faces[0].family
    shown = next(s for s in chosen[0].sections if s.id.endswith("c0000000001.xhtml"))
    assert f'{RARE} "{rare}", serif' in shown.style["rare"]
    assert shown.style["loaded"] == [rare]
    other = next(s for s in chosen[0].sections if s.id.endswith("c0000000002.xhtml"))
    assert other.style["loaded"] == []
    loaded = {name for section in own[1].sections for name in section.style["loaded"]}
    faces_used = {face.family for face in whole["generic"].faces}
    assert loaded == faces_used


def test_a_project_and_the_command_line_ask_for_faces(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["epub", "content", "-o", "book.epub", "--offline", "-q"]

    def made(*more: str) -> Made:
        assert main([*words, *more]) == 0
        return Made((article / "book.epub").read_bytes())

    bare = made()
    assert bare.faces == []
    assert made("--embed-fonts").faces
    one, two = (
        made("--embed-fonts", "-j", "1", "--refresh"),
        made("--embed-fonts", "-j", "2", "--refresh"),
    )
    assert one.data == two.data
    assert made().data == bare.data
    (article / "publish.toml").write_text("[defaults.epub]\nembed_fonts = true\n", "utf-8")
    assert made().faces
    capsys.readouterr()
    assert main(["pdf", "content", "-o", "b.pdf", "--offline", "--embed-fonts", "--dry-run"]) == 0
    assert "--embed-fonts says nothing" in capsys.readouterr().err
    assert main(["epub", "--help"]) == 0
    assert "--embed-fonts" in capsys.readouterr().out


# ---- small parts


@pytest.mark.parametrize(
    ("families", "role"),
    [
        ("serif", "song"),
        ("Georgia, serif !important", "song"),
        ('"Helvetica", sans-serif', "hei"),
        ('"Kaiti SC", STKai, serif', "kai"),
        ("cursive", "kai"),
        ("楷体, serif", "kai"),
        ("monospace", ""),
        ("inherit", ""),
        ('"甲"', ""),
    ],
)
def test_lists_of_families_ask_for_roles(families: str, role: str) -> None:
    assert roles.role(families) == role


def test_ranges_are_short() -> None:
    assert faces.ranges("cab一𠮷𠮸") == "U+61-63, U+4E00, U+20BB7-20BB8"
