"""Chinese paragraphs composed by our own rules in the engine's pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import editions
import pikepdf
import pypdfium2
import pytest
import weasyprint
from pdfs import Made, bind, styled
from test_pdf_structure import marked
from weasyprint.formatting_structure import boxes

from publish import lines
from publish.backends.pdf import composer, hooks
from publish.backends.pdf.shaper import Shaper, Sort
from publish.diagnostics import UsageError
from publish.model import Chapter
from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")

MIXED = (
    "<p>他说：“深度求索（DeepSeek）的 R1 模型（‘推理’）很好！”于是大家都用 5 GB 的内存，涨了50％——"
    "真的……吗？参见 https://example.org/some/long/path/index.html?query=1&amp;b=2 一文。</p>"
    "<p>阿加莎·克里斯蒂<em>强调</em>《<strong>东方快车谋杀案</strong>》，运行"
    "<code>pip install</code>命令，得到R1大模型的结果；H<sub>2</sub>O和x<sup>2</sup>。"
    "再看“Let’s go”与《书》，（注）。</p>"
)
HAN = "一二三四五六七八九十百千万上下左右前后东西南北春夏秋冬天地人和"


def chapter(blocks: str, **more: object) -> Chapter:
    return editions.chapter(1, blocks, **more)


def composed(shop: Workshop, blocks: str, **more: object) -> Made:
    return bind(shop, editions.plain(chapter(blocks)), setting="composed", **more)


@pytest.fixture(scope="module")
def mixed(shop: Workshop) -> Made:
    return composed(shop, MIXED * 12)


@pytest.fixture(scope="module")
def rich(shop: Workshop) -> Made:
    return bind(shop, editions.rich(shop), setting="composed")


def body(made: Made) -> str:
    """The text of a book's chapters, without heads and folios."""
    return re.sub(r"小书\d+|第1篇\d+", "", "".join(made.pages[made.front :]))


def edges(made: Made) -> list[float]:
    """Where the ink of every line of a book's first page ends, in points."""
    with pypdfium2.PdfDocument(made.data) as document:
        picture = document[made.front].render(scale=4).to_pil().convert("L")
    ink = picture.point(lambda shade: 255 * (shade < 128))
    found: list[float] = []
    top = 0
    for row in range(picture.height):
        box = ink.crop((0, row, picture.width, row + 1)).getbbox()
        if not box and top < row:
            right = ink.crop((0, top, picture.width, row)).getbbox()
            found += [right[2] / 4] if right else []
        if not box:
            top = row + 1
    return found


def arrays(made: Made) -> Iterator[list[object]]:
    """The operands of all operators that show text with adjustments."""
    with made.open() as pdf:
        for page in pdf.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "TJ":
                    yield list(operands[0])  # type: ignore[call-overload]


def test_the_text_is_the_same_as_if_set_plainly(shop: Workshop, rich: Made) -> None:
    plain = bind(shop, editions.rich(shop), setting="plain")
    assert not rich.codes
    assert rich.data != plain.data
    assert sorted(rich.text.replace("…", "")) == sorted(plain.text.replace("…", ""))
    assert rich.text.count("…") < plain.text.count("…"), "leaders say nothing"
    assert body(rich)[:60] == body(plain)[:60]


def test_no_gap_is_read_as_a_space(mixed: Made) -> None:
    with pypdfium2.PdfDocument(mixed.data) as document:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
        page = document[mixed.front].get_textpage()
        for words in ("得到R1大模型", "运行pip", "涨了50％", "强调《东方", "install命令"):
            assert page.search(words).get_next(), words
    joined = re.sub(r"\s*\n\s*", "", text)
    assert "运行pip install命令，得到R1大模型的结果；H2O和x2。" in joined
    assert not re.search(r"[一-鿿，。（）] +[一-鿿，。（）]", joined.replace("一文", ""))


def test_words_are_found_across_gaps_elements_and_line_ends(shop: Workshop) -> None:
    marked_up = (
        "得到R1大模型",
        "得到<em>R1</em>大模型",
        '得到<a href="https://example.org">R1</a>大模型',
        "得到<code>R1</code>大模型",
        "得<strong>到R1大</strong>模型",
        "得\u200c到R\u200e1大\u2060模型",
    )
    before = range(18, 26)  # characters: the words begin on the first line and go on below
    blocks = "".join(f"<p>{HAN[:n]}{words}的结果。</p>" for words in marked_up for n in before)
    made = composed(shop, blocks)
    found = 0
    with pypdfium2.PdfDocument(made.data) as document:
        texts = [page.get_textpage() for page in document]
        for text in texts:
            search = text.search("得到R1大模型")
            while search.get_next():
                found += 1
        rows = "\n".join(text.get_text_bounded() for text in texts).splitlines()
    assert found == len(marked_up) * len(before)
    for end in ("得", "得到", "得到R1", "得到R1大", "得到R1大模"):
        assert any(row.strip().endswith(end) for row in rows), end


def test_every_content_stream_can_be_read(mixed: Made, rich: Made) -> None:
    found = [*arrays(mixed), *arrays(rich)]
    assert found
    for operands in found:
        numbers = [not isinstance(item, pikepdf.String) for item in operands]
        assert not any(a and b for a, b in pairwise(numbers)), operands
    assert any(len(operands) > 4 for operands in found)


def test_all_text_is_tagged_once(mixed: Made, rich: Made) -> None:
    for made in (mixed, rich):
        with made.open() as pdf:
            for page in pdf.pages:
                ids, loose = marked(page)
                assert not loose
                assert ids == set(range(len(ids)))


def test_lines_are_flush(shop: Workshop) -> None:
    blocks = "<p>" + "".join(f"{HAN[:place]}R{place}" for place in range(5, 30)) + "</p>"
    made = {
        setting: edges(bind(shop, editions.plain(chapter(blocks)), setting=setting))
        for setting in ("composed", "plain")
    }
    spread = {setting: max(ends[2:10]) - min(ends[2:10]) for setting, ends in made.items()}
    assert spread["composed"] < 1.5, "points: blanks beside the ink of a character"
    assert spread["plain"] > 3


def test_a_line_holds_as_many_han_as_its_measure(shop: Workshop) -> None:
    made = composed(shop, f"<p>{HAN * 6}</p>")
    with pypdfium2.PdfDocument(made.data) as document:
        text = document[made.front].get_textpage().get_text_bounded()
    rows = [row for row in text.split() if len(row) > 20]
    assert [len(row) for row in rows[:4]] == [26, 28, 28, 28], "a measure of 28 em"


def test_what_is_beside_a_float_is_set_once(shop: Workshop, tmp_path: Path) -> None:
    own = styled(tmp_path, "p.box { float: left; width: 8em; height: 40em; margin: 0 1em 0 0 }")
    marks = "".join(chr(0x4E00 + number) for number in range(400) if number not in (0x66, 0x8B))
    words = "".join(f"“{mark}”说完了。" for mark in marks)
    blocks = f'<p class="box">旁边</p><p>{words}</p>'
    made = bind(shop, editions.plain(chapter(blocks)), own, setting="composed")
    assert "".join(re.findall("“(.)”", body(made))) == marks


def test_pages_notes_and_paragraphs_lose_nothing(shop: Workshop) -> None:
    blocks = "".join(
        f"<p>第{number}段{HAN}，<em>{HAN[: number % 30]}</em>“{HAN}”，R{number}完。</p>"
        for number in range(80)
    )
    made = composed(shop, blocks)
    text = body(made)
    assert [int(found) for found in re.findall(r"第(\d+)段", text)] == list(range(80))
    assert [int(found) for found in re.findall(r"R(\d+)完", text)] == list(range(80))
    assert text.count(HAN) == 160


@pytest.mark.parametrize(
    "text",
    [
        "עברית",
        "e\u0301tude",
        "长<span style='letter-spacing:.2em'>长</span>",
        "co\u00adop",
    ],
)
def test_what_is_not_ours_is_set_by_the_engine(shop: Workshop, text: str) -> None:
    made = composed(shop, f"<p>前面的汉字{text}后面的汉字</p>")
    plain = bind(
        shop,
        editions.plain(chapter(f"<p>前面的汉字{text}后面的汉字</p>")),
        setting="plain",
    )
    assert sorted(made.pages[made.front]) == sorted(plain.pages[plain.front])


def test_lines_end_where_the_author_wants(shop: Workshop) -> None:
    made = composed(shop, f"<p>{HAN}<br/>{HAN}。<br/><br/>　　完。</p>")
    with pypdfium2.PdfDocument(made.data) as document:
        page = document[made.front].get_textpage()
        text = page.get_text_range()
        rows = text.split("\r\n")[1:6]
        feet = [page.get_charbox(text.index(row) + 2, loose=True)[1] for row in rows]
    assert [len(row) for row in rows] == [26, 5, 28, 4, 4]
    steps = [round((above - below) / 17.5) for above, below in pairwise(feet)]
    assert steps == [1, 1, 1, 2], "one line is empty"


def test_cells_as_wide_as_their_text_stay_on_one_line(shop: Workshop) -> None:
    table = "<table><tr><td>用R1和V3做的</td><td>B</td></tr><tr><td>甲</td><td>丙</td></tr></table>"
    made = composed(shop, f"<p>{HAN}</p><div class='table'>{table}</div>")
    with pypdfium2.PdfDocument(made.data) as document:
        text = document[made.front].get_textpage().get_text_bounded()
    assert "用R1和V3做的" in text, "in one line"


def test_a_paragraph_gives_no_gaps_away_to_be_one_line(shop: Workshop) -> None:
    made = composed(shop, f"<p>{HAN[:20]}R1大V3模型。</p>")
    with pypdfium2.PdfDocument(made.data) as document:
        rows = document[made.front].get_textpage().get_text_range().split("\r\n")
    assert f"{HAN[:20]}R1大V3模型。" not in rows, "as long as the measure without gaps"
    assert any(row.endswith("型。") and len(row) < 20 for row in rows)


def test_sorts_do_not_depend_on_what_was_shaped_before() -> None:
    page = weasyprint.HTML(string='<p lang="zh-Hans">字').render().pages[0]
    everything = page._page_box.descendants()
    (style,) = (box.style for box in everything if isinstance(box, boxes.TextBox))
    tokens = lines.tokenise([lines.Run("他说，“don’t”——R1……")])
    shapers = Shaper(), Shaper()
    shapers[0].shape(tokens[3:], shapers[0].fount(style).case)
    one, two = (shaper.shape(tokens, shaper.fount(style).case) for shaper in shapers)
    assert len(one) == len(tokens)
    assert [describe(sort) for sort in one] == [describe(sort) for sort in two]


def describe(sort: Sort) -> tuple[object, ...]:
    """All of a sort but where its font lies in memory."""
    return sort.width, sort.sound, tuple((g.number, g.at, g.text) for g in sort.glyphs)


def test_the_engine_sets_lines_when_it_is_not_the_one_we_know(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert composer.moved() == ""
    monkeypatch.setattr(hooks, "MAJOR", "1.")
    assert composer.moved().startswith("WeasyPrint ")
    made = composed(shop, "<p>照常排出来。</p>")
    assert made.codes.count("lines-plain") == 1
    assert "照常排出来" in made.text


def test_the_engine_is_left_as_it_was(mixed: Made) -> None:
    from weasyprint.draw import text
    from weasyprint.layout import block, inline

    assert mixed.pages
    assert block.iter_line_boxes is inline.iter_line_boxes
    assert text.draw_first_line.__module__ == "weasyprint.draw.text"


def test_the_setting_must_be_known(shop: Workshop) -> None:
    with pytest.raises(UsageError, match="setting"):
        bind(shop, editions.plain(chapter("<p>字</p>")), setting="composd")
