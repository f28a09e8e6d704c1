"""From tokens to text in the form of the canonical tree, notes and sources' lines included."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it.token import Token

from publish.markdown import maths
from publish.markdown.blocks import HANDLERS
from publish.markdown.findings import Findings
from publish.markdown.prepare import Prepared
from publish.markdown.raw import PAIRED, Raw
from publish.markdown.text import MARK, OPEN, escape, plain_text, quoted

_COMMENT = re.compile(r"\s*(?:<!--(?:>|->|.*?-->)\s*)+", re.S)
_MORE = re.compile(r"<!--\s*more\b[^>]*-->", re.I)
_ENUMERATED = re.compile(
    r"\d{1,3}[.、．)）](?!\d)|[（(][\d一二三四五六七八九十]{1,3}[)）]|[①-⑳㉑-㉟⑴-⒇❶-❿]"
    r"|[一二三四五六七八九十]{1,3}、|[•·●■◆▪►▶☆★※]|[－—-]+(?=\S)"
)
_DEBRIS = re.compile(r"\*{4,}")
_EMPTY_BOLD = re.compile(r"\*\*[ \t\u3000\xa0]+\*\*")


class Renderer:
    """Writes the tokens of one article."""

    def __init__(
        self,
        prepared: Prepared,
        env: dict[str, Any],
        findings: Findings,
        raw: Raw | None,
        han: bool,
    ) -> None:
        self.prepared = prepared
        self.env = env
        self.findings = findings
        self.raw = raw
        self.own = f' {raw.own}=""' if raw else ""
        self.han = han
        self.out: list[str] = []
        self.summary = ""
        self.breaks = False  # whether any line of a paragraph was broken
        self.html = False
        self.numbers: dict[str, int] = {}  # of notes, by label
        self.uses: list[int] = []  # how often each is referred to
        self.definitions: dict[str, list[Token]] = {}
        self.place = ""  # "p" or "h" while the text of a paragraph or heading is written
        self.later: list[str] = []  # blocks that wait for the end of a heading
        self.prefix = ""  # what the text of a task begins with
        self.closers: list[str] = []  # ends of spans
        self.frames: list[str] = []  # ends of quotations, lists and notices

    # --- blocks --------------------------------------------------------------------------------

    def render(self, tokens: Sequence[Token]) -> None:
        """Write block tokens."""
        skip = 0
        for index, token in enumerate(tokens):
            if index < skip:
                continue
            kind = token.type
            if kind == "inline":
                self.inline(token)
            elif kind == "paragraph_open":
                if not token.hidden:
                    self.place = "p"
                    self.out.append(f'<p data-at="{self.line(token)}"{self.own}>')
            elif kind == "paragraph_close":
                if not token.hidden:
                    self.place = ""
                    self.out.append("</p>")
            else:
                skip = HANDLERS[kind](self, token, tokens, index) or 0

    def line(self, token: Token) -> int:
        """Return the line of the file on which a token begins."""
        return self.prepared.line(token.map[0]) if token.map else 0

    def notes_taken_out(self, tokens: list[Token]) -> list[Token]:
        """Keep the definitions of notes for later; return the other tokens."""
        if "footnotes" not in self.env:
            return tokens
        kept: list[Token] = []
        current: list[Token] | None = None
        for token in tokens:
            if token.type == "footnote_reference_open":
                label = token.meta["label"]
                if label in self.definitions:
                    self.findings.warning(
                        "note-duplicate", f"note [^{label}] is defined again", self.line(token)
                    )
                current = self.definitions.setdefault(label, [])
            elif token.type == "footnote_reference_close":
                current = None
            else:
                (kept if current is None else current).append(token)
        return kept

    # --- text ----------------------------------------------------------------------------------

    def inline(self, token: Token) -> None:
        """Write the text of a block."""
        children = token.children
        if self.prefix:
            self._atom(self.prefix)
            self.out.append(" ")
            self.prefix = ""
        if not children:
            return
        if len(children) == 1 and children[0].type == "text" and "**" not in children[0].content:
            self.out.append(escape(children[0].content))
            return
        self.children(children, self.line(token))

    def children(self, children: list[Token], line: int) -> None:
        """Write inline tokens that begin on a line of the file."""
        out, own = self.out, self.own
        strong, linked, waiting = 0, 0, []
        skip = -1
        for index, token in enumerate(children):
            if index <= skip:
                continue
            kind = token.type
            if kind == "text":
                text = token.content
                if "**" in text:
                    text = self._debris(text, children, index, strong, line)
                out.append(escape(text))
            elif kind == "text_special":
                out.append(escape(token.content))
            elif kind == "softbreak":
                line += 1
                self.breaks = True
                following = children[index + 1] if index + 1 < len(children) else None
                listed = following and _ENUMERATED.match(following.content)
                out.append("<br/>" if listed and following.type == "text" else "\n")
            elif kind == "hardbreak":
                line += 1
                out.append("<br/>")
            elif kind == "strong_open":
                strong += 1
                out.append("<strong>")
            elif kind == "strong_close":
                strong -= 1
                out.append("</strong>")
            elif kind == "link_open":
                linked += 1
                address = self.restored(str(token.attrs.get("href", "")))
                name = self._name(token)
                out.append(f'<a href={quoted(address)} data-line="{line}"{name}{own}>')
            elif kind == "link_close":
                linked -= 1
                out.append("</a>")
                while waiting and not linked:
                    self._reference(waiting.pop(0))
            elif kind == "image":
                self._image(token, line)
            elif kind == "code_inline":
                self._atom(f"<code>{escape(self.restored(token.content))}</code>")
            elif kind == "footnote_ref":
                if linked:
                    waiting.append(token)
                else:
                    self._reference(token)
            elif kind == "html_inline":
                skip = self._html_inline(children, index, line)
            elif kind == "math_inline":
                self._math(token.content, line, display=False)
            elif kind == "math_inline_double":
                self._math(token.content, line, display=len(children) == 1)
            elif kind == "mark":
                self._mark(token)
            elif kind == "span_open":
                self._span(token)
            elif kind == "span_close":
                out.append(self.closers.pop())
            elif token.tag:
                out.append(f"</{token.tag}>" if token.nesting < 0 else f"<{token.tag}>")

    def _debris(self, text: str, children: list[Token], index: int, strong: int, line: int) -> str:
        """Return a text without asterisks that mark nothing."""
        before = text
        text = _EMPTY_BOLD.sub("", text)
        if strong:
            text = _DEBRIS.sub("", text)
        if index and children[index - 1].type in ("strong_close", "em_close"):
            text = re.sub(r"^\*{4,}", "", text)
        if index + 1 < len(children) and children[index + 1].type in ("strong_open", "em_open"):
            text = re.sub(r"\*{4,}$", "", text)
        if index == 0 or children[index - 1].type in ("softbreak", "hardbreak"):
            text = re.sub(r"^\*{4,}(?=[ \t]|$)[ \t]*", "", text)
        if text != before:
            self.findings.note("debris-removed", "asterisks that mark nothing", line)
        if "**" in text:
            self.findings.note("emphasis-unmatched", "** without a partner", line)
        return text

    def _name(self, token: Token) -> str:
        name = token.meta.get("attributes", {}).get("id")
        return f" data-name={quoted(name)}" if name else ""

    def _image(self, token: Token, line: int) -> None:
        alt = token.content
        if token.children:
            alt = "".join(child.content for child in token.children)
        address = self.restored(str(token.attrs.get("src", "")))
        title = str(token.attrs.get("title", ""))
        titled = f" title={quoted(title)}" if title else ""
        self.out.append(
            f'<img data-figure={quoted(address)} data-line="{line}" alt={quoted(alt)}{titled}'
            f"{self._name(token)}{self.own}/>"
        )

    def _atom(self, xhtml: str, tag: str = "span") -> None:
        """Write a finished piece, out of reach of any repair of HTML around it."""
        self.out.append(self.raw.fragment(xhtml, tag) if self.raw else xhtml)

    def _span(self, token: Token) -> None:
        attributes = token.meta["attributes"]
        kind = attributes.get("class", "")
        if kind in ("name", "title"):
            self.out.append(f'<u class="{kind}"{self.own}>')
            self.closers.append("</u>")
        elif re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", attributes.get("lang", "")):
            tag = attributes["lang"]
            self.out.append(f'<span lang="{tag}" xml:lang="{tag}"{self.own}>')
            self.closers.append("</span>")
        else:
            self.closers.append("")

    def _math(self, latex: str, line: int, *, display: bool) -> None:
        made = maths.mathml(latex, display)
        if made is None:
            shown = " ".join(latex.split())[:40]
            self.findings.warning("math-unreadable", f"{shown} is shown as LaTeX", line)
            made = maths.fallback(latex)
        if display:
            self._broken_paragraph(f'<div class="math">{made}</div>')
        else:
            self._atom(made)

    def _broken_paragraph(self, block: str) -> None:
        """Write a block in the middle of a text."""
        if self.place == "h":
            self.later.append(block)
            return
        self.out.append("</p>" if self.place else "")
        self._atom(block, "div")
        self.out.append(f"<p{self.own}>" if self.place else "")

    def _mark(self, token: Token) -> None:
        mark = self.prepared.marks[token.meta["mark"]]
        if mark.kind == "block":
            self._broken_paragraph(mark.xhtml)
        elif mark.kind == "inline":
            self._atom(mark.xhtml)

    # --- HTML ----------------------------------------------------------------------------------

    def _html_inline(self, children: list[Token], index: int, line: int) -> int:
        """Write a tag, or an element that is taken whole; return the last index it took."""
        source = children[index].content
        if _COMMENT.fullmatch(source):
            if not self.summary and _MORE.match(source):
                self.summary = plain_text("".join(self.out))
            return index
        assert self.raw
        match = re.match(r"<([A-Za-z]+)", source)
        last = index
        if match and (name := match[1].lower()) in PAIRED and not source.endswith("/>"):
            end = f"</{name}"
            for later in range(index + 1, len(children)):
                token = children[later]
                if token.type == "html_inline" and token.content.lower().startswith(end):
                    last = later
                    source = "".join(
                        child.content or ("\n" if child.type == "softbreak" else "")
                        for child in children[index : later + 1]
                    )
                    break
        self.html = True
        self.out.append(self.raw(source, line))
        return last

    def html_block(self, source: str, line: int) -> None:
        """Write a block of HTML."""
        if not self.summary and _MORE.search(source):
            self.summary = plain_text("".join(self.out))
        if _COMMENT.fullmatch(source):
            return
        assert self.raw
        self.html = True
        self.out.append(self.raw(source, line))

    def math_block(self, latex: str, line: int) -> None:
        """Write display math that stands alone."""
        self._math(latex, line, display=True)

    def code(self, xhtml: str) -> None:
        """Write a block of code."""
        self._atom(xhtml, "div")

    def restored(self, text: str) -> str:
        """Return code or an address with its shortcodes as they were written."""
        if OPEN not in text:
            return text
        return MARK.sub(lambda m: self.prepared.marks[int(m[1])].source, text)

    # --- notes ---------------------------------------------------------------------------------

    def _reference(self, token: Token) -> None:
        """Write the reference to a note; notes are numbered as they are first referred to."""
        key = str(token.meta.get("label", "")) or f"\t{token.meta['id']}"
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.numbers) + 1
            self.uses.append(0)
        self.uses[number - 1] += 1
        again = self.uses[number - 1]
        name = f"fnref{number}" if again == 1 else f"fnref{number}-{again}"
        self._atom(
            f'<a class="noteref" epub:type="noteref" role="doc-noteref" id="{name}"'
            f' href="#fn{number}">[{number}]</a>'
        )

    def notes(self) -> str:
        """Return the section of notes; notes referred to in notes follow."""
        body, self.out = self.out, []
        written: list[str] = []
        done = 0
        while done < len(self.numbers):
            key = list(self.numbers)[done]
            done += 1
            self.out = []
            if key.startswith("\t"):
                inline = self.env["footnotes"]["list"][int(key[1:])]
                self.out.append(f"<p{self.own}>")
                self.children(inline["tokens"], 0)
                self.out.append("</p>")
            else:
                self.render(self.definitions.get(key, []))
            back = f'<a class="backlink" role="doc-backlink" href="#fnref{done}">[{done}]</a>'
            back = self.raw.fragment(back) if self.raw else back
            if self.out and self.out[0].startswith("<p ") or self.out[:1] == ["<p>"]:
                self.out.insert(1, back + " ")
            else:
                self.out.insert(0, f"<p{self.own}>{back}</p>")
            written.append(
                f'<aside class="footnote" id="fn{done}" epub:type="footnote"'
                f' role="doc-footnote"{self.own}>{"".join(self.out)}</aside>'
            )
        self.out = body
        return "".join(written)

    def unused_notes(self) -> None:
        """Write notes that nothing refers to as paragraphs, so that they are not lost."""
        for label, tokens in self.definitions.items():
            if label not in self.numbers and tokens:
                line = self.line(tokens[0])
                help = "its text is set at the end of the article"
                self.findings.warning("note-unused", f"nothing refers to [^{label}]", line, help)
                self.render(tokens)
