"""What files gave when they were read last: kept, so that no header is parsed at every build.

Bytes are read and hashed each time; nothing is known by its size or date. A whole archive lies in
one entry of the cache, since hundreds of small ones would take as long as parsing does.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import msgspec

from publish import share
from publish.cache import Cache, digest
from publish.content.tree import Found
from publish.diagnostics import Diagnostic
from publish.model import Article, Section

STAGE = "reading"


@dataclass(frozen=True, slots=True)
class Entry:
    """A chapter of SUMMARY.md: where, what it is called there, under which part, from line."""

    path: str  # below the folder of SUMMARY.md
    title: str
    part: str
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file and what its place in the tree tells of it."""

    file: Found
    id: str
    shown: str
    data: bytes
    root: str = ""  # name of the content root, which may be that of a language
    entry: Entry | None = None  # in SUMMARY.md
    position: int | None = None  # there, from 1

    @property
    def is_draft(self) -> bool:
        """Tell whether the file lies where Hexo and Jekyll keep drafts."""
        return "_drafts" in PurePosixPath(self.file.below).parts[:-1]


@dataclass(frozen=True, slots=True)
class Made:
    """What a file gave: an article, or a section; or why it gave none: "draft", "blank"."""

    article: Article | None = None
    findings: tuple[Diagnostic, ...] = ()
    reason: str = ""
    section: Section | None = None
    has_text: bool = False  # of a section's page: there is text, which no book takes


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept: the body of an article is left out if the file's last bytes are the same."""

    made: Made
    tail: int = 0  # bytes at the end of the file that are the body


class Shelf:
    """Gives what was made of a source before, or makes it.

    Args:
        store: where it is kept; None keeps nothing.
        names: what tells this archive, read in this way, from others.
    """

    def __init__(self, store: Cache | None, names: Iterable[str]) -> None:
        self._store = store
        self._name = digest(STAGE, [os.fsencode(name) for name in names])
        self._before = self._load()
        self._now: dict[str, _Kept] = {}

    def take(self, source: Source, how: str, make: Callable[[Source], Made]) -> Made:
        """Return what a source gives; ``how`` tells apart the ways in which it may be read."""
        if self._store is None:
            return make(source)
        key = _key(source, how)
        kept = self._now[key] = self._before.get(key) or _without_body(source, make(source))
        return _with_body(source, kept)

    def close(self) -> None:
        """Keep what was taken, and nothing else."""
        if self._store is None or self._now.keys() == self._before.keys():
            return
        try:
            # JSON, since msgspec's MessagePack takes the offset from a date.
            self._store.put(STAGE, self._name, msgspec.json.encode(self._now))
        except UnicodeEncodeError:  # of a path that is not UTF-8
            return

    def _load(self) -> dict[str, _Kept]:
        kept = self._store.get(STAGE, self._name) if self._store else None
        try:
            return msgspec.json.decode(kept, type=dict[str, _Kept]) if kept else {}
        except msgspec.DecodeError:
            return {}


def _key(source: Source, how: str) -> str:
    return digest(
        share.program(),
        how,
        os.fsencode(source.file.path),
        os.fsencode(source.file.below),
        source.id,
        source.shown,
        os.fsencode(source.root),
        source.entry,
        source.position,
        hashlib.sha256(source.data).digest(),
    )


def _without_body(source: Source, made: Made) -> _Kept:
    body = made.article.body.encode() if made.article else b""
    if not made.article or not body or not source.data.endswith(body):
        return _Kept(made)
    return _Kept(replace(made, article=replace(made.article, body="")), len(body))


def _with_body(source: Source, kept: _Kept) -> Made:
    made = kept.made
    if not made.article or not kept.tail:
        return made
    body = source.data[-kept.tail :].decode()
    return replace(made, article=replace(made.article, body=body))
