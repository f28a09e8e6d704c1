"""An earlier file of a book: its pictures go into the new one as they lie there.

The file name of a picture is made of its digest, so that equal names are equal pictures: what is
packed already need not be read, checked and packed again. The directory of the archive tells
where it is (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16).
"""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

END = struct.Struct("<4s4H2LH")  # end of the directory; ours has no comment behind it
ENTRY = struct.Struct("<4s6H3L5H2L")  # of the directory; name, extra field and comment follow
HEADER = 30  # bytes before the name, where a file begins
STORED = 0
CHUNK = 1 << 24


@dataclass(frozen=True, slots=True)
class Piece:
    """A file that is stored in the archive: where it begins with its header, and its content."""

    start: int
    end: int
    size: int
    checksum: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """An archive of ours, open to be copied from, and what is stored in it, by name."""

    file: BinaryIO
    pieces: dict[str, Piece]


@contextlib.contextmanager
def opened(path: str) -> Iterator[Earlier | None]:
    """Give the earlier file of a book; None if there is none that can be read."""
    try:
        file = Path(path).open("rb")  # noqa: SIM115
    except OSError:
        yield None
        return
    with file:
        try:
            pieces = dict(_pieces(file))
        except (OSError, ValueError, struct.error):
            pieces = {}
        yield Earlier(file, pieces) if pieces else None


def _pieces(file: BinaryIO) -> Iterator[tuple[str, Piece]]:
    """Yield what is stored in an archive.

    Raises:
        ValueError: it is not one that we wrote.
    """
    file.seek(-END.size, os.SEEK_END)
    mark, _, _, count, _, size, start, _ = END.unpack(file.read())
    file.seek(start)
    table = file.read(size)
    if mark != b"PK\5\6" or len(table) != size:
        raise ValueError(mark)
    at = 0
    for _ in range(count):
        mark, _, _, flags, method, _, _, checksum, packed, whole, named, *rest = ENTRY.unpack_from(
            table, at
        )
        extra, comment, _, _, _, begin = rest
        if mark != b"PK\1\2" or flags or extra or comment:
            raise ValueError(at)
        at += ENTRY.size + named
        if method == STORED:
            name = table[at - named : at].decode("ascii")
            yield name, Piece(begin, begin + HEADER + named + packed, whole, checksum)


def copy(source: BinaryIO, out: BinaryIO, start: int, end: int) -> None:
    """Append bytes of one file to another, inside the system where it can.

    Raises:
        OSError: they cannot be read or written.
    """
    out.flush()
    place = out.tell()
    with contextlib.suppress(AttributeError, OSError):  # other systems, or no files of the disk
        while start < end:
            done = os.copy_file_range(source.fileno(), out.fileno(), end - start, start, place)
            if not done:
                break
            start, place = start + done, place + done
    out.seek(place)
    source.seek(start)
    while start < end:
        data = source.read(min(CHUNK, end - start))
        if not data:
            raise OSError(f"{source.name} has been cut short")
        out.write(data)
        start += len(data)
