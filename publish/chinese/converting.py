"""Converts strings by OpenCC, with words of the user that win over its dictionaries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from publish.chinese.configurations import CONFIGURATIONS, is_configuration
from publish.diagnostics import UsageError, error

Phrases = tuple[tuple[str, str], ...]

# Where stand-ins for the user's words are taken from: plane 15, then plane 16, then the BMP.
_PRIVATE = ((0xF0000, 0xFFFFD), (0x100000, 0x10FFFD), (0xE000, 0xF8FF))
_private = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
_surrogates = re.compile("[\ud800-\udfff]")


class Converter:
    """A conversion: an OpenCC configuration, and phrases that win over it.

    Each phrase found is replaced by a private character that the text does not hold, so that no
    dictionary can cut it otherwise, and that by the chosen words after the conversion. The longest
    phrase wins.
    """

    def __init__(self, configuration: str, phrases: Phrases = ()) -> None:
        """Take a configuration such as "s2twp" and (source, target) pairs.

        Raises:
            UsageError: OpenCC has no such configuration.
        """
        if not is_configuration(configuration):
            raise UsageError(
                error(
                    "convert-unknown",
                    f"OpenCC has no configuration {configuration!r}",
                    help=f"known are {', '.join(CONFIGURATIONS)}",
                )
            )
        self.configuration = configuration
        self.phrases = phrases
        self._words = dict(phrases)
        longest_first = sorted(self._words, key=lambda word: (-len(word), word))
        self._find = re.compile("|".join(map(re.escape, longest_first))) if phrases else None

    def text(self, text: str) -> str:
        """Return text converted as one piece."""
        text = _surrogates.sub("\ufffd", text)
        if self._find is None:
            return self._convert(text)
        free = _free(text)
        stand_ins: dict[str, str] = {}

        def hide(match: re.Match[str]) -> str:
            word = match[0]
            if word not in stand_ins:
                stand_ins[word] = next(free)
            return stand_ins[word]

        converted = self._convert(self._find.sub(hide, text))
        if not stand_ins:
            return converted
        back = {stand_in: self._words[word] for word, stand_in in stand_ins.items()}
        return _private.sub(lambda match: back.get(match[0], match[0]), converted)

    def _convert(self, text: str) -> str:
        for part in self.configuration.split("+"):
            text = _engine(part).convert(text)
        return text


@lru_cache(maxsize=64)
def converter(configuration: str, phrases: Phrases = ()) -> Converter:
    """Return the converter for a configuration and phrases, made once in a process."""
    return Converter(configuration, phrases)


@lru_cache(maxsize=len(CONFIGURATIONS))
def _engine(configuration: str) -> Any:
    """Return OpenCC's own object; loading its dictionaries takes up to 0.1 s."""
    import opencc

    # By its full path, for a bare name would be looked up in the current folder first.
    folder = Path(opencc.__file__).parent / "clib" / "share" / "opencc"
    path = folder / f"{configuration}.json"
    return opencc.OpenCC(str(path) if path.is_file() else configuration)


def _free(text: str) -> Iterator[str]:
    taken = set(_private.findall(text))
    codes = chain.from_iterable(range(first, last + 1) for first, last in _PRIVATE)
    return (chr(code) for code in codes if chr(code) not in taken)
