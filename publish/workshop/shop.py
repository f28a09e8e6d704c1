"""The workshop: one object that carries every effect a room may have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from publish.cache import Cache
from publish.diagnostics import Diagnostic, Reporter
from publish.workshop.workers import InProcess

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: the bytes, the address after redirects, the declared type."""

    data: bytes
    url: str
    media_type: str = ""


class FetchError(Exception):
    """An address gave nothing usable: ``code`` is stable, the message is for people.

    Codes: offline, refused (address not public), not-found, denied, too-large, timeout,
    redirects, unreachable, bad-address, server-error.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Fetcher(Protocol):
    """The one way to the network; safe to call from several threads."""

    def fetch(self, url: str) -> Fetched:
        """Return what is at an address, or raise FetchError."""

    def close(self) -> None:
        """Give up connections."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """Cache, reporter, fetcher, executor and date, handed down to every room that needs them."""

    cache: Cache
    reporter: Reporter
    fetcher: Fetcher
    executor: Executor
    jobs: int = 1
    epoch: datetime | None = None  # SOURCE_DATE_EPOCH, if set

    def report(self, *findings: Diagnostic) -> None:
        """Pass findings on."""
        for finding in findings:
            self.reporter.report(finding)

    def rest(self) -> None:
        """Let workers go, with the memory they hold, until there is work for them again."""
        self.executor.shutdown()

    def spread(
        self,
        stage: str,
        work: Callable[[T], R],
        items: Iterable[T],
        *,
        chunk: int = 1,
        small: bool = False,
    ) -> Iterator[R]:
        """Do the same work on every item, in workers; yield results in order, with progress.

        ``work`` is a module-level function or a partial of one, and items and results are
        plain values: they travel between processes. Small work stays in this process: to start
        a worker costs about as much as compiling 30 articles.
        """
        todo = list(items)
        if not todo:
            return
        executor = InProcess() if small else self.executor
        self.reporter.begin(stage, len(todo))
        try:
            for result in executor.map(work, todo, chunksize=chunk):
                self.reporter.advance(stage)
                yield result
        finally:
            self.reporter.end(stage)
