"""Emphasis beside CJK marks, and runs of asterisks that a crawler has glued."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from markdown_it.rules_inline.state_inline import Delimiter, Scanned, StateInline

from publish.markdown.text import is_wide


class State(StateInline):
    """The state of a paragraph being read; knows which delimiters flank CJK text."""

    stars = 0  # asterisks that wait for their partners

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803
        """Return what a run of delimiters may do, by CommonMark 6.2 amended for CJK.

        A CJK character or mark counts as a letter that needs no space around emphasis, so
        ``**“粗”**字`` and ``这是**重点：**后文`` mean what their authors meant. Underscores
        may split words only where they enclose CJK on the inside: ``类的__init__方法`` is
        left alone.
        """
        src, end = self.src, self.posMax
        marker = src[start]
        stop = start + 1
        while stop < end and src[stop] == marker:
            stop += 1
        before = src[start - 1] if start > 0 else " "
        after = src[stop] if stop < end else " "
        space_before, mark_before, wide_before = _kind(before)
        space_after, mark_after, wide_after = _kind(after)
        left = not space_after and (
            not mark_after or wide_after or space_before or mark_before or wide_before
        )
        right = not space_before and (
            not mark_before or wide_before or space_after or mark_after or wide_after
        )
        if canSplitWord:
            return Scanned(left, right, stop - start)
        apart = stop - start > 1 and wide_before and wide_after
        return Scanned(
            left and (not right or mark_before or apart),
            right and (not left or mark_after or apart),
            stop - start,
        )


@lru_cache(maxsize=4096)
def _kind(character: str) -> tuple[bool, bool, bool]:
    """Tell whether a character is a space, a punctuation mark, and part of CJK text."""
    space = character.isspace()
    mark = not space and unicodedata.category(character)[0] in "PS"
    return space, mark, not space and is_wide(character)


def emphasis(state: StateInline, silent: bool) -> bool:
    """Read a run of ``*`` or ``_``; a run glued of a closing and an opening one is cut in two."""
    if silent:
        return False
    start = state.pos
    marker = state.src[start]
    scanned = state.scanDelims(start, marker == "*")
    count = scanned.length
    assert isinstance(state, State)
    half = count // 2
    glued = (
        marker == "*"
        and count in (4, 6)
        and scanned.can_open
        and scanned.can_close
        and state.stars >= half
    )
    if glued:  # **a****b**
        _push(state, marker, half, Scanned(False, True, half))
        _push(state, marker, half, Scanned(True, False, half))
    else:
        _push(state, marker, count, scanned)
        if marker == "*":
            closing = scanned.can_close and state.stars
            opened = 0 if closing or not scanned.can_open else count
            state.stars = max(0, state.stars - count) if closing else state.stars + opened
    state.pos = start + count
    return True


def _push(state: StateInline, marker: str, count: int, scanned: Scanned) -> None:
    code = ord(marker)
    for _ in range(count):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(
                code, scanned.length, len(state.tokens) - 1, -1, scanned.can_open, scanned.can_close
            )
        )
