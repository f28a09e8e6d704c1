"""Tells the language and script of a text by its characters.

The characters that belong to one script only are taken from the old national character sets,
which drew that very line: GB 2312 holds the simplified forms, Big5 the traditional ones.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from publish.locales import HANS, HANT

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9d"
has_han = re.compile(f"[{HAN}]").search
has_kana = re.compile(f"[{KANA}]").search
_runs = {
    "han": re.compile(f"[{HAN}]+"),
    "kana": re.compile(f"[{KANA}]+"),
    "hangul": re.compile("[\uac00-\ud7a3\u1100-\u11ff]+"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f]+"),
    "other": re.compile("[\u0370-\u10ff\u1200-\u1dff\u1f00-\u1fff]+"),
}
# Code, addresses and tags say nothing about the language of the prose around them.
_noise = re.compile(
    r"^([`~])\1\1[^\n]*\n.*?(?:^\1{3}[^\n]*$|\Z)|`[^`\n]{1,400}`"
    r"|[a-z]{3,6}://[!-~]{1,2000}|<[^<>\n]{1,1000}>",
    re.MULTILINE | re.DOTALL,
)
_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "the of and to in is that it for on with as are this be by from at or an was not "
        "you we can have has but if will your how what a i",
    )
)
_KANA_SHARE = 0.2  # of kana and Han: Japanese prose has a third and more
_HAN_SHARE = 0.08  # of Han and Latin letters: a word of Latin counts about six letters


@lru_cache(maxsize=1)
def simplified_only() -> frozenset[str]:
    """Return the characters that only text in Simplified script has."""
    simplified, traditional = _sets()
    return simplified - traditional - {"着"}  # common in Hong Kong, too


@lru_cache(maxsize=1)
def traditional_only() -> frozenset[str]:
    """Return the commoner characters that only text in Traditional script has."""
    simplified, traditional = _sets()
    # Lead bytes to C6 are Big5's level 1, the 5,401 common characters. The rare ones beyond it
    # occur in names and quotations in Simplified text, too.
    common = {character for character in traditional if character.encode("big5")[0] <= 0xC6}
    return frozenset(common) - simplified


@lru_cache(maxsize=1)
def _sets() -> tuple[frozenset[str], frozenset[str]]:
    every = "".join(map(chr, range(0x4E00, 0xA000)))
    simplified, traditional = (
        frozenset(every.encode(codec, "ignore").decode(codec)) for codec in ("gb2312", "big5")
    )
    return simplified, traditional


def marks(text: str) -> tuple[int, int]:
    """Return how many characters of a text are simplified only, and traditional only."""
    counts = Counter(text)
    return _total(counts, simplified_only()), _total(counts, traditional_only())


def detect(text: str) -> str:
    """Return the language of a sample of text or Markdown: a tag, or "" if it does not show.

    ``zh-Hans`` and ``zh-Hant`` are told apart by the characters that only one of them has, the
    majority deciding; without any, Chinese is "". ``ja`` is told by its share of kana, ``ko`` by
    hangul, ``en`` by its commonest words. The region of Traditional text does not show.
    """
    prose = _noise.sub(" ", text)
    han, kana, hangul, latin, other = (_count(name, prose) for name in _runs)
    if hangul > han + kana and hangul * 4 > latin:
        return "ko"
    if kana and kana >= _KANA_SHARE * (han + kana) and (han + kana) * 4 > latin:
        return "ja"
    if han and han >= _HAN_SHARE * (han + latin) and han > other:
        simplified, traditional = marks(prose)
        if simplified == traditional:
            return ""
        return HANS if simplified > traditional else HANT
    return "en" if latin > other and _is_english(prose) else ""


def script_marks(script: str) -> frozenset[str]:
    """Return the characters that only "Hans" or only "Hant" has; none for another script."""
    if script == "Hans":
        return simplified_only()
    return traditional_only() if script == "Hant" else frozenset()


def in_script(text: str, script: str, margin: int = 1) -> bool:
    """Tell whether a passage is in a script ("Hans", "Hant") rather than in the other.

    Args:
        text: the passage.
        script: "Hans" or "Hant".
        margin: how many times the other script's characters its own must outnumber.
    """
    simplified, traditional = marks(text)
    own, other = (simplified, traditional) if script == "Hans" else (traditional, simplified)
    return own > margin * other


def is_japanese(text: str) -> bool:
    """Tell whether a passage is Japanese, by its share of kana, though nothing marks it so."""
    kana = _count("kana", text)
    return kana >= 2 and kana >= _KANA_SHARE * (_count("han", text) + kana)


def _total(counts: Counter[str], characters: frozenset[str]) -> int:
    return sum(counts[character] for character in counts.keys() & characters)


def _count(name: str, text: str) -> int:
    return sum(map(len, _runs[name].findall(text)))


def _is_english(text: str) -> bool:
    words = re.findall(r"[a-z\u00c0-\u024f]+", text.lower())
    common = sum(word in _ENGLISH for word in words)
    return len(words) > 0 and common >= 0.15 * len(words)
