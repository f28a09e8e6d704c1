"""How each kind of block is written; a handler may return the index at which to go on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from markdown_it.token import Token

from publish.markdown import code
from publish.markdown.forms import NOTICES, notice
from publish.markdown.links import attributes_of
from publish.markdown.text import escape, quoted

if TYPE_CHECKING:
    from publish.markdown.render import Renderer

Handler = Callable[["Renderer", Token, Sequence[Token], int], int | None]

WIDEST = 20  # columns of a table that a page may hold

_ALERT = re.compile(r"\[!(\w+)\][+-]?[ \t]*([^\n]*)(?:\n|$)")
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*((?:[#.][^\s{}]+[ \t]*)+)\}[ \t]*$")


def _simple(piece: str) -> Handler:
    def write(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
        r.out.append(piece)

    return write


def _heading(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    text = tokens[index + 1]
    name = ""
    if text.content.endswith("}") and (match := _ATTRIBUTES.search(text.content)):
        attributes = attributes_of(match[1])
        last = text.children[-1] if text.children else None
        if last and last.type == "text" and (end := _ATTRIBUTES.search(last.content)):
            last.content = last.content[: end.start()]
            if "id" in attributes:
                name = f" data-name={quoted(attributes['id'])}"
    r.place = "h"
    r.out.append(f'<{token.tag} data-at="{r.line(token)}"{name}{r.own}>')


def _heading_end(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    r.place = ""
    r.out.append(f"</{token.tag}>")
    _later(r)


def _list(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    start = token.attrs.get("start")
    number = f' start="{start}"' if start is not None else ""
    tasks = token.tag == "ul" and "checked" in tokens[index + 1].meta
    r.frames.append("tasks" if tasks else "")
    kind = ' class="tasks"' if tasks else ""
    r.out.append(f"<{token.tag}{number}{kind}{r.own}>")


def _list_end(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    r.frames.pop()
    r.out.append(f"</{token.tag}>")


def _item(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    checked = token.meta.get("checked")
    kind = ""
    if checked is not None:
        r.prefix = f'<span class="box">{"☑" if checked else "☐"}</span>'
        if r.frames[-1] == "tasks":
            kind = f' class="{"done" if checked else "todo"}"'
    r.out.append(f'<li data-at="{r.line(token)}"{kind}{r.own}>')


def _quote(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> int | None:
    text = tokens[index + 2] if tokens[index + 1].type == "paragraph_open" else None
    match = _ALERT.match(text.content) if text else None
    if not match or text is None:
        r.frames.append("</blockquote>")
        r.out.append(f"<blockquote{r.own}>")
        return None
    _open_notice(r, match[1], match[2].strip(), r.line(token))
    children = text.children or []
    breaks = (i for i, child in enumerate(children) if child.type.endswith("break"))
    first = next(breaks, None)
    if first is None:
        return index + 4
    del children[: first + 1]
    return None


def _frame_end(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    r.out.append(r.frames.pop())


def _open_notice(r: Renderer, kind: str, title: str, line: int) -> None:
    found = notice(kind, title, "", 0).notice
    if found == "details":
        shown = escape(title) or ("详情" if r.han else "Details")
        r.out.append(f'<div class="details"{r.own}>')
        r.out.append(f'<p class="summary"{r.own}><strong>{shown}</strong></p>')
        r.frames.append("</div>")
        return
    if found not in NOTICES:
        if title:
            r.findings.warning("container-unknown", f"notices of kind {kind} are not known", line)
        found, title = "note", title or kind
    shown = escape(title) or NOTICES[found][0 if r.han else 1]
    r.out.append(f'<aside class="notice {found}"{r.own}>')
    r.out.append(f'<p class="notice-title"{r.own}>{shown}</p>')
    r.frames.append("</aside>")


def _container(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    mark = r.prepared.marks[token.meta["mark"]]
    if mark.notice == "plain":
        r.frames.append("")
        if mark.title:
            r.out.append(f"<p{r.own}><strong>{escape(mark.title)}</strong></p>")
    elif mark.notice == "blockquote":
        said = f'<p class="source"{r.own}>—— {escape(mark.title)}</p>' if mark.title else ""
        r.frames.append(f"{said}</blockquote>")
        r.out.append(f"<blockquote{r.own}>")
    else:
        _open_notice(r, mark.notice, mark.title, mark.line)


def _admonition(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> int | None:
    kind = token.meta["tag"]
    titled = tokens[index + 1].type == "admonition_title_open"
    title = token.content if titled and token.content.lower() != kind else ""
    _open_notice(r, kind, title, r.line(token))
    return index + 4 if titled else None


def _indented(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    r.atom(code.block(r.restored(token.content), ""), "div")


def _fence(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    language = code.language_of(token.info)
    r.atom(code.block(r.restored(token.content), language), "div")


def _html(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    r.html(token.content, r.line(token), block=token.map[0] if token.map else 0)


def _math(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    r.math(token.content, r.line(token), display=True)


def _rule(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    r.out.append(f"<hr{r.own}/>")


def _table(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    columns = 0
    for cell in tokens[index:]:
        if cell.type == "tr_close":
            break
        columns += cell.type == "th_open"
    if columns > WIDEST:
        r.findings.warning(
            "table-wide", f"a table of {columns} columns is wider than a page", r.line(token)
        )
    r.out.append(f'<div class="table"{r.own}><table{r.own}>')


def _cell(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    align = str(token.attrs.get("style", "")).removeprefix("text-align:")
    kind = f' class="{align}"' if align else ""
    scope = ' scope="col"' if token.tag == "th" else ""
    r.out.append(f"<{token.tag}{kind}{scope}{r.own}>")


def _plain(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    r.out.append(f"</{token.tag}>" if token.nesting < 0 else f"<{token.tag}{r.own}>")


def _term(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    r.place = "h"
    r.out.append(f"<dt{r.own}>")


def _term_end(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    r.place = ""
    r.out.append("</dt>")


def _meaning(r: Renderer, token: Token, tokens: Sequence[Token], index: int) -> None:
    r.out.append(f"<dd{r.own}>")
    _later(r)


def _later(r: Renderer) -> None:
    """Write the blocks that had no place in a heading or term."""
    later, r.later = r.later, []
    for block in later:
        r.atom(block, "div")


HANDLERS: dict[str, Handler] = {
    "heading_open": _heading, "heading_close": _heading_end, "dt_open": _term,
    "dt_close": _term_end, "dd_open": _meaning, "bullet_list_open": _list,
    "ordered_list_open": _list, "bullet_list_close": _list_end, "ordered_list_close": _list_end,
    "list_item_open": _item,
    "blockquote_open": _quote, "blockquote_close": _frame_end, "container_open": _container,
    "container_close": _frame_end, "admonition_open": _admonition,
    "admonition_close": _frame_end, "code_block": _indented, "fence": _fence,
    "html_block": _html, "math_block": _math, "hr": _rule, "table_open": _table,
    "table_close": _simple("</table></div>"), "th_open": _cell, "td_open": _cell,
    **dict.fromkeys(
        ("list_item_close", "thead_open", "thead_close", "tbody_open", "tbody_close", "tr_open",
         "tr_close", "th_close", "td_close", "dl_open", "dl_close", "dd_close"), _plain
    ),
}  # fmt: skip
