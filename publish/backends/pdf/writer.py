"""Writes a PDF object by object (ISO 32000-1, section 7.5).

Of what is written, nothing stays in memory but its place in the file. A library that holds all
objects of a book takes some 100 kB a page, as much for a page as for a page's pictures.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from array import array
from collections.abc import Callable
from typing import BinaryIO

import pikepdf
from pikepdf import Name

_OWN = b"PublishObject"
_TOKENS = re.compile(  # strings, in which nothing is a reference; our references; a source's own
    rb"\((?:[^\\()]|\\.)*\)|<[0-9a-fA-F]*>|/" + _OWN + rb"(\d+)|\b(\d+) (\d+) R\b", re.S
)
_PACK = 200  # objects in an object stream
_MORE = 4096  # numbers for which there is room at a time
_SMALL = 128  # bytes of a stream that is not worth packing
_WIDE = 9  # bytes of a row of the cross-reference stream
_NEXT = b"\2" + bytes(_WIDE - 1) + b"\1"  # a row as difference: the next object of a stream
_FREE, _PLAIN, _PACKED = range(3)  # types of cross-reference entries, table 18

Known = dict[tuple[int, int], int]
"""Objects of a source that are written already: its numbers -> ours."""


def reference(number: int) -> Name:
    """Return what stands for an object of ours among the objects of a source."""
    return Name(f"/{_OWN.decode()}{number}")


class Writer:
    """A PDF under way."""

    def __init__(self, out: BinaryIO, version: str) -> None:
        self._out = out
        self._hash = hashlib.md5(usedforsecurity=False)
        self._at = 0
        self._packs = version >= "1.5"
        # For each number: type, offset or number of an object stream, index there.
        self._kinds, self._places, self._indexes = array("B"), array("Q"), array("H")
        self._count = 0
        self.number()  # 0 is none
        self._waiting: list[tuple[int, bytes]] = []
        self._write(b"%%PDF-%s\n%%\xbf\xf7\xa2\xfe\n" % version.encode())

    def number(self) -> int:
        """Return the number of a new object."""
        return self.numbers(1)

    def numbers(self, count: int) -> int:
        """Return the first number of as many new objects, which follow each other."""
        first, self._count = self._count, self._count + count
        if (lack := self._count - len(self._kinds)) > 0:
            more = max(lack, _MORE)
            self._kinds.frombytes(bytes(more))  # all of them _FREE
            self._places.frombytes(bytes(more * self._places.itemsize))
            self._indexes.frombytes(bytes(more * self._indexes.itemsize))
        return first

    def put(self, data: bytes, number: int = 0) -> int:
        """Write an object that is no stream; return its number.

        Args:
            data: as it stands in the file.
            number: of the object, if it has one already.
        """
        number = number or self.number()
        if not self._packs:
            self._begin(number, data)
            return number
        self._waiting.append((number, data))
        if len(self._waiting) >= _PACK:
            self._pack()
        return number

    def put_stream(self, facts: bytes, data: bytes, number: int = 0, *, pack: bool = True) -> int:
        """Write a stream; return its number.

        Args:
            facts: entries of its dictionary, without length; with a filter if it has one.
            data: its bytes, encoded as its filter says.
            number: of the object, if it has one already.
            pack: whether it is deflated if it has no filter.
        """
        number = number or self.number()
        if pack and b"/Filter" not in facts and len(data) > _SMALL:
            data = zlib.compress(data)
            facts += b"/Filter/FlateDecode"
        head = b"<<%s/Length %d>>\nstream\n" % (facts, len(data))
        self._begin(number, head, data, b"\nendstream")
        return number

    def take(self, source: pikepdf.Pdf, item: pikepdf.Object, known: Known, number: int = 0) -> int:
        """Write an object of another PDF, and all it leads to that is not known; return its number.

        Args:
            source: the other PDF.
            item: an indirect object of it. It may hold references made by `reference`.
            known: grows by what is written.
            number: of the object, if it has one already.
        """
        if item.objgen in known and not number:
            return known[item.objgen]
        made = known[item.objgen] = number or self.number()
        waiting = [item.objgen]

        def ours(found: re.Match[bytes]) -> bytes:
            own, theirs, generation = found.groups()
            if own:
                return own + b" 0 R"
            if not theirs:
                return found[0]
            key = (int(theirs), int(generation))
            if key not in known:
                known[key] = self.number()
                waiting.append(key)
            return b"%d 0 R" % known[key]

        while waiting:
            key = waiting.pop()
            self._copy(source.get_object(key), known[key], ours)
        return made

    def _copy(
        self, item: pikepdf.Object, number: int, ours: Callable[[re.Match[bytes]], bytes]
    ) -> None:
        if not isinstance(item, pikepdf.Stream):
            self.put(_TOKENS.sub(ours, item.unparse(resolved=True)), number)
            return
        data, facts = item.read_raw_bytes(), item.stream_dict
        if "/Length" in facts:
            del facts["/Length"]
        told = _TOKENS.sub(ours, facts.unparse(resolved=True)).strip()
        plain = facts.get("/Type") == Name.Metadata  # readers without a PDF library look for it
        self.put_stream(told[2:-2], data, number, pack=not plain)

    def close(self, root: int, info: int = 0) -> None:
        """Write where everything is."""
        self._pack()
        digest = self._hash.hexdigest().encode()
        facts = b"/Root %d 0 R/ID[<%s><%s>]" % (root, digest, digest)
        if info:
            facts += b"/Info %d 0 R" % info
        if self._packs:
            self._cross_stream(facts)
        else:
            self._cross_table(facts)

    # ---- bytes

    def _write(self, *parts: bytes) -> None:
        for part in parts:
            self._out.write(part)
            self._hash.update(part)
            self._at += len(part)

    def _begin(self, number: int, *parts: bytes) -> None:
        self._kinds[number], self._places[number] = _PLAIN, self._at
        self._write(b"%d 0 obj\n" % number, *parts, b"\nendobj\n")

    def _pack(self) -> None:
        """Write the objects that wait as an object stream (section 7.5.7)."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        stream = self.number()
        heads, at = [], 0
        for index, (number, data) in enumerate(waiting):
            heads.append(b"%d %d" % (number, at))
            at += len(data) + 1
            self._kinds[number], self._places[number] = _PACKED, stream
            self._indexes[number] = index
        head = b" ".join(heads) + b"\n"
        facts = b"/Type/ObjStm/N %d/First %d" % (len(waiting), len(head))
        self.put_stream(facts, head + b"\n".join(data for _, data in waiting), stream)

    def _cross_stream(self, facts: bytes) -> None:
        """Write a cross-reference stream (section 7.5.8), each row as difference to the last."""
        number, at = self.number(), self._at
        self._kinds[number], self._places[number] = _PLAIN, at
        self._trim()
        rows, last = bytearray(), (0, 0, 0)
        for row in zip(self._kinds, self._places, self._indexes, strict=True):
            if row == (*last[:2], last[2] + 1) and row[2] & 255:  # as are nearly all
                rows += _NEXT
            else:
                pairs = zip(_row(*row), _row(*last), strict=True)
                rows.append(2)  # the PNG predictor "up"
                rows += bytes((new - old) & 255 for new, old in pairs)
            last = row
        facts += (
            b"/Type/XRef/Size %d/W[1 6 2]/Filter/FlateDecode"
            b"/DecodeParms<</Predictor 12/Columns %d>>" % (len(self._kinds), _WIDE)
        )
        self.put_stream(facts, zlib.compress(rows), number)
        self._write(b"startxref\n%d\n%%%%EOF\n" % at)

    def _trim(self) -> None:
        """Forget numbers that were never given."""
        for column in (self._kinds, self._places, self._indexes):
            del column[self._count :]

    def _cross_table(self, facts: bytes) -> None:
        """Write a cross-reference table and the trailer (sections 7.5.4 and 7.5.5)."""
        self._trim()
        at, size = self._at, len(self._kinds)
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        self._write(*(b"%010d 00000 n \n" % place for place in self._places[1:]))
        self._write(b"trailer\n<<%s/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (facts, size, at))


def _row(kind: int, place: int, index: int) -> bytes:
    """Return a row of a cross-reference stream."""
    return b"%c%b%b" % (kind, place.to_bytes(6, "big"), index.to_bytes(2, "big"))


# ---- trees (sections 7.9.6 and 7.9.7)

_LEAF = 256  # entries of a leaf


def tree(writer: Writer, kind: str, entries: list[tuple[bytes, bytes]]) -> int:
    """Write a name tree or a number tree; return its number.

    Args:
        writer: takes it.
        kind: "Names" or "Nums".
        entries: sorted keys and values, as they stand in the file.
    """
    leaves = [entries[at : at + _LEAF] for at in range(0, len(entries), _LEAF)]
    told = [b"/%s[%s]" % (kind.encode(), b" ".join(b"%s %s" % e for e in leaf)) for leaf in leaves]
    if len(told) < 2:
        return writer.put(b"<<%s>>" % b"".join(told or [b"/%s[]" % kind.encode()]))
    kids = [
        writer.put(b"<<%s/Limits[%s %s]>>" % (text, leaf[0][0], leaf[-1][0]))
        for text, leaf in zip(told, leaves, strict=True)
    ]
    return writer.put(b"<</Kids[%s]>>" % b" ".join(b"%d 0 R" % kid for kid in kids))
