"""Titles of articles that give none: the first heading, or the name of the file."""

from __future__ import annotations

import re

from publish.content.text import clean

_BLOCK = re.compile(
    r"^(?: {0,3}(?P<fence>`{3,}|~{3,})[^\n]*|(?P<comment> {0,3}<!--[^\n]*)"
    r"| {0,3}(?P<marks>#{1,6})(?:[ \t]+(?P<text>[^\n]*))?|(?P<under> {0,3}(?:=+|-+)[ \t]*))$",
    re.MULTILINE,
)
_CLOSING = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_ATTRIBUTES = re.compile(r"[ \t]*\{[:#.][^{}\n]{0,200}\}[ \t]*$")
_NOT_TEXT = re.compile(r" {0,3}(?:[-*+>|#]|\d{1,9}[.)])(?:\s|$)|\s*$| {4}|\t|[-*_=\s]+$")
_DATE_PREFIX = re.compile(r"(\d{4})[-_.](\d{1,2})[-_.](\d{1,2})(?:[-_. ]+|$)")
_INLINE = (
    (re.compile(r"!\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)"), r"\1"),
    (re.compile(r"\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)?\)|\[[^\[\]]*\])"), r"\1"),
    (re.compile(r"\[\^[^\[\]\s]*\]"), ""),
    (re.compile(r"<(https?://[^<>\s]*|[^<>@\s]+@[^<>@\s]+)>"), r"\1"),
    (re.compile(r"</?[A-Za-z][^<>]*>"), ""),
    (
        re.compile(r"(?<!\{)\{([\u3005-\u30ff\u3400-\u9fff]+)(?:\|[^{}|\u3400-\u9fff]+)+\}(?!\})"),
        r"\1",
    ),
    (re.compile(r"(\*\*|__|~~|==)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"\*(?=[^\s*])([^*]*)(?<=[^\s*])\*"), r"\1"),
    (re.compile(r"(?<!\w)_(?=[^\s_])([^_]*)(?<=[^\s_])_(?!\w)"), r"\1"),
)
_CODE = re.compile(r"(`{1,3})(?!`)([^`]*)\1(?!`)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
MAX_HEADING = 1000  # characters of a heading that are looked at
MAX_LEAD = 5000  # characters of comments and rules that may stand before the first heading


def heading(body: str) -> str:
    """Return the text of the heading that is the title of a Markdown body, or "".

    That is the heading the body begins with, whatever its level; else its only heading of
    level 1. Where several stand inside the text, none of them names the whole.
    """
    only, first, end = "", True, 0
    for block in _BLOCK.finditer(body):
        if block.start() < end:
            continue
        if block["fence"]:
            end = _fence_end(body, block)
        elif block["comment"]:
            close = body.find("-->", block.start())
            end = len(body) if close < 0 else close + 3
        elif first or block["marks"] == "#" or "=" in (block["under"] or ""):
            level, text, start = _read(body, block, end)
            if not text:
                continue
            if first and start <= MAX_LEAD and _opens(body[:start]):
                return text
            first = False
            if level == 1 and only:
                return ""
            only = text if level == 1 else only
    return only


def _fence_end(body: str, opening: re.Match[str]) -> int:
    sign, length = opening["fence"][0], len(opening["fence"])
    if sign == "`" and "`" in opening[0].strip().lstrip("`"):
        return 0  # inline code, not a fence
    closing = re.compile(rf"^ {{0,3}}{sign}{{{length},}}[ \t]*$", re.MULTILINE)
    found = closing.search(body, opening.end())
    return found.end() if found else len(body)


def _read(body: str, block: re.Match[str], floor: int) -> tuple[int, str, int]:
    """Return level, text and start of an ATX or setext heading; no text if it is none."""
    if block["marks"]:
        text = _CLOSING.sub("", (block["text"] or "")[:MAX_HEADING])
        return len(block["marks"]), plain(text), block.start()
    before = body.rfind("\n", floor, max(block.start() - 1, floor)) + 1
    line = body[max(before, floor) : max(block.start() - 1, 0)]
    if not line or len(line) > MAX_HEADING or _NOT_TEXT.match(line):
        return 0, "", 0
    return (1 if "=" in block["under"] else 2), plain(line), before


def _opens(before: str) -> bool:
    """Tell whether only blank lines, comments and rules stand ahead of a heading."""
    rest = before
    while (start := rest.find("<!--")) >= 0:
        close = rest.find("-->", start)
        rest = rest[:start] + (rest[close + 3 :] if close >= 0 else "")
    return not rest.strip(" \t\n\u3000-*_")


def plain(text: str) -> str:
    """Return inline Markdown as plain text of one line.

    >>> plain("**粗** [链接](a.md) `a*b` &amp; 注[^1] {#id}")
    '粗 链接 a*b & 注'
    """
    text = _ATTRIBUTES.sub("", text[:MAX_HEADING])
    codes: list[str] = []

    def keep(found: re.Match[str]) -> str:
        codes.append(found[2].strip())
        return f"\ue000{len(codes) - 1}\ue001"

    text = _CODE.sub(keep, text.replace("\ue000", "").replace("\ue001", ""))
    escapes: list[str] = []

    def escape(found: re.Match[str]) -> str:
        escapes.append(found[1])
        return f"\ue002{len(escapes) - 1}\ue003"

    text = _ESCAPE.sub(escape, text)
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    if "&" in text:
        import html

        text = html.unescape(text)
    text = re.sub("\ue002(\\d+)\ue003", lambda found: escapes[int(found[1])], text)
    text = re.sub("\ue000(\\d+)\ue001", lambda found: codes[int(found[1])], text)
    return clean(text)


def date_prefix(stem: str) -> tuple[str, str]:
    """Return the date a file name begins with ("" if none), and the rest of the name.

    >>> date_prefix("2024-01-02-first-post"), date_prefix("notes")
    (('2024-01-02', 'first-post'), ('', 'notes'))
    """
    found = _DATE_PREFIX.match(stem)
    if found is None:
        return "", stem
    return "-".join(found.groups()), stem[found.end() :]


def from_name(stem: str) -> str:
    """Return a title for the stem of a file name, without its date and language.

    >>> from_name("2024-01-02-first-post"), from_name("版心_与_页边"), from_name("2024-01-02")
    ('First post', '版心 与 页边', '2024-01-02')
    """
    rest = date_prefix(stem)[1] or stem
    if rest != stem or not _DATE_PREFIX.match(stem):
        rest = re.sub(r"[-_\s]+", " ", rest).strip() or rest
    rest = clean(rest)
    return rest[:1].upper() + rest[1:] if rest.isascii() and rest.islower() else rest
