"""What cutters, folders and collators work by. Operators of PDF; lengths are points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publish.backends.pdf.boxes import Box
from publish.backends.pdf.facts import MM

if TYPE_CHECKING:
    from publish.imposition.places import Form

AWAY, LONG, SPARE = 3 * MM, 5 * MM, 2 * MM  # from the trim, and to the edge of the sheet
THICK = 0.25
STEP, BROAD = 5 * MM, 3 * MM  # of a collating mark
_EDGE = 15 * MM  # no collating mark stands nearer to head and tail


def number(value: float) -> str:
    """Return a number as PDF writes it, to a thousandth."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def room(bleed: float) -> float:
    """Return what marks need around pages with this bleed."""
    return max(AWAY, bleed) + LONG + SPARE


def around(form: Form, trim: Box) -> str:
    """Return the crop and fold marks around what is left of a sheet; for the colour /Marks."""
    away = max(AWAY, form.bleed)
    lines = f"q /Marks CS 1 SCN {THICK} w\n"
    for x, to in ((trim.left, -1), (trim.right, 1)):
        for y, up in ((trim.bottom, -1), (trim.top, 1)):
            lines += _line(x + to * away, y, x + to * (away + LONG), y)
            lines += _line(x, y + up * away, x, y + up * (away + LONG))
    lines += "[3 2] 0 d\n"
    for y, up in ((trim.bottom, -1), (trim.top, 1)):
        lines += _line(form.fold, y + up * away, form.fold, y + up * (away + LONG))
    return f"{lines}Q\n"


def collating(form: Form, trim: Box, section: int) -> str:
    """Return the mark on the back of a section: a step lower than that of the section before.

    Gathered in order, the marks make stairs on the spine; a section that is missing, doubled or
    astray breaks them. Stairs that reach the tail begin again at the head.
    """
    edge = min(_EDGE, trim.height / 4)
    steps = max(1, int((trim.height - 2 * edge) // STEP))
    top = trim.top - edge - (section % steps) * STEP
    corner = (form.fold - BROAD / 2, top - STEP, BROAD, STEP)
    return f"q 0 g {' '.join(map(number, corner))} re f Q\n"


def _line(*ends: float) -> str:
    x, y, to, up = map(number, ends)
    return f"{x} {y} m {to} {up} l S\n"
