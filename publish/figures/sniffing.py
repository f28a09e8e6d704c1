"""Recognises pictures by their bytes, and reads their size before anything is decoded."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # the next that is no restart or stuffing
_SVG = re.compile(
    rb"\s*(?:<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE\s+svg\b(?:[^>\[]|\[[^\]]*\])*>|\s+)*"
    rb"<(?:[A-Za-z_][\w.\-]*:)?svg[\s>/]",
    re.S,
)
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)


@dataclass(frozen=True, slots=True)
class Header:
    """The format of a picture and its size in pixels; 0 where the header does not tell."""

    format: str  # as Pillow names it, or SVG, SVGZ, HEIC
    width: int = 0
    height: int = 0


class UnusableError(Exception):
    """Bytes that give no figure: a code of Lost, and a message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def sniff(data: bytes) -> Header:
    """Return what bytes are, by their first ones.

    Raises:
        UnusableError: they are no picture.
    """
    for magic, read in _READERS:
        if magic.match(data):
            try:
                return read(data)
            except (struct.error, IndexError):
                raise UnusableError("broken", "the file ends within its header") from None
    if not data.strip():
        raise UnusableError("empty", "the file is empty")
    text = _text(data[:4096])
    if _SVG.match(text):
        return Header("SVG")
    if _PAGE.match(text):
        raise UnusableError("web-page", "a web page came instead of a picture")
    raise UnusableError("not-a-picture", "the bytes are those of no picture")


def _text(head: bytes) -> bytes:
    """Return the beginning of a text in ASCII-compatible bytes, without a byte order mark."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return head[: len(head) & ~1].decode("utf-16", "replace").encode()
    return head.removeprefix(b"\xef\xbb\xbf")


def _png(data: bytes) -> Header:
    if data[12:16] != b"IHDR":
        raise UnusableError("broken", "the PNG has no header")
    return Header("PNG", *struct.unpack_from(">II", data, 16))


def _gif(data: bytes) -> Header:
    return Header("GIF", *struct.unpack_from("<HH", data, 6))


def _bmp(data: bytes) -> Header:
    if struct.unpack_from("<I", data, 14)[0] == 12:
        return Header("BMP", *struct.unpack_from("<HH", data, 18))
    width, height = struct.unpack_from("<ii", data, 18)
    return Header("BMP", abs(width), abs(height))


def _webp(data: bytes) -> Header:
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    return Header("WEBP", width, height)


def _jpeg(data: bytes) -> Header:
    """Read the size from the frame header (ITU T.81, B.2.2), wherever it stands."""
    at = 2
    while True:
        found = JPEG_MARKER.search(data, at)
        if not found:
            raise UnusableError("broken", "the JPEG has no frame")
        marker, at = data[found.start() + 1], found.end()
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack_from(">HH", data, at + 3)
            return Header("JPEG", width, height)
        if marker not in {0x01, 0xD8, 0xD9}:
            at += struct.unpack_from(">H", data, at)[0]


def _isobmff(data: bytes) -> Header:
    """Read the largest size in an AVIF or HEIC (ISO 23008-12, ispe): the whole of a grid."""
    brands = data[8 : min(struct.unpack_from(">I", data)[0], 256)]
    if not re.search(rb"avi[fs]", brands):
        return Header("HEIC")
    sizes = [
        struct.unpack_from(">II", data, found.end() + 4)
        for found in re.finditer(rb"ispe", data[: 1 << 20])
    ]
    return Header("AVIF", *max(sizes, key=lambda size: size[0] * size[1], default=(0, 0)))


def _jpeg2000(data: bytes) -> Header:
    at = data.find(b"ihdr", 0, 1 << 16)
    if at >= 0:
        height, width = struct.unpack_from(">II", data, at + 4)
    else:  # a bare code stream: SIZ follows SOC
        right, bottom, left, top = struct.unpack_from(">4I", data, 8)
        width, height = right - left, bottom - top
    return Header("JPEG2000", width, height)


def _tiff(data: bytes) -> Header:
    order = "<" if data[:2] == b"II" else ">"
    at = struct.unpack_from(f"{order}I", data, 4)[0]
    sides = {256: 0, 257: 0}
    for entry in range(struct.unpack_from(f"{order}H", data, at)[0]):
        tag, kind = struct.unpack_from(f"{order}HH", data, at + 2 + 12 * entry)
        if tag in sides:
            form = "H" if kind == 3 else "I"
            sides[tag] = struct.unpack_from(order + form, data, at + 10 + 12 * entry)[0]
    return Header("TIFF", sides[256], sides[257])


def _icon(data: bytes) -> Header:
    """Read the largest size in an icon; a PNG inside it tells its own."""
    sides = [(1, 1)]
    for entry in range(min(struct.unpack_from("<H", data, 4)[0], 64)):
        at = 6 + 16 * entry
        sides.append((data[at] or 256, data[at + 1] or 256))
        start = struct.unpack_from("<I", data, at + 12)[0]
        if data[start : start + 8] == b"\x89PNG\r\n\x1a\n":
            sides.append(struct.unpack_from(">II", data, start + 16))
    return Header("ICO", *max(sides, key=lambda size: size[0] * size[1]))


_READERS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], Header]], ...] = (
    (re.compile(rb"\xff\xd8\xff"), _jpeg),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), _png),
    (re.compile(rb"RIFF....WEBP", re.S), _webp),
    (re.compile(rb"GIF8[79]a"), _gif),
    (re.compile(rb"....ftyp(?:avi[fs]|mif1|msf1|miaf|hei[cxms]|hev[cxms])", re.S), _isobmff),
    (re.compile(rb"BM....\0\0\0\0", re.S), _bmp),
    (re.compile(rb"II\*\0|MM\0\*"), _tiff),
    (re.compile(rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"), _jpeg2000),
    (re.compile(rb"\0\0[\1\2]\0[\1-\xff]\0"), _icon),
    (re.compile(rb"\x1f\x8b\x08"), lambda data: Header("SVGZ")),
)
