"""Inline math of Markdown, told apart from prices and variables."""

from __future__ import annotations

import re

from markdown_it.rules_inline.state_inline import StateInline

from publish.markdown.text import has_han

_DOLLAR = re.compile(
    r"\$\$(?=\S)((?:[^$\\]|\\.){1,8000}?)\$\$|\$(?![\s$])((?:[^$\\]|\\.){1,2000}?)\$", re.S
)
_WORD = re.compile(r"[A-Za-z0-9$]")
_MATHEMATICAL = re.compile(r"[\\^_=+*/<>|{}()\-]|^[A-Za-zα-ωΑ-Ω](?:_?\w)?$|^\d+$")


def math(state: StateInline, silent: bool) -> bool:
    """Read ``$…$`` and ``$$…$$`` that hold math: no price, no variable of a shell."""
    src, start = state.src, state.pos
    match = _DOLLAR.match(src, start, state.posMax)
    if not match:
        return False
    before = src[start - 1] if start else " "
    after = src[match.end() : match.end() + 1] or " "
    double = match[1] is not None
    content = match[1] if double else match[2]
    if not double:
        if _WORD.match(before) or _WORD.match(after) or content[-1].isspace():
            return False
        if "\n\n" in content or (not _MATHEMATICAL.search(content) and len(content) > 24):
            return False
    if has_han(content) and "\\" not in content:
        return False
    if not silent:
        token = state.push("math_inline_double" if double else "math_inline", "math", 0)
        token.content, token.markup = content, "$$" if double else "$"
    state.pos = match.end()
    return True


_BRACKETED = re.compile(r"\\(\\?)\((.{1,2000}?)\\\1\)|\\(\\?)\[(.{1,8000}?)\\\3\]", re.S)


def bracketed_math(state: StateInline, silent: bool) -> bool:
    r"""Read ``\(…\)`` and ``\[…\]`` (or with two backslashes) if they can only hold math."""
    opener = state.src[state.pos + 1 : state.pos + 3].lstrip("\\")[:1]
    closer = {"(": "\\)", "[": "\\]"}.get(opener)
    if closer is None or state.html_terminator_last(closer) < state.pos:
        return False
    match = _BRACKETED.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    content = match[2] or match[4]
    if not re.search(r"[\\^_=+<>]", content) or (has_han(content) and "\\" not in content):
        return False
    if not silent:
        kind = "math_inline" if match[2] else "math_inline_double"
        token = state.push(kind, "math", 0)
        token.content = content
    state.pos = match.end()
    return True
