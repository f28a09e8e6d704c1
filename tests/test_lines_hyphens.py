"""Words are parted with a hyphen as a last resort, and only where they may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_lines import EM, RULES, SPACES, TEXT, width

from publish.lines import Break, Line, Paragraph, Rules, Run, Token, compose, hyphenated, tokenise
from publish.lines.hyphens import IN_A_ROW
from publish.lines.tokens import Side

SOFT = "\u00ad"


@dataclass(frozen=True)
class Whole:
    """What `hyphenated` asks for, and no more."""

    paragraph: Paragraph


def measured(tokens: Sequence[Token], rules: Rules | None = None) -> Whole:
    widths = [width(token) - EM / 2 * token.text.count(SOFT) for token in tokens]
    hyphens = {at: EM / 2 for at, one in enumerate(tokens) if one.right is Side.HYPHEN}
    return Whole(compose(tokens, widths, [EM] * len(tokens), rules or Rules(), hyphens))


def points(_: int, word: str) -> Sequence[int]:
    """Where words may be parted here: at soft hyphens, else anywhere but near their ends."""
    if SOFT in word:
        return [at for at in range(1, len(word)) if word[at - 1] == SOFT]
    return range(2, len(word) - 2)


def settled(
    text: str, ems: float, *, fit: bool = False, rules: Rules | None = None
) -> tuple[Paragraph, list[Line]]:
    def again(tokens: Sequence[Token]) -> Whole:
        return measured(tokens, rules)

    whole = again(tokenise([Run(text)]))
    made, ends = hyphenated(whole, again, points, ems * EM, fit=fit)
    return made.paragraph, made.paragraph.breaks(ems * EM, ends=ends)


def drawn(text: str, ems: float, **more: bool) -> list[str]:
    made, found = settled(text, ems, **more)
    return [
        "".join(token.text for token in made.tokens[line.start : line.end]) + "-" * line.hyphen
        for line in found
    ]


def test_a_word_is_parted_where_the_line_would_be_left_short() -> None:
    assert drawn("一二三四五六information的事情", 10) == ["一二三四五六inform-", "ation的事情"]
    assert drawn("一二三四五六七八九information的事情", 10)[0] == "一二三四五六七八九", "by air"


@pytest.mark.parametrize("fit", [False, True])
@pytest.mark.parametrize(
    "word",
    ["INFORMATION", "inforMation", "info2mation", "info.mation", "snake_name", "x-info-mation"],
)
def test_names_code_and_abbreviations_stay_whole(word: str, fit: bool) -> None:
    assert not any(line.hyphen for line in settled(f"一二三四五六{word}的事情", 10, fit=fit)[1])


@pytest.mark.parametrize(
    "word", ["Information", "“information,”", "information.", "JavaScript", "A-information"]
)
def test_words_are_parted_with_the_marks_that_touch_them(word: str) -> None:
    first = drawn(f"一二三四五六{word}的事情", 11)[0]
    assert first.endswith("-")
    assert first[-2].isalpha()


def test_the_last_word_of_a_paragraph_is_never_parted() -> None:
    assert drawn("一二三四五六information。", 10) == ["一二三四五六", "information。"]
    assert drawn("一二三四五六information\n的事", 10)[0] == "一二三四五六"


def test_words_over_the_border_of_runs_stay_whole() -> None:
    tokens = tokenise([Run("一二三四五六inform"), Run("ation的事情")])
    made, ends = hyphenated(measured(tokens), measured, points, 10 * EM)
    assert not any(line.hyphen for line in made.paragraph.breaks(10 * EM, ends=ends))


def test_soft_hyphens_are_where_the_author_wants_them() -> None:
    word = f"in{SOFT}formation"
    assert drawn(f"一二三四五六七{word}的事情", 10) == [
        f"一二三四五六七in{SOFT}-",
        "formation的事情",
    ]
    assert drawn(f"一二{word}的", 10) == [f"一二{word}的"], "not seen within a line"
    caps = f"INFOR{SOFT}MATION"
    assert drawn(f"一二三四五六{caps}的事情", 10)[0].endswith("-"), "whatever the word is"


def test_addresses_are_cut_without_a_hyphen() -> None:
    text = "见https://example.org/specimens/1一处，可以先看"
    assert drawn(text, 13) == ["见https://example.org/spe", "cimens/1一处，可以先看"]
    assert drawn(text, 12)[0] == "见https://example.org/", "after its marks, if that fills the line"


def test_no_more_than_two_lines_in_a_row_end_with_a_hyphen() -> None:
    text = "字" + "abcdefghijklmnop的" * 12
    found = settled(text, 8)[1]
    row = "".join("-" if line.hyphen else " " for line in found)
    assert "--" in row, "so that the limit is met"
    assert "-" * (IN_A_ROW + 1) not in row


WORDS = st.lists(
    st.one_of(
        st.integers(1, 12).map(lambda count: "字" * count),
        st.sampled_from(
            ["，", "。", " ", "\n", "information", "The", "JavaScript", "HTML", "“ab”"]
        ),
        st.sampled_from(
            [f"soft{SOFT}ly", "https://example.org/abcdefghijk?x", "obj.toString", "12"]
        ),
    ),
    max_size=30,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(WORDS, TEXT), RULES, st.floats(8, 30), st.booleans())
def test_text_is_kept_and_hyphens_stand_where_they_may(
    text: str, rules: Rules, ems: float, fit: bool
) -> None:
    made, found = settled(text, ems, fit=fit, rules=rules)
    assert "".join(token.text for token in made.tokens) == text
    at, row = 0, 0
    for line in found:
        skipped = made.tokens[at : line.start] + made.tokens[line.end : line.next]
        assert all(token.kind in SPACES or token.text == "\n" for token in skipped)
        at = line.next
        assert line.hyphen == (made.breaks_at[line.end - 1] is Break.HYPHEN)
        assert line.width <= ems * EM + 1e-4 or line.end == line.start + 1
        inside = made.breaks_at[line.start : line.end - 1]
        row = row + 1 if line.hyphen and Break.YES in inside else 0
        assert row <= IN_A_ROW
        if line.hyphen:
            assert not line.short or Break.YES not in inside, "nothing else would do"
            assert not line.last
            first, second = made.tokens[line.end - 1 : line.end + 1]
            assert (second.run, second.start) == (first.run, first.end)
            assert first.text.endswith(SOFT) or (
                len(re.findall(r"[^\W\d_]", first.text)) >= 2
                and len(re.findall(r"[^\W\d_]", second.text)) >= 2
            )


@settings(max_examples=300, deadline=None)
@given(WORDS, RULES, st.floats(8, 30), st.booleans())
def test_no_more_lines_are_short_than_without(
    text: str, rules: Rules, ems: float, fit: bool
) -> None:
    found = settled(text, ems, fit=fit, rules=rules)[1]
    plain = measured(tokenise([Run(text)]), rules).paragraph.breaks(ems * EM)
    hyphens = sum(line.hyphen for line in found)
    if not any(line.short for line in plain):
        assert not hyphens, "a last resort"
    if not fit:
        lacking = [ems * EM - line.width for line in plain if line.short]
        still = [ems * EM - line.width for line in found if line.short]
        assert len(still) <= len(lacking) or sum(still) <= sum(lacking) / 2 + 1e-6


@settings(max_examples=100, deadline=None)
@given(WORDS, st.floats(8, 30))
def test_only_the_words_that_are_parted_are_cut(text: str, ems: float) -> None:
    made, found = settled(text, ems)
    ends = {line.end for line in found}
    for number, (one, two) in enumerate(pairwise(made.tokens), 1):
        if one.right is Side.HYPHEN:
            assert number in ends, (one, two)
