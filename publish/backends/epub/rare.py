"""Characters that readers have no face for, found and put into spans of their own.

These are Han from Extension B on, compatibility forms among them, and the private use of a
project's own font. A span names its face in every reader that takes a style sheet, also where the
reader's own face is set for the text around it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from lxml import etree

from publish import locales
from publish.backends.epub.trees import tag

_RARE = "\U00020000-\U0003ffff\ue000-\uf8ff\U000f0000-\U0010ffff"
_SIGNS = re.compile(f"[{_RARE}]")
# The same in UTF-8: most documents have none of the first bytes, which is seen in no time.
_LEADS = (b"\xf0", b"\xee", b"\xf3", b"\xf4")
_BYTES = re.compile(rb"\xf0[\xa0-\xbf]|\xee[\x80-\xbf]|\xf3[\xb0-\xbf]|\xf4[\x80-\x8f]")
_AMONG_MARKS = re.compile(rb"\xef[\x80-\xa3]")  # begins as full-width marks do
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"  # of variants: they stay with their character
_SILENT = {tag("head"), tag("style"), tag("script")}
_TEXT_ONLY = {"doc-noteref", "doc-backlink"}  # links that readers take for notes
_XHTML = tag("")
CLASS = "rare"


def holds(document: bytes) -> bool:
    """Tell whether a document, or a style sheet, has such characters."""
    if any(lead in document for lead in _LEADS) and _BYTES.search(document):
        return True
    return _AMONG_MARKS.search(document) is not None


def signs(root: etree._Element, language: str) -> dict[str, set[str]]:
    """Return a document's rare characters by language."""
    found: dict[str, set[str]] = defaultdict(set)
    for element, own in walk(root, language):
        for text, spoken in _texts(element, own):
            if gone := _SIGNS.findall(text):
                found[spoken].update(gone)
    return found


def name(language: str, main: str) -> str:
    """Return the class of spans in a language; ``main`` is the book's."""
    return CLASS if language == main else f"{CLASS}-{language.lower()}"


def mark(root: etree._Element, language: str, drawn: Mapping[str, frozenset[str]]) -> None:
    """Put a span around each run of rare characters that the book has a face for.

    Args:
        root: of a document; text stays as it is.
        language: of the book.
        drawn: these characters, by language.
    """
    runs = {
        spoken: re.compile(f"(?:[{''.join(sorted(found))}][{_SELECTORS}]?)+")
        for spoken, found in drawn.items()
        if found
    }
    for element, own in list(walk(root, language)):
        if own not in runs:
            continue
        if not str(element.tag).startswith(_XHTML) or element.get("role") in _TEXT_ONLY:
            text = "".join(piece for piece, _ in _texts(element, own))
            if runs[own].search(text):  # formulas and drawings have no spans
                names = [*element.get("class", "").split(), name(own, language)]
                element.set("class", " ".join(names))
            continue
        for child in reversed(element):
            _mark(element, child, runs[own], name(own, language))
        _mark(element, None, runs[own], name(own, language))


def _mark(
    parent: etree._Element, child: etree._Element | None, run: re.Pattern[str], kind: str
) -> None:
    """Put spans into the text before all children, or after one of them."""
    text = (parent.text if child is None else child.tail) or ""
    found = list(run.finditer(text))
    if not found:
        return
    if child is None:
        parent.text, place = text[: found[0].start()], 0
    else:
        child.tail, place = text[: found[0].start()], parent.index(child) + 1
    ends = [match.start() for match in found[1:]] + [len(text)]
    for number, (match, end) in enumerate(zip(found, ends, strict=True)):
        span = etree.Element(tag("span"), {"class": kind})
        span.text, span.tail = match[0], text[match.end() : end]
        parent.insert(place + number, span)


def walk(root: etree._Element, language: str) -> Iterator[tuple[etree._Element, str]]:
    """Yield all elements that show text, each with its language."""
    todo = [(root, language)]
    while todo:
        element, above = todo.pop()
        if element.tag in _SILENT:
            continue
        own = element.get("lang", "")
        own = own if locales.is_tag(own) else above
        yield element, own
        todo += [(child, own) for child in reversed(element.findall("*"))]


def _texts(element: etree._Element, language: str) -> Iterator[tuple[str, str]]:
    """Yield the text that is an element's own, before, between and after its children."""
    if element.text:
        yield element.text, language
    for child in element:
        if child.tail:
            yield child.tail, language
