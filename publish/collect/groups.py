"""Groups of articles: by time, folder, tag, category, series or number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

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
    titles: dict[str, str] = {}
    for article in listed:
        names = _names(article, by, sections, language)
        for key, title in names if repeat else names[:1]:
            titles.setdefault(key, title)
            members.setdefault(key, []).append(article)
    return [Group(key, titles[key], tuple(found)) for key, found in members.items()]


def _by_number(articles: list[Article], size: int, language: str) -> list[Group]:
    count = -(-len(articles) // size)
    digits = max(2, len(str(count)))
    return [
        Group(f"{n + 1:0{digits}d}", _volume(n + 1, language), tuple(articles[n * size :][:size]))
        for n in range(count)
    ]


def _volume(number: int, language: str) -> str:
    return f"第{number}册" if _han(language) else f"Volume {number}"


def _names(
    article: Article, by: str, sections: Mapping[str, Section], language: str
) -> list[tuple[str, str]]:
    """Return the keys and titles of the groups an article belongs to, never none."""
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
    return [(file_key(value), value) for value in values if value] or [(OTHER, _other(language))]


def _time(article: Article, by: str, language: str) -> tuple[str, str]:
    if article.date is None:
        return OTHER, _other(language)
    year, month = article.date.year, article.date.month
    if by == "year":
        return f"{year}", f"{year}年" if _han(language) else f"{year}"
    if by == "quarter":
        quarter = (month + 2) // 3
        title = f"{year}年第{quarter}季度" if _han(language) else f"{year}, quarter {quarter}"
        return f"{year}-q{quarter}", title
    if by == "month":
        title = f"{year}年{month}月" if _han(language) else f"{_MONTHS[month - 1]} {year}"
        return f"{year}-{month:02d}", title
    year, week, _ = article.date.isocalendar()
    title = f"{year}年第{week}周" if _han(language) else f"{year}, week {week}"
    return f"{year}-w{week:02d}", title


def _folder(article: Article, sections: Mapping[str, Section], language: str) -> tuple[str, str]:
    """Return the folder an article lies in; a page bundle's own folder does not count."""
    path = PurePosixPath(article.id)
    folders = path.parts[:-1]
    if path.name.split(".")[0] == "index" and len(folders) > 1:
        folders = folders[:-1]
    elif path.name.split(".")[0] == "index":
        folders = ()
    if not folders:
        return OTHER, _other(language)
    section = sections.get("/".join(folders))
    return file_key("-".join(folders)), section.title if section else folders[-1]


def _other(language: str) -> str:
    if not _han(language):
        return "Other"
    return "其他"


def _han(language: str) -> bool:
    return not language or locales.is_chinese(language) or locales.region(language) == "JP"


def file_key(text: str) -> str:
    """Return text as a piece of a file name: no separators, no signs a shell minds.

    >>> file_key("C++ / 语言"), file_key("  ")
    ('c-语言', 'untitled')
    """
    plain = _UNSAFE.sub("-", unicodedata.normalize("NFC", text)).strip("-").lower()
    while len(plain.encode()) > 120:
        plain = plain[:-1]
    return plain or "untitled"
