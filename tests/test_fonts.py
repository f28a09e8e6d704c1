"""The room of fonts: finding, choosing, cutting, outlining, reporting."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from publish import fonts
from publish.cache import Cache, digest
from publish.diagnostics import has_errors
from publish.fonts.sfnt import rename

HAN = frozenset("天地玄黃黄宇宙洪荒门門骨直令，。「」")


@pytest.fixture(scope="module")
def catalogue() -> fonts.Catalogue:
    found = fonts.load()
    if not {"Noto Serif CJK SC", "Noto Serif CJK JP"} <= {family.name for family in found.found}:
        pytest.skip("Noto Serif CJK is not installed")
    return found


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def face(kit: fonts.Kit, cache: Cache, family: str, weight: str = "normal") -> TTFont:
    (name,) = (f.object for f in kit.faces if f.source == family and f.weight == weight)
    data = cache.read_object(name)
    assert data is not None
    return TTFont(io.BytesIO(data), checkChecksums=2)


def test_the_shipped_catalogue_is_sound() -> None:
    catalogue = fonts.load(folders=[])
    assert catalogue.findings == ()
    assert catalogue.found == ()
    names = [(family.name, family.role) for family in catalogue.families]
    assert len(set(names)) == len(names)
    assert {"song", "hei", "kai", "mono", "rare", "latin", "symbol"} == {r for _, r in names}
    assert all(family.licence for family in catalogue.families)
    assert all(family.regions for family in catalogue.families if family.role in {"song", "hei"})


def test_files_are_found_by_name_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "LXGWWenKai-Regular.ttf").write_bytes(b"0123456789")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = fonts.load(folders=[tmp_path]).found
    assert [family.name for family in found] == ["LXGW WenKai"]
    assert found[0].normal is not None
    assert found[0].normal.size == 10
    assert found[0].face("bold") == found[0].normal


def test_the_fingerprint_follows_the_files_not_the_folder(tmp_path: Path) -> None:
    prints = set()
    for folder, size in (("a", 10), ("b", 10), ("c", 11)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "LXGWWenKai-Regular.ttf").write_bytes(b"x" * size)
        prints.add(fonts.load(folders=[tmp_path / folder]).fingerprint)
    assert len(prints) == 2


def test_a_projects_families_go_first(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "catalog.toml").write_text(
        '[[family]]\nname = "Own"\nrole = "song"\nregions = ["SC"]\n'
        'normal = { name = "Own-Regular", files = ["Own.otf"] }\n',
        encoding="utf-8",
    )
    (tmp_path / "fonts" / "Own.otf").write_bytes(b"no font at all")
    catalogue = fonts.load(tmp_path, folders=[])
    assert [family.name for family in catalogue.found] == ["Own"]
    assert catalogue.families[0].name == "Own"
    status = fonts.report(catalogue, languages=()).families[0]
    assert status.unusable
    assert status.weights == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("family = 1", "no list"),
        ("[[family]]\nname = 1", "no name"),
        ('[[family]]\nname = "A"', "'role' is missing"),
        ('[[family]]\nname = "A"\nrole = "sung"', "none of"),
        ('[[family]]\nname = "A"\nrole = "song"\nnormal = { name = "A" }', "files"),
        ('[[family]]\nname = "A"\nrole = "song"', "neither"),
        ('[[family]]\nname = "A"\nrole = "song"\nregoins = ["SC"]', "regoins"),
        ('[[family]]\nname = "A"\nrole = "song"\nranges = ["x"]\nnormal = 3', "A"),
        ("[[family]\n", "cannot be read"),
    ],
)
def test_a_faulty_catalogue_is_a_finding(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "catalog.toml").write_text(text, encoding="utf-8")
    catalogue = fonts.load(tmp_path, folders=[])
    (finding,) = catalogue.findings
    assert has_errors(catalogue.findings)
    assert words in finding.message
    assert len(catalogue.families) > 20


def test_a_syntax_error_is_placed(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "catalog.toml").write_text("\n\nx =\n", encoding="utf-8")
    (finding,) = fonts.load(tmp_path, folders=[]).findings
    assert finding.place is not None
    assert finding.place.line == 3


@pytest.mark.parametrize(
    ("language", "region"),
    [
        ("zh-Hans", "SC"),
        ("zh-Hant", "TC"),
        ("zh-Hant-TW", "TC"),
        ("zh-Hant-HK", "HK"),
        ("ja", "JP"),
        ("ko", "KR"),
        ("", "SC"),
    ],
)
def test_the_right_region_is_first(catalogue: fonts.Catalogue, language: str, region: str) -> None:
    for role in ("song", "hei", "mono"):
        assert fonts.stack(language, role, catalogue)[0].family.regions == (region,)


def test_chinese_never_takes_japanese_or_korean_shapes(catalogue: fonts.Catalogue) -> None:
    for language in ("zh-Hans", "zh-Hant-TW", "zh-Hant-HK"):
        for role in ("song", "hei", "kai", "mono"):
            for choice in fonts.stack(language, role, catalogue):
                assert choice.lends or not {"JP", "KR"} & set(choice.family.regions)


def test_every_character_is_cut_from_the_right_face(
    catalogue: fonts.Catalogue, cache: Cache
) -> None:
    kit = fonts.cut(
        {
            ("zh-Hans", "song", "normal"): HAN,
            ("zh-Hans", "song", "bold"): frozenset("天"),
            ("zh-Hant-TW", "song", "normal"): HAN,
            ("ja", "song", "normal"): frozenset("直かな"),
        },
        catalogue,
        cache,
    )
    assert kit.missing == {}
    assert kit.stacks.keys() == {("zh-Hans", "song"), ("zh-Hant-TW", "song"), ("ja", "song")}
    regular = face(kit, cache, "Noto Serif CJK SC").getBestCmap()
    assert {ord(c) for c in HAN} <= regular.keys()
    assert ord("か") not in regular
    bold = face(kit, cache, "Noto Serif CJK SC", "bold").getBestCmap()
    assert ord("天") in bold
    assert ord("地") not in bold
    assert ord("か") in face(kit, cache, "Noto Serif CJK JP").getBestCmap()
    assert all(0x20 in face(kit, cache, f.source, f.weight).getBestCmap() for f in kit.faces)


def test_a_cut_face_is_renamed_and_goes_by_glyph_number(
    catalogue: fonts.Catalogue, cache: Cache
) -> None:
    kit = fonts.cut({("zh-Hans", "song", "normal"): HAN}, catalogue, cache)
    (cut,) = kit.faces
    font = face(kit, cache, cut.source)
    assert cut.family.startswith("Noto Serif CJK SC x")
    assert cut.family.isascii()
    assert font["name"].getDebugName(1) == cut.family
    assert "Adobe" in font["name"].getDebugName(0)
    assert (cut.format, cut.suffix, cut.media_type) == ("opentype", ".otf", "font/otf")
    top = font["CFF "].cff[0]
    expected = [".notdef", *(f"cid{number:05d}" for number in range(1, top.numGlyphs))]
    assert list(top.charset) == expected
    features = {record.FeatureTag for record in font["GPOS"].table.FeatureList.FeatureRecord}
    assert {"halt", "vhal", "palt", "kern"} <= features
    features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    assert "vert" in features
    assert "locl" not in features


def test_names_and_glyph_numbers_are_the_same_in_every_book(
    catalogue: fonts.Catalogue, cache: Cache
) -> None:
    one = fonts.cut({("zh-Hans", "song", "normal"): frozenset("天")}, catalogue, cache)
    two = fonts.cut({("zh-Hans", "song", "normal"): frozenset("天地")}, catalogue, cache)
    assert [f.family for f in one.faces] == [f.family for f in two.faces]
    first, second = (face(kit, cache, "Noto Serif CJK SC") for kit in (one, two))
    assert first.getGlyphID(first.getBestCmap()[ord("天")]) == second.getGlyphID(
        second.getBestCmap()[ord("天")]
    )
    assert fonts.plan({("zh-Hans", "song", "normal"): frozenset("天")}, catalogue).stacks == (
        one.stacks
    )


@pytest.mark.parametrize(("name", "kind"), [("Noto Serif CJK SC", "CFF"), ("LXGW", "TrueType")])
def test_a_face_is_printed_under_its_own_glyph_numbers(
    catalogue: fonts.Catalogue, name: str, kind: str
) -> None:
    found = [family for family in catalogue.found if family.name.startswith(name)]
    if not found or found[0].normal is None:
        pytest.skip(f"{name} is not installed")
    source = fonts.opened(found[0].normal)
    glyphs = {1, 5000, 5001}
    data, form = fonts.program(source, glyphs)
    assert form == kind
    if kind == "CFF":
        top = CFFFontSet()
        top.decompile(io.BytesIO(data), None)
        assert top[0].charset == [".notdef", "cid00001", "cid05000", "cid05001"]
        assert top[0].CharStrings["cid05000"].calcBounds(None)
    else:
        font = TTFont(io.BytesIO(data))
        assert font["glyf"][font.getGlyphName(5000)].numberOfContours != 0
        assert font["glyf"][font.getGlyphName(4000)].numberOfContours == 0


def test_rare_han_latin_and_signs_come_from_elsewhere(
    catalogue: fonts.Catalogue, cache: Cache
) -> None:
    names = {family.name for family in catalogue.found}
    if not {"HanaMinB", "DejaVu Serif", "Symbola"} <= names:
        pytest.skip("Hanazono, DejaVu or Symbola is not installed")
    text = frozenset("天𪚥ə👇")
    kit = fonts.cut({("zh-Hans", "song", "normal"): text}, catalogue, cache)
    assert kit.missing == {}
    sources = {f.family: f.source for f in kit.faces}
    order = [sources[name] for name in kit.stacks["zh-Hans", "song"]]
    assert order[0] == "Noto Serif CJK SC"
    assert order.index("DejaVu Serif") < order.index("Symbola")
    assert kit.families("zh-Hans", "song").startswith('"Noto Serif CJK SC x')


def test_what_no_face_has_is_named_and_what_needs_none_is_not(
    catalogue: fonts.Catalogue, cache: Cache
) -> None:
    text = frozenset("天\ue000\u0378\n\t\u200b\u2060\u00ad\ufe0f\U000e0100\u200d\u202a\ufeff")
    kit = fonts.cut({("zh-Hant-TW", "song", "bold"): text}, catalogue, cache)
    assert kit.missing == {"zh-Hant-TW": frozenset("\ue000\u0378")}
    rows = fonts.missing(catalogue, {"a/b.md": {("zh-Hant-TW", "song", "bold"): text}})
    (finding,) = fonts.missing_findings(rows, catalogue)
    assert finding.code == "font-missing"
    assert "U+0378, U+E000" in finding.message
    assert str(finding.place) == "a/b.md"


def test_a_kit_is_kept_and_mended(catalogue: fonts.Catalogue, cache: Cache) -> None:
    demand = {("zh-Hans", "song", "normal"): HAN, ("en", "mono", "bold"): frozenset("x")}
    first = fonts.cut(demand, catalogue, cache)
    assert fonts.cut(dict(reversed(demand.items())), catalogue, cache) == first
    path = cache.object_path(first.faces[0].object)
    assert path is not None
    path.unlink()
    assert fonts.cut(demand, catalogue, cache) == first
    assert path.is_file()
    assert digest(first) == digest(first)


def test_two_caches_give_the_same_bytes(catalogue: fonts.Catalogue, tmp_path: Path) -> None:
    demand = {("zh-Hant-HK", "kai", "bold"): HAN | frozenset("a𪚥")}
    one, two = Cache(tmp_path / "1"), Cache(tmp_path / "2")
    assert fonts.cut(demand, catalogue, one) == fonts.cut(demand, catalogue, two)


def test_a_machine_without_fonts_is_told_what_to_install(cache: Cache) -> None:
    bare = fonts.load(folders=[])
    findings = fonts.edition_findings(["zh-Hans", "en"], bare)
    assert [finding.code for finding in findings] == ["font-none"]
    assert "noto" in findings[0].help
    kit = fonts.cut({("zh-Hans", "song", "normal"): frozenset("天a")}, bare, cache)
    assert kit.faces == ()
    assert kit.missing == {"zh-Hans": frozenset("天a")}
    assert fonts.outline("天", language="zh-Hans", size=10, catalogue=bare) is None
    assert fonts.install_command(bare, manager="pip").startswith("pip install pylopdf")


def test_the_editions_are_covered(catalogue: fonts.Catalogue) -> None:
    report = fonts.report(catalogue)
    assert report.editions[0].language == "zh-Hans"
    for edition in report.editions:
        assert dict(edition.families)["song"].startswith("Noto Serif CJK")
        assert edition.sets
        assert all(s.regional == s.any == s.total > 1000 for s in edition.sets)
    assert {s.name: s.total for s in report.editions[0].sets}["GB2312 level 1"] == 3755


def test_outlines_are_paths_with_y_down(catalogue: fonts.Catalogue) -> None:
    line = fonts.outline("天地", language="zh-Hans", size=100, catalogue=catalogue)
    assert line is not None
    assert line.advance == 200
    assert line.path.startswith("M")
    assert line.missing == frozenset()
    ys = [float(part.split()[-1]) for part in line.path.replace("Z", "").split("M") if part.strip()]
    assert min(ys) < 0
    column = fonts.outline(
        "「天」", language="zh-Hans", size=100, catalogue=catalogue, vertical=True, tracking=0.1
    )
    assert column is not None
    assert column.advance == pytest.approx(330)
    dash = fonts.outline("—", language="zh-Hans", size=100, catalogue=catalogue, vertical=True)
    assert dash is not None
    numbers = [float(n) for n in re.findall(r"-?\d+\.\d+", dash.path)]
    width = max(numbers[::2]) - min(numbers[::2])
    assert width < 30  # it stands upright
    lost = fonts.outline("a\ue000", language="zh-Hans", size=10, catalogue=catalogue)
    assert lost is not None
    assert lost.missing == {"\ue000"}


def test_emoji_are_asked_for_in_one_colour() -> None:
    assert fonts.in_one_colour("好👍☀️1️⃣✈") == "好👍\ufe0e☀\ufe0e1\ufe0e⃣✈"
    once = fonts.in_one_colour("👍👇")
    assert fonts.in_one_colour(once) == once


@lru_cache
def _drawable(catalogue: fonts.Catalogue) -> frozenset[int]:
    faces = (choice.family.normal for choice in fonts.stack("zh-Hans", "song", catalogue))
    return frozenset().union(*(fonts.coverage(face) for face in faces if face))


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_every_character_is_drawn_hidden_or_named(catalogue: fonts.Catalogue, text: str) -> None:
    characters = frozenset(text)
    rows = fonts.missing(catalogue, {"x": {("zh-Hans", "song", "normal"): characters}})
    named = frozenset("".join(row.characters for row in rows))
    drawn = _drawable(catalogue)
    for character in characters:
        assert character in named or ord(character) in drawn or fonts.ignorable(ord(character))


def test_renaming_keeps_all_other_tables(catalogue: fonts.Catalogue) -> None:
    source = catalogue.found[0].normal
    assert source is not None
    data = fonts.subset(source, map(ord, "天地"))
    before = TTFont(io.BytesIO(data))
    after = TTFont(io.BytesIO(rename(data, "A B", "Bold")), checkChecksums=2)
    assert after["name"].getDebugName(4) == "A B Bold"
    for tag in before.reader.tables:
        if tag not in {"name", "head"}:
            assert before.reader[tag] == after.reader[tag]


@pytest.mark.parametrize(
    ("name", "language"),
    [("SC", "zh-Hans"), ("TC", "zh-Hant-TW"), ("HK", "zh-Hant-HK"), ("JP", "ja")],
)
def test_a_face_for_e_books_sets_marks_as_the_whole_face_does(
    catalogue: fonts.Catalogue, cache: Cache, name: str, language: str
) -> None:
    text = "病——程……“引”‘文’·，。、！（书）《名》〈目〉「角」『括』—…"
    demand = {(language, "song", "normal"): frozenset(text)}
    (cut,) = fonts.embed(demand, catalogue, cache).faces
    assert cut.source.endswith(name)
    hb = fonts.engine()
    family = next(family for family in catalogue.found if family.name == cut.source)
    assert family.normal
    whole, own = fonts.opened(family.normal), hb.Face(cache.read_object(cut.object))
    assert own.glyph_count < 120

    def shaped(face: Any, direction: str, features: dict[str, bool]) -> list[tuple[object, ...]]:
        font, buffer = hb.Font(face), hb.Buffer()
        buffer.add_str(text)
        buffer.direction, buffer.script, buffer.language = direction, "Hani", language
        hb.shape(font, buffer, features)
        boxes = [font.get_glyph_extents(glyph.codepoint) for glyph in buffer.glyph_infos]
        places = buffer.glyph_positions
        return [
            (p.x_advance, p.y_advance, p.x_offset, p.y_offset, tuple(box))
            for p, box in zip(places, boxes, strict=True)
        ]

    for direction in ("ltr", "ttb"):
        for features in ({}, {"halt": True}, {"chws": True}):
            assert shaped(own, direction, features) == shaped(whole, direction, features)
