"""The language of every article: its own word for it, the project's, or what its text shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from publish import cache
from publish.model import Archive, Article
from publish.workshop import Workshop

SAMPLE = 4000  # characters of an article that tell its script
STAGE = "languages"
VERSION = "1"


def settle_languages(archive: Archive, default: str, shop: Workshop) -> Archive:
    """Return the archive with a language for every article that gives none itself."""
    unsaid = [article for article in archive.articles if not article.language]
    if not unsaid:
        return archive
    found = [default] * len(unsaid) if default else _detected(unsaid, shop)
    settled = {article.id: tag for article, tag in zip(unsaid, found, strict=True)}
    return replace(
        archive,
        articles=tuple(
            replace(article, language=settled[article.id]) if article.id in settled else article
            for article in archive.articles
        ),
    )


def _detected(articles: Sequence[Article], shop: Workshop) -> list[str]:
    """Return what the texts show, kept for the next build of the same texts."""
    key = cache.digest(STAGE, VERSION, [(article.title, article.digest) for article in articles])
    kept = shop.cache.load(STAGE, key, list[str])
    if kept is not None and len(kept) == len(articles):
        return kept
    from publish import chinese

    found = [chinese.detect(f"{one.title}\n{one.body[:SAMPLE]}") for one in articles]
    shop.cache.store(STAGE, key, found)
    return found
