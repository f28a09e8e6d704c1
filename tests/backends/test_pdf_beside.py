"""What stands beside composed text: emphasis dots, lines under names, readings, notes in lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ctypes import byref, c_double
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import editions
import pypdfium2
import pytest
from pdfs import Made, bind, clean
from PIL import Image
from pypdfium2 import raw
from test_pdf_composer import body
from test_pdf_structure import marked

from publish.diagnostics import UsageError
from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")

SCALE = 10  # pixels in a point
EM, PITCH = 10.5, 17.5
HAN = "一二三四五六七八九十百千万上下左右前后东西南北春夏秋冬"


@dataclass
class Sheet:
    """The first page of a book's body: where its characters stand, and its ink."""

    made: Made

    @cached_property
    def _page(self) -> Any:
        return pypdfium2.PdfDocument(self.made.data)[self.made.front]

    @cached_property
    def text(self) -> str:
        return str(self._page.get_textpage().get_text_range())

    @cached_property
    def ink(self) -> Image.Image:
        drawn = self._page.render(scale=SCALE).to_pil().convert("L")
        return drawn.point(lambda shade: 255 * (shade < 128))

    def at(self, text: str, sign: str = "") -> tuple[float, float, float, float]:
        """Left, base line (from the top), right and height of a character, by its context."""
        start = self.text.index(text) + (text.index(sign) if sign else 0)
        left, bottom, right, top = self._page.get_textpage().get_charbox(start, loose=True)
        return left, self._page.get_height() - self.base(start), right, top - bottom

    def base(self, start: int) -> float:
        """The base line of a character, from the foot of the page."""
        x, y = c_double(), c_double()
        raw.FPDFText_GetCharOrigin(self._page.get_textpage(), start, byref(x), byref(y))
        return y.value

    def inked(self, left: float, top: float, right: float, bottom: float) -> Any:
        """The box of the ink within a box, in points, or None."""
        box = tuple(round(side * SCALE) for side in (left, top, right, bottom))
        found = self.ink.crop(box).getbbox()  # type: ignore[arg-type]
        if not found:
            return None
        return tuple(
            side / SCALE + corner for side, corner in zip(found, (left, top) * 2, strict=True)
        )

    def below(self, text: str, sign: str = "", *, near: float = 0.22, far: float = 0.45) -> Any:
        """The ink under a character, where neither it nor the next line has any."""
        left, base, right, _ = self.at(text, sign)
        return self.inked(left, base + near * EM, right, base + far * EM)


def sheet(shop: Workshop, blocks: str, layout: str = "classic", **options: object) -> Sheet:
    return Sheet(bind(shop, editions.plain(editions.chapter(1, blocks)), layout, **options))


def runs(
    page: Sheet, left: float, right: float, top: float, bottom: float
) -> list[tuple[float, float]]:
    """From where to where there is ink in a band, in points."""
    band = page.ink.crop(tuple(round(side * SCALE) for side in (left, top, right, bottom)))  # type: ignore[arg-type]
    filled = [bool(band.crop((x, 0, x + 1, band.height)).getbbox()) for x in range(band.width)]
    edges = [x for x, pair in enumerate(pairwise([False, *filled, False])) if pair[0] != pair[1]]
    return [
        (left + a / SCALE, left + b / SCALE) for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]


def rows(page: Sheet, text: str) -> list[int]:
    """By how many lines the base lines of neighbours in a text are apart, where they are."""
    start = page.text.index(text[0])
    feet = [page.base(at) for at in range(start, len(page.text)) if page.text[at] in HAN]
    return [round((a - b) / PITCH, 2) for a, b in pairwise(feet) if abs(a - b) > EM]  # type: ignore[misc]


# ---- 着重号


def test_dots_stand_under_han_and_under_nothing_else(shop: Workshop) -> None:
    page = sheet(shop, "<p>丁<em>甲乙，丙午“己”</em>戊<em>庚R1</em></p>")
    left, base, _, _ = page.at("丁")
    dots = runs(page, left, left + 11 * EM, base + 0.25 * EM, base + 0.4 * EM)
    middles = [((start + end) / 2 - left) / EM for start, end in dots]
    expected = [1.5, 2.5, 4, 5, 6.5, 9]  # in em: marks are half as wide
    assert middles == pytest.approx(expected, abs=0.03)
    assert all(end - start == pytest.approx(0.15 * EM, abs=0.25) for start, end in dots)
    dot = page.below("甲")
    assert (dot[1] + dot[3]) / 2 == pytest.approx(base + 0.31 * EM, abs=0.2)


def test_dots_are_no_text_and_change_no_line(shop: Workshop) -> None:
    dotted = sheet(shop, f"<p>{HAN}<em>{HAN}，{HAN}</em>{HAN}</p>")
    plain = sheet(shop, f"<p>{HAN}{HAN}，{HAN}{HAN}</p>")
    assert dotted.text == plain.text
    assert set(rows(dotted, HAN)) == {1.0}


@pytest.mark.parametrize(
    ("layout", "options", "dots"),
    [
        ("classic", {}, True),
        ("classic", {"emphasis": "kai"}, False),
        ("magazine", {}, False),
        ("magazine", {"emphasis": "dots"}, True),
        ("classic", {"setting": "plain"}, False),
    ],
)
def test_dots_or_kai_by_layout_and_book(
    shop: Workshop, layout: str, options: dict[str, object], dots: bool
) -> None:
    page = sheet(shop, "<p>丁<em>甲乙</em>戊</p>", layout, **options)
    assert bool(page.below("甲", far=0.4)) is dots
    with page.made.open() as pdf:
        names = str([p.Resources.get("/Font") for p in pdf.pages[page.made.front :]])
    one_face = sheet(shop, "<p>丁甲乙戊</p>", layout, **options)
    with one_face.made.open() as pdf:
        fonts = str([p.Resources.get("/Font") for p in pdf.pages[one_face.made.front :]])
    assert (names == fonts) is dots, "a face of its own, or dots"


def test_in_kai_emphasis_has_dots_whatever_the_layout(shop: Workshop) -> None:
    page = sheet(shop, "<blockquote><p>丁<em>甲乙</em>戊</p></blockquote>", "magazine")
    assert page.below("甲", far=0.4)
    assert not page.below("丁", far=0.4)


def test_lines_of_the_engine_have_dots_too(shop: Workshop) -> None:
    page = sheet(shop, '<p lang="ja">丁の<em>甲，A乙</em>戊</p>')
    assert page.below("甲")
    assert page.below("乙")
    assert not page.below("A")
    assert not page.below("丁")
    assert "丁の甲，A乙戊" in clean(page.text)


def test_the_emphasis_must_be_known(shop: Workshop) -> None:
    with pytest.raises(UsageError, match="emphasis"):
        sheet(shop, "<p>字</p>", emphasis="italic")


# ---- 专名号, 书名号


def under(page: Sheet, first: str, last: str) -> list[tuple[float, float]]:
    """From where to where lines go under a row of characters, in points."""
    left, base, _, _ = page.at(first)
    return runs(page, left, page.at(last)[2], base + 0.15 * EM, base + 0.28 * EM)


def test_neighbouring_names_have_lines_apart_and_marks_none(shop: Workshop) -> None:
    page = sheet(shop, '<p>丁丁<u class="name">甲乙</u><u class="name">丙午</u>，戊</p>')
    lines = under(page, "甲", "午")
    assert len(lines) == 2
    assert 0.5 < lines[1][0] - lines[0][1] < 3, "points between the two"
    _, base, right, _ = page.at("，")
    assert not page.inked(right - 0.3 * EM, base + 0.15 * EM, right, base + 0.25 * EM)


def test_a_line_goes_on_over_gaps_and_inner_elements(shop: Workshop) -> None:
    long = f"<p>{HAN[:8]}<u class='name'>甲<strong>乙</strong>R1丙<em>午</em>丑</u>"
    page = sheet(shop, f"{long}{HAN[:12]}Windows Subsystem</p>")
    assert len(under(page, "甲", "丑")) == 1


def test_titles_have_waves(shop: Workshop) -> None:
    page = sheet(shop, '<p>丁<u class="title">甲乙</u>戊<u class="name">丙午</u></p>')
    wave, line = (page.below(first, near=0.13, far=0.3) for first in ("甲", "丙"))
    assert wave[3] - wave[1] > 2 * (line[3] - line[1])


# ---- readings


PINYIN = "<ruby>汉<rt>hàn</rt>字<rt>zì</rt></ruby>"


def test_a_reading_stands_over_its_character(shop: Workshop) -> None:
    page = sheet(shop, f"<p>前{PINYIN}后，{HAN}</p>")
    left, base, right, _ = page.at("汉")
    above = page.inked(left - 3, base - 1.5 * EM, right + 3, base - 0.9 * EM)
    assert above
    assert (above[0] + above[2]) / 2 == pytest.approx((left + right) / 2, abs=0.6)
    assert page.at("hàn")[1] == pytest.approx(base - 1.03 * EM, abs=0.1)


def test_words_with_readings_are_found_and_read_before_them(shop: Workshop) -> None:
    page = sheet(shop, f"<p>用{PINYIN}写。</p>")
    assert "用汉字hànzì写。" in clean(page.text)
    assert page._page.get_textpage().search("用汉字").get_next()
    plain = sheet(shop, f"<p>用{PINYIN}写。</p>", setting="plain")
    assert sorted(clean(page.text)) == sorted(clean(plain.text))


def test_readings_change_no_line_and_follow_its_rules(shop: Workshop) -> None:
    words = "".join(f"<ruby>{sign}<rt>pīn</rt></ruby>" for sign in HAN)
    page = sheet(shop, f"<p>{HAN}{words}，{HAN}{words}。{HAN[:9]}</p>")
    assert set(rows(page, HAN)) - {0.0} <= {1.0}
    for mark in "，。":
        at = page.text.index(mark)
        before = max(place for place in range(at) if page.text[place] in HAN)
        assert page.base(before) == pytest.approx(page.base(at), abs=0.1), "on one line"


def test_wide_readings_keep_apart(shop: Workshop) -> None:
    page = sheet(shop, "<p>丁<ruby>庄<rt>zhuāng</rt>窗<rt>chuāng</rt></ruby>，戊</p>")
    first = page.text.index("zhuāng")
    ends = page._page.get_textpage().get_charbox(first + 5)
    begins = page._page.get_textpage().get_charbox(page.text.index("chuāng"))
    assert begins[0] - ends[2] > 0.8, "points"


def test_what_has_one_reading_stays_whole(shop: Workshop) -> None:
    for lead in range(20, 30):
        page = sheet(shop, f"<p>{(HAN * 2)[:lead]}<ruby>甲乙<rt>jiǎyǐ</rt></ruby>{HAN}</p>")
        assert page.at("甲")[1] == pytest.approx(page.at("乙")[1], abs=0.1)


def test_zhuyin_stand_right_of_their_character_in_a_column(shop: Workshop) -> None:
    page = sheet(shop, "<p>丁<ruby>國<rt>ㄍㄨㄛˊ</rt>的<rt>˙ㄉㄜ</rt></ruby>戊</p>")
    assert "丁國的ㄍㄨㄛˊ˙ㄉㄜ戊" in clean(page.text)
    left, base, _, _ = page.at("丁")
    right, after = left + 2 * EM, left + 2.54 * EM
    assert runs(page, after, after + EM, base - EM, base)[0][0] > after + 0.03 * EM
    column = page.inked(right, base - 0.95 * EM, right + 0.36 * EM, base + 0.2 * EM)
    assert column[3] - column[1] == pytest.approx(0.9 * EM, abs=1.2), "as high as the character"
    thirds = [base - (0.88 - third / 3) * EM for third in range(4)]
    assert all(page.inked(right, top, right + 0.36 * EM, end) for top, end in pairwise(thirds))
    tones = [page.inked(right + 0.38 * EM, top, after, end) for top, end in pairwise(thirds)]
    assert [bool(tone) for tone in tones] == [False, False, True], "beside the last"
    right = after + EM
    column = page.inked(right, base - 0.95 * EM, right + 0.5 * EM, base + 0.2 * EM)
    dot = page.inked(right, column[1] - 0.1, right + 0.5 * EM, column[1] + 0.07 * EM)
    assert dot[2] - dot[0] < 0.1 * EM, "˙ is above all"


def test_a_reading_that_is_not_ours_is_the_engines(shop: Workshop) -> None:
    page = sheet(
        shop, "<p>丁<ruby>呣<rt>m\u0300</rt></ruby>戊<ruby>甲乙<b>丙</b><rt>x</rt></ruby></p>"
    )
    assert "呣" in page.text
    assert "戊" in page.text


# ---- 夹注

NOTE = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"


def test_a_note_stands_in_two_rows_half_as_wide_as_its_text(shop: Workshop) -> None:
    page = sheet(shop, f'<p>前<span class="jiazhu">{NOTE[:9]}</span>后</p>')
    before, after = page.at("前"), page.at("后")
    assert after[0] - before[2] == pytest.approx(2.5 * EM + 0.15 * EM, abs=0.3)
    left, base = before[2] + 0.075 * EM, before[1]
    upper = page.inked(left, base - 0.88 * EM, after[0], base - 0.38 * EM)
    lower = page.inked(left, base - 0.36 * EM, after[0], base + 0.12 * EM)
    assert upper[2] - left == pytest.approx(2.5 * EM, abs=0.06 * EM), "five characters"
    assert lower[2] - left == pytest.approx(2 * EM, abs=0.06 * EM), "four"
    assert upper[3] < base - 0.38 * EM - 0.1, "white is between them"
    assert f"前{NOTE[:9]}后" in clean(page.text)


def test_a_long_note_goes_on_over_lines_and_loses_nothing(shop: Workshop) -> None:
    note = "，".join(NOTE[at:] + NOTE[:at] for at in range(20))
    page = sheet(shop, f'<p>{HAN}<span class="jiazhu">{note}</span>{HAN}。</p>')
    assert note in clean(page.text)
    feet = sorted({round(page.base(at), 1) for at, sign in enumerate(page.text) if sign in NOTE})
    assert len(feet) == 4, "upper rows: lower ones are said with them"
    assert {round(b - a, 1) for a, b in pairwise(feet)} == {PITCH}


def test_a_note_over_pages_loses_nothing(shop: Workshop) -> None:
    note = "".join(NOTE[at % 20 :] + NOTE[: at % 20] for at in range(260))
    made = sheet(shop, f'<p>{HAN}<span class="jiazhu">{note}</span>{HAN}。</p>').made
    assert note in re.sub(r"\d", "", body(made))


def test_a_note_begins_no_row_with_a_mark(shop: Workshop) -> None:
    for length in range(2, 9):
        note = f"{NOTE[:length]}，{NOTE[length : 2 * length]}。"
        page = sheet(shop, f'<p>前<span class="jiazhu">{note}</span>后</p>')
        left = page.at("甲")[0]
        for mark in "，。":
            assert page.at(mark)[0] > left + 2


@pytest.mark.parametrize("setting", ["composed", "plain"])
def test_a_note_that_holds_more_or_is_set_plainly_is_in_brackets(
    shop: Workshop, setting: str
) -> None:
    inner = "<em>甲</em>乙" if setting == "composed" else "甲乙"
    page = sheet(shop, f'<p>前<span class="jiazhu">{inner}</span>后</p>', setting=setting)
    assert "前（甲乙）后" in clean(page.text)


# ---- all


def every(shop: Workshop) -> Iterator[Made]:
    blocks = (
        f'<h2 id="~s1">题{PINYIN}<em>甲</em></h2><p>{PINYIN}<em>着重</em><u class="name">人名</u>'
        '<u class="title">书名</u><span class="jiazhu">夹注两行</span>'
        "<ruby>國<rt>ㄍㄨㄛˊ</rt></ruby></p>"
        f'<p><a href="#~s1">{PINYIN}<u class="name">名</u><span class="jiazhu">夹注</span></a></p>'
        f"<table><tr><td>{PINYIN}</td><td><em>乙</em><u class='name'>名</u></td></tr></table>"
    )
    for variant in ("", "pdf/ua-1"):
        yield bind(shop, editions.plain(editions.chapter(1, blocks)), variant=variant)


def test_all_of_it_is_tagged_once(shop: Workshop) -> None:
    for made in every(shop):
        assert not made.codes
        with made.open() as pdf:
            for page in pdf.pages:
                ids, loose = marked(page)
                assert not loose
                assert ids == set(range(len(ids)))
