"""What happens where two tokens meet: the pair table, by region and style.

A full-width mark is drawn in half of its square; the other half is blank and may be taken away
(clreq, 标点符号的宽度调整, #punctuation_width_adjustment). All lengths here are in em.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import lru_cache
from typing import NamedTuple

from publish.lines.kinds import Kind
from publish.lines.tokens import Side

HALF = 0.5  # of a full-width mark that is blank
GAP = 0.25  # between Han and Latin, the most that clreq asks for: 横排的中、西文混排配置
CAP = 0.25  # how far any place is stretched
LEAST_GAP = 0.125  # a gap between Han and Latin, shrunk


class Region(Enum):
    """Whose marks: where in its square a mark is drawn, and so whether it has blanks to give."""

    MAINLAND = "zh-Hans"  # stops and pauses at the lower left (GB/T 15834-2011, 5.1)
    TAIWAN = "zh-Hant"  # in the middle, as in Hong Kong: they stay whole


class Style(Enum):
    """How wide marks are that stand between Han: clreq leaves it to the house style."""

    KAIMING = "kaiming"  # 开明式: full stops whole, all others half
    QUANJIAO = "quanjiao"  # 全角式: whole
    BANJIAO = "banjiao"  # 半角式: half


class Break(IntEnum):
    """Whether a line may end between two tokens."""

    NO = 0
    LETTERS = 1  # at need: inside a word, if the line would be left short or torn otherwise
    YES = 2
    HYPHEN = 3  # inside a word, with a hyphen: where `hyphens` has settled it


@dataclass(frozen=True, slots=True)
class Rules:
    """What a layout chooses."""

    region: Region = Region.MAINLAND
    style: Style = Style.KAIMING
    gap: float = GAP  # em between Han and Latin


class Joint(NamedTuple):
    """What happens between two tokens."""

    add: float = 0.0  # em to move the second away from the first, or nearer
    weight: float = 0.0  # its share of what a line is stretched by
    cap: float = 0.0  # em that it is stretched by at most
    shrink: float = 0.0  # em that it may give
    breaks: Break = Break.NO


class Table(dict[int, Joint]):
    """The pair table of some rules, filled as pairs are met; kept by `code` of both tokens."""

    def __init__(self, rules: Rules, em: float) -> None:
        self._rules = rules
        self._em = em
        self.blanks = _Blanks(rules.region)  # em

    def __missing__(self, pair: int) -> Joint:
        found = joint(_shape(pair >> BITS), _shape(pair & (1 << BITS) - 1), self._rules)
        self[pair] = found._replace(
            add=found.add * self._em, cap=found.cap * self._em, shrink=found.shrink * self._em
        )
        return self[pair]


class _Blanks(dict[int, tuple[float, float]]):
    def __init__(self, where: Region) -> None:
        self._where = where

    def __missing__(self, one: int) -> tuple[float, float]:
        self[one] = blanks(_shape(one), self._where)
        return self[one]


BITS = 12  # of a code


def code(kind: int, left: int, right: int) -> int:
    """Return all that joints know of a token as a number: enumerations are slow to look up.

    The lowest bit is free for whether the token is an em wide.
    """
    return kind << 7 | left << 4 | right << 1


def _shape(one: int) -> Shape:
    return Kind(one >> 7), Side(one >> 4 & 7), Side(one >> 1 & 7), bool(one & 1)


@lru_cache(maxsize=256)
def table(rules: Rules, em: float) -> Table:
    """Return the pair table of some rules for a size of type; its lengths are in that unit."""
    return Table(rules, em)


Shape = tuple[Kind, Side, Side, bool]
"""All of a token that joints know: kind, what it shows left and right, whether it is an em wide."""


def region(language: str) -> Region:
    """Return whose marks a language's text has.

    >>> region("zh-Hant-TW"), region("zh-Hans")
    (<Region.TAIWAN: 'zh-Hant'>, <Region.MAINLAND: 'zh-Hans'>)
    """
    return Region.TAIWAN if language.startswith("zh-Hant") else Region.MAINLAND


def blanks(one: Shape, where: Region) -> tuple[float, float]:
    """Return the em of blank before and behind the ink of a token, which may be taken away."""
    kind, full = one[0], one[3]
    if not full:
        return 0.0, 0.0
    if kind is Kind.OPENING:
        return HALF, 0.0
    if kind is Kind.CLOSING or (kind in (Kind.PAUSE, Kind.STOP) and where is Region.MAINLAND):
        return 0.0, HALF
    return 0.0, 0.0


def whole(one: Shape, style: Style) -> bool:
    """Return whether a mark keeps its blank between Han."""
    if style is Style.KAIMING:
        return one[0] is Kind.STOP or one[2] is Side.FINAL
    return style is Style.QUANJIAO


def joint(one: Shape, two: Shape, rules: Rules) -> Joint:
    """Return what happens between two tokens.

    ``add``, ``cap`` and ``shrink`` are in em of the smaller of the two.
    """
    taken, kept = _blank(one, two, rules)
    gap = rules.gap if _gaps(one, two) else 0.0
    typed = one[0] is Kind.SPACE and one[2] is Side.LETTER
    weight, cap = _stretch(one, two, gap=bool(gap) or typed)
    shrink = kept / 2
    if gap or typed:
        shrink += max(0.0, rules.gap - LEAST_GAP)
    elif one[0] is Kind.SPACE:
        shrink += LEAST_GAP / 2
    return Joint(gap - taken, weight, cap, shrink, _breaks(one, two))


_AFTER_INK = (Kind.CLOSING, Kind.PAUSE, Kind.STOP)
_BEFORE_OPENING = (Kind.OPENING, Kind.PAUSE, Kind.STOP)  # of a mark: its own blank is enough


def _blank(one: Shape, two: Shape, rules: Rules) -> tuple[float, float]:
    """Return how much of the blank between two tokens is taken, and how much is left.

    Marks that meet share one blank in every style (clreq, 连续标点符号的调整,
    #h-adjustment_of_adjacent_punctuation_marks): a closing mark stands close to the next, an
    opening one close to the one before, and between a closing and an opening mark half an em is
    left, if either would keep it.
    """
    behind, before = blanks(one, rules.region)[1], blanks(two, rules.region)[0]
    keep_behind = behind if whole(one, rules.style) else 0.0
    keep_before = before if whole(two, rules.style) else 0.0
    if two[0] in _AFTER_INK or two[0] is Kind.NOTE:
        keep_behind = 0.0
    if one[0] in _BEFORE_OPENING:
        keep_before = 0.0
    kept = max(keep_behind, keep_before) if behind and before else keep_behind + keep_before
    return behind + before - kept, kept


def _gaps(one: Shape, two: Shape) -> bool:
    """Return whether a gap stands between Han and Latin or digits."""
    if one[0] is Kind.HAN:
        return two[0] in (Kind.WORD, Kind.NUMBER) and two[1] is Side.LETTER
    if two[0] is Kind.HAN:
        return one[0] in (Kind.WORD, Kind.NUMBER) and one[2] is Side.LETTER
    return False


_CLOSE = (*_AFTER_INK, Kind.INTERPUNCT, Kind.POSTFIX, Kind.NOTE)
_LATIN = (Kind.WORD, Kind.NUMBER)
_WORDS = (*_LATIN, Kind.NOTE)  # what is raised or lowered in a word or formula is part of it


def _stretch(one: Shape, two: Shape, *, gap: bool) -> tuple[float, float]:
    """Return the weight and the cap of a joint when a line is stretched.

    行内调整 (clreq, #line_adjustment). Spaces give most, then gaps between Han and Latin, then
    places between characters. Nothing is let in before what closes and behind what opens, nor
    into words, dashes and names with ·.
    """
    a, b = one[0], two[0]
    if gap:
        return 1.5, CAP
    if a in (Kind.SPACE, Kind.TIE):
        return (0.0, 0.0) if b in (Kind.SPACE, Kind.TIE) else (2.0, 2 * CAP)
    if Kind.END in (a, b) or b in _CLOSE or a in (Kind.OPENING, Kind.INTERPUNCT):
        return 0.0, 0.0
    if (
        b in (Kind.SPACE, Kind.TIE)
        or a is Kind.PREFIX
        or (a in _WORDS and b in _LATIN)
        or Side.GLUE in (one[2], two[1])
    ):
        return 0.0, 0.0
    if a is b and a in (Kind.DASH, Kind.ELLIPSIS):
        return 0.0, 0.0
    return 1.0, CAP


_NOT_FIRST = frozenset({*_CLOSE, Kind.CONNECTOR, Kind.SPACE, Kind.TIE, Kind.END})
_NOT_LAST = (Kind.OPENING, Kind.PREFIX, Kind.TIE)
_INSIDE = {Side.LETTERS: Break.LETTERS, Side.CUT: Break.YES, Side.HYPHEN: Break.HYPHEN}


def _breaks(one: Shape, two: Shape) -> Break:
    """Return whether a line may end between two tokens.

    行首行尾禁则 at the level that clreq recommends, 基本处理
    (#prohibition_rules_for_line_start_end), and 符号分离禁则 (#…_for_unbreakable_marks):
    what is one token is never parted, nor are numbers from the signs beside them.
    """
    a, b = one[0], two[0]
    if one[2] in _INSIDE:
        return _INSIDE[one[2]]
    if a is Kind.END:
        return Break.YES
    if one[2] in (Side.SHUT, Side.GLUE) or two[1] is Side.SHUT:
        return Break.NO
    if b in _NOT_FIRST or a in _NOT_LAST or (a in _WORDS and b in _LATIN):
        return Break.NO
    return Break.YES
