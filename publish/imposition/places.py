"""Where pages stand on a sheet. Lengths are points, from the lower left corner of the sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from publish.backends.pdf.boxes import Box
from publish.backends.pdf.facts import MM, page_size
from publish.diagnostics import Diagnostic, UsageError, error
from publish.imposition.marks import room
from publish.imposition.sections import LEFT

EXACT = 1.0  # points: pages and sheets that differ by less are of one size

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page as it comes: its trim and bleed boxes (ISO 32000, 14.11.2) and how it is turned."""

    trim: Box
    bleed: Box
    turn: int = 0  # degrees, clockwise: 0, 90, 180 or 270
    unit: float = 1.0  # points in a unit of the page

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the trimmed page as it is seen."""
        across, along = self.trim.width * self.unit, self.trim.height * self.unit
        return (along, across) if self.turn % 180 else (across, along)

    @property
    def overhang(self) -> float:
        """The widest bleed of the page."""
        trim, bleed = self.trim, self.bleed
        sides = (
            trim.left - bleed.left, trim.bottom - bleed.bottom,
            bleed.right - trim.right, bleed.top - trim.top,
        )  # fmt: skip
        return max(0.0, *sides) * self.unit

    def matrix(self, left: float, bottom: float, scale: float) -> Matrix:
        """Return what brings the page upright, with the corner of its trim at a point."""
        box, s = self.trim, self.unit * scale
        corner = {
            0: (s, 0.0, 0.0, s, -box.left, -box.bottom),
            90: (0.0, -s, s, 0.0, -box.bottom, box.right),
            180: (-s, 0.0, 0.0, -s, box.right, box.top),
            270: (0.0, s, -s, 0.0, box.top, -box.left),
        }
        a, b, c, d, x, y = corner[self.turn]
        return (a, b, c, d, left + x * s, bottom + y * s)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the binder asks for; lengths in points."""

    signature: int = 16  # pages of a section; 0 is one section of all
    binding: str = ""  # side of the spine: left or right; "" as the book says
    sheet: tuple[float, float] | None = None  # None: as large as the pages need
    fit: bool = False
    creep: float = 0.0  # thickness of the paper
    gap: float = 0.0  # between two pages, at the fold
    marks: bool = False
    flip: str = "short"  # the edge over which the printer turns the sheet


@dataclass(frozen=True, slots=True)
class Form:
    """The sheet, and the room that a page has on it: the largest page, and others centred."""

    width: float
    height: float
    page: tuple[float, float]  # on the sheet, scaled
    scale: float
    gap: float
    bleed: float  # the widest
    creep: float

    @property
    def fold(self) -> float:
        """Where the sheet is folded."""
        return self.width / 2

    def cell(self, half: str, depth: int) -> Box:
        """Return the room of a page on the left or right half of a sheet.

        A sheet that lies in others is pushed out by their thickness and cut by as much at the
        fore edge, so its pages move toward the fold.
        """
        across, along = self.page
        away = self.gap / 2 - self.creep * depth
        left = self.fold - away - across if half == LEFT else self.fold + away
        bottom = (self.height - along) / 2
        return Box(left, bottom, left + across, bottom + along)

    def half(self, half: str) -> Box:
        """Return one half of the sheet, where what belongs to the other is clipped."""
        if half == LEFT:
            return Box(0, 0, self.fold, self.height)
        return Box(self.fold, 0, self.width, self.height)

    def trim(self, depth: int) -> Box:
        """Return what is left of the sheet when it is cut."""
        left, right = self.cell("left", depth), self.cell("right", depth)
        return Box(left.left, left.bottom, right.right, right.top)

    @property
    def margin(self) -> float:
        """The paper that is left around the pages, where it is least."""
        across, along = self.page
        return min(self.fold - self.gap / 2 - across, (self.height - along) / 2)

    def place(self, leaf: Leaf, half: str, depth: int) -> Matrix:
        """Return the matrix that puts a page in the middle of its room."""
        cell = self.cell(half, depth)
        across, along = (side * self.scale for side in leaf.size)
        left = cell.left + (cell.width - across) / 2
        return leaf.matrix(left, cell.bottom + (cell.height - along) / 2, self.scale)


def form(leaves: Sequence[Leaf], wish: Wish) -> Form:
    """Return the sheet for pages.

    Raises:
        UsageError: two pages do not fit on the sheet.
    """
    across = max(leaf.size[0] for leaf in leaves)
    along = max(leaf.size[1] for leaf in leaves)
    bleed = max(leaf.overhang for leaf in leaves)
    edge = room(bleed) if wish.marks else bleed
    scale = 1.0
    if wish.sheet is None:
        width, height = 2 * (across + edge) + wish.gap, along + 2 * edge
    else:
        need = (2 * across + wish.gap, along)
        width, height = _turned(wish.sheet, need)
        if wish.fit:
            free = room(bleed) if wish.marks else 0.0
            scale = min((width - 2 * free - wish.gap) / (2 * across), (height - 2 * free) / along)
        if scale <= 0 or not (wish.fit or _holds((width, height), need)):
            raise UsageError(_too_small((width, height), need))
    page = (across * scale, along * scale)
    return Form(width, height, page, scale, wish.gap, bleed * scale, wish.creep)


def _turned(sheet: tuple[float, float], need: tuple[float, float]) -> tuple[float, float]:
    """Return a sheet on its side, as it is folded; upright only if the pages ask for that."""
    wide, upright = (max(sheet), min(sheet)), (min(sheet), max(sheet))
    return upright if _holds(upright, need) and not _holds(wide, need) else wide


def _holds(sheet: tuple[float, float], need: tuple[float, float]) -> bool:
    return all(side + EXACT >= least for side, least in zip(sheet, need, strict=True))


def _too_small(sheet: tuple[float, float], need: tuple[float, float]) -> Diagnostic:
    return error(
        "impose-sheet",
        f"two pages side by side need {_mm(need)}, and the sheet has {_mm(sheet)}",
        help="a larger --sheet, or --fit to scale the pages",
    )


def _mm(size: Iterable[float]) -> str:
    return "×".join(f"{side / MM:.0f}" for side in size) + " mm"


def sheet_size(text: str) -> tuple[float, float] | None:
    """Return width and height of "A3" or "450x320mm"; None if nothing is asked for.

    Raises:
        UsageError: no such size.
    """
    return page_size(text) if text.strip() else None
