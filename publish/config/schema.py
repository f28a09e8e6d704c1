"""What may stand in ``publish.toml``: one frozen struct a table, its fields the keys.

The same structs hold the defaults, so that there is one list of keys in the house.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

GROUPINGS: tuple[str, ...] = (
    "year",
    "quarter",
    "month",
    "week",
    "folder",
    "tag",
    "category",
    "series",
    "part",
)
ORDERS: tuple[str, ...] = ("date", "path", "title", "weight", "given")
SOURCE = "source"  # the edition that leaves the script of the sources as it is

Count = Annotated[int, Meta(ge=1)]
CountOrNone = Annotated[int, Meta(ge=0)]
Depth = Annotated[int, Meta(ge=1, le=6)]
Quality = Annotated[int, Meta(ge=1, le=100)]
Seconds = Annotated[float, Meta(gt=0)]


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the configuration."""


class Project(Table, frozen=True):
    """What the project is; ``language`` is that of articles that do not say theirs."""

    title: str = ""
    language: str = ""
    author: str | list[str] = []
    publisher: str = ""
    rights: str = ""
    content: str = ""  # folder of the articles; "" looks for content/, source/_posts/, src/, .
    output: str = "books"
    cache: str = ""  # "" is .publish/cache in the project
    url: str = ""  # the site's own address: links below it lead to articles


class Selector(Table, frozen=True):
    """Conditions that must all hold; in a list, one of them is enough."""

    path: str | list[str] = []  # globs below the content root: "weekly/**"
    tag: str | list[str] = []
    category: str | list[str] = []
    author: str | list[str] = []
    series: str | list[str] = []
    language: str | list[str] = []
    since: str | None = None  # first day, inclusive; a bare TOML date will do
    until: str | None = None  # last day, inclusive


class PdfOptions(Table, frozen=True):
    """How pages are made; what is not set comes from the layout."""

    page: str | None = None  # "A5", "16开", "148x210mm"
    variant: str | None = None  # "pdf/ua-1", "pdf/a-2b" …
    bleed: str | float | None = None  # "3mm"; a bare number is in millimetres
    marks: bool | str | list[str] | None = None  # true, or of "crop", "registration"
    paper: str | None = None  # "0.1mm" a leaf, "80gsm", "轻型纸 70g": it makes the spine's width
    spine: str | None = None  # that width itself, "12.5mm"
    binding: Literal["left", "right"] | None = None  # of a cover: where its spine is
    toc_depth: Depth | None = None
    cover: bool | None = None
    half_title: bool | None = None
    figure_list: bool | None = None
    setting: Literal["composed", "plain"] | None = None  # of Chinese: by clreq, or the engine's own
    punctuation: Literal["kaiming", "quanjiao", "banjiao"] | None = None  # 开明, 全角, 半角
    breaking: Literal["greedy", "total-fit"] | None = None  # line by line, or paragraphs as wholes
    emphasis: Literal["dots", "kai"] | None = None  # 着重号, or 楷体
    references: bool | None = None  # "见第 N 页" after links to other chapters


class EpubOptions(Table, frozen=True):
    """How the EPUB is made; what is not set comes from the layout."""

    toc_depth: Depth | None = None
    cover: bool | None = None
    target: Literal["generic", "kindle", "apple", "kobo"] | None = None  # whose rules are kept
    emphasis: Literal["dots", "kai"] | None = None  # 着重号, or 楷体
    embed_fonts: bool | None = None  # the faces of all text; those of rare characters always are
    page_list: bool | None = None  # of the PDF; unset: if it is made beside


class BookTable(Table, frozen=True):
    """A book, or with ``split`` a row of them. ``{group}`` in a title names the group."""

    title: str | None = None
    subtitle: str | None = None
    author: str | list[str] | None = None
    publisher: str | None = None
    rights: str | None = None
    description: str | None = None
    date: str | None = None  # of publication, over that of the newest article; a TOML date will do
    subjects: str | list[str] | None = None  # before the tags of the articles
    source: str | None = None  # address that the book was gathered from
    language: str | None = None
    identifier: str | None = None
    series: str | None = None
    position: int | None = None
    cover: str | None = None
    select: Selector | list[Selector] | None = None
    exclude: Selector | list[Selector] | None = None
    articles: list[str] | None = None  # explicit list of ids, in this order
    order: str | None = None  # one of ORDERS; a leading "-" turns it round
    parts: str | None = None  # one of GROUPINGS, or "none"
    split: str | int | None = None  # one of GROUPINGS, a number of articles, or "none"
    to: str | list[str] | None = None
    editions: str | list[str] | None = None
    layout: str | None = None
    writing: Literal["horizontal", "vertical"] | None = None  # 横排, 竖排
    drafts: bool | None = None
    output: str | None = None  # file name without suffix: {name} {group} {edition}
    pdf: PdfOptions | None = None
    epub: EpubOptions | None = None


class EditionTable(Table, frozen=True):
    """An edition; its name is a language tag unless ``language`` says otherwise."""

    language: str = ""
    convert: str = ""  # OpenCC configuration; "" chooses by the language of each article
    phrases: str | list[str] = []  # files of words that win, "source<TAB>target" a line
    layout: str = ""
    title: str = ""
    writing: Literal["", "horizontal", "vertical"] = ""


class FiguresTable(Table, frozen=True):
    """Where figures come from and what becomes of them."""

    missing: Literal["placeholder", "error"] = "placeholder"
    mirrors: dict[str, str] = {}
    jobs: Count = 8
    per_host: Count = 6
    timeout: Seconds = 20.0  # seconds without a byte; a request may take three times as long
    retries: CountOrNone = 3
    max_bytes: Count = 20_000_000
    max_redirects: CountOrNone = 5
    max_source_pixels: Count = 60_000_000
    max_pixels: Count = 3_200_000
    max_side: Count = 2000
    jpeg_quality: Quality = 82


class TextTable(Table, frozen=True):
    """How the Markdown of the articles is read."""

    math: bool = True
    hard_breaks: bool = False
    promote_bold: Literal["auto", "always", "never"] = "auto"


class OpdsTable(Table, frozen=True):
    """The catalogue of the finished books, to which reader apps subscribe."""

    make: bool = False  # whenever books are made into the output folder
    title: str = ""  # "" is that of the project
    url: str = ""  # of the output folder, where it is served


class Config(Table, frozen=True):
    """All of ``publish.toml``."""

    project: Project = Project()
    defaults: BookTable = BookTable()
    books: dict[str, BookTable] = {}
    editions: dict[str, EditionTable] = {}
    figures: FiguresTable = FiguresTable()
    text: TextTable = TextTable()
    opds: OpdsTable = OpdsTable()
