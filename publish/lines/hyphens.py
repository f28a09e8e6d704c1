"""Hyphenation: a word is parted where the line before it would be left short otherwise.

Where, its language says (CSS Text 3, ``hyphens``); here that is a last resort. No more than two
lines in a row end with a hyphen, and never is a paragraph's last word parted. Addresses are cut
between letters, and get none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeVar

from publish.lines.breaking import Paragraph
from publish.lines.fitting import fitted
from publish.lines.joints import Break
from publish.lines.kinds import SOFT, Kind
from publish.lines.tokens import IN_WORDS, Side, Token, is_address

IN_A_ROW = 2  # lines that may end with a hyphen
SEGMENT, EDGE = 6, 2  # letters of a piece of an address that is cut, and left of it on each side
_SEGMENT = re.compile(rf"(?=[^\W_]*[^\W\d_])[^\W_]{{{SEGMENT},}}")
# A word as it stands in a sentence, of small letters but for the first, or a name of two such;
# others are code.
_WORD = re.compile(
    r"[(\[“‘\"']*(?P<letters>[^\W\d_]{4,})(?:[’'][a-z]{1,2})?[)\]}”’\"'!,.:;?\u2010-]*"
)
_NAME = re.compile(r"(?=.{8})[A-Z][a-z]{2,}[A-Z][a-z]{2,}")
_COMPOUND = re.compile(rf"[(\[“‘\"']*[^\W\d_]+[\u2010-]{_WORD.pattern}")

Points = Callable[[int, str], Sequence[int]]
"""Where a word of a run may be parted: letters before each place. A word may hold U+00AD."""


class Measured(Protocol):
    """Tokens whose widths are known."""

    @property
    def paragraph(self) -> Paragraph:
        """What they make."""


M = TypeVar("M", bound=Measured)


def hyphenated(
    whole: M,
    measured: Callable[[Sequence[Token]], M],
    points: Points,
    width: float,
    indent: float = 0.0,
    *,
    fit: bool = False,
) -> tuple[M, dict[int, int]]:
    """Return a paragraph, and the token behind each line by that which it begins with.

    If lines are left short it is one whose words are parted where that fills them. The mapping
    is empty where the greedy way does well, if it is to be broken as a whole.

    Args:
        whole: the paragraph with its words unparted.
        measured: makes one of other tokens.
        points: where words may be parted.
        width: the measure.
        indent: what the first line is shorter by.
        fit: whether it is broken as a whole.
    """
    ends = _ends(whole.paragraph, width, indent, fit=fit)
    short = _short(whole.paragraph, ends, width, indent)
    if not short:
        return whole, ends
    tokens = whole.paragraph.tokens
    cuts = dict(_cuts(tokens, points))
    if not cuts and Break.LETTERS not in whole.paragraph.breaks_at:
        return whole, ends
    tried = measured(cut(tokens, cuts)) if cuts else whole
    best = _ends(tried.paragraph, width, indent, fit=fit, hyphens=True)
    still = _short(tried.paragraph, best, width, indent)
    if len(still) >= len(short) and sum(still) > sum(short) / 2:
        return whole, ends
    # Words that stay whole are shaped as wholes.
    starts = {_place(token) for token in tried.paragraph.tokens[1:]}
    starts &= {_place(tried.paragraph.tokens[at]) for at in best}
    made = measured(cut(tokens, {n: one.kept(tokens[n], starts) for n, one in cuts.items()}))
    numbers = {_place(token): number for number, token in enumerate(made.paragraph.tokens)}

    def moved(at: int) -> int:
        before = tried.paragraph.tokens
        return numbers[_place(before[at])] if at < len(before) else len(made.paragraph.tokens)

    chosen = {moved(start): moved(after) for start, after in best.items()}
    if _fits(tried.paragraph, best, width, indent) > _fits(made.paragraph, chosen, width, indent):
        return tried, best  # where letters are further apart when shaped together
    return made, chosen


def _ends(
    paragraph: Paragraph, width: float, indent: float, *, fit: bool, hyphens: bool = False
) -> dict[int, int]:
    ends = fitted(paragraph, width, indent, in_a_row=IN_A_ROW if hyphens else 0) if fit else {}
    if ends or (fit and not hyphens):
        return ends
    at, row = paragraph.skip(0), 0
    while at < len(paragraph.tokens):
        measure = width if ends else width - indent
        after = paragraph.chosen(at, measure, hyphens=hyphens and row < IN_A_ROW)
        ends[at] = after
        row = row + 1 if paragraph.parted(after) else 0
        at = paragraph.skip(after)
    return ends


def _short(
    paragraph: Paragraph, ends: Mapping[int, int], width: float, indent: float
) -> list[float]:
    """Return what lines are left short by."""
    first = paragraph.skip(0)
    found = (
        paragraph.lacking(start, after, width - indent if start == first else width)
        for start, after in ends.items()
        if after not in paragraph.stops
    )
    return [lacking for lacking in found if lacking]


def _fits(paragraph: Paragraph, ends: Mapping[int, int], width: float, indent: float) -> bool:
    first = paragraph.skip(0)
    return all(
        paragraph.fits(start, after, width - indent if start == first else width)
        for start, after in ends.items()
    )


def _place(token: Token) -> tuple[int, int]:
    return token.run, token.start


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where a token may be parted, and what its parts show."""

    places: Sequence[int]
    side: Side

    def kept(self, token: Token, starts: Set[tuple[int, int]]) -> Cuts:
        """Return those behind which a line begins."""
        places = [at for at in self.places if (token.run, token.start + at) in starts]
        return Cuts(places, self.side)


def _cuts(tokens: Sequence[Token], points: Points) -> Iterator[tuple[int, Cuts]]:
    """Yield the numbers of tokens that may be parted, and where."""
    for number, token in enumerate(tokens):
        if token.kind is not Kind.WORD:
            continue
        around, before = _around(tokens, number)
        if SOFT in token.text:
            yield number, Cuts(points(token.run, token.text), Side.HYPHEN)
        elif is_address(around):
            letters = (at - before for at in _letters(around))
            yield number, Cuts([at for at in letters if 0 < at < len(token.text)], Side.LETTERS)
        elif match := _WORD.fullmatch(token.text):
            at, word = match.start("letters"), match["letters"]
            whole = around == token.text or _COMPOUND.fullmatch(around)
            if whole and (word[1:] == word[1:].lower() or _NAME.fullmatch(word)):
                places = [at + place for place in points(token.run, word)]
                yield number, Cuts(places, Side.HYPHEN)


def _letters(text: str) -> Iterator[int]:
    """Yield where a piece of an address is cut, without a hyphen that would seem to be its own."""
    for found in _SEGMENT.finditer(text):
        yield from range(found.start() + EDGE, found.end() - EDGE + 1)


def _around(tokens: Sequence[Token], number: int) -> tuple[str, int]:
    """Return the word that a token is a part of, and how much of it is before that."""
    first, last = number, number + 1
    while first and tokens[first - 1].kind in IN_WORDS:
        first -= 1
    while last < len(tokens) and tokens[last].kind in IN_WORDS:
        last += 1
    before = sum(len(token.text) for token in tokens[first:number])
    return "".join(token.text for token in tokens[first:last]), before


def cut(tokens: Sequence[Token], cuts: Mapping[int, Cuts]) -> tuple[Token, ...]:
    """Return tokens, of which some are parted."""
    made: list[Token] = []
    for number, token in enumerate(tokens):
        one = cuts.get(number)
        if not one or not one.places:
            made.append(token)
            continue
        for first, last in pairwise([0, *one.places, len(token.text)]):
            made.append(
                token._replace(
                    text=token.text[first:last],
                    start=token.start + first,
                    left=Side.PLAIN if first else token.left,
                    right=token.right if last == len(token.text) else one.side,
                )
            )
    return tuple(made)
