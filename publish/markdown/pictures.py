"""Pictures: those that stand alone become figures, and each is listed with its address."""

from __future__ import annotations

import re

from lxml import etree

from publish.markdown.names import (
    BR,
    FIGCAPTION,
    FIGURE,
    IMG,
    INLINE,
    SPAN,
    A,
    P,
    attributes,
    content,
    discard,
    named,
    remove,
)
from publish.model import FigureUse

_GENERIC = re.compile(
    r"(?:图片|圖片|图像|圖像|图|圖|插图|插圖|配图|配圖|封面|截图|截圖|图片描述|圖片描述"
    r"|在这里插入图片描述|描述|alt|alt ?text|image|images|img|picture|pic|photo|figure"
    r"|untitled|undefined|null|无|none)[ _\-]?\d*"
    r"|\S+\.(?:jpe?g|png|gif|webp|svg|bmp|avif|heic|tiff?)"
    r"|(?:img|image|dsc|dscn|bg|wx|screen ?shot|微信图片|微信圖片|qq截图|屏幕截图)?[_\-\d. ]*",
    re.I,
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|bmp|avif)(?:[?#!].*)?$", re.I)
_HOLDERS = frozenset(named("p li dd figure"))


def arrange(top: etree._Element) -> None:
    """Make figures of the pictures that stand alone; the others are set in their lines."""
    seen: set[etree._Element] = set()
    for image in list(top.iter(IMG)):
        _describe(image)
        holder = image.getparent()
        if holder is not None and holder.tag == P and len(holder) == 1 and _alone(image, holder):
            continue
        while holder is not None and holder.tag in INLINE:
            holder = holder.getparent()
        if holder is None or holder in seen:
            continue
        seen.add(holder)
        if holder.tag == P:
            _divide(holder)
        elif holder.tag in _HOLDERS and holder.tag != FIGURE and _only_pictures(holder):
            for index, child in enumerate(list(holder)):
                holder.insert(index, _figure(child, tail=None))
                if child.getparent() is holder:
                    holder.remove(child)
            holder.text = None
        elif holder.tag == FIGURE:
            _caption_of(holder)
    for image in top.iter(IMG):
        if image.getparent() is not None and not _in_figure(image):
            image.set("class", "inline")
        discard(image, "title")


def _alone(image: etree._Element, paragraph: etree._Element) -> bool:
    """Make a figure of a paragraph that is one picture: by far the most are."""
    parent = paragraph.getparent()
    text = (paragraph.text or "") + (image.tail or "")
    if (text and not text.isspace()) or (parent is not None and parent.tag == FIGURE):
        return False
    paragraph.text = image.tail = None
    paragraph.tag = FIGURE
    paragraph.attrib.clear()
    paragraph.set("class", "figure")
    if "title" in image.attrib:
        _caption_of(paragraph)
    return True


def _in_figure(image: etree._Element) -> bool:
    parent = image.getparent()
    while parent is not None and parent.tag == A:
        parent = parent.getparent()
    return parent is not None and parent.tag == FIGURE


def _describe(image: etree._Element) -> None:
    """Keep only a description that says something."""
    alt = " ".join(image.get("alt", "").split())
    title = str(image.get("title", "")).strip()
    if _GENERIC.fullmatch(alt) or alt == title:
        alt = ""
    image.set("alt", alt)


def _is_picture(element: etree._Element) -> bool:
    """Tell whether an element is a picture, or wraps nothing but pictures."""
    if element.tag == IMG:
        return True
    if element.tag not in INLINE or not len(element) or (element.text or "").strip():
        return False
    return all(_is_picture(child) and not (child.tail or "").strip() for child in element)


def _only_pictures(holder: etree._Element) -> bool:
    if (holder.text or "").strip():
        return False
    return all(_is_picture(child) and not (child.tail or "").strip() for child in holder)


Item = etree._Element | str


def _divide(paragraph: etree._Element) -> None:
    """Part the lines of a paragraph that are pictures from those that are text."""
    lines, breaks = _lines(paragraph)
    pictured = [_pictures_of(found) for found in lines]
    parent = paragraph.getparent()
    if parent is None or not any(pictured):
        return
    for child in paragraph:
        child.tail = None
    made: list[etree._Element] = []
    text: etree._Element | None = None
    for number, (found, pictures) in enumerate(zip(lines, pictured, strict=True)):
        if pictures:
            text = None
            made += [_figure(child, tail=None) for child in pictures]
        elif text is not None:
            _add(text, breaks[number - 1], *found)
        elif any(not isinstance(item, str) or item.strip() for item in found):
            text = paragraph.makeelement(P, attributes(paragraph))
            made.append(text)
            _add(text, *found)
    if parent.tag == FIGURE:
        made = [child for block in made for child in (block if block.tag == FIGURE else [block])]
    made[-1].tail = paragraph.tail
    index = parent.index(paragraph)
    parent[index : index + 1] = made
    if parent.tag == FIGURE:
        _caption_of(parent)


def _lines(paragraph: etree._Element) -> tuple[list[list[Item]], list[Item]]:
    """Return the lines of a paragraph, and what breaks them."""
    lines: list[list[Item]] = [[]]
    breaks: list[Item] = []
    for item in _items(paragraph):
        if isinstance(item, str):
            first, *rest = item.split("\n")
            lines[-1].append(first)
            breaks += ["\n"] * len(rest)
            lines += [[piece] for piece in rest]
        elif item.tag == BR:
            breaks.append(item)
            lines.append([])
        else:
            lines[-1].append(item)
    return lines, breaks


def _items(paragraph: etree._Element) -> list[Item]:
    found: list[Item] = [paragraph.text or ""]
    for child in paragraph:
        found += [child, child.tail or ""]
    return found


def _pictures_of(line: list[Item]) -> list[etree._Element]:
    """Return the pictures of a line that holds nothing else, or none."""
    found = []
    for item in line:
        if isinstance(item, str):
            if item.strip():
                return []
        elif not _is_picture(item):
            return []
        else:
            found.append(item)
    return found


def _add(paragraph: etree._Element, *items: Item) -> None:
    for item in items:
        if not isinstance(item, str):
            paragraph.append(item)
        elif len(paragraph):
            paragraph[-1].tail = (paragraph[-1].tail or "") + item
        else:
            paragraph.text = (paragraph.text or "") + item


def _figure(child: etree._Element, tail: str | None) -> etree._Element:
    """Return the figure of a picture; a link that only shows it larger goes."""
    figure = child.makeelement(FIGURE, {"class": "figure"})
    images = list(child.iter(IMG))
    link = child if child.tag == A else child.find(f".//{A}")
    address = "" if link is None else link.get("href", "")
    if link is None or _FILE.search(address) or address == images[0].get("data-figure"):
        for image in images:
            image.tail = None
            figure.append(image)
    else:
        kept = child.makeelement(A, attributes(link))
        for image in images:
            image.tail = None
            kept.append(image)
        figure.append(kept)
    _caption_of(figure)
    figure.tail = tail
    return figure


def _caption_of(figure: etree._Element) -> None:
    """Give a figure the title of its picture as caption, if it has none."""
    titles: list[str] = [(image.get("title") or "").strip() for image in figure.iter(IMG)]
    for image in figure.iter(IMG):
        discard(image, "title")
    title = next(filter(None, titles), "")
    if title and figure.find(FIGCAPTION) is None:
        etree.SubElement(figure, FIGCAPTION).text = title


def uses(top: etree._Element) -> tuple[FigureUse, ...]:
    """Return the pictures of a tree in order."""
    return tuple(
        FigureUse(
            image.get("data-figure", ""), int(image.get("data-line", "0")), image.get("alt", "")
        )
        for image in top.iter(IMG)
    )


def captions(top: etree._Element) -> None:
    """Turn captions without a picture into paragraphs, and figures without content into none."""
    for figure in list(top.iter(FIGURE)):
        rest = [child for child in figure if child.tag != FIGCAPTION]
        if not rest and not (figure.text or "").strip():
            text = content(figure).strip()
            if not text:
                remove(figure)
                continue
            figure.tag = P
            figure.attrib.clear()
            for caption in figure:
                caption.tag = SPAN
