"""Arranges publications: a root that leads to shelves, and shelves in pages."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from publish.opds.books import UNDATED, Publication, named
from publish.opds.text import line
from publish.opds.words import Words, own_name, words

T = TypeVar("T")
ROOT = "catalog"  # the name of its root, and of the folder of all else
PAGE = 100  # entries of one page


@dataclass(frozen=True)
class Catalogue:
    """All that is listed, and who lists it."""

    title: str
    author: str
    language: str  # of our own words
    publications: tuple[Publication, ...]
    url: str = ""  # of the folder, where it is known

    @property
    def words(self) -> Words:
        """Return our own words."""
        return words(self.language)

    @cached_property
    def books(self) -> dict[str, list[Publication]]:
        """Return the editions of each book, by its name."""
        found: dict[str, list[Publication]] = {}
        for one in self.publications:
            found.setdefault(one.card.book, []).append(one)
        return found

    def siblings(self, publication: Publication) -> list[Publication]:
        """Return the other editions of a book."""
        return [one for one in self.books[publication.card.book] if one is not publication]


@dataclass(frozen=True, slots=True)
class Door:
    """What leads to a shelf, as a navigation feed lists it."""

    path: str  # of the page, without suffix
    id: str
    title: str
    content: str
    updated: str
    count: int
    kind: str  # "navigation" or "acquisition"
    rel: str = "subsection"


@dataclass(frozen=True, slots=True)
class Facet:
    """A part of a list, by language."""

    path: str
    title: str
    count: int
    active: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One document, whatever its format."""

    path: str  # without suffix
    id: str  # all pages of a shelf have the same (RFC 5005)
    title: str
    updated: str
    up: str  # path of the page above, "" for the root
    total: int  # of the shelf
    number: int = 1
    turns: tuple[tuple[str, str], ...] = ()  # "first", "previous", "next", "last", and paths
    doors: tuple[Door, ...] = ()
    publications: tuple[Publication, ...] | None = None  # None on a page of doors
    facets: tuple[Facet, ...] = ()

    @property
    def kind(self) -> str:
        """Return the kind of an OPDS 1.2 feed."""
        return "navigation" if self.publications is None else "acquisition"


def arrange(catalogue: Catalogue) -> list[Page]:
    """Return all pages, the root first."""
    own, books = catalogue.words, catalogue.publications
    languages = Counter(one.card.language for one in books)
    series = sorted({line(one.card.series) for one in books} - {""})
    every = _books(catalogue, "all", own.all, ROOT, books, languages)
    shelves = [every]
    doors = [_door(every, "http://opds-spec.org/sort/new", own)]
    if series:
        inner = [
            _books(catalogue, series_name(name), name, f"{ROOT}/series", _of(books, name), {})
            for name in series
        ]
        top = _doors(catalogue, "series", own.series, inner)
        doors.append(_door(top, "subsection", own))
        shelves += [top, *inner]
    if len(languages) > 1:
        inner = [
            _books(
                catalogue,
                _language_name(tag),
                own_name(tag),
                f"{ROOT}/languages",
                [one for one in books if one.card.language == tag],
                languages,
            )
            for tag in sorted(languages)
        ]
        top = _doors(catalogue, "languages", own.languages, inner)
        doors.append(_door(top, "subsection", own))
        shelves += [top, *inner]
    root = Page(
        path=ROOT,
        id=_id(catalogue, "root"),
        title=catalogue.title,
        updated=_newest(books),
        up="",
        total=len(doors),
        doors=tuple(doors),
    )
    return [root, *(page for shelf in shelves for page in shelf)]


def series_name(series: str) -> str:
    """Return the name of the shelf of a series: ASCII, and the same in every build."""
    return "series-" + hashlib.sha256(line(series).encode()).hexdigest()[:10]


def _language_name(tag: str) -> str:
    return f"language-{tag or 'und'}"


def _of(books: Iterable[Publication], series: str) -> list[Publication]:
    """Return the books of a series in its order."""
    found = [one for one in books if line(one.card.series) == series]
    last = 1 + max((one.card.position or 0 for one in found), default=0)
    return sorted(found, key=lambda one: one.card.position or last)


def _books(
    catalogue: Catalogue,
    name: str,
    title: str,
    up: str,
    books: Sequence[Publication],
    languages: dict[str, int],
) -> list[Page]:
    """Return a shelf of books, with facets if there are languages to choose from."""
    facets: list[Facet] = []
    if len(languages) > 1:
        total, own = len(catalogue.publications), catalogue.words
        facets = [Facet(f"{ROOT}/all", own.every, total, active=name == "all")]
        facets += [
            Facet(f"{ROOT}/{_language_name(tag)}", own_name(tag), languages[tag],
                  active=name == _language_name(tag))
            for tag in sorted(languages)
        ]  # fmt: skip
    parts = _parts(books) or [()]
    return [
        Page(
            path=_path(name, number),
            id=_id(catalogue, name),
            title=title,
            updated=_newest(books),
            up=up,
            total=len(books),
            number=number,
            turns=_turns(name, number, len(parts)),
            publications=part,
            facets=tuple(facets),
        )
        for number, part in enumerate(parts, 1)
    ]


def _doors(
    catalogue: Catalogue, name: str, title: str, shelves: Sequence[Sequence[Page]]
) -> list[Page]:
    """Return a shelf of shelves."""
    doors = [_door(shelf, "subsection", catalogue.words) for shelf in shelves]
    parts = _parts(doors)
    return [
        Page(
            path=_path(name, number),
            id=_id(catalogue, name),
            title=title,
            updated=max(door.updated for door in doors),
            up=ROOT,
            total=len(doors),
            number=number,
            turns=_turns(name, number, len(parts)),
            doors=part,
        )
        for number, part in enumerate(parts, 1)
    ]


def _door(shelf: Sequence[Page], rel: str, own: Words) -> Door:
    page = shelf[0]
    says = own.shelves if page.publications is None else own.books
    content = says.format(page.total)
    return Door(page.path, page.id, page.title, content, page.updated, page.total, page.kind, rel)


def _parts(entries: Sequence[T]) -> list[tuple[T, ...]]:
    return [tuple(entries[start : start + PAGE]) for start in range(0, len(entries), PAGE)]


def _path(name: str, number: int) -> str:
    return f"{ROOT}/{name}" if number == 1 else f"{ROOT}/{name}-{number}"


def _turns(name: str, number: int, pages: int) -> tuple[tuple[str, str], ...]:
    if pages == 1:
        return ()
    turns = [("first", 1), ("last", pages)]
    if number > 1:
        turns.append(("previous", number - 1))
    if number < pages:
        turns.append(("next", number + 1))
    return tuple((rel, _path(name, to)) for rel, to in turns)


def _id(catalogue: Catalogue, shelf: str) -> str:
    return named("shelf", catalogue.url or catalogue.title, shelf)


def _newest(books: Iterable[Publication]) -> str:
    return max((one.updated for one in books), default=UNDATED)
