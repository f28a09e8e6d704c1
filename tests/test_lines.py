"""The Chinese line, without a page: tokens, joints, and breaking (clreq)."""

from __future__ import annotations

import doctest
import unicodedata
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publish import lines
from publish.lines import (
    Break,
    Kind,
    Line,
    Paragraph,
    Region,
    Role,
    Rules,
    Run,
    Style,
    compose,
    region,
    settable,
    tokenise,
)
from publish.lines.kinds import CLOSING, OPENING, PAUSE, STOP, UNSEEN
from publish.lines.tokens import Token

EM = 10.0
TAIWAN = Rules(Region.TAIWAN, Style.QUANJIAO)


def width(token: Token) -> float:
    """About as wide as type is: an em for what is wide, half an em for the rest."""
    if token.kind in (Kind.SPACE, Kind.TIE):
        return 2.5 * len(token.text)
    latin = token.kind in (Kind.WORD, Kind.NUMBER, Kind.NOTE)
    visible = [sign for sign in token.text if sign not in UNSEEN + "\n"]
    return sum(EM / 2 if latin or sign.isascii() else EM for sign in visible)


def paragraph(*texts: str | Run, rules: Rules | None = None) -> Paragraph:
    runs = [Run(text) if isinstance(text, str) else text for text in texts]
    tokens = tokenise(runs)
    return compose(tokens, [width(token) for token in tokens], [EM] * len(tokens), rules or Rules())


def broken(text: str, ems: float, rules: Rules | None = None, indent: float = 0) -> list[str]:
    made = paragraph(text, rules=rules)
    return [drawn(made, line) for line in made.breaks(ems * EM, indent * EM)]


def drawn(made: Paragraph, line: Line) -> str:
    return "".join(token.text for token in made.tokens[line.start : line.end])


def kinds(*texts: str) -> list[tuple[str, Kind]]:
    return [(token.text, token.kind) for token in tokenise([Run(text) for text in texts])]


# ---- tokens


def test_dashes_and_ellipses_are_one_token() -> None:
    assert kinds("好——真……吧") == [
        ("好", Kind.HAN),
        ("——", Kind.DASH),
        ("真", Kind.HAN),
        ("……", Kind.ELLIPSIS),
        ("吧", Kind.HAN),
    ]


def test_quotation_marks_keep_to_their_side() -> None:
    assert kinds("他说“好”")[2][1] is Kind.OPENING
    assert kinds("叫“DeepSeek”的")[1][1] is Kind.OPENING
    assert kinds("“DeepSeek”的")[0][1] is Kind.OPENING, "one side Chinese: both are"
    assert [text for text, _ in kinds("He said “no” to us")][4] == "“no”"
    assert [text for text, _ in kinds("用 don’t 吧")][2] == "don’t"
    latin = tokenise([Run("写作 He said “no” to us")])
    assert [token.text for token in latin if token.latin] == ["“no”"]


def test_numbers_hold_their_units_and_signs() -> None:
    assert kinds("约50%的")[1] == ("50%", Kind.NUMBER)
    assert kinds("1,234.56")[0] == ("1,234.56", Kind.NUMBER)
    assert kinds("占 50 ％")[3][1] is Kind.TIE
    assert kinds("内存 5 GB 够")[4] == (" ", Kind.TIE)
    assert kinds("有 5 apples")[3] == (" ", Kind.SPACE)


def test_addresses_and_long_names_are_cut_where_a_reader_expects() -> None:
    pieces = [text for text, _ in kinds("https://example.org/a-b/c?d=1.5&e=2")]
    assert pieces == ["https://", "example.", "org/", "a-", "b/", "c?", "d=", "1.5&", "e=", "2"]
    assert [text for text, _ in kinds("v1.2/x")] == ["v1.2/x"], "short names are whole"
    assert [text for text, _ in kinds("well-known")] == ["well-", "known"]
    assert [text for text, _ in kinds("2024-01-02T12:00:00")] == ["2024-01-02T12:00:00"]


def test_tokens_see_over_the_borders_of_runs_and_do_not_span_them() -> None:
    tokens = tokenise([Run("他说“"), Run("好"), Run("”。"), Run("1", Role.NOTE)])
    assert [token.kind for token in tokens[2:]] == [
        Kind.OPENING,
        Kind.HAN,
        Kind.CLOSING,
        Kind.STOP,
        Kind.NOTE,
    ]
    assert [token.run for token in tokens] == [0, 0, 0, 1, 2, 2, 3]
    assert [token.start for token in tokens] == [0, 1, 2, 0, 0, 1, 0]


@pytest.mark.parametrize("text", ["עברית", "e\u0301", "a\tb", "a\nb", "ไทย", "\u202e"])
def test_what_the_rules_do_not_know_is_told(text: str) -> None:
    assert not settable(f"汉字{text}汉字")


def test_what_the_rules_know() -> None:
    assert settable(
        "汉字，“引”——……《书》·１２％ Latin é Ω Ж € ① → ★ かな 한글 𠮷 \u200b\u2060\ufe0e"
        "\u200c\u200e\u200f葛\U000e0100"
    )
    assert not settable("👨\u200d👩"), "pictures that are joined are for the engine"


@pytest.mark.parametrize("sign", [*UNSEEN, "\u00ad", "\ufe0e", "\U000e0101"])
def test_what_has_no_character_of_its_own_follows_one(sign: str) -> None:
    assert [text for text, _ in kinds(f"汉{sign}字，{sign}w{sign}。")][:2] == [f"汉{sign}", "字"]
    assert broken(f"一{sign}二，三", 2) == [f"一{sign}", "二，", "三"] or sign in "\u2060"


def test_small_forms_keep_to_their_side() -> None:
    assert settable("最少1手﹙每手1萬元﹚﹐包括︰豁免")
    assert broken("一二三﹐四五", 3) == ["一二", "三﹐", "四五"], "no last line of one character"
    assert broken("一二﹙三四五六﹚七八", 3) == ["一二", "﹙三四", "五六﹚", "七八"]
    assert gap("三﹐四", 1) == 0, "they have no blank to give"


# ---- what happens between two tokens


def gap(text: str, place: int, rules: Rules | None = None) -> float:
    return paragraph(text, rules=rules).adds[place] / EM


def test_marks_that_meet_share_a_blank_in_every_style() -> None:
    for style in Style:
        rules = Rules(style=style)
        assert gap("好）。", 1, rules) == -0.5
        assert gap("（《好", 0, rules) == -0.5
        assert gap("好。”", 1, rules) == -0.5
        assert gap("好）（好", 1, rules) <= -0.5


def test_styles_say_which_marks_are_whole() -> None:
    whole = {style: gap("好。好", 1, Rules(style=style)) for style in Style}
    assert whole == {Style.KAIMING: 0, Style.QUANJIAO: 0, Style.BANJIAO: -0.5}
    comma = {style: gap("好，好", 1, Rules(style=style)) for style in Style}
    assert comma == {Style.KAIMING: -0.5, Style.QUANJIAO: 0, Style.BANJIAO: -0.5}
    assert gap("好。”好", 2, Rules()) == 0, "a closing mark behind a full stop ends the sentence"
    assert gap("好”好", 1, Rules()) == -0.5


def test_marks_of_taiwan_stay_whole_and_brackets_do_not() -> None:
    assert gap("好。」", 1, TAIWAN) == 0
    assert gap("好，好", 1, Rules(Region.TAIWAN)) == 0
    assert gap("好」「好", 1, TAIWAN) == -0.5
    assert gap("說：「好", 1, TAIWAN) == -0.5, "the mark's own blank is enough"
    assert gap("說「好", 0, TAIWAN) == 0
    assert region("zh-Hant-HK") is Region.TAIWAN
    assert region("zh-Hans") is Region.MAINLAND


def test_narrow_quotes_of_a_latin_face_are_left_alone() -> None:
    tokens = tokenise([Run("好”，")])
    made = compose(tokens, [10, 4, 10], [EM] * 3, Rules())
    assert made.adds[1] == 0


def test_a_quarter_em_stands_between_han_and_latin() -> None:
    assert gap("用R1好", 0) == 0.25
    assert gap("用R1好", 1) == 0.25
    assert gap("，R1", 0) == -0.5, "marks have their own"
    assert gap("用(R1)好", 0) == 0
    assert paragraph("用 R1 好").widths[1] == 0.25 * EM, "instead of a typed space"
    called = paragraph("好", Run("1", Role.NOTE), "好")
    assert called.adds[:2] == (0, 0), "calls of notes are no numbers"


# ---- lines


def test_lines_are_filled_evenly() -> None:
    made = paragraph("汉字" * 20)
    lines = made.breaks(10.5 * EM)
    assert all(line.width == pytest.approx(105) for line in lines[:-1])
    assert {round(step, 6) for step in lines[0].gaps} == {round(5 / 9, 6)}
    assert lines[-1].gaps == (0.0,) * (len(lines[-1].gaps))


def test_a_line_is_left_short_rather_than_torn() -> None:
    made = paragraph("参见" + "x" * 20 + "的说明")
    first = made.breaks(10 * EM)[0]
    assert drawn(made, first) == "参见"
    assert first.short
    assert first.width == 20


def test_names_are_cut_at_need_only() -> None:
    name = "一二三四五六七八sessionStorage九十一二三四五六"
    assert broken(name, 15.2)[0] == "一二三四五六七八sessionStorage", "it fits"
    assert broken(name, 14)[0] == "一二三四五六七八session", "short of 5½ em otherwise"
    assert broken("一二三四五六七八九十一sessionStorage九", 12)[0] == "一二三四五六七八九十一"
    han = "一二三四五六七八九十" * 2
    assert broken(f"{han}sessionStorage九", 24)[0] == han, "20 Han can be let out by 4 em"
    assert broken("一二三四五六七八九JavaScript十一二三", 13)[0] == "一二三四五六七八九"
    address = "見https://twitter.com/status/1697625861543923906"
    assert broken(address, 18)[0] == "見https://twitter.com/status/1697"
    assert broken("見https://twitter.com/readers/all", 13)[0] == "見https://twitter.com/"
    assert broken("版本一二三四五六七obj.toString八九", 14)[0] == "版本一二三四五六七obj."


def test_forbidden_marks_stand_at_no_end() -> None:
    assert broken("一二三四五，六七八", 5, Rules(style=Style.QUANJIAO))[0] == "一二三四"
    assert broken("一二三四（五六七）八", 5)[0] == "一二三四"
    assert broken("阿加莎·克里斯蒂", 3)[0] == "阿加"
    assert broken("一二三50％四五", 4)[0] == "一二三"
    assert broken('一二三四"五"六', 4.5)[0] == "一二三四"
    assert broken('一二"三四"五六', 4.8) == ['一二"三', '四"五六'], "by two quotes"


def test_push_in_comes_before_push_out() -> None:
    rules = Rules(style=Style.QUANJIAO)
    assert broken("一，二，三四五六七八九。", 5.5, rules)[0] == "一，二，三"
    assert broken("一，二，三四五六，七八九。", 7.5, rules)[0] == "一，二，三四五"
    made = paragraph("一，二，三四五六，七八九。", rules=rules)
    line = made.breaks(8.2 * EM)[0]
    assert drawn(made, line) == "一，二，三四五六，"
    assert line.width == pytest.approx(82)
    assert min(line.gaps) < 0


def test_starts_and_ends_are_trimmed() -> None:
    made = paragraph("“一二三四五六七，八九十一二")
    first, second = made.breaks(8 * EM)[:2]
    assert first.shift == 5
    assert drawn(made, first) == "“一二三四五六七，"
    assert first.width == pytest.approx(80), "8½ em of type and half a comma"
    assert second.shift == 0
    ended = paragraph("一二三四五六七！八九十", rules=Rules(style=Style.BANJIAO)).breaks(8 * EM)[0]
    assert ended.width == pytest.approx(80), "！ and ？ are whole there"


def test_no_last_line_of_one_character() -> None:
    assert broken("一二三四五六七八九", 4)[-1] == "八九"
    assert broken("一二三四五六七八景。）", 4)[-1] == "八景。）"
    assert broken("一二三四五六七八了……", 4.5)[-1] == "八了……"
    assert broken("一二三四五六七了……", 4) == ["一二三四", "五六", "七了……"], "nor are marks alone"


def test_words_too_long_for_any_line_break_between_letters() -> None:
    lines = broken("x" * 60, 10)
    assert [len(line) for line in lines] == [20, 20, 20]


def test_lines_end_where_the_author_wants() -> None:
    made = paragraph("一二三四五六", "\n", " 七八", "\n", "\n", "九")
    lines = made.breaks(4 * EM)
    assert [drawn(made, line) for line in lines] == ["一二三四", "五六", "七八", "\n", "九"]
    assert [line.last for line in lines] == [False, True, True, True, True]
    assert lines[2].gaps == (0,), "it is not filled"
    assert [drawn(made, line) for line in paragraph("一", "\n").breaks(40)] == ["一"]


def test_spaces_at_the_ends_of_lines_are_not_drawn() -> None:
    made = paragraph("one two three four")
    assert [drawn(made, line) for line in made.breaks(4.5 * EM)] == ["one two", "three", "four"]


def test_a_call_of_a_note_stays_with_what_it_marks() -> None:
    made = paragraph("一二三四五", Run("12", Role.NOTE), "六七八九")
    assert drawn(made, made.breaks(5 * EM)[0]) == "一二三四"


# ---- what holds for any text

SIGNS = "\n一二三四五六七八九十的了是在" + OPENING + CLOSING + PAUSE + STOP + "·—…～ aRx1.,()%-/:é"
PIECES = ["——", "……", "R1", "50%", "GB", " ", "模型", "https://a.org/b?c=d-e", "x" * 30]
PIECES += ["sessionStorage", "﹙", "︰"]
TEXT = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.sampled_from(SIGNS),
    ),
    max_size=80,
).map("".join)
NAMED = st.lists(
    st.one_of(
        st.integers(1, 40).map(lambda count: "字" * count),
        st.sampled_from([" ", "sessionStorage", "obj.toString", "https://a.org/b?c=longer-d"]),
    ),
    max_size=12,
).map("".join)
SPACES = (Kind.SPACE, Kind.TIE)
RULES = st.builds(Rules, st.sampled_from(Region), st.sampled_from(Style))
MEASURE = st.floats(8, 40)


@settings(max_examples=300)
@given(st.lists(TEXT, min_size=1, max_size=4), RULES, MEASURE, st.sampled_from([0.0, 2.0]))
def test_lines_hold_the_text_once_and_in_order(
    texts: list[str], rules: Rules, ems: float, indent: float
) -> None:
    made = paragraph(*texts, rules=rules)
    assert "".join(token.text for token in made.tokens) == "".join(texts)
    lines = made.breaks(ems * EM, indent * EM)
    assert lines == made.breaks(ems * EM, indent * EM)
    at = 0
    for line in lines:
        skipped = made.tokens[at : line.start] + made.tokens[line.end : line.next]
        assert all(token.kind in (Kind.SPACE, Kind.TIE, Kind.END) for token in skipped)
        assert line.start < line.end <= line.next
        at = line.next
    rest = made.tokens[at:]
    assert all(token.kind in (Kind.SPACE, Kind.TIE) for token in rest)


@settings(max_examples=300)
@given(TEXT, RULES, MEASURE)
def test_no_line_is_beyond_its_measure(text: str, rules: Rules, ems: float) -> None:
    made = paragraph(text, rules=rules)
    for line in made.breaks(ems * EM):
        one = line.end == line.start + 1
        assert one or line.width <= ems * EM + 1e-4
        drawn_ = made.tokens[line.start : line.end]
        natural = sum(made.widths[line.start : line.end]) + sum(line.gaps) - line.shift
        assert line.width <= natural + 1e-6, "only a closing mark's blank hangs out"
        assert natural - line.width <= EM / 2 + 1e-6, drawn_


@settings(max_examples=300)
@given(TEXT, RULES, MEASURE)
def test_full_lines_are_filled_evenly_and_within_the_cap(
    text: str, rules: Rules, ems: float
) -> None:
    made = paragraph(text, rules=rules)
    lines = made.breaks(ems * EM)
    for line in lines[:-1]:
        places = range(line.start, line.end - 1)
        grown = [line.gaps[place - line.start] - made.adds[place] for place in places]
        assert all(
            -made.shrinks[place] - 1e-6 <= step for place, step in zip(places, grown, strict=True)
        )
        assert all(
            step <= made.caps[place] + 1e-6 for place, step in zip(places, grown, strict=True)
        )
        if line.short or line.last or line.end == line.start + 1:
            continue
        if line.width >= ems * EM + 1e-4:
            continue
        assert line.width == pytest.approx(ems * EM, abs=1e-4)
        units = {
            round(step / made.weights[place], 5)
            for place, step in zip(places, grown, strict=True)
            if 1e-6 < step < made.caps[place] - 1e-6
        }
        assert len(units) <= 2, "rounding apart, one unit"


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("where", Region)
def test_marks_that_meet_take_an_em_and_a_half_at_most(where: Region, style: Style) -> None:
    centred = PAUSE + STOP if where is Region.TAIWAN else ""
    for one, two in product("（《“」，。！", "（《“」，。！"):
        add = gap(f"好{one}{two}好", 1, Rules(where, style))
        if (one in OPENING or one in centred) and two not in OPENING:
            assert add == 0, "there is no blank between them"
        else:
            assert -1 <= add <= -0.5, (one, two)


@settings(max_examples=300)
@given(NAMED, RULES, MEASURE)
def test_words_are_cut_only_lest_a_line_is_short(text: str, rules: Rules, ems: float) -> None:
    made = paragraph(text, rules=rules)
    for line in made.breaks(ems * EM):
        if line.next == len(made.tokens) or made.breaks_at[line.next - 1] is not Break.LETTERS:
            continue
        ends = [at + 1 for at in range(line.start, line.next) if made.breaks_at[at] is Break.YES]
        if ends:  # no line to the last of them could have been filled
            whole = [at for at in range(line.start, ends[-1]) if made.tokens[at].kind not in SPACES]
            room = sum(made.caps[line.start : whole[-1]])
            width_ = made.ends[whole[-1]] - made.starts[line.start] - made.lead[line.start]
            assert width_ + room < ems * EM


@settings(max_examples=300)
@given(TEXT.filter(lambda text: "x" * 30 not in text), RULES, st.floats(20, 40))
def test_no_forbidden_mark_stands_at_either_end(text: str, rules: Rules, ems: float) -> None:
    made = paragraph(text, rules=rules)
    lines = made.breaks(ems * EM)
    for line in lines:
        if line.last:
            continue
        if _unbroken(made, line) > ems * EM:
            return  # a row of marks longer than the line must be parted somewhere
        last = made.tokens[line.end - 1]
        assert last.kind not in (Kind.OPENING, Kind.PREFIX), drawn(made, line)
        assert not last.text.endswith("("), drawn(made, line)
    for before, line in pairwise(lines):
        if before.last:
            continue
        first = made.tokens[line.start]
        assert first.kind not in (
            Kind.CLOSING,
            Kind.PAUSE,
            Kind.STOP,
            Kind.INTERPUNCT,
            Kind.POSTFIX,
        ), drawn(made, line)
        assert unicodedata.category(first.text[0]) != "Pe", drawn(made, line)


def _unbroken(made: Paragraph, line: Line) -> float:
    """The width of what begins on a line and has no break."""
    longest = total = 0.0
    for place in range(line.start, len(made.tokens)):
        total += made.widths[place] + max(0.0, made.adds[place])
        longest = max(longest, total)
        if made.breaks_at[place] == 2:
            total = 0.0
        if place > line.next + 1 and not total:
            break
    return longest


def test_a_word_joiner_keeps_han_together() -> None:
    tokens = tokenise([Run("一二三四\u2060五六")])
    widths = [1.0] * len(tokens)
    rows = compose(tokens, widths, widths, Rules()).breaks(4.0)
    assert [line.start for line in rows] == [0, 3]


def test_the_example_of_the_room_is_true() -> None:
    assert doctest.testmod(lines) == (0, 6)
