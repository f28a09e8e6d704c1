"""Readings over Han in the notation of DenDenMarkdown: ``{汉字|hàn|zì}``."""

from __future__ import annotations

import re

from markdown_it.rules_inline.state_inline import StateInline

from publish.markdown.text import HAN, KANA, escape

# What is read is Han or kana; a reading is anything but Han, so that {是|否} stays what it is.
_LETTER = rf"(?![{HAN}])[^\W\d_]"
_PART = rf"[ ]*{_LETTER}(?:(?![{HAN}])[\w\u0300-\u036f \u02d9'’.-])*"
_LIGHT = rf"[ ]*\u02d9{_LETTER}+[ ]*"  # ˙ stands before what it is the tone of
_READING = re.compile(rf"\{{([{HAN}{KANA}]+)((?:\|(?:{_PART}|{_LIGHT}))+)\}}")
_JOINED = re.compile(r"[\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff]")  # scripts without spaces


def reading(state: StateInline, silent: bool) -> bool:
    """Read ``{base|reading}`` or ``{base|reading|reading…}``, unless more braces are around it."""
    src, start = state.src, state.pos
    match = _READING.match(src, start, state.posMax)
    if not match or src[start - 1 : start] == "{" or src[match.end() : match.end() + 1] == "}":
        return False
    if not silent:
        token = state.push("reading", "ruby", 0)
        token.content = match[1]
        token.meta["pairs"] = pairs(match[1], match[2][1:].split("|"))
    state.pos = match.end()
    return True


def pairs(base: str, readings: list[str]) -> list[tuple[str, str]]:
    """Return what stands under which reading: characters one by one if there are as many.

    >>> pairs("汉字", ["hàn", "zì"]), pairs("汉字", ["ㄏㄢˋ", "ㄗˋ", "ㄦ"])
    ([('汉', 'hàn'), ('字', 'zì')], [('汉字', 'ㄏㄢˋㄗˋㄦ')])
    """
    parts = [part.strip() for part in readings]
    if len(parts) == len(base):
        return list(zip(base, parts, strict=True))
    return [(base, ("" if all(map(_JOINED.search, parts)) else " ").join(parts))]


def ruby(pairs: list[tuple[str, str]]) -> str:
    """Return pairs as a ruby element."""
    inside = "".join(f"{escape(base)}<rt>{escape(above)}</rt>" for base, above in pairs)
    return f"<ruby>{inside}</ruby>"
