"""From text with HTML of the author in it to a valid tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from publish.markdown.build import Builder, local, root
from publish.markdown.findings import Findings
from publish.markdown.names import unwrap
from publish.markdown.raw import HIS, PAUSE
from publish.markdown.text import escape, quoted, words
from publish.markdown.trees import pure, repaired
from publish.model import EPUB, XHTML

_NS = f"{{{XHTML}}}"
_RENAMED = {
    "b": "strong", "i": "em", "strike": "s", "tt": "code", "acronym": "abbr", "dir": "ul",
    "menu": "ul",
}  # fmt: skip
_INLINE = words(
    "a em strong del ins s u mark sub sup small code kbd samp var abbr cite q dfn span ruby rb rt"
    " rp"
)
_BLOCKS = words(
    "p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre table caption thead tbody tfoot tr td th"
    " figure figcaption aside div hr"
)
_PLAIN = words("p h1 h2 h3 h4 h5 h6 ul dl dt dd blockquote thead tbody tfoot tr")
_PREFIXED = {
    "epub:type": f"{{{EPUB}}}type",
    "xml:lang": "{http://www.w3.org/XML/1998/namespace}lang",
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def mixed(xhtml: str, own: str, fragments: list[str], findings: Findings) -> etree._Element:
    """Return the valid tree of text that has HTML of the author in it."""
    top = root()
    walk = _Walk(Builder(top), own, fragments, findings)
    try:
        source = pure(xhtml)
    except etree.XMLSyntaxError:
        walk.walk(repaired(xhtml))
    else:
        walk.marked(source)
        walk.walk(source)
    walk.builder.finish()
    return top


Entered = tuple[str, Any]
_Handler = Callable[["_Walk", Any, str], "Entered | None"]


class _Walk:
    """Walks a tree of any kind in document order and feeds a builder, without recursion."""

    def __init__(
        self, builder: Builder, own: str, fragments: list[str], findings: Findings
    ) -> None:
        self.builder = builder
        self.own = own
        self.fragments = fragments
        self.findings = findings
        self.sources: list[str] = []  # addresses of the picture element that is open
        self.sound: set[etree._Element] = set()  # blocks that nothing of the author's is in

    def marked(self, source: etree._Element) -> None:
        """Find the blocks that need no walk, and put their finished pieces in place."""
        for child in source:
            if child.get(self.own) != "":
                continue
            marks = [element for element in child.iter() if element.get(self.own)]
            if any(element.get(self.own) in (HIS, PAUSE) for element in marks):
                continue
            for element in marks:
                finished = pure(self.fragments[int(element.get(self.own, ""))])
                element.text = finished.text
                element.extend(finished)
                unwrap(element)
            self.sound.add(child)

    def walk(self, source: Any) -> None:
        """Feed what an element holds."""
        builder = self.builder
        builder.text(source.text or "")
        work: list[tuple[Iterator[Any], str, Any, str]] = [(iter(source), "", None, "")]
        while work:
            children, kind, opened, tail = work[-1]
            child = next(children, None)
            if child is None:
                work.pop()
                self._leave(kind, opened)
                builder.text(tail)
                continue
            entered = None
            if child in self.sound:
                tail, child.tail = child.tail or "", None
                builder.block(child)
                builder.text(tail)
                continue
            if isinstance(child.tag, str):
                entered = self._enter(child, child.tag.rpartition("}")[2])
            if entered is None:
                builder.text(child.tail or "")
                continue
            builder.text(child.text or "")
            work.append((iter(child), *entered, child.tail or ""))

    def _enter(self, element: Any, name: str) -> Entered | None:
        """Begin an element; return how to end it, or None if nothing in it is to be walked."""
        mark = element.get(self.own)
        if mark not in (None, HIS, PAUSE):
            return self._ours(element, name, mark)
        if mark == PAUSE:
            self.builder.pause()
        for attribute in ("id", "name"):
            if anchor := element.get(attribute):
                self.builder.names.append(anchor)
        if mark == PAUSE:
            return None
        name = _RENAMED.get(name, name)
        handler = _HANDLERS.get(name)
        if handler is not None:
            return handler(self, element, name)
        if name in _INLINE:
            return "inline", self.builder.begin(name, _language(element))
        if name in _PLAIN:
            at = element.get("data-at")
            return "block", self.builder.open(
                name, _language(element) | ({"data-at": at} if at else {})
            )
        return "", None

    def _leave(self, kind: str, opened: Any) -> None:
        if kind == "inline":
            self.builder.end(opened)
        elif kind == "block":
            self.builder.close(opened)
        elif kind == "table":
            self.builder.close(opened[1])
            self.builder.close(opened[0])
        elif kind == "summary":
            self.builder.end(opened[1])
            self.builder.close(opened[0])

    def _ours(self, element: Any, name: str, mark: str) -> Entered | None:
        """Take an element of the renderer as it is, or a finished piece in its place."""
        builder = self.builder
        if mark.isdigit():
            finished = pure(self.fragments[int(mark)])
            builder.text(finished.text or "")
            for piece in list(finished):
                tail, piece.tail = piece.tail or "", None
                if local(piece) in _BLOCKS:
                    builder.block(piece)
                else:
                    builder.element(piece)
                builder.text(tail)
            return None
        attributes = {
            _PREFIXED.get(key, key): value
            for key, value in element.attrib.items()
            if key != self.own
        }
        if name == "table":
            return self.table(element, name)
        if name == "div" and attributes.get("class") == "table":
            return "", None  # the table opens its frame
        if name in ("img", "br", "hr"):
            made = etree.Element(f"{_NS}{name}", attributes)
            if name == "hr":
                builder.block(made)
            else:
                builder.element(made)
            return None
        if name in _INLINE:
            return "inline", builder.begin(name, attributes)
        return "block", builder.open(name, attributes)

    # --- the author's elements that are not simply kept or left out ---------------------------

    def link(self, element: Any, name: str) -> Entered:
        """Keep a link; one that only names a place is an anchor."""
        address = element.get("href")
        if not address:
            return "", None
        line = element.get("data-line", "0")
        return "inline", self.builder.begin("a", {"href": address, "data-line": line})

    def image(self, element: Any, name: str) -> None:
        """Keep a picture under the address that is most likely to be its own."""
        names = ("data-src", "data-original", "data-lazy-src", "src")
        addresses = [element.get(key, "").strip() for key in names]
        addresses += [_largest(element.get("srcset", "")), *self.sources]
        address = next((a for a in addresses if a and not a.startswith("data:image/svg")), "")
        attributes = {
            "data-figure": address,
            "data-line": element.get("data-line", "0"),
            "alt": " ".join(element.get("alt", "").split()),
        }
        if title := element.get("title", ""):
            attributes["title"] = title
        self.builder.element(etree.Element(f"{_NS}img", attributes))

    def picture(self, element: Any, name: str) -> Entered:
        """Note the sources of a picture element in case its img has none."""
        self.sources = [_largest(child.get("srcset", "")) for child in element.iter("source")]
        self.sources += [
            _largest(child.get("srcset", "")) for child in element.iter(f"{_NS}source")
        ]
        return "", None

    def line_break(self, element: Any, name: str) -> None:
        """Keep a line break inside text."""
        builder = self.builder
        if builder.opened or builder.holds_text:
            builder.element(etree.Element(f"{_NS}br"))

    def rule(self, element: Any, name: str) -> None:
        """Keep a thematic break."""
        self.builder.block(etree.Element(f"{_NS}hr"))

    def media(self, element: Any, name: str) -> None:
        """Put a link in place of embedded media."""
        address, title = element.get("src", ""), element.get("title", "")
        line = element.get("data-line", "0")
        anchor = f'<a href={quoted(address)} data-line="{line}">{escape(title or address)}</a>'
        if self.builder.block_name in ("h1", "h2", "h3", "h4", "h5", "h6", "dt", "caption"):
            self.builder.element(pure(anchor)[0])
        else:
            self.builder.block(pure(f'<p class="embed">{anchor}</p>')[0])

    def code_block(self, element: Any, name: str) -> None:
        """Keep preformatted text as code, its white space exact."""
        from publish.markdown import code

        inner = next((child for child in element if str(child.tag).endswith("code")), element)
        found = re.search(r"\blanguage-([\w+#.-]+)", inner.get("class", ""))
        text = "".join(self._texts(element)).removeprefix("\n")
        if text.strip():
            self.builder.block(pure(code.block(text, found[1] if found else ""))[0])
        for child in element.iter():
            if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == "img":
                self._enter(child, "img")  # pictures follow the code

    def _texts(self, element: Any) -> Iterator[str]:
        """Yield the text of an element, of finished pieces in it too."""
        work = [element]
        while work:
            node = work.pop()
            if isinstance(node, str):
                yield node
            elif isinstance(node.tag, str):
                mark = node.get(self.own) or ""
                if mark.isdigit():
                    yield from map(str, pure(self.fragments[int(mark)]).itertext())
                yield "\n" if node.tag.rpartition("}")[2] == "br" else ""
                yield node.text or ""
                for child in reversed(node):
                    work += [child.tail or "", child]

    def item(self, element: Any, name: str) -> Entered:
        """Keep a list item with its number."""
        value = element.get("value", "")
        return "block", self.builder.open(
            "li", {"value": value} if value.isdigit() and len(value) < 9 else {}
        )

    def ordered(self, element: Any, name: str) -> Entered:
        """Keep an ordered list with its first number."""
        attributes = {}
        if re.fullmatch(r"\d{1,9}", element.get("start", "")):
            attributes["start"] = element.get("start")
        if element.get("reversed") is not None:
            attributes["reversed"] = "reversed"
        return "block", self.builder.open("ol", attributes)

    def table(self, element: Any, name: str) -> Entered:
        """Keep a table, in a frame that may scroll."""
        frame = self.builder.open("div", {"class": "table"})
        return "table", (frame, self.builder.open("table", {}) if frame is not None else None)

    def cell(self, element: Any, name: str) -> Entered:
        """Keep a cell with its spans and alignment."""
        attributes = {}
        for key in ("colspan", "rowspan"):
            value = element.get(key, "")
            if re.fullmatch(r"[1-9]\d{0,2}", value) and value != "1":
                attributes[key] = value
        if (align := element.get("align", "").lower()) in ("left", "center", "right"):
            attributes["class"] = align
        if name == "th" and element.get("scope") in ("row", "col", "rowgroup", "colgroup"):
            attributes["scope"] = element.get("scope")
        return "block", self.builder.open(name, attributes)

    def figure(self, element: Any, name: str) -> Entered:
        """Keep a figure."""
        return "block", self.builder.open("figure", {"class": "figure"})

    def caption(self, element: Any, name: str) -> Entered:
        """Keep the caption of a figure or table; elsewhere it is a paragraph."""
        wanted = "table" if name == "caption" else "figure"
        self.builder.close_inline()
        if self.builder.block_name == "p":
            self.builder.stack.pop()
        fits = self.builder.block_name == wanted
        return "block", self.builder.open(name if fits else "p", {})

    def details(self, element: Any, name: str) -> Entered:
        """Open what would be folded."""
        return "block", self.builder.open("div", {"class": "details"})

    def summary(self, element: Any, name: str) -> Entered:
        """Set the line that would unfold it in bold."""
        line = self.builder.open("p", {"class": "summary"})
        return "summary", (line, self.builder.begin("strong", {}))

    def span(self, element: Any, name: str) -> Entered:
        """Keep a span that names a language, or holds a note in two small lines."""
        attributes = _language(element)
        if "jiazhu" in element.get("class", "").split():
            attributes["class"] = "jiazhu"
        return ("inline", self.builder.begin("span", attributes)) if attributes else ("", None)

    def underlined(self, element: Any, name: str) -> Entered:
        """Keep an underline; those of names and titles are told apart."""
        kind = element.get("class", "")
        attributes = {"class": kind} if kind in ("name", "title") else {}
        return "inline", self.builder.begin("u", attributes)

    def abbreviation(self, element: Any, name: str) -> Entered:
        """Keep an abbreviation with what it stands for."""
        title = element.get("title", "")
        return "inline", self.builder.begin("abbr", {"title": title} if title else {})

    def ruby_part(self, element: Any, name: str) -> Entered | None:
        """Keep the parts of ruby inside ruby alone; its brackets are the reading system's."""
        if not any(inline.name == "ruby" for inline in self.builder.wanted):
            return "", None
        if name == "rp":
            return None
        if name == "rtc":  # a second row of readings, each in an rt or all as it stands
            if any(str(child.tag).endswith("rt") for child in element):
                return "", None
            name = "rt"
        return "inline", self.builder.begin(name, {})


_HANDLERS: dict[str, _Handler] = {
    "a": _Walk.link, "img": _Walk.image, "picture": _Walk.picture, "br": _Walk.line_break,
    "hr": _Walk.rule, "embed": _Walk.media, "pre": _Walk.code_block, "li": _Walk.item,
    "ol": _Walk.ordered, "table": _Walk.table, "td": _Walk.cell, "th": _Walk.cell,
    "figure": _Walk.figure, "figcaption": _Walk.caption, "caption": _Walk.caption,
    "details": _Walk.details, "summary": _Walk.summary, "span": _Walk.span,
    "u": _Walk.underlined, "abbr": _Walk.abbreviation, "rt": _Walk.ruby_part,
    "rb": _Walk.ruby_part, "rp": _Walk.ruby_part, "rtc": _Walk.ruby_part,
    "col": lambda walk, element, name: None, "colgroup": lambda walk, element, name: None,
    "source": lambda walk, element, name: None, "head": lambda walk, element, name: None,
    "wbr": lambda walk, element, name: None,
}  # fmt: skip


def _language(element: Any) -> dict[str, str]:
    language = element.get("lang", "")
    if not _LANGUAGE.fullmatch(language):
        return {}
    return {"lang": language, _PREFIXED["xml:lang"]: language}


def _largest(sources: str) -> str:
    """Return the address of the largest picture of a srcset."""
    best, size = "", -1.0
    for candidate in re.split(r",\s+|,(?=https?:|/)", sources):
        words = candidate.split()
        if not words:
            continue
        number = re.fullmatch(r"(\d+(?:\.\d+)?)[wx]", words[1]) if len(words) > 1 else None
        width = float(number[1]) if number else 1.0
        if width > size:
            best, size = words[0].rstrip(","), width
    return best
