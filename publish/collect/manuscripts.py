"""From an archive and a book's settings to its manuscripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from publish.collect.choose import arrange, book_name, choose
from publish.collect.groups import OTHER, Group, file_key, group
from publish.config import BookSettings
from publish.diagnostics import ContentError, Diagnostic, UsageError, error
from publish.model import Archive, Article, Manuscript, Part, Section

MOST_AUTHORS = 3  # more contributors than this are no authors of the book
MOST_SUBJECTS = 12
DULL_FOLDERS = {"content", "contents", "source", "_posts", "posts", "post", "src", "docs"}


def collect(
    archive: Archive, settings: BookSettings, epoch: datetime | None = None
) -> tuple[Manuscript, ...]:
    """Return the manuscripts of a book: one, or with ``split`` one for each group.

    The dates of a manuscript are those of its articles; ``epoch`` dates one that has none.

    Raises:
        ContentError: no article is left, or a listed one does not exist.
        UsageError: the title has a placeholder that means nothing.
    """
    findings: list[Diagnostic] = []
    sections = {section.id: section for section in archive.sections}
    order = settings.order or ("given" if settings.articles else "")
    chosen = arrange(choose(archive.articles, settings, findings), order, sections)
    if not chosen and not findings:
        findings.append(_none(settings, archive))
    if findings:
        raise ContentError(*findings)
    language = settings.language or main_language(chosen)
    if not settings.split:
        only = Group("", "", tuple(chosen))
        return (_manuscript(only, settings, archive, sections, language, epoch, None),)
    groups = group(chosen, settings.split, sections, language, repeat=True)
    return tuple(
        _manuscript(one, settings, archive, sections, language, epoch, position)
        for position, one in enumerate(groups, 1)
    )


def main_language(articles: Sequence[Article]) -> str:
    """Return the language of most of the text; "" if none says."""
    weights: Counter[str] = Counter()
    for article in articles:
        if article.language:
            weights[article.language] += len(article.body) + 1
    return max(sorted(weights), key=lambda tag: weights[tag], default="")


def _none(settings: BookSettings, archive: Archive) -> Diagnostic:
    """Return what to say of a book that has no article."""
    if archive.articles:
        text = f"{book_name(settings)} selects no article"
        return error("no-articles", text, help="see what there is with: publish list --articles")
    hint = "articles are files that end in .md, .markdown or .html; -v names what is left out"
    return error("no-articles", "there is no article here", help=hint)


def _manuscript(
    one: Group,
    settings: BookSettings,
    archive: Archive,
    sections: Mapping[str, Section],
    language: str,
    epoch: datetime | None,
    position: int | None,
) -> Manuscript:
    articles = one.articles
    dates = sorted(article.date for article in articles if article.date)
    title = _title(one, settings, archive)
    stem = settings.name or file_key(_plain_title(settings, archive) if one.key else title)
    name = f"{stem}-{one.key}" if one.key else stem
    series = settings.series or (_plain_title(settings, archive) if position else "")
    return Manuscript(
        name=name,
        title=title,
        subtitle=settings.subtitle,
        parts=_parts(articles, settings, sections, language),
        language=language,
        authors=settings.authors or _authors(articles),
        publisher=settings.publisher,
        rights=settings.rights,
        description=settings.description or (articles[0].summary if len(articles) == 1 else ""),
        date=dates[-1] if dates else epoch,
        first_date=dates[0] if dates else epoch,
        issued=settings.date,
        source=settings.source,
        subjects=tuple(dict.fromkeys((*settings.subjects, *_subjects(articles)))),
        series=series,
        position=settings.position or position,
        cover=settings.cover,
        identifier=settings.identifier if position is None else "",
    )


def _parts(
    articles: tuple[Article, ...],
    settings: BookSettings,
    sections: Mapping[str, Section],
    language: str,
) -> tuple[Part, ...]:
    if not settings.parts:
        return (Part("", articles),)
    groups = group(articles, settings.parts, sections, language, repeat=False)
    bare = settings.parts == "part"  # forewords and appendices of a SUMMARY.md belong to no part
    return tuple(
        Part("" if bare and part.key == OTHER else part.title, part.articles) for part in groups
    )


def _plain_title(settings: BookSettings, archive: Archive) -> str:
    """Return the title of the row of books that a split makes, without its group."""
    title = settings.title.replace("{group}", "").strip(" ·-—:：,，()（）[]")
    return title or _root_title(archive)


def _title(one: Group, settings: BookSettings, archive: Archive) -> str:
    if settings.title:
        title = settings.title
        if one.title and "{group}" not in title:
            title = f"{title} {{group}}"
        try:
            return title.format_map({"group": one.title, "name": settings.name}).strip()
        except (KeyError, ValueError, IndexError, AttributeError):
            raise UsageError(
                error(
                    "title-placeholder",
                    f"title {settings.title!r} has a placeholder that means nothing",
                    help="{group} and {name} may be used; write {{ for a brace",
                )
            ) from None
    if len(one.articles) == 1 and not one.title:
        return one.articles[0].title
    return f"{settings.name or _root_title(archive)} {one.title}".strip()


def _root_title(archive: Archive) -> str:
    """Return what the archive calls itself, else the name of its folder."""
    named = next((section.title for section in archive.sections if section.id == ""), "")
    folders = [part for part in archive.root.split("/") if part]
    while len(folders) > 1 and folders[-1].lower() in DULL_FOLDERS:
        folders.pop()
    return named or (folders[-1] if folders else "book")


def _authors(articles: Iterable[Article]) -> tuple[str, ...]:
    names = dict.fromkeys(author for article in articles for author in article.authors)
    return tuple(names) if len(names) <= MOST_AUTHORS else ()


def _subjects(articles: Iterable[Article]) -> tuple[str, ...]:
    counts = Counter(tag for article in articles for tag in dict.fromkeys(article.tags))
    return tuple(sorted(counts, key=lambda tag: (-counts[tag], tag))[:MOST_SUBJECTS])
