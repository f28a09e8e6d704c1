"""Stage three: the chapters of a manuscript, in one script and region, become an edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from publish import cache, layouts, locales
from publish.compiler import chapters, links
from publish.compiler.materials import TRACKING, Materials
from publish.compiler.names import chapter_id, identifier
from publish.config import EditionSettings
from publish.diagnostics import Diagnostic, Place, note
from publish.layouts import Layout
from publish.model import (
    HORIZONTAL,
    VERTICAL,
    Article,
    Chapter,
    Edition,
    EditionPart,
    Manuscript,
)
from publish.workshop import Workshop

SMALL = 1_500_000  # bytes of XHTML for which starting workers does not pay

Phrases = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What is asked of an edition: its settings, words that win, and the site's address."""

    settings: EditionSettings
    phrases: Phrases = ()
    site: str = ""
    writing: str = HORIZONTAL


def compile_edition(
    manuscript: Manuscript, brief: Brief, materials: Materials, layout: Layout, shop: Workshop
) -> Edition:
    """Return an edition of a manuscript, without a cover."""
    articles = manuscript.articles
    language = brief.settings.language or manuscript.language or "und"
    own = (a if a.origin else replace(a, origin=materials.copies[a.id].origin) for a in articles)
    known = links.index(own, brief.site)
    findings: list[Diagnostic] = []
    plans = [
        _plan(article, manuscript, brief, materials, layout, known, findings)
        for article in articles
    ]
    shop.report(*findings)
    made = dict(zip((a.id for a in articles), _chapters(articles, plans, shop), strict=True))
    text = _Strings(manuscript.language, brief)
    edition = Edition(
        name=manuscript.name,
        language=language,
        converted=", ".join(sorted({text.configuration, *(p.convert for p in plans)} - {""})),
        title=text(brief.settings.title or manuscript.title),
        subtitle=text(manuscript.subtitle),
        parts=tuple(
            EditionPart(f"p{n}", text(part.title), tuple(made[a.id] for a in part.articles))
            for n, part in enumerate(manuscript.parts, 1)
        ),
        identifier=identifier(manuscript, brief.settings.name, brief.writing),
        authors=tuple(map(text, manuscript.authors)),
        publisher=text(manuscript.publisher),
        rights=text(manuscript.rights),
        description=text(manuscript.description),
        date=manuscript.date,
        first_date=manuscript.first_date,
        issued=manuscript.issued,
        source=manuscript.source,
        subjects=tuple(dict.fromkeys(map(text, manuscript.subjects))),
        series=text(manuscript.series),
        position=manuscript.position,
        writing=brief.writing,
    )
    return replace(edition, digest=cache.digest(edition))


def _chapters(
    articles: Sequence[Article], plans: Sequence[chapters.Plan], shop: Workshop
) -> list[Chapter]:
    keys = [chapters.key(plan) for plan in plans]
    kept = [shop.cache.load(chapters.STAGE, key, Chapter) for key in keys]
    missing = [plan for plan, chapter in zip(plans, kept, strict=True) if chapter is None]
    small = sum(len(plan.copy.xhtml) for plan in missing) < SMALL
    made = shop.spread("chapters", chapters.settle, missing, small=small, chunk=4)
    done: list[Chapter] = []
    for article, key, old in zip(articles, keys, kept, strict=True):
        chapter = old or next(made)
        if old is None:
            shop.cache.store(chapters.STAGE, key, chapter)
        done.append(replace(chapter, article=article.id, shown=article.shown))
    for _ in made:  # let the stage end
        pass
    return done


def _plan(
    article: Article,
    manuscript: Manuscript,
    brief: Brief,
    materials: Materials,
    layout: Layout,
    known: links.Index,
    findings: list[Diagnostic],
) -> chapters.Plan:
    copy = materials.copies[article.id]
    source = article.language or manuscript.language
    target, convert = _conversion(source, brief.settings)
    labels = layouts.labels(target or source)
    own = {use.address for use in copy.figures}
    lead = materials.figures.get((article.id, article.cover)) if article.cover else None
    return chapters.Plan(
        id=chapter_id(article.id),
        copy=copy,
        title=article.title,
        source=source,
        target=target,
        convert=convert,
        phrases=brief.phrases if convert else (),
        links=_links(article, brief, materials, known, findings),
        figures=tuple(
            (use.address, materials.figures.get((article.id, use.address)))
            for use in {use.address: use for use in copy.figures}.values()
        ),
        dropped=tuple(
            use.address
            for use in copy.figures
            if materials.lost.get((article.id, use.address)) == TRACKING
        ),
        lead=lead if layout.options.get("lead_figure") and article.cover not in own else None,
        words=chapters.Words(labels.lost_figure, labels.picture),
        authors=article.authors,
        date=_as_written(article.date),
        kicker=article.categories[0] if article.categories else article.series,
        summary=article.lead or article.summary or copy.summary,
        origin=article.origin or copy.origin,
        origin_name=article.origin_name or copy.origin_name,
        vertical=brief.writing == VERTICAL,
    )


def _as_written(date: datetime | None) -> datetime | None:
    """Return a date whose day is the one that its article names, whatever its zone.

    What is kept comes back in UTC: a chapter from the cache would show another day.
    """
    return date.replace(tzinfo=UTC) if date else None


def _conversion(source: str, settings: EditionSettings) -> tuple[str, str]:
    """Return a chapter's language and the OpenCC configuration that leads there."""
    if not settings.language or not (locales.is_chinese(source) or not source):
        return source, ""
    from publish import chinese

    convert = settings.convert or chinese.configuration(source, settings.language)
    if settings.convert and locales.script(source) == locales.script(settings.language):
        convert = chinese.configuration(source, settings.language)
    return settings.language, convert


def _links(
    article: Article,
    brief: Brief,
    materials: Materials,
    known: links.Index,
    findings: list[Diagnostic],
) -> tuple[tuple[str, str], ...]:
    settled: dict[str, str] = {}
    for use in materials.copies[article.id].links:
        if use.address in settled:
            continue
        found = links.resolve(use.address, article.id, known)
        whole = use.address.startswith(("http://", "https://"))
        if found is None or (whole and found == (article.id, "")):  # where it came from
            settled[use.address] = links.outside(use.address, brief.site)
            if not settled[use.address]:
                findings.append(_dead(article, use.line, use.address))
            continue
        target, fragment = found
        anchors = materials.anchors(target)
        place = anchors.get(fragment) or anchors.get(fragment.lower())
        if fragment and place is None:
            findings.append(_no_anchor(article, use.line, use.address))
        settled[use.address] = f"#{chapter_id(target)}" + (f"-{place}" if place else "")
    return tuple(settled.items())


def _dead(article: Article, line: int, address: str) -> Diagnostic:
    return note(
        "link-dead",
        f"{address!r} leads to no article of the book and to no site: set as plain text",
        Place(article.shown, line),
        "set project.url, so that links of the site lead there",
    )


def _no_anchor(article: Article, line: int, address: str) -> Diagnostic:
    return note(
        "link-anchor",
        f"{address!r}: the chapter has no such place; the link leads to its beginning",
        Place(article.shown, line),
    )


class _Strings:
    """Converts the strings of a title page as the chapters are converted."""

    def __init__(self, source: str, brief: Brief) -> None:
        self.source = source
        self.target, self.configuration = _conversion(source, brief.settings)
        self.phrases = brief.phrases
        self.vertical = brief.writing == VERTICAL

    def __call__(self, text: str) -> str:
        if not text or not (self.configuration or self.vertical):
            return text
        from publish import chinese

        if self.configuration:
            converter = chinese.converter(self.configuration, self.phrases)
            text = chinese.convert_text(text, converter, self.source, self.target)
        return chinese.corner_quotes(text) if self.vertical else text
