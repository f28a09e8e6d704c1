"""Links, pictures, bare addresses, and the attributes that may follow them."""

from __future__ import annotations

import re

from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_inline import image as image_of_commonmark
from markdown_it.rules_inline import link as link_of_commonmark
from markdown_it.rules_inline.state_inline import StateInline

from publish.markdown.text import MARK, OPEN

_LABEL = re.compile(rf"[^\[\]\\`<$^{OPEN}]*")
_NOTE = re.compile(r"\[\^[^\]\s]+\]")
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
    if state.html_terminator_last("]") <= start:
        return -1
    close = int(parseLinkLabel(state, start, disable_nested))
    if close < 0 and disable_nested and state.src.find("[^", start, state.posMax) >= 0:
        whole = int(parseLinkLabel(state, start, False))
        if "[" not in _NOTE.sub("", state.src[start + 1 : max(whole, start + 1)]):
            close = whole  # a note is no link in a link
    return close


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
    if state.html_terminator_last("]{") < state.pos:
        return False
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
