"""Deflated bytes, as archives hold them."""

from __future__ import annotations

import zlib

LEVEL = 6


class Packed(bytes):
    """Bytes that were deflated before."""

    deflated = b""


def packed(content: bytes, known: bytes) -> bytes:
    """Return bytes that know how they are deflated, if that is known."""
    if not known:
        return content
    made = Packed(content)
    made.deflated = known
    return made


def deflated(content: bytes, level: int = LEVEL) -> bytes:
    """Return bytes as an archive holds them (RFC 1951)."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()
