"""Gives a font a new name: replaces the name table of an OpenType or TrueType file.

The layout of the file and of the table is that of the OpenType specification, chapters
"OpenType font file" and "name".
"""

from __future__ import annotations

import struct
from typing import cast

_CHECKSUM_MAGIC = 0xB1B0AFBA


def rename(
    font: bytes, family: str, style: str, notice: str = "", licence: str = "", address: str = ""
) -> bytes:
    """Return a single font (no collection) under another family name, else unchanged.

    Args:
        font: the bytes of the file.
        family: the new family name, ASCII.
        style: "Regular" or "Bold".
        notice: copyright, kept as name 0.
        licence: kept as name 13; the notice if not given.
        address: of the licence, kept as name 14.
    """
    tables = _tables(font)
    tables[b"name"] = _name_table(family, style, (notice, licence or notice, address))
    head = bytearray(tables[b"head"])
    head[8:12] = bytes(4)
    tables[b"head"] = bytes(head)
    known = {tag: checksum for tag, checksum, _, _ in _directory(font)}
    file = _assemble(font[:4], tables, known)
    total = _checksum(file[: 12 + 16 * len(tables)])
    for _, checksum, _, _ in _directory(file):
        total += checksum
    start = next(offset for tag, _, offset, _ in _directory(file) if tag == b"head")
    result = bytearray(file)
    result[start + 8 : start + 12] = struct.pack(">I", (_CHECKSUM_MAGIC - total) & 0xFFFFFFFF)
    return bytes(result)


def _directory(font: bytes) -> list[tuple[bytes, int, int, int]]:
    (count,) = struct.unpack_from(">H", font, 4)
    rows = [struct.unpack_from(">4sIII", font, 12 + 16 * index) for index in range(count)]
    return cast(list[tuple[bytes, int, int, int]], rows)


def _tables(font: bytes) -> dict[bytes, bytes]:
    return {tag: font[offset : offset + size] for tag, _, offset, size in _directory(font)}


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}I", padded))
    return total & 0xFFFFFFFF


def _assemble(version: bytes, tables: dict[bytes, bytes], known: dict[bytes, int]) -> bytes:
    power = 1 << (len(tables).bit_length() - 1)
    header = struct.pack(
        ">4sHHHH",
        version,
        len(tables),
        power * 16,
        power.bit_length() - 1,
        (len(tables) - power) * 16,
    )
    offset = 12 + 16 * len(tables)
    rows: list[bytes] = []
    bodies: list[bytes] = []
    for tag in sorted(tables):
        data = tables[tag]
        checksum = _checksum(data) if tag in {b"name", b"head"} else known[tag]
        rows.append(struct.pack(">4sIII", tag, checksum, offset, len(data)))
        padded = data + bytes(-len(data) % 4)
        bodies.append(padded)
        offset += len(padded)
    return b"".join([header, *rows, *bodies])


def _name_table(family: str, style: str, rights: tuple[str, str, str]) -> bytes:
    postscript = "".join(family.split()) + "-" + style
    names = {
        0: rights[0],
        1: family,
        2: style,
        3: postscript,
        4: f"{family} {style}",
        5: "Version 1.0",
        6: postscript[:63],
        13: rights[1],
        14: rights[2],
    }
    records: list[bytes] = []
    strings = b""
    for number, text in names.items():
        if not text:
            continue
        data = text.encode("utf-16-be")
        # platform 3 (Windows), encoding 1 (Unicode BMP), language 0x409 (English)
        records.append(struct.pack(">6H", 3, 1, 0x409, number, len(data), len(strings)))
        strings += data
    return struct.pack(">3H", 0, len(records), 6 + 12 * len(records)) + b"".join(records) + strings
