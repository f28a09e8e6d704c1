"""How each inline token is written; a handler may return the index at which to go on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from markdown_it.token import Token

from publish.markdown import readings
from publish.markdown.raw import PAIRED
from publish.markdown.text import MARK, bare, escape, joined, quoted

if TYPE_CHECKING:
    from publish.markdown.render import Renderer

Handler = Callable[["Renderer", Token, list[Token], int], int | None]

_ENUMERATED = re.compile(
    r"\d{1,3}[.、．)）](?!\d)|[（(][\d一二三四五六七八九十]{1,3}[)）]|[①-⑳㉑-㉟⑴-⒇❶-❿]"
    r"|[一二三四五六七八九十]{1,3}、|[•·●■◆▪►▶☆★※]|[－—-]+(?=\S)"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DEBRIS = re.compile(r"\*{4,}")
_MASK = re.compile(r"(?<=[A-Za-z0-9])\*{2,}(?=[A-Za-z0-9])")
_EMPTY_BOLD = re.compile(r"\*\*[ \t\u3000\xa0]+\*\*")
_LINK = re.compile(r"</?a\b[^>]*>")
FARTHEST = 500  # tokens within which the end of an element is sought


def _text(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    text = token.content
    if r.hidden:  # a space after a comment is no space between Han
        r.hidden, r.breaks = False, True
        text = "\n" + text.lstrip(" ") if text.startswith(" ") else text
    if "**" in text:
        text = _without_debris(r, text, children, index)
    r.out.append(escape(text))


def _without_debris(r: Renderer, text: str, children: list[Token], index: int) -> str:
    """Return a text without asterisks that mark nothing; masks such as 138****5678 stay."""
    before = text
    text = _EMPTY_BOLD.sub("", text)
    if r.strong:
        text = _DEBRIS.sub("", text)
    if index and children[index - 1].type in ("strong_close", "em_close"):
        text = re.sub(r"^\*{4,}", "", text)
    if index + 1 < len(children) and children[index + 1].type in ("strong_open", "em_open"):
        text = re.sub(r"\*{4,}$", "", text)
    if index == 0 or children[index - 1].type in ("softbreak", "hardbreak"):
        text = re.sub(r"^\*{4,}(?=[ \t]|$)[ \t]*", "", text)
    if text != before:
        r.findings.note("debris-removed", "asterisks that mark nothing", r.at)
    if "**" in _MASK.sub("", text):
        r.findings.note("emphasis-unmatched", "** without a partner", r.at)
    return text


def _special(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    r.out.append(escape(token.content))


def _soft_break(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    r.at += 1
    r.breaks = True
    following = children[index + 1] if index + 1 < len(children) else None
    text = following.content if following is not None and following.type == "text" else ""
    r.out.append("<br/>" if r.env.get("hard") or _ENUMERATED.match(text) else "\n")


def _hard_break(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    r.at += 1
    r.out.append("<br/>")


def _strong(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    r.strong += token.nesting
    r.depth += token.nesting
    r.out.append("<strong>" if token.nesting > 0 else "</strong>")


def _link(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    r.linked += 1
    r.depth += 1
    address = quoted(r.restored(str(token.attrs.get("href", ""))))
    r.out.append(f'<a href={address} data-line="{r.at}"{_name(token)}{r.own}>')


def _link_end(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    r.linked -= 1
    r.depth -= 1
    r.out.append("</a>")
    if not r.linked:
        waiting, r.waiting = r.waiting, []
        for reference in waiting:
            r.reference(reference)


def _name(token: Token) -> str:
    name = token.meta.get("attributes", {}).get("id")
    return f" data-name={quoted(name)}" if name else ""


def _image(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    alt = _alt(r, token.children) if token.children else token.content
    address = quoted(r.restored(str(token.attrs.get("src", ""))))
    title = str(token.attrs.get("title", ""))
    titled = f" title={quoted(title)}" if title else ""
    r.out.append(
        f'<img data-figure={address} data-line="{r.at}" alt={quoted(alt)}{titled}'
        f"{_name(token)}{r.own}/>"
    )


def _alt(r: Renderer, children: list[Token]) -> str:
    """Return what tokens say, as plain text."""
    out: list[str] = []
    for token in children:
        if token.type == "footnote_ref":
            note = r.env["footnotes"]["list"][token.meta["id"]]
            out.append(f"（{note['content']}）" if "content" in note else "")
        elif token.type == "mark":
            out.append(bare(r.prepared.marks[token.meta["mark"]].xhtml))
        elif token.type.endswith("break"):
            out.append("\n")
        elif token.type == "html_inline":
            out.append(token.content if r.raw and r.raw.is_mention(token.content) else "")
        else:
            out.append(_alt(r, token.children) if token.children else token.content)
    return joined("".join(out))


def _code(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    r.atom(f"<code>{escape(r.restored(token.content))}</code>")


def _note(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    if r.linked:
        r.waiting.append(token)
    else:
        r.reference(token)


def _math(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    display = token.type == "math_inline_double" and len(children) == 1
    r.math(token.content, r.at, display=display)


def _mark(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    mark = r.prepared.marks[token.meta["mark"]]
    if mark.kind == "block":
        r.break_for(mark.xhtml)
    elif mark.kind == "inline":
        r.atom(_LINK.sub("", mark.xhtml) if r.linked else mark.xhtml)


def _span(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    attributes = token.meta["attributes"]
    kind, language = attributes.get("class", ""), attributes.get("lang", "")
    r.depth += 1
    if kind in ("name", "title"):
        r.out.append(f'<u class="{kind}"{r.own}>')
        r.closers.append("</u>")
    elif kind == "jiazhu":
        r.out.append(f'<span class="jiazhu"{r.own}>')
        r.closers.append("</span>")
    elif _LANGUAGE.fullmatch(language):
        r.out.append(f'<span lang="{language}" xml:lang="{language}"{r.own}>')
        r.closers.append("</span>")
    else:
        r.closers.append("")


def _span_end(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    r.depth -= 1
    r.out.append(r.closers.pop())


def _reading(r: Renderer, token: Token, children: list[Token], index: int) -> None:
    r.atom(readings.ruby(token.meta["pairs"]))


def _html(r: Renderer, token: Token, children: list[Token], index: int) -> int | None:
    """Write a tag, or an element that is taken whole with what it holds."""
    source, last = token.content, index
    if source.startswith("<!--"):
        r.hidden = True
    match = re.match(r"<([A-Za-z]+)", source)
    if match and match[1].lower() in PAIRED and not source.endswith("/>"):
        end = f"</{match[1].lower()}"
        for later in range(index + 1, min(len(children), index + FARTHEST)):
            child = children[later]
            if child.type == "html_inline" and child.content.lower().startswith(end):
                last = later
                source = "".join(map(_source, children[index : later + 1]))
                break
    if last == index and _is_mention(r, children, index):
        r.findings.note("html-unknown", f"{source} in a text: shown as it is written", r.at)
        r.out.append(escape(source))
        return None
    r.html(MARK.sub("", source) if last > index else source, r.at)
    return last + 1


def _source(token: Token) -> str:
    """Return a token nearly as it was written."""
    if token.type == "softbreak":
        return "\n"
    return token.markup if token.type == "text_special" else token.content or token.markup


def _is_mention(r: Renderer, children: list[Token], index: int) -> bool:
    """Tell whether a tag is only named; an end tag is if the last beginning of its name was."""
    source = children[index].content
    if r.raw is None or not r.raw.is_mention(source):
        return False
    if not source.startswith("</"):
        return True
    begun = re.compile(rf"<{source[2:-1].strip()}[\s/>]", re.I)
    before = (child.content for child in reversed(children[max(0, index - FARTHEST) : index]))
    found = next(filter(begun.match, before), "")
    return bool(found) and r.raw.is_mention(found)


HANDLERS: dict[str, Handler] = {
    "text": _text, "text_special": _special, "softbreak": _soft_break, "hardbreak": _hard_break,
    "strong_open": _strong, "strong_close": _strong, "link_open": _link, "link_close": _link_end,
    "image": _image, "code_inline": _code, "footnote_ref": _note, "math_inline": _math,
    "math_inline_double": _math, "mark": _mark, "span_open": _span, "span_close": _span_end,
    "html_inline": _html, "reading": _reading,
}  # fmt: skip
