"""What happens to a chapter's tree before pages are set."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.backends.pdf import faces, lines, notes
from publish.backends.pdf.faces import Text
from publish.backends.pdf.facts import Page, page, page_size
from publish.backends.pdf.trees import Element, make, read, remove
from publish.model import EPUB, XHTML


def tree(blocks: str) -> Element:
    return read(f'<section xmlns="{XHTML}" xmlns:epub="{EPUB}">{blocks}</section>')


def text(root: Element) -> str:
    return "".join(root.itertext())


# ---- pages


@pytest.mark.parametrize(
    ("name", "width", "height"),
    [
        ("A5", 148, 210),
        ("大32开", 140, 203),
        ("16開", 170, 240),
        ("小16开", 185, 260),
        ("32开", 130, 184),
        ("B5", 176, 250),
        ("b6", 125, 176),
        ("148x210mm", 148, 210),
        ("14.8cm × 21cm", 148, 210),
        ("6x9", 152.4, 228.6),
        ("Letter", 215.9, 279.4),
        ("400pt x 600pt", 141.1, 211.7),
    ],
)
def test_sizes_by_name(name: str, width: float, height: float) -> None:
    assert page_size(name) == pytest.approx((width * 72 / 25.4, height * 72 / 25.4), abs=0.2)


def check(found: Page) -> None:
    assert found.inner + found.outer + found.text_width == pytest.approx(found.width)
    assert found.top + found.bottom + found.text_height == pytest.approx(found.height)
    assert 0 <= found.inner <= found.outer
    assert 0 <= found.top <= found.bottom


def test_a5_is_28_by_26() -> None:
    found = page({})
    assert (found.measure, found.lines) == (28, 26)
    assert found.inner < found.top < found.outer < found.bottom
    check(found)


@given(st.floats(150, 1200), st.floats(150, 1600), st.floats(6, 16))
def test_every_type_area_is_whole_characters_by_whole_lines(
    width: float, height: float, size: float
) -> None:
    check(page({"page": f"{width:.2f}pt x {height:.2f}pt", "size": round(size, 1)}))


# ---- notes


def note(number: int, body: str) -> str:
    return (
        f'<aside class="footnote" id="fn{number}"><p><a class="backlink" href="#fnref{number}">'
        f"[{number}]</a> {body}</p></aside>"
    )


def call(number: int, again: str = "") -> str:
    return f'<a class="noteref" id="fnref{number}{again}" href="#fn{number}">[{number}]</a>'


def test_notes_go_to_their_first_call() -> None:
    root = tree(
        f"<p>甲{call(1)}乙{call(2)}丙{call(1, '-2')}丁</p>"
        f'<section class="footnotes">{note(1, "一")}{note(2, "二")}</section>'
    )
    notes.to_calls(root)
    floats = [element for element in root.iter("div") if element.get("class") == "footnote"]
    assert [(f.get("id"), f.get("data-number"), text(f)) for f in floats] == [
        ("fn1", "1", "一"),
        ("fn2", "2", "二"),
    ]
    assert text(root) == "甲一乙二丙1丁"
    assert root.find(".//section") is None
    again = root.find(".//a")
    assert again is not None
    assert again.get("href") == "#fn1"


def test_a_note_nobody_calls_stays() -> None:
    root = tree(f'<p>甲{call(9)}</p><section class="footnotes">{note(1, "一")}</section>')
    notes.to_calls(root)
    assert text(root).replace(" ", "") == "甲[9][1]一"


@given(st.lists(st.integers(1, 6), max_size=12))
def test_no_note_is_lost_or_doubled(calls: list[int]) -> None:
    root = tree(
        "<p>" + "".join(map(call, calls)) + '</p><section class="footnotes">'
        + "".join(note(n, f"文{n}终") for n in range(1, 7))
        + "</section>"
    )  # fmt: skip
    notes.to_calls(root)
    for number in range(1, 7):
        assert text(root).count(f"文{number}终") == 1


# ---- code


WORDS = st.text(st.sampled_from("ab字 \n\t<"), max_size=12)


@st.composite
def code(draw: st.DrawFn) -> Element:
    holder = make("code", draw(WORDS))
    for _ in range(draw(st.integers(0, 4))):
        span = ET.SubElement(holder, "span", {"class": "k"})
        span.text, span.tail = draw(WORDS), draw(WORDS)
        if draw(st.booleans()):
            inner = ET.SubElement(span, "em")
            inner.text, inner.tail = draw(WORDS), draw(WORDS)
    return holder


@given(code())
def test_code_by_lines_keeps_every_character(holder: Element) -> None:
    before = text(holder)
    pre = make("pre")
    pre.append(holder)
    root = make("section")
    root.append(pre)
    lines.prepare(root, page({}))
    found = [text(line).replace("\u200b", "") for line in pre[0]]
    wanted = before.split("\n")
    while len(wanted) > 1 and not wanted[-1]:
        wanted.pop()
    assert found == wanted
    assert all("line" in line.get("class", "").split() for line in pre[0])


@pytest.mark.parametrize(
    ("count", "short", "first", "last"), [(2, True, 2, 0), (10, True, 2, 2), (30, False, 2, 2)]
)
def test_ends_of_code_stay_together(count: int, short: bool, first: int, last: int) -> None:
    root = make("section")
    root.append(make("pre", "\n".join(map(str, range(count)))))
    lines.prepare(root, page({}))
    names = [line.get("class", "").split()[1:] for line in root[0]]
    assert (root[0].get("data-short") is not None) == short
    assert names[:first] == [["first"]] * first
    assert names.count(["first"]) == first
    assert names[len(names) - last :] == [["last"]] * last
    assert names.count(["last"]) == last


@pytest.mark.parametrize(("rows", "short"), [(10, True), (11, False)])
def test_a_small_table_is_not_parted(rows: int, short: bool) -> None:
    holder = make("div", class_="table")
    table = ET.SubElement(holder, "table")
    for _ in range(rows):
        ET.SubElement(ET.SubElement(table, "tr"), "td").text = "字"
    root = make("section")
    root.append(holder)
    lines.prepare(root, page({}))
    assert (holder.get("data-short") is not None) == short


# ---- text


@given(st.text(st.sampled_from("ab/=?.字 。\n"), max_size=600))
def test_loosened_text_is_the_same_but_for_breaks(words: str) -> None:
    root = make("p", words)
    lines.settle(root)
    assert text(root).replace("\u200b", "") == words


def test_lines_may_break_outside_chinese_quotes() -> None:
    root = make("p", "他说“好”“行”，然后《“字”》——don’t “x” y“z”。")
    lines.settle(root)
    assert text(root) == "他说\u200b“好”\u200b“行”，然后《“字”》——don’t “x” y“z”。"
    code = make("code", "他说“好”了")
    lines.settle(code)
    assert text(code) == "他说“好”了"


def test_words_of_a_table_stay_whole_where_there_is_room() -> None:
    area = page({})
    for words, kept in (("U+20BB7", True), ("pneumonoultramicroscopicsilico", False)):
        root = tree(f"<table><tr><td>字</td><td>{words}</td><td>{words}</td></tr></table>")
        lines.prepare(root, area)
        assert ("data-words" in root[0].attrib) == kept


def test_no_word_stays_endless() -> None:
    root = make("p", "a" * 5000)
    lines.settle(root)
    assert max(map(len, text(root).split("\u200b"))) <= 30


def test_addresses_may_break_after_their_marks() -> None:
    address = "https://example.org/a-long-path/with?query=and&more=of#it"
    assert lines.breakable(f"见 {address} 。").replace("\u200b", "") == f"见 {address} 。"
    assert "/\u200bwith" in lines.breakable(address)
    assert lines.breakable("a/b") == "a/b"


def test_each_base_has_a_ruby_of_its_own() -> None:
    root = tree("<p>前<ruby>版<rp>(</rp><rt>bǎn</rt><rp>)</rp>心<rt>xīn</rt></ruby>后</p>")
    lines.prepare(root, page({}))
    rubies = list(root.iter("ruby"))
    assert [ruby.text for ruby in rubies] == ["版", "心"]
    assert [text(ruby) for ruby in rubies] == ["版bǎn", "心xīn"]
    assert text(root) == "前版bǎn心xīn后"


def test_pictures_are_never_larger_than_their_pixels_measure_or_page() -> None:
    area = page({})
    for width, height in ((100, 50), (5000, 100), (800, 8000)):
        root = tree(
            f'<figure><img src="figures/a" alt="" width="{width}" height="{height}"/></figure>'
        )
        lines.prepare(root, area)
        image = root.find(".//img")
        assert image is not None
        wide = float(image.get("style", "").split(":")[1].removesuffix("pt"))
        assert wide <= min(width * 0.75, area.text_width) + 0.01
        assert wide * height / width <= area.text_height * 0.7 + 0.1


# ---- trees and faces


def test_names_are_plain_and_attributes_of_epub_are_gone() -> None:
    root = tree('<p epub:type="x" role="y" xml:lang="en" lang="en" id="z">字</p>')
    assert root.tag == "section"
    assert root[0].attrib == {"lang": "en", "id": "z"}


def test_removing_keeps_the_text_after() -> None:
    root = tree("<p>甲<b>乙</b>丙<i>丁</i>戊</p>")[0]
    for child in list(root):
        remove(root, child)
    assert text(root) == "甲丙戊"


def test_the_demand_knows_languages_and_roles() -> None:
    root = tree('<h2>标</h2><p>甲<code>x</code><em>强</em><span lang="ja">か</span></p>')
    wanted = faces.demand([Text("a.md", root, "zh-Hans")], more="※")
    assert {"标", "甲", "x", "强", "※", "〓"} <= wanted["zh-Hans", "song", "normal"]
    assert "か" not in wanted["zh-Hans", "song", "normal"]
    assert "か" in wanted["ja", "song", "normal"]
    assert wanted["zh-Hans", "mono", "normal"] == {"x"}
    assert "强" in wanted["zh-Hans", "kai", "normal"]
    assert "标" in wanted["zh-Hans", "hei", "bold"]
    assert "甲" not in wanted["zh-Hans", "hei", "bold"]
