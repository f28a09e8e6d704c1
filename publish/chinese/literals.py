"""Finds what stands in prose and is never converted: addresses, Japanese, the target's script."""

from __future__ import annotations

import re
from collections.abc import Iterator

from publish.chinese.detecting import has_han, has_kana, in_script, is_japanese, script_marks

OBJECT = "\ufffc"  # stands for what is no text (code, a formula), and masks what is left alone

Spans = tuple[tuple[int, int], ...]

# An address ends before Han, unless that stands in a path: in "见https://a.example/说明，" it does.
_tail = r"(?:[!-;=?-~]|(?<=[/=_&?-])[\u3400-\u9fff]+)*"
_host = r"(?:[a-z0-9-]{1,63}\.){1,5}"
_address = re.compile(
    rf"(?:[a-z][a-z0-9+.-]{{1,15}}://|www\.|mailto:){_tail}"
    rf"|(?<![\w@.-]){_host}(?:com|org|net|edu|gov|io|dev|cn|tw|hk|info)/{_tail}"
    rf"|(?<![\w@.+-])[\w.+-]{{1,64}}@{_host}[a-z]{{2,10}}",
    re.IGNORECASE | re.ASCII,
)
_remark = re.compile("(?:[^\x00-\x7f]|[ \n()?!]|&nbsp;)+")
_stop = re.compile("[，。！？：；、]")
_sentence = re.compile("[^。！？!?：:；\n“”「」『』（）()\ufffc]+")


def is_remark(code: str) -> bool:
    """Tell whether inline code is prose: Han, a stop of full width, and nothing that code needs.

    Some archives set commentary as code. Words alone may be names in a program; ASCII letters,
    digits and operators are code, brackets, question and exclamation marks are not.
    """
    return bool(_stop.search(code) and _remark.fullmatch(code) and has_han(code))


def literals(text: str, script: str) -> Spans:
    """Return the spans of a passage that are to be left alone, in order, none touching another.

    Args:
        text: the passage.
        script: "Hans" or "Hant", the script it is converted to; "" between regions.
    """
    spans: list[tuple[int, int]] = []
    if "/" in text or "@" in text or "www." in text:
        spans += (match.span() for match in _address.finditer(text))
    own = script_marks(script)
    if has_kana(text) or not own.isdisjoint(text):
        spans += _sentences(text, script, own)
    if OBJECT in text:
        spans += (match.span() for match in re.finditer(f"{OBJECT}+", text))
    return tuple(_merged(sorted(spans))) if spans else ()


def _sentences(text: str, script: str, own: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield the sentences and quotations that are Japanese, or in the target script already."""
    for match in _sentence.finditer(text):
        several = sum(character in own for character in match[0]) > 1
        if is_japanese(match[0]) or (several and in_script(match[0], script)):
            yield match.span()


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start, end = spans[0]
    for first, last in spans[1:]:
        if first > end:
            yield start, end
            start, end = first, last
        else:
            end = max(end, last)
    yield start, end


def mask(text: str, spans: Spans) -> str:
    """Return text with each span turned into as many object characters."""
    if not spans:
        return text
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += (text[at:start], OBJECT * (end - start))
        at = end
    return "".join([*parts, text[at:]])


def unmask(masked: str, original: str, spans: Spans) -> str:
    """Return masked text, converted since, with what stood in the spans put back."""
    if not spans:
        return masked
    kept = iter([original[start:end] for start, end in spans])
    return re.sub(f"{OBJECT}+", lambda match: next(kept, match[0]), masked)
