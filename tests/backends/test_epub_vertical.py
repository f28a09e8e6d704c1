"""Books in columns: what stands upright, what lies across, pictures that leave room, the spine."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from pathlib import Path

import pytest
from editions import ONE, chapter, img, picture, plain, rich, workshop
from epubcheck import check_books
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from publish import layouts
from publish.backends.epub import EpubBackend, vertical
from publish.model import MATHML, VERTICAL, XHTML, Edition
from publish.workshop import Workshop

NS = {"h": XHTML, "o": "http://www.idpf.org/2007/opf"}


def bound(edition: Edition, shop: Workshop, layout: str = "classic") -> zipfile.ZipFile:
    out = io.BytesIO()
    EpubBackend().bind(edition, layouts.find(layout), shop, out, {})
    return zipfile.ZipFile(out)


def turned(edition: Edition) -> Edition:
    return dataclasses.replace(edition, writing=VERTICAL)


def settled(inside: str, language: str = "zh-Hans") -> etree._Element:
    """Return a section after settling; its text stays what it was."""
    root = etree.fromstring(f'<section xmlns="{XHTML}" lang="{language}">{inside}</section>')
    before = "".join(root.itertext())
    vertical.settle(root)
    assert "".join(root.itertext()) == before
    return root


def standing(inside: str, language: str = "zh-Hans") -> list[str]:
    """Return what stands upright in a paragraph."""
    root = settled(f"<p>{inside}</p>", language)
    return [str(text) for text in root.xpath("//h:span[@class='tcy']/text()", namespaces=NS)]


# ---- what stands upright


@pytest.mark.parametrize(
    ("inside", "upright"),
    [
        ("2024年3月12日", ["3", "12"]),
        ("第12章，第 8 节。", ["12", "8"]),
        ("十分之7——约70", ["7", "70"]),
        ("A股、T恤、X", ["A", "T", "X"]),
        ("真的!?不会!!", ["!?", "!!"]),
        ("气温20℃", ["20"]),
        ("见<a href='#x'>12</a>页", ["12"]),
        ("1<em>2</em>", []),  # one number in two elements
        ("<em>12</em>3", []),
        ("甲<b>乙</b>15日", ["15"]),
        ("100、3.5、20:30、5%、-1、1/2、1,000", []),
        ("用 Python 3 写，3 GB，iPhone 15 Pro", []),
        ("A4 与 H2O，x!，b&amp;c", []),
        ("<code>x</code>3，<code>12</code>，H<sub>2</sub>，x<sup>2</sup>", []),
        ("<ruby>12<rt>shí’èr</rt></ruby>", []),
        ("<a role='doc-noteref' href='#n'>12</a>", []),
        ("<span lang='en'>the</span> 3，<span lang='en'>12 men</span>", []),
        ("<span lang='en'>the</span>，3", ["3"]),
        ("１２与①", []),  # these stand by themselves
    ],
)
def test_short_numbers_and_single_letters_stand_upright(inside: str, upright: list[str]) -> None:
    assert standing(inside) == upright


def test_nothing_stands_up_in_another_language_or_across_the_column() -> None:
    assert standing("at 12 or 3", "en") == []
    root = settled(
        '<div class="table"><table><tr><td>12</td></tr></table></div><pre><code>12</code></pre>'
        f'<div class="math"><math xmlns="{MATHML}"><mn>12</mn></math></div><p>12</p>'
    )
    assert len(root.xpath("//*[@class='tcy']")) == 1
    assert len(root.xpath("//*[contains(@class, 'across')]")) == 3


INLINE = st.recursive(
    st.text(st.sampled_from("中文，0123 AbC!?.%-。"), max_size=8),
    lambda inner: st.lists(
        st.tuples(st.sampled_from(["em", "code", "a", "span", "ruby", "sup"]), inner)
    ).map(lambda found: "".join(f"<{tag}>{text}</{tag}>中7" for tag, text in found)),
    max_leaves=12,
)


@settings(deadline=None)
@given(INLINE)
def test_no_text_is_lost_and_no_space_added(inside: str) -> None:
    for text in standing(inside):
        assert re.fullmatch(r"\d{1,2}|[A-Za-z]|[!?]{2}", text)


# ---- what lies across


def code(lines: int, width: int = 10) -> str:
    rows = "\n".join(f'<span class="k">{"x" * width}</span>' for _ in range(lines))
    return f'<pre class="code" id="p"><code>{rows}\n</code></pre>'


def test_code_lies_across_in_blocks_that_fit_a_page() -> None:
    assert settled(code(12))[0].get("class") == "code across"
    blocks = list(settled(code(50)))
    assert [block.get("class") for block in blocks] == ["code across"] * 3
    assert [block.get("id") for block in blocks] == ["p", None, None]
    heights = ["".join(block.itertext()).count("\n") for block in blocks]
    assert heights == [17, 17, 16]
    assert all(
        len(block.xpath(".//*[@class='k']")) == h for block, h in zip(blocks, heights, strict=True)
    )
    assert [block.get("class") for block in settled(code(1, 2000))] == ["code"]


def test_a_span_over_lines_is_in_both_blocks() -> None:
    comment = "\n".join(f"line {n}" for n in range(30))
    first, second = settled(f'<pre>a\n<span class="c">{comment}</span> = <b>1</b></pre>')
    assert first.xpath("string(h:span)", namespaces=NS).startswith("line 0")
    assert second.xpath("string(h:span[@class='c'])", namespaces=NS).endswith("line 29")
    assert second.xpath("string(h:b)", namespaces=NS) == "1"
    assert first.find(f"{{{XHTML}}}b") is None


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from("ab 中\t"), max_size=60), max_size=80))
def test_parted_code_has_every_line(lines: list[str]) -> None:
    half = len(lines) // 2
    inside = "\n".join(lines[:half]) + "<i>" + "\n".join(lines[half:]) + "</i>"
    settled(f"<pre><code>{inside}</code></pre><p>后</p>")


def table(rows: int, text: str) -> str:
    row = f"<tr><td>{text}</td><td>甲</td></tr>"
    return f'<div class="table"><table><tbody>{row * rows}</tbody></table></div>'


def test_a_table_lies_across_only_if_it_fits() -> None:
    assert settled(table(8, "五号"))[0].get("class") == "table across"
    assert settled(table(40, "五号"))[0].get("class") == "table"
    assert settled(table(8, "字" * 60))[0].get("class") == "table"


def test_a_long_formula_of_a_line_has_its_own() -> None:
    sum_ = "".join("<mi>a</mi><mo>+</mo>" for _ in range(12))
    short, long = (
        f'<math xmlns="{MATHML}" display="inline"><mrow>{inside}</mrow></math>'
        for inside in ("<mi>a</mi>", sum_)
    )
    root = settled(f"<p>甲{short}乙{long}丙</p>")
    assert root.xpath("//@display") == ["inline", "block"]


# ---- pictures


def height_of(width: int, height: int, caption: str = "") -> tuple[float, str]:
    told = f"<figcaption>{caption}</figcaption>" if caption else ""
    root = settled(f'<figure><img width="{width}" height="{height}"/>{told}</figure>')
    style = str(root.xpath("string(//h:img/@style)", namespaces=NS))
    found = re.match(r"height:([\d.]+)em", style)
    assert found, style
    return float(found[1]), style


@pytest.mark.parametrize("shape", [(2400, 1200), (1000, 1000), (900, 2400), (40, 30), (4000, 200)])
def test_a_picture_leaves_room_for_its_caption_on_a_small_page(shape: tuple[int, int]) -> None:
    width, height = shape
    bare, _ = height_of(*shape)
    told, style = height_of(*shape, "图注" * 30)
    for high in (bare, told):
        assert 0 < high <= min(26, height / 16) + 0.01  # of the page, and of its own pixels
        assert high * width / height <= vertical.WIDTH
    columns = 2
    assert told * width / height <= vertical.WIDTH - 1.25 * columns
    assert style.endswith("width:auto")


def test_a_picture_in_a_line_or_a_cell_keeps_its_size() -> None:
    inline = '<p>甲<img class="inline" width="900" height="900"/></p>'
    cell = '<div class="table"><table><tr><td><img width="9" height="9"/></td></tr></table></div>'
    assert settled(inline + cell).xpath("//h:img/@style", namespaces=NS) == []


# ---- the book


def test_the_spine_goes_left_exactly_when_the_style_sheet_is_vertical(shop: Workshop) -> None:
    for edition, wanted in ((rich(shop), False), (turned(rich(shop)), True)):
        book = bound(edition, shop)
        package = etree.fromstring(book.read("EPUB/content.opf"))
        [spine] = package.iterfind("o:spine", NS)
        assert (spine.get("page-progression-direction") == "rtl") is wanted
        modes = package.xpath("//o:meta[@name='primary-writing-mode']/@content", namespaces=NS)
        assert modes == (["vertical-rl"] if wanted else [])
        css = book.read("EPUB/styles/book.css").decode()
        rule = r"^html \{ -webkit-writing-mode: vertical-rl; writing-mode: vertical-rl; \}$"
        assert bool(re.search(rule, css, re.MULTILINE)) is wanted
        assert ("text-combine-upright" in css) is wanted
        assert (b"tcy" in b"".join(map(book.read, book.namelist()))) is wanted


@pytest.mark.parametrize("layout", ["classic", "magazine"])
def test_columns_have_their_style_sheet_last(shop: Workshop, layout: str) -> None:
    lines, columns = (
        bound(one, shop, layout).read("EPUB/styles/book.css").decode()
        for one in (rich(shop), turned(rich(shop)))
    )
    own = Path(layouts.find(layout).folders[0], "vertical.css").read_text("utf-8").strip()
    assert columns.endswith(f"{own}\n")
    assert own not in lines
    start = lines.index("/* What pages and screens")
    assert lines[:start] in columns
    assert lines[start:].strip() in columns


def test_the_text_is_that_of_the_horizontal_book(shop: Workshop) -> None:
    lines, columns = bound(rich(shop), shop), bound(turned(rich(shop)), shop)
    assert lines.namelist() == columns.namelist()
    for name in lines.namelist():
        if name.endswith((".xhtml", ".ncx")):
            before, after = (
                "".join(etree.fromstring(book.read(name)).itertext()) for book in (lines, columns)
            )
            assert after == before, name


def test_notes_are_text_alone_and_navigation_reads_as_before(shop: Workshop) -> None:
    note = '<a class="noteref" role="doc-noteref" id="~r1" href="#~n1">12</a>'
    one = chapter(1, f"<p>甲{note}</p><p id='~n1'>12</p>", title="第12章")
    book = bound(turned(plain(one)), shop)
    root = etree.fromstring(book.read(f"EPUB/text/{one.id}.xhtml"))
    assert root.xpath("//h:a[@role='doc-noteref']/*", namespaces=NS) == []
    assert root.xpath("string(//h:h1/h:span[@class='tcy'])", namespaces=NS) == "12"
    nav = etree.fromstring(book.read("EPUB/nav.xhtml"))
    assert nav.xpath("string(//h:nav[1]//h:a)", namespaces=NS) == "第12章"
    assert root.xpath("string(//h:title)", namespaces=NS) == "第12章"


@pytest.mark.slow
def test_epubcheck_has_nothing_to_say(tmp_path: Path) -> None:
    shop = workshop(tmp_path)
    wide = picture(shop, 2400, 1200)
    figure = f"<figure class='figure'>{img(wide, '图')}<figcaption>图注12</figcaption></figure>"
    more = plain(chapter(1, figure + code(60) + table(3, "五号"), figures=(wide,)))
    made = []
    for name, edition, layout in (
        ("classic", rich(shop), "classic"),
        ("magazine", rich(shop), "magazine"),
        ("more", more, "classic"),
    ):
        path = tmp_path / f"{name}.epub"
        with path.open("wb") as out:
            EpubBackend().bind(turned(edition), layouts.find(layout), shop, out, {})
        made.append(path)
    for report in check_books(made):
        assert report.clean, report
    assert ONE in str(zipfile.ZipFile(made[0]).namelist())
