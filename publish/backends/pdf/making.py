"""Makes the book: asks for its pieces, has them set where they are not kept, and binds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import BinaryIO

from publish import cache, fonts, layouts, share
from publish.backends.pdf import (
    compose,
    document,
    exchange,
    faces,
    front,
    furniture,
    galley,
    heads,
    margins,
    openings,
    references,
)
from publish.backends.pdf.binding import Binder, Leaf, Overlay
from publish.backends.pdf.compose import Floor, Order, Piece, Setup
from publish.backends.pdf.exchange import Change
from publish.backends.pdf.facts import marks, page
from publish.backends.pdf.galley import Galley, Slip
from publish.backends.pdf.settings import catalogue_of, flag, manner, signs, toc_depth
from publish.backends.pdf.sheets import Sheet
from publish.backends.pdf.trimming import Trimming
from publish.diagnostics import Diagnostic, Place, warning
from publish.layouts import Layout
from publish.model import Chapter, Edition, EditionPart
from publish.workshop import Workshop

ENGINES = ("weasyprint", "pydyf", "ziamath", "uharfbuzz", "pikepdf")
LONG = 500  # lines of contents for which a worker's memory is wanted
FEW = 2  # pieces for which starting workers costs more than it saves
# What says nothing about how a piece is set.
_BESIDES = frozenset(
    {"project", "toc_depth", "cover", "half_title", "figure_list", "references", "variant"}
    | {"bleed", "marks", "paper", "spine", "binding", "isbn"}
)


@dataclass(frozen=True, slots=True)
class Run:
    """A galley in its place in the body."""

    galley: Slip
    first: int  # page of the body on which it begins, from 0
    head: tuple[str, str] = ("", "")  # chapter's title and kicker, for running heads


def bind(
    edition: Edition,
    layout: Layout,
    shop: Workshop,
    out: BinaryIO,
    options: Mapping[str, object],
) -> None:
    """Write an edition as a PDF; see `publish.backends.Backend`."""
    settings = {**layout.options, **options}
    matter = _matter(edition, settings)
    printed = flag(settings, "references")
    setup = _setup(edition, layout, settings, shop)
    book = _Book(edition, setup, compose.open_floor(setup, _shared(setup)), shop)
    runs = book.runs(printed=printed)
    ahead, changes = book.front_matter(runs, matter)
    leaves = book.leaves(runs, ahead)
    shop.rest()
    trimming = Trimming(setup.page.bleed, marks(settings))
    _write(book, (ahead, changes), runs, leaves, trimming, out)


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
    setup = _setup(edition, layout, settings, shop)
    book = _Book(edition, setup, compose.open_floor(setup, _shared(setup)), shop)
    runs = book.runs(printed=flag(settings, "references"))
    ahead, _ = book.front_matter(runs, replace(_matter(edition, settings), cover=False))
    shop.rest()
    return len(ahead) + len(ahead) % 2 + (runs[-1].first + len(runs[-1].galley) if runs else 0)


def _setup(
    edition: Edition, layout: Layout, settings: Mapping[str, object], shop: Workshop
) -> Setup:
    catalogue = catalogue_of(settings, edition, shop)
    own = tuple(Sheet(sheet.shown, sheet.text) for sheet in layouts.sheets(layout, "pdf"))
    shop.report(*(_mixed(sheet) for sheet in own if margins.mixes(sheet.text)))
    shop.report(*(told for sheet in own for told in _trimming(sheet)))
    more = signs("".join(sheet.text for sheet in own))
    said = more + furniture.SIGNS + layouts.wording(layout)
    kit = fonts.cut(faces.everything(_texts(edition, said)), catalogue, shop.cache)
    return Setup(
        edition=compose.shell(edition),
        layout=layout,
        options={key: value for key, value in settings.items() if key not in _BESIDES},
        page=page(settings),
        sheets=own,
        kit=kit,
        catalogue=catalogue,
        signs=more,
        store=str(shop.cache.root.parent),
        manner=manner(settings),
    )


def _mixed(sheet: Sheet) -> Diagnostic:
    return warning(
        "layout-margin",
        "a margin box sets the page number and a running head: only the number is set",
        Place(sheet.shown),
        "use two margin boxes",
    )


def _trimming(sheet: Sheet) -> Iterator[Diagnostic]:
    for line in margins.trims(sheet.text):
        message = "bleed and marks of @page say nothing: they are options"
        advice = "set bleed and marks in [options] of the layout or in the pdf table of a book"
        yield warning("layout-trim", message, Place(sheet.shown, line), advice)


def _texts(edition: Edition, more: str) -> Iterator[tuple[str, str]]:
    """Yield languages with all the characters that may be set in them."""
    words = [edition.title, edition.subtitle, edition.publisher, edition.rights, edition.series]
    words += [*edition.authors, *edition.subjects, edition.description, more]
    words += [part.title for part in edition.parts]
    everywhere = "".join(words)
    for chapter in edition.chapters:
        own = [chapter.title, chapter.summary, chapter.kicker, chapter.origin, *chapter.authors]
        words += [*own, chapter.origin_name, *(heading.text for heading in chapter.headings)]
        text = chapter.xhtml.decode()
        for language in {chapter.language or edition.language, *document.languages(text)}:
            yield language, "".join((text, *own, everywhere, repr(layouts.labels(language))))
    for language in {edition.language, *document.languages(more)}:  # some in templates
        yield language, "".join((*words, repr(layouts.labels(edition.language))))


def _shared(setup: Setup) -> str:
    """Return the digest of all that pieces of a book share."""
    return cache.digest(
        galley.STAGE,
        galley.VERSION,
        share.program(),
        [f"{name}-{version(name)}" for name in ENGINES],
        setup.edition,
        setup.layout.digest,
        sorted((key, str(value)) for key, value in setup.options.items()),
        setup.page,
        setup.catalogue.fingerprint,
        setup.manner,
    )


def folios(runs: Sequence[Run]) -> dict[str, str]:
    """Return the folios of all places in the body."""
    return {
        name: str(run.first + spot.page + 1)
        for run in reversed(runs)
        for name, spot in run.galley.anchors.items()
    }


class _Book:
    """A book under way."""

    def __init__(self, edition: Edition, setup: Setup, floor: Floor, shop: Workshop) -> None:
        self.edition = edition
        self.setup = setup
        self.shop = shop
        self.floor = floor
        self._shared = floor.shared
        self._listed = front.listed(edition)
        self._reported: set[Diagnostic] = set()

    def report(self, findings: Iterable[Diagnostic], shown: str) -> None:
        """Report what was found while a galley was set; what all galleys tell, once."""
        for finding in galley.placed(findings, shown):
            if finding not in self._reported:
                self._reported.add(finding)
                self.shop.report(finding)

    def runs(self, *, printed: bool) -> tuple[Run, ...]:
        """Return the body: galleys in order, each with its place.

        If page references are printed, chapters that print them are set again until they are true.
        """
        pieces = list(self._pieces(None if printed else {}))
        runs = self._runs(pieces)
        for _ in range(references.ROUNDS if printed else 0):
            again = list(self._pieces(folios(runs)))
            if again == pieces:
                return runs
            pieces, runs = again, self._runs(again)
        if any(piece.references for piece in pieces):
            text = "page references move the pages they name: they are left out of this book"
            self.shop.report(warning("pdf-reference", text))
            runs = self._runs(list(self._pieces({})))
        return runs

    def _runs(self, pieces: Sequence[Piece]) -> tuple[Run, ...]:
        self._set(pieces)
        opening = openings.rectos(self.floor)
        runs: list[Run] = []

        def place(made: Slip, kind: str, head: tuple[str, str]) -> None:
            at = runs[-1].first + len(runs[-1].galley) if runs else 0
            runs.append(Run(made, at + (at % 2 if kind in opening else 0), head))

        for piece in pieces:
            made = galley.slip(self.shop.cache, piece.key)
            self.report(made.findings, piece.shown)
            chapter = piece.chapter
            head = (chapter.title, chapter.kicker) if chapter else (piece.part.title, "")
            place(made, "chapter" if chapter else "part", head)
        if any(chapter.origin for chapter in self.edition.chapters):
            key = cache.digest("sources", self._shared, self._listed)
            place(
                self._late(front.Order(self.floor, key, self._listed)),
                "back",
                (layouts.labels(self.edition.language).sources, ""),
            )
        return tuple(runs)

    def _pieces(self, folios: Mapping[str, str] | None) -> Iterator[Piece]:
        titled = any(part.title for part in self.edition.parts)
        level = 2 if titled else 1
        for part in self.edition.parts:
            empty = replace(part, chapters=())
            if part.title:
                yield Piece(cache.digest(self._shared, empty), empty, 1)
            for chapter in part.chapters:
                said = references.known(chapter, folios)
                key = self._key(empty, chapter, level, said)
                yield Piece(key, empty, level, chapter, said)

    def _key(
        self, part: EditionPart, chapter: Chapter, level: int, said: tuple[tuple[str, str], ...]
    ) -> str:
        plain = replace(chapter, article="", shown="", digest="")
        return cache.digest(self._shared, part.id, part.title, plain, level, said)

    def _set(self, pieces: Sequence[Piece]) -> None:
        """Have the pieces set that are not kept; the largest first."""
        store = self.shop.cache
        missing = [p for p in pieces if not store.has(galley.STAGE, p.key)]
        missing.sort(key=lambda piece: -piece.weight)
        self._do("galleys", [Order(self.floor, piece=piece) for piece in missing])

    def _do(self, stage: str, orders: Sequence[Order]) -> None:
        for _ in self.shop.spread(stage, compose.do, orders, small=len(orders) <= FEW):
            pass

    def front_matter(
        self, runs: Sequence[Run], matter: document.Matter
    ) -> tuple[Galley, tuple[Change, ...]]:
        """Return what stands before the text, and what is exchanged there.

        The contents are set with numbers that stand for folios, so that they need not be set
        again when pages move; where a layout does not allow that, with the folios themselves.
        """
        real = folios(runs)
        pages = sum(len(run.galley) for run in runs)
        families = self._families(run.galley for run in runs)
        if any("leader(" in sheet.text for sheet in self.setup.sheets):
            stand = document.stand_ins(matter.places, most=pages)
            made = self._front(matter.numbered(stand), families)
            numbers = {number: real.get(name, "") for name, number in stand.items()}
            changes = exchange.changes(furniture.contents_of(made), made.fonts, numbers)
            if changes is not None and all(numbers.values()):
                return made, changes
        return self._front(matter.numbered(real), families), ()

    def _front(self, matter: document.Matter, families: tuple[tuple[str, str], ...]) -> Galley:
        key = cache.digest("front", self._shared, self._listed, matter, families)
        self._late(front.Order(self.floor, key, self._listed, matter, families))
        return galley.kept(self.shop.cache, key)

    def _late(self, order: front.Order) -> Slip:
        """Return pages that are known last; a worker sets them if they are many."""
        store = self.shop.cache
        if not store.has(galley.STAGE, order.key):
            for _ in self.shop.spread("front", front.do, [order], small=order.weight < LONG):
                pass
        made = galley.slip(store, order.key)
        self.report(made.findings, self.edition.name)
        return made

    def _families(self, galleys: Iterable[Slip]) -> tuple[tuple[str, str], ...]:
        """Return the faces of a book and their licences, in the catalogue's order."""
        used = {family for made in galleys for family in made.families}
        kit = self.setup.kit
        return faces.licences(replace(kit, faces=tuple(f for f in kit.faces if f.family in used)))

    def leaves(self, runs: Sequence[Run], ahead: Galley) -> tuple[list[Leaf], list[list[Leaf]]]:
        """Return what is laid over the pages of the front matter and of each run."""
        shift = self.setup.page.inner - self.setup.page.outer
        names = {*ahead.pages, *(name for run in runs for name in run.galley.pages)} - {"blank"}
        store = self.shop.cache
        own = furniture.study(names, self.floor)
        said = [self._heads(run, own) for run in runs]
        rows = [(ahead.pages, 0), *((run.galley.pages, run.first) for run in runs)]
        folios = [
            [self._folio(name, at + n + 1, own) for n, name in enumerate(names)]
            for names, at in rows
        ]
        self._have_set(
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
        self, run: Run, own: furniture.Furniture
    ) -> dict[tuple[str, bool, bool], heads.Head]:
        """Return the running heads of a run by page name, opening and recto."""
        title, kicker = run.head
        untitled = layouts.labels(self.edition.language).untitled
        titles = heads.Titles(self.edition.title, title or untitled, kicker)
        return {
            (name, *turn): head
            for name in sorted(set(run.galley.pages))
            for turn, head in own.heads(self._shared, name, titles).items()
            if self._occurs(run, name, *turn)
        }

    @staticmethod
    def _occurs(run: Run, name: str, opening: bool, recto: bool) -> bool:
        return any(
            page == name and (number == 0) == opening and ((run.first + number) % 2 == 0) == recto
            for number, page in enumerate(run.galley.pages)
        )

    def _folio(
        self, name: str, number: int, own: furniture.Furniture
    ) -> Overlay | heads.Folios | None:
        """Return the folio of a page: made of a sample, or of a block that must be set."""
        if (name, number % 2 == 1) not in own.numbered:
            return None
        if stamp := own.stamp(name, number):
            return Overlay(own.samples, *stamp)
        block = (number - 1) // heads.BLOCK
        key = cache.digest("folios", self._shared, name, block, heads.BLOCK)
        return heads.Folios(key, name, block)

    def _have_set(self, said: Mapping[str, heads.Head], folios: Iterable[heads.Folios]) -> None:
        store = self.shop.cache
        orders: list[Order] = []
        for side in (False, True):
            lacking = [h for h in said.values() if h.recto == side and not heads.find(h, store)]
            orders += (
                Order(self.floor, said=tuple(lacking[at : at + heads.BATCH]))
                for at in range(0, len(lacking), heads.BATCH)
            )
        orders += (
            Order(self.floor, folios=block)
            for block in dict.fromkeys(folios)
            if not store.has(galley.STAGE, block.key)
        )
        self._do("heads", orders)


def _over(folio: Overlay | heads.Folios | None, number: int) -> tuple[Overlay, ...]:
    """Return what shows a folio on a page whose number, from 0, is given."""
    if isinstance(folio, heads.Folios):
        return (Overlay(folio.key, number % heads.BLOCK),)
    return (folio,) if folio else ()


def _write(
    book: _Book,
    front: tuple[Galley, tuple[Change, ...]],
    runs: Sequence[Run],
    leaves: tuple[list[Leaf], list[list[Leaf]]],
    trimming: Trimming,
    out: BinaryIO,
) -> None:
    """Bind all that was set."""
    shop, edition = book.shop, book.edition
    labels = {part.id: part.title for part in edition.parts}
    labels |= {chapter.id: chapter.title for chapter in edition.chapters}
    labels |= {h.id: h.text for chapter in edition.chapters for h in chapter.headings}
    ahead, changes = front
    before, body = leaves
    blank = Leaf((Overlay(openings.empty(book.floor), openings.EMPTY),))
    shop.reporter.begin("pages", len(ahead) + sum(len(run.galley) for run in runs))
    with shop.cache.scratch() as scratch:
        try:
            binder = Binder(
                ahead, edition, shop.cache, scratch, book.setup.catalogue, labels, trimming
            )
            binder.plates.take(plate for run in runs for plate in run.galley.plates)
            binder.exchange(changes)
            binder.lay_over(before, 0)
            shop.reporter.advance("pages", len(ahead))
            binder.end_front(blank)
            for run, rows in zip(runs, body, strict=True):
                while len(binder) < binder.front + run.first:
                    binder.blank(blank)
                binder.add(run.galley.key)
                binder.lay_over(rows, binder.front + run.first)
                shop.reporter.advance("pages", len(run.galley))
            binder.write(out)
        finally:
            shop.reporter.end("pages")
    shop.report(*binder.findings)
