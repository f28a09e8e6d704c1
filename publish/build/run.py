"""Does what a plan says: leaves fresh books alone, and has the others made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from publish.build import ledger, listing
from publish.build.outputs import Output
from publish.build.plan import Plan, Request, fuller, inputs
from publish.config.figures import FigureSettings
from publish.model import Book
from publish.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Result:
    """What a build made."""

    books: tuple[Book, ...]
    failed: bool
    status: int  # exit status that the failures lead to; 0 without
    listed: listing.Listed | None = None  # the catalogue, if one is kept


def run(plan: Plan, request: Request, settings: FigureSettings, shop: Workshop) -> Result:
    """Make every book of a plan that is not fresh."""
    store = shop.cache
    keys = {output.path: inputs(plan, output) for output in plan.outputs}
    fresh: set[Path] = set()
    for output in () if request.force else plan.outputs:
        entry, also = ledger.look_up(store, output.path), fuller(output)
        for key in (keys[output.path], *([inputs(plan, also)] if also else [])):
            if ledger.is_fresh(entry, key, output.path, offline=request.offline):
                fresh.add(output.path)
    stale = [output for output in plan.outputs if output.path not in fresh]
    if request.dry_run:
        books = tuple(_dry(output, output.path in fresh) for output in plan.outputs)
        listed = listing.planned(plan) if request.opds else None
        return Result(books, plan.failed, int(plan.failed), listed)
    made: dict[Path, Book] = {}
    status = int(plan.failed)
    if stale:
        from publish.build import making  # and with it all that a fresh book has no need of

        finished, worst = making.make(plan, stale, keys, settings, shop, strict=request.strict)
        made.update(finished)
        status = max(status, worst)
    done = []
    for output in plan.outputs:
        if output.path in fresh:
            entry = ledger.look_up(store, output.path)
            assert entry is not None
            done.append(Book(str(output.path), entry.digest, entry.size, True))
        elif output.path in made:
            done.append(made[output.path])
    listed = listing.write(plan, shop, force=request.force) if request.opds else None
    if listed and listed.failed:
        status = max(status, 1)
    return Result(tuple(done), status != 0, status, listed)


def _dry(output: Output, fresh: bool) -> Book:
    return Book(str(output.path), "", 0, fresh)
