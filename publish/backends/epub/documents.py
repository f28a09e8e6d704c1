"""Content documents: a section in a whole XHTML file, with links, pictures and facts settled."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from html import unescape

from lxml import etree

from publish import share
from publish.backends.epub import broad, foreign, vertical
from publish.backends.epub.addresses import valid_address
from publish.backends.epub.packing import deflated
from publish.backends.epub.text import line, quoted
from publish.backends.epub.trees import document, parse, tag
from publish.cache import Cache, digest
from publish.diagnostics import BackendError, Diagnostic, Place, error, note, warning
from publish.model import EPUB, MATHML, XHTML

STAGE = "document"
FIGURES = "figures/"
STYLE = "styles/book.css"
TEXT = "text/"
EPUB_TYPE = f"{{{EPUB}}}type"
SVG = "http://www.w3.org/2000/svg"
_OF_LINKS = ("href", "role", EPUB_TYPE, "rel", "target", "hreflang", "type", "download")

_SHOWN = re.compile(rb"""src\s*=\s*["'][^"']*figures/([^"'/]*)["']""")
_LED = re.compile(rb"""href\s*=\s*["']#([^"']*)["']""")  # a layout's templates have either mark
_A, _IMG, _SPAN, _RUBY = tag("a"), tag("img"), tag("span"), tag("ruby")
_MATH, _SVG = f"{{{MATHML}}}math", f"{{{SVG}}}svg"


@dataclass(frozen=True, slots=True)
class Document:
    """A finished file of the book's text."""

    id: str  # in the manifest
    name: str  # "text/c0123456789.xhtml"
    content: bytes
    properties: tuple[str, ...] = ()
    shown: str = ""  # the source file, for messages
    deflated: bytes = b""  # the content, if it is kept so


@dataclass(slots=True)
class Facts:
    """What is true of this very book: noted while its documents are made."""

    pictures: int = 0
    undescribed: int = 0  # pictures whose description the compiler made up
    math: bool = False
    ruby: bool = False
    pages: int = 0  # of a printed book that are marked

    def add(self, more: Facts) -> None:
        """Take in what is true of one document."""
        self.pictures += more.pictures
        self.undescribed += more.undescribed
        self.math |= more.math
        self.ruby |= more.ruby


@dataclass(slots=True)
class Desk:
    """What every document of a book is settled against, and what was found on the way."""

    language: str
    places: Mapping[str, str]  # id -> file name below text/
    figures: Container[str]  # names of the pictures in the book
    stopgap: re.Pattern[str]  # what a made-up description looks like
    vertical: bool = False  # set in columns
    store: Cache | None = None  # where finished documents are kept
    facts: Facts = field(default_factory=Facts)
    findings: list[Diagnostic] = field(default_factory=list)


def page(desk: Desk, uid: str, title: str, body: bytes, *, shown: str = "") -> Document:
    """Return a document of the spine.

    Args:
        desk: of this book.
        uid: the manifest id, and the stem of the file name.
        title: of the file.
        body: XHTML that stands in ``body``, well-formed.
        shown: the source file, for messages.

    Raises:
        BackendError: the body is not well-formed, or shows a picture the book does not hold.
    """
    key = _key(desk, uid, title, body, shown) if desk.store else ""
    kept = desk.store.load(STAGE, key, _Kept) if desk.store and key else None
    if kept is None:
        kept = _finished(replace(desk, facts=Facts(), findings=[]), uid, title, body, shown)
        if desk.store and key:
            desk.store.store(STAGE, key, kept)
    desk.facts.add(kept.facts)
    desk.findings += kept.findings
    name = f"{TEXT}{uid}.xhtml"
    return Document(uid, name, kept.content, kept.properties, shown, kept.deflated)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A document that is finished, and what was found on the way."""

    content: bytes
    deflated: bytes
    properties: tuple[str, ...]
    facts: Facts
    findings: tuple[Diagnostic, ...]


def _finished(desk: Desk, uid: str, title: str, body: bytes, shown: str) -> _Kept:
    root = whole(desk.language, title, body, f"../{STYLE}", shown)
    properties = settle(root, f"{uid}.xhtml", desk, shown)
    content = document(root)
    packed = deflated(content) if desk.store else b""
    return _Kept(content, packed, properties, desk.facts, tuple(desk.findings))


def _key(desk: Desk, uid: str, title: str, body: bytes, shown: str) -> str:
    """Return the digest of all that a document is made from; "" if a picture is none of ours."""
    if not all(name.decode() in desk.figures for name in _SHOWN.findall(body)):
        return ""
    led = sorted(set(_LED.findall(body)))
    places = [desk.places.get(unescape(one.decode()), "") for one in led]
    settings = (desk.language, desk.vertical, desk.stopgap.pattern)
    return digest(STAGE, share.program(), settings, uid, title, body, shown, led, places)


def whole(language: str, title: str, body: bytes, style: str, shown: str = "") -> etree._Element:
    """Return the html element around a body."""
    start = (
        f'<html xmlns="{XHTML}" xmlns:epub="{EPUB}" lang="{quoted(language)}" '
        f'xml:lang="{quoted(language)}"><head><title>{quoted(line(title))}</title>'
        f'<link rel="stylesheet" type="text/css" href="{style}"/></head><body>\n'
    )
    try:
        return parse(b"".join((start.encode(), body, b"\n</body></html>")))
    except etree.XMLSyntaxError as problem:
        place = Place(shown) if shown else None
        raise BackendError(
            error("chapter-malformed", f"{title}: is no well-formed XHTML: {problem.msg}", place)
        ) from problem


def settle(root: etree._Element, name: str, desk: Desk, shown: str) -> tuple[str, ...]:
    """Make links and pictures those of the book, tell foreign runs; return manifest properties."""
    for link in list(root.iter(_A)):
        address = link.get("href")
        if address is not None:
            _settle_link(link, address, name, desk, shown)
    for image in root.iter(_IMG):
        _settle_picture(image, desk, shown)
    foreign.mark(root)
    broad.mark(root)
    if desk.vertical:
        vertical.settle(root)
    properties = []
    if next(root.iter(_MATH), None) is not None:
        desk.facts.math = True
        properties.append("mathml")
    if next(root.iter(_SVG), None) is not None:
        properties.append("svg")
    desk.facts.ruby = desk.facts.ruby or next(root.iter(_RUBY), None) is not None
    return tuple(properties)


def _settle_link(link: etree._Element, address: str, name: str, desk: Desk, shown: str) -> None:
    inside = address.startswith("#")
    target = _inside(address, name, desk.places) if inside else valid_address(address)
    if target:
        if target != address:
            link.set("href", target)
        return
    place = Place(shown) if shown else None
    if inside:
        message = f"the link {address!r} leads nowhere in the book: set as text"
        desk.findings.append(warning("link-unknown", message, place))
    else:
        message = f"the link {address!r} is no address that readers can follow: set as text"
        desk.findings.append(note("link-address", message, place))
    link.tag = _SPAN
    for attribute in _OF_LINKS:
        link.attrib.pop(attribute, "")


def _inside(address: str, name: str, places: Mapping[str, str]) -> str:
    """Return where an id of the book is, as seen from a file; "" if it is nowhere."""
    file = places.get(address[1:], "")
    if file == name:
        return address
    # A chapter's own id is the beginning of its first file.
    return file if not file or file == f"{address[1:]}.xhtml" else f"{file}{address}"


def _settle_picture(image: etree._Element, desk: Desk, shown: str) -> None:
    source = image.get("src", "")
    name = source.rpartition(FIGURES)[2]
    if name not in desk.figures:
        raise BackendError(
            error(
                "figure-unknown",
                f"shows {source!r}, which is no figure of the chapter",
                Place(shown) if shown else None,
            )
        )
    image.set("src", f"../{FIGURES}{name}")
    if not image.get("alt") and image.get("role") != "presentation":
        image.set("alt", "")
        desk.facts.undescribed += 1
    desk.facts.undescribed += bool(desk.stopgap.search(image.get("alt", "")))
    desk.facts.pictures += image.get("role") != "doc-cover"
