"""What is laid over the pages of a book: running heads and folios, where a layout has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from publish import cache, layouts
from publish.backends.pdf import furniture, galley, heads
from publish.backends.pdf.binding import Leaf, Overlay
from publish.backends.pdf.body import Run
from publish.backends.pdf.compose import Order
from publish.backends.pdf.galley import Galley
from publish.backends.pdf.job import Job


def leaves(job: Job, runs: Sequence[Run], ahead: Galley) -> tuple[list[Leaf], list[list[Leaf]]]:
    """Return what is laid over the pages of the front matter and of each run."""
    shift = job.floor.setup.page.inner - job.floor.setup.page.outer
    names = {*ahead.pages, *(name for run in runs for name in run.galley.pages)} - {"blank"}
    store = job.store
    own = furniture.study(names, job.floor)
    said = [_heads(job, run, own) for run in runs]
    rows = [(ahead.pages, 0), *((run.galley.pages, run.first) for run in runs)]
    folios = [
        [_folio(job.floor.shared, name, at + n + 1, own) for n, name in enumerate(names)]
        for names, at in rows
    ]
    _have_set(
        job,
        {head.key: head for each in said for head in each.values()},
        [block for row in folios for block in row if isinstance(block, heads.Folios)],
    )
    before = [Leaf(_over(folio, number)) for number, folio in enumerate(folios[0])]
    body = []
    for run, each, row in zip(runs, said, folios[1:], strict=True):
        leaves = []
        for number, (name, folio) in enumerate(zip(run.galley.pages, row, strict=True)):
            recto = (run.first + number) % 2 == 0
            over = _over(folio, run.first + number)
            if head := each.get((name, number == 0, recto)):
                kept = heads.where(head, store)
                over = (Overlay(kept.galley, kept.page), *over)
            leaves.append(Leaf(over, 0.0 if recto else shift))
        body.append(leaves)
    return before, body


def _heads(
    job: Job, run: Run, own: furniture.Furniture
) -> dict[tuple[str, bool, bool], heads.Head]:
    """Return the running heads of a run by page name, opening and recto."""
    title, kicker = run.head
    untitled = layouts.labels(job.edition.language).untitled
    titles = heads.Titles(job.edition.title, title or untitled, kicker)
    return {
        (name, *turn): head
        for name in sorted(set(run.galley.pages))
        for turn, head in own.heads(job.floor.shared, name, titles).items()
        if _occurs(run, name, *turn)
    }


def _occurs(run: Run, name: str, opening: bool, recto: bool) -> bool:
    return any(
        page == name and (number == 0) == opening and ((run.first + number) % 2 == 0) == recto
        for number, page in enumerate(run.galley.pages)
    )


def _folio(
    shared: str, name: str, number: int, own: furniture.Furniture
) -> Overlay | heads.Folios | None:
    """Return the folio of a page: made of a sample, or of a block that must be set."""
    if (name, number % 2 == 1) not in own.numbered:
        return None
    if stamp := own.stamp(name, number):
        return Overlay(own.samples, *stamp)
    block = (number - 1) // heads.BLOCK
    key = cache.digest("folios", shared, name, block, heads.BLOCK)
    return heads.Folios(key, name, block)


def _have_set(job: Job, said: Mapping[str, heads.Head], folios: Iterable[heads.Folios]) -> None:
    store = job.store
    orders: list[Order] = []
    for side in (False, True):
        lacking = [h for h in said.values() if h.recto == side and not heads.find(h, store)]
        orders += (
            Order(job.floor, said=tuple(lacking[at : at + heads.BATCH]))
            for at in range(0, len(lacking), heads.BATCH)
        )
    orders += (
        Order(job.floor, folios=block)
        for block in dict.fromkeys(folios)
        if not store.has(galley.STAGE, block.key)
    )
    job.do("heads", orders)


def _over(folio: Overlay | heads.Folios | None, number: int) -> tuple[Overlay, ...]:
    """Return what shows a folio on a page whose number, from 0, is given."""
    if isinstance(folio, heads.Folios):
        return (Overlay(folio.key, number % heads.BLOCK),)
    return (folio,) if folio else ()
