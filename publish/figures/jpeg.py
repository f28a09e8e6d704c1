"""Takes from a JPEG what a book has no use for, without decoding it (ITU T.81, annex B)."""

from __future__ import annotations

import io
import struct

from publish.figures.sniffing import JPEG_MARKER

_PLAIN_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended and progressive, all Huffman
_OTHER_FRAMES = set(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}


def cleaned(data: bytes) -> bytes | None:
    """Return a JPEG without EXIF, profiles and comments, or None if it must be made anew.

    That is so for CMYK, 12 bits, a profile other than sRGB, a picture to be turned, arithmetic
    coding, and one whose end is missing. What follows the end is cut off.
    """
    try:
        return _walk(data)
    except (struct.error, IndexError):
        return None


def _walk(data: bytes) -> bytes | None:
    kept, at, scans, whole = [data[:2]], 2, 0, len(data)
    while at < whole:
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # fill
            at += 1
            continue
        if marker == 0xD9:
            kept.append(data[at : at + 2])
            return b"".join(kept) if scans else None
        end = at + 2 + int(struct.unpack_from(">H", data, at + 2)[0])
        segment = data[at + 4 : end]
        if end > whole or marker in _OTHER_FRAMES or not _is_plain(marker, segment):
            return None
        if marker == 0xDA:
            scans += 1
            found = JPEG_MARKER.search(data, end)
            if not found:
                return None
            end = found.start()
        if _is_needed(marker, segment):
            kept.append(data[at:end])
        at = end
    return None


def _is_plain(marker: int, segment: bytes) -> bool:
    """Tell whether a segment asks for nothing but plain decoding."""
    if marker in _PLAIN_FRAMES:
        return segment[0] == 8 and segment[5] in {1, 3}
    if marker == 0xE1 and segment.startswith(b"Exif\0\0"):
        return _orientation(segment) == 1
    if marker == 0xE2 and segment.startswith(b"ICC_PROFILE\0\1"):
        return is_srgb(segment[14:])
    return True


def _is_needed(marker: int, segment: bytes) -> bool:
    """Tell whether a decoder needs a segment: JFIF and Adobe say what the colours are."""
    if marker == 0xE0:
        return segment.startswith(b"JFIF\0")
    if marker == 0xEE:
        return segment.startswith(b"Adobe")
    return not (0xE1 <= marker <= 0xEF or marker == 0xFE)


def _orientation(exif: bytes) -> int:
    from PIL import Image

    found = Image.Exif()
    try:
        found.load(exif)
        return int(found.get(0x0112, 1) or 1)
    except Exception:  # Pillow raises many kinds for a damaged block, which turns nothing
        return 1


def is_srgb(profile: bytes) -> bool:
    """Tell whether an ICC profile is sRGB or one of its copies, by its description."""
    head = profile[:4096]
    return b"sRGB" in head or "sRGB".encode("utf-16-be") in head or not profile


def encoded(image: object, quality: int) -> bytes:
    """Return a Pillow image in L or RGB as JPEG, the same bytes for the same pixels."""
    from PIL import Image

    assert isinstance(image, Image.Image)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling="4:2:0")
    return buffer.getvalue()
