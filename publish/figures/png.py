"""Takes from a PNG what a book has no use for, without decoding its pixels (W3C PNG, 3rd ed.)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from publish.figures.jpeg import is_srgb

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1}  # colour types without alpha
_PROFILE_BYTES = 1 << 20


class _DamagedError(Exception):
    pass


def bare(data: bytes) -> bytes:
    """Return a PNG without texts, times, animation and whatever else may be large or telling.

    A damaged one is returned up to the damage, for the decoder to complain about.
    """
    kept = [_SIGNATURE]
    try:
        for name, _, chunk in _chunks(data):
            if name in {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"} or (
                name == b"iCCP" and len(chunk) < _PROFILE_BYTES
            ):
                kept.append(chunk)
    except _DamagedError:
        return data
    return b"".join(kept)


def cleaned(data: bytes) -> bytes | None:
    """Return a PNG of its necessary chunks, or None if it must be made anew.

    That is so for alpha, 16 bits, interlacing, a profile other than sRGB, and damage.
    """
    try:
        found = list(_chunks(data))
    except _DamagedError:
        return None
    header = found[0][1]
    if found[0][0] != b"IHDR" or len(header) != 13 or found[-1][0] != b"IEND":
        return None
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", header)
    palette = [body for name, body, _ in found if name == b"PLTE"]
    if colour not in _CHANNELS or depth > 8 or interlace or (colour == 3) != bool(palette):
        return None
    if not all(_is_plain(name, body, colour) for name, body, _ in found):
        return None
    pixels = b"".join(body for name, body, _ in found if name == b"IDAT")
    if not _is_sound(pixels, 1 + (width * depth * _CHANNELS[colour] + 7) // 8, height):
        return None
    needed = {b"IHDR", b"IDAT", b"IEND"} | ({b"PLTE"} if colour == 3 else set())
    return _SIGNATURE + b"".join(chunk for name, _, chunk in found if name in needed)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield name, content and whole of each chunk up to IEND, checking their sums."""
    at = len(_SIGNATURE)
    name = b""
    while name != b"IEND":
        if at + 12 > len(data):
            raise _DamagedError
        length = int(struct.unpack_from(">I", data, at)[0])
        end = at + 12 + length
        if end > len(data):
            raise _DamagedError
        name, body = data[at + 4 : at + 8], data[at + 8 : end - 4]
        if zlib.crc32(body, zlib.crc32(name)) != struct.unpack_from(">I", data, end - 4)[0]:
            raise _DamagedError
        yield name, body, data[at:end]
        at = end


def _is_plain(name: bytes, body: bytes, colour: int) -> bool:
    if name == b"tRNS":
        return colour == 3 and not body.strip(b"\xff")
    if name == b"iCCP":
        title, _, packed = body.partition(b"\0")
        if b"sRGB" in title:
            return True
        try:
            return is_srgb(zlib.decompressobj().decompress(packed[1:], 4096))
        except zlib.error:
            return True
    return True


def _is_sound(packed: bytes, row: int, height: int) -> bool:
    """Tell whether the pixels unpack to as many bytes as the header says."""
    unpacker = zlib.decompressobj()
    try:
        rows = unpacker.decompress(packed, row * height + 1)
    except zlib.error:
        return False
    return len(rows) == row * height and unpacker.eof and max(rows[::row], default=9) <= 4
