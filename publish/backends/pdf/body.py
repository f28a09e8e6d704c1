"""The body of a book: its galleys in order, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from publish import cache, layouts
from publish.backends.pdf import front, galley, openings, references
from publish.backends.pdf.compose import Order, Piece
from publish.backends.pdf.galley import Slip
from publish.backends.pdf.job import Job
from publish.diagnostics import warning
from publish.model import Chapter, EditionPart
from publish.pagination import PageStart


@dataclass(frozen=True, slots=True)
class Run:
    """A galley in its place in the body."""

    galley: Slip
    first: int  # page of the body on which it begins, from 0
    head: tuple[str, str] = ("", "")  # chapter's title and kicker, for running heads
    of: str = ""  # id of the chapter or part; "" for pages of another kind


def folios(runs: Sequence[Run]) -> dict[str, str]:
    """Return the folios of all places in the body."""
    return {
        name: str(run.first + spot.page + 1)
        for run in reversed(runs)
        for name, spot in run.galley.anchors.items()
    }


def places(runs: Sequence[Run]) -> frozenset[str]:
    """Return the names of all places in the body."""
    return frozenset(name for run in runs for name in run.galley.anchors)


def starts(runs: Sequence[Run]) -> tuple[PageStart, ...]:
    """Return where the pages of parts and chapters begin, but for empty ones."""
    return tuple(
        PageStart(str(run.first + page + 1), run.of, *start)
        for run in runs
        if run.of
        for page, start in enumerate(run.galley.starts)
        if start is not None
    )


def runs(job: Job, *, printed: bool) -> tuple[Run, ...]:
    """Return the body: galleys in order, each with its place.

    If page references are printed, chapters that print them are set again until they are true.
    """
    pieces = list(_pieces(job, None if printed else {}))
    runs = _runs(job, pieces)
    if not any(piece.references for piece in pieces):
        return runs
    for _ in range(references.ROUNDS):
        again = list(_pieces(job, folios(runs)))
        if again == pieces:
            return runs
        pieces, runs = again, _runs(job, again)
    text = "page references move the pages they name: they are left out of this book"
    job.shop.report(warning("pdf-reference", text))
    return _runs(job, list(_pieces(job, {})))


def _runs(job: Job, pieces: Sequence[Piece]) -> tuple[Run, ...]:
    _set(job, pieces)
    opening = openings.rectos(job.floor)
    runs: list[Run] = []

    def place(made: Slip, kind: str, head: tuple[str, str], of: str = "") -> None:
        at = runs[-1].first + len(runs[-1].galley) if runs else 0
        runs.append(Run(made, at + (at % 2 if kind in opening else 0), head, of))

    for piece in pieces:
        made = galley.slip(job.store, piece.key)
        job.report(made.findings, piece.shown)
        chapter = piece.chapter
        head = (chapter.title, chapter.kicker) if chapter else (piece.part.title, "")
        kind, of = ("chapter", chapter.id) if chapter else ("part", piece.part.id)
        place(made, kind, head, of)
    if any(chapter.origin for chapter in job.edition.chapters):
        key = cache.digest("sources", job.floor.shared, job.listed)
        place(
            job.late(front.Order(job.floor, key, job.listed)),
            "back",
            (layouts.labels(job.edition.language).sources, ""),
        )
    return tuple(runs)


def _pieces(job: Job, known: Mapping[str, str] | None) -> Iterator[Piece]:
    titled = any(part.title for part in job.edition.parts)
    level = 2 if titled else 1
    for part in job.edition.parts:
        empty = replace(part, chapters=())
        if part.title:
            yield Piece(cache.digest(job.floor.shared, empty), empty, 1)
        for chapter in part.chapters:
            said = references.known(chapter, known)
            key = _key(job.floor.shared, empty, chapter, level, said)
            yield Piece(key, empty, level, chapter, said)


def _key(
    shared: str, part: EditionPart, chapter: Chapter, level: int, said: tuple[tuple[str, str], ...]
) -> str:
    plain = replace(chapter, article="", shown="", digest="")
    return cache.digest(shared, part.id, part.title, plain, level, said)


def _set(job: Job, pieces: Sequence[Piece]) -> None:
    """Have the pieces set that are not kept; the largest first."""
    missing = [p for p in pieces if not job.store.has(galley.STAGE, p.key)]
    missing.sort(key=lambda piece: -piece.weight)
    job.do("galleys", [Order(job.floor, piece=piece) for piece in missing])
