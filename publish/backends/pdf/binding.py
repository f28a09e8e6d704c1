"""The binder: lays galleys one after the other and makes one PDF of them.

Pages are moved and never drawn again. On versos the page's boxes are shifted instead of what is
on it, so that links, destinations and patterns stay true.
"""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from publish import fonts
from publish.backends.pdf.exchange import Change
from publish.backends.pdf.foundry import Foundry
from publish.backends.pdf.furniture import inked
from publish.backends.pdf.galley import ELSEWHERE, Galley, Mark, Spot, kept
from publish.backends.pdf.outline import destination, write_outline
from publish.backends.pdf.plates import Plates
from publish.backends.pdf.structure import Structure
from publish.backends.pdf.trimming import Box, Trimming, trim_of
from publish.cache import Cache
from publish.diagnostics import Diagnostic, warning
from publish.model import Edition

_RANDOM = re.compile(rb"xmp\.did:[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is laid over a page: a page of a galley of heads or folios."""

    key: str  # of that galley
    page: int
    old: str = ""  # operators that are exchanged …
    new: str = ""  # … for these


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of the book: of a galley, or blank."""

    overlays: tuple[Overlay, ...] = ()
    shift: float = 0.0  # of the page's boxes, in points: not 0 on versos of the body


class Binder:
    """One PDF under way. It begins as the galley of the front matter, with all its facts."""

    def __init__(
        self,
        front: Galley,
        edition: Edition,
        store: Cache,
        scratch: Path,
        catalogue: fonts.Catalogue,
        labels: Mapping[str, str],
        trimming: Trimming,
    ) -> None:
        self.findings: list[Diagnostic] = []
        self._trimming = trimming
        self._pdf = pikepdf.open(io.BytesIO(front.pdf))
        self._store = store
        self._labels = labels
        self._foundry = Foundry(self._pdf, catalogue, store)
        self.plates = Plates(self._pdf, store, scratch)
        self._structure = Structure(self._pdf)
        self._anchors: dict[str, Spot] = {}
        self._marks: list[Mark] = []
        self._forms: dict[Overlay, tuple[str, pikepdf.Object | None]] = {}
        self._open: dict[str, tuple[pikepdf.Pdf, Galley]] = {}
        self._saves: dict[str, pikepdf.Object] = {}
        self._printed: dict[Box, pikepdf.Object] = {}  # marks of each trim
        self._dress(front, 0)
        self.front = len(front)
        self._steady(edition.identifier)

    def __len__(self) -> int:
        """Return how many pages there are so far."""
        return len(self._pdf.pages)

    def _steady(self, identifier: str) -> None:
        """Replace the random number that PDF/X asks for by one that belongs to the book."""
        metadata = self._pdf.Root.get("/Metadata")
        if metadata is not None:
            text = metadata.read_bytes()
            own = f"xmp.did:{uuid.uuid5(uuid.NAMESPACE_URL, identifier)}".encode()
            if (steady := _RANDOM.sub(own, text)) != text:
                metadata.write(steady)

    def exchange(self, changes: Iterable[Change]) -> None:
        """Exchange numbers on pages of the front matter."""
        pages: dict[int, bytes] = {}
        for change in changes:
            if change.page not in pages:
                pages[change.page] = self._pdf.pages[change.page].obj.Contents.read_bytes()
            old, new = change.old.encode(), change.new.encode()
            pages[change.page] = pages[change.page].replace(old, new, 1)
        for number, content in pages.items():
            self._pdf.pages[number].obj.Contents.write(content)

    def blank(self, leaf: Leaf) -> None:
        """Add a page without text, of the size of the last one."""
        last = trim_of(self._pdf.pages[-1].obj)
        page = Dictionary(
            Type=Name.Page,
            MediaBox=last.moved(-last.left).array,
            Resources=Dictionary(),
            Contents=self._pdf.make_stream(b""),
        )
        self._pdf.pages.append(pikepdf.Page(self._pdf.make_indirect(page)))
        self.lay_over([leaf], len(self._pdf.pages) - 1)

    def add(self, key: str) -> None:
        """Add the pages of a galley. It is closed at once: a machine does not hold all of them.

        Args:
            key: of the galley in the cache.
        """
        galley = kept(self._store, key)
        first = len(self._pdf.pages)
        with pikepdf.open(io.BytesIO(galley.pdf)) as source:
            _let_go(source)
            for page in source.pages:  # extend would warn of links, whose places we name later
                self._pdf.pages.append(page)
            self._structure.join(source, first, len(galley))
        self._dress(galley, first)

    def end_front(self, leaf: Leaf) -> None:
        """Make the front matter even, so that the body begins on a recto."""
        if len(self._pdf.pages) % 2:
            self.blank(leaf)
        self.front = len(self._pdf.pages)

    def _dress(self, galley: Galley, first: int) -> None:
        """Give a galley's pages their fonts and pictures; note its places."""
        self.plates.take(galley.plates)
        seen: set[tuple[int, int]] = set()
        for number in range(first, first + len(galley)):
            resources = self._pdf.pages[number].obj.Resources
            if resources.objgen in seen:
                continue
            seen.add(resources.objgen)
            self._foundry.give(resources.Font, galley.fonts)
            if galley.plates:
                self.plates.give(resources)
        for name, spot in galley.anchors.items():
            self._anchors.setdefault(name, Spot(spot.page + first, spot.x, spot.y))
        self._marks += (
            Mark(m.level, m.label, Spot(m.spot.page + first, m.spot.x, m.spot.y), m.open)
            for m in galley.marks
        )

    def lay_over(self, leaves: Sequence[Leaf], first: int) -> None:
        """Put heads, folios and marks on pages, give them boxes, and move versos to their place."""
        for number, leaf in enumerate(leaves, first):
            page = self._pdf.pages[number].obj
            trim = trim_of(page)
            self._trimming.dress(page, trim.moved(leaf.shift))
            drawn = [
                (name, form) for name, form in map(self._form, leaf.overlays) if form is not None
            ]
            tail = _artefact("Pagination", drawn, leaf.shift)
            if self._trimming.marks:
                marks = [self._marks_of(trim)]
                tail += _artefact("Page", marks, leaf.shift)
                drawn += marks
            if not drawn:
                continue
            objects = page.Resources.get("/XObject")
            if objects is None:
                objects = page.Resources["/XObject"] = Dictionary()
            for name, form in drawn:
                objects[name] = form
            save = self._saved(trim.moved(leaf.shift))
            page.Contents = Array(
                [save, page.Contents, self._pdf.make_stream(f"\nQ\n{tail}".encode())]
            )

    def _saved(self, trim: Box) -> pikepdf.Object:
        """Return what stands before the content of pages: where marks are, it ends at the bleed.

        Galleys are drawn further, so that there is enough of them on either side.
        """
        clip = f"{trim.grown(self._trimming.bleed).path} W n\n" if self._trimming.marks else ""
        if clip not in self._saves:
            self._saves[clip] = self._pdf.make_stream(f"q\n{clip}".encode())
        return self._saves[clip]

    def _marks_of(self, trim: Box) -> tuple[str, pikepdf.Object]:
        """Return the marks of pages of one trim, and their name."""
        if trim not in self._printed:
            self._printed[trim] = self._trimming.form(self._pdf, trim)
        return f"/Marks{[*self._printed].index(trim)}", self._printed[trim]

    def _form(self, overlay: Overlay) -> tuple[str, pikepdf.Object | None]:
        """Return a page of heads or folios as a form, and its name; None if nothing is on it."""
        if overlay not in self._forms:
            source, galley = self._opened(overlay.key)
            page = source.pages[overlay.page]
            name = f"/Over{len(self._forms)}"
            form: pikepdf.Object | None = None
            content = page.obj.Contents.read_bytes()
            if inked(content):
                form = self._pdf.copy_foreign(page.as_form_xobject())
                form.BBox = trim_of(page.obj).grown(self._trimming.bleed).array
                if overlay.old != overlay.new:
                    form.write(content.replace(overlay.old.encode(), overlay.new.encode(), 1))
                self._foundry.give(form.Resources.Font, galley.fonts)
                if galley.plates:
                    self.plates.give(form.Resources)
            self._forms[overlay] = (name, form)
        return self._forms[overlay]

    def _opened(self, key: str) -> tuple[pikepdf.Pdf, Galley]:
        if key not in self._open:
            galley = kept(self._store, key)
            self.plates.take(galley.plates)
            self._open[key] = (pikepdf.open(io.BytesIO(galley.pdf)), galley)
        return self._open[key]

    def write(self, out: BinaryIO) -> None:
        """Settle links, outline, names and fonts, and write the book."""
        self._settle_links()
        write_outline(self._pdf, self._marks)
        labels = [0, Dictionary(S=Name.r)] if self.front else []
        self._pdf.Root.PageLabels = Dictionary(
            Nums=Array([*labels, self.front, Dictionary(S=Name.D)])
        )
        self._structure.close()
        self._foundry.cast()
        old = self._pdf.pdf_version < "1.5"
        mode = pikepdf.ObjectStreamMode
        self._pdf.save(
            out,
            object_stream_mode=mode.disable if old else mode.generate,
            deterministic_id=True,
        )

    def _settle_links(self) -> None:
        """Let links lead to pages; name the places they lead to."""
        used: set[str] = set()
        for annotation in self._annotations():
            action = annotation.get("/A")
            if action is not None and "/URI" in action:
                address = str(action.URI)
                if not address.startswith(ELSEWHERE):
                    continue
                del annotation["/A"]
                annotation.Dest = String(address.removeprefix(ELSEWHERE))
            if "/Dest" not in annotation:
                continue
            name = str(annotation.Dest)
            if name not in self._anchors:
                text = f"a link leads to {name!r}, which is nowhere in the book"
                self.findings.append(warning("pdf-link", text))
                del annotation["/Dest"]
                continue
            used.add(name)
            if "/Contents" in annotation:
                annotation.Contents = String(self._labels.get(name, name))
        names: list[pikepdf.Object] = []
        for name in sorted(used, key=lambda name: name.encode()):
            names += [String(name), destination(self._pdf, self._anchors[name])]
        if names:
            dests = self._pdf.make_indirect(Dictionary(Names=Array(names)))
            tree = self._pdf.Root.get("/Names", Dictionary())
            tree.Dests = dests
            self._pdf.Root.Names = tree

    def _annotations(self) -> Iterator[pikepdf.Object]:
        for page in self._pdf.pages:
            yield from page.obj.get("/Annots", ())


def _artefact(kind: str, drawn: Sequence[tuple[str, pikepdf.Object]], shift: float) -> str:
    """Return the operators that draw forms as an artefact (ISO 32000-1, 14.8.2.2.2)."""
    if not drawn:
        return ""
    calls = " ".join(f"{name} Do" for name, _ in drawn)
    return f"/Artifact <</Type /{kind}>> BDC\nq 1 0 0 1 {shift:.3f} 0 cm\n{calls}\nQ\nEMC\n"


def _let_go(source: pikepdf.Pdf) -> None:
    """Let every stream of a PDF hold its own bytes, so that copies of it outlive the PDF."""
    for item in source.objects:
        if isinstance(item, pikepdf.Stream):
            data = item.read_raw_bytes()
            how: Any = item  # types of the library do not let a filter be read and written
            how.write(data, filter=how.get("/Filter"), decode_parms=how.get("/DecodeParms"))
