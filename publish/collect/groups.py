"""Groups of articles: by time, folder, tag, category, series or number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from publish import locales
from publish.model import Article, Section

_UNSAFE = re.compile(r"[\s/\\:*?\"<>|\x00-\x1f\x7f#%&{}$!'@+`=.,;()\[\]]+")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Group:
    """Articles that belong together: ``key`` for file names, ``title`` for readers."""

    key: str
    title: str
    articles: tuple[Article, ...]


class Name(NamedTuple):
    """What a group is known by: ``identity`` tells it from others, "" is that of all the rest."""

    identity: str
    key: str
    title: str


def group(
    articles: Iterable[Article],
    by: str | int,
    sections: Mapping[str, Section],
    language: str,
    *,
    repeat: bool,
) -> list[Group]:
    """Return groups in the order in which their first articles come.

    An article of several tags or categories is in each of their groups if ``repeat`` is true
    (as for books of their own), else in its first one (as for parts of one book).
    """
    listed = list(articles)
    if isinstance(by, int):
        return _by_number(listed, by, language)
    members: dict[str, list[Article]] = {}
    names: dict[str, Name] = {}
    for article in listed:
        found = _names(article, by, sections, language)
        for name in found if repeat else found[:1]:
            names.setdefault(name.identity, name)
            members.setdefault(name.identity, []).append(article)
    if repeat and "" in members:  # in a row of books, what belongs nowhere comes last
        members[""] = members.pop("")
    keys = _keys([names[identity] for identity in members])
    return [
        Group(keys[identity], names[identity].title, tuple(found))
        for identity, found in members.items()
    ]


def _keys(names: Iterable[Name]) -> dict[str, str]:
    """Return a key for every group by its identity: C++ and C# do not become one file.

    Numbers are given in the order of the titles, so that they do not change with the articles'.
    """
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names, key=lambda name: (name.title, name.identity)):
        key, number = name.key, 2
        while key in taken:
            key, number = f"{name.key}-{number}", number + 1
        taken.add(key)
        keys[name.identity] = key
    return keys


def _by_number(articles: list[Article], size: int, language: str) -> list[Group]:
    count = -(-len(articles) // size)
    digits = max(2, len(str(count)))
    return [
        Group(f"{n + 1:0{digits}d}", _volume(n + 1, language), tuple(articles[n * size :][:size]))
        for n in range(count)
    ]


def _volume(number: int, language: str) -> str:
    return f"第{number}册" if _han(language) else f"Volume {number}"


def _names(article: Article, by: str, sections: Mapping[str, Section], language: str) -> list[Name]:
    """Return the names of the groups an article belongs to, never none."""
    if by in ("year", "quarter", "month", "week"):
        return [_time(article, by, language)]
    if by == "folder":
        return [_folder(article, sections, language)]
    values = {
        "tag": article.tags,
        "category": article.categories,
        "series": (article.series,),
        "part": (str(article.extra.get("part") or ""),),  # of a SUMMARY.md, or front matter
    }[by]
    found: dict[str, Name] = {}
    for value in values:
        if identity := fold(value):
            found.setdefault(identity, Name(identity, file_key(value), value))
    return list(found.values()) or [_other(language)]


def _time(article: Article, by: str, language: str) -> Name:
    if article.date is None:
        return _other(language)
    year, month = article.date.year, article.date.month
    if by == "year":
        return _dated(f"{year}", f"{year}年" if _han(language) else f"{year}")
    if by == "quarter":
        quarter = (month + 2) // 3
        title = f"{year}年第{quarter}季度" if _han(language) else f"{year}, quarter {quarter}"
        return _dated(f"{year}-q{quarter}", title)
    if by == "month":
        title = f"{year}年{month}月" if _han(language) else f"{_MONTHS[month - 1]} {year}"
        return _dated(f"{year}-{month:02d}", title)
    year, week, _ = article.date.isocalendar()
    title = f"{year}年第{week}周" if _han(language) else f"{year}, week {week}"
    return _dated(f"{year}-w{week:02d}", title)


def _dated(key: str, title: str) -> Name:
    return Name(key, key, title)


def _folder(article: Article, sections: Mapping[str, Section], language: str) -> Name:
    """Return the folder an article lies in; a page bundle's own folder does not count."""
    file = PurePosixPath(article.id)
    folders = file.parts[:-1]
    if file.name.split(".")[0] == "index":
        folders = folders[:-1]
    if not folders:
        return _other(language)
    path = "/".join(folders)
    section = sections.get(path)
    return Name(path, file_key("-".join(folders)), section.title if section else folders[-1])


def _other(language: str) -> Name:
    return Name("", OTHER, "其他" if _han(language) else "Other")


def _han(language: str) -> bool:
    return not language or locales.is_chinese(language) or locales.region(language) == "JP"


def fold(text: str) -> str:
    """Return text as it is compared: without case, and of one width."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def file_key(text: str) -> str:
    """Return text as a piece of a file name: no separators, no signs a shell minds.

    >>> file_key("C++ / 语言"), file_key("  ")
    ('c-语言', 'untitled')
    """
    plain = _UNSAFE.sub("-", unicodedata.normalize("NFC", text)).strip("-").lower()
    while len(plain.encode()) > 120:
        plain = plain[:-1]
    return plain or "untitled"
