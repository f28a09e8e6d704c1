"""What a worker does: makes one piece of a book ready, sets it, and keeps the galley."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from publish import fonts
from publish.backends.pdf import document, faces, galley, heads, lines, margins, sheets
from publish.backends.pdf.document import Draft
from publish.backends.pdf.faces import Text
from publish.backends.pdf.facts import Page
from publish.backends.pdf.formulas import Formulas
from publish.backends.pdf.galley import ELSEWHERE, Galley
from publish.backends.pdf.sheets import Sheet
from publish.backends.pdf.trees import Element
from publish.backends.pdf.typeset import Manner, Press
from publish.cache import Cache
from publish.diagnostics import PublishError
from publish.layouts import Layout
from publish.model import Chapter, Edition, EditionPart, Figure


@dataclass(frozen=True, slots=True)
class Setup:
    """What all pieces of a book share. ``edition`` holds no chapters (see `shell`)."""

    edition: Edition
    layout: Layout
    options: Mapping[str, object]
    page: Page
    sheets: tuple[Sheet, ...]  # the layout's own
    kit: fonts.Kit  # the faces as cut
    catalogue: fonts.Catalogue
    signs: str  # characters that style sheets may set
    store: str  # folder of the cache
    manner: Manner

    @property
    def draft(self) -> Draft:
        """What templates of pieces are filled in with."""
        return Draft(self.edition, self.layout, self.page, self.options)


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor of the print shop where one book is set, as it travels to workers."""

    packed: bytes  # the setup, which a process unpacks once
    shared: str  # digest of all that pieces of the book share: a part of every key

    @property
    def setup(self) -> Setup:
        """What all pieces of the book share."""
        return _setup(self.packed)

    @property
    def store(self) -> Cache:
        """The cache."""
        return Cache(Path(self.setup.store))


@dataclass(frozen=True, slots=True)
class Piece:
    """A part's page or a chapter, to be set apart from all others."""

    key: str  # of its galley in the cache
    part: EditionPart  # without its chapters
    level: int  # of its title in the outline
    chapter: Chapter | None = None  # None for the page that opens the part
    references: tuple[tuple[str, str], ...] = ()  # places in other chapters -> folios to print

    @property
    def shown(self) -> str:
        """The file that messages name."""
        return self.chapter.shown if self.chapter else self.part.title

    @property
    def weight(self) -> int:
        """About how much work it is."""
        return len(self.chapter.xhtml) if self.chapter else 0


@dataclass(frozen=True, slots=True)
class Order:
    """Work for a worker."""

    floor: Floor
    piece: Piece | None = None
    said: tuple[heads.Head, ...] = ()
    folios: heads.Folios | None = None


def shell(edition: Edition) -> Edition:
    """Return what a piece may know of its book: nothing that another piece changes."""
    return Edition(
        name=edition.name,
        language=edition.language,
        converted=edition.converted,
        title=edition.title,
        subtitle=edition.subtitle,
        publisher=edition.publisher,
        parts=(),
        identifier="",
    )


def do(order: Order) -> None:
    """Do what is ordered; the galleys are in the cache afterwards.

    Raises:
        BackendError: a piece cannot be set; its file is named.
    """
    floor = order.floor
    edition, store = floor.setup.edition, floor.store
    if order.piece:
        try:
            made = set_piece(order.piece, floor)
        except PublishError as problem:
            raise type(problem)(*galley.placed(problem.findings, order.piece.shown)) from None
        galley.keep(store, order.piece.key, made)
    if order.said:
        heads.keep(
            order.said, margins_alone(heads.document(order.said, edition), floor, "heads"), store
        )
    if order.folios:
        made = margins_alone(heads.numbered(order.folios, edition), floor, "folios")
        galley.keep(store, order.folios.key, made)


def set_piece(piece: Piece, floor: Floor) -> Galley:
    """Return the galley of a piece."""
    draft = floor.setup.draft
    formulas = Formulas(floor.setup.catalogue)
    if piece.chapter is None:
        text = document.part(draft, piece.part)
    else:
        folios = dict(piece.references)
        text = document.chapter(draft, piece.part, piece.chapter, piece.level, formulas, folios)
    made = set_texts(
        [text],
        floor,
        "text",
        name=piece.chapter.id if piece.chapter else piece.part.id,
        body="book",
        formulas=formulas,
        figures=figures_of([piece.chapter] if piece.chapter else []),
    )
    return replace(made, findings=(*formulas.findings, *made.findings))


def figures_of(chapters: Iterable[Chapter]) -> dict[str, Figure]:
    """Return the figures of chapters by name."""
    return {
        figure.name: figure
        for chapter in chapters
        for figure in (*chapter.figures, chapter.lead_figure)
        if figure
    }


@dataclass(frozen=True, slots=True)
class _Pictures:
    """Gives the engine the figures and formulas of a piece."""

    figures: Mapping[str, Figure]
    drawings: Mapping[str, bytes]
    store: Cache
    more: Mapping[str, tuple[bytes, str]]

    def __call__(self, address: str) -> tuple[bytes, str] | None:
        folder, _, name = address.partition("/")
        if folder == "figures" and name in self.figures:
            figure = self.figures[name]
            return galley.object_of(self.store, figure.object), figure.media_type
        if folder == "formulas" and name in self.drawings:
            return self.drawings[name], "image/svg+xml"
        return self.more.get(address)


def set_texts(
    texts: Sequence[Text],
    floor: Floor,
    kind: str,
    *,
    name: str,
    body: str,
    formulas: Formulas | None = None,
    figures: Mapping[str, Figure] | None = None,
    edition: Edition | None = None,
    before: Sequence[Element] = (),
    pictures: Mapping[str, tuple[bytes, str]] | None = None,
) -> Galley:
    """Return texts, as they come from the templates, set as one galley.

    Args:
        texts: the trees, in order.
        floor: where the book is set.
        kind: which press: "text" for rectos throughout, "front" for pages that know their side.
        name: what ids of the structure begin with.
        body: class of the body element.
        formulas: those of the texts, drawn.
        figures: by name; without them those of no chapter.
        edition: what the document's facts are taken from.
        before: trees that need no care.
        pictures: others by address, each with its media type.
    """
    setup = floor.setup
    for text in texts:
        lines.settle(text.root)
    kit = fonts.plan(faces.demand(texts, setup.signs), setup.catalogue)
    missing = faces.give_geta(texts, kit, setup.catalogue)
    known = edition or setup.edition
    root = document.html(
        known,
        [*before, *(text.root for text in texts)],
        body,
        faces.variables(kit, known.language),
    )
    _lead_elsewhere(root)
    drawings = formulas.drawings if formulas else {}
    supply = _Pictures(figures or {}, drawings, floor.store, pictures or {})
    made = press(floor, kind).set(root, setup.manner, supply, name=name, facts=bool(edition))
    return replace(made, findings=(*missing, *made.findings))


def margins_alone(root: Element, floor: Floor, kind: str) -> Galley:
    """Return pages with nothing but margin boxes: artefacts, so without tags.

    ``kind`` is "heads" or "folios": all but the page number, or the page number alone.
    """
    setup = floor.setup
    text = Text("", root, setup.edition.language)
    kit = fonts.plan(faces.demand([text], setup.signs), setup.catalogue)
    faces.give_geta([text], kit, setup.catalogue)
    heads.style(root, faces.variables(kit, setup.edition.language))
    return press(floor, kind).set(root, replace(setup.manner, tags=False, pitch=0.0))


def _lead_elsewhere(root: Element) -> None:
    """Give links to places in other galleys an address that the engine leaves alone."""
    here = {name for element in root.iter() if (name := element.get("id"))}
    for link in root.iter("a"):
        target = link.get("href", "")
        if target.startswith("#") and target[1:] not in here:
            link.set("href", ELSEWHERE + target[1:])


# ---- presses, one of each kind in a process


def open_floor(setup: Setup, shared: str) -> Floor:
    """Return the floor of a book: its setup, packed for the way to workers."""
    return Floor(pickle.dumps(setup), shared)


@lru_cache(maxsize=2)
def _setup(packed: bytes) -> Setup:
    setup: Setup = pickle.loads(packed)
    return setup


@lru_cache(maxsize=8)
def press(floor: Floor, kind: str) -> Press:
    """Return the press of a kind: "text", "front", "heads" or "folios"."""
    setup, store = floor.setup, floor.store
    change = {"heads": margins.heads, "folios": margins.folios}.get(kind, margins.bare)
    manner = setup.manner
    marks = sheets.beside(composed=manner.composed, dots=manner.emphasis == "dots")
    page = sheets.rules(setup.page, mirrored=kind != "text", marks=marks)
    own = [Sheet("pdf", f"{page}\n{faces.font_faces(setup.kit)}")]
    own += [Sheet(sheet.shown, change(sheet.text)) for sheet in setup.sheets]
    own += [Sheet("pdf", sheets.GROUNDLESS)] if kind in ("heads", "folios") else []
    cut = {face.object: face.media_type for face in setup.kit.faces}

    def supply(address: str) -> tuple[bytes, str] | None:
        folder, _, name = address.partition("/")
        return (
            (galley.object_of(store, name), cut[name])
            if folder == "fonts" and name in cut
            else None
        )

    families = frozenset(face.family for face in setup.kit.faces)
    return Press(own, supply, families, store, margins=kind in ("heads", "folios"))
