"""Puts the pictures of galleys back, each once in the whole book.

Their bytes never are in memory all together: they go into a file, from which the book takes them
one after the other when it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name

from publish.backends.pdf.galley import HELD, Plate, object_of
from publish.cache import Cache

_HELD = f"/{HELD}"
_FIRST = 3  # number of the first picture's object, behind a catalogue and a tree of no pages


class Plates:
    """The pictures of one PDF."""

    def __init__(self, pdf: pikepdf.Pdf, store: Cache, folder: Path) -> None:
        self._pdf = pdf
        self._store = store
        self._folder = folder  # for files that must last until the PDF is written
        self._cases: list[pikepdf.Pdf] = []
        self._places: dict[str, tuple[pikepdf.Pdf, int]] = {}
        self._made: dict[str, pikepdf.Object] = {}

    def take(self, plates: Iterable[Plate]) -> None:
        """Take plates in; masks come before what they mask. Few calls with many are best."""
        fresh = {plate.name: plate for plate in plates if plate.name not in self._places}
        if not fresh:
            return
        path = self._folder / f"plates-{len(self._cases)}.pdf"
        _write(path, list(fresh.values()), self._store)
        case = pikepdf.open(path, access_mode=pikepdf.AccessMode.stream)
        self._cases.append(case)
        self._places |= {name: (case, number) for number, name in enumerate(fresh, _FIRST)}

    def give(self, resources: pikepdf.Object) -> None:
        """Replace the held back pictures of resources, and of the forms and patterns in them."""
        todo: list[pikepdf.Object] = [resources]
        seen: set[tuple[int, int]] = set()
        while todo:
            now = todo.pop()
            if now.is_indirect:
                if now.objgen in seen:
                    continue
                seen.add(now.objgen)
            for kind in ("/XObject", "/Pattern"):
                for name, item in dict(now.get(kind, {}).items()).items():
                    if item.get("/Subtype") == Name.Image and _HELD in item:
                        now[kind][name] = self._picture(str(item[_HELD])[1:])
                    elif "/Resources" in item:
                        todo.append(item.Resources)
            for state in dict(now.get("/ExtGState", {}).items()).values():
                mask = state.get("/SMask")
                group = mask.get("/G") if isinstance(mask, Dictionary) else None
                if group is not None and "/Resources" in group:
                    todo.append(group.Resources)

    def _picture(self, name: str) -> pikepdf.Object:
        """Return a picture with its bytes; equal ones are one object."""
        if name not in self._made:
            case, number = self._places[name]
            self._made[name] = self._pdf.copy_foreign(case.get_object(number, 0))
        return self._made[name]


def _write(path: Path, plates: Sequence[Plate], store: Cache) -> None:
    """Write a PDF that holds nothing but pictures (ISO 32000-1, section 7.5)."""
    numbers = {plate.name: number for number, plate in enumerate(plates, _FIRST)}
    offsets: list[int] = []
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")

        def add(*parts: bytes) -> None:
            offsets.append(file.tell())
            file.writelines((b"%d 0 obj\n" % len(offsets), *parts, b"\nendobj\n"))

        add(b"<</Type /Catalog /Pages 2 0 R>>")
        add(b"<</Type /Pages /Kids [] /Count 0>>")
        for plate in plates:
            data = object_of(store, plate.object)
            more = b" /Length %d" % len(data)
            if plate.mask:
                more += b" /SMask %d 0 R" % numbers[plate.mask]
            facts = plate.facts.removesuffix(b">>") + more + b">>"
            add(facts, b"\nstream\n", data, b"\nendstream")
        start = file.tell()
        file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1))
        file.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
        trailer = b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        file.write(trailer % (len(offsets) + 1, start))
