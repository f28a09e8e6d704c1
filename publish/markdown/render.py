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
from publish.markdown.raw import HIS, Raw
from publish.markdown.spans import HANDLERS as SPANS
from publish.markdown.text import MARK, OPEN, escape, plain_text

_COMMENT = re.compile(r"\s*(?:<!--(?:>|->|.*?-->)\s*)+", re.S)
_MORE = re.compile(r"<!--\s*more\b[^>]*-->", re.I)


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
        self.mixed = False  # whether any HTML of the author was written
        self.numbers: dict[str, int] = {}  # of notes, by label
        self.uses: list[int] = []  # how often each is referred to
        self.keys: list[tuple[str, int]] = []  # the labels again, with the line of first reference
        self.definitions: dict[str, list[Token]] = {}
        self.at = self.strong = self.linked = self.depth = 0  # of the text being written
        self.hidden = False  # whether a comment was just left out
        self.waiting: list[Token] = []  # references inside a link
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
        places = [kept]
        for token in tokens:
            if token.type == "footnote_reference_open":
                label = token.meta["label"]
                if label in self.definitions:
                    self.findings.warning(
                        "note-duplicate", f"note [^{label}] is defined again", self.line(token)
                    )
                places.append(self.definitions.setdefault(label, []))
            elif token.type == "footnote_reference_close":
                places.pop()
            else:
                places[-1].append(token)
        return kept

    # --- text ----------------------------------------------------------------------------------

    def inline(self, token: Token) -> None:
        """Write the text of a block."""
        children = token.children
        if self.prefix:
            self.atom(self.prefix)
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
        self.at, self.strong, self.linked, self.depth = line, 0, 0, 0
        skip = 0
        for index, token in enumerate(children):
            if index < skip:
                continue
            handler = SPANS.get(token.type)
            if handler is not None:
                skip = handler(self, token, children, index) or 0
            elif token.nesting > 0:
                self.depth += 1
                self.out.append(f"<{token.tag}>")
            elif token.tag:
                self.depth -= 1
                self.out.append(f"</{token.tag}>")
        self.depth = 0
        if self.later and self.place != "h":
            later, self.later = self.later, []
            for block in later:
                self.break_for(block)

    def atom(self, xhtml: str, tag: str = "span") -> None:
        """Write a finished piece, out of reach of any repair of HTML around it."""
        self.out.append(self.raw.fragment(xhtml, tag) if self.raw else xhtml)

    def break_for(self, block: str) -> None:
        """Write a block in the middle of a text, or after what it may not stand in."""
        if self.place == "h" or self.depth:
            self.later.append(block)
            return
        self.out.append("</p>" if self.place else "")
        self.atom(block, "div")
        self.out.append(f"<p{self.own}>" if self.place else "")

    def math(self, latex: str, line: int, *, display: bool) -> None:
        """Write math, or its LaTeX if that cannot be read."""
        latex = self.restored(latex)
        if not latex.strip():
            return
        made = maths.mathml(latex, display)
        if made is None:
            shown = " ".join(latex.split())[:40]
            self.findings.warning("math-unreadable", f"{shown} is shown as LaTeX", line)
            made = maths.fallback(latex)
        if display:
            self.break_for(f'<div class="math">{made}</div>')
        else:
            self.atom(made)

    def html(self, source: str, line: int, *, block: int = -1) -> None:
        """Write HTML of the author, of a block that began on a line of the prepared text.

        What is only a comment is left out.
        """
        assert self.raw
        if not self.summary and "more" in source and _MORE.search(source):
            self.summary = plain_text(self.raw.whole("".join(self.out)))
        if _COMMENT.fullmatch(source):
            return
        self.mixed = True
        lines = self.prepared.lines or []
        if block < 0:
            lines = []
        made = self.raw(source, line, lines[block : block + source.count("\n") + 1])
        if block >= 0 and made.strip() and f'{self.raw.own}="{HIS}"' not in made:
            made = self.raw.pause + made  # marks the block around it as one to be walked
        self.out.append(made)

    def restored(self, text: str) -> str:
        """Return code or an address with its shortcodes as they were written."""
        if OPEN not in text:
            return text
        return MARK.sub(lambda m: self.prepared.marks[int(m[1])].source, text)

    # --- notes ---------------------------------------------------------------------------------

    def reference(self, token: Token) -> None:
        """Write the reference to a note; notes are numbered as they are first referred to."""
        key = str(token.meta.get("label", "")) or f"\t{token.meta['id']}"
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.numbers) + 1
            self.uses.append(0)
            self.keys.append((key, self.at))
        self.uses[number - 1] += 1
        again = self.uses[number - 1]
        name = f"fnref{number}" if again == 1 else f"fnref{number}-{again}"
        self.atom(
            f'<a class="noteref" epub:type="noteref" role="doc-noteref" id="{name}"'
            f' href="#fn{number}">[{number}]</a>'
        )

    def notes(self) -> str:
        """Return the section of notes; one that nothing refers to is set after the text.

        Notes referred to in notes follow.
        """
        written = self._numbered([])
        for label, tokens in self.definitions.items():
            if label not in self.numbers and tokens:
                line = self.line(tokens[0])
                advice = "its text is set at the end of the article"
                self.findings.warning("note-unused", f"nothing refers to [^{label}]", line, advice)
                self.render(tokens)
                self._numbered(written)
        return "".join(written)

    def _numbered(self, written: list[str]) -> list[str]:
        """Write the notes that have a number and are not written yet."""
        body = self.out
        while len(written) < len(self.numbers):
            number = len(written) + 1
            self.out = []
            self._note(*self.keys[number - 1])
            back = f'<a class="backlink" role="doc-backlink" href="#fnref{number}">[{number}]</a>'
            back = self.raw.fragment(back) if self.raw else back
            if self.out and self.out[0].startswith(("<p ", "<p>")):
                self.out.insert(1, back + " ")
            else:
                self.out.insert(0, f"<p{self.own}>{back}</p>")
            written.append(
                f'<aside class="footnote" id="fn{number}" epub:type="footnote"'
                f' role="doc-footnote"{self.own}>{"".join(self.out)}</aside>'
            )
        self.out = body
        return written

    def _note(self, key: str, line: int) -> None:
        if key.startswith("\t"):  # in its place: ^[…]
            self.place = "p"
            self.out.append(f"<p{self.own}>")
            self.children(self.env["footnotes"]["list"][int(key[1:])]["tokens"], line)
            self.out.append("</p>")
            self.place = ""
        else:
            self.render(self.definitions.get(key, []))

    def tokens_of_notes(self) -> list[Token]:
        """Return the tokens of all notes, of those in their place too."""
        found = [token for tokens in self.definitions.values() for token in tokens]
        for note in self.env.get("footnotes", {}).get("list", {}).values():
            found += note.get("tokens") or ()
        return found
