"""Studies what a layout puts in the margins: on which pages, and what it depends on.

One sample of every kind of page is set. A kind whose margins stay empty costs nothing more; a
head that says only the book's title is set once; and a folio in plain figures is set once for each
number of digits, and its figures exchanged for others.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import pikepdf

from publish import cache
from publish.backends.pdf import compose, exchange, galley, heads
from publish.backends.pdf.compose import Floor
from publish.backends.pdf.exchange import Figures, Shown
from publish.backends.pdf.galley import FontUse, Galley
from publish.backends.pdf.heads import Head, Titles

STAGE = "furniture"
VERSION = "3"
DIGITS = 4  # of a folio that is made of a sample
_TEN = ("1023456789", "1023456798")  # every figure, on a recto and on a verso
SIGNS = heads.FIGURES + "甲乙丙"
_SAID = Titles("乙", "甲", "丙")
_INKED = re.compile(rb"(?:^|\s)(?:Tj|TJ|Do|sh|[fFSBb]\*?)(?:\s|$)")
NEAR = 0.02  # pixels that a sample may lie beside its reckoned place


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page that carries a head, and which titles the head says."""

    page: str
    opening: bool
    recto: bool
    says: tuple[str, ...] = ()  # "book", "chapter", "kicker"


@dataclass(frozen=True, slots=True)
class Stamp:
    """How folios of a kind of page are made of samples."""

    page: str
    recto: bool
    figures: Figures
    align: float  # see `exchange.put`
    samples: tuple[tuple[int, Shown], ...]  # pages and what they show: one digit, two digits …

    def exchange(self, number: str) -> tuple[int, str, str] | None:
        """Return of which sample a folio is made, what is exchanged there, and for what."""
        if len(number) > len(self.samples):
            return None
        page, sample = self.samples[len(number) - 1]
        return page, sample.operators, exchange.put(number, sample, self.figures, self.align)


@dataclass(frozen=True, slots=True)
class Furniture:
    """What margins carry."""

    samples: str  # key of the galley of sample folios
    kinds: tuple[Kind, ...] = ()
    numbered: tuple[tuple[str, bool], ...] = ()  # pages, by name and side, that carry a folio
    stamps: tuple[Stamp, ...] = ()

    def heads(self, shared: str, page: str, titles: Titles) -> dict[tuple[bool, bool], Head]:
        """Return the heads of a chapter on pages of a name, by opening and recto."""
        found = {}
        for kind in self.kinds:
            if kind.page == page:
                said = Titles(**{name: getattr(titles, name) for name in kind.says})
                key = cache.digest(heads.STAGE, shared, page, kind.opening, kind.recto, said)
                head = Head(key, page, kind.opening, kind.recto, said)
                found[kind.opening, kind.recto] = head
        return found

    def stamp(self, page: str, number: int) -> tuple[int, str, str] | None:
        """Return of which sample a folio is made, what is exchanged there, and for what."""
        for stamp in self.stamps:
            if (stamp.page, stamp.recto) == (page, number % 2 == 1):
                return stamp.exchange(str(number))
        return None


def inked(content: bytes) -> bool:
    """Tell whether a content stream draws anything."""
    return _INKED.search(content) is not None


def study(names: Iterable[str], floor: Floor) -> Furniture:
    """Return what the margins of named pages carry."""
    pages, store = sorted(names), floor.store
    key = cache.digest(STAGE, VERSION, floor.shared, pages)
    kept = store.load(STAGE, key, Furniture)
    if kept is None or not store.has(galley.STAGE, kept.samples):
        kinds = _kinds(pages, floor)
        samples = _samples(pages, floor)
        galley.keep(store, key, samples)
        kept = _studied(pages, samples, key, kinds)
        store.store(STAGE, key, kept)
    return kept


def _kinds(pages: Sequence[str], floor: Floor) -> tuple[Kind, ...]:
    """Return the kinds of pages that carry a head."""
    found = []
    for recto in (False, True):  # a document is of one side
        asked = [
            Head("", page, opening, recto, _SAID) for page, opening in product(pages, (False, True))
        ]
        root = heads.document(asked, floor.setup.edition)
        made = compose.margins_alone(root, floor, "heads")
        contents = contents_of(made)
        for head, place in zip(asked, heads.places(asked), strict=True):
            if inked(contents[place]):
                says = _names(exchange.texts(contents[place], made.fonts))
                found.append(Kind(head.page, head.opening, head.recto, says))
    return tuple(found)


def _names(texts: Sequence[str]) -> tuple[str, ...]:
    text = "".join(texts)
    return tuple(n for n in ("book", "chapter", "kicker") if getattr(_SAID, n) in text)


def _samples(pages: Sequence[str], floor: Floor) -> Galley:
    """Return pages with sample folios: for each name, those of every number of digits."""
    numbers = [number for _ in pages for number in _row()]
    sheets = [heads.sheet(page) for page in pages for _ in _row()]
    root = heads.pages_of(sheets, floor.setup.edition, heads.FIGURES)
    rules = (
        f"@page :nth({at}) {{ counter-reset: page {number} }}"
        for at, number in enumerate(numbers, 1)
    )
    heads.style(root, "\n".join(rules))
    return compose.margins_alone(root, floor, "folios")


def _row() -> list[str]:
    return [
        *(_sample(n, recto) for n in range(1, DIGITS + 1) for recto in (True, False)),
        *_TEN,
    ]


def _sample(digits: int, recto: bool) -> str:
    return "1" * (digits - 1) + ("1" if recto else "2")


def _studied(pages: Sequence[str], samples: Galley, key: str, kinds: tuple[Kind, ...]) -> Furniture:
    contents = contents_of(samples)
    numbered: list[tuple[str, bool]] = []
    stamps: list[Stamp] = []
    wide = len(_row())
    for (row, page), recto in product(enumerate(pages), (True, False)):
        own = [row * wide + 2 * n + (not recto) for n in range(DIGITS + 1)]
        if not inked(contents[own[0]]):
            continue
        numbered.append((page, recto))
        if stamp := _stamp(page, recto, [contents[at] for at in own], own, samples.fonts):
            stamps.append(stamp)
    return Furniture(key, kinds, tuple(numbered), tuple(stamps))


def _stamp(
    page: str, recto: bool, contents: Sequence[bytes], own: Sequence[int], uses: Sequence[FontUse]
) -> Stamp | None:
    """Return how folios are made, if the samples tell; None if each must be set."""
    numbers = [*(_sample(n, recto) for n in range(1, DIGITS + 1)), _TEN[not recto]]
    found: list[Shown] = []
    for content, number in zip(contents, numbers, strict=True):
        those = [run for run in exchange.shown(content, uses) if run.text == number]
        if len(those) != 1:
            return None
        found += those
    first, last = found[0], found[-1]
    use = next(use for use in uses if use.key == last.font)
    figures = exchange.figures([last], use)
    if figures is None or any(
        (run.font, run.size, run.y) != (first.font, first.size, first.y) for run in found
    ):
        return None
    width = figures.width(numbers[0], first.size)
    grown = figures.width(numbers[-1], first.size) - width
    align = round((first.x - last.x) / grown, 3)
    for number, run in zip(numbers, found, strict=True):
        more = figures.width(number, first.size) - width
        if abs(first.x - align * more - run.x) > NEAR:
            return None
    samples = tuple(zip(own[:-1], found[:-1], strict=True))
    return Stamp(page, recto, figures, align, samples)


def contents_of(made: Galley) -> list[bytes]:
    """Return the content streams of a galley's pages."""
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        return [page.obj.Contents.read_bytes() for page in pdf.pages]
