"""Paragraphs broken as wholes: never worse than line by line, and by the same rules."""

from __future__ import annotations

from hypothesis import given, settings
from test_lines import EM, MEASURE, RULES, TEXT, drawn, paragraph

from publish.lines import Break, Kind, Line, Paragraph, Rules, fitted
from publish.lines.fitting import _cost


def cost(made: Paragraph, lines: list[Line], width: float, indent: float = 0.0) -> float:
    """What the lines cost together, by the rule that is to be least."""
    starts = [line.start for line in lines[1:]] + [len(made.tokens)] * bool(lines)
    whole = 0.0
    for number, (line, after) in enumerate(zip(lines, starts, strict=True)):
        measure = width - (0 if number else indent)
        ends = [end for end in range(line.end, after + 1) if made.skip(end) == after]
        whole += min(_cost(made, line.start, end, measure) for end in ends)
    return whole


LOOSE = "我们在WebAssembly与JavaScript之间来回，TypeScript也要照顾，CoffeeScript早已不用，还有别的"


def test_a_line_is_not_stretched_for_the_sake_of_another() -> None:
    made = paragraph(LOOSE)
    ends = fitted(made, 18 * EM)
    greedy, whole = made.breaks(18 * EM), made.breaks(18 * EM, ends=ends)
    assert [line.short for line in greedy] == [False, True, False], "short before a long word"
    assert not any(line.short for line in whole)
    assert [drawn(made, line) for line in whole] == [
        "我们在WebAssembly与JavaScript之间来",
        "回，TypeScript也要照顾，CoffeeScript",
        "早已不用，还有别的",
    ]


def test_well_set_paragraphs_are_left_alone() -> None:
    made = paragraph("一二三四五六七八九十" * 8)
    assert fitted(made, 20 * EM, 2 * EM) == {}


@settings(max_examples=300)
@given(TEXT, RULES, MEASURE)
def test_the_whole_costs_no_more_than_line_by_line(text: str, rules: Rules, ems: float) -> None:
    made = paragraph(text, rules=rules)
    width, indent = ems * EM, 2.0 * EM
    ends = fitted(made, width, indent)
    greedy, whole = made.breaks(width, indent), made.breaks(width, indent, ends=ends)
    assert cost(made, whole, width, indent) <= cost(made, greedy, width, indent) + 1e-6
    assert sum(line.short for line in whole) <= sum(line.short for line in greedy)
    assert all(line.start in ends for line in whole) or not ends


@settings(max_examples=300)
@given(TEXT, RULES, MEASURE)
def test_lines_end_where_they_may(text: str, rules: Rules, ems: float) -> None:
    made = paragraph(text, rules=rules)
    width = ems * EM
    at = 0
    for line in made.breaks(width, ends=fitted(made, width)):
        skipped = made.tokens[at : line.start] + made.tokens[line.end : line.next]
        assert all(token.kind in (Kind.SPACE, Kind.TIE, Kind.END) for token in skipped)
        at = line.next
        assert line.end == line.start + 1 or line.width <= width + 1e-4
        allowed = {made.breaks_at[end - 1] for end in range(line.end, line.next + 1)}
        greedy = made.skip(made.chosen(line.start, width)) == line.next
        assert greedy or line.last or Break.YES in allowed, "words are cut at need alone"
