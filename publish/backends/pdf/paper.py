"""How thick a book is: its leaves, one on the other."""

from __future__ import annotations

import re
from collections.abc import Mapping

from publish.backends.pdf.facts import MM, length
from publish.diagnostics import UsageError, error

PAPER = "offset 80gsm"  # 胶版纸 of 80 g/m², 0.1 mm: what most text is printed on
THINNEST, THICKEST = 0.02, 1.0  # mm of a leaf: below Bible paper, above board
WIDEST = 150.0  # mm of a spine
# Bulk in cm³/g, as ISO 534 defines it: thickness = grammage × bulk. Ordinary values of the kind;
# mills differ by a tenth, so that a printer's own figure is better.
_BULK = {
    "offset": 1.25, "胶版纸": 1.25, "双胶纸": 1.25, "书写纸": 1.25,
    "bulky": 1.7, "轻型纸": 1.7,
    "coated": 0.8, "铜版纸": 0.8,
    "matte": 0.9, "哑粉纸": 0.9,
}  # fmt: skip
_GRAMMAGE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:gsm|g/m²|g/m2|g|克)", re.I)


def thickness(paper: str) -> float:
    """Return the thickness of a leaf in millimetres.

    Args:
        paper: "0.1mm"; a grammage ("80gsm", taken as offset); or a kind and a grammage
            ("轻型纸 70g", "coated 128gsm").

    Raises:
        UsageError: no such paper.
    """
    plain = paper.strip().lower().replace("銅", "铜").replace("紙", "纸").replace("雙", "双")
    plain = plain.replace("輕", "轻").replace("膠", "胶")
    found = _GRAMMAGE.search(plain)
    if found:
        kind = _GRAMMAGE.sub("", plain, count=1).strip(" ,，-") or "offset"
        bulk = _BULK.get(kind) or _BULK.get(f"{kind}纸")
        leaf = float(found[1]) * bulk / 1000 if bulk else None
    else:
        points = length(plain)
        leaf = points / MM if points is not None else None
    if leaf is None or not THINNEST <= leaf <= THICKEST:
        raise UsageError(
            error(
                "pdf-paper",
                f"no paper is called {paper!r}",
                help='such as "offset 80gsm", "轻型纸 70g", or the thickness of a leaf: "0.1mm"; '
                f"kinds are {', '.join(_BULK)}",
            )
        )
    return leaf


def spine(pages: int, options: Mapping[str, object]) -> float:
    """Return the width of a spine in points: leaves by thickness, or what ``spine`` says.

    Nothing is added for cover and glue: that is the printer's to know.

    Raises:
        UsageError: an option cannot be meant.
    """
    given = options.get("spine")
    if given is None or given == "":
        return (pages + pages % 2) // 2 * thickness(str(options.get("paper") or PAPER)) * MM
    width = length(given)
    if width is None or width > WIDEST * MM:
        raise UsageError(
            error("pdf-option", f"spine = {given!r} cannot be meant", help='such as "12.5mm"')
        )
    return width
