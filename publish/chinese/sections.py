"""Converts a chapter's tree in place: its prose, and nothing but its prose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from publish import locales
from publish.chinese.configurations import script_of
from publish.chinese.converting import Converter
from publish.chinese.detecting import has_han
from publish.chinese.literals import OBJECT, is_remark, literals, mask, unmask
from publish.chinese.passages import Passage, convert_passages
from publish.chinese.quotes import corner_quotes, has_pairs
from publish.model import XHTML

_X = f"{{{XHTML}}}"
_SPECIAL = {
    **{_X + name: "object" for name in ("code", "pre", "kbd", "samp", "var", "script", "style")},
    _X + "rt": "reading",
    _X + "rp": "nothing",
}
_BLOCKS = {
    _X + name
    for name in (
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd"),
        *("blockquote", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr"),
        *("th", "td", "figure", "figcaption", "div", "hr", "aside", "section", "br", "header"),
        *("footer", "nav", "article", "details", "summary", "body"),
    )
}
_A = _X + "a"
_CODE = _X + "code"
_ATTRIBUTES = ("alt", "title")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_plain = re.compile(r"\S+")
_address = re.compile(r"[a-z][a-z0-9+.-]*:|www\.|[\w.-]+@", re.IGNORECASE)


_Run = tuple[Any, str, str]  # element (None: no text), place ("text", "tail", attribute), string


def convert_section(root: Any, converter: Converter, source: str, target: str) -> None:
    """Convert the prose of a canonical tree in place.

    Text nodes and the alt and title attributes are converted, block by block, so that words
    that run across inline elements are seen whole. Left alone are code (but for remarks, inline
    code that is nothing but a Chinese sentence), mathematics, addresses, readings over Han that
    hold no Han, elements marked as another language, Japanese that is not marked, and blocks
    already in the target script. Quotation marks become those of the target.
    No element is added, removed or renamed; ``lang`` of converted elements is set to the target.

    Args:
        root: an lxml element, as docs/xhtml.md describes.
        converter: as `converter` returns it.
        source: language of the text, "" if unknown.
        target: language of the edition.
    """
    script = script_of(converter.configuration)
    blocks = list(_blocks(root, script, target))
    passages = [Passage(tuple(text for _, _, text in block)) for block in blocks]
    converted = convert_passages(passages, converter, script)
    for block, passage, pieces in zip(blocks, passages, converted, strict=True):
        if pieces is passage.pieces:
            continue
        for (element, place, old), new in zip(block, pieces, strict=True):
            if element is None or new == old:
                continue
            _put(element, place, new)


def corner_section(root: Any) -> None:
    """Give the Chinese of a canonical tree the quotation marks of vertical text, in place.

    “‘ ’” become 「『 』」 in both scripts; what `convert_section` leaves alone is left alone here.
    """
    for block in _blocks(root, "", "", _quoted):
        text = "".join(piece for _, _, piece in block)
        kept = literals(text, "")
        turned = unmask(corner_quotes(mask(text, kept)), text, kept)
        start = 0
        for element, place, old in block:
            new = turned[start : start + len(old)]
            start += len(old)
            if element is not None and new != old:
                _put(element, place, new)


def _quoted(text: str) -> bool:
    return any(mark in text for mark in "“”‘’")


def _has_han(text: str) -> bool:
    return has_han(text) is not None


def _put(element: Any, place: str, text: str) -> None:
    if place == "text":
        element.text = text
    elif place == "tail":
        element.tail = text
    else:
        element.set(place, text)


def _blocks(
    root: Any, script: str, target: str, wanted: Callable[[str], bool] = _has_han
) -> Iterator[list[_Run]]:
    """Yield the strings of each block with Han in reading order, an object for what is left alone.

    Blocks without Han (or what else is wanted), the most of them white space between elements,
    are passed over.
    """
    from lxml import etree

    block: list[_Run] = []
    han = False
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        if block and element.tag in _BLOCKS:
            if han:
                yield block
            block, han = [], False
        if event == "end":
            if element is not root and (tail := element.tail):
                block.append((element, "tail", tail))
                han = han or wanted(tail)
        elif kind := _treatment(element, script, target):
            walker.skip_subtree()
            if kind in ("object", "remark"):
                block.append((None, "", OBJECT))
            if kind in ("reading", "remark"):
                yield from _readings(element, wanted)
        else:
            if element.keys():
                _relabel(element, target)
                yield from _attributes(element, wanted)
            if text := element.text:
                block.append((element, "text", text))
                han = han or wanted(text)
    if han:
        yield block


def _treatment(element: Any, script: str, target: str) -> str:
    """Return "" for prose, "object" for what is left alone, "reading" and "nothing" in ruby.

    "remark" is inline code that is a text of its own; half a quotation belongs to its paragraph.
    """
    tag = element.tag
    if tag == _CODE and not len(element) and not element.keys() and is_remark(element.text or ""):
        return "remark" if has_pairs(element.text) else ""
    if tag in _SPECIAL:
        return _SPECIAL[tag]
    if not isinstance(tag, str) or not tag.startswith(_X):
        return "object"
    if not element.keys():
        return ""
    if element.get("translate") == "no" or (tag == _A and _is_address(element)):
        return "object"
    return "object" if _is_foreign(element, script, target) else ""


def _is_address(element: Any) -> bool:
    """Tell whether a link shows an address, its own or another."""
    text = (element.text or "").strip()
    if not text or len(element) or not _plain.fullmatch(text):
        return False
    return bool(_address.match(text)) or unquote(element.get("href", "")) == unquote(text)


def _language(element: Any) -> str | None:
    language: str | None = element.get(_XML_LANG) or element.get("lang")
    return language


def _is_foreign(element: Any, script: str, target: str) -> bool:
    language = _language(element)
    if not language or language.lower() in {"und", "zh"}:
        return False
    tag = locales.normalise(language)
    if not locales.is_chinese(tag):
        return True
    return locales.script(tag) == script if script else tag == target


def _relabel(element: Any, target: str) -> None:
    for name in ("lang", _XML_LANG):
        if target and element.get(name):
            element.set(name, target)


def _attributes(element: Any, wanted: Callable[[str], bool]) -> Iterator[list[_Run]]:
    for name in _ATTRIBUTES:
        if (value := element.get(name)) and wanted(value):
            yield [(element, name, value)]


def _readings(element: Any, wanted: Callable[[str], bool]) -> Iterator[list[_Run]]:
    """Yield the strings of a reading over Han, which may be Han themselves, or of a remark."""
    for part in element.iter():
        if isinstance(part.tag, str) and part.text and wanted(part.text):
            yield [(part, "text", part.text)]
