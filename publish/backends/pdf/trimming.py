"""The edges of a page: its boxes, and the marks by which printers cut it and lay colours.

Boxes as ISO 32000-1, 14.11.2 and ISO 15930-7 (PDF/X-4) have them: the trim is the page, the
bleed lies around it, and the media has room for marks besides. Marks are drawn here and not by
the engine, as galleys are set as rectos throughout: on versos the boxes move, and so do marks.
"""

from __future__ import annotations

from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name

from publish.backends.pdf.boxes import Box
from publish.backends.pdf.facts import MM

LENGTH = 5 * MM  # of crop marks
LEAST = 2 * MM  # between the trim and a mark, where the bleed is narrower
MARGIN = 1 * MM  # between marks and the edge of the media
HAIRLINE = 0.25  # points
TARGET = 1.4 * MM  # radius of a registration mark
_ROUND = 0.5522847  # Bézier handles of a quarter of a circle


def trim_of(page: pikepdf.Object) -> Box:
    """Return the trim of a page, or its whole media if it says nothing of it."""
    return Box(*map(float, page.get("/TrimBox", page.MediaBox)))


@dataclass(frozen=True, slots=True)
class Trimming:
    """What is around the trim of every page of a book."""

    bleed: float = 0.0  # points
    marks: tuple[str, ...] = ()  # of facts.MARKS
    folds: tuple[float, ...] = ()  # of a sheet that is folded: distances from the left of the trim

    @property
    def _gap(self) -> float:
        """Distance of marks from the trim: they stand outside of the bleed."""
        return max(self.bleed, LEAST)

    @property
    def room(self) -> float:
        """Distance from the trim to the edge of the media."""
        return self._gap + LENGTH + MARGIN if self.marks else self.bleed

    def dress(self, page: pikepdf.Object, trim: Box) -> None:
        """Give a page its boxes."""
        page.MediaBox = Array(trim.grown(self.room).sides)
        page.BleedBox = Array(trim.grown(self.bleed).sides)
        page.TrimBox = Array(trim.sides)
        for name in ("/CropBox", "/ArtBox"):
            if name in page:
                del page[name]

    def clip(self, trim: Box) -> str:
        """Return the operators that leave what follows nothing beyond the bleed."""
        box = trim.grown(self.bleed)
        return f"{box.left:.3f} {box.bottom:.3f} {box.width:.3f} {box.height:.3f} re W n\n"

    def form(self, pdf: pikepdf.Pdf, trim: Box) -> pikepdf.Object:
        """Return the marks of pages of one trim as a form."""
        lines = [f"/All CS 1 SCN {HAIRLINE} w"]
        if "crop" in self.marks:
            lines += [*self._crops(trim), *self._folds(trim)]
        if "registration" in self.marks:
            lines += self._targets(trim)
        form = pdf.make_stream("\n".join(lines).encode())
        form.Type, form.Subtype = Name.XObject, Name.Form
        form.BBox = Array(trim.grown(self.room).sides)
        form.Resources = Dictionary(ColorSpace=Dictionary(All=pdf.make_indirect(every_plate())))
        return form

    def _crops(self, trim: Box) -> list[str]:
        """Return two lines at each corner, in line with the edges of the trim."""
        inner, outer = trim.grown(self._gap), trim.grown(self._gap + LENGTH)
        across = ((outer.left, inner.left), (inner.right, outer.right))
        along = ((outer.bottom, inner.bottom), (inner.top, outer.top))
        return [
            *(_line(a, y, b, y) for y in (trim.bottom, trim.top) for a, b in across),
            *(_line(x, a, x, b) for x in (trim.left, trim.right) for a, b in along),
        ]

    def _folds(self, trim: Box) -> list[str]:
        """Return a dashed line above and below each fold."""
        inner, outer = trim.grown(self._gap), trim.grown(self._gap + LENGTH)
        ends = ((outer.bottom, inner.bottom), (inner.top, outer.top))
        lines = [_line(trim.left + x, a, trim.left + x, b) for x in self.folds for a, b in ends]
        return ["[3 1.5] 0 d", *lines, "[] 0 d"] if lines else []

    def _targets(self, trim: Box) -> list[str]:
        """Return a target in the middle of each side; where it is folded, of the first panel."""
        wide = self.folds[0] if self.folds else trim.right - trim.left
        x, y = trim.left + wide / 2, (trim.bottom + trim.top) / 2
        at = trim.grown(self._gap + LENGTH / 2)
        places = ((x, at.bottom), (x, at.top), (at.left, y), (at.right, y))
        return [line for place in places for line in _target(*place)]


def every_plate() -> Array:
    """Return the colour that is on every plate, ISO 32000-1, 8.6.6.4; grey where there is none.

    Grey is what every kind of PDF that asks for device colours to be defined still allows.
    """
    tint = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([1]), C1=Array([0]), N=1)
    return Array([Name.Separation, Name.All, Name.DeviceGray, tint])


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f"{x:.3f} {y:.3f} m {to_x:.3f} {to_y:.3f} l S"


def _target(x: float, y: float) -> list[str]:
    """Return a circle and a cross through it."""
    far, near = LENGTH / 2, TARGET
    handle = near * _ROUND
    ring = [f"{x + near:.3f} {y:.3f} m"]
    for a, b in ((1, 0), (0, 1), (-1, 0), (0, -1)):  # from which side of the circle
        points = (
            (x + a * near - b * handle, y + b * near + a * handle),
            (x - b * near + a * handle, y + a * near + b * handle),
            (x - b * near, y + a * near),
        )
        ring.append(" ".join(f"{px:.3f} {py:.3f}" for px, py in points) + " c")
    return [_line(x - far, y, x + far, y), _line(x, y - far, x, y + far), *ring, "s"]
