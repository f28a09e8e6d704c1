"""Which articles a book holds, and in what order."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from publish.collect.groups import fold
from publish.config import BookSettings, Choice, nearest
from publish.diagnostics import Diagnostic, error
from publish.model import Article, Section

_DIGITS = re.compile(r"(\d+)")
_HAN_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_HAN_NUMBER = re.compile(r"第([〇零一二两兩三四五六七八九十百千]+)")
_UNITS = {"十": 10, "百": 100, "千": 1000}
NEVER = datetime.min.replace(tzinfo=UTC)

Key = tuple[object, ...]


def choose(
    articles: Iterable[Article], settings: BookSettings, findings: list[Diagnostic]
) -> list[Article]:
    """Return the articles a book selects, in the order of the archive."""
    pool = [article for article in articles if settings.drafts or not article.draft]
    if settings.articles:
        return _given(pool, settings, findings)
    return [
        article
        for article in pool
        if (not settings.select or any(matches(article, choice) for choice in settings.select))
        and not any(matches(article, choice) for choice in settings.exclude)
    ]


def book_name(settings: BookSettings) -> str:
    """Return how messages call a book."""
    return f"book {settings.name!r}" if settings.name else "the book"


def matches(article: Article, choice: Choice) -> bool:
    """Tell whether an article meets every condition of a choice."""
    day = article.date.date() if article.date else None
    return (
        (not choice.path or any(path_matches(article.id, glob) for glob in choice.path))
        and _shares(choice.tag, article.tags)
        and _shares(choice.category, article.categories)
        and _shares(choice.author, article.authors)
        and _shares(choice.series, (article.series,))
        and (
            not choice.language
            or any(
                article.language == tag or article.language.startswith(f"{tag}-")
                for tag in choice.language
            )
        )
        and (choice.since is None or (day is not None and day >= choice.since))
        and (choice.until is None or (day is not None and day <= choice.until))
    )


def path_matches(identifier: str, pattern: str) -> bool:
    """Tell whether a path meets a glob; a folder's name means all that is in it.

    >>> path_matches("a/b/c.md", "a"), path_matches("a/b/c.md", "a/*.md")
    (True, False)
    >>> path_matches("a/b/c.md", "a/**"), path_matches("a/c.md", "**/c.md")
    (True, True)
    """
    pattern = pattern.strip("/").removeprefix("./")
    if not any(sign in pattern for sign in "*?["):
        return identifier == pattern or identifier.startswith(f"{pattern}/")
    return _glob(PurePosixPath(identifier).parts, tuple(pattern.split("/")))


def _glob(parts: Sequence[str], patterns: Sequence[str]) -> bool:
    if not patterns:
        return not parts
    if patterns[0] == "**":
        return any(_glob(parts[skip:], patterns[1:]) for skip in range(len(parts) + 1)) or (
            len(patterns) == 1
        )
    return bool(parts) and fnmatchcase(parts[0], patterns[0]) and _glob(parts[1:], patterns[1:])


def _shares(wanted: Sequence[str], present: Sequence[str]) -> bool:
    if not wanted:
        return True
    folded = {fold(value) for value in present}
    return any(fold(value) in folded for value in wanted)


def _given(
    pool: list[Article], settings: BookSettings, findings: list[Diagnostic]
) -> list[Article]:
    """Return explicitly listed articles, by id, by id without suffix, or by glob."""
    chosen: dict[str, Article] = {}
    for wanted in settings.articles:
        found = [article for article in pool if _is_named(article, wanted)]
        if not found:
            near = nearest(wanted, [article.id for article in pool])
            findings.append(
                error(
                    "article-unknown",
                    f"{book_name(settings)} lists {wanted!r}, and there is no such article",
                    help=f"did you mean {near!r}?"
                    if near
                    else "paths count from the content folder",
                )
            )
        chosen.update((article.id, article) for article in found)
    return [
        article
        for article in chosen.values()
        if not any(matches(article, choice) for choice in settings.exclude)
    ]


def _is_named(article: Article, wanted: str) -> bool:
    plain = wanted.removeprefix("./")
    stem = article.id.rpartition(".")[0]
    return plain in (article.id, stem, stem.removesuffix("/index")) or path_matches(
        article.id, plain
    )


def arrange(articles: list[Article], order: str, sections: Mapping[str, Section]) -> list[Article]:
    """Return articles in an order: date, path, title, weight, given; "-" turns it round.

    "" chooses: by weight where any article has one, by date where most have one, else by path.
    """
    plain = order.removeprefix("-") or natural_order(articles)
    if plain == "given":
        return articles
    keys = {
        "date": lambda article: (article.date or NEVER, natural(article.id)),
        "path": lambda article: _folder_key(article, sections, weights=False),
        "title": lambda article: natural(article.title),
        "weight": lambda article: _folder_key(article, sections, weights=True),
    }
    return sorted(articles, key=keys[plain], reverse=order.startswith("-"))


def natural_order(articles: Sequence[Article]) -> str:
    """Return the order that fits articles for which none was asked."""
    if any(article.weight is not None for article in articles):
        return "weight"
    dated = sum(article.date is not None for article in articles)
    return "date" if articles and dated * 2 > len(articles) else "path"


def natural(text: str) -> Key:
    """Return a key that sorts 2 before 10, and 第二 before 第十.

    >>> natural("第九章") < natural("第十章") < natural("第一百零二章")
    True
    """
    numbered = _HAN_NUMBER.sub(lambda found: f"第{_han_value(found[1]):06d}", text)
    parts = _DIGITS.split(unicodedata.normalize("NFC", numbered))
    return tuple(
        (1, int(part), "") if number % 2 else (0, 0, part.casefold())
        for number, part in enumerate(parts)
        if part
    )


def _han_value(text: str) -> int:
    total, digit = 0, None
    if not any(sign in _UNITS for sign in text):
        return int("".join(str(_HAN_DIGITS[sign]) for sign in text)[:15])
    for sign in text:
        if sign in _UNITS:
            total += (1 if digit is None else digit) * _UNITS[sign]
            digit = None
        else:
            digit = _HAN_DIGITS[sign] or None
    return total + (digit or 0)


def _folder_key(article: Article, sections: Mapping[str, Section], *, weights: bool) -> Key:
    """Return a key that goes folder by folder, files and folders side by side, as a menu does."""
    *folders, name = PurePosixPath(article.id).parts
    key: list[Key] = []
    for depth, folder in enumerate(folders, 1):
        section = sections.get("/".join(folders[:depth]))
        weight = section.weight if weights and section else None
        key.append((_heavy(weight), NEVER, natural(folder)))
    day = (article.date or NEVER) if weights else NEVER
    key.append((_heavy(article.weight if weights else None), day, natural(name)))
    return tuple(key)


def _heavy(weight: int | None) -> float:
    """Return a weight as a number; none, and Hugo's 0, sink to the end."""
    return weight if weight else math.inf
