"""Keeps where the pages of a book begin, so that its EPUB can be made without setting it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from publish import cache, fonts, share
from publish.cache import Cache
from publish.installed import version
from publish.layouts import Layout
from publish.model import Edition
from publish.pagination import PageStart

STAGE = "pages"
VERSION = "1"
_ENGINES = ("weasyprint", "pydyf", "pyphen", "ziamath", "uharfbuzz", "pikepdf")


def engines() -> tuple[str, ...]:
    """Return the libraries that pages depend on, with their versions."""
    return tuple(f"{name}-{version(name)}" for name in _ENGINES)


def key(edition: Edition, layout: Layout, options: Mapping[str, object]) -> str:
    """Return the digest of all that pages are made from."""
    project = str(options.get("project") or "")
    return cache.digest(
        STAGE,
        VERSION,
        share.program(),
        engines(),
        replace(edition, cover=None),
        layout.digest,
        sorted((name, str(value)) for name, value in options.items() if name != "project"),
        fonts.load(Path(project) if project else None).fingerprint,
    )


def keep(store: Cache, key: str, found: Iterable[PageStart]) -> None:
    """Keep where pages begin."""
    store.store(STAGE, key, tuple(found))


def kept(store: Cache, key: str) -> tuple[PageStart, ...] | None:
    """Return where pages begin, or None if that is not known."""
    return store.load(STAGE, key, tuple[PageStart, ...])
