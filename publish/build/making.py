"""Makes books: gathers, compiles, binds, and puts whole files in their places."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from publish import backends, compiler, figures
from publish.backends.pdf import PdfBackend
from publish.build import ledger, outputs
from publish.build.cards import card
from publish.build.outputs import Output
from publish.build.plan import Plan, options, printed, writing, writing_place
from publish.cache import Cache
from publish.config import COMMAND_LINE, place
from publish.config.figures import FigureSettings
from publish.diagnostics import (
    BackendError,
    Diagnostic,
    Place,
    PublishError,
    Reporter,
    Severity,
    Silent,
    error,
    note,
)
from publish.layouts import Layout
from publish.model import Book, Cover, Edition
from publish.pagination import PageStart
from publish.workshop import Workshop
from publish.workshop.network import OfflineFetcher
from publish.workshop.workers import InProcess

LARGE = 1_000_000  # bytes of chapters: of a book whose pages are worth many workers


@dataclass(frozen=True, slots=True)
class _Task:
    """One binding, as it travels to a worker."""

    edition: Edition
    layout: Layout
    backend: str
    options: Mapping[str, object]
    cache: str
    epoch: datetime | None
    path: str
    strict: bool
    pages: Mapping[str, object] | None = None  # options of the PDF whose pages are listed
    printed: Edition | None = None  # that of this PDF, if it is not the same


@dataclass(frozen=True, slots=True)
class _Bound:
    digest: str
    size: int
    findings: tuple[Diagnostic, ...]
    status: int = 0
    written: int = 0  # see `ledger.Entry`
    complete: bool = True


def make(
    plan: Plan,
    stale: Sequence[Output],
    keys: Mapping[Path, str],
    settings: FigureSettings,
    shop: Workshop,
    *,
    strict: bool,
) -> tuple[dict[Path, Book], int]:
    """Compile and bind; return the books made and the worst exit status."""
    counting = _Counting(shop)
    shop = counting.shop
    materials = gather(plan, stale, settings, shop)
    if (strict and counting.warnings) or (settings.missing == "error" and materials.misses()):
        shop.report(_strict(counting))
        return {}, 1
    shop.report(*_turned(plan, stale))
    tasks: list[tuple[Output, _Task]] = []
    for output, plain in editions(plan, stale, materials, shop):
        edition = _covered(plan, output, plain, settings, shop)
        task = _task(plan, output, edition, shop, strict=strict, anew=settings.refresh)
        if output.paged and writing(output) != writing(printed(output)):
            across = _edition(plan, printed(output), materials, shop)
            task = dataclasses.replace(task, printed=across)
        tasks.append((output, task))
    if strict and (counting.warnings or counting.errors):  # of a cover
        shop.report(_strict(counting))
        return {}, 1
    tasks.sort(key=lambda pair: _is_late(pair[1]))
    status = int(counting.errors > 0)
    bound = _bound([task for _, task in tasks], shop)
    made: dict[Path, Book] = {}
    for (output, task), result in zip(tasks, bound, strict=True):
        shop.report(*result.findings)
        if result.status:
            status = max(status, result.status)
            continue
        coverless = _is_coverless(task.edition, output)  # an error, and told until it is mended
        entry = ledger.Entry(
            inputs="" if coverless else keys[output.path],
            watched=ledger.watch(_watched(plan, output, materials, settings)),
            digest=result.digest,
            size=result.size,
            written=result.written,
            card=card(output, task.edition),
            complete=result.complete and not materials.lost_remotely(_ids(output)),
        )
        ledger.enter(shop.cache, output.path, entry)
        made[output.path] = Book(str(output.path), result.digest, result.size, False)
    return made, status


def _turned(plan: Plan, wanted: Sequence[Output]) -> Iterator[Diagnostic]:
    """Yield a note for each edition asked for in columns by a backend that sets lines alone.

    A note, for such a book is what its configuration can mean: by default one is made as both.
    """
    told = set()
    for output in wanted:
        edition = (output.book.name, output.edition.name)
        if output.writing == writing(output) or output.backend == "cover" or edition in told:
            continue
        told.add(edition)
        yield note(
            "writing-horizontal",
            f"{output.path.name}: a {output.backend.upper()} cannot be set vertically; "
            "its lines are horizontal",
            writing_place(plan.loaded, output),
            'only the EPUB can be vertical: to = ["epub"] leaves the other out',
        )


def _bound(tasks: Sequence[_Task], shop: Workshop) -> Iterator[_Bound]:
    """Bind books, then what counts their pages; many at a time, or with all workers for each.

    A backend that has workers spreads its chapters over them, which shares large books out
    better; but small ones are not worth it.
    """
    slow = [task for task in tasks if task.backend != "epub"]
    large = any(sum(len(c.xhtml) for c in task.edition.chapters) > LARGE for task in slow)
    alone = len(tasks) == 1 or large or not slow
    bind = functools.partial(_bind, crew=shop) if alone else _bind
    for late, group in groupby(tasks, _is_late):
        some = list(group)
        covers = late and all(task.backend == "cover" for task in some)
        yield from shop.spread("covers" if covers else "books", bind, some, small=alone)


def _is_late(task: _Task) -> bool:
    """Tell whether a task needs to know pages, which books have set by then."""
    return task.backend == "cover" or task.pages is not None


def _watched(
    plan: Plan, output: Output, materials: compiler.Materials, settings: FigureSettings
) -> frozenset[Path]:
    """Return the local pictures a book was, or would have been, made with."""
    cover = _cover_request(plan, output)
    files = figures.places(cover, settings) if cover else ()
    return materials.watched(_ids(output)) | frozenset(files)


def _ids(output: Output) -> frozenset[str]:
    return frozenset(article.id for article in output.manuscript.articles)


def gather(
    plan: Plan, wanted: Sequence[Output], settings: FigureSettings, shop: Workshop
) -> compiler.Materials:
    """Gather fair copies and figures for the books wanted."""
    articles = {a.id: a for output in wanted for a in output.manuscript.articles}
    leads = any(plan.layouts[output.layout].options.get("lead_figure") for output in wanted)
    config = plan.loaded.config
    return compiler.gather(
        list(articles.values()), plan.archive, config, settings, shop, leads=leads
    )


def editions(
    plan: Plan, wanted: Sequence[Output], materials: compiler.Materials, shop: Workshop
) -> Iterator[tuple[Output, Edition]]:
    """Yield every output wanted with its edition, without cover, compiled once for all formats."""
    done: dict[tuple[str, str, str, str], Edition] = {}
    for output in wanted:
        key = (output.manuscript.name, output.edition.name, output.layout, writing(output))
        if key not in done:
            done = {key: _edition(plan, output, materials, shop)}
        yield output, done[key]


def _edition(plan: Plan, output: Output, materials: compiler.Materials, shop: Workshop) -> Edition:
    brief = compiler.Brief(
        output.edition,
        plan.phrases.get(output.edition.name, ()),
        plan.loaded.config.project.url,
        writing(output),
    )
    layout = plan.layouts[output.layout]
    return compiler.compile_edition(output.manuscript, brief, materials, layout, shop)


def _covered(
    plan: Plan, output: Output, edition: Edition, settings: FigureSettings, shop: Workshop
) -> Edition:
    """Return an edition with its cover: the user's own, or one that the layout draws."""
    cover = _own_cover(plan, output, settings, shop)
    if cover is None:
        layout = plan.layouts[output.layout]
        cover = compiler.draw_cover(edition, layout, plan.catalogue, shop)
    return dataclasses.replace(edition, cover=cover)


def _is_coverless(edition: Edition, output: Output) -> bool:
    """Tell whether a cover was drawn because the user's own is lost."""
    return bool(output.manuscript.cover and edition.cover and edition.cover.svg)


def _own_cover(
    plan: Plan, output: Output, settings: FigureSettings, shop: Workshop
) -> Cover | None:
    """Return the user's own picture as a cover, or None, reported, if it cannot be used."""
    asked = _cover_request(plan, output)
    if asked is None:
        return None
    found = figures.prepare([asked], settings, shop)[asked]
    if isinstance(found, figures.Lost):
        message = f"{figures.brief(asked.address)}: {found.message}"
        where = place(plan.loaded, output.book.name, "cover")
        shop.report(error("cover-lost", message, where, "the layout draws the cover instead"))
        return None
    return Cover(found)


def _cover_request(plan: Plan, output: Output) -> figures.Request | None:
    """Return where the book's own cover is looked for; named by hand, from here and anywhere."""
    written, root = output.manuscript.cover, str(plan.loaded.root)
    if not written:
        return None
    where = place(plan.loaded, output.book.name, "cover")
    file = Path(written).expanduser().absolute()
    if where and where.file == COMMAND_LINE and file.is_file():
        return figures.Request(str(file), (str(file.parent),), (), (str(file.parent),))
    return figures.Request(written, (root, plan.archive.root), (root,), (root,))


def _task(
    plan: Plan, output: Output, edition: Edition, shop: Workshop, *, strict: bool, anew: bool
) -> _Task:
    here = {"project": str(plan.loaded.root) if plan.loaded.file else ""}
    entry = None if anew else ledger.look_up(shop.cache, output.path)
    stands = entry is not None and ledger.stands(entry, output.path)
    before = {"before": str(output.path)} if stands else {}
    return _Task(
        edition,
        plan.layouts[output.layout],
        output.backend,
        options(output) | here | before,
        str(shop.cache.root.parent),
        shop.epoch,
        str(output.path),
        strict,
        options(printed(output)) | here if output.paged else None,
    )


def _bind(task: _Task, crew: Workshop | None = None) -> _Bound:
    """Bind one book: the new file whole, or the old one.

    Args:
        task: the book.
        crew: lends its workers and shows progress; without one this process is a worker itself.
    """
    path = Path(task.path)
    heard = _Hearing(crew.reporter if crew else Silent())
    executor, jobs = (crew.executor, crew.jobs) if crew else (InProcess(), 1)
    shop = Workshop(Cache(Path(task.cache)), heard, OfflineFetcher(), executor, jobs, task.epoch)
    try:
        pages = _page_starts(task, shop)
        settings = {**task.options, "pages": pages} if pages else task.options
        with outputs.whole(path) as file:
            backends.backend(task.backend).bind(task.edition, task.layout, shop, file, settings)
            faults = [f for f in heard.findings if f.severity is not Severity.NOTE]
            if task.strict and faults:
                raise BackendError(_not_made(path, len(faults)))
    except PublishError as problem:
        return _Bound("", 0, (*heard.findings, *problem.findings), problem.exit_status)
    except OSError as problem:
        fault = error("output-unwritable", f"cannot write: {problem.strerror}", Place(str(path)))
        return _Bound("", 0, (*heard.findings, fault), 1)
    digest, status = ledger.seal(path), path.stat()
    whole = pages is not None
    return _Bound(digest, status.st_size, tuple(heard.findings), 0, status.st_mtime_ns, whole)


def _page_starts(task: _Task, shop: Workshop) -> tuple[PageStart, ...] | None:
    """Return where the pages of a book's PDF begin, if they are listed; None if it has none.

    What is found on the way is told where the PDF is made.
    """
    if task.pages is None:
        return ()
    quiet = dataclasses.replace(shop, reporter=_Hearing(shop.reporter))
    try:
        edition = task.printed or task.edition
        return PdfBackend().page_starts(edition, task.layout, quiet, task.pages)
    except PublishError as problem:
        why = problem.findings[0].message
        message = f"no page list, as the PDF cannot be made: {why}"
        shop.report(note("page-list", message, Place(task.path)))
        return None


def _not_made(path: Path, faults: int) -> Diagnostic:
    return error("strict", f"not made: {faults} warnings, and --strict is set", Place(str(path)))


def _strict(counting: _Counting) -> Diagnostic:
    number = counting.warnings + counting.errors
    return error(
        "strict",
        f"no book was made: {number} warnings or errors in the articles, and --strict is set",
        help="without --strict the books are made, with placeholders where figures are lost",
    )


class _Passing:
    """A reporter that lets another show progress."""

    def __init__(self, shown: Reporter) -> None:
        self._shown = shown

    def begin(self, stage: str, total: int | None = None) -> None:
        """Pass on."""
        self._shown.begin(stage, total)

    def advance(self, stage: str, steps: int = 1, text: str = "") -> None:
        """Pass on."""
        self._shown.advance(stage, steps, text)

    def end(self, stage: str) -> None:
        """Pass on."""
        self._shown.end(stage)


class _Hearing(_Passing):
    """Keeps findings to itself."""

    def __init__(self, shown: Reporter) -> None:
        super().__init__(shown)
        self.findings: list[Diagnostic] = []

    def report(self, finding: Diagnostic) -> None:
        """Keep a finding."""
        self.findings.append(finding)


class _Counting(_Passing):
    """A workshop that counts what goes wrong."""

    def __init__(self, shop: Workshop) -> None:
        super().__init__(shop.reporter)
        self.warnings = self.errors = 0
        self.shop = dataclasses.replace(shop, reporter=self)

    def report(self, finding: Diagnostic) -> None:
        """Count a finding and pass it on."""
        self.warnings += finding.severity is Severity.WARNING
        self.errors += finding.severity is Severity.ERROR
        self._shown.report(finding)
