"""Inline rules: emphasis beside CJK marks, bare addresses, math that is no price, attributes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from markdown_it.helpers import parseLinkLabel
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import image as image_of_commonmark
from markdown_it.rules_inline import link as link_of_commonmark
from markdown_it.rules_inline.state_inline import Delimiter, Scanned, StateInline
from markdown_it.token import Token

from publish.markdown.text import MARK, OPEN, SHUT, has_han, is_wide

Rule = Callable[[StateInline, bool], bool]


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


# --- links -----------------------------------------------------------------------------------

_LABEL = re.compile(rf"[^\[\]\\`<$^{OPEN}]*")
_TARGET = re.compile(
    rf'\(([^\s()<>\\&{OPEN}\x00-\x1f\x7f]+)(?:[ \t]+"([^"\\&\n{OPEN}]*)")?[ \t]*\)'
)
_MARKUP = re.compile(rf"[\n!$&*_~`\[\]<\\^:{{}}{OPEN}]")


def link_label(state: StateInline, start: int, disable_nested: bool = False) -> int:
    """Return where the label that begins with the bracket at ``start`` ends, or -1."""
    match = _LABEL.match(state.src, start + 1, state.posMax)
    if match:
        end = match.end()
        if end < state.posMax and state.src[end] == "]":
            return end
    return int(parseLinkLabel(state, start, disable_nested))


def link(state: StateInline, silent: bool) -> bool:
    """Read ``[text](address "title")``; rarer forms are left to CommonMark's own rule."""
    start, end = state.pos, state.posMax
    close = link_label(state, start, True)
    if close < 0:
        return False
    match = _TARGET.match(state.src, close + 1, end)
    if not match:
        return bool(link_of_commonmark(state, silent))
    if not silent:
        token = state.push("link_open", "a", 1)
        token.attrs = {"href": match[1]}
        if match[2]:
            token.attrs["title"] = match[2]
        label = state.src[start + 1 : close]
        if _MARKUP.search(label):
            state.pos, state.posMax = start + 1, close
            state.linkLevel += 1
            state.md.inline.tokenize(state)
            state.linkLevel -= 1
            state.posMax = end
        else:
            state.append_pending(label)
        state.push("link_close", "a", -1)
    state.pos = match.end()
    return True


def image(state: StateInline, silent: bool) -> bool:
    """Read ``![text](address "title")``; rarer forms are left to CommonMark's own rule."""
    start = state.pos
    if state.src[start + 1 : start + 2] != "[":
        return False
    close = link_label(state, start + 1, False)
    if close < 0:
        return False
    match = _TARGET.match(state.src, close + 1, state.posMax)
    if not match:
        return bool(image_of_commonmark(state, silent))
    if not silent:
        label = state.src[start + 2 : close]
        token = state.push("image", "img", 0)
        token.attrs = {"src": match[1], "alt": ""}
        token.content = label
        if match[2]:
            token.attrs["title"] = match[2]
        if _MARKUP.search(label):
            token.children = []
            state.md.inline.parse(label, state.md, state.env, token.children)
    state.pos = match.end()
    return True


# What may stand in an address (RFC 3986) when it stands bare in a text: no bracket of a link,
# no mark that ends a table cell, and nothing that is not ASCII, so that it ends before CJK.
_ADDRESS = re.compile(r"://[A-Za-z0-9][A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]*")
_SCHEME = re.compile(r"(?<![A-Za-z0-9])(?:https?|ftp)\Z", re.I)


def linkify(state: StateInline, silent: bool) -> bool:
    """Turn a bare address into a link, without the mark of the sentence that follows it."""
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    tail = state.src[max(0, state.pos - 6) : state.pos]
    scheme = _SCHEME.search(tail)
    if not scheme or not state.pending.endswith(scheme[0]):
        return False
    match = _ADDRESS.match(state.src, state.pos, state.posMax)
    address = scheme[0] + _trimmed(match[0]) if match else ""
    if len(address) <= len(scheme[0]) + 3:
        return False
    state.pending = state.pending[: -len(scheme[0])]
    state.push("link_open", "a", 1).attrs = {"href": address}
    state.push("text", "", 0).content = address
    state.push("link_close", "a", -1)
    state.pos += len(address) - len(scheme[0])
    return True


def _trimmed(address: str) -> str:
    """Return an address without marks at its end, and without a bracket it does not open."""
    surplus = address.count(")") - address.count("(")
    end = len(address)
    while end:
        last = address[end - 1]
        if last == ")" and surplus > 0:
            surplus -= 1
        elif last not in "?!.,:*_~;'":
            break
        end -= 1
    return address[:end]


# --- math ------------------------------------------------------------------------------------

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
        if "\n\n" in content or not _MATHEMATICAL.search(content) and len(content) > 24:
            return False
    if has_han(content) and "\\" not in content:
        return False
    if not silent:
        token = state.push("math_inline_double" if double else "math_inline", "math", 0)
        token.content, token.markup = content, "$$" if double else "$"
    state.pos = match.end()
    return True


_BRACKETED = re.compile(
    r"\\(\\?)\((.{1,2000}?)\\\1\)|\\(\\?)\[(.{1,8000}?)\\\3\]", re.S
)


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


# --- attributes and marks --------------------------------------------------------------------

_ATTRIBUTES = re.compile(
    r"\{:?[ ]*((?:[#.][^\s{}#.=\"']+|[\w:-]+=(?:\"[^\"\n{}]*\"|'[^'\n{}]*'|[^\s{}\"']+))"
    r"(?:[ ]+(?:[#.][^\s{}#.=\"']+|[\w:-]+=(?:\"[^\"\n{}]*\"|'[^'\n{}]*'|[^\s{}\"']+)))*)[ ]*\}"
)
_PIECE = re.compile(r"([#.])([^\s{}#.=\"']+)|([\w:-]+)=(\"[^\"]*\"|'[^']*'|\S+)")


def attributes_of(text: str) -> dict[str, str]:
    """Return the attributes that ``#id .class key=value`` gives."""
    found: dict[str, str] = {}
    for sign, name, key, value in _PIECE.findall(text):
        if sign == "#":
            found["id"] = name
        elif sign:
            found["class"] = f"{found['class']} {name}" if "class" in found else name
        else:
            found[key.lower()] = value.strip("\"'")
    return found


def attributes(state: StateInline, silent: bool) -> bool:
    """Read ``{#id .class}`` after a picture, a link, code or a span."""
    if state.pending or not state.tokens:
        return False
    token = state.tokens[-1]
    if token.type not in ("image", "link_close", "code_inline"):
        return False
    match = _ATTRIBUTES.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        if token.type == "link_close":
            token = next(t for t in reversed(state.tokens) if t.type == "link_open")
        token.meta["attributes"] = attributes_of(match[1])
    state.pos = match.end()
    return True


def span(state: StateInline, silent: bool) -> bool:
    """Read ``[text]{.class lang=xx}``."""
    close = link_label(state, state.pos, False)
    if close < 0:
        return False
    end = state.posMax
    match = _ATTRIBUTES.match(state.src, close + 1, end)
    if not match:
        return False
    if not silent:
        state.push("span_open", "span", 1).meta["attributes"] = attributes_of(match[1])
        state.pos, state.posMax = state.pos + 1, close
        state.md.inline.tokenize(state)
        state.posMax = end
        state.push("span_close", "span", -1)
    state.pos = match.end()
    return True


def mark(state: StateInline, silent: bool) -> bool:
    """Read what prepare.py put in place of a shortcode."""
    match = MARK.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        state.push("mark", "", 0).meta["mark"] = int(match[1])
    state.pos = match.end()
    return True


# --- the parser ------------------------------------------------------------------------------


class Inline(ParserInline):
    """markdown-it's inline parser with its rules looked up by character: half the time."""

    def __init__(self) -> None:
        super().__init__()
        self.by_character: dict[str, tuple[Rule, ...]] = {}
        self._stop = self._stop_url = self._skip = re.compile("$^")

    def settle(self, rules: dict[str, tuple[Rule, ...]]) -> None:
        """Take the rules; call once, when all plug-ins are in."""
        self.by_character = rules
        usual = re.escape("".join(char for char in rules if char != ":"))
        self._stop = re.compile(f"[{usual}]")
        self._stop_url = re.compile(f"[{usual}:]")
        self._skip = re.compile(f"[{usual}\\]]")

    def parse(self, src: str, md: Any, env: Any, tokens: list[Token]) -> list[Token]:
        """Read a paragraph into tokens; one without markup becomes a single text token."""
        stop = self._stop_url if "://" in src else self._stop
        if not stop.search(src):
            token = Token("text", "", 0)
            token.content = src
            tokens.append(token)
            return tokens
        state = State(src, md, env, tokens)
        self.tokenize(state)
        if state.delimiters or any(state.tokens_meta):
            for rule in self.ruler2.getRules(""):
                rule(state)
        return state.tokens

    def tokenize(self, state: StateInline) -> None:
        """Read from the state's position to its end."""
        src, end = state.src, state.posMax
        stop = self._stop_url if "://" in src else self._stop
        by_character = self.by_character
        deepest = state.md.options["maxNesting"]
        while state.pos < end:
            pos = state.pos
            match = stop.search(src, pos, end)
            if match is None:
                state.append_pending(src[pos:end])
                state.pos = end
                break
            at = match.start()
            if at > pos:
                state.append_pending(src[pos:at])
                state.pos = at
            done = False
            if state.level < deepest:
                for rule in by_character[src[at]]:
                    if rule(state, False):
                        done = True
                        break
            if not done:
                state.append_pending(src[at])
                state.pos = at + 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802
        """Step over one token without making it."""
        pos, src = state.pos, state.src
        known = state.cache.get(pos)
        if known is not None:
            state.pos = known
            return
        rules = self.by_character.get(src[pos])
        if state.level >= state.md.options["maxNesting"]:
            state.pos = state.posMax
        elif rules is None:
            match = self._skip.search(src, pos, state.posMax)
            state.pos = state.posMax if match is None else max(match.start(), pos + 1)
        else:
            done = False
            for rule in rules:
                state.level += 1
                done = rule(state, True)
                state.level -= 1
                if done:
                    break
            if not done:
                state.pos = pos + 1
        state.cache[pos] = state.pos


def mark_text(number: int) -> str:
    """Return what stands in a prepared text for the mark of that number."""
    return f"{OPEN}{number}{SHUT}"
