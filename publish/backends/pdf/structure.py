"""Joins the structure trees of galleys into one, in reading order (ISO 32000-1, section 14.7)."""

from __future__ import annotations

from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, String

from publish.backends.pdf import branches
from publish.backends.pdf.galley import Branch
from publish.backends.pdf.writer import Known, Writer, reference, tree


class Structure:
    """The structure tree of a book; the first galley's gives its root."""

    def __init__(self, writer: Writer, first: pikepdf.Pdf) -> None:
        self._writer = writer
        self._first = first
        self._root = first.Root.get("/StructTreeRoot")
        self._own = writer.number() if self._root is not None else 0
        self._document = writer.number() if self._root is not None else 0
        self._kids: list[int] = []
        self._parents: list[tuple[bytes, bytes]] = []
        self._ids: dict[bytes, int] = {}
        self._next = 0  # free key of the parent tree

    def shift(self, pages: Sequence[pikepdf.Object]) -> None:
        """Give pages of a galley, and what is on them, their keys in the book's parent tree."""
        for page in pages if self._root is not None else ():
            if "/StructParents" in page:
                page.StructParents = int(page.StructParents) + self._next
            for annotation in page.get("/Annots", ()):
                if "/StructParent" in annotation:
                    annotation.StructParent = int(annotation.StructParent) + self._next

    def join(self, source: pikepdf.Pdf, branch: Branch | None, known: Known) -> None:
        """Take in the tree of a galley whose pages are written.

        Args:
            source: the galley.
            branch: its tree.
            known: what of it is written.
        """
        if self._root is None or branch is None:
            return
        take = self._writer.take
        outside = [take(source, source.get_object(n, 0), known) for n in branch.outside]
        first = self._writer.numbers(branch.count)
        own = branches.objects(branch, first, self._document, outside)
        for number, data in enumerate(own, first):
            self._writer.put(data, number)
        self._kids += (first + kid for kid in branch.kids)
        self._parents += (
            (b"%d" % (key + self._next), b"%d 0 R" % (first + place))
            for key, place in branch.parents
        )
        self._ids |= {bytes(String(name)): first + place for name, place in branch.ids}
        self._next += 1 + max((key for key, _ in branch.parents), default=-1)

    def close(self, known: Known) -> None:
        """Write the root, and let the first galley's catalogue lead to it.

        Args:
            known: what of the first galley is written.
        """
        if self._root is None:
            return
        root, document = self._root, self._root.K[0]
        known[root.objgen], known[document.objgen] = self._own, self._document
        document.K = Array([reference(kid) for kid in self._kids])
        root.K = Array([reference(self._document)])
        root.ParentTree = reference(tree(self._writer, "Nums", self._parents))
        root.ParentTreeNextKey = self._next
        if "/IDTree" in root:
            del root["/IDTree"]
        if self._ids:
            named = [
                (String(key).unparse(), b"%d 0 R" % number)
                for key, number in sorted(self._ids.items())
            ]
            root.IDTree = reference(tree(self._writer, "Names", named))
        self._writer.take(self._first, document, known, self._document)
        self._writer.take(self._first, root, known, self._own)
        catalogue = self._first.Root
        catalogue.StructTreeRoot = reference(self._own)
        catalogue.MarkInfo = Dictionary(Marked=True)
        preferences = catalogue.get("/ViewerPreferences", Dictionary())
        preferences.DisplayDocTitle = True
        catalogue.ViewerPreferences = preferences
