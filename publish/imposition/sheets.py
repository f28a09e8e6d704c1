"""Writes sheets with pikepdf.

The file is changed in place: every page becomes a form, sheets that show the forms take the
pages' place, and what nothing leads to any more is left out when it is written. So fonts and
pictures are never copied, and a book of thousands of pages needs no more memory than its objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from publish.backends.pdf.boxes import Box
from publish.backends.pdf.trimming import every_plate
from publish.diagnostics import ContentError, Place, Reporter, error
from publish.imposition import marks
from publish.imposition.marks import number
from publish.imposition.pages import damaged, doubts, inherited, leaf, opened, spine, title
from publish.imposition.places import Form, Leaf, Wish, form
from publish.imposition.sections import LEFT, RIGHT, Sheet, Side, chosen, sheets

_KEPT = {"/Type", "/Pages", "/Lang", "/OCProperties", "/OutputIntents", "/Extensions", "/Version"}
_CLAIMS = "/GTS_"  # of PDF/X: nobody has checked them of the sheets


@dataclass(frozen=True, slots=True)
class Imposed:
    """What came of it."""

    pages: int
    blanks: int
    sheets: int
    sections: int
    size: tuple[float, float]  # of a sheet, in points


def impose(path: Path, out: BinaryIO | None, wish: Wish, pages: str, hear: Reporter) -> Imposed:
    """Write the pages of a PDF on sheets; with no ``out``, only tell what would come of it.

    ``pages`` is a range, "" for all. The same file and wishes give the same bytes.

    Raises:
        ContentError: the file is no PDF that can be read, is encrypted, or has no pages.
        UsageError: the file, pages or sheet asked for cannot be meant.
    """
    place = Place(str(path))
    with opened(path) as pdf:
        numbers = chosen(pages, len(pdf.pages))
        leaves = list(_leaves(pdf, numbers, place))
        wish = replace(wish, binding=wish.binding or spine(pdf))
        plan = list(sheets(len(numbers), wish.signature, wish.binding))
        paper = form(leaves, wish)
        for finding in doubts(pdf, numbers, leaves, plan, paper, wish):
            hear.report(finding.at(place))
        if out is not None:
            forms = _forms(pdf, numbers, leaves)
            _replace_pages(pdf, _Press(pdf, leaves, forms, paper, wish), plan)
            _strip(pdf, wish)
            _write(pdf, out, place)
        if (damage := damaged(pdf)) is not None:
            hear.report(damage.at(place))
    return Imposed(
        pages=len(numbers),
        blanks=4 * len(plan) - len(numbers),
        sheets=len(plan),
        sections=plan[-1].section + 1,
        size=(paper.width, paper.height),
    )


def _leaves(pdf: pikepdf.Pdf, numbers: Sequence[int], place: Place) -> Iterator[Leaf]:
    for page in numbers:
        found = leaf(pdf.pages[page])
        if found is None:
            raise ContentError(error("impose-page", f"page {page + 1} has no size", place))
        yield found


# Pages become forms -----------------------------------------------------------------------------


def _forms(
    pdf: pikepdf.Pdf, numbers: Sequence[int], leaves: Sequence[Leaf]
) -> list[pikepdf.Object]:
    """Return every page as a form that is clipped at its bleed."""
    seen: set[tuple[int, int]] = set()
    made = []
    for page, bounds in zip(numbers, leaves, strict=True):
        drawing = pdf.pages[page].as_form_xobject(handle_transformations=False)
        drawing.Resources = _shared(pdf, inherited(pdf.pages[page].obj, "/Resources"))
        box = bounds.bleed
        drawing.BBox = Array([box.left, box.bottom, box.right, box.top])
        group = drawing.get("/Group")
        if isinstance(group, Dictionary):  # of its own, and isolated as the group of a page
            drawing.Group = Dictionary({**dict(group.items()), "/I": True})  # is (11.4.7)
        _forget_structure(drawing, seen)
        made.append(drawing)
    return made


def _shared(pdf: pikepdf.Pdf, resources: pikepdf.Object | None) -> pikepdf.Object:
    """Return resources as one object, which pages of a chapter share and which can be packed."""
    if not isinstance(resources, Dictionary):
        return Dictionary()
    return resources if resources.is_indirect else pdf.make_indirect(resources)


def _forget_structure(drawing: pikepdf.Object, seen: set[tuple[int, int]]) -> None:
    """Take away what leads from drawings into the structure tree, which is gone."""
    waiting = [drawing]
    while waiting:
        one = waiting.pop()
        for key in ("/StructParents", "/StructParent"):
            if key in one:
                del one[key]
        resources = one.get("/Resources")
        if not isinstance(resources, Dictionary) or _known(resources, seen):
            continue
        for kind in ("/XObject", "/Pattern"):
            table = resources.get(kind)
            if isinstance(table, Dictionary) and not _known(table, seen):
                streams = (one for _, one in table.items() if isinstance(one, pikepdf.Stream))
                waiting += (one for one in streams if not _known(one, seen))


def _known(thing: pikepdf.Object, seen: set[tuple[int, int]]) -> bool:
    """Tell whether an indirect object was seen before, and remember it."""
    key = thing.objgen
    if key == (0, 0):
        return False
    known = key in seen
    seen.add(key)
    return known


# Forms go on sheets -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Press:
    """What every sheet is made with."""

    pdf: pikepdf.Pdf
    leaves: Sequence[Leaf]
    forms: Sequence[pikepdf.Object]
    paper: Form
    wish: Wish

    def side(self, side: Side, depth: int) -> str:
        """Return the operators that show the pages of a side, each clipped at the fold."""
        drawn = ""
        for half, page in ((LEFT, side.left), (RIGHT, side.right)):
            if page is None:
                continue
            box = self.paper.half(half)
            clip = " ".join(map(number, (box.left, box.bottom, box.width, box.height)))
            matrix = self.paper.place(self.leaves[page], half, depth)
            placed = " ".join(f"{value:.5f}" for value in matrix)
            drawn += f"q {clip} re W n {placed} cm /P{page + 1} Do Q\n"
        return drawn

    def resources(self, side: Side, ink: pikepdf.Object | None) -> Dictionary:
        """Return what a side draws with."""
        pages = [page for page in (side.left, side.right) if page is not None]
        found = Dictionary(
            XObject=Dictionary({f"/P{page + 1}": self.forms[page] for page in pages})
        )
        if ink is not None:
            found.ColorSpace = Dictionary(Marks=ink)
        return found

    def page(self, drawn: str, resources: Dictionary, trim: Box) -> pikepdf.Page:
        """Return one side of a sheet as a page."""
        sheet = Box(0, 0, self.paper.width, self.paper.height)
        boxes: Mapping[str, Box] = {
            "/MediaBox": sheet,
            "/BleedBox": trim.grown(self.paper.bleed).within(sheet),
            "/TrimBox": trim.within(sheet),
        }
        contents = self.pdf.make_stream(drawn.encode())
        made = Dictionary(Type=Name.Page, Resources=resources, Contents=contents)
        for name, box in boxes.items():
            made[name] = Array(box.sides)
        return pikepdf.Page(self.pdf.make_indirect(made))


def _replace_pages(pdf: pikepdf.Pdf, press: _Press, plan: Sequence[Sheet]) -> None:
    """Put sheets in the place of the pages: the front of each, then its back."""
    old = len(pdf.pages)
    paper, wish = press.paper, press.wish
    ink = pdf.make_indirect(every_plate()) if wish.marks else None
    # A back stands upright when the sheet is turned over an edge that runs along the fold.
    over = (wish.flip == "long") == (paper.width >= paper.height)
    turn = f"-1 0 0 -1 {number(paper.width)} {number(paper.height)} cm\n" if over else ""
    several = plan[-1].section > 0
    for sheet in plan:
        trim = paper.trim(sheet.depth)
        furniture = marks.around(paper, trim) if wish.marks else ""
        front = press.side(sheet.front, sheet.depth) + furniture
        if wish.marks and several and sheet.depth == 0:
            front += marks.collating(paper, trim, sheet.section)
        back = turn + press.side(sheet.back, sheet.depth) + furniture
        for side, drawn in ((sheet.front, front), (sheet.back, back)):
            pdf.pages.append(press.page(drawn, press.resources(side, ink), trim))
    del pdf.pages[:old]


# The file ---------------------------------------------------------------------------------------


def _strip(pdf: pikepdf.Pdf, wish: Wish) -> None:
    """Leave out what belongs to the pages as a reader's book, and say how to print the sheets."""
    name = title(pdf)
    for key in set(pdf.Root.keys()) - _KEPT:
        del pdf.Root[key]
    edge = Name.DuplexFlipShortEdge if wish.flip == "short" else Name.DuplexFlipLongEdge
    pdf.Root.ViewerPreferences = Dictionary(PrintScaling=Name("/None"), Duplex=edge)
    for key in [key for key in map(str, pdf.docinfo) if key.startswith(_CLAIMS)]:
        del pdf.docinfo[key]
    pdf.docinfo["/Title"] = String(f"{name} (imposed)".strip())


def _write(pdf: pikepdf.Pdf, out: BinaryIO, place: Place) -> None:
    packed = pikepdf.ObjectStreamMode.generate
    try:
        pdf.save(out, object_stream_mode=packed, deterministic_id=True)
    except pikepdf.PdfError as problem:
        text = f"its pages cannot be read: {problem}"
        raise ContentError(error("impose-broken", text, place)) from None
