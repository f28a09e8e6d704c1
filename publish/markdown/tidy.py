"""What crawlers and editors leave in pages, taken out; every removal is a finding."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from publish.markdown.findings import Findings
from publish.markdown.names import (
    BR,
    HEADINGS,
    HR,
    INLINE,
    LI,
    REPLACED,
    A,
    P,
    attributes,
    content,
    line,
    named,
    pass_names,
    remove,
)
from publish.markdown.text import HAN, KANA, MARKS, SHARED
from publish.model import XHTML

_BROKEN = etree.XPath(
    "//text()[contains(., '\n')][not(ancestor::h:pre)]", namespaces={"h": XHTML}, smart_strings=True
)
_HARD = etree.XPath(
    "//text()[contains(., '\xa0')][not(ancestor::h:pre)][not(ancestor::h:code)]",
    namespaces={"h": XHTML},
    smart_strings=True,
)
_BREAK = re.compile(r"[ \t]*\n\s*")
_JOINING = re.compile(f"[{HAN}{KANA}{MARKS}]")
_MARK = re.compile(f"[{MARKS}]")
_SPACES = re.compile("(?s)(.)?([ \xa0]*\xa0[ \xa0]*)(?=(.)?)")


# --- line breaks of the source ---------------------------------------------------------------


def join_lines(top: etree._Element) -> None:
    """Take the line breaks of the source out: a space where words are spaced, else nothing."""
    for text in _texts_found(_BROKEN, top):
        parent = text.getparent()
        tail = bool(text.is_tail)
        pieces = _BREAK.split(text)
        if any(character.isspace() for character in text) and not text.strip():
            pieces = ["", ""]
        out = pieces[0]
        for number, piece in enumerate(pieces[1:], 1):
            before = out[-1:] or _before(parent, tail)
            after = piece[:1] or (_after(parent, tail) if number == len(pieces) - 1 else "")
            if before in SHARED and after in SHARED and before and after:
                out += _between_shared(out, piece) + piece
            else:
                out += _between(before, after) + piece
        if tail:
            parent.tail = out
        else:
            parent.text = out


def _texts_found(path: etree.XPath, top: etree._Element) -> list[Any]:
    """Return the texts that a path finds; each knows its element."""
    found: Any = path(top)
    return list(found)


def _between(before: str, after: str) -> str:
    """Return what stands for a line break between two characters."""
    if not before or not after or before.isspace() or after.isspace():
        return ""
    wide = bool(_JOINING.match(before)), bool(_JOINING.match(after))
    if all(wide) or _MARK.match(before) or _MARK.match(after):
        return ""
    if (wide[0] and after in SHARED) or (wide[1] and before in SHARED):
        return ""
    return " "


def _between_shared(before: str, after: str) -> str:
    """Return what stands between two marks that CJK text shares, by the words around them."""
    around = before.rstrip(SHARED)[-1:], after.lstrip(SHARED)[:1]
    words = any(around) and not any(found and _JOINING.match(found) for found in around)
    return " " if words else ""


def _before(element: etree._Element, tail: bool) -> str:
    """Return the character before a text: of the text of an element, or after it."""
    node: etree._Element | None = element
    while node is not None:
        if tail:
            if node.tag not in INLINE:
                return ""
            found = content(node)
            if found:
                return found[-1]
        elif node.tag not in INLINE:
            return ""
        previous = node.getprevious()
        if previous is not None:
            if previous.tail:
                return previous.tail[-1]
            node, tail = previous, True
            continue
        node = node.getparent()
        if node is not None and node.text:
            return node.text[-1]
        tail = False
    return ""


def _after(element: etree._Element, tail: bool) -> str:
    """Return the character after a text."""
    node: etree._Element | None = element.getnext() if tail else None
    if not tail and len(element):
        node = element[0]
    place: etree._Element | None = element.getparent() if tail else element
    while True:
        while node is not None:
            if node.tag not in INLINE:
                return ""
            found = content(node) or (node.tail or "")
            if found:
                return found[0]
            node = node.getnext()
        if place is None or place.tag not in INLINE:
            return ""
        if place.tail:
            return place.tail[0]
        node, place = place.getnext(), place.getparent()


# --- hard spaces ------------------------------------------------------------------------------


def normalise_spaces(top: etree._Element, findings: Findings) -> None:
    """Make hard spaces beside CJK text ordinary: none, a space, or an ideographic one."""
    for text in _texts_found(_HARD, top):
        parent = text.getparent()
        changed = _SPACES.sub(_space, text)
        if changed != text:
            findings.note(
                "spaces-normalised",
                "hard spaces beside CJK text are made ordinary",
                _line_of(parent),
            )
        if text.is_tail:
            parent.tail = changed
        else:
            parent.text = changed


def _line_of(element: etree._Element | None) -> int:
    """Return the line on which the block around an element began, or 0."""
    while element is not None and "data-at" not in element.attrib:
        element = element.getparent()
    return 0 if element is None else line(element)


def _space(match: re.Match[str]) -> str:
    before, run, after = match[1] or "", match[2], match[3] or ""
    wide = [bool(c and _JOINING.match(c)) for c in (before, after)]
    if not any(wide):
        return match[0]
    if all(wide):
        return before + ("\u3000" if len(run) > 1 else "")
    return before + " "


# --- paragraphs -------------------------------------------------------------------------------

_UNSEEN = "\u200b\u2060\ufeff\u3164"  # characters without width that are no space
(DD,) = named("dd")
_INDENT = re.compile(f"[\\s{_UNSEEN}]+")
_BLANK = re.compile(rf"[\s{_UNSEEN}]*\\?[\s{_UNSEEN}]*")


def paragraphs(top: etree._Element, findings: Findings) -> None:
    """Take out blank paragraphs and indents; make paragraphs of what double breaks divide."""
    for paragraph in list(top.iter(P)):
        if len(paragraph) == 0:
            text = paragraph.text or ""
            if _BLANK.fullmatch(text):
                _drop_blank(paragraph, findings)
            elif text[0].isspace() or text[-1].isspace() or text[0] in _UNSEEN:
                _unindent(paragraph, findings)
                paragraph.text = (paragraph.text or "").rstrip()
            continue
        if _is_blank(paragraph):
            _drop_blank(paragraph, findings)
            continue
        _trim(paragraph)
        _unindent(paragraph, findings)
        if paragraph.find(BR) is not None:
            _divide(paragraph, findings)
    for item in top.iter(LI, DD):
        if item.text and item.text[0] == "\u3000":
            _unindent(item, findings)


def _is_blank(element: etree._Element) -> bool:
    if not _BLANK.fullmatch(content(element)):
        return False
    return not any(node.tag in REPLACED for node in element.iter())


def _drop_blank(paragraph: etree._Element, findings: Findings) -> None:
    if line(paragraph) and (len(paragraph) or paragraph.text):
        findings.note("blank-removed", "an empty paragraph", line(paragraph))
    parent = paragraph.getparent()
    if parent is None or paragraph.get("class") == "placeholder":
        return
    pass_names(paragraph)
    remove(paragraph)


def _trim(paragraph: etree._Element) -> None:
    """Take line breaks off both ends."""
    while len(paragraph):
        first = paragraph[0]
        if first.tag != BR or (paragraph.text or "").strip():
            break
        paragraph.text = first.tail
        first.tail = None
        paragraph.remove(first)
    while len(paragraph):
        last = paragraph[-1]
        if last.tag != BR or (last.tail or "").strip():
            if last.tail:
                last.tail = last.tail.rstrip()
            break
        paragraph.remove(last)


def _unindent(paragraph: etree._Element, findings: Findings) -> None:
    """Take the indent off a paragraph: layouts indent."""
    node = paragraph
    while True:
        text = node.text or ""
        match = _INDENT.match(text)
        if match:
            node.text = text[match.end() :]
            _tell_indent(match[0], paragraph, findings)
        if node.text or not len(node) or node[0].tag not in INLINE:
            break
        node = node[0]
        if node.get("role") == "doc-backlink" and (match := _INDENT.match(node.tail or "")):
            _tell_indent(match[0], paragraph, findings)
            node.tail = " " + (node.tail or "")[match.end() :]
    for child in paragraph.iterchildren(BR):
        tail = child.tail or ""
        if tail[:1].isspace() or (tail and tail[0] in _UNSEEN):
            child.tail = _INDENT.sub("", tail, count=1)


def _tell_indent(spaces: str, paragraph: etree._Element, findings: Findings) -> None:
    if "\u3000" in spaces or "\xa0" in spaces:
        findings.note("indent-removed", "spaces that indent a paragraph", line(paragraph))


def _divide(paragraph: etree._Element, findings: Findings) -> None:
    """Make paragraphs of text that two or more line breaks in a row divide."""
    children = list(paragraph)
    cuts = [
        index
        for index, child in enumerate(children[:-1])
        if child.tag == BR and not (child.tail or "").strip() and children[index + 1].tag == BR
    ]
    if not cuts:
        _set_verse(paragraph)
        return
    findings.note("breaks-divided", "line breaks in a row divide paragraphs", line(paragraph))
    parent = paragraph.getparent()
    assert parent is not None
    place = parent.index(paragraph)
    current = _like(paragraph)
    made = [current]
    current.text = paragraph.text
    for index, child in enumerate(children):
        following = children[index + 1] if index + 1 < len(children) else None
        if child.tag == BR:
            blank = not (child.tail or "").strip()
            if blank and following is not None and following.tag == BR:
                continue
            if (
                index
                and children[index - 1].tag == BR
                and not (children[index - 1].tail or "").strip()
            ):
                current = _like(paragraph)
                made.append(current)
                current.text = child.tail
                continue
        current.append(child)
    made[-1].tail = paragraph.tail
    parent[place : place + 1] = made
    for piece in made:
        _trim(piece)
        if _is_blank(piece):
            pass_names(piece)
            remove(piece)
        else:
            _set_verse(piece)


def _like(paragraph: etree._Element) -> etree._Element:
    return paragraph.makeelement(P, attributes(paragraph))


def _set_verse(paragraph: etree._Element) -> None:
    """Mark a paragraph of at least three short lines as verse."""
    if paragraph.get("class") or any(child.tag not in INLINE | {BR} for child in paragraph):
        return
    lines = [""]
    for text in _texts(paragraph):
        if text is None:
            lines.append("")
        else:
            lines[-1] += text
    if len(lines) >= 3 and all(0 < len(text.strip()) <= 24 for text in lines):
        paragraph.set("class", "verse")


def _texts(paragraph: etree._Element) -> list[str | None]:
    found: list[str | None] = [paragraph.text or ""]
    for child in paragraph:
        found += [None] if child.tag == BR else [content(child)]
        found.append(child.tail or "")
    return found


# --- the source of an article -----------------------------------------------------------------

_SOURCE = re.compile(
    r"(?:本文)?(?:来源|來源|出处|出處|原文(?:链接|連結|鏈接|地址|网址|網址|出处)?|文章(?:来源|來源|链接)|转载自|轉載自|转自"
    r"|阅读原文|閱讀原文|查看原文|via|source|original)[ \t]*[:：]?[ \t]*",
    re.I,
)


def take_origin(top: etree._Element, findings: Findings) -> tuple[str, str]:
    """Take out a last line that only links to the source; return its address and name."""
    last = top[-1] if len(top) else None
    if last is None or last.tag != P or len(top) < 3 or len(last) != 1 or last[0].tag != A:
        return "", ""
    link = last[0]
    address = link.get("href", "")
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    if parts.scheme not in ("http", "https") or not parts.netloc or len(link):
        return "", ""
    before, after = (last.text or "").strip(), (link.tail or "").strip()
    name = " ".join((link.text or "").split())
    said = bool(_SOURCE.fullmatch(before)) if before else False
    if after or (before and not said) or (name == address and not said):
        return "", ""
    previous = top[-2]
    listed = previous.tag in HEADINGS or (
        previous.tag == P and len(previous) == 1 and previous[0].tag == A
    )
    if listed and not said:
        return "", ""
    findings.note("origin-taken", f"the last line becomes the origin: {address}", line(last))
    remove(last)
    if len(top) > 1 and top[-1].tag == HR:
        remove(top[-1])
    if name == address or _SOURCE.fullmatch(name):
        name = ""
    return address, name


# --- empty elements ---------------------------------------------------------------------------

_HOLLOW = named("figcaption li dd dt blockquote figure ul ol dl caption")


def hollow(top: etree._Element) -> None:
    """Take out elements that hold nothing, inside out."""
    for element in reversed(list(top.iter(*_HOLLOW))):
        if len(element) == 0 and not (element.text or "").strip():
            pass_names(element)
            remove(element)
