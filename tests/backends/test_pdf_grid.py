"""Body text on a grid of base lines; what is kept together over pages."""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from pathlib import Path

import baselines
import editions
import pypdfium2
import pytest
from baselines import Line
from pdfs import Made, bind, styled

from publish.backends.pdf import facts
from publish.model import Chapter
from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")

SIZE, PITCH = 10.5, 17.5
HAN = "一二三四五六七八九十百千万上下左右前后东西南北春夏秋冬天地人和"
LONG = HAN * 3  # three or four lines
CODE = '<pre class="code"><code>一行\n二行\n三行</code></pre>'
TABLE = (
    '<div class="table"><table><caption>表</caption><thead><tr><th>名</th></tr></thead><tbody>'
    + "<tr><td>值</td></tr>" * 3
    + "</tbody></table></div>"
)
MIXED = (
    f"<p>{HAN}H<sub>2</sub>O、x<sup>2</sup>，<code>pip install</code>，<strong>黑{HAN}</strong>，"
    f"<em>楷</em>，<ruby>版<rt>bǎn</rt>心<rt>xīn</rt></ruby>，Latin words {HAN}</p>"
)
MATH = (
    '<div class="math"><math xmlns="http://www.w3.org/1998/Math/MathML" display="block" '
    'alttext="a"><mfrac><mn>1</mn><mn>2</mn></mfrac></math></div>'
)
NOTE = '<a class="noteref" id="~r{0}" href="#~n{0}">[{0}]</a>'
NOTES = (
    '<section class="footnotes">'
    + "".join(
        f'<aside class="footnote" id="~n{n}"><p><a class="backlink" href="#~r{n}">[{n}]</a>'
        f" 注文{HAN}</p></aside>"
        for n in range(1, 9)
    )
    + "</section>"
)


def everything(shop: Workshop) -> Chapter:
    """All that may stand between lines and on them, in changing order."""
    tall = editions.picture(shop, 90, 150, seed=6)
    dot = editions.picture(shop, 24, 24, "PNG", 4)
    wide = [editions.picture(shop, 400, height, seed=7) for height in (133, 171, 222, 259)]
    blocks = [
        f"<h2>题{HAN[:3]}</h2>",
        f"<h2>长题{HAN[:25]}</h2><h3>小题</h3>",
        "<h3>小题</h3><h4>更小</h4>",
        f"<blockquote><p>{LONG}</p><p>引文<code>code</code></p></blockquote>",
        f"<ul><li>{HAN}{HAN[:9]}<ul><li>一之一</li></ul></li><li><p>二</p><p>又</p></li></ul>",
        f"<ol><li><p>{LONG}</p></li><li>三</li></ol>",
        '<div style="height: 5pt"></div><ol><li><p>一</p></li><li>二</li></ol>',
        "<dl><dt>天头</dt><dd>版心以上的空白。</dd></dl>",
        TABLE,
        CODE,
        *(
            f"<figure>{editions.img(one, '图')}<figcaption>图注</figcaption></figure>"
            for one in wide
        ),
        f"<p>行中{editions.img(tall, '高图')}有高图{HAN}</p>",
        f"<p>内嵌{editions.img(dot, '小图', 'inline')}小图{HAN}</p>",
        MIXED,
        f'<aside class="notice tip"><p class="notice-title">提示</p><p>{LONG}</p></aside>',
        f'<aside class="notice tip"><p class="notice-title">提示</p>{CODE}<p>又{HAN}</p></aside>',
        f'<div class="details"><p class="summary">摘要</p><p>{LONG}</p></div>',
        '<p class="verse">床前看月光，<br/>疑是地上霜。</p>',
        "<hr/>",
        MATH,
        f"<p>{LONG}{NOTE.format('{0}')}又{HAN}</p>",
    ]
    found, notes = [], 0
    for turn in range(3):
        for number in range(len(blocks)):
            block = blocks[number * (2 * turn + 1) % len(blocks)]
            if "~n" in block:
                notes += 1
                block = block.replace("{0}", str(notes))
            found.append(f"{block}<p>{HAN[: 7 + 5 * number]}。</p>")
    figures = (tall, dot, *wide)
    return editions.chapter(1, "".join(found) + NOTES, figures=figures, summary=LONG, kicker="栏目")


def text_lines(made: Made, page: str) -> list[Line]:
    """Body lines with their distance from the line that they should stand on (module's grid)."""
    head = facts.page({"page": page}).top + PITCH / 2 + 0.38 * SIZE
    return [
        Line(line.page, line.y - head, line.text)
        for line in baselines.lines(made.data, SIZE)
        if line.page >= made.front
    ]


def away(line: Line) -> float:
    """How far a line is from the grid."""
    return abs((line.y + PITCH / 2) % PITCH - PITCH / 2)


@pytest.mark.parametrize(("layout", "page"), [("classic", "A5"), ("magazine", "16开")])
def test_every_line_of_text_stands_on_the_grid(shop: Workshop, layout: str, page: str) -> None:
    edition = editions.plain(everything(shop))
    made = bind(shop, edition, layout)
    found = text_lines(made, page)
    off = [line for line in found if away(line) > baselines.WITHIN]
    assert len(found) > 150
    assert not off
    pages = {number: next(lines) for number, lines in groupby(found, key=lambda line: line.page)}
    assert len(pages) > 9
    assert min(line.y for line in pages.values()) == pytest.approx(0, abs=baselines.WITHIN)
    plain = text_lines(bind(shop, edition, layout, setting="plain"), page)
    assert sum(away(line) > baselines.WITHIN for line in plain) > len(plain) / 3


def test_a_step_that_is_none_is_reported(shop: Workshop, tmp_path: Path) -> None:
    own = styled(tmp_path, "p { --block-step: middle }")
    made = bind(shop, editions.plain(editions.chapter(1, "<p>甲</p>")), own)
    (said,) = {found.message for found in made.findings}
    assert "--block-step: middle" in said
    assert "center, end, start" in said


@pytest.mark.parametrize("page", ["A5", "大32开"])
def test_a_page_holds_as_many_lines_as_it_says(shop: Workshop, page: str) -> None:
    made = bind(shop, editions.plain(editions.chapter(1, f"<p>{HAN * 60}</p>")), page=page)
    second = [line for line in text_lines(made, page) if line.page == made.front + 1]
    assert len(second) == facts.page({"page": page}).lines


def filled(blocks: str, lines: int) -> str:
    """Blocks after every number of lines of a page, each on a page of its own."""
    return "".join(
        '<p style="break-before: page">起</p>' + "<p>行</p>" * count + blocks
        for count in range(lines)
    )


@pytest.mark.parametrize(
    ("blocks", "behind"),
    [
        ("<h2>题</h2><p>甲</p><p>乙</p>", "甲乙"),
        (f"<h2>题</h2><p>甲{LONG}乙</p>", f"甲{HAN[:25]}"),
        ("<h2>题</h2><h3>小题</h3><p>甲</p><p>乙</p>", "小题甲乙"),
        ("<h2>题</h2><ul><li>甲</li><li>乙</li><li>丙</li></ul>", "甲乙"),
        ("<h3>题</h3><ol><li><p>甲</p></li><li><p>乙</p></li></ol>", "甲乙"),
        (f"<h2>题</h2>{TABLE}", "表名值"),
        (f"<h2>题</h2>{CODE}", "一行二行"),
        (f"<dl><dt>题</dt><dd>甲{LONG}乙</dd></dl>", f"甲{HAN[:25]}"),
        ("<p>题：</p><ul><li>甲</li><li>乙</li></ul>", "甲乙"),
        ("<p>题：</p><dl><dt>甲</dt><dd>乙</dd></dl>", "甲乙"),
    ],
)
def test_headings_and_lead_ins_keep_two_lines(shop: Workshop, blocks: str, behind: str) -> None:
    made = bind(shop, editions.plain(editions.chapter(1, filled(blocks, 9))), lines=9)
    found = [page for page in made.pages if "题" in page.replace("小题", "")]
    assert len(found) == 9
    assert sum("起" not in page for page in found) > 1
    for page in found:
        assert re.sub("：", "", page[page.index("题") + 1 :]).startswith(behind), page


def test_paragraphs_are_parted_two_lines_from_their_ends(shop: Workshop) -> None:
    text = f"<p>甲{HAN * 4}乙</p>"
    made = bind(shop, editions.plain(editions.chapter(1, filled(text, 9))), lines=9)
    counts = []
    for _, lines in groupby(text_lines(made, "A5"), key=lambda line: line.page):
        counts.append(sum(len(line.text) > 1 for line in lines))
    assert sum(counts) > 9 * 4
    assert 1 not in counts


def on_first(made: Made, size: float = SIZE) -> list[float]:
    """Base lines of a size on a book's page 1, from its top edge."""
    return [line.y for line in baselines.lines(made.data, size) if line.page == made.front]


def picture_edges(made: Made) -> tuple[float, float]:
    """The edges of the only picture of a book, from the head of its page."""
    with pypdfium2.PdfDocument(made.data) as document:
        page = document[made.front]
        (found,) = page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,), max_depth=4)
        _, lower, _, upper = found.get_bounds()
        return page.get_height() - upper, page.get_height() - lower


def test_air_over_and_under_a_picture_is_the_same(shop: Workshop) -> None:
    for height in (101, 118, 133):
        figure = editions.picture(shop, 200, height, seed=8)
        blocks = f"<p>上</p><figure>{editions.img(figure, '图')}</figure><p>下</p>"
        made = bind(shop, editions.plain(editions.chapter(1, blocks, figures=(figure,))))
        above, below = on_first(made)
        top, bottom = picture_edges(made)
        assert bottom - top == pytest.approx(height * 0.75, abs=0.1)
        over, under = top - above - 0.12 * SIZE, below - 0.88 * SIZE - bottom
        assert over == pytest.approx(under, abs=0.1)
        assert 0.75 * PITCH < over < 1.5 * PITCH


def test_what_is_higher_than_a_line_takes_whole_lines(shop: Workshop) -> None:
    tall = editions.picture(shop, 90, 150, seed=6)
    blocks = f"<p>一</p><p>二{editions.img(tall, '高图')}</p><p>三</p>"
    made = bind(shop, editions.plain(editions.chapter(1, blocks, figures=(tall,))))
    first, _, third = on_first(made)
    top, bottom = picture_edges(made)
    assert first < top < bottom < third
    assert third - first == pytest.approx(round((third - first) / PITCH) * PITCH, abs=0.1)


def test_other_faces_and_sizes_do_not_make_a_line_higher(shop: Workshop) -> None:
    made = bind(shop, editions.plain(editions.chapter(1, MIXED * 3)))
    found = on_first(made)
    assert len(found) > 9
    assert [b - a for a, b in pairwise(found)] == pytest.approx([PITCH] * (len(found) - 1), abs=0.1)


@pytest.mark.parametrize("layout", ["classic", "magazine"])
def test_a_heading_stands_nearer_to_what_follows(shop: Workshop, layout: str) -> None:
    blocks = "<p>一</p><h2>题</h2><p>二</p><h3>题</h3><p>三</p>"
    made = bind(shop, editions.plain(editions.chapter(1, blocks)), layout)
    size = 12 if layout == "classic" else 13
    one, two, sub, three = on_first(made)
    (heading,) = on_first(made, size)
    assert heading - one > two - heading > PITCH
    assert two - one == pytest.approx(4 * PITCH, abs=0.1)  # the heading takes three lines
    assert (sub - two, three - sub) == pytest.approx((2 * PITCH, PITCH), abs=0.1)


def test_latin_and_marks_are_of_the_chinese_face(shop: Workshop) -> None:
    blocks = "<p>中“甲”——乙……丙·丁Latin 123</p><p><strong>粗“甲”Bold 12</strong></p>"
    made = bind(shop, editions.plain(editions.chapter(1, blocks)))
    with made.open() as pdf:
        faces = pdf.pages[made.front].resources.Font
        names = {str(face.BaseFont).split("+")[1] for face in faces.values()}
    roles = {re.sub(r"-x[0-9a-f]+", "", name) for name in names}
    regular = {name for name in roles if not name.endswith("-Bold")}
    assert len(regular) == 1  # and the folio
    assert len(roles - regular) == 2  # the title's 宋 and the 黑 of strong, both real
