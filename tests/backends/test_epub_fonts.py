"""Faces in a book: of rare characters always, of all text if it is asked for."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from editions import chapter, plain, rich, workshop
from epubcheck import check_books
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from lxml import etree
from readers import ace, read_books

from publish import layouts
from publish.backends.epub import EpubBackend, faces, roles
from publish.backends.epub.targets import TARGETS
from publish.cli import main
from publish.diagnostics import Diagnostic, SetupError, Silent, UsageError
from publish.model import MATHML, Edition
from publish.share import shared_folder
from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")
ROOT = Path(__file__).resolve().parents[2]
APPLE = "META-INF/com.apple.ibooks.display-options.xml"
XHTML = "{http://www.w3.org/1999/xhtml}"
RARE = "𠮷𡃁"
# No face draws it: U+3FFFD is in no plane that has characters yet.
LOST = "\U0003fffd"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path)


@dataclass(frozen=True)
class Face:
    """A face of a book, as its style sheet names it."""

    family: str
    bold: bool
    file: str
    limits: frozenset[str] | None  # unicode-range
    font: TTFont

    @property
    def signs(self) -> set[str]:
        return {chr(code) for code in self.font.getBestCmap()}

    def told(self, number: int) -> str:
        return str(self.font["name"].getDebugName(number) or "")


def _limits(rule: str) -> frozenset[str] | None:
    found = re.search(r"unicode-range: ([^;]+);", rule)
    if not found:
        return None
    codes: set[str] = set()
    for row in found[1].split(", "):
        first, _, last = row.removeprefix("U+").partition("-")
        codes.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(codes)


@dataclass(frozen=True)
class Made:
    data: bytes
    findings: tuple[Diagnostic, ...] = ()

    @cached_property
    def zip(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.data))

    def text(self, name: str) -> str:
        return self.zip.read(f"EPUB/{name}").decode()

    @property
    def sheet(self) -> str:
        return self.text("styles/book.css")

    @cached_property
    def faces(self) -> list[Face]:
        return [
            Face(
                re.findall(r'font-family: "([^"]+)"', rule)[0],
                "bold" in rule,
                file := re.findall(r'url\("\.\./([^"]+)"\)', rule)[0],
                _limits(rule),
                TTFont(io.BytesIO(self.zip.read(f"EPUB/{file}"))),
            )
            for rule in re.findall(r"@font-face [^}]+}", self.sheet)
        ]

    def families(self, selector: str) -> list[str]:
        """The families of the last rule with just this selector."""
        rules = re.findall(
            rf"(?m)^{re.escape(selector)} {{[^}}]*?font-family: ([^;}}]+)", self.sheet
        )
        return [name.strip(' "') for name in rules[-1].split(",")]

    def characters(self) -> set[str]:
        names = [name for name in self.zip.namelist() if name.endswith(".xhtml")]
        found: set[str] = set()
        for name in names:
            body = etree.fromstring(self.zip.read(name)).find(f"{XHTML}body")
            assert body is not None
            found.update("".join(map(str, body.itertext())))
        return found - {"\n", " "}


def bound(edition: Edition, shop: Workshop, *, layout: str = "classic", **options: object) -> Made:
    out = io.BytesIO()
    EpubBackend().bind(edition, layouts.find(layout), shop, out, options)
    assert isinstance(shop.reporter, Silent)
    return Made(out.getvalue(), tuple(shop.reporter.findings))


def rare_book(blocks: str = f"<p>字{RARE}在，𠮷也在。</p>", **more: object) -> Edition:
    return plain(chapter(1, blocks, **more), chapter(2, "<p>平常的字。</p>"))


# ---- rare characters


def test_a_book_without_rare_characters_has_no_face_and_opens_none(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: 甲\n---\n字😀。\n", "utf-8")
    command = [sys.executable, "-X", "importtime", "-m", "publish", "epub", "a.md", "-o", "a.epub"]
    env = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    (tmp_path / "cover.png").write_bytes(_png())
    said = subprocess.run(
        [*command, "--offline", "--cover", "cover.png"],
        cwd=tmp_path, env=env, capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    assert "publish.backends.epub.faces" in said
    assert "uharfbuzz" not in said
    assert "cssselect2" not in said
    book = Made((tmp_path / "a.epub").read_bytes())
    assert not [name for name in book.zip.namelist() if "fonts/" in name or "apple" in name]
    assert "@font-face" not in book.sheet
    assert "rare" not in book.text("nav.xhtml") + book.sheet
    assert layouts.labels("zh-Hans").subsets not in book.text("text/colophon.xhtml")


def _png() -> bytes:
    from PIL import Image

    data = io.BytesIO()
    Image.new("RGB", (160, 256), "white").save(data, "PNG")
    return data.getvalue()


def test_rare_characters_have_a_face_of_exactly_themselves(shop: Workshop) -> None:
    made = bound(rare_book(title=f"题{RARE[0]}"), shop)
    assert made.findings == ()
    assert {sign for face in made.faces for sign in face.signs} == set(RARE)
    for face in made.faces:
        assert face.limits == face.signs
        assert len(made.zip.read(f"EPUB/{face.file}")) < 8000
        assert face.family in made.families(".rare")
        assert made.zip.getinfo(f"EPUB/{face.file}").compress_type == zipfile.ZIP_DEFLATED
    assert made.families(".rare")[-1] == "serif"
    page = made.text("text/c0000000001.xhtml")
    assert f'字<span class="rare">{RARE}</span>在，<span class="rare">𠮷</span>也在。' in page
    assert '题<span class="rare">𠮷</span></h1>' in page
    assert '题<span class="rare">𠮷</span></a>' in made.text("nav.xhtml")
    assert "<title>题𠮷</title>" in page
    assert "rare" not in made.text("text/c0000000002.xhtml")
    types = re.findall(r'href="(fonts/[^"]+)" id="font-(\w+)" media-type="([^"]+)"',
                       made.text("content.opf"))  # fmt: skip
    assert [(name, kind) for name, _, kind in types] == [
        (face.file, {".otf": "font/otf", ".ttf": "font/ttf"}[face.file[-4:]]) for face in made.faces
    ]
    assert all(uid in name for name, uid, _ in types)


def test_spans_part_nothing_and_lose_nothing(shop: Workshop) -> None:
    blocks = (
        f"<p>{RARE}<em>甲𠮷<strong>乙</strong>𡃁丙</em>𠮷\U000e0100丁<ruby>𠮷<rt>jí</rt></ruby></p>"
        "<pre><code>  a  =  '𠮷'\n\tb</code></pre>"
        '<p><a class="noteref" epub:type="noteref" role="doc-noteref" id="~fnref1" href="#~fn1">'
        "[𠮷]</a></p>"
        f'<p><math xmlns="{MATHML}" alttext="x"><mtext>𠮷</mtext></math></p>'
        '<section class="footnotes" epub:type="footnotes" role="doc-endnotes">'
        '<aside class="footnote" id="~fn1" epub:type="footnote" role="doc-footnote"><p>'
        '<a class="backlink" role="doc-backlink" href="#~fnref1">[1]</a> 注𠮷</p></aside></section>'
    )
    made = bound(rare_book(blocks), shop)
    root = etree.fromstring(made.zip.read("EPUB/text/c0000000001.xhtml"))
    before = etree.fromstring(rare_book(blocks).chapters[0].xhtml)
    [section] = [s for s in root.iter(f"{XHTML}section") if s.get("class") == "text"]
    assert "".join(section.itertext()) == "".join(before.itertext())
    spans = ["".join(s.itertext()) for s in root.iter(f"{XHTML}span") if s.get("class") == "rare"]
    assert spans == [RARE, "𠮷", "𡃁", "𠮷\U000e0100", "𠮷", "𠮷", "𠮷"]
    [link] = [a for a in root.iter(f"{XHTML}a") if a.get("role") == "doc-noteref"]
    assert len(link) == 0
    assert link.get("class") == "noteref rare"
    [text] = root.iter(f"{{{MATHML}}}mtext")
    assert (text.get("class"), text.text, len(text)) == ("rare", "𠮷", 0)


def test_each_language_has_the_shapes_of_its_region(shop: Workshop) -> None:
    edition = plain(chapter(1, f"<p>{RARE}</p>"), chapter(2, f'<p lang="zh-Hant-TW">{RARE}</p>'))
    made = bound(edition, shop)
    assert 'class="rare-zh-hant-tw"' in made.text("text/c0000000002.xhtml")
    simplified, taiwan = made.families(".rare"), made.families(".rare-zh-hant-tw")
    assert "CJK SC" in simplified[0]
    assert "CJK TC" in taiwan[0]


def test_what_no_face_has_is_told_and_left_as_it_is(shop: Workshop) -> None:
    made = bound(rare_book(f"<p>𠮷{LOST}</p>", title=f"{LOST}题"), shop)
    [finding] = made.findings
    assert finding.code == "font-missing"
    assert "U+3FFFD" in finding.message
    assert finding.place
    assert finding.place.file == "content/1.md"
    assert finding.help
    page = made.text("text/c0000000001.xhtml")
    assert f'<span class="rare">𠮷</span>{LOST}' in page
    assert f"{LOST}题</h1>" in page
    assert not any(LOST in face.signs for face in made.faces)


def test_no_face_at_all_leaves_the_book_as_it_is(shop: Workshop) -> None:
    made = bound(rare_book(f"<p>字{LOST}</p>"), shop)
    assert [finding.code for finding in made.findings] == ["font-missing"]
    assert made.faces == []
    assert "rare" not in made.sheet
    assert APPLE not in made.zip.namelist()
    assert "字体" not in made.text("text/colophon.xhtml")


def own_face(folder: Path, *, rights: int = 0, notice: str = "© 某人") -> str:
    """Put a face of two private characters into a project's catalogue; return its folder."""
    (folder / "fonts").mkdir()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "one", "two"])
    builder.setupCharacterMap({0xE001: "one", 0xF0001: "two"})
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    pen.lineTo((900, 0))
    pen.lineTo((500, 800))
    pen.closePath()
    builder.setupGlyf(dict.fromkeys((".notdef", "one", "two"), pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", "one", "two"), (1000, 100)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    names = {
        "familyName": "Own Han",
        "styleName": "Regular",
        "psName": "OwnHan",
        "copyright": notice,
    }
    names |= {
        "licenseDescription": "Free for all.\nAs it is.",
        "licenseInfoURL": "https://example.org/l",
    }
    builder.setupNameTable(names, mac=False)
    builder.setupOS2(fsType=rights)
    builder.setupPost()
    builder.save(folder / "fonts" / "Own.ttf")
    (folder / "fonts" / "catalog.toml").write_text(
        '[[family]]\nname = "Own Han"\nrole = "rare"\nranges = ["E000-F8FF", "F0000-10FFFF"]\n'
        'normal = { name = "OwnHan", files = ["Own.ttf"] }\n',
        "utf-8",
    )
    return str(folder)


PRIVATE = "\ue001\U000f0001"


def test_private_characters_have_the_projects_own_face(shop: Workshop, tmp_path: Path) -> None:
    edition = rare_book(f"<p>字{PRIVATE}。\ue002</p>")
    project = own_face(tmp_path)
    made = bound(edition, shop, project=project)
    [finding] = made.findings
    assert "U+E002" in finding.message
    assert "replace them" in finding.help
    [face] = made.faces
    assert face.signs == set(PRIVATE)
    assert face.family.startswith("Own Han x")
    assert face.told(0) == "© 某人"
    assert face.told(13) == "Free for all.\nAs it is."
    assert face.told(14) == "https://example.org/l"
    colophon = made.text("text/colophon.xhtml")
    assert "Own Han (Free for all. As it is.). © 某人. https://example.org/l</dd>" in colophon
    assert layouts.labels("zh-Hans").subsets in colophon


def test_a_project_may_copy_the_shipped_catalogue(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    shutil.copy(shared_folder("fonts") / "catalog.toml", tmp_path / "fonts")
    edition = rare_book(f"<p>字{RARE}</p>")
    copied = bound(edition, shop, project=str(tmp_path))
    assert copied.faces
    assert copied.sheet == bound(edition, shop).sheet


def test_families_may_share_a_face(shop: Workshop, tmp_path: Path) -> None:
    project = own_face(tmp_path)
    catalogue = tmp_path / "fonts" / "catalog.toml"
    entry = catalogue.read_text("utf-8")
    rows = [entry.replace("ranges", f'regions = ["{region}"]\nranges') for region in ("SC", "TC")]
    catalogue.write_text("".join(rows), "utf-8")
    made = bound(
        rare_book(f'<p>{PRIVATE}<span lang="zh-Hant">{PRIVATE}</span></p>'), shop, project=project
    )
    assert len({face.file for face in made.faces}) == 1
    assert all(face.signs == set(PRIVATE) for face in made.faces)


def test_a_reserved_name_is_not_kept(shop: Workshop, tmp_path: Path) -> None:
    notice = "© 2020 Somebody, with Reserved Font Name 'Own'."
    made = bound(rare_book(f"<p>{PRIVATE}</p>"), shop, project=own_face(tmp_path, notice=notice))
    [face] = made.faces
    for number in (1, 3, 4, 6):
        assert "Own" not in face.told(number)
    assert face.told(0) == notice
    assert re.fullmatch(r"Face x[0-9a-f]{8}", face.family)
    assert face.told(1) == face.family
    assert made.families(".rare") == [face.family, "serif"]


@pytest.mark.parametrize("rights", [0x0002, 0x0100, 0x0200])
def test_a_face_that_may_not_be_embedded_is_not(
    rights: int, shop: Workshop, tmp_path: Path
) -> None:
    made = bound(rare_book(f"<p>{PRIVATE}</p>"), shop, project=own_face(tmp_path, rights=rights))
    assert made.faces == []
    assert [finding.code for finding in made.findings] == ["font-missing"]


# ---- faces for all text


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
