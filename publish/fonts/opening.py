"""Opens faces with HarfBuzz and tells which characters they have."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from publish.fonts.catalogue import Face, Family


@cache
def ignorable(code: int) -> bool:
    """Tell whether a character needs no glyph: controls, joiners, selectors, bidi marks.

    These are the format and control characters that shaping engines hide, as Unicode's
    Default_Ignorable_Code_Point lists them, with C0 and C1 controls and the line separators.
    """
    return (
        code < 0x20
        or 0x7F <= code <= 0x9F
        or code in _SINGLE
        or any(first <= code <= last for first, last in _RANGES)
    )


_SINGLE = frozenset({0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0})
_RANGES = (
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xFE00, 0xFE0F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)


def engine() -> Any:
    """Return the uharfbuzz module, which is loaded (65 ms) only when a font is opened."""
    import uharfbuzz

    return uharfbuzz


@lru_cache(maxsize=64)
def opened(face: Face) -> Any:
    """Return a face's ``uharfbuzz.Face``, or None if it cannot be used.

    Unusable are unreadable files, collections without the named face, variable fonts and CFF2
    (which PDF readers do not take).
    """
    hb = engine()
    try:
        blob = hb.Blob.from_file_path(face.path)
    except (hb.HarfBuzzError, OSError, ValueError):
        return None
    count = hb.Face(blob, 0).count
    for index in range(min(count, 64)):
        candidate = hb.Face(blob, index)
        if count == 1 or candidate.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME) == face.name:
            tags = set(candidate.table_tags)
            usable = (
                candidate.glyph_count and not tags & {"fvar", "CFF2"} and tags & {"CFF ", "glyf"}
            )
            return candidate if usable else None
    return None


@lru_cache(maxsize=64)
def _unicodes(face: Face, ranges: tuple[tuple[int, int], ...]) -> Any:
    hb = engine()
    source = opened(face)
    if source is None:
        return hb.Set()
    everything = source.unicodes
    if not ranges:
        return everything
    allowed = hb.Set()
    for first, last in ranges:
        allowed.add_range(first, last)
    allowed &= everything
    return allowed


def has(family: Family, weight: str) -> Any:
    """Return the code points (``uharfbuzz.Set``) a family may draw in a weight.

    Only the face of that very weight counts; see `Family.face` for stand-ins.
    """
    hb = engine()
    face = family.bold if weight == "bold" else family.normal
    return _unicodes(face, family.ranges) if face and face.path else hb.Set()


def coverage(face: Face) -> frozenset[int]:
    """Return the code points a face has; none if it cannot be opened.

    Reading a character map of 45,000 entries takes 5 ms, less than decoding a cached list.
    """
    return frozenset(_unicodes(face, ()))
