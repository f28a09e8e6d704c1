"""Headings: the title taken out, levels repaired, ids given, anchors known; bold lines promoted."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from publish.markdown.findings import Findings
from publish.markdown.names import (
    FIGURE,
    HEADINGS,
    HR,
    IMG,
    NS,
    RT,
    STRONG,
    P,
    content,
    discard,
    line,
    pass_names,
    remove,
    unwrap,
)
from publish.markdown.text import folded, slugs
from publish.model import Heading

_NUMBERED = re.compile(
    r"(?:0?\d{1,2}|[一二三四五六七八九十]{1,3}|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]|[IVX]{1,4}|PART\.?\s*\d+|[Pp]art\s*\d+)[.、．:：]?"
    r"|(?:第[\d一二三四五六七八九十百零〇]{1,5}[章节節回部分篇讲講课課卷]|[一二三四五六七八九十]{1,3}[、．.]|[（(][一二三四五六七八九十]{1,3}[)）]|0\d[\s.、/|])\s*\S.{0,40}"
)
_STOPS = "。！？；，、：︰…!?;,:"
_BYLINE = re.compile(
    r"(?:作者|来源|來源|编辑|編輯|文|图|圖|撰文|撰稿|采写|採寫|编译|編譯|记者|記者|责编|責編|编审|編審|审核|審核|校对|校對|排版|监制"
    r"|監製|出品|翻译|翻譯|审校|審校|本文|原标题|原標題|导读|導讀|摘要|图片来源|圖片來源|by)\s*[:：︰/／|｜丨]",
    re.I,
)
SHORT, LONG = 24, 42  # characters of a bold line that "auto" and "always" promote
_NUMBER_FIRST, _TEXT = 1, 2


def text_of(heading: etree._Element) -> str:
    """Return the text of a heading without references to notes, and without readings."""
    out: list[str] = [heading.text or ""]
    for child in heading:
        if child.get("class") != "noteref" and child.tag != RT:
            out.append(text_of(child) if child.tag != IMG else "")
        out.append(child.tail or "")
    return " ".join("".join(out).split())


# --- the title --------------------------------------------------------------------------------


def drop_title(top: etree._Element, title: str, title_from: str) -> list[str]:
    """Take out the heading that repeats the article's title; return the names it had.

    It is the first one of level 1, or the heading with which the text opens.
    """
    wanted = folded(title)
    first = next(top.iter(*HEADINGS), None)
    if first is None or not wanted:
        return []
    highest = next(top.iter(HEADINGS[0]), None)
    for heading in dict.fromkeys(filter(lambda h: h is not None, (highest, first))):
        assert heading is not None
        found = folded(text_of(heading))
        same = found == wanted
        if title_from == "heading" and heading is highest:
            same = same or (
                len(wanted) > 3 and (wanted in found or found in wanted) and bool(found)
            )
        if not same or (heading is not highest and not _opens(top, heading)):
            continue
        if any("noteref" in node.get("class", "") for node in heading.iter(f"{NS}a")):
            continue
        names = [text_of(heading), *heading.get("data-name", "").split("\t")]
        _keep_pictures(heading)
        remove(heading)
        return list(filter(None, names))
    return []


def _opens(top: etree._Element, heading: etree._Element) -> bool:
    """Tell whether nothing but pictures and rules stands before a heading."""
    for block in top:
        if block is heading:
            return True
        if block.tag not in (FIGURE, HR) and content(block).strip():
            return False
    return False


def _keep_pictures(heading: etree._Element) -> None:
    """Set the pictures of a heading that goes before it as figures."""
    for image in list(heading.iter(IMG)):
        figure = heading.makeelement(FIGURE, {"class": "figure"})
        remove(image)
        discard(image, "class")
        figure.append(image)
        heading.addprevious(figure)


# --- bold lines -------------------------------------------------------------------------------


def promote(top: etree._Element, title: str, rule: str, findings: Findings) -> None:
    """Make headings of lines that are only bold, as far as the rule allows.

    "auto" does so where an article has no other heading: for lines that number (``01``, ``一、…``)
    and for short ones without a stop, the latter below the former. "always" does so everywhere.
    """
    existing = next(top.iter(*HEADINGS), None) is not None
    if rule == "never" or (rule == "auto" and existing):
        return
    limit = LONG if rule == "always" else SHORT
    blocks = list(top)
    found = [(index, kind) for index, p in enumerate(blocks) if (kind := _bold(p, limit))]
    found = [
        (index, kind)
        for index, kind in found
        if _stands_alone(blocks, index, kind, {i for i, _ in found}, rule)
        and folded(text_of(blocks[index])) != folded(title)
    ]
    numbered = any(kind == _NUMBER_FIRST for _, kind in found)
    for index, kind in found:
        paragraph = blocks[index]
        level = 2 if kind == _NUMBER_FIRST or not numbered else 3
        if existing:
            level = min(6, _level_before(blocks, index) + 1)
        for strong in list(paragraph.iter(STRONG)):
            unwrap(strong)
        for br in list(paragraph.iter(f"{NS}br")):
            remove(br)
        paragraph.tag = f"{NS}h{level}"
        discard(paragraph, "class")
        if existing:
            paragraph.set("data-promoted", "")
        shown = text_of(paragraph)
        findings.note(
            "heading-promoted",
            f"the bold line “{shown}” becomes a heading",
            line(paragraph),
            'text.promote_bold = "never" leaves such lines as they are',
        )


def _bold(block: etree._Element, limit: int) -> int:
    """Return which kind of heading a block could be: 0 for none."""
    if not _only_bold(block):
        return 0
    text = text_of(block)
    if _NUMBERED.fullmatch(text) and text[-1] not in "。！？；，":
        return _NUMBER_FIRST
    said = len(text) <= limit and text[-1:] not in _STOPS and not _BYLINE.match(text)
    return _TEXT if said and any(map(str.isalnum, text)) else 0


def _only_bold(block: etree._Element) -> bool:
    if block.tag != P or block.get("class") or not len(block) or (block.text or "").strip():
        return False
    if block.find(f".//{IMG}") is not None:
        return False
    return all(
        child.tag in (STRONG, f"{NS}br") and not (child.tail or "").strip() for child in block
    )


def _stands_alone(
    blocks: list[etree._Element], index: int, kind: int, bold: set[int], rule: str
) -> bool:
    """Tell whether a text follows that the line could be the heading of."""
    if index + 1 >= len(blocks):
        return False
    if kind == _NUMBER_FIRST or rule == "always":
        return True
    return (
        index > 0
        and index + 1 not in bold
        and (index - 1 not in bold or _is_number(blocks[index - 1]))
    )


def _is_number(block: etree._Element) -> bool:
    return bool(_NUMBERED.fullmatch(text_of(block)))


def _level_before(blocks: list[etree._Element], index: int) -> int:
    for block in reversed(blocks[:index]):
        if block.tag in HEADINGS and "data-promoted" not in block.attrib:
            return HEADINGS.index(block.tag) + 1
    return 1


# --- levels and ids ---------------------------------------------------------------------------


def settle(
    top: etree._Element, title_names: list[str], findings: Findings
) -> tuple[tuple[Heading, ...], dict[str, str]]:
    """Repair the levels of headings and give them ids; return them, and anchors by name."""
    headings: list[Heading] = []
    anchors: dict[str, str] = {}
    counts: dict[str, int] = {}
    custom: dict[str, str] = {}
    above: list[int] = []
    for element in list(top.iter(*HEADINGS)):
        discard(element, "data-promoted")
        text = text_of(element)
        if not text:
            _without_text(element, findings)
            continue
        source = HEADINGS.index(element.tag) + 1
        while above and above[-1] >= source:
            above.pop()
        level = min(6, 2 + len(above))
        above.append(source)
        element.tag = HEADINGS[level - 1]
        name = f"s{len(headings) + 1}"
        element.set("id", name)
        headings.append(Heading(level, text, name))
        for given in filter(None, element.get("data-name", "").split("\t")):
            custom.setdefault(given, name)
        for slug in dict.fromkeys(filter(None, slugs(text))):
            count = counts.get(slug, 0)
            counts[slug] = count + 1
            anchors.setdefault(f"{slug}-{count}" if count else slug, name)
    anchors.update(custom)
    _name_others(top, anchors)
    if title_names and len(top):
        first = top[0]
        name = first.get("id") or "s0"
        first.set("id", name)
        for given in dict.fromkeys(slug for text in title_names for slug in slugs(text)):
            if given:
                anchors.setdefault(given, name)
    return tuple(headings), anchors


def _without_text(element: etree._Element, findings: Findings) -> None:
    """Turn a heading that has only pictures into figures; drop an empty one."""
    if element.find(f".//{IMG}") is not None:
        _keep_pictures(element)
    if content(element).strip():
        element.tag = P
    else:
        _drop(element, findings)


def drop_empty(top: etree._Element, findings: Findings) -> None:
    """Take out headings that hold nothing."""
    for element in list(top.iter(*HEADINGS)):
        if not content(element).strip() and element.find(f".//{IMG}") is None:
            _drop(element, findings)


def _drop(element: etree._Element, findings: Findings) -> None:
    pass_names(element)
    findings.note("heading-empty", "a heading without text", line(element))
    remove(element)


def _named(top: etree._Element) -> list[Any]:
    found: Any = top.xpath("//*[@data-name]")
    return list(found)


def _name_others(top: etree._Element, anchors: dict[str, str]) -> None:
    """Give ids to the other places that links may name."""
    number = 0
    for element in _named(top):
        names = [name for name in element.get("data-name").split("\t") if name]
        if not names:
            continue
        if not element.get("id"):
            number += 1
            element.set("id", f"a{number}")
        for name in names:
            anchors.setdefault(name, element.get("id"))
