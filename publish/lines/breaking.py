"""Breaks a paragraph into lines, and says where every token of a line stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf
from operator import add
from types import MappingProxyType
from typing import Any

from publish.lines.joints import BITS, Break, Joint, Rules, code, table
from publish.lines.kinds import UPRIGHT, Kind
from publish.lines.tokens import Side, Token

FULL = 0.9  # em: a mark at least so wide has blanks to give; those of Latin faces are narrower
NOTHING = 1e-6
_NONE: Mapping[int, float] = MappingProxyType({})
_SPACES = (Kind.SPACE, Kind.TIE)
_UNDRAWN = (*_SPACES, Kind.END)
_MARKS = (Kind.CLOSING, Kind.PAUSE, Kind.STOP, Kind.DASH, Kind.ELLIPSIS, Kind.NOTE, *_UNDRAWN)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as set.

    ``start`` to ``end`` are the tokens that are drawn, ``next`` is where the next line begins:
    spaces between the two belong to this line, and are not drawn.
    """

    start: int
    end: int
    next: int
    width: float  # of what is drawn
    shift: float  # by which the first token is moved left: the blank of an opening mark
    gaps: tuple[float, ...]  # what is added behind each token but the last
    short: bool = False  # whether it would have taken too much to fill the measure
    last: bool = False  # of the paragraph, or before an end that the author wants
    hyphen: bool = False  # whether one is drawn behind its last token, and counted in its width


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph ready to be broken for any measure. Lengths are in the caller's unit."""

    tokens: tuple[Token, ...]
    widths: tuple[float, ...]
    adds: tuple[float, ...]  # behind each token, in solid setting
    weights: tuple[float, ...]
    caps: tuple[float, ...]
    breaks_at: tuple[Break, ...]  # behind each token
    lead: tuple[float, ...]  # blank of each token that a line's start takes away
    starts: tuple[float, ...]  # where each token would begin if all stood on one line
    ends: tuple[float, ...]  # where each would end, as the last of a line
    shrinks: tuple[float, ...]
    shrunk: tuple[float, ...]  # sums of what may be taken before each token
    stretch: tuple[float, ...]  # sums of weights before each token
    easy: float  # what any place of weight 1 can be stretched by without a look at its cap
    stops: tuple[int, ...]  # tokens behind the ends that the author wants, and behind all
    hyphens: Mapping[int, float]  # the width of what a line shows behind a token that it ends with

    def breaks(
        self,
        width: float,
        indent: float = 0.0,
        *,
        fill: bool = True,
        ends: Mapping[int, int] | None = None,
    ) -> list[Line]:
        """Return all lines for a measure.

        Args:
            width: the measure.
            indent: what the first line is shorter by.
            fill: whether lines but the last are stretched to the measure.
            ends: see `line`.
        """
        lines: list[Line] = []
        at = 0
        while line := self.line(at, width - (0 if lines else indent), fill=fill, ends=ends):
            lines.append(line)
            at = line.next
        return lines

    def line(
        self,
        at: int,
        width: float,
        *,
        fill: bool = True,
        ends: Mapping[int, int] | None = None,
    ) -> Line | None:
        """Return the line that begins with a token, or None if nothing is left to draw.

        Args:
            at: the token.
            width: the measure.
            fill: whether it is stretched to the measure, unless it is a last one.
            ends: the token behind a line by that which it begins with, as far as that is
                settled; greedy otherwise.
        """
        start = self.skip(at)
        if start == len(self.tokens):
            return None
        after = (ends and ends.get(start)) or self.chosen(start, width)
        end = self.drawn(start, after)
        ended = self.tokens[after - 1].kind is Kind.END
        after = self.skip(after)
        last = ended or after == len(self.tokens)
        slack = width - self.natural(start, end)
        gaps, short, drawn = self.adds[start : end - 1], False, width - slack
        if slack < -NOTHING:
            gaps = self._shrunk_gaps(start, end, -slack)
            drawn += sum(gaps) - sum(self.adds[start : end - 1])
        elif slack > NOTHING and fill and not last:
            filled = self._filled_gaps(start, end, slack)
            short = filled is None
            if filled:
                gaps, drawn = filled, width
        hyphen = end - 1 in self.hyphens
        return Line(start, end, after, drawn, self.lead[start], gaps, short, last, hyphen)

    def skip(self, at: int) -> int:
        """Return the first token from one on that a line may begin with."""
        while at < len(self.tokens) and self.tokens[at].kind in _SPACES:
            at += 1
        return at

    def drawn(self, start: int, after: int) -> int:
        """Return the token behind the last that is drawn of a line."""
        while after > start + 1 and self.tokens[after - 1].kind in _UNDRAWN:
            after -= 1
        return after

    def natural(self, start: int, end: int) -> float:
        """Return the width of tokens as a line in solid setting."""
        hyphen = self.hyphens.get(end - 1, 0.0)
        return max(0.0, self.ends[end - 1] - self.starts[start] - self.lead[start]) + hyphen

    def shrinkable(self, start: int, end: int) -> float:
        """Return what can be taken from a line's inside."""
        return max(0.0, self.shrunk[end - 1] - self.shrunk[start])

    def parted(self, after: int) -> bool:
        """Return whether a line that ends before a token ends with a hyphen."""
        return after - 1 in self.hyphens and after not in self.stops

    def chosen(self, start: int, width: float, *, hyphens: bool = False) -> int:
        """Return the token behind a line: greedy, 推入 before 推出.

        So says clreq, #prohibition_rules_for_line_start_end. A line takes in one more unit if
        its marks can give the room, when the alternative is to carry characters over to the next
        line, or to stretch this one more than that shrinks.
        """
        stop = self.stops[bisect_right(self.stops, start)]
        limit = width + self.starts[start] + self.lead[start] + NOTHING
        reach = bisect_right(self.ends, limit, lo=start, hi=stop)
        if reach == stop:
            return stop
        pushed = self._pushed(start, reach, stop, width)
        end = reach
        while end > start and self.breaks_at[end - 1] is not Break.YES:
            end -= 1
        if end == start:
            return pushed or self._torn(start, reach, width)
        if pushed and (end < reach or self._gentler(start, end, pushed, width)):
            return pushed
        return self._at_need(start, end, reach, width, hyphens=hyphens)

    def _at_need(self, start: int, end: int, reach: int, width: float, *, hyphens: bool) -> int:
        """Return the end of a line, in its next word at need: if it would be left short."""
        inside = (Break.LETTERS, Break.HYPHEN) if hyphens else (Break.LETTERS,)
        places = [at for at in range(reach, end, -1) if self.breaks_at[at - 1] in inside]
        if places and self.lacking(start, end, width):
            for after in places:
                if self.breaks_at[after - 1] is Break.LETTERS:
                    return after
                if self.fits(start, after, width) and not self.lacking(start, after, width):
                    return after
        return end

    def fits(self, start: int, after: int, width: float) -> bool:
        """Return whether a line can be brought into a measure."""
        end = self.drawn(start, after)
        return self.natural(start, end) - self.shrinkable(start, end) <= width + NOTHING

    def lacking(self, start: int, after: int, width: float) -> float:
        """Return what a line is left short by; 0 if it can be filled."""
        end = self.drawn(start, after)
        slack = width - self.natural(start, end)
        return slack if slack > sum(self.caps[start : end - 1]) else 0.0

    def _pushed(self, start: int, reach: int, stop: int, width: float) -> int:
        """Return the nearest break beyond the measure that shrinking can bring in, or 0."""
        for end in range(reach + 1, stop + 1):
            if self.natural(start, end) - self.shrinkable(start, end) > width + NOTHING:
                return 0
            if self.breaks_at[end - 1] is Break.YES:
                return end
        return 0

    def _gentler(self, start: int, end: int, pushed: int, width: float) -> bool:
        """Return whether to shrink a line changes its places less than to stretch it would."""
        room = self.stretch[end - 1] - self.stretch[start]
        slack = width - self.natural(start, end)
        if slack <= NOTHING:
            return False
        need = self.natural(start, pushed) - width
        places = sum(1 for give in self.shrinks[start : pushed - 1] if give)
        return room <= 0 or need / max(1, places) < slack / room

    def _torn(self, start: int, reach: int, width: float) -> int:
        """Return where to break what has no break, within the measure if anything fits."""
        for end in range(reach, start, -1):
            inside = self.breaks_at[end - 1]
            if inside is Break.LETTERS or (inside is Break.HYPHEN and self.fits(start, end, width)):
                return end
        return max(reach, start + 1)

    def _shrunk_gaps(self, start: int, end: int, need: float) -> tuple[float, ...]:
        whole = self.shrinkable(start, end)
        part = min(1.0, need / whole) if whole else 0.0
        places = range(start, end - 1)
        return tuple(self.adds[place] - part * self.shrinks[place] for place in places)

    def _filled_gaps(self, start: int, end: int, slack: float) -> tuple[float, ...] | None:
        """Return the gaps of a line stretched by so much, evenly and capped; None: too much."""
        room = self.stretch[end - 1] - self.stretch[start]
        if room and slack <= self.easy * room:
            even = slack / room
            weighed = (weight * even for weight in self.weights[start : end - 1])
            return tuple(map(add, self.adds[start : end - 1], weighed))
        if sum(self.caps[start : end - 1]) < slack:
            return None
        places = range(start, end - 1)
        full: set[int] = set()
        while True:
            weight = sum(self.weights[place] for place in places if place not in full)
            left = slack - sum(self.caps[place] for place in full)
            unit = left / weight if weight else 0.0
            over = {
                place
                for place in places
                if place not in full and self.weights[place] * unit > self.caps[place] + NOTHING
            }
            if not over:
                break
            full |= over
        return tuple(
            self.adds[place] + (self.caps[place] if place in full else self.weights[place] * unit)
            for place in places
        )


def compose(
    tokens: Sequence[Token],
    widths: Sequence[float],
    ems: Sequence[float],
    rules: Rules,
    hyphens: Mapping[int, float] = _NONE,
) -> Paragraph:
    """Return a paragraph of tokens that are so wide.

    Args:
        tokens: as `tokenise` gives them.
        widths: of each token as shaped, its blanks included.
        ems: the size of each token's type.
        rules: what the layout chooses.
        hyphens: how wide the hyphen is behind each token that may be the first part of a word.
    """
    count = len(tokens)
    if not count:
        return Paragraph(*((),) * 12, inf, (0,), hyphens)
    wide = list(widths)
    # Marks, words and spaces; all else is Han, of which there is nothing to be said if not glued.
    others = [
        place for place, token in enumerate(tokens) if token.right or token.kind is not Kind.HAN
    ]
    for place in others:
        typed = tokens[place].kind is Kind.SPACE and tokens[place].right is Side.LETTER
        if typed and 0 < place < count - 1:
            wide[place] = rules.gap * min(ems[place - 1], ems[place + 1])
    codes = [int(width >= FULL * em) for width, em in zip(wide, ems, strict=True)]
    for place in others:
        token = tokens[place]
        codes[place] |= code(token.kind, token.left, token.right)
    stops = [place + 1 for place in others if tokens[place].kind is Kind.END]
    stops += [count] * (count not in stops)
    adds, weights, caps, shrinks, breaks = _joined(codes, ems, rules)
    starts = list(accumulate(map(add, wide, adds), initial=0.0))[:count]
    lead, ends = [0.0] * count, list(map(add, starts, wide))
    blanks = table(rules, 1.0).blanks
    for place in others:
        token, (before, behind) = tokens[place], blanks[codes[place]]
        lead[place] = before * ems[place]
        if token.kind in _UNDRAWN and place:
            ends[place] = -inf
        elif behind and token.text not in UPRIGHT:
            ends[place] -= behind * ems[place]  # the blank hangs out, as do spaces
    limits = [cap / weight for cap, weight in zip(caps, weights, strict=True) if weight]
    return Paragraph(
        tokens=tuple(tokens),
        widths=tuple(wide),
        adds=adds,
        weights=weights,
        caps=caps,
        breaks_at=_without_runts(tokens, breaks, stops),
        lead=tuple(lead),
        starts=tuple(starts),
        ends=tuple(accumulate(ends, max)),
        shrinks=shrinks,
        shrunk=tuple(accumulate(shrinks, initial=0.0))[:count],
        stretch=tuple(accumulate(weights, initial=0.0))[:count],
        easy=min(limits, default=inf) - NOTHING,
        stops=tuple(stops),
        hyphens=hyphens,
    )


def _joined(codes: Sequence[int], ems: Sequence[float], rules: Rules) -> Any:
    """Return the columns of what stands behind each token: its joint with the next."""
    sizes = set(ems)
    if len(sizes) == 1:
        pairs = table(rules, sizes.pop())
        joints = [pairs[one << BITS | two] for one, two in pairwise(codes)]
    else:
        joints = [
            table(rules, min(sizes))[one << BITS | two]
            for (one, two), sizes in zip(pairwise(codes), pairwise(ems), strict=True)
        ]
    return zip(*joints, Joint(), strict=True)


def _without_runts(
    tokens: Sequence[Token], breaks: Sequence[Break], stops: Sequence[int]
) -> tuple[Break, ...]:
    """Forbid last lines of one character (孤字不成行), or of a part of a word.

    With whatever marks follow. See clreq, #adjustments_of_orphans_and_widows.
    """
    found = list(breaks)
    first = 0
    for stop in stops:
        place = stop - 1
        while place >= first and tokens[place].kind in _MARKS:
            place -= 1
        if place > first + 1 and len(tokens[place].text) == 1 and found[place - 1] is Break.YES:
            found[place - 1] = Break.NO
        if first <= place < stop - 1:
            found[place] = Break.NO
        while place > first and found[place - 1] is Break.HYPHEN:
            place -= 1
            found[place] = Break.NO
        first = stop
    return tuple(found)
