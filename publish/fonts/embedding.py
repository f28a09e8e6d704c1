"""Cuts faces for e-books: to the very characters of a book, dense, with their rights told.

Unlike the faces that pages are set with (see `cutting`) these go to readers as files: no number
of a glyph is kept, and no glyph that the book does not set.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from publish.cache import Cache, digest
from publish.fonts.catalogue import WEIGHTS, Catalogue, Face, Family
from publish.fonts.cutting import CutFace, Demand, Kit, name_of, share_out
from publish.fonts.opening import engine, opened
from publish.fonts.sfnt import rename
from publish.installed import version

VERSION = 2
STAGE = "embedded"
LONGEST = 300  # characters of a copyright or licence that a colophon prints
_RESERVED = re.compile(r"reserved\s+font\s+name", re.IGNORECASE)
_RESTRICTED, _NO_SUBSET, _BITMAP_ONLY = 0x0002, 0x0100, 0x0200  # OpenType, OS/2, fsType
_SPOKEN = {"SC": "zh-hans", "TC": "zh-hant", "HK": "zh-hant-hk", "JP": "ja", "KR": "ko"}
_TRIMMING = (b"halt", b"vhal", b"chws", b"vchw")  # half-width marks, where readers trim them


def embed(demand: Demand, catalogue: Catalogue, cache: Cache) -> Kit:
    """Return the faces that draw a demand, each cut to exactly what it draws.

    Every character goes to the first face of its stack (see `stacks.stack`) that has it and may
    be embedded (OpenType, ``fsType``). Cuts have names that depend on their files; where a maker
    reserves the name, none of its words is kept (SIL Open Font License 1.1, condition 3).
    """
    wanted = [(key, "".join(sorted(demand[key]))) for key in sorted(demand)]
    key = digest(STAGE, VERSION, version("uharfbuzz"), catalogue.fingerprint, wanted)
    kit = cache.load(STAGE, key, Kit)
    if kit is None or any(cache.object_path(face.object) is None for face in kit.faces):
        kit = _embed(demand, catalogue, cache)
        cache.store(STAGE, key, kit)
    return kit


def _embed(demand: Demand, catalogue: Catalogue, cache: Cache) -> Kit:
    shares = share_out(demand, catalogue, frozenset())
    while closed := {f for uses in shares.uses.values() for f in uses if not _may_embed(f)}:
        families = tuple(_without(family, closed) for family in catalogue.families)
        catalogue = replace(catalogue, families=families)
        shares = share_out(demand, catalogue, frozenset())
    faces = [
        _cut(family, face, sorted(shares.uses[family][face]), cache)
        for family in catalogue.families
        for face in family.faces
        if face in shares.uses.get(family, {})
    ]
    return Kit(
        tuple(faces),
        tuple((*key, tuple(map(_name, order))) for key, order in shares.order.items()),
        tuple((key, "".join(sorted(shares.missing[key]))) for key in sorted(shares.missing)),
    )


def _without(family: Family, closed: set[Face]) -> Family:
    def kept(face: Face | None) -> Face | None:
        return replace(face, path="", size=0) if face in closed and face else face

    return replace(family, normal=kept(family.normal), bold=kept(family.bold))


def _may_embed(face: Face) -> bool:
    """Tell whether a face's maker lets it be embedded, as a subset."""
    source = opened(face)
    table = b"" if source is None else bytes(source.reference_table("OS/2").data)
    rights = int.from_bytes(table[8:10], "big")
    only_restricted = rights & 0x000F == _RESTRICTED
    return not (only_restricted or rights & (_NO_SUBSET | _BITMAP_ONLY))


@lru_cache(maxsize=64)
def _name(family: Family) -> str:
    """Return the family's name for a cut: without its own words where they are reserved."""
    name = name_of(family)
    for face in (face for face in family.faces if face.path):
        source = opened(face)
        if source is not None and _RESERVED.search(f"{source.get_name(0)} {source.get_name(13)}"):
            return f"Face {name.rpartition(' ')[2]}"
    return name


def _cut(family: Family, face: Face, codes: list[int], cache: Cache) -> CutFace:
    name = _name(family)
    data = dense(face, codes, family.regions)
    weight = WEIGHTS[face is family.bold]
    source = opened(face)
    owner, licence, address = (source.get_name(number) or "" for number in (0, 13, 14))
    licence = licence or family.licence
    style = "Bold" if weight == "bold" else "Regular"
    data = rename(data, name, style, owner, licence, address)
    told = [_line(owner).removesuffix("."), _line(address)]
    return CutFace(
        family=name,
        object=cache.put_object(data),
        weight=weight,
        format="opentype" if data[:4] == b"OTTO" else "truetype",
        source=family.name,
        licence=family.licence or _line(licence),
        notice=". ".join(filter(None, told)),
        characters="".join(map(chr, codes)),
    )


def _line(text: str) -> str:
    rows = [" ".join(row.split()) for row in text.splitlines()]
    text = "; ".join(filter(None, rows)).replace(".; ", ". ")
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"


def dense(face: Face, codes: Iterable[int], regions: Iterable[str] = ()) -> bytes:
    """Return a face with the glyphs of some code points and no other.

    Args:
        face: a face whose file was found and can be opened.
        codes: code points; what the face lacks is passed over.
        regions: whose shapes the face has. Its Han are those, so that only marks need the
            ``locl`` feature: — is an em wide in Chinese alone. That of Han would give glyphs of
            all other regions, and double the file.
    """
    codes, source = sorted(codes), opened(face)
    hb = engine()
    if not regions:
        return bytes(_wanted(codes).subset(source).blob.data)
    unlocal = _wanted(codes)
    unlocal.layout_feature_tag_set.discard(_tag(b"locl"))
    glyphs = {*hb.SubsetPlan(source, unlocal).old_to_new_glyph_mapping}
    wanted = _wanted(codes)
    wanted.flags |= hb.SubsetFlags.NO_LAYOUT_CLOSURE
    wanted.glyph_set.update(glyphs.union(*(_marks(source, codes, region) for region in regions)))
    return bytes(wanted.subset(source).blob.data)


def _wanted(codes: Iterable[int]) -> Any:
    hb = engine()
    wanted = hb.SubsetInput()
    wanted.unicode_set.update(codes)
    flags = hb.SubsetFlags
    wanted.flags = flags.NO_HINTING | flags.DESUBROUTINIZE | flags.NOTDEF_OUTLINE
    wanted.layout_feature_tag_set.update(map(_tag, _TRIMMING))
    return wanted


def _tag(name: bytes) -> int:
    return int.from_bytes(name, "big")


def _marks(source: Any, codes: Iterable[int], region: str) -> set[int]:
    """Return the glyphs of marks in a region's language, in lines and in columns."""
    hb = engine()
    font, found = hb.Font(source), set()
    for sign in map(chr, codes):
        if unicodedata.category(sign)[0] not in "PS":
            continue
        for direction in ("ltr", "ttb"):
            for text in (sign, sign * 2):  # —— and …… may be one glyph
                buffer = hb.Buffer()
                buffer.add_str(text)
                buffer.direction, buffer.script = direction, "Hani"
                buffer.language = _SPOKEN[region]
                hb.shape(font, buffer)
                found |= {glyph.codepoint for glyph in buffer.glyph_infos}
    return found
