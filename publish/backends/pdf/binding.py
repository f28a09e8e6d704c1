"""The binder: lays galleys one after the other and makes one PDF of them.

Pages are moved and never drawn again. On versos the page's boxes are shifted instead of what is
on it, so that links, destinations and patterns stay true. A galley is opened, dressed, written
and closed before the next: what a book of thousands of pages takes is one chapter's memory.
"""

from __future__ import annotations

import contextlib
import io
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from publish import fonts
from publish.backends.pdf.boxes import Box
from publish.backends.pdf.exchange import Change
from publish.backends.pdf.foundry import Foundry
from publish.backends.pdf.furniture import inked
from publish.backends.pdf.galley import ELSEWHERE, Galley, Mark, Spot, kept
from publish.backends.pdf.outline import destination, write_outline
from publish.backends.pdf.plates import Plates
from publish.backends.pdf.structure import Structure
from publish.backends.pdf.trimming import Trimming, trim_of
from publish.backends.pdf.writer import Known, Writer, reference, tree
from publish.cache import Cache
from publish.diagnostics import Diagnostic, warning
from publish.model import Edition

_RANDOM = re.compile(rb"xmp\.did:[0-9a-f-]{36}")
_NODE = 64  # pages of a node of the page tree


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


@dataclass(frozen=True, slots=True)
class _Form:
    """A page of heads or folios, from which forms are made."""

    facts: bytes  # of the form's dictionary
    content: bytes


class Binder:
    """One PDF under way."""

    def __init__(
        self,
        out: BinaryIO,
        edition: Edition,
        store: Cache,
        catalogue: fonts.Catalogue,
        trimming: Trimming,
    ) -> None:
        self.findings: list[Diagnostic] = []
        self.front = 0  # pages before page 1
        self._out = out
        self._edition = edition
        self._store = store
        self._catalogue = catalogue
        self._trimming = trimming
        self._labels = _labels(edition)
        self._pages: list[int] = []  # numbers of their objects
        self._nodes: list[int] = []  # of the page tree
        self._anchors: dict[str, Spot] = {}
        self._marks: list[Mark] = []
        self._used: set[str] = set()  # anchors to which links lead
        self._forms: dict[Overlay, tuple[str, int]] = {}
        self._samples: dict[tuple[str, int], _Form | None] = {}
        self._saves: dict[str, int] = {}
        self._printed: dict[Box, int] = {}  # marks of each trim

    def __len__(self) -> int:
        """Return how many pages there are so far."""
        return len(self._pages)

    def begin(
        self,
        galley: Galley,
        changes: Iterable[Change],
        leaves: Sequence[Leaf],
        places: frozenset[str],
    ) -> None:
        """Begin with the galley of the front matter, which has the facts of the book.

        Args:
            galley: of the front matter.
            changes: numbers that are exchanged on it.
            leaves: what is laid over its pages.
            places: names of all anchors in the galleys that follow.
        """
        self._first = pikepdf.open(io.BytesIO(galley.pdf))
        self._writer = Writer(self._out, self._first.pdf_version)
        self._foundry = Foundry(self._writer, self._catalogue, self._store)
        self._plates = Plates(self._writer, self._store)
        self._structure = Structure(self._writer, self._first)
        self._places = places | galley.anchors.keys()
        self._known: Known = {}  # what of the first galley is written
        self._steady(self._edition.identifier)
        self._exchange(changes)
        self._bind(self._first, galley, leaves, self._known)
        self.front = len(self)

    def _steady(self, identifier: str) -> None:
        """Replace the random number that PDF/X asks for by one that belongs to the book."""
        metadata = self._first.Root.get("/Metadata")
        if metadata is not None:
            text = metadata.read_bytes()
            own = f"xmp.did:{uuid.uuid5(uuid.NAMESPACE_URL, identifier)}".encode()
            if (steady := _RANDOM.sub(own, text)) != text:
                metadata.write(steady)

    def _exchange(self, changes: Iterable[Change]) -> None:
        """Exchange numbers on pages of the front matter."""
        pages: dict[int, bytes] = {}
        for change in changes:
            if change.page not in pages:
                pages[change.page] = self._first.pages[change.page].obj.Contents.read_bytes()
            old, new = change.old.encode(), change.new.encode()
            pages[change.page] = pages[change.page].replace(old, new, 1)
        for number, content in pages.items():
            self._first.pages[number].obj.Contents.write(content)

    def end_front(self, leaf: Leaf) -> None:
        """Make the front matter even, so that the body begins on a recto."""
        if len(self) % 2:
            self.blank(leaf)
        self.front = len(self)

    def blank(self, leaf: Leaf) -> None:
        """Add a page without text, of the size of the last one."""
        pdf = pikepdf.new()
        page = pdf.make_indirect(
            Dictionary(
                Type=Name.Page,
                MediaBox=Array(self._last.moved(-self._last.left).sides),
                Resources=Dictionary(),
                Contents=pdf.make_stream(b""),
            )
        )
        self._lay_over(pdf, page, leaf)
        self._add(pdf, page, {})

    def add(self, key: str, leaves: Sequence[Leaf]) -> None:
        """Add the pages of a galley.

        Args:
            key: of the galley in the cache.
            leaves: what is laid over its pages.
        """
        with self._opened(key) as (source, galley):
            self._bind(source, galley, leaves, {})

    @contextlib.contextmanager
    def _opened(self, key: str) -> Iterator[tuple[pikepdf.Pdf, Galley]]:
        galley = kept(self._store, key)
        with pikepdf.open(io.BytesIO(galley.pdf)) as source:
            yield source, galley

    def _bind(
        self, source: pikepdf.Pdf, galley: Galley, leaves: Sequence[Leaf], known: Known
    ) -> None:
        first = len(self)
        pages = [page.obj for page in source.pages]
        self._dress(pages, galley)
        self._structure.shift(pages)
        for page, leaf in zip(pages, leaves, strict=True):
            self._settle_links(page)
            self._lay_over(source, page, leaf)
        for page in pages:
            self._add(source, page, known)
        self._structure.join(source, galley.branch, known)
        for name, spot in galley.anchors.items():
            self._anchors.setdefault(name, _moved(spot, first))
        self._marks += (replace(mark, spot=_moved(mark.spot, first)) for mark in galley.marks)

    def _dress(self, pages: Sequence[pikepdf.Object], galley: Galley) -> None:
        """Give a galley's pages their fonts and pictures."""
        seen: set[tuple[int, int]] = set()
        for page in pages:
            if page.Resources.objgen not in seen:
                seen.add(page.Resources.objgen)
                self._foundry.give(page.Resources.Font, galley.fonts)
                self._plates.give(page.Resources, galley.plates)

    def _add(self, source: pikepdf.Pdf, page: pikepdf.Object, known: Known) -> None:
        """Write a page, which is complete."""
        if len(self) % _NODE == 0:
            self._nodes.append(self._writer.number())
        page.Parent = reference(self._nodes[-1])
        self._last = trim_of(page)
        self._pages.append(self._writer.take(source, page, known))

    def _settle_links(self, page: pikepdf.Object) -> None:
        """Let a page's links lead to names; tell of those that lead nowhere."""
        for annotation in page.get("/Annots", ()):
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
            if name not in self._places:
                text = f"a link leads to {name!r}, which is nowhere in the book"
                self.findings.append(warning("pdf-link", text))
                del annotation["/Dest"]
                continue
            self._used.add(name)
            if "/Contents" in annotation:
                annotation.Contents = String(self._labels.get(name, name))

    # ---- what is laid over pages

    def _lay_over(self, source: pikepdf.Pdf, page: pikepdf.Object, leaf: Leaf) -> None:
        """Put heads, folios and marks on a page, give it boxes, and move a verso to its place."""
        trim = trim_of(page)
        self._trimming.dress(page, trim.moved(leaf.shift))
        drawn = [form for overlay in leaf.overlays if (form := self._form(overlay))[1]]
        tail = _artefact("Pagination", [name for name, _ in drawn], leaf.shift)
        if self._trimming.marks:
            marks = self._marks_of(trim)
            tail += _artefact("Page", [marks[0]], leaf.shift)
            drawn.append(marks)
        if not drawn:
            return
        objects = page.Resources.get("/XObject")
        if objects is None:
            objects = page.Resources["/XObject"] = Dictionary()
        for name, number in drawn:
            objects[name] = reference(number)
        save = reference(self._saved(trim.moved(leaf.shift)))
        page.Contents = Array([save, page.Contents, source.make_stream(f"\nQ\n{tail}".encode())])

    def _saved(self, trim: Box) -> int:
        """Return what stands before the content of pages: where marks are, it ends at the bleed.

        Galleys are drawn further, so that there is enough of them on either side.
        """
        clip = self._trimming.clip(trim) if self._trimming.marks else ""
        if clip not in self._saves:
            self._saves[clip] = self._writer.put_stream(b"", f"q\n{clip}".encode())
        return self._saves[clip]

    def _marks_of(self, trim: Box) -> tuple[str, int]:
        """Return the marks of pages of one trim, and their name."""
        if trim not in self._printed:
            pdf = pikepdf.new()
            self._printed[trim] = self._writer.take(pdf, self._trimming.form(pdf, trim), {})
        return f"/Marks{[*self._printed].index(trim)}", self._printed[trim]

    def _form(self, overlay: Overlay) -> tuple[str, int]:
        """Return the name and the number of a page of heads or folios; 0 if nothing is on it."""
        if overlay not in self._forms:
            sample, number = self._sample(overlay.key, overlay.page), 0
            if sample:
                content = sample.content
                if overlay.old != overlay.new:
                    content = content.replace(overlay.old.encode(), overlay.new.encode(), 1)
                number = self._writer.put_stream(sample.facts, content)
            self._forms[overlay] = f"/Over{len(self._forms)}", number
        return self._forms[overlay]

    def _sample(self, key: str, number: int) -> _Form | None:
        """Return a page of heads or folios; all of its galley are read at once."""
        if (key, number) not in self._samples:
            known: Known = {}
            with self._opened(key) as (source, galley):
                pages = [page.obj for page in source.pages]
                self._dress(pages, galley)
                for place, page in enumerate(pages):
                    self._samples[key, place] = self._sampled(source, page, known)
        return self._samples[key, number]

    def _sampled(self, source: pikepdf.Pdf, page: pikepdf.Object, known: Known) -> _Form | None:
        content = page.Contents.read_bytes()
        if not inked(content):
            return None
        resources = page.Resources
        if not resources.is_indirect:
            resources = source.make_indirect(resources)
        box = Array(trim_of(page).grown(self._trimming.bleed).sides).unparse()
        number = self._writer.take(source, resources, known)
        facts = b"/Type/XObject/Subtype/Form/BBox%s/Resources %d 0 R" % (box, number)
        return _Form(facts, content)

    # ---- the end

    def write(self) -> None:
        """Write what is known last: fonts, page tree, names, outline, labels, structure."""
        catalogue, writer = self._first.Root, self._writer
        self._foundry.cast()
        catalogue.Pages = reference(self._page_tree())
        for name in ("/Outlines", "/PageLabels"):
            if name in catalogue:
                del catalogue[name]
        if outline := write_outline(writer, self._marks, self._pages):
            catalogue.Outlines = reference(outline)
        labels = [0, Dictionary(S=Name.r)] if self.front else []
        catalogue.PageLabels = Dictionary(Nums=Array([*labels, self.front, Dictionary(S=Name.D)]))
        self._name_places(catalogue)
        self._structure.close(self._known)
        root = writer.take(self._first, catalogue, self._known)
        info = self._first.trailer.get("/Info")
        writer.close(root, writer.take(self._first, info, self._known) if info is not None else 0)

    def _page_tree(self) -> int:
        top = self._writer.number()
        for place, node in enumerate(self._nodes):
            own = self._pages[place * _NODE : (place + 1) * _NODE]
            kids = b" ".join(b"%d 0 R" % page for page in own)
            facts = b"/Type/Pages/Parent %d 0 R/Count %d/Kids[%s]" % (top, len(own), kids)
            self._writer.put(b"<<%s>>" % facts, node)
        kids = b" ".join(b"%d 0 R" % node for node in self._nodes)
        return self._writer.put(b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(self), kids), top)

    def _name_places(self, catalogue: pikepdf.Object) -> None:
        """Name the places to which links lead."""
        names = catalogue.get("/Names", Dictionary())
        if "/Dests" in names:
            del names["/Dests"]
        if self._used:
            entries = [
                (String(name).unparse(), destination(self._pages, self._anchors[name]))
                for name in sorted(self._used, key=lambda name: name.encode())
            ]
            names.Dests = reference(tree(self._writer, "Names", entries))
        if len(names):
            catalogue.Names = names
        elif "/Names" in catalogue:
            del catalogue["/Names"]


def _labels(edition: Edition) -> dict[str, str]:
    """Return what the places of a book are called."""
    found = {part.id: part.title for part in edition.parts}
    found |= {chapter.id: chapter.title for chapter in edition.chapters}
    return found | {h.id: h.text for chapter in edition.chapters for h in chapter.headings}


def _moved(spot: Spot, pages: int) -> Spot:
    return Spot(spot.page + pages, spot.x, spot.y)


def _artefact(kind: str, names: Sequence[str], shift: float) -> str:
    """Return the operators that draw forms as an artefact (ISO 32000-1, 14.8.2.2.2)."""
    if not names:
        return ""
    calls = " ".join(f"{name} Do" for name in names)
    return f"/Artifact <</Type /{kind}>> BDC\nq 1 0 0 1 {shift:.3f} 0 cm\n{calls}\nQ\nEMC\n"
