"""Stage one: every article as a fair copy, in workers, from the cache where it has not changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from publish import cache
from publish.config import Config
from publish.diagnostics import Place
from publish.model import Article, FairCopy
from publish.workshop import Workshop

STAGE = "copy"
SMALL = 2_500_000  # characters for which starting workers costs more than it saves


@dataclass(frozen=True, slots=True)
class Task:
    """What a fair copy is made of."""

    body: str
    format: str
    title: str
    title_from: str
    first_line: int
    promote_bold: str
    math: bool
    hard_breaks: bool


def fair_copies(articles: Sequence[Article], config: Config, shop: Workshop) -> dict[str, FairCopy]:
    """Return the fair copy of every article, by article id."""
    from publish.markdown import VERSION

    found: dict[str, FairCopy] = {}
    missing: list[tuple[Article, str, Task]] = []
    for article in articles:
        task = Task(
            article.body,
            article.format,
            article.title,
            article.title_from,
            article.body_line,
            config.text.promote_bold,
            config.text.math,
            config.text.hard_breaks,
        )
        key = cache.digest(STAGE, VERSION, task)
        kept = shop.cache.load(STAGE, key, FairCopy)
        if kept is None:
            missing.append((article, key, task))
        else:
            found[article.id] = _placed(kept, article)
    small = sum(len(task.body) for _, _, task in missing) < SMALL
    made = shop.spread("articles", _make, [task for _, _, task in missing], small=small, chunk=4)
    for (article, key, _), copy in zip(missing, made, strict=True):
        shop.cache.store(STAGE, key, copy)
        found[article.id] = _placed(copy, article)
    return found


def _placed(copy: FairCopy, article: Article) -> FairCopy:
    """Name the file in the findings of a fair copy, which is made knowing only its lines."""
    findings = tuple(
        finding.at(
            replace(finding.place, file=article.shown) if finding.place else Place(article.shown)
        )
        for finding in copy.findings
    )
    return replace(copy, findings=findings)


def _make(task: Task) -> FairCopy:
    from publish.markdown import Options, fair_copy

    return fair_copy(
        task.body,
        format=task.format,
        title=task.title,
        title_from=task.title_from,
        first_line=task.first_line,
        shown="",
        options=Options(
            promote_bold=task.promote_bold, math=task.math, hard_breaks=task.hard_breaks
        ),
    )
