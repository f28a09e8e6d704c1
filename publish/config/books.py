"""Settles what every book of a project is: its own keys, then the defaults, then ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from publish import locales
from publish.config.load import COMMAND_LINE, Loaded
from publish.config.schema import (
    GROUPINGS,
    ORDERS,
    SOURCE,
    BookTable,
    EditionTable,
    EpubOptions,
    PdfOptions,
    Selector,
)
from publish.config.suggest import suggestion
from publish.diagnostics import Diagnostic, Place, UsageError, error

DEFAULT_TO = ("epub", "pdf")
_ADDRESS = re.compile(r"https?://[^/\s?#]+[^\s<>\"]*", re.IGNORECASE)
BOOK_KEYS = tuple(BookTable.__struct_fields__)


@dataclass(frozen=True, slots=True)
class Choice:
    """Conditions on an article, settled; see ``schema.Selector``."""

    path: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class EditionSettings:
    """An edition, settled: ``language`` "" keeps that of the source."""

    name: str
    language: str = ""
    convert: str = ""
    phrases: tuple[str, ...] = ()
    layout: str = ""
    title: str = ""
    writing: str = ""  # "" is that of the book


@dataclass(frozen=True, slots=True)
class BookSettings:
    """A book, or with ``split`` a row of books, settled."""

    name: str  # "" for the one book of a project that names none: its title names it
    title: str = ""
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    rights: str = ""
    description: str = ""
    date: datetime | None = None  # day of publication
    subjects: tuple[str, ...] = ()
    source: str = ""
    language: str = ""
    identifier: str = ""
    series: str = ""
    position: int | None = None
    cover: str = ""
    select: tuple[Choice, ...] = ()
    exclude: tuple[Choice, ...] = ()
    articles: tuple[str, ...] = ()
    order: str = ""  # "" lets collect choose: weights if the articles have them, else dates
    parts: str = ""
    split: str | int = ""
    to: tuple[str, ...] = DEFAULT_TO
    editions: tuple[EditionSettings, ...] = (EditionSettings(SOURCE),)
    layout: str = "classic"
    writing: str = ""  # "" is that of the layout
    drafts: bool = False
    output: str = ""
    pdf: PdfOptions = field(default_factory=PdfOptions)
    epub: EpubOptions = field(default_factory=EpubOptions)


def settle(loaded: Loaded) -> tuple[BookSettings, ...]:
    """Return the books of a project; one of all articles when none is named.

    Raises:
        UsageError: a value that cannot be meant, all of them at once.
    """
    config = loaded.config
    tables = config.books or {"": BookTable()}
    findings: list[Diagnostic] = list(_language(loaded))
    books = [
        _settle(name, _over(table, config.defaults), loaded, findings)
        for name, table in tables.items()
    ]
    if findings:
        raise UsageError(*findings)
    return tuple(books)


def _language(loaded: Loaded) -> Iterator[Diagnostic]:
    language = loaded.config.project.language
    if language and not locales.is_tag(language):
        message = f"project.language: {language!r} is no language tag"
        where = loaded.place(("project", "language"))
        yield error("config-value", message, where, "such as zh-Hans or zh-Hant-TW")


def _over(above: BookTable, below: BookTable) -> BookTable:
    """Return a book's keys with those it leaves open taken from the defaults."""
    kept = {key: getattr(above, key) for key in BOOK_KEYS if getattr(above, key) is not None}
    return msgspec.structs.replace(below, **kept)


def _settle(
    name: str, table: BookTable, loaded: Loaded, findings: list[Diagnostic]
) -> BookSettings:
    project = loaded.config.project
    checker = _Checker(name, loaded, findings)
    order = checker.one_of("order", (table.order or "").lower(), ORDERS, sign=True)
    editions = many(table.editions) or (SOURCE,)
    return BookSettings(
        name=name,
        title=table.title or ("" if name else project.title),
        subtitle=table.subtitle or "",
        authors=many(table.author) or many(project.author),
        publisher=table.publisher or project.publisher,
        rights=table.rights or project.rights,
        description=table.description or "",
        date=checker.published(table.date),
        subjects=many(table.subjects),
        source=checker.address("source", table.source or ""),
        language=checker.language(table.language or ""),
        identifier=table.identifier or "",
        series=table.series or "",
        position=table.position,
        cover=table.cover or "",
        select=checker.choices("select", table.select),
        exclude=checker.choices("exclude", table.exclude),
        articles=tuple(table.articles or ()),
        order=order,
        parts=checker.one_of("parts", table.parts or "", GROUPINGS),
        split=checker.split(table.split),
        to=many(table.to) or DEFAULT_TO,
        editions=tuple(checker.edition(edition) for edition in dict.fromkeys(editions)),
        layout=table.layout or "classic",
        writing=table.writing or "",
        drafts=bool(table.drafts),
        output=table.output or "",
        pdf=table.pdf or PdfOptions(),
        epub=table.epub or EpubOptions(),
    )


def many(value: str | list[str] | None) -> tuple[str, ...]:
    """Return a value that may be one string or a list of them as a tuple."""
    if value is None or value == "":
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def place(loaded: Loaded, book: str, key: str) -> Place | None:
    """Return where a key of a book is set, in its own table or in the defaults."""
    own = loaded.place(("books", book, key))
    return own or loaded.place(("defaults", key))


class _Checker:
    """Checks the values of one book's keys; findings name the line they stand on."""

    def __init__(self, name: str, loaded: Loaded, findings: list[Diagnostic]) -> None:
        self.name, self.loaded, self.findings = name, loaded, findings

    def fault(self, key: str, message: str, help_line: str = "") -> None:
        self.findings.append(error("config-value", f"{key}: {message}", self.place(key), help_line))

    def place(self, key: str) -> Place | None:
        return place(self.loaded, self.name, key)

    def one_of(self, key: str, value: str, allowed: tuple[str, ...], sign: bool = False) -> str:
        if value in ("", "none"):
            return ""
        plain = value.removeprefix("-") if sign else value
        if plain not in allowed:
            self.fault(key, f"{value!r} is none of its values", suggestion(plain, allowed))
        return value

    def split(self, value: str | int | None) -> str | int:
        if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
            if int(value) < 1:
                self.fault("split", "a book needs at least one article")
            return int(value)
        return self.one_of("split", value or "", GROUPINGS)

    def language(self, value: str) -> str:
        if value and not locales.is_tag(value):
            self.fault("language", f"{value!r} is no language tag", "such as zh-Hans or zh-Hant-TW")
        return locales.normalise(value)

    def choices(self, key: str, value: Selector | list[Selector] | None) -> tuple[Choice, ...]:
        selectors = [] if value is None else value if isinstance(value, list) else [value]
        return tuple(self.choice(key, selector) for selector in selectors)

    def choice(self, key: str, selector: Selector) -> Choice:
        return Choice(
            path=many(selector.path),
            tag=many(selector.tag),
            category=many(selector.category),
            author=many(selector.author),
            series=many(selector.series),
            language=tuple(locales.normalise(tag) or tag for tag in many(selector.language)),
            since=self.day(key, selector.since, last=False),
            until=self.day(key, selector.until, last=True),
        )

    def day(self, key: str, value: str | None, *, last: bool) -> date | None:
        """Return a day: 2024 and 2024-03 mean their first day, or their last."""
        if value is None:
            return None
        try:
            return parse_day(value, last=last)
        except ValueError:
            self.fault(key, f"{value!r} is no date", "write 2024, 2024-03 or 2024-03-05")
            return None

    def published(self, value: str | None) -> datetime | None:
        """Return the day of publication; nothing less is one, since no day is made up."""
        if not value:
            return None
        try:
            return datetime.combine(date.fromisoformat(value), datetime.min.time())
        except ValueError:
            self.fault("date", f"{value!r} is no day", "write a whole date: 2024-03-05")
            return None

    def address(self, key: str, value: str) -> str:
        """Return an address of the web as it is; anything else is a fault."""
        if value and not _ADDRESS.fullmatch(value):
            self.fault(key, f"{value!r} is no web address", "write it whole: https://example.org/")
        return value

    def edition(self, name: str) -> EditionSettings:
        table = self.loaded.config.editions.get(name, EditionTable())
        flag = self.place("writing")  # one on the command line is for all editions
        writing = "" if flag and flag.file == COMMAND_LINE else table.writing
        if name == SOURCE:
            return EditionSettings(SOURCE, title=table.title, layout=table.layout, writing=writing)
        language = locales.normalise(table.language or name)
        if language not in locales.EDITIONS:
            self._no_edition(name, table.language)
        return EditionSettings(
            name=name if name in self.loaded.config.editions else language,
            language=language,
            convert=table.convert,
            phrases=many(table.phrases),
            layout=table.layout,
            title=table.title,
            writing=writing,
        )

    def _no_edition(self, name: str, language: str) -> None:
        """Say that an edition is unknown, or that its own table gives it no language."""
        if name not in self.loaded.config.editions:
            known = (SOURCE, *locales.EDITIONS, *self.loaded.config.editions)
            self.fault("editions", f"{name!r} is no edition", suggestion(name, known))
            return
        key = f"editions.{name}.language"
        missing = f"{language!r} is none of its values" if language else "it is not set"
        where = self.loaded.place(("editions", name, "language"))
        where = where or self.loaded.place(("editions", name))
        advice = suggestion(language or name, locales.EDITIONS)
        self.findings.append(error("config-value", f"{key}: {missing}", where, advice))


def parse_day(text: str, *, last: bool) -> date:
    """Return the day that 2024, 2024-03 or 2024-03-05 means, as first or last of its span.

    Raises:
        ValueError: it is none of these.
    """
    numbers = [int(part) for part in text.replace("/", "-").replace(".", "-").split("-")]
    if not 1 <= len(numbers) <= 3:
        raise ValueError(text)
    year, month, day = (*numbers, 0, 0)[:3]
    if day:
        return date(year, month, day)
    if month:
        following = date(year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1) if last else date(year, month, 1)
    return date(year, 12, 31) if last else date(year, 1, 1)
