"""The galley: a piece of text set in pages of its own, before it is bound.

A galley knows no page number, no folio and no neighbour. Its pages are a PDF whose fonts and
pictures are held back: glyphs go by the numbers of the whole face, pictures by the names of cache
objects. All values are plain, so that galleys travel between processes and lie in the cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from publish.cache import Cache
from publish.diagnostics import BackendError, Diagnostic, Place, error

STAGE = "galley"
SLIP = "slip"
VERSION = "4"
ELSEWHERE = "book:"  # the scheme of links that lead to another galley
HELD = "PublishPlate"  # key of a picture that is held back: the name of its plate


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a galley: page from 0; x and y in points from its lower left corner."""

    page: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Mark:
    """An entry of the outline."""

    level: int  # from 1
    label: str
    spot: Spot
    open: bool = True


@dataclass(frozen=True, slots=True)
class FontUse:
    """What a galley draws with one font, by the font's own glyph numbers."""

    key: str  # the name of the font in the pages' resources
    family: str
    weight: int  # 100 to 900
    flags: int  # of a font descriptor, ISO 32000-1 table 123
    ascent: float  # thousandths of an em
    descent: float
    widths: tuple[tuple[int, float], ...] = ()  # glyph -> thousandths of an em
    texts: tuple[tuple[int, str], ...] = ()  # glyph -> what it stands for
    file: str = ""  # cache object of a face that is none of the book's
    index: int = 0  # in that file, if it is a collection


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture that is held back, as a PDF has it."""

    name: str  # digest of all that follows
    facts: bytes  # its dictionary, without length and mask
    object: str  # cache object of its bytes
    mask: str = ""  # name of the plate of its soft mask


@dataclass(frozen=True, slots=True)
class Branch:
    """A structure tree apart from its PDF, the numbers of objects left open: see `branches`."""

    count: int  # of its objects
    text: bytes  # all of them
    numbers: tuple[int, ...]  # for each number left open: one of its objects, by place; ``count``
    # is the book's Document, and what is above the objects that are outside
    outside: tuple[int, ...]  # numbers in the PDF: of pages and annotations
    kids: tuple[int, ...]  # its objects right below the Document
    parents: tuple[tuple[int, int], ...]  # keys of the parent tree and objects
    ids: tuple[tuple[str, int], ...]  # names and objects


@dataclass(frozen=True, slots=True)
class Galley:
    """A piece of text in pages."""

    pdf: bytes
    pages: tuple[str, ...]  # the CSS page name of each
    anchors: dict[str, Spot] = field(default_factory=dict)  # where each id first stands
    marks: tuple[Mark, ...] = ()
    fonts: tuple[FontUse, ...] = ()
    plates: tuple[Plate, ...] = ()  # masks before what they mask
    findings: tuple[Diagnostic, ...] = ()  # those of the text name no file
    branch: Branch | None = None  # None if it is not tagged
    starts: tuple[tuple[int, int] | None, ...] = ()  # of the pages, in the text; see `starts`

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self.pages)


@dataclass(frozen=True, slots=True)
class Slip:
    """What is known of a galley before it is bound: kept beside it, and light."""

    key: str  # of the galley
    pages: tuple[str, ...]
    anchors: dict[str, Spot]
    families: tuple[str, ...]  # of its faces
    plates: tuple[Plate, ...]
    findings: tuple[Diagnostic, ...]
    starts: tuple[tuple[int, int] | None, ...] = ()

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self.pages)


def placed(findings: Iterable[Diagnostic], shown: str) -> tuple[Diagnostic, ...]:
    """Name the file in findings of a galley, which is set knowing only its text."""
    return tuple(
        finding
        if finding.place and finding.place.file
        else finding.at(replace(finding.place or Place(""), file=shown))
        for finding in findings
    )


def object_of(store: Cache, name: str) -> bytes:
    """Return what a cache object holds: a face, a figure, a picture.

    Raises:
        BackendError: it was there a moment ago.
    """
    data = store.read_object(name)
    if data is None:
        raise BackendError(error("cache-lost", "a figure or a face is gone from the cache"))
    return data


def keep(store: Cache, key: str, made: Galley) -> Slip:
    """Put a galley in the cache, and its slip beside it."""
    families = tuple(sorted({use.family for use in made.fonts}))
    told = Slip(key, made.pages, made.anchors, families, made.plates, made.findings, made.starts)
    store.store(STAGE, key, made)
    store.store(SLIP, key, told)
    return told


def slip(store: Cache, key: str) -> Slip:
    """Return the slip of a galley in the cache.

    Raises:
        BackendError: it was there a moment ago.
    """
    return store.load(SLIP, key, Slip) or keep(store, key, kept(store, key))


def kept(store: Cache, key: str) -> Galley:
    """Return a galley from the cache.

    Raises:
        BackendError: it was there a moment ago.
    """
    found = store.load(STAGE, key, Galley)
    if found is None:
        raise BackendError(error("cache-lost", "a galley is gone from the cache"))
    return found
