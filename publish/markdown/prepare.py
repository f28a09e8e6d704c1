"""From the text of an article to Markdown proper: shortcodes, containers, lists of contents.

What a site generator would expand stands in the prepared text as a mark, a number between two
noncharacters, which the parser carries through unharmed. Code is left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from publish.markdown import shortcodes
from publish.markdown.findings import Findings
from publish.markdown.forms import CONTAINERS, Mark, closing, notice
from publish.markdown.text import OPEN, SHUT, escape

_TRIGGER = re.compile(
    r"\{\{[<%]|\{%|^[ \t>]*:::|^[ \t]*(?:[*-][ ])?\[?\[toc\]|^[ \t]*\{[:.#]|^[ \t]*@\[toc\]"
    r"|^[ ]{0,3}<table\b",
    re.I | re.M,
)
_FENCE = re.compile(r"(?:[ \t>]|[-*+][ ]|\d{1,9}[.)][ ])*(`{3,}(?=[^`\n]*$)|~{3,})", re.M)
_LEAD = re.compile(r"(?:[ \t>]|[-*+][ ]|\d{1,9}[.)][ ])*")
_TICKS = re.compile(r"`+")
_CONTENTS = re.compile(
    r"^[ \t]*(?:(?:\[\[toc\]\]|@?\[toc\](?:\([^)\n]*\))?|\{:[ \t]*toc[^}\n]*\})"
    r"|(?:[*+-]|\d\.)[ ][^\n]*\n[ \t]*\{:[ \t]*toc[^}\n]*\})[ \t]*$",
    re.I | re.M,
)
_ATTRIBUTES = re.compile(r"^[ \t]*\{[:.#][^{}\n]*\}[ \t]*$", re.M)
_INCLUDE = re.compile(
    r"^[ \t>]*(\{\{#(include|rustdoc_include|playground|playpen|template)[ \t][^\n{}]*\}\})[ \t]*$",
    re.M,
)
_TAB = re.compile(r"^[ \t]*(<!--[ \t]*tab[ \t]+(\S[^\n]*?)(?:@[^\n]*)?[ \t]*-->)[ \t]*$", re.M)
_TABLE = re.compile(r"^[ ]{0,3}<table\b.*?(?:</table\s*>|\Z)", re.I | re.M | re.S)
_INDENTED = re.compile(
    r"(?<=\n)(?:[ ]{4,}|[ ]{0,3}\t[ \t]*)(?=</?(?:t[drh]|tbody|thead|tfoot|table)\b)", re.I
)
_KEPT = "its text is kept"
_COLONS = re.compile(
    r"^(?P<prefix>[ \t>]*)(?P<mark>:{3,})[ \t]*(?:\{?[.]?(?P<kind>[A-Za-z][A-Za-z0-9_-]*)\}?)?"
    r"(?P<title>[^\n]*)$",
    re.M,
)


@dataclass
class Prepared:
    """A text for the Markdown parser, its marks, and the source line of each of its lines."""

    text: str
    marks: list[Mark] = field(default_factory=list)
    lines: list[int] | None = None
    first_line: int = 1

    def line(self, index: int) -> int:
        """Return the line of the file for a line of the text, counted from 0."""
        if self.lines is None:
            return self.first_line + index
        return self.lines[index] if index < len(self.lines) else self.lines[-1]


def prepare(body: str, first_line: int, findings: Findings, *, markdown: bool = True) -> Prepared:
    """Return an article's body with all that is not Markdown marked; in HTML, shortcodes alone."""
    likely = any(sign in body for sign in ("{", ":::", "[toc", "[TOC", "<table", "<TABLE"))
    if "{{#" in body:
        _includes(body, first_line, findings)
    if not likely or not _TRIGGER.search(body):
        return Prepared(body, first_line=first_line)
    code = _Code(body)
    found = _edits(body, code, first_line, findings, markdown)
    edits = sorted(found, key=lambda edit: edit[:2])
    if not edits:
        return Prepared(body, first_line=first_line)
    return _rewrite(body, edits, first_line)


def _includes(body: str, first_line: int, findings: Findings) -> None:
    """Report lines of mdBook that stand for another file, in code too."""
    for match in _INCLUDE.finditer(body):
        line = first_line + body.count("\n", 0, match.start(1))
        shown = f"{{{{#{match[2]} …}}}}, which stands for another file, is left as it is"
        findings.warning("include-unread", shown, line)


Edit = tuple[int, int, tuple[Mark | str, ...]]  # start, end, what stands there instead


class _Code:
    """Where the code of a text is: fenced blocks and spans, found in one pass."""

    def __init__(self, text: str) -> None:
        self.ranges: list[tuple[int, int]] = []
        cursor = 0
        for start, end in _fences(text):
            self._spans(text, cursor, start)
            self.ranges.append((start, end))
            cursor = end
        self._spans(text, cursor, len(text))
        self._starts = [start for start, _ in self.ranges]

    def _spans(self, text: str, start: int, end: int) -> None:
        """Pair runs of backticks of one length within each paragraph."""
        for chunk in _paragraphs(text, start, end):
            runs = [(m.start(), m.end()) for m in _TICKS.finditer(text, *chunk)]
            later: dict[int, list[int]] = {}
            for index in range(len(runs) - 1, -1, -1):
                later.setdefault(runs[index][1] - runs[index][0], []).append(index)
            index = 0
            while index < len(runs):
                partners = later[runs[index][1] - runs[index][0]]
                while partners and partners[-1] <= index:
                    partners.pop()
                if partners:
                    self.ranges.append((runs[index][0], runs[partners[-1]][1]))
                    index = partners[-1]
                index += 1

    def covers(self, position: int) -> bool:
        """Tell whether a position is inside code."""
        index = bisect_right(self._starts, position) - 1
        return index >= 0 and position < self.ranges[index][1]


def _fences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where fenced blocks begin and end."""
    opened: tuple[int, str] | None = None
    position = 0
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        match = _FENCE.match(text, position, end)
        if opened is None:
            if match:
                opened = position, match[1]
        elif match and match[1].startswith(opened[1]) and not text[match.end() : end].strip():
            yield opened[0], end
            opened = None
        position = end + 1
    if opened:
        yield opened[0], len(text)


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = text.find("\n\n", start, end)
        stop = end if stop < 0 else stop
        yield start, stop
        start = stop + 2


def _edits(
    text: str, code: _Code, first_line: int, findings: Findings, markdown: bool
) -> Iterator[Edit]:
    """Yield what is replaced, and what by."""
    newlines = [match.start() for match in re.finditer("\n", text)]

    def line_of(position: int) -> int:
        return first_line + bisect_right(newlines, position - 1)

    taken: list[tuple[int, int]] = []
    for start, end, instead in shortcodes.replacements(text, code.covers, line_of, findings):
        taken.append((start, end))
        yield start, end, instead
    if not markdown:
        return
    taken.sort()
    starts = [start for start, _ in taken]

    def free(position: int) -> bool:
        index = bisect_right(starts, position) - 1
        inside = index >= 0 and position < taken[index][1]
        return not inside and not code.covers(position)

    for match in _CONTENTS.finditer(text):
        if free(match.start()):
            findings.note(
                "contents-dropped", "the book has its own contents", line_of(match.start())
            )
            taken.append(match.span())
            yield match.start(), match.end(), ()
    dropped = {start for start, _ in taken}
    for match in _ATTRIBUTES.finditer(text):
        if free(match.start()) and match.start() not in dropped and "toc" not in match[0].lower():
            findings.note("attributes-dropped", match[0].strip(), line_of(match.start()))
            yield match.start(), match.end(), ()
    yield from _tables(text, free)
    if "{% tabs" in text:
        for match in _TAB.finditer(text):
            if free(match.start(1)):
                shown = f"<p><strong>{escape(match[2])}</strong></p>"
                mark = Mark("block", shown, match[1], line_of(match.start(1)))
                yield *match.span(1), (mark,)
    if ":::" in text:
        yield from _colons(text, free, line_of, findings)


def _tables(text: str, free: Callable[[int], bool]) -> Iterator[Edit]:
    """Yield what indents the tags of raw tables: behind an empty line they would be code."""
    for table in _TABLE.finditer(text):
        for match in _INDENTED.finditer(text, *table.span()):
            if free(match.start()):
                yield *match.span(), ()


def _colons(
    text: str, free: Callable[[int], bool], line_of: Callable[[int], int], findings: Findings
) -> Iterator[Edit]:
    """Yield the lines of ``:::`` that open and close containers."""
    opened: list[Mark] = []
    for match in _COLONS.finditer(text):
        if not free(match.start("mark")):
            continue
        span = match.start("mark"), match.end()
        if match["kind"]:
            kind, line = match["kind"], line_of(span[0])
            if kind.lower() not in CONTAINERS:
                findings.warning("container-unknown", f"::: {kind} is not known", line, _KEPT)
            mark = notice(kind, _title(match["title"]), match[0].strip(), line)
            opened.append(mark)
            yield *span, (mark,)
        elif not match["title"].strip():
            if not opened:
                yield *span, ()
                continue
            yield *span, (closing(opened.pop(), match[0].strip()),)
    for mark in opened:
        findings.warning("container-unclosed", f"{mark.source} has no end", mark.line, _KEPT)


def _title(text: str) -> str:
    """Return the title after a container's kind, without attributes."""
    found = re.search(r"title=\"([^\"]*)\"", text)
    return found[1] if found else re.sub(r"\{[^{}]*\}", "", text).strip()


def _rewrite(body: str, edits: list[Edit], first_line: int) -> Prepared:
    """Return the text with its edits made, and where each line comes from."""
    out: list[str] = []
    lines = [first_line]
    marks: list[Mark] = []
    cursor, line, fresh = 0, first_line, True

    def source(text: str) -> None:
        nonlocal line, fresh
        if text:
            out.append(text)
            count = text.count("\n")
            lines.extend(range(line + 1, line + count + 1))
            line += count
            fresh = bool(_LEAD.fullmatch(text, text.rfind("\n") + 1))

    def alone(text: str, prefix: str, rest: str) -> None:
        """Set a text on a line of its own."""
        nonlocal fresh
        if not fresh:
            out.append("\n" + prefix)
            lines.append(line)
        out.append(text)
        fresh = False
        if rest:
            out.append("\n" + prefix)
            lines.append(line)
            fresh = True

    for start, end, instead in edits:
        if start < cursor:
            continue
        source(body[cursor:start])
        for item in instead:
            if isinstance(item, str):
                out.append(item)
                lines.extend(range(line + 1, line + 1 + item.count("\n")))
                fresh = False
                continue
            item.number = len(marks)
            marks.append(item)
            text = f"{OPEN}{item.number}{SHUT}"
            if item.kind in ("open", "close"):
                stop = body.find("\n", end)
                rest = body[end : len(body) if stop < 0 else stop].strip()
                alone(text, _prefix(body, start), rest)
                item.at = len(lines) - 1 - bool(rest)
            else:
                out.append(text)
                fresh = False
        line += body.count("\n", start, end)
        cursor = end
    source(body[cursor:])
    for mark in marks:
        if mark.kind == "open":
            mark.end = mark.partner.at if mark.partner and mark.partner.at else len(lines)
    return Prepared("".join(out), marks, lines, first_line)


def _prefix(body: str, position: int) -> str:
    """Return what a line must begin with to stand in the same quotations and list items."""
    start = body.rfind("\n", 0, position) + 1
    match = _LEAD.match(body, start, position)
    return re.sub(r"[^ \t>]", " ", match[0]) if match else ""
