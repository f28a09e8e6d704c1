"""Hyphenation: a word is parted where the line before it would be left short otherwise.

clreq leaves Western words to the rules of their language (#western_word_breaking); here that is the
last resort. No more than two lines in a row end with a hyphen, and never is a paragraph's last
word parted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol, TypeVar

from publish.lines.breaking import NOTHING, Paragraph
from publish.lines.fitting import fitted
from publish.lines.kinds import SOFT, Kind
from publish.lines.tokens import IN_WORDS, Side, Token

IN_A_ROW = 2  # lines that may end with a hyphen
# A word as it stands in a sentence, of small letters but for the first: others are names or code.
_WORD = re.compile(
    r"[(\[“‘\"']*(?P<letters>[^\W\d_]{4,})(?:[’'][a-z]{1,2})?[)\]}”’\"'!,.:;?]*", re.UNICODE
)

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
    may be empty: lines are broken greedily then.

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
        return whole, ends if fit else {}
    tokens = whole.paragraph.tokens
    places = _places(tokens, points)
    if not places:
        return whole, ends
    tried = measured(cut(tokens, places))
    best = _ends(tried.paragraph, width, indent, fit=fit, hyphens=True)
    parted = [after for after in best.values() if tried.paragraph.parted(after)]
    if not parted or _short(tried.paragraph, best, width, indent) >= short:
        return whole, ends
    # Words that stay whole are shaped as wholes.
    starts = {_place(tried.paragraph.tokens[after]) for after in parted}
    used = {
        number: [at for at in found if (tokens[number].run, tokens[number].start + at) in starts]
        for number, found in places.items()
    }
    made = measured(cut(tokens, used))
    numbers = {_place(token): number for number, token in enumerate(made.paragraph.tokens)}

    def moved(at: int) -> int:
        before = tried.paragraph.tokens
        return numbers[_place(before[at])] if at < len(before) else len(made.paragraph.tokens)

    chosen = {moved(start): moved(after) for start, after in best.items()}
    if _fits(made.paragraph, chosen, width, indent):
        return made, chosen
    return tried, best


def _ends(
    paragraph: Paragraph, width: float, indent: float, *, fit: bool, hyphens: bool = False
) -> dict[int, int]:
    if fit:
        return fitted(paragraph, width, indent, in_a_row=IN_A_ROW if hyphens else 0)
    ends: dict[int, int] = {}
    at, row = paragraph.skip(0), 0
    while at < len(paragraph.tokens):
        measure = width if ends else width - indent
        after = paragraph.chosen(at, measure, hyphens=hyphens and row < IN_A_ROW)
        ends[at] = after
        row = row + 1 if paragraph.parted(after) else 0
        at = paragraph.skip(after)
    return ends


def _short(paragraph: Paragraph, ends: Mapping[int, int], width: float, indent: float) -> int:
    """Return how many lines are left short."""
    first = paragraph.skip(0)
    return sum(
        after not in paragraph.stops
        and paragraph.lacking(start, after, width - indent if start == first else width) > NOTHING
        for start, after in ends.items()
    )


def _fits(paragraph: Paragraph, ends: Mapping[int, int], width: float, indent: float) -> bool:
    first = paragraph.skip(0)
    return all(
        paragraph.natural(start, end) - paragraph.shrinkable(start, end)
        <= (width - indent if start == first else width) + NOTHING
        for start, end in ((start, paragraph.drawn(start, after)) for start, after in ends.items())
    )


def _place(token: Token) -> tuple[int, int]:
    return token.run, token.start


def _places(tokens: Sequence[Token], points: Points) -> dict[int, list[int]]:
    """Return where tokens may be parted, by their number."""
    found: dict[int, list[int]] = {}
    for number, token in enumerate(tokens):
        if token.kind is not Kind.WORD or token.right in (Side.CUT, Side.LETTERS, Side.GLUE):
            continue
        if SOFT in token.text:
            at, word = 0, token.text
        elif match := _WORD.fullmatch(token.text):
            at, word = match.start("letters"), match["letters"]
            if word[1:] != word[1:].lower():
                continue
        else:
            continue
        sides = [tokens[near].kind for near in (number - 1, number + 1) if 0 <= near < len(tokens)]
        if IN_WORDS.isdisjoint(sides) and (
            places := [at + place for place in points(token.run, word)]
        ):
            found[number] = places
    return found


def cut(tokens: Sequence[Token], places: Mapping[int, Sequence[int]]) -> tuple[Token, ...]:
    """Return tokens, of which some are parted at places of their texts."""
    made: list[Token] = []
    for number, token in enumerate(tokens):
        bounds = [0, *places.get(number, ()), len(token.text)]
        for first, last in pairwise(bounds):
            made.append(
                token._replace(
                    text=token.text[first:last],
                    start=token.start + first,
                    left=Side.PLAIN if first else token.left,
                    right=token.right if last == len(token.text) else Side.HYPHEN,
                )
            )
    return tuple(made)
