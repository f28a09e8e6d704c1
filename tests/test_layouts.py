"""Layouts: where their files come from, what their templates give, what their CSS may say."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import editions
import pytest
from lxml import etree

from publish import layouts
from publish.diagnostics import BackendError, UsageError
from publish.layouts import Layout
from publish.model import XHTML, Edition

NS = {"h": XHTML}
SHIPPED = ("classic", "magazine")
PAGES = ("titlepage", "part", "opener", "closer", "contents", "colophon", "sources")


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    return editions.rich(editions.workshop(tmp_path))


def filled(layout: Layout, template: str, edition: Edition, target: str = "epub") -> etree._Element:
    """Render a template as backends do."""
    entry = SimpleNamespace(
        id="x", text="题 <1>", kind="chapter", page="3", authors=("甲",), summary="概", entries=()
    )
    part = SimpleNamespace(**{**vars(entry), "kind": "part", "entries": (entry,)})
    text = layouts.render(
        layout,
        template,
        edition=edition,
        chapter=edition.chapters[0],
        part=edition.parts[0],
        t=layouts.labels(edition.language),
        target=target,
        figure_src=lambda figure: f"figures/{figure.name}",
        entries=(part,),
        fonts=(("甲体 & 乙体", "OFL-1.1"),),
        generator=layouts.generator(),
        conversion=layouts.notice(edition),
    )
    return etree.fromstring(text.encode())


def write(root: Path, **files: str) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (root / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return root


# ---- where files come from


def test_the_shipped_layouts_are_there() -> None:
    assert set(SHIPPED) <= set(layouts.names())
    for name in SHIPPED:
        found = layouts.find(name)
        assert found.title
        assert found.description
    assert layouts.find("magazine").options["toc_depth"] == 1
    assert layouts.find("magazine").options["lead_figure"] is True


def test_an_unknown_layout_is_answered_with_the_nearest(tmp_path: Path) -> None:
    for wrong, near in (("clasic", "classic"), ("Magazine!", "magazine")):
        with pytest.raises(UsageError, match=near):
            layouts.find(wrong, tmp_path)
    for path in ("../classic", "", "/etc", "."):
        with pytest.raises(UsageError, match="no layout"):
            layouts.find(path, tmp_path)


def test_the_project_shadows_templates_file_by_file(tmp_path: Path, edition: Edition) -> None:
    plain = layouts.find("magazine", tmp_path)
    write(tmp_path / "layouts", closer__xhtml="<footer>共同</footer>", part__xhtml="<p>共同</p>")
    write(tmp_path / "layouts" / "magazine", closer__xhtml="<footer>自己</footer>")
    write(tmp_path / "layouts" / "classic", opener__xhtml="<header>祖先</header>")
    own = layouts.find("magazine", tmp_path)
    assert filled(own, "closer.xhtml", edition).text == "自己"
    assert filled(own, "part.xhtml", edition).text == "共同"
    kicker = filled(own, "opener.xhtml", edition).find("h:p", NS)
    assert kicker is not None  # magazine's own comes before what the project says of classic
    assert kicker.text == "排版"
    assert filled(layouts.find("classic", tmp_path), "opener.xhtml", edition).text == "祖先"
    assert own.digest != plain.digest


def test_css_adds_up_parent_first(tmp_path: Path) -> None:
    write(tmp_path / "layouts", book__css="b-common {}", pdf__css="p-common {}")
    write(tmp_path / "layouts" / "mine", layout__toml='extends = "magazine"', pdf__css="p-mine {}")
    css = layouts.stylesheet(layouts.find("mine", tmp_path), "pdf")
    marks = ["What pages and screens", "magazine, on pages", "b-common"]
    marks += ["A quiet book in Song", "p-common", "p-mine"]
    assert [css.find(mark) for mark in marks] == sorted(css.find(mark) for mark in marks)
    assert -1 not in [css.find(mark) for mark in marks]
    shown = [sheet.shown for sheet in layouts.sheets(layouts.find("mine", tmp_path), "pdf")]
    assert shown[0] == "classic/book.css"
    assert shown[-1] == "mine/pdf.css"


def test_a_folder_without_layout_toml_extends_classic(tmp_path: Path, edition: Edition) -> None:
    write(tmp_path / "layouts" / "mine", part__xhtml="<p>我</p>")
    mine = layouts.find("mine", tmp_path)
    assert "mine" in layouts.names(tmp_path)
    assert filled(mine, "part.xhtml", edition).text == "我"
    assert filled(mine, "titlepage.xhtml", edition).tag == f"{{{XHTML}}}section"
    assert mine.options["page"] == "A5"


def test_options_are_merged_parent_first(tmp_path: Path) -> None:
    toml = 'extends = "magazine"\n[options]\ntoc_depth = 3\nmine = [1]\n'
    write(tmp_path / "layouts" / "mine", layout__toml=toml)
    options = layouts.find("mine", tmp_path).options
    assert (options["toc_depth"], options["page"], options["mine"]) == (3, "16开", [1])


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("title = }", "layouts/mine/layout.toml:1:9"),
        ('extend = "classic"', "did you mean 'extends'"),
        ("title = 3", "must be text"),
        ('css = "never"', "must be"),
        ("options = 1", "must be a table"),
        ('extends = "mine"', "extends itself"),
        ('extends = "clasic"', "did you mean 'classic'"),
    ],
)
def test_a_wrong_layout_toml_is_named(tmp_path: Path, toml: str, said: str) -> None:
    write(tmp_path / "layouts" / "mine", layout__toml=toml)
    with pytest.raises(UsageError, match=re.escape(said)):
        layouts.find("mine", tmp_path)


def test_a_digest_is_of_contents_alone(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for root in (one, two):
        write(root / "layouts" / "mine", pdf__css="p {}", layout__toml='extends = "classic"')
    first, second = layouts.find("mine", one), layouts.find("mine", two)
    assert first.digest == second.digest
    write(two / "layouts" / "mine", pdf__css="p { }")
    assert layouts.find("mine", two).digest != first.digest
    assert layouts.find("classic", one).digest == layouts.find("classic").digest


def test_a_plug_in_offers_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = write(tmp_path / "plugged", __init____py="", layout__toml='extends = "classic"')
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "part.xhtml").write_text("<p>外来</p>", encoding="utf-8")
    write(
        tmp_path / "plugged-1.0.dist-info",
        METADATA="Metadata-Version: 2.1\nName: plugged\nVersion: 1.0\n",
        entry_points__txt="[publish.layouts]\nforeign = plugged\n",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    found = layouts.find("foreign")
    assert "foreign" in layouts.names()
    assert layouts.render(found, "part.xhtml") == "<p>外来</p>"
    assert layouts.stylesheet(found, "pdf") == layouts.stylesheet(layouts.find("classic"), "pdf")
    sys.modules.pop("plugged", None)


# ---- ejecting


def test_an_ejected_layout_makes_the_same_book(tmp_path: Path, edition: Edition) -> None:
    for name in SHIPPED:
        before = layouts.find(name)
        files = layouts.eject(name, tmp_path)
        assert {path.name for path in files} >= {"layout.toml", "book.css", "opener.xhtml"}
        after = layouts.find(name, tmp_path)
        assert after.options == before.options
        for page in PAGES:
            both = [etree.tostring(filled(x, f"{page}.xhtml", edition)) for x in (before, after)]
            assert both[0] == both[1]
        for target in ("epub", "pdf"):
            sheets = [layouts.stylesheet(x, target) for x in (before, after)]
            assert sheets[0].split() == sheets[1].split()


def test_an_ejected_style_sheet_stands_alone(tmp_path: Path) -> None:
    layouts.eject("classic", tmp_path)
    (tmp_path / "layouts" / "classic" / "epub.css").write_text("p { margin: 0 }\n")
    css = layouts.stylesheet(layouts.find("classic", tmp_path), "epub")
    assert "text-emphasis" not in css


def test_ejecting_overwrites_nothing(tmp_path: Path) -> None:
    mine = write(tmp_path / "layouts" / "classic", part__xhtml="<p>我的</p>")
    with pytest.raises(UsageError, match=r"part\.xhtml"):
        layouts.eject("classic", tmp_path)
    assert [path.name for path in mine.iterdir()] == ["part.xhtml"]


# ---- templates


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant-TW", "ja", "en"])
def test_every_template_gives_one_element(name: str, language: str, edition: Edition) -> None:
    edition = replace(edition, language=language, converted="s2t")
    for page in PAGES:
        root = filled(layouts.find(name), f"{page}.xhtml", edition, "pdf")
        assert root.tag.startswith(f"{{{XHTML}}}")
        assert len(root.findall(".//h:h1", NS)) == (page != "closer")


def test_a_bare_edition_is_enough() -> None:
    bare = editions.plain(editions.chapter(1, "<p>字</p>", title=""), title="", date=None)
    for name in SHIPPED:
        for page in PAGES:
            root = filled(layouts.find(name), f"{page}.xhtml", bare)
            assert root.get("id") != ""
    opener = filled(layouts.find("classic"), "opener.xhtml", bare)
    assert "".join(opener.itertext()).strip() == "无题"


def test_the_opener_holds_the_title_and_its_id(edition: Edition) -> None:
    chapter = edition.chapters[0]
    heading = filled(layouts.find("classic"), "opener.xhtml", edition).find(".//h:h1", NS)
    assert heading is not None
    assert heading.get("id") == f"{chapter.id}-title"
    assert heading.text == chapter.title


def test_the_colophon_of_an_epub_links_to_every_source(edition: Edition) -> None:
    converted = replace(edition, converted="s2twp", language="zh-Hant-TW")
    root = filled(layouts.find("classic"), "colophon.xhtml", converted)
    links = [link.get("href") for link in root.iterfind(".//h:a", NS)]
    assert links == [chapter.origin for chapter in edition.chapters if chapter.origin]
    text = "".join(root.itertext())
    for fact in ("OpenCC", "s2twp", "publish", "2024年11月2日", edition.identifier, "OFL-1.1"):
        assert fact in text


def test_values_are_escaped_and_made_legal(edition: Edition) -> None:
    nasty = replace(edition, title="甲<script>&\x00\x0b\ufffe乙", publisher="\ud800丙")
    root = filled(layouts.find("classic"), "titlepage.xhtml", nasty)
    heading = root.find(".//h:h1", NS)
    assert heading is not None
    assert heading.text == "甲<script>&乙"
    assert not len(heading)


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("<p>\n{{ nothing }}</p>", 2),
        ("<p>\n\n{% if %}</p>", 3),
        ("<p>{{ 1 / 0 }}</p>", 1),
        ("<p>\n{{ ''.__class__.__mro__ }}</p>", 2),
        ("<p>", 0),
        ("<p/><p/>", 0),
        ("", 0),
    ],
)
def test_a_wrong_template_is_named_with_its_line(tmp_path: Path, template: str, line: int) -> None:
    write(tmp_path / "layouts" / "mine", part__xhtml=template)
    with pytest.raises(BackendError) as caught:
        layouts.render(layouts.find("mine", tmp_path), "part.xhtml")
    place = caught.value.findings[0].place
    assert place is not None
    assert (place.file, place.line) == ("mine/part.xhtml", line)


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match=r"nowhere\.xhtml"):
        layouts.render(layouts.find("classic"), "nowhere.xhtml")


def test_a_cover_is_drawn_without_text_elements(edition: Edition) -> None:
    palette = dict.fromkeys(("ground", "field", "ink", "accent", "paper"), "#123456")
    for name in SHIPPED:
        for lines in (["字"], ["字与纸"], ["The Elements", "of Style"], ["很长的一行"] * 8):
            drawn: list[str] = []

            def outline(text: str, *_: object, seen: list[str] = drawn, **__: object) -> str:
                seen.append(text)
                return '<path d="M0 0"/>'

            svg = layouts.render(
                layouts.find(name),
                "cover.svg",
                edition=edition,
                t=layouts.labels("zh-Hans"),
                lines=lines,
                palette=palette,
                binding="left",
                outline=outline,
                measure=lambda text, size, **_: len(text) * size,
            )
            root = etree.fromstring(svg.encode())
            assert not root.findall(".//{*}text")
            assert (root.get("width"), root.get("height")) == ("1600", "2560")
            assert [text for text in drawn if text in lines] == lines
            assert edition.subtitle in drawn


# ---- CSS


@pytest.mark.parametrize("name", SHIPPED)
def test_the_css_of_an_epub_leaves_the_page_to_the_reader(name: str) -> None:
    sheet = layouts.stylesheet(layouts.find(name), "epub", "vertical")
    assert sheet.startswith(layouts.stylesheet(layouts.find(name), "epub").rstrip())
    css = re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
    assert not re.findall(r"[;{\s](?:color|background|position)[a-z-]*\s*:", css)
    assert not re.findall(r"\d(?:px|pt)\b|var\(|--\w|display:\s*(?:flex|grid)", css)
    for family in re.findall(r"font-family:([^;}]+)", css):
        assert family.split(",")[-1].strip() in {"serif", "monospace", "sans-serif", "cursive"}
    assert re.search(r"\bp\s*\{[^}]*text-indent: 2em", css)
    assert css.count("{") == css.count("}")
