"""The ledger: what every finished book was made of, so that a fresh one is left alone.

And what a catalogue tells of it, so that one can be written without making or opening a book.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache as remember
from pathlib import Path

from publish import cache
from publish.cache import Cache
from publish.model import Card

STAGE = "ledger"
VERSION = "3"
LARGE = 64_000_000  # bytes of books that are told by their time alone


@dataclass(frozen=True, slots=True)
class Entry:
    """One book: the digest of its inputs, files read besides them, and its own digest.

    ``watched`` holds local pictures by absolute path, "" for one that was not there;
    ``inputs`` is "" of a book that is to be made again whatever happens;
    ``complete`` is false when a remote picture was lost, so that the next build tries again.
    ``written`` is when the file last changed, in nanoseconds: while it says so, its bytes, which
    may be hundreds of megabytes, need not be read again. Of a large file ``digest`` is "": to
    make it again, should its time be another, costs less than a digest each time it is made.
    """

    inputs: str
    watched: tuple[tuple[str, str], ...]
    digest: str
    size: int
    written: int
    card: Card
    complete: bool = True


def look_up(store: Cache, path: Path) -> Entry | None:
    """Return the entry of an output path."""
    return store.load(STAGE, _key(path), Entry)


def enter(store: Cache, path: Path, entry: Entry) -> None:
    """Keep the entry of an output path."""
    store.store(STAGE, _key(path), entry)


def is_fresh(entry: Entry | None, inputs: str, path: Path, *, offline: bool) -> bool:
    """Tell whether a book on disk is what a build would make."""
    if entry is None or entry.inputs != inputs or not (entry.complete or offline):
        return False
    if not stands(entry, path):
        return False
    return all(seen == file_digest(Path(file)) for file, seen in entry.watched)


def stands(entry: Entry, path: Path) -> bool:
    """Tell whether the file of an entry is still there, as it was written."""
    try:
        status = path.stat()
    except OSError:
        return False
    if status.st_size != entry.size:
        return False
    if status.st_mtime_ns == entry.written:
        return True
    return entry.digest != "" and file_digest(path) == entry.digest


def seal(path: Path) -> str:
    """Return what `Entry.digest` keeps of a finished file."""
    return file_digest(path) if path.stat().st_size < LARGE else ""


def watch(paths: Iterable[Path]) -> tuple[tuple[str, str], ...]:
    """Return paths with the digests of what they hold, "" where there is nothing."""
    return tuple((str(path), file_digest(path)) for path in sorted(set(paths)))


@remember
def _digest_of(path: str, size: int, mtime: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_digest(path: Path) -> str:
    """Return the sha256 of a file, "" if there is none; read once a run, whoever asks."""
    try:
        status = path.stat()
        return _digest_of(str(path), status.st_size, status.st_mtime_ns)
    except OSError:
        return ""


def _key(path: Path) -> str:
    return cache.digest(STAGE, VERSION, str(path))
