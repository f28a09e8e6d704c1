"""Joins the structure trees of galleys into one, in reading order (ISO 32000-1, section 14.7).

Only the top of each tree, its parent tree and its annotations are touched: the elements below go
over as they are, and to walk them would cost more than to lay out the pages.
"""

from __future__ import annotations

from typing import Any

import pikepdf
from pikepdf import Array, Dictionary


class Structure:
    """The structure tree of the book; the first galley's tree is where it begins."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._root = pdf.Root.get("/StructTreeRoot")
        self._next = 0  # free key of the parent tree
        if self._root is not None:
            self._document = self._root.K[0]
            self._parents: list[Any] = list(self._root.ParentTree.Nums)
            self._ids = _pairs(self._root)
            self._next = 1 + max((int(n) for n in self._parents[::2]), default=-1)

    def join(self, source: pikepdf.Pdf, first: int, count: int) -> None:
        """Take in the tree of a galley whose pages have been taken in already.

        Args:
            source: the galley.
            first: its first page in the book, from 0.
            count: of its pages.
        """
        tree = source.Root.get("/StructTreeRoot")
        if self._root is None or tree is None:
            return
        copy = self._pdf.copy_foreign(tree)
        for child in copy.K[0].K:
            child.P = self._document
            self._document.K.append(child)
        pairs = list(copy.ParentTree.Nums)
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            self._parents += [int(key) + self._next, value]
        for number in range(first, first + count):
            page = self._pdf.pages[number].obj
            page.StructParents = int(page.StructParents) + self._next
            for annotation in page.get("/Annots", ()):
                if "/StructParent" in annotation:
                    annotation.StructParent = int(annotation.StructParent) + self._next
        self._ids.update(_pairs(copy))
        self._next += 1 + max((int(key) for key in pairs[::2]), default=-1)

    def close(self) -> None:
        """Write what was gathered."""
        if self._root is None:
            return
        self._root.ParentTree.Nums = Array(self._parents)
        self._root.ParentTreeNextKey = self._next
        if self._ids:
            names: list[Any] = []
            for key in sorted(self._ids):
                names += [pikepdf.String(key), self._ids[key]]
            self._root.IDTree = self._pdf.make_indirect(Dictionary(Names=Array(names)))
        self._pdf.Root.MarkInfo = Dictionary(Marked=True)
        preferences = self._pdf.Root.get("/ViewerPreferences", Dictionary())
        preferences.DisplayDocTitle = True
        self._pdf.Root.ViewerPreferences = preferences


def _pairs(root: pikepdf.Object) -> dict[str, pikepdf.Object]:
    tree = root.get("/IDTree")
    names = [] if tree is None else list(tree.Names)
    return {str(key): value for key, value in zip(names[::2], names[1::2], strict=True)}
