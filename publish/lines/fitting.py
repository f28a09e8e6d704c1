"""Breaks a paragraph as a whole, so that no line pays for another (total fit).

The way of Knuth and Plass, *Breaking Paragraphs into Lines* (1981): of all ways to break, the one
with the least sum of what each line is stretched or shrunk by, squared. Here a line has few
candidates, since nearly every character may end one; and most paragraphs are well set by the
greedy way, which is tried first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from math import inf

from publish.lines.breaking import NOTHING, Line, Paragraph
from publish.lines.joints import Break

WELL = 0.3  # of what places can be stretched by: lines are even enough for any eye
SHORT = 30.0  # what it costs to leave a line short, where a line stretched to its limit costs 1
INSIDE = {Break.LETTERS: 2.0, Break.HYPHEN: 4.0}  # and to end it in a word
SHRUNK = 0.5  # what it costs to shrink a line to its limit: 推入 before 推出


def fitted(
    paragraph: Paragraph, width: float, indent: float = 0.0, *, in_a_row: int = 0
) -> dict[int, int]:
    """Return the token behind each line by the token that it begins with.

    Empty where the greedy way does well.

    Args:
        paragraph: what to break.
        width: the measure.
        indent: what the first line is shorter by.
        in_a_row: how many lines may follow each other that end with a hyphen. If any, lines may
            also end in words lest others are left short.
    """
    greedy = paragraph.breaks(width, indent)
    if all(_is_well(paragraph, line) for line in greedy):
        return {}
    first = paragraph.skip(0)
    costs, before = {first: 0.0}, dict[int, tuple[int, int]]()
    for start in range(first, len(paragraph.tokens)):
        if start not in costs:
            continue
        measure = width - indent if start == first else width
        candidates = list(_candidates(paragraph, start, measure))
        if in_a_row:
            hyphens = _row(paragraph, before, start) < in_a_row
            candidates += _inside(paragraph, start, measure, hyphens=hyphens)
        for after in candidates:
            following = paragraph.skip(after)
            cost = costs[start] + _cost(paragraph, start, after, measure)
            if cost < costs.get(following, inf):
                costs[following], before[following] = cost, (start, after)
    ends: dict[int, int] = {}
    at = len(paragraph.tokens)
    while at in before:
        at, after = before[at]
        ends[at] = after
    return ends


def _is_well(paragraph: Paragraph, line: Line) -> bool:
    if line.last or line.end < line.start + 2:
        return True
    room = paragraph.stretch[line.end - 1] - paragraph.stretch[line.start]
    grown = sum(line.gaps) - sum(paragraph.adds[line.start : line.end - 1])
    return not line.short and grown <= WELL * paragraph.easy * room


def _row(paragraph: Paragraph, before: Mapping[int, tuple[int, int]], at: int) -> int:
    """Return how many lines in a row end with a hyphen before a token that begins one."""
    row = 0
    while at in before and paragraph.parted(before[at][1]):
        row += 1
        at = before[at][0]
    return row


def _inside(paragraph: Paragraph, start: int, width: float, *, hyphens: bool) -> Iterator[int]:
    """Yield the tokens in words behind which a line may be broken, that fill it."""
    inside = (Break.LETTERS, Break.HYPHEN) if hyphens else (Break.LETTERS,)
    stop = paragraph.stops[bisect_right(paragraph.stops, start)]
    limit = width + paragraph.starts[start] + paragraph.lead[start] + NOTHING
    for after in range(bisect_right(paragraph.ends, limit, lo=start, hi=stop), start, -1):
        if paragraph.breaks_at[after - 1] in inside and paragraph.fits(start, after, width):
            if paragraph.lacking(start, after, width):
                return
            yield after


def _candidates(paragraph: Paragraph, start: int, width: float) -> Iterator[int]:
    """Yield the tokens behind which a line may be broken that begins with a token."""
    stop = paragraph.stops[bisect_right(paragraph.stops, start)]
    greedy = paragraph.chosen(start, width)
    yield greedy
    limit = width + paragraph.starts[start] + paragraph.lead[start] + NOTHING
    reach = bisect_right(paragraph.ends, limit, lo=start, hi=stop)
    if reach == stop:
        return
    for after in range(reach + 1, stop + 1):
        if paragraph.natural(start, after) - paragraph.shrinkable(start, after) > width + NOTHING:
            break
        if after != greedy and paragraph.breaks_at[after - 1] is Break.YES:
            yield after
    for after in range(reach, start, -1):
        if after != greedy and paragraph.breaks_at[after - 1] is Break.YES:
            if paragraph.lacking(start, after, width):
                return
            yield after


def _cost(paragraph: Paragraph, start: int, after: int, width: float) -> float:
    end = paragraph.drawn(start, after)
    slack = width - paragraph.natural(start, end)
    if after in paragraph.stops and slack >= -NOTHING:
        return 0.0
    inside = INSIDE.get(paragraph.breaks_at[after - 1], 0.0)
    if slack < -NOTHING:
        whole = paragraph.shrinkable(start, end)
        return SHRUNK * (slack / whole) ** 2 + inside if whole else SHORT
    room = paragraph.stretch[end - 1] - paragraph.stretch[start]
    if not room or paragraph.lacking(start, after, width):
        return SHORT
    return (slack / room / paragraph.easy) ** 2 + inside
