"""Takes the structure tree out of a galley's PDF, and grows it onto a book's.

A tree has more objects than all else in a galley. So it is written once, as one text in which
the numbers of objects are left open: to bind it is to fill them in.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any

import pydyf as _pydyf

from publish.backends.pdf.galley import Branch

pydyf: Any = _pydyf  # without types, as are its objects
_KINDS = ("/StructElem", "/OBJR")  # also those to which nothing leads any more
_END = b"\0"  # after an object: XML, from which all strings come, cannot hold it


class _Gone(pydyf.Object):  # type: ignore[misc]
    """What stands in the place of an object that was taken out."""

    data = b"null"


def take_out(pdf: Any) -> Branch | None:
    """Take the structure tree out of a document, but for its root and the Document below.

    Args:
        pdf: the document, as a finisher gets it.

    Returns:
        The branch; None if there is no tree.
    """
    root: Any = next((o for o in _dictionaries(pdf) if o.get("Type") == "/StructTreeRoot"), None)
    return None if root is None else _Taking(pdf, root).branch()


def objects(branch: Branch, first: int, document: int, outside: list[int]) -> list[bytes]:
    """Return the objects of a branch as they stand in a book.

    Args:
        branch: as it was taken out.
        first: the number of its first object; the others follow.
        document: number of the book's Document element.
        outside: numbers of the objects that ``branch.outside`` names.
    """
    if not branch.numbers:
        return []
    numbers = [*range(first, first + branch.count), document, *outside]
    found = itemgetter(*branch.numbers, 0)(numbers)[:-1]
    return bytes(branch.text % found).split(_END)


def _dictionaries(pdf: Any) -> Any:
    return (item for item in pdf.objects if isinstance(item, dict))


class _Taking:
    """A tree on its way out."""

    def __init__(self, pdf: Any, root: Any) -> None:
        self._pdf = pdf
        self._root = root
        self._document = self._at(root["K"][0])
        self._order: dict[int, int] = {}  # numbers of what is taken -> place in the branch
        self._texts: list[bytes] = []
        self._numbers: list[int] = []  # that the texts leave open, as they are in the document

    def _at(self, reference: bytes) -> Any:
        return self._pdf.objects[int(reference[:-4])]

    def branch(self) -> Branch:
        """Take the tree out."""
        kids = [self._take(kid) for kid in self._document["K"]]
        tree = self._at(self._root["ParentTree"])
        parents = []
        for key, value in zip(tree["Nums"][::2], tree["Nums"][1::2], strict=True):
            parents.append((int(key), self._row(value) if isinstance(value, list)
                            else self._take(value)))  # fmt: skip
        names = self._root.pop("IDTree", {}).get("Names", ())
        ids = tuple(
            (key.string, self._take(kid)) for key, kid in zip(names[::2], names[1::2], strict=True)
        )
        self._document["K"], tree["Nums"] = pydyf.Array(), pydyf.Array()
        for number, item in enumerate(self._pdf.objects):
            if isinstance(item, dict) and item.get("Type") in _KINDS and item is not self._document:
                gone = self._pdf.objects[number] = _Gone()
                gone.number = number
        return self._closed(tuple(kids), tuple(parents), ids)

    def _closed(
        self,
        kids: tuple[int, ...],
        parents: tuple[tuple[int, int], ...],
        ids: tuple[tuple[str, int], ...],
    ) -> Branch:
        count = len(self._texts)
        places = {**self._order, self._document.number: count}
        outside: list[int] = []
        for number in self._numbers:
            if number not in places:
                places[number] = count + 1 + len(outside)
                outside.append(number)
        return Branch(
            count,
            _END.join(self._texts),
            tuple(places[number] for number in self._numbers),
            tuple(outside),
            kids,
            parents,
            ids,
        )

    def _row(self, references: Any) -> int:
        """Take the row of a page in the parent tree as an object; return its place."""
        self._texts.append(self._told(references))
        return len(self._texts) - 1

    def _take(self, reference: bytes) -> int:
        """Take an element, and all that is below it, before it; return its place."""
        number = int(reference[:-4])
        if number in self._order:
            return self._order[number]
        waiting = [number]
        while waiting:
            here = waiting.pop()
            if here in self._order:
                continue
            item = self._pdf.objects[here]
            self._order[here] = len(self._texts)
            self._texts.append(self._told(item))
            waiting += [int(kid[:-4]) for kid in reversed(item.get("K", ())) if type(kid) is bytes]
        return self._order[number]

    def _told(self, value: Any) -> bytes:
        """Return a value as it stands in a file, with numbers of objects left open."""
        kind = type(value)
        if kind is bytes:
            self._numbers.append(int(value[:-4]))
            return b"%d 0 R"
        if kind is int:
            return b"%d" % value
        if kind is str:
            return bytes(value.encode("ascii").replace(b"%", b"%%"))
        if isinstance(value, dict):
            pairs = [b"/%s %s" % (key.encode(), self._told(v)) for key, v in value.items()]
            return b"<<%s>>" % b"".join(pairs)
        if isinstance(value, list):
            return b"[%s]" % b" ".join([self._told(item) for item in value])
        return bytes(pydyf.Array([value]).data[1:-1]).replace(b"%", b"%%")
