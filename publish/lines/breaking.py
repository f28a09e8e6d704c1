"""Breaks a paragraph into lines, and says where every token of a line stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import add, mul

from publish.lines.joints import BITS, Break, Joint, Rules, code, table
from publish.lines.kinds import UPRIGHT, Kind
from publish.lines.tokens import Side, Token

FULL = 0.9  # em: a mark at least so wide has blanks to give; those of Latin faces are narrower
NOTHING = 1e-6
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
    stops: tuple[int, ...]  # tokens behind the ends that the author wants, and behind all

    def breaks(self, width: float, indent: float = 0.0, *, fill: bool = True) -> list[Line]:
        """Return all lines for a measure.

        Args:
            width: the measure.
            indent: what the first line is shorter by.
            fill: whether lines but the last are stretched to the measure.
        """
        lines: list[Line] = []
        at = 0
        while (line := self.line(at, width - (0 if lines else indent), fill=fill)) is not None:
            lines.append(line)
            at = line.next
        return lines

    def line(self, at: int, width: float, *, fill: bool = True) -> Line | None:
        """Return the line that begins with a token, or None if nothing is left to draw."""
        start = self._skip(at)
        if start == len(self.tokens):
            return None
        after = self._chosen(start, width)
        end = after
        while end > start + 1 and self.tokens[end - 1].kind in _UNDRAWN:
            end -= 1
        ended = self.tokens[after - 1].kind is Kind.END
        after = self._skip(after)
        last = ended or after == len(self.tokens)
        slack = width - self._natural(start, end)
        gaps, short = self.adds[start : end - 1], False
        if slack < -NOTHING:
            gaps = self._shrunk_gaps(start, end, -slack)
        elif slack > NOTHING and fill and not last:
            filled = self._filled_gaps(start, end, slack)
            short = filled is None
            gaps = filled or gaps
        drawn = self._natural(start, end) + sum(gaps) - sum(self.adds[start : end - 1])
        return Line(start, end, after, drawn, self.lead[start], gaps, short, last)

    def _skip(self, at: int) -> int:
        while at < len(self.tokens) and self.tokens[at].kind in _SPACES:
            at += 1
        return at

    def _natural(self, start: int, end: int) -> float:
        return max(0.0, self.ends[end - 1] - self.starts[start] - self.lead[start])

    def _shrinkable(self, start: int, end: int) -> float:
        """Return what can be taken from a line's inside."""
        return max(0.0, self.shrunk[end - 1] - self.shrunk[start])

    def _chosen(self, start: int, width: float) -> int:
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
            return pushed or self._torn(start, reach)
        if pushed and (end < reach or self._gentler(start, end, pushed, width)):
            return pushed
        return self._parted(start, end, reach, width)

    def _parted(self, start: int, end: int, reach: int, width: float) -> int:
        """Return the end of a line, in its next word at need: if it would be left short."""
        for after in range(reach, end, -1):
            if self.breaks_at[after - 1] is Break.LETTERS:
                drawn = end
                while drawn > start + 1 and self.tokens[drawn - 1].kind in _UNDRAWN:
                    drawn -= 1
                slack = width - self._natural(start, drawn)
                return after if sum(self.caps[start : drawn - 1]) < slack else end
        return end

    def _pushed(self, start: int, reach: int, stop: int, width: float) -> int:
        """Return the nearest break beyond the measure that shrinking can bring in, or 0."""
        for end in range(reach + 1, stop + 1):
            if self._natural(start, end) - self._shrinkable(start, end) > width + NOTHING:
                return 0
            if self.breaks_at[end - 1] is Break.YES:
                return end
        return 0

    def _gentler(self, start: int, end: int, pushed: int, width: float) -> bool:
        """Return whether to shrink a line changes its places less than to stretch it would."""
        room = self.stretch[end - 1] - self.stretch[start]
        slack = width - self._natural(start, end)
        if slack <= NOTHING:
            return False
        need = self._natural(start, pushed) - width
        places = sum(1 for give in self.shrinks[start : pushed - 1] if give)
        return room <= 0 or need / max(1, places) < slack / room

    def _torn(self, start: int, reach: int) -> int:
        """Return where to break what has no break, within the measure if anything fits."""
        for end in range(reach, start, -1):
            if self.breaks_at[end - 1] is Break.LETTERS:
                return end
        return max(reach, start + 1)

    def _shrunk_gaps(self, start: int, end: int, need: float) -> tuple[float, ...]:
        whole = self._shrinkable(start, end)
        part = min(1.0, need / whole) if whole else 0.0
        places = range(start, end - 1)
        return tuple(self.adds[place] - part * self.shrinks[place] for place in places)

    def _filled_gaps(self, start: int, end: int, slack: float) -> tuple[float, ...] | None:
        """Return the gaps of a line stretched by so much, evenly and capped; None: too much."""
        places = range(start, end - 1)
        if sum(self.caps[start : end - 1]) < slack:
            return None
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
    tokens: Sequence[Token], widths: Sequence[float], ems: Sequence[float], rules: Rules
) -> Paragraph:
    """Return a paragraph of tokens that are so wide.

    Args:
        tokens: as `tokenise` gives them.
        widths: of each token as shaped, its blanks included.
        ems: the size of each token's type.
        rules: what the layout chooses.
    """
    wide = list(widths)
    for place in range(1, len(tokens) - 1):
        if tokens[place].kind is Kind.SPACE and tokens[place].right is Side.LETTER:
            wide[place] = rules.gap * min(ems[place - 1], ems[place + 1])
    stops = [place + 1 for place, token in enumerate(tokens) if token.kind is Kind.END]
    stops += [len(tokens)] * (len(tokens) not in stops)
    pairs = table(rules)
    codes = [
        code(token.kind, token.left, token.right, width >= FULL * em)
        for token, width, em in zip(tokens, wide, ems, strict=True)
    ]
    joints = [pairs[one << BITS | two] for one, two in pairwise(codes)]
    joints += [Joint()] * bool(tokens)
    sizes = [*map(min, ems, ems[1:]), *ems[-1:]]
    adds, weights, caps, shrinks, breaks = zip(*joints, strict=True) if tokens else ((),) * 5
    adds, caps, shrinks = (tuple(map(mul, part, sizes)) for part in (adds, caps, shrinks))
    starts = [0.0, *accumulate(map(add, wide, adds))][: len(tokens)]
    empty = [pairs.blanks[one] for one in codes]
    tails = [
        0.0 if token.text in UPRIGHT else blank[1] * em
        for token, blank, em in zip(tokens, empty, ems, strict=True)
    ]
    return Paragraph(
        tokens=tuple(tokens),
        widths=tuple(wide),
        adds=adds,
        weights=weights,
        caps=caps,
        breaks_at=_without_runts(tokens, list(breaks), stops),
        lead=tuple([blank[0] * em for blank, em in zip(empty, ems, strict=True)]),
        starts=tuple(starts),
        ends=_ends(tokens, starts, wide, tails),
        shrinks=shrinks,
        shrunk=tuple([0.0, *accumulate(shrinks)][: len(tokens)]),
        stretch=tuple([0.0, *accumulate(weights)][: len(tokens)]),
        stops=tuple(stops),
    )


def _ends(
    tokens: Sequence[Token],
    starts: Sequence[float],
    widths: Sequence[float],
    tails: Sequence[float],
) -> tuple[float, ...]:
    """Return where each token ends as a line's last: its blank hangs out, as do spaces."""
    found: list[float] = []
    end = 0.0
    for token, start, width, tail in zip(tokens, starts, widths, tails, strict=True):
        if token.kind not in _UNDRAWN or not found:
            end = max(end, start + width - tail)
        found.append(end)
    return tuple(found)


def _without_runts(
    tokens: Sequence[Token], breaks: list[Break], stops: Sequence[int]
) -> tuple[Break, ...]:
    """Forbid last lines of one character (孤字不成行), with whatever marks follow.

    See clreq, #adjustments_of_orphans_and_widows.
    """
    first = 0
    for stop in stops:
        place = stop - 1
        while place >= first and tokens[place].kind in _MARKS:
            place -= 1
        if place > first + 1 and len(tokens[place].text) == 1 and breaks[place - 1] is Break.YES:
            breaks[place - 1] = Break.NO
        if first <= place < stop - 1:
            breaks[place] = Break.NO
        first = stop
    return tuple(breaks)
