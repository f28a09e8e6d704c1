"""Stage two: a fair copy becomes a chapter of one edition.

Ids are made the book's own, links and figures are settled, the script is converted. A chapter
depends on nothing but its plan, so its result is kept under the plan's digest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lxml import etree

from publish import cache
from publish.model import XHTML, Chapter, FairCopy, Figure, Heading

STAGE = "chapter"
VERSION = "5"
XML = "http://www.w3.org/XML/1998/namespace"
_IMG, _A, _SPAN, _P = (f"{{{XHTML}}}{name}" for name in ("img", "a", "span", "p"))
_FIGURE = f"{{{XHTML}}}figure"


@dataclass(frozen=True, slots=True)
class Words:
    """Our own words that enter a text, in the language of the chapter."""

    lost: str  # "图缺"
    picture: str  # "插图"


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides what a chapter becomes."""

    id: str
    copy: FairCopy
    title: str
    source: str  # language of the article
    target: str  # language of the chapter
    convert: str  # OpenCC configuration, "" for none
    phrases: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]  # address as written -> "#id", address, or "" for none
    figures: tuple[tuple[str, Figure | None], ...]  # address as written -> figure, None if lost
    dropped: tuple[str, ...]  # addresses of pictures that are none: they leave no trace
    lead: Figure | None
    words: Words
    authors: tuple[str, ...] = ()
    date: datetime | None = None
    kicker: str = ""
    summary: str = ""
    origin: str = ""
    origin_name: str = ""
    vertical: bool = False  # set in columns, with corner quotes


def key(plan: Plan) -> str:
    """Return the digest of all that decides what a chapter becomes."""
    return cache.digest(STAGE, VERSION, replace(plan, copy=replace(plan.copy, findings=())))


def settle(plan: Plan) -> Chapter:
    """Return the chapter of a plan; ``article`` and ``shown`` are left to the caller."""
    root = etree.fromstring(plan.copy.xhtml)
    _prefix_ids(root, plan.id)
    _settle_links(root, dict(plan.links), plan.id)
    used = _settle_figures(root, plan)
    text = _Converter(plan)
    text.section(root)
    root.set("lang", plan.target or "und")
    root.set(f"{{{XML}}}lang", plan.target or "und")
    chapter = Chapter(
        id=plan.id,
        article="",
        shown="",
        title=text(plan.title),
        language=plan.target,
        xhtml=etree.tostring(root, encoding="utf-8"),
        headings=tuple(
            Heading(heading.level, text(heading.text), f"{plan.id}-{heading.id}")
            for heading in plan.copy.headings
        ),
        figures=tuple(used.values()),
        notes=plan.copy.notes,
        authors=tuple(text(author) for author in plan.authors),
        date=plan.date,
        kicker=text(plan.kicker),
        summary=text(plan.summary),
        lead_figure=plan.lead,
        origin=plan.origin,
        origin_name=text(plan.origin_name),
    )
    return replace(chapter, digest=cache.digest(chapter))


class _Converter:
    """Converts the strings and the tree of a chapter, or leaves them alone.

    In vertical text quotation marks are corners, whatever the script.
    """

    def __init__(self, plan: Plan) -> None:
        self.source, self.target, self.vertical = plan.source, plan.target, plan.vertical
        self.converter: Any = None
        if plan.convert:
            from publish import chinese

            self.converter = chinese.converter(plan.convert, plan.phrases)

    def __call__(self, text: str) -> str:
        if not text or not (self.converter or self.vertical):
            return text
        from publish import chinese

        if self.converter is not None:
            text = chinese.convert_text(text, self.converter, self.source, self.target)
        return chinese.corner_quotes(text) if self.vertical else text

    def section(self, root: etree._Element) -> None:
        if not (self.converter or self.vertical):
            return
        from publish import chinese

        if self.converter is not None:
            chinese.convert_section(root, self.converter, self.source, self.target)
        if self.vertical:
            chinese.corner_section(root)


def _prefix_ids(root: etree._Element, prefix: str) -> None:
    """Make ids, and what refers to them by name, unique in the book."""
    for element in root.iter(etree.Element):
        name = element.get("id")
        if name is not None:
            element.set("id", f"{prefix}-{name}")
        for attribute in ("headers", "aria-labelledby", "aria-describedby"):
            names = element.get(attribute)
            if names:
                element.set(attribute, " ".join(f"{prefix}-{name}" for name in names.split()))


def _settle_links(root: etree._Element, links: dict[str, str], prefix: str) -> None:
    for link in list(root.iter(_A)):
        _take(link, "data-line")
        address = link.get("href")
        if address is None:
            continue
        if link.get("role") in ("doc-noteref", "doc-backlink"):
            link.set("href", f"#{prefix}-{address[1:]}")
            continue
        target = links.get(address, "")
        if target:
            link.set("href", target)
        else:  # a link to nowhere is text
            link.tag = _SPAN
            del link.attrib["href"]
            link.set("class", "dead-link")


def _settle_figures(root: etree._Element, plan: Plan) -> dict[str, Figure]:
    """Put pictures, or placeholders for lost ones, where the text asks for them."""
    figures = dict(plan.figures)
    used: dict[str, Figure] = {}
    for number, image in enumerate(list(root.iter(_IMG)), 1):
        address = _take(image, "data-figure")
        figure = figures.get(address)
        _take(image, "data-line")
        if address in plan.dropped:
            _drop(image)
            continue
        description = (image.get("alt") or "").strip()
        if figure is None:
            _place_lost(image, description, plan.words)
            continue
        if description == _caption(image):
            description = ""
        used.setdefault(figure.name, figure)
        image.set("src", f"figures/{figure.name}")
        image.set("alt", description or f"{plan.title}：{plan.words.picture}{number}")
        image.set("width", str(figure.width))
        image.set("height", str(figure.height))
    return used


def _place_lost(image: etree._Element, description: str, words: Words) -> None:
    """Turn a picture into a placeholder that says what is missing."""
    text = f"〔{words.lost}：{description}〕" if description else f"〔{words.lost}〕"
    parent = image.getparent()
    for name in list(image.attrib):
        del image.attrib[name]
    image.text = text
    image.set("class", "placeholder")
    block = parent is not None and parent.tag == _FIGURE
    image.tag = _P if block else _SPAN
    if block and parent is not None:
        parent.set("class", "figure lost")


def _drop(image: etree._Element) -> None:
    """Remove a picture, and the figure that held nothing else; the text after it stays."""
    parent = image.getparent()
    if parent is not None and parent.tag == _FIGURE and len(parent) == 1:
        image, parent = parent, parent.getparent()
    if parent is None:
        return
    before = image.getprevious()
    if image.tail and before is not None:
        before.tail = (before.tail or "") + image.tail
    elif image.tail:
        parent.text = (parent.text or "") + image.tail
    parent.remove(image)


def _caption(image: etree._Element) -> str:
    """Return what captions a picture, in its figure or paragraph: no description repeats it."""
    parent = image.getparent()
    caption = None if parent is None else parent.find(f"{{{XHTML}}}figcaption")
    if caption is None and parent is not None and parent.tag in (_P, f"{{{XHTML}}}a"):
        caption = parent
    return "" if caption is None else "".join(map(str, caption.itertext())).strip()


def _take(element: etree._Element, name: str) -> str:
    """Take an attribute away; return what it said, "" if it was not there."""
    value = element.get(name)
    if value is None:
        return ""
    del element.attrib[name]
    return value
