"""Flags that choose articles and shape a book: the same words as in ``publish.toml``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from publish.config.schema import GROUPINGS

PAGES = ("page", "bleed", "marks", "paper", "spine", "binding")  # what only books with pages have
READERS = ("target", "embed_fonts")  # what only EPUBs have
_SELECT = ("path", "tag", "category", "author", "series", "language", "since", "until")

_OPTIONS: tuple[Callable[..., Any], ...] = (
    click.option("--tag", multiple=True, metavar="TAG", help="Only articles with this tag."),
    click.option("--category", multiple=True, metavar="NAME", help="Only of this category."),
    click.option("--path", multiple=True, metavar="GLOB", help="Only below this path or glob."),
    click.option("--since", metavar="DATE", help="Only from this day on (2024, 2024-03 …)."),
    click.option("--until", metavar="DATE", help="Only up to this day."),
    click.option("--author", multiple=True, metavar="NAME", help="Only by this author."),
    click.option("--series", multiple=True, metavar="NAME", help="Only of this series."),
    click.option("--article", "articles", multiple=True, metavar="ID", help="These, so ordered."),
    click.option("--exclude", multiple=True, metavar="GLOB", help="Never these paths."),
    click.option("--exclude-tag", multiple=True, metavar="TAG", help="Never with this tag."),
    click.option("--order", metavar="ORDER", help="date, path, title, weight, given; -date …"),
    click.option("--parts", metavar="BY", help=f"Parts by {', '.join(GROUPINGS)}."),
    click.option("--split", metavar="BY", help="A book for each of these, or for each N articles."),
    click.option("--title", metavar="TEXT", help="Title of the book; {group} names the group."),
    click.option("--subtitle", metavar="TEXT", help="Subtitle of the book."),
    click.option("--book-author", multiple=True, metavar="NAME", help="Author of the book."),
    click.option("--publisher", metavar="NAME", help="Publisher of the book."),
    click.option("--date", metavar="DATE", help="Day of publication: 2024-03-05."),
    click.option("--subject", "subjects", multiple=True, metavar="WORD", help="Of the book."),
    click.option("--source", metavar="URL", help="Address that the book was gathered from."),
    click.option("--language", metavar="TAG", help="Language of the book, such as zh-Hans."),
    click.option("--cover", metavar="FILE", help="A picture for the cover."),
    click.option("--drafts", is_flag=True, default=None, help="Take drafts too."),
    click.option("--layout", metavar="NAME", help="classic, magazine, or one of your own."),
    click.option(
        "--writing",
        type=click.Choice(("horizontal", "vertical")),
        help="Lines, or columns from right to left (EPUB).",
    ),
    click.option(
        "--edition",
        "editions",
        multiple=True,
        metavar="TAG",
        help="zh-Hans, zh-Hant, zh-Hant-TW, zh-Hant-HK; source is as written.",
    ),
    click.option("--page", metavar="SIZE", help="Page of the PDF: A5, 16开, 6x9, 148x210mm …"),
    click.option("--bleed", metavar="LENGTH", help="Bleed of the PDF: 3mm …"),
    click.option("--marks", is_flag=True, default=None, help="Crop and registration marks."),
    click.option(
        "--target",
        type=click.Choice(("generic", "kindle", "apple", "kobo")),
        help="Readers that the EPUB is for.",
    ),
    click.option(
        "--embed-fonts",
        is_flag=True,
        default=None,
        help="Faces for all text in the EPUB; for rare characters they always are.",
    ),
    click.option("--toc-depth", type=click.IntRange(1, 6), metavar="N", help="Levels of contents."),
)


def choosing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the flags that choose and shape."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def book_flags(given: dict[str, Any]) -> dict[str, Any]:
    """Take these flags out of what click gives; return the keys of a book they set."""
    values = {name: given.pop(name) for name in _names() if name in given}
    book: dict[str, Any] = {}
    select = {
        name: list(value) if isinstance(value, tuple) else value
        for name in _SELECT
        if name != "language" and (value := values.pop(name, None))
    }
    if select:
        book["select"] = select
    exclude = [
        {key: list(value)}
        for key, flag in (("path", "exclude"), ("tag", "exclude_tag"))
        if (value := values.pop(flag, None))
    ]
    if exclude:
        book["exclude"] = exclude
    if author := values.pop("book_author", None):
        book["author"] = list(author)
    for name in PAGES:
        if value := values.pop(name, None):
            book.setdefault("pdf", {})[name] = value
    for name in READERS:
        if value := values.pop(name, None):
            book.setdefault("epub", {})[name] = value
    if depth := values.pop("toc_depth", None):
        book.setdefault("pdf", {})["toc_depth"] = depth
        book.setdefault("epub", {})["toc_depth"] = depth
    for name, value in values.items():
        if value:
            book[name] = list(value) if isinstance(value, tuple) else value
    return book


def _names() -> list[str]:
    return [
        *("tag", "category", "path", "since", "until", "author", "series", "articles"),
        *("exclude", "exclude_tag", "order", "parts", "split", "title", "subtitle"),
        *(
            "book_author",
            "publisher",
            "date",
            "subjects",
            "source",
            "language",
            "cover",
            "drafts",
            "layout",
            "writing",
            "editions",
        ),
        *PAGES,
        *READERS,
        "toc_depth",
    ]
