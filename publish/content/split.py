"""Where the front matter ends and the body begins. Cuts text; understands none of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_YAML_END = re.compile(r"^(?:-{3,}|\.{3})[ \t]*$", re.MULTILINE)
_TOML_END = re.compile(r"^\+{3,}[ \t]*$", re.MULTILINE)
_HEXO_END = re.compile(r"^;{3,}[ \t]*$", re.MULTILINE)
_OPENERS = (
    (re.compile(r"-{3,}[ \t]*(?:\n|\Z)"), "yaml", _YAML_END),
    (re.compile(r"\+{3,}[ \t]*(?:\n|\Z)"), "toml", _TOML_END),
    (re.compile(r";{3,}[ \t]*(?:\n|\Z)"), "json", _HEXO_END),
    # as gray-matter writes what the header is
    (re.compile(r"-{3}[ \t]?ya?ml[ \t]*\n", re.IGNORECASE), "yaml", _YAML_END),
    (re.compile(r"-{3}[ \t]?toml[ \t]*\n", re.IGNORECASE), "toml", _YAML_END),
    (re.compile(r"-{3}[ \t]?json[ \t]*\n", re.IGNORECASE), "json", _YAML_END),
)
_JSON = re.compile(r'\{\s{0,200}(?:"[^"\n]{0,200}"\s{0,20}:|\})')
_FIELD = re.compile(r'"[A-Za-z_][\w-]{0,40}"[ \t]*:')
_KEYS = (
    "title|date|layout|categories|category|tags|author|permalink|description|keywords|updated|"
    "comments|toc|slug|thumbnail|draft|id"
)
_UNOPENED = re.compile(rf"(?:{_KEYS})[ \t]*[:：]", re.IGNORECASE)
_UNOPENED_LINE = re.compile(r"[A-Za-z_][\w-]{0,40}[ \t]*[:：].*|[ \t]+.*|-[ \t].*|#.*|")
_UNOPENED_END = re.compile(r"^-{3,}[ \t]*$", re.MULTILINE)
_LIKE_YAML = re.compile(r"[\"']?[A-Za-z_][\w.-]*[\"']?[ \t]*[:：]")
_LIKE_TOML = re.compile(r"\[{0,2}[\"']?[A-Za-z_][\w.-]*[\"']?[ \t]*[]=]")
MAX_UNOPENED = 8192


@dataclass(frozen=True, slots=True)
class Cut:
    """What seems to be a header, cut from its body; only parsing it tells whether it is one.

    ``before`` is what stands ahead of the fence (blank lines, comments). Lines count from 1.
    """

    kind: str  # "yaml", "toml" or "json"
    before: str
    header: str
    header_line: int
    body: str
    body_line: int
    opened: bool = True  # False: old Hexo, without the first fence
    closed: bool = True  # False: there is no last fence; the body is then ""

    @property
    def looks_meant(self) -> bool:
        """Tell whether the first line is a key at once, as in a header and seldom in prose."""
        like = _LIKE_TOML if self.kind == "toml" else _LIKE_YAML
        return self.kind == "json" or bool(like.match(self.header))


def cut(text: str) -> Cut | None:
    """Return the text cut in two, or None if nothing in it begins as front matter does."""
    start = _lead(text)
    for opener, kind, end in _OPENERS:
        if found := opener.match(text, start):
            return _fenced(text, start, found.end(), kind, end)
    if _JSON.match(text, start):
        return _braced(text, start)
    if _FIELD.match(text, start):
        found = _HEXO_END.search(text, start, start + MAX_UNOPENED)
        return _fenced(text, start, start, "json", _HEXO_END) if found else None
    return _unopened(text, start)


def _lead(text: str) -> int:
    """Return where the first line begins that is neither blank nor a comment."""
    start = 0
    while True:
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else start + 200]
        if line.startswith("<!--"):
            close = text.find("-->", start + 4)
            end = text.find("\n", close) if close >= 0 else -1
            if end < 0 or text[close + 3 : end].strip():
                return start
        elif end < 0 or line.strip():
            return start
        start = end + 1


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _fenced(text: str, start: int, inside: int, kind: str, end: re.Pattern[str]) -> Cut:
    line = _line_of(text, inside)
    found = end.search(text, inside)
    if found is None:
        return Cut(kind, text[:start], text[inside:], line, "", line, closed=False)
    after = found.end() + 1
    header = text[inside : found.start()]
    if kind == "json" and not header.lstrip().startswith("{"):
        header = "{" + header.removesuffix("\n") + "}\n"
    body_line = line + text.count("\n", inside, found.start()) + 1
    return Cut(kind, text[:start], header, line, text[after:], body_line)


def _braced(text: str, start: int) -> Cut:
    """Cut after the brace that closes the one at ``start``; strings may hold others."""
    depth = 0
    for found in re.compile(r'"(?:[^"\\\n]|\\.)*+"?|[{}]').finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if not depth:
            end = found.end()
            break
    else:
        line = _line_of(text, start)
        return Cut("json", text[:start], text[start:], line, "", line, closed=False)
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    line = _line_of(text, start)
    if text[end:stop].strip():  # prose goes on behind the brace
        return Cut("json", text[:start], text[start:end], line, text[end:], _line_of(text, end))
    return Cut(
        "json", text[:start], text[start:end], line, text[stop + 1 :], _line_of(text, stop) + 1
    )


def _unopened(text: str, start: int) -> Cut | None:
    """Cut a header of old Hexo: keys from the first line on, closed by ``---``."""
    if not _UNOPENED.match(text, start):
        return None
    found = _UNOPENED_END.search(text, start, start + MAX_UNOPENED)
    if found is None:
        return None
    header = text[start : found.start()]
    lines = header.split("\n")
    if not all(map(_UNOPENED_LINE.fullmatch, lines)):
        return None
    line = _line_of(text, start)
    body_line = line + len(lines)
    return Cut("yaml", text[:start], header, line, text[found.end() + 1 :], body_line, opened=False)
