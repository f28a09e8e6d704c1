"""Makes the book: has its body set, then what is known last, and binds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from publish import cache
from publish.backends.pdf import (
    body,
    document,
    exchange,
    faces,
    front,
    furniture,
    galley,
    leaves,
    openings,
    paging,
    ready,
)
from publish.backends.pdf.binding import Binder, Leaf, Overlay
from publish.backends.pdf.body import Run
from publish.backends.pdf.exchange import Change
from publish.backends.pdf.facts import marks
from publish.backends.pdf.galley import Galley, Slip
from publish.backends.pdf.job import Job
from publish.backends.pdf.settings import flag, toc_depth
from publish.backends.pdf.trimming import Trimming
from publish.fonts import Kit
from publish.layouts import Layout
from publish.model import Edition
from publish.pagination import PageStart
from publish.workshop import Workshop


def bind(
    edition: Edition,
    layout: Layout,
    shop: Workshop,
    out: BinaryIO,
    options: Mapping[str, object],
) -> None:
    """Write an edition as a PDF, and keep where its pages begin; see `publish.backends.Backend`."""
    settings = {**layout.options, **options}
    matter = _matter(edition, settings)
    printed = flag(settings, "references")
    job = Job(edition, ready.floor(edition, layout, settings, shop), shop)
    runs = body.runs(job, printed=printed)
    paging.keep(job.store, paging.key(edition, layout, options), body.starts(runs))
    ahead, changes = _front_matter(job, runs, matter)
    over = leaves.leaves(job, runs, ahead)
    shop.rest()
    _write(job, (ahead, changes), runs, over, marks(settings), out)


def _matter(edition: Edition, settings: Mapping[str, object]) -> document.Matter:
    """Return what the front matter is to hold, without folios."""
    listed = flag(settings, "figure_list")
    return document.Matter(
        document.entries(edition, toc_depth(settings)),
        document.figure_entries(edition) if listed else (),
        flag(settings, "half_title"),
        flag(settings, "cover", default=True),
    )


def page_count(
    edition: Edition, layout: Layout, shop: Workshop, options: Mapping[str, object]
) -> int:
    """Return how many pages a book has between its covers, blank ones included.

    It is that of the PDF with the same options, but for a cover at its front. What has to be set
    for it is kept.

    Raises:
        PublishError: the book cannot be made.
    """
    settings = {**layout.options, **options}
    job = Job(edition, ready.floor(edition, layout, settings, shop), shop)
    runs = body.runs(job, printed=flag(settings, "references"))
    ahead, _ = _front_matter(job, runs, replace(_matter(edition, settings), cover=False))
    shop.rest()
    return len(ahead) + len(ahead) % 2 + (runs[-1].first + len(runs[-1].galley) if runs else 0)


def page_starts(
    edition: Edition, layout: Layout, shop: Workshop, options: Mapping[str, object]
) -> tuple[PageStart, ...]:
    """Return where the pages of the body begin; this is kept, and what has to be set for it.

    Raises:
        PublishError: the book cannot be made.
    """
    settings = {**layout.options, **options}
    job = Job(edition, ready.floor(edition, layout, settings, shop), shop)
    runs = body.runs(job, printed=flag(settings, "references"))
    shop.rest()
    found = body.starts(runs)
    paging.keep(job.store, paging.key(edition, layout, options), found)
    return found


def _front_matter(
    job: Job, runs: Sequence[Run], matter: document.Matter
) -> tuple[Galley, tuple[Change, ...]]:
    """Return what stands before the text, and what is exchanged there.

    The contents are set with numbers that stand for folios, so that they need not be set
    again when pages move; where a layout does not allow that, with the folios themselves.
    """
    real = body.folios(runs)
    pages = sum(len(run.galley) for run in runs)
    families = _families(job.floor.setup.kit, [run.galley for run in runs])
    if any("leader(" in sheet.text for sheet in job.floor.setup.sheets):
        stand = document.stand_ins(matter.places, most=pages)
        made = _front(job, matter.numbered(stand), families)
        numbers = {number: real.get(name, "") for name, number in stand.items()}
        changes = exchange.changes(furniture.contents_of(made), made.fonts, numbers)
        if changes is not None and all(numbers.values()):
            return made, changes
    return _front(job, matter.numbered(real), families), ()


def _front(job: Job, matter: document.Matter, families: tuple[tuple[str, str], ...]) -> Galley:
    key = cache.digest("front", job.floor.shared, job.listed, matter, families)
    job.late(front.Order(job.floor, key, job.listed, matter, families))
    return galley.kept(job.store, key)


def _families(kit: Kit, galleys: Iterable[Slip]) -> tuple[tuple[str, str], ...]:
    """Return the faces of a book and their licences, in the catalogue's order."""
    used = {family for made in galleys for family in made.families}
    return faces.licences(replace(kit, faces=tuple(f for f in kit.faces if f.family in used)))


def _write(
    job: Job,
    front: tuple[Galley, tuple[Change, ...]],
    runs: Sequence[Run],
    over: tuple[list[Leaf], list[list[Leaf]]],
    printers: tuple[str, ...],
    out: BinaryIO,
) -> None:
    """Bind all that was set."""
    shop, edition = job.shop, job.edition
    ahead, changes = front
    before, behind = over
    blank = Leaf((Overlay(openings.empty(job.floor), openings.EMPTY),))
    shop.reporter.begin("pages", len(ahead) + sum(len(run.galley) for run in runs))
    trimming = Trimming(job.floor.setup.page.bleed, printers)
    binder = Binder(out, edition, shop.cache, job.floor.setup.catalogue, trimming)
    try:
        binder.begin(ahead, changes, before, body.places(runs))
        shop.reporter.advance("pages", len(ahead))
        binder.end_front(blank)
        for run, rows in zip(runs, behind, strict=True):
            while len(binder) < binder.front + run.first:
                binder.blank(blank)
            binder.add(run.galley.key, rows)
            shop.reporter.advance("pages", len(run.galley))
        binder.write()
    finally:
        shop.reporter.end("pages")
    shop.report(*binder.findings)
