"""Faces of rare characters in a book: always."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from editions import chapter, plain, workshop
from embedded import RARE, XHTML, Made, bound, rare_book
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from lxml import etree

from publish import layouts
from publish.model import MATHML
from publish.share import shared_folder
from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")
ROOT = Path(__file__).resolve().parents[2]
APPLE = "META-INF/com.apple.ibooks.display-options.xml"
# No face draws it: U+3FFFD is in no plane that has characters yet.
LOST = "\U0003fffd"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path)


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
