"""Turns quotation marks into those of a script: “‘ ’” in Simplified text, 「『 』」 in Traditional.

The outer marks are always the script's outer ones and nesting alternates, as GB/T 15834-2011 and
Taiwan's handbook of punctuation (2008) have it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

_PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』"}
_OPENING = {closing: opening for opening, closing in _PAIRS.items()}
_LEVELS = {"Hans": ("“", "‘"), "Hant": ("「", "『")}
_CORNERS = {"“": "「", "”": "」", "‘": "『", "’": "』"}
_DOUBLE = "“”「」"
_CORNERED = "〈〉《》「」『』"
_any = re.compile("[“”‘’「」『』]")
_curly = re.compile("[“”‘’]")
# What makes a context Chinese: Han, kana, and the marks of full width.
_cjk = re.compile(
    "[\u2e80-\u2fdf\u3001-\u3007\u3010-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60"
    "\u2014\u2026\U00020000-\U0003ffff]"
)


@dataclass(slots=True)
class _Pair:
    start: int
    end: int  # -1: never closed
    converts: bool = False


def convert_quotes(text: str, script: str) -> str:
    """Return a paragraph with its quotation marks turned into those of a script.

    The length never changes. A pair is turned when something Chinese is inside it or beside it:
    English quotations and apostrophes keep their marks, and so do marks of the script itself. Two
    marks that face the same way, “…“, are read as a pair. A mark without a partner is left alone,
    but for one that opens the paragraph: that is how a quotation of several paragraphs is set.

    Args:
        text: one paragraph.
        script: "Hans" or "Hant".
    """
    if not _any.search(text):
        return text
    opening = _LEVELS["Hans" if script == "Hant" else "Hant"]
    foreign = {*opening, *(_PAIRS[mark] for mark in opening)}
    if not any(mark in text for mark in foreign):
        return text
    chinese = [match.start() for match in _cjk.finditer(text)]
    pairs = _pairs(text, foreign)
    for pair in pairs:
        pair.converts = text[pair.start] in foreign and _is_chinese(text, pair, chinese)
    return _write(text, pairs, script)


def has_pairs(text: str) -> bool:
    """Tell whether as many quotation marks of each kind open in a text as close."""
    return all(text.count(mark) == text.count(end) for mark, end in _PAIRS.items())


def corner_quotes(text: str) -> str:
    """Return a paragraph of vertical text with corners for its quotation marks, 「」 and 『』.

    The same in both scripts. A mark without a partner is turned too if it stands at Chinese text,
    by the side it faces: beside corners and in a column it would be taken for something else.

    Args:
        text: one paragraph.
    """
    text = convert_quotes(text, "Hant")
    left = [match.start() for match in _curly.finditer(text) if _at_chinese(text, match.start())]
    if not left:
        return text
    result = list(text)
    slips = [place for place in left if text[place] == "’"]
    opens = set(slips[::2]) if len(slips) % 2 == 0 and "‘" not in text else set()
    for place in left:  # ’…’ is typed for ‘…’
        result[place] = "『" if place in opens else _CORNERS[text[place]]
    return "".join(result)


def _at_chinese(text: str, place: int) -> bool:
    """Tell whether a mark without a partner belongs to Chinese text, and is no apostrophe."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    latin = any(side.isascii() and side.isalnum() for side in (before, after))
    if text[place] in "‘’" and latin:
        return False
    return any(_cjk.match(side) or (side and side in _CORNERED) for side in (before, after))


def _pairs(text: str, foreign: set[str]) -> list[_Pair]:
    """Return the pairs of a paragraph in order of their opening marks."""
    stack: list[int] = []
    waiting = dict.fromkeys(_PAIRS, 0)
    found: list[_Pair] = []
    alone: list[int] = []
    for match in _any.finditer(text):
        place, mark = match.start(), match[0]
        if mark in "‘’" and _in_word(text, place):
            continue
        if mark in _PAIRS:
            stack.append(place)
            waiting[mark] += 1
        elif not waiting[_OPENING[mark]]:
            alone.append(place)
        else:
            while text[start := stack.pop()] != _OPENING[mark]:
                waiting[text[start]] -= 1
                alone.append(start)
            waiting[text[start]] -= 1
            found.append(_Pair(start, place))
    found.sort(key=lambda pair: pair.start)
    left = _slips(text, sorted([*alone, *stack]), found, foreign)
    begin = len(text) - len(text.lstrip())
    found += (_Pair(start, -1) for start in left if start == begin)
    return sorted(found, key=lambda pair: pair.start)


def _slips(text: str, alone: list[int], found: list[_Pair], foreign: set[str]) -> list[int]:
    """Add pairs that were typed as “…“ or ”…”; return the opening marks that are left.

    Only where an even number of such marks stands at one level is it clear which belong together.
    """
    levels: dict[int, list[int]] = {}
    around: list[_Pair] = []
    pairs = iter([*found, _Pair(len(text), len(text))])
    following = next(pairs)
    for place in alone:
        while following.start < place:
            around.append(following)
            following = next(pairs)
        while around and around[-1].end < place:
            around.pop()
        if text[place] in foreign and text[place] in _DOUBLE:
            levels.setdefault(around[-1].start if around else -1, []).append(place)
    paired = [place for places in levels.values() if len(places) % 2 == 0 for place in places]
    found += (_Pair(start, end) for start, end in zip(paired[::2], paired[1::2], strict=True))
    done = set(paired)
    return [place for place in alone if text[place] in _PAIRS and place not in done]


def _in_word(text: str, place: int) -> bool:
    """Tell whether a mark is an apostrophe: letters or digits of Latin stand on both sides."""
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return len(around) == 2 and around.isascii() and around.isalnum()


def _is_chinese(text: str, pair: _Pair, chinese: list[int]) -> bool:
    if pair.end < 0:  # ‘90s is no quotation
        return bool(_cjk.match(text, pair.start + 1))
    if text[pair.start] in "「『":
        return True
    end = pair.end
    first = bisect_left(chinese, pair.start)
    if first < len(chinese) and chinese[first] < end:
        return True
    before = text[max(0, pair.start - 8) : pair.start].rstrip()
    after = text[end + 1 : end + 9].lstrip()
    return bool(_cjk.match(before[-1:]) or _cjk.match(after[:1]))


def _write(text: str, pairs: list[_Pair], script: str) -> str:
    outer, inner = _LEVELS[script]
    result = list(text)
    open_pairs: list[tuple[int, str]] = []  # end, the opening mark as it is written
    for pair in pairs:
        end = pair.end if pair.end >= 0 else len(text)
        while open_pairs and open_pairs[-1][0] < pair.start:
            open_pairs.pop()
        mark = text[pair.start]
        mark = _OPENING.get(mark, mark)
        around = open_pairs[-1][1] if open_pairs else ""
        if pair.converts or (mark == around and mark in (outer, inner)):
            mark = inner if around == outer else outer
            result[pair.start] = mark
            if pair.end >= 0:
                result[pair.end] = _PAIRS[mark]
        open_pairs.append((end, mark))
    return "".join(result)
