"""Shortcodes of Hugo, Hexo and Jekyll: found, paired, and given their form in a book."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from publish.markdown import forms
from publish.markdown.findings import Findings
from publish.markdown.forms import Mark, Tag, closing
from publish.markdown.text import escape

_OPENERS = re.compile(r"\{\{([<%])|\{%")
_NAME = re.compile(r"-?[ \t\n]*(/?)[ \t]*([\w./\u4e00-\u9fff-]+)(?:\.inline)?")
_ARGUMENT = re.compile(
    r"([\w.-]+)[ \t]*=[ \t]*(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|`([^`]*)`|([^\s\"'`]+))"
    r"|\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|`([^`]*)`|(\S+)",
    re.S,
)
LONGEST = 20_000  # characters of one tag

Replacement = tuple[int, int, tuple[Mark | str, ...]]


def replacements(
    text: str,
    is_code: Callable[[int], bool],
    line_of: Callable[[int], int],
    findings: Findings,
) -> Iterator[Replacement]:
    """Yield the places of shortcodes in a text, and what stands there in a book."""
    tags = list(_tags(text, is_code, line_of, findings))
    closers: dict[tuple[str, str], list[int]] = {}
    for index, tag in enumerate(tags):
        if tag.closes:
            closers.setdefault((tag.family, tag.name), []).append(index)
    opened: list[tuple[Tag, Mark | None]] = []
    skip = 0
    for index, tag in enumerate(tags):
        if tag.start < skip:
            continue
        if tag.escaped is not None:
            literal = Mark("inline", escape(tag.escaped), tag.source, tag.line)
            yield tag.start, tag.end, (literal,)
        elif tag.closes:
            yield tag.start, tag.end, _closed(tag, opened)
        else:
            tag.paired = _has_closer(closers, tag, index)
            if tag.paired and tag.name in forms.OPAQUE:
                end = tags[_closer(closers, tag, index)]
                tag.inner = text[tag.end : end.start]
                tag.end = skip = end.end
                tag.source = text[tag.start : end.end]
            made = forms.make(tag, text, findings)
            if tag.paired and tag.name not in forms.OPAQUE:
                opened.append((tag, made if isinstance(made, Mark) else None))
            yield tag.start, tag.end, () if made is None else (made,)


def _has_closer(closers: dict[tuple[str, str], list[int]], tag: Tag, index: int) -> bool:
    found = closers.get((tag.family, tag.name))
    return found is not None and found[-1] > index and not tag.alone


def _closer(closers: dict[tuple[str, str], list[int]], tag: Tag, index: int) -> int:
    """Return the index of the tag that closes an opaque one: the next that does."""
    found = closers[tag.family, tag.name]
    return found[bisect_right(found, index)]


def _closed(tag: Tag, opened: list[tuple[Tag, Mark | None]]) -> tuple[Mark, ...]:
    """Return what stands for a closing tag, and for those left open inside it."""
    for depth in range(len(opened) - 1, max(-1, len(opened) - 50), -1):
        if opened[depth][0].name == tag.name:
            marks = [mark for _, mark in opened[depth:] if mark and mark.kind == "open"]
            del opened[depth:]
            ends = [
                closing(mark, "" if number else tag.source) for number, mark in enumerate(marks)
            ]
            return tuple(reversed(ends))
    return ()


def _tags(
    text: str,
    is_code: Callable[[int], bool],
    line_of: Callable[[int], int],
    findings: Findings,
) -> Iterator[Tag]:
    """Yield the tags of shortcodes outside code, in order."""
    position = 0
    while match := _OPENERS.search(text, position):
        start, position = match.span()
        if is_code(start):
            continue
        sign = match[1] or ""
        shut = {"<": ">}}", "%": "%}}"}.get(sign, "%}")
        end = text.find(shut, position, position + LONGEST)
        again = text.find(match[0], position, position + LONGEST)
        line = line_of(start)
        if end < 0 or (0 <= again < end and sign):
            if sign:
                findings.warning("shortcode-unclosed", f"{match[0]} without {shut}", line)
                yield Tag("hugo", "", start, position, line, escaped="", source=match[0])
            continue
        inside = text[position:end]
        position = end + len(shut)
        source = text[start:position]
        if sign and inside.startswith("/*"):
            literal = f"{match[0]}{inside[2:].removesuffix('*/')}{shut}"
            yield Tag("hugo", "", start, position, line, escaped=literal, source=source)
            continue
        tag = _tag(inside, "hugo" if sign else "liquid", start, position, line, source)
        if tag is None or (not sign and tag.name not in forms.LIQUID):
            if not sign:
                findings.warning("shortcode-unknown", f"{source[:60]} is left as it stands", line)
            else:
                findings.warning("shortcode-unclosed", f"{source[:60]} has no name", line)
                yield Tag("hugo", "", start, position, line, escaped="", source=source)
            continue
        yield tag
        if not sign and tag.name == "raw":  # its inside is not read for tags
            close = re.compile(r"\{%-?\s*endraw\s*-?%\}").search(text, position)
            position = close.start() if close else position


def _tag(inside: str, family: str, start: int, end: int, line: int, source: str) -> Tag | None:
    match = _NAME.match(inside)
    if not match:
        return None
    name, rest = match[2].lower(), inside[match.end() :].strip().rstrip("-").rstrip()
    alone = family == "hugo" and rest.endswith("/")
    closes = bool(match[1])
    if family == "liquid" and name.startswith("end"):
        name, closes = name[3:], True
    tag = Tag(family, name, start, end, line, source=source, closes=closes, alone=alone)
    tag.rest = rest.rstrip("/").strip() if alone else rest
    for found in _ARGUMENT.finditer(tag.rest):
        key, *values = found.groups()
        value = next((v for v in values if v is not None), "").replace('\\"', '"')
        if key:
            tag.named[key.lower()] = value
        else:
            tag.words.append(value)
    return tag
