"""Mends the structure tree that the engine writes, while it is still in the engine's objects.

What ISO 32000-1, sections 14.7 and 14.8.4, and PDF/UA-1 (ISO 14289-1, sections 7.2, 7.9 and
7.18.5) ask for beyond what WeasyPrint does: notes, items of lists, and one annotation a link.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pydyf as _pydyf

pydyf: Any = _pydyf  # without types, as are its objects
_HOLD_WORDS = {
    *("/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/Link", "/LBody", "/TD", "/TH"),
    *("/Caption", "/Note", "/Lbl", "/Span"),
}
_HOLLOW = {"Type", "S", "P", "K", "Pg"}  # keys of an element that says nothing of its own


def mend(pdf: Any, name: str) -> None:
    """Mend the tree of a document, if it has one.

    Args:
        pdf: the document, as a finisher gets it.
        name: what ids begin with, to be the only ones in a book.
    """
    tree = _Tree(pdf)
    if tree.root is None:
        return
    tree.tell_notes()
    tree.hold_items()
    tree.join_links()
    tree.drop_hollow()
    tree.name_all(name)


class _Tree:
    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        self._dictionaries: list[Any] = [item for item in pdf.objects if isinstance(item, dict)]
        self._elements = list(self._of("/StructElem"))
        self.root: Any = next(self._of("/StructTreeRoot"), None)

    def _of(self, kind: str) -> Iterator[Any]:
        return (item for item in self._dictionaries if item.get("Type") == kind)

    def _at(self, reference: bytes) -> Any:
        return self._pdf.objects[int(reference.split()[0])]

    def _kids(self, element: Any) -> Iterator[Any]:
        """Return what stands below an element, without marked content."""
        return (self._at(kid) for kid in element["K"] if isinstance(kid, bytes))

    def tell_notes(self) -> None:
        """Call notes what they are: those of a page stand in the only box of no element."""
        for area in self._kids(self._at(self.root["K"][0])):
            if area["S"] != "/NonStruct":
                continue
            for note in self._kids(area):
                note["S"], note["ID"] = "/Note", pydyf.String(f"note-{note.number}")
                first: Any = next(self._kids(note), None)
                if first and first["S"] == "/Div":  # around its number, if blocks follow
                    for kid in self._kids(first):
                        kid["P"] = note.reference
                    note["K"][:1] = first["K"]
                    first = next(self._kids(note), None)
                if first and first["S"] == "/NonStruct":  # its number
                    first["S"] = "/Lbl"

    def hold_items(self) -> None:
        """Let an item of a list hold its label and its body alone, whatever is in the body."""
        for item in [e for e in self._elements if e["S"] == "/LI"]:
            kids = list(self._kids(item))
            inside = [kid for kid in kids if kid["S"] != "/Lbl"]
            if all(kid["S"] == "/LBody" for kid in inside):
                continue
            body = pydyf.Dictionary({**item, "S": "/LBody", "P": item.reference})
            self._pdf.add_object(body)
            self._elements.append(body)
            for kid in inside:
                kid["P"] = body.reference
                if kid["S"] == "/LBody":  # text beside blocks
                    kid["S"] = "/NonStruct"
            body["K"] = pydyf.Array([kid.reference for kid in inside])
            labels = [kid.reference for kid in kids if kid["S"] == "/Lbl"]
            item["K"] = pydyf.Array([*labels, body.reference])

    def join_links(self) -> None:
        """Leave one annotation to a piece of a link on a line, as large as all inside it.

        The engine makes one more for every box in the link: a picture, each span, a leader.
        """
        gone: set[bytes] = set()
        for link in self._elements:
            if link["S"] == "/Link" and (own := self._annotation(link)) is not None:
                for inner in self._below(link):
                    other = self._annotation(inner)
                    if other is None or other["Contents"].string != own["Contents"].string:
                        continue
                    across, down = (own["Rect"][n::2] + other["Rect"][n::2] for n in (0, 1))
                    own["Rect"][:] = [min(across), min(down), max(across), max(down)]
                    gone.add(other.reference)
                    del inner["K"][0]
                    if inner["S"] == "/Link":
                        inner["S"] = "/Span"
        keys = {self._at(reference)["StructParent"] for reference in gone}
        parents = self._at(self.root["ParentTree"])["Nums"]
        pairs = zip(parents[::2], parents[1::2], strict=True)
        parents[:] = [part for pair in pairs if pair[0] not in keys for part in pair]
        for page in self._of("/Page"):
            if "Annots" in page:
                page["Annots"][:] = [a for a in page["Annots"] if a not in gone]

    def drop_hollow(self) -> None:
        """Let words stand in what they are part of; spans that say nothing were half of a tree."""
        into: dict[bytes, bytes] = {}  # a span -> what holds its words now
        for element in self._elements:
            if element["S"] in _HOLD_WORDS and element.reference not in into:
                element["K"][:] = self._words(element, element, into)
        self._elements = [e for e in self._elements if e.reference not in into]
        for pages in self._at(self.root["ParentTree"])["Nums"][1::2]:
            if isinstance(pages, list):
                pages[:] = [into.get(reference, reference) for reference in pages]

    def _words(self, holder: Any, element: Any, into: dict[bytes, bytes]) -> Iterator[Any]:
        """Yield what stands in an element, without hollow spans; note where their words went."""
        for kid in tuple(element["K"]):
            inside = self._at(kid) if isinstance(kid, bytes) else {}
            hollow = inside.get("S") in ("/Span", "/NonStruct") and set(inside) <= _HOLLOW
            if hollow and inside["Pg"] == holder["Pg"]:
                into[kid] = holder.reference
                yield from self._words(holder, inside, into)
                continue
            if "P" in inside:
                inside["P"] = holder.reference
            yield kid

    def _annotation(self, element: Any) -> Any:
        """Return the annotation of an element, which the engine puts first."""
        first: Any = next(self._kids(element), {})
        return self._at(first["Obj"]) if first.get("Type") == "/OBJR" else None

    def _below(self, element: Any) -> list[Any]:
        found: list[Any] = []
        todo = [element]
        while todo:
            inside = [kid for kid in self._kids(todo.pop()) if "S" in kid]
            found += inside
            todo += inside
        return found

    def name_all(self, name: str) -> None:
        """Make ids the only ones in a book, and list them (ISO 32000-1, section 14.7.3)."""
        names: list[tuple[str, Any]] = []
        for element in self._elements:
            if "ID" in element:
                element["ID"] = pydyf.String(f"{name}-{element['ID'].string}")
                names.append((element["ID"].string, element.reference))
            attributes = element.get("A")
            if isinstance(attributes, dict) and "Headers" in attributes:
                attributes["Headers"][:] = [
                    pydyf.String(f"{name}-{header.string}") for header in attributes["Headers"]
                ]
        if names:
            pairs = [part for key, item in sorted(names) for part in (pydyf.String(key), item)]
            self.root["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(pairs)})
