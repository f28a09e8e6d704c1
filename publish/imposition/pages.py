"""Reads bound pages, and tells what a binder should know of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name

from publish.backends.pdf.boxes import Box
from publish.backends.pdf.facts import MM
from publish.diagnostics import ContentError, Diagnostic, Place, UsageError, error, note, warning
from publish.imposition import marks
from publish.imposition.places import EXACT, Form, Leaf, Wish
from publish.imposition.sections import LEFT, RIGHT, Sheet

_UNSEEN = {"/Link", "/Popup"}  # annotations that paper does not show anyway
_DEEP = 0.05  # of a page's width: creep beyond it cuts into what stands at the fold


@contextlib.contextmanager
def opened(path: Path) -> Iterator[pikepdf.Pdf]:
    """Give a PDF that has pages.

    Raises:
        ContentError: it is none, is encrypted, or has no pages.
        UsageError: there is no such file, or it may not be read.
    """
    try:
        pdf = pikepdf.open(path)
    except pikepdf.PasswordError:
        raise ContentError(_locked(path)) from None
    except pikepdf.PdfError:
        text, help_line = "this is no PDF that can be read", "a whole book, as publish pdf makes it"
        raise ContentError(error("impose-not-pdf", text, Place(str(path)), help_line)) from None
    except OSError as problem:
        text = f"cannot read: {problem.strerror}"
        raise UsageError(error("impose-file", text, Place(str(path)))) from None
    with pdf:
        if pdf.is_encrypted:
            raise ContentError(_locked(path))
        try:
            count = len(pdf.pages)
        except (pikepdf.PdfError, ValueError, RuntimeError):
            count = 0
        if not count:
            raise ContentError(error("impose-empty", "there are no pages in it", Place(str(path))))
        yield pdf


def _locked(path: Path) -> Diagnostic:
    return error(
        "impose-encrypted",
        "this PDF is encrypted",
        Place(str(path)),
        f'if you have the right to: qpdf --decrypt --password=… "{path.name}" open.pdf',
    )


def leaf(page: pikepdf.Page) -> Leaf | None:
    """Return the boxes of a page; None if it has no size.

    A box that makes no sense gives way to the one around it (ISO 32000, 14.11.2).
    """
    try:
        media = _box(page.mediabox)
        trim, bleed = _box(page.trimbox).within(media), _box(page.bleedbox).within(media)
        turn = int(inherited(page.obj, "/Rotate") or 0) % 360
        unit = float(page.obj.get("/UserUnit", 1))
    except (pikepdf.PdfError, TypeError, ValueError, AttributeError, IndexError):
        return None
    if min(trim.width, trim.height) <= 0:
        trim = bleed = media
    if min(trim.width, trim.height) <= 0 or unit <= 0:
        return None
    around = Box(
        min(trim.left, bleed.left),
        min(trim.bottom, bleed.bottom),
        max(trim.right, bleed.right),
        max(trim.top, bleed.top),
    )
    return Leaf(trim, around, turn if turn % 90 == 0 else 0, unit)


def _box(box: Array) -> Box:
    x, y, to, up = map(float, box)
    return Box(min(x, to), min(y, up), max(x, to), max(y, up))


def inherited(node: pikepdf.Object, key: str) -> pikepdf.Object | None:
    """Return an entry of a page, or of the nodes above it (ISO 32000, 7.7.3.4)."""
    for _ in range(64):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            break
        node = node.Parent
    return None


def spine(pdf: pikepdf.Pdf) -> str:
    """Return the side on which a book says that it is bound."""
    viewing = pdf.Root.get("/ViewerPreferences")
    reads = viewing.get("/Direction") if isinstance(viewing, Dictionary) else None
    return RIGHT if reads == Name.R2L else LEFT


def title(pdf: pikepdf.Pdf) -> str:
    """Return the title of a book, "" if it has none."""
    found = str(pdf.docinfo.get("/Title", "")).strip()
    if not found and "/Metadata" in pdf.Root:
        with contextlib.suppress(pikepdf.PdfError, ValueError, TypeError):
            found = str(pdf.open_metadata().get("dc:title") or "").strip()
    return found


def doubts(
    pdf: pikepdf.Pdf,
    numbers: Sequence[int],
    leaves: Sequence[Leaf],
    plan: Sequence[Sheet],
    paper: Form,
    wish: Wish,
) -> Iterator[Diagnostic]:
    """Yield what the binder should know of."""
    sizes = [leaf.size for leaf in leaves]
    across, along = (max(size[side] for size in sizes) for side in (0, 1))
    smaller = sum(across - width > EXACT or along - height > EXACT for width, height in sizes)
    if smaller:
        text = f"{smaller} of {len(sizes)} pages are smaller than others, and stand in the middle"
        yield note("impose-sizes", text)
    lost = sum(_shown(pdf.pages[page].obj) for page in numbers)
    if lost:
        text = f"comments, stamps or form fields are left out of the sheets: {lost}"
        yield warning("impose-annotations", text, help="make them part of the pages before")
    if wish.marks and paper.margin < marks.room(paper.bleed) - marks.SPARE - marks.LONG / 2:
        text = "the sheet leaves no room for crop marks"
        yield warning("impose-marks", text, help="a larger --sheet, none at all, or --fit")
    pushed = wish.creep * max(sheet.depth for sheet in plan)
    if pushed > paper.page[0] * _DEEP:
        text = f"the innermost pages move {pushed / MM:.1f} mm into the fold"
        yield warning("impose-creep", text, help="a smaller --signature makes thinner sections")


def damaged(pdf: pikepdf.Pdf) -> Diagnostic | None:
    """Return a warning if a file had to be repaired to be read; pages may be missing then."""
    if not pdf.get_warnings():
        return None
    text = "the file is damaged; the sheets hold what could be read of it"
    return warning("impose-damaged", text, help="count its pages, or make the book again")


def _shown(page: pikepdf.Object) -> int:
    """Count annotations that would be seen on paper."""
    found = page.get("/Annots")
    if not isinstance(found, Array):
        return 0
    return sum(isinstance(one, Dictionary) and one.get("/Subtype") not in _UNSEEN for one in found)
