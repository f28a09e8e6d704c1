"""markdown-it set up for books: extensions, CJK rules, nesting capped without loss of text."""

from __future__ import annotations

import re
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination, parseLinkTitle
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import html_block, paragraph, table
from markdown_it.rules_block.state_block import StateBlock
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_inline import autolink, backtick, entity, escape, html_inline, newline
from markdown_it.rules_inline.strikethrough import tokenize as strikethrough
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from publish.markdown import emphasis, formulas, links, readings
from publish.markdown.inline import Inline, Rule
from publish.markdown.text import MARK, OPEN, is_wide

DEEPEST = 100  # levels of nesting; a list takes two

# Lines that may begin something else than a paragraph.
_NOT_PLAIN = re.compile(
    rf"[#>=`~|<:{OPEN}]|[-+*](?:[ \t]|$)|[-*_](?:[ \t]*[-*_])+[ \t]*$|!!!|\?\?\?|\$\$"
    r"|\d{1,9}[.)](?:[ \t]|$)|\[[^\n]*\]:"
)
_YEAR = re.compile(r"\d{4,9}[.)][ \t]")
_CODE_LIKE = re.compile(r"[{};=<>$]|//|\w\(")


class Parser(MarkdownIt):
    """markdown-it with addresses left as they are written."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        """Return the address as written: figures and links are looked up by it."""
        return url.strip()

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        """Return the address as written."""
        return link

    def validateLink(self, url: str) -> bool:  # noqa: N802
        """Accept any address here; the tree decides, and says what it left out."""
        return True


class Block(ParserBlock):
    """markdown-it's block parser with a short way for plain paragraphs."""

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        """Read lines into tokens."""
        rules = self.ruler.getRules("")
        line, empty = startLine, False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                break
            if state.level >= DEEPEST:
                _flatten(state, line, endLine)
                break
            if not _plain(state, line):
                for rule in rules:
                    if rule(state, line, endLine, False):
                        break
            state.tight = not empty
            line = state.line
            if (line - 1) < endLine and state.isEmpty(line - 1):
                empty = True
            if line < endLine and state.isEmpty(line):
                empty = True
                state.line = line = line + 1


def _plain(state: StateBlock, line: int) -> bool:
    """Read the paragraph that begins here, if it can be seen at once to be one."""
    start, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    src, following = state.src, line + 1
    if state.sCount[line] - state.blkIndent >= 4:
        if not is_wide(src[start]) or not _prose(state, line):
            return False
        state.env.setdefault("indented", []).append(line)
        return bool(paragraph(state, line, state.lineMax, False))
    if _NOT_PLAIN.match(src, start, end):
        year = _YEAR.match(src, start, end)
        return year is not None and bool(paragraph(state, line, state.lineMax, False))
    if following < state.lineMax and not _ends(state, following):
        return False
    state.line = following
    state.push("paragraph_open", "p", 1).map = [line, following]
    token = state.push("inline", "", 0)
    token.content = src[start:end].strip(" \t")
    token.map = [line, following]
    token.children = []
    state.push("paragraph_close", "p", -1)
    return True


def _ends(state: StateBlock, line: int) -> bool:
    """Tell whether a line ends a paragraph for sure: a blank one that no definition follows."""
    if not state.isEmpty(line):
        return False
    if line + 1 >= state.lineMax:
        return True
    first = state.bMarks[line + 1] + state.tShift[line + 1]
    return state.src[first : first + 1] not in (":", "~")


def _prose(state: StateBlock, line: int) -> bool:
    """Tell whether indented lines are prose: each begins with CJK and none looks like code."""
    while line < state.lineMax and not state.isEmpty(line):
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
        if not is_wide(text[0]) or _CODE_LIKE.search(text):
            return False
        line += 1
    return True


def _flatten(state: StateBlock, line: int, end: int) -> None:
    """Read what is nested too deep as plain paragraphs, so that nothing is lost."""
    state.env.setdefault("nested", []).append(line)
    while line < end:
        line = state.skipEmptyLines(line)
        first = line
        while line < end and not state.isEmpty(line):
            line += 1
        if first < line:
            text = state.getLines(first, line, state.blkIndent, False).strip()
            state.push("paragraph_open", "p", 1).map = [first, line]
            token = state.push("inline", "", 0)
            token.content, token.map, token.children = text, [first, line], []
            state.push("paragraph_close", "p", -1)
        if line >= state.lineMax:
            break
    state.line = end


_OPENERS = re.compile(r"<(script|pre|style|textarea)\b|<(!--)|<(\?)|<!(\[CDATA\[)", re.I)


def _html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a block of HTML, unless it would swallow the rest of the article unclosed."""
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at] != "<":
        return False
    match = _OPENERS.match(state.src, at, state.eMarks[start])
    if match:
        close = (
            f"</{match[1].lower()}"
            if match[1]
            else {"!--": "-->", "?": "?>", "[CDATA[": "]]>"}[match[2] or match[3] or match[4]]
        )
        ends = state.env.setdefault("html_ends", {})
        if close not in ends:
            ends[close] = state.src.lower().rfind(close)
        if ends[close] < at:
            if not silent:
                tag = f"{match[0]}>" if match[1] else match[0]
                state.env.setdefault("unclosed", []).append((start, tag))
            return False
    return bool(html_block(state, start, end, silent))


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read what prepare.py marked as a container: a notice, a quotation."""
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at] != OPEN or state.is_code_block(start):
        return False
    match = MARK.match(state.src, at, state.eMarks[start])
    if not match or state.src[match.end() : state.eMarks[start]].strip():
        return False
    mark = state.env["marks"][int(match[1])]
    if mark.kind not in ("open", "close"):
        return False
    if silent:
        return True
    state.line = start + 1
    if mark.kind == "close":  # its partner is in another block
        return True
    last = min(mark.end, end)
    token = state.push("container_open", "", 1)
    token.meta["mark"], token.map = int(match[1]), [start, last]
    parent, ceiling = state.parentType, state.lineMax
    state.parentType, state.lineMax = "container", last
    state.md.block.tokenize(state, start + 1, last)
    state.parentType, state.lineMax = parent, ceiling
    state.push("container_close", "", -1).meta["mark"] = int(match[1])
    if state.line >= last:  # else a line is left that belongs outside
        state.line = min(last + 1, end)
    return True


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a table, with the cells of rows that have more of them than the head."""
    first = len(state.tokens)
    if not table(state, start, end, silent):
        return False
    if silent:
        return True
    made = state.tokens[first:]
    width = sum(token.type == "th_open" for token in made)
    del state.tokens[first:]
    row = start
    for token in made:
        if token.type == "tr_open" and token.map:
            row = token.map[0]
        if token.type == "tr_close" and row > start:
            line = state.src[state.bMarks[row] + state.tShift[row] : state.eMarks[row]].strip()
            if line.count("|") >= width:
                for cell in escapedSplit(line.removeprefix("|"))[width:]:
                    _add_cell(state, cell.strip(), row)
        state.tokens.append(token)
    return True


def _add_cell(state: StateBlock, text: str, line: int) -> None:
    """Add a cell beyond the width of the head, if it holds anything."""
    if not text:
        return
    state.env.setdefault("surplus", []).append(line)
    state.push("td_open", "td", 1)
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = text, [line, line + 1], []
    state.push("td_close", "td", -1)


@lru_cache(maxsize=2)
def parser(math: bool = True) -> Parser:
    """Return the parser for some options; each process makes it once."""
    md = Parser("commonmark", {"tasklists": True, "maxNesting": DEEPEST})
    md.inline, md.block = Inline(), Block()
    md.helpers = SimpleNamespace(  # type: ignore[assignment]
        parseLinkLabel=links.link_label,
        parseLinkDestination=parseLinkDestination,
        parseLinkTitle=parseLinkTitle,
    )
    md.use(footnote_plugin, move_to_end=False).use(deflist_plugin).use(admon_plugin)
    if math:
        md.use(dollarmath_plugin, allow_labels=False)
    stops = ["paragraph", "reference", "blockquote", "list"]
    md.block.ruler.at("html_block", _html, {"alt": ["paragraph", "reference", "blockquote"]})
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    md.block.ruler.before("fence", "container", _container, {"alt": stops})
    md.core.ruler.disable(
        ["linkify", "replacements", "smartquotes", "text_join", "normalize"], True
    )
    named: dict[str, Any] = {rule.name: rule.fn for rule in md.inline.ruler.__rules__}
    rules: dict[str, tuple[Rule, ...]] = {
        "\n": (newline,),
        "!": (links.image,),
        "&": (entity,),
        "*": (emphasis.emphasis,),
        "_": (emphasis.emphasis,),
        "~": (strikethrough,),
        "`": (backtick,),
        "[": (links.link, named["footnote_ref"], links.span),
        "<": (autolink, html_inline),
        "\\": (formulas.bracketed_math, escape) if math else (escape,),
        "^": (named["footnote_inline"],),
        ":": (links.linkify,),
        "{": (links.attributes, readings.reading),
        OPEN: (links.mark,),
    }
    if math:
        rules["$"] = (formulas.math,)
    md.inline.settle(rules)
    return md


def parse(text: str, env: dict[str, Any], *, math: bool) -> list[Token]:
    """Return the tokens of a Markdown text; ``env`` takes marks and gives findings."""
    return parser(math).parse(text, env)
