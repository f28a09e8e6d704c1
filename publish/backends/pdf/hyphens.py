"""Where words may be parted, by the style of their text: soft hyphens, and Pyphen's dictionaries.

CSS Text 3, ``hyphens``, and CSS Text 4, ``hyphenate-limit-chars``. Where a language has no
dictionary, as Chinese, words of ASCII letters are taken for English. Pyphen comes with the
engine, and is imported when a line needs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from publish.lines import SOFT, Token
from publish.lines.kinds import Kind
from publish.lines.tokens import Side

HYPHEN = Token("-", Kind.WORD, left=Side.SHUT)  # U+2010 is as wide as Han in Chinese faces
ENGLISH = "en_US"
_LONG = re.compile(rf"[A-Za-z\u00c0-\u024f\u0370-\u052f]{{5}}|{SOFT}")
_HUMP = re.compile(r"(?<=[a-z])[A-Z]")


def any_long(text: str) -> bool:
    """Return whether a text may hold a word that can be parted."""
    return _LONG.search(text) is not None


def points(style: Any, *, justified: bool) -> Callable[[str], Sequence[int]]:
    """Return what tells after how many characters words of a style may be parted.

    Args:
        style: of their text.
        justified: whether lines are to be filled; otherwise only soft hyphens part words.
    """
    hyphens = style["hyphens"]
    if hyphens == "none":
        return _nowhere
    if hyphens == "manual" or not justified:
        return _soft
    total, left, right = style["hyphenate_limit_chars"]
    language = style["lang"] or ""

    def by_dictionary(word: str) -> Sequence[int]:
        if SOFT in word:
            return _soft(word)
        return _known(word, language, left, right) if len(word) >= total else ()

    return by_dictionary


def _nowhere(_: str) -> Sequence[int]:
    return ()


def _soft(word: str) -> Sequence[int]:
    ends = [found.end() for found in re.finditer(f"{SOFT}+", word)]
    return [end for end in ends if end < len(word)]


@lru_cache(maxsize=4096)
def _known(word: str, language: str, left: int, right: int) -> Sequence[int]:
    if hump := _HUMP.search(word):  # a name of two words
        return (hump.start(),)
    pyphen: Any = import_module("pyphen")
    code = pyphen.language_fallback(language) if language else None
    if not code and word.isascii():
        code = ENGLISH
    if not code:
        return ()
    places = _dictionary(code).positions(word)
    # Some languages spell words otherwise where they are parted: those stay whole.
    return tuple(int(at) for at in places if not at.data and left <= at <= len(word) - right)


@lru_cache(maxsize=8)
def _dictionary(code: str) -> Any:
    return import_module("pyphen").Pyphen(lang=code, left=1, right=1)
