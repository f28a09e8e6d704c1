"""The language of every article: its own word for it, the project's, or what its text shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from publish import cache, locales
from publish.model import Archive, Article
from publish.workshop import Workshop

SAMPLE = 4000  # characters of an article that tell its script
STAGE = "languages"
VERSION = "1"
_HAN = re.compile("[\u4e00-\u9fff]")


def settle_languages(archive: Archive, default: str, shop: Workshop) -> Archive:
    """Return the archive with a language for every article that gives none itself."""
    unsaid = [article for article in archive.articles if not article.language]
    if not unsaid:
        return archive
    found = [default] * len(unsaid) if default else _detected(unsaid, shop)
    said = {article.language for article in archive.articles} | set(found)
    if not any(map(locales.is_chinese, said)):  # no hint anywhere which script is meant
        found = [tag or _by_letters(one) for tag, one in zip(found, unsaid, strict=True)]
    settled = {article.id: tag for article, tag in zip(unsaid, found, strict=True)}
    return replace(
        archive,
        articles=tuple(
            replace(article, language=settled[article.id]) if article.id in settled else article
            for article in archive.articles
        ),
    )


def _by_letters(article: Article) -> str:
    """Return zh-Hans for Han text that is written alike in both scripts, else ""."""
    text = article.title + article.body[:SAMPLE]
    letters = sum(sign.isalpha() for sign in text)
    return locales.HANS if len(_HAN.findall(text)) * 2 > letters else ""


def _detected(articles: Sequence[Article], shop: Workshop) -> list[str]:
    """Return what the texts show, kept for the next build of the same texts."""
    key = cache.digest(STAGE, VERSION, [(article.title, article.digest) for article in articles])
    kept = shop.cache.load(STAGE, key, list[str])
    if kept is not None and len(kept) == len(articles):
        return kept
    found = [_kept(article, shop) for article in articles]
    shop.cache.store(STAGE, key, found)
    return found


def _kept(article: Article, shop: Workshop) -> str:
    """Return what one text shows, kept as well: most articles of an edited book are as before."""
    key = cache.digest(STAGE, VERSION, article.title, article.digest)
    kept = shop.cache.load(STAGE, key, str)
    if kept is not None:
        return kept
    from publish import chinese

    found = chinese.detect(f"{article.title}\n{article.body[:SAMPLE]}")
    shop.cache.store(STAGE, key, found)
    return found
