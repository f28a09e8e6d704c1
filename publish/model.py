"""What passes between the rooms: frozen dataclasses of plain values, and nothing else.

Article -> Manuscript -> FairCopy -> Chapter -> Edition -> Book. All survive pickling and
msgspec; none holds an open file, a tree or a function.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from publish.diagnostics import Diagnostic

Plain = None | bool | int | float | str | list[Any] | dict[str, Any]
"""A value of front matter that no field of Article takes; dates as ISO 8601 text.

What is inside is Plain, too; msgspec reads no type that holds itself.
"""

XHTML = "http://www.w3.org/1999/xhtml"
EPUB = "http://www.idpf.org/2007/ops"
MATHML = "http://www.w3.org/1998/Math/MathML"
HORIZONTAL, VERTICAL = WRITINGS = ("horizontal", "vertical")  # 横排, 竖排


@dataclass(frozen=True, slots=True)
class Article:
    """One source file, read and checked; nothing of it compiled.

    Dates are aware (a naive date of the source is taken as UTC, so that no machine's zone
    shows in a book). ``path`` is the only machine-bound value and is part of no digest.
    """

    id: str  # path below the content root, POSIX, NFC, with its suffix: "post/a/index.zh-TW.md"
    path: str  # absolute path of the file
    shown: str  # the path as messages give it
    title: str
    title_from: str  # "front matter", "heading" or "file name"
    body: str  # Markdown (or HTML), line ends LF, without the front matter
    body_line: int  # line of the file on which the body begins, from 1
    digest: str  # sha256 of the file's bytes, hexadecimal
    format: str = "markdown"  # or "html"
    language: str = ""  # BCP 47 as normalised by content: "zh-Hans", "zh-Hant-TW", "en"; "" unknown
    date: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    summary: str = ""
    lead: str = ""
    cover: str = ""  # address of the lead picture (thumbnail, image, photos …), as written
    origin: str = ""  # URL the article was taken from
    origin_name: str = ""  # what the source calls that site
    series: str = ""
    weight: int | None = None
    draft: bool = False
    slug: str = ""
    url: str = ""  # the article's own address on its site (url, permalink or aliases), as written
    extra: dict[str, Plain] = field(default_factory=dict)  # every other field of the front matter


@dataclass(frozen=True, slots=True)
class Section:
    """A folder of the archive, as its ``_index.md`` describes it, or as its name does."""

    id: str  # path of the folder below the content root; "" is the root
    title: str
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """All that was read from one content root."""

    root: str  # absolute
    site: str  # absolute; the folder that holds static/ or source/ (often the root's parent)
    articles: tuple[Article, ...]
    sections: tuple[Section, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Chapters that stand together under a title; a book without parts has one, untitled."""

    title: str
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Manuscript:
    """Articles chosen and ordered for one book, still in the language of the sources."""

    name: str  # of the book, as in publish.toml: also the stem of its file names
    title: str
    parts: tuple[Part, ...]
    language: str  # of most of the text
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    rights: str = ""
    description: str = ""
    date: datetime | None = None  # of the newest article, or SOURCE_DATE_EPOCH; never the clock
    first_date: datetime | None = None  # of the oldest article
    issued: datetime | None = None  # day of publication, given by the user
    source: str = ""  # address that the book was gathered from
    subjects: tuple[str, ...] = ()
    series: str = ""
    position: int | None = None  # of the book in its series, from 1
    cover: str = ""  # absolute path of a picture of the user's own; "" lets the layout draw one
    identifier: str = ""  # given by the user (an ISBN or URN); "" derives one

    @property
    def articles(self) -> tuple[Article, ...]:
        """All articles in reading order."""
        return tuple(article for part in self.parts for article in part.articles)


@dataclass(frozen=True, slots=True)
class FigureUse:
    """A picture an article asks for: the address as written, and where."""

    address: str
    line: int  # of the file
    description: str = ""


@dataclass(frozen=True, slots=True)
class LinkUse:
    """A link of an article that may lead to another article: the address as written."""

    address: str
    line: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a chapter; ``level`` is 2 to 6, the chapter's title being 1."""

    level: int
    text: str
    id: str


@dataclass(frozen=True, slots=True)
class FairCopy:
    """An article's body as clean, well-formed XHTML: parsed once, whatever the editions.

    ``xhtml`` is one ``section`` element in the XHTML namespace (see docs/xhtml.md); pictures still
    carry their address as written in ``data-figure`` and links theirs in ``href``.
    """

    xhtml: bytes
    headings: tuple[Heading, ...] = ()
    anchors: tuple[tuple[str, str], ...] = ()  # what a link may write after "#" -> id in xhtml
    figures: tuple[FigureUse, ...] = ()
    links: tuple[LinkUse, ...] = ()
    notes: int = 0
    origin: str = ""  # a last line that was only a link to the source
    origin_name: str = ""
    summary: str = ""  # the text before <!-- more -->, if marked
    findings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture ready for books: JPEG or PNG (or sanitised SVG for the PDF), in the cache.

    ``name`` is a file name made of the content's digest; ``object`` is the cache object that
    holds the bytes (see cache.Cache.object_path).
    """

    name: str  # "0f3c….jpg"
    object: str  # sha256 of the bytes, hexadecimal
    media_type: str  # "image/jpeg" or "image/png"
    width: int  # pixels
    height: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """One article compiled for one edition: the tree every backend reads, and its furniture."""

    id: str  # "c" + 10 hexadecimal digits of the article id's digest: stable, ASCII
    article: str  # Article.id
    shown: str  # path for messages
    title: str
    language: str  # BCP 47
    xhtml: bytes  # one section element, ids prefixed with the chapter's (docs/xhtml.md)
    headings: tuple[Heading, ...] = ()
    figures: tuple[Figure, ...] = ()
    notes: int = 0
    authors: tuple[str, ...] = ()
    date: datetime | None = None  # as the article writes it, its zone left out
    kicker: str = ""  # category, or series
    summary: str = ""
    lead_figure: Figure | None = None
    origin: str = ""
    origin_name: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class EditionPart:
    """Chapters under the title of a part, in the edition's script."""

    id: str  # "p1", "p2" …
    title: str
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover: SVG (text as outlines) when the layout drew it, and always a picture."""

    figure: Figure  # JPEG, 1600 x 2560 when drawn
    svg: bytes = b""


@dataclass(frozen=True, slots=True)
class Edition:
    """A manuscript in one script and region, compiled: all a backend needs."""

    name: str  # of the book
    language: str  # BCP 47: dc:language
    converted: str  # OpenCC configurations that were applied; "" for the source as it is
    title: str
    parts: tuple[EditionPart, ...]
    identifier: str  # "urn:uuid:…", stable
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    rights: str = ""
    description: str = ""
    date: datetime | None = None
    first_date: datetime | None = None
    issued: datetime | None = None  # day of publication, given by the user
    source: str = ""  # address that the book was gathered from
    subjects: tuple[str, ...] = ()
    series: str = ""
    position: int | None = None
    cover: Cover | None = None
    digest: str = ""
    writing: str = HORIZONTAL  # or VERTICAL: columns from right to left, with corner quotes

    @property
    def published(self) -> datetime | None:
        """The day of publication: the user's own, else that of the newest article."""
        return self.issued or self.date

    @property
    def changed(self) -> datetime | None:
        """When the content last changed: the user's own day only where no article has one."""
        return self.date or self.issued

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """All chapters in reading order."""
        return tuple(chapter for part in self.parts for chapter in part.chapters)


@dataclass(frozen=True, slots=True)
class Book:
    """A finished file."""

    path: str
    digest: str  # sha256, hexadecimal; "" of a large one, which nobody waits for
    size: int  # bytes
    fresh: bool  # it was already there and nothing had changed


@dataclass(frozen=True, slots=True)
class Card:
    """What a catalogue tells of a finished file: its edition's facts, in the edition's script.

    Dates are text, so that a day stays the day its article names.
    """

    book: str  # name of the book
    edition: str  # name of the edition
    backend: str
    identifier: str  # a URI; the user's own is that of all editions
    title: str
    language: str = ""
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    rights: str = ""
    description: str = ""
    subjects: tuple[str, ...] = ()
    series: str = ""
    position: int | None = None
    issued: str = ""  # "2024-03-05"
    updated: str = ""  # "2024-03-05T00:00:00Z"
    cover: Figure | None = None
