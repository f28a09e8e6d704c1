"""Cuts faces to the characters of a book, for setting it, and to its glyphs, for printing it.

A cut face keeps its glyph numbers and a name that depends on its file alone. So pages that were
set with one cut can be printed with another, and an edit that brings a new character leaves all
other pages as they are.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from publish.cache import Cache, digest
from publish.fonts.catalogue import WEIGHTS, Catalogue, Face, Family
from publish.fonts.opening import engine, ignorable, opened
from publish.fonts.sfnt import rename
from publish.fonts.stacks import assign, stack

VERSION = 2
STAGE = "fonts"
Demand = Mapping[tuple[str, str, str], frozenset[str]]
"""Characters by (language, role, weight): ("zh-Hant-TW", "song", "bold")."""

# Always cut: what counters, leaders and running heads may set though no text holds it.
FURNITURE = frozenset(
    [*map(chr, range(0x20, 0x7F)), *"\u00a0·–—…‘’“”、。《》「」『』（），：；！？〔〕"]
)


@dataclass(frozen=True, slots=True)
class CutFace:
    """A face cut for one book: bytes in the cache, and what an @font-face rule needs."""

    family: str  # unique, ASCII
    object: str  # cache object that holds the file
    weight: str  # "normal" or "bold"
    format: str  # "opentype" (CFF) or "truetype"
    source: str  # family name in the catalogue
    licence: str = ""
    notice: str = ""  # copyright, and the address of the licence: of faces for e-books
    characters: str = ""  # sorted: of faces for e-books

    @property
    def suffix(self) -> str:
        """The file suffix: ".otf" or ".ttf"."""
        return ".otf" if self.format == "opentype" else ".ttf"

    @property
    def media_type(self) -> str:
        """The media type as EPUB 3.3 names it."""
        return "font/otf" if self.format == "opentype" else "font/ttf"


@dataclass(frozen=True, slots=True)
class Kit:
    """The fonts of one book, as plain values that a digest can be made of."""

    faces: tuple[CutFace, ...] = ()
    stack_rows: tuple[tuple[str, str, tuple[str, ...]], ...] = ()  # language, role, families
    missing_rows: tuple[tuple[str, str], ...] = ()  # language, characters that no face has

    @property
    def stacks(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The cut families to name in ``font-family``, in order, by (language, role)."""
        return {(language, role): families for language, role, families in self.stack_rows}

    @property
    def missing(self) -> dict[str, frozenset[str]]:
        """The characters that no face has, by language; empty if all is well."""
        return {language: frozenset(characters) for language, characters in self.missing_rows}

    def families(self, language: str, role: str) -> str:
        """Return a CSS ``font-family`` value for a language and role, "" if nothing was cut."""
        return ", ".join(f'"{name}"' for name in self.stacks.get((language, role), ()))


def cut(demand: Demand, catalogue: Catalogue, cache: Cache) -> Kit:
    """Return the faces that draw a book's characters, each used face cut once.

    Every character goes to the first face of its stack (see `stacks.stack`) that has it; ASCII
    and common marks are always cut. A cut CFF face has an identity charset, so that readers that
    go by CID and readers that go by glyph number agree.
    """
    wanted = [(key, "".join(sorted(demand[key]))) for key in sorted(demand)]
    key = digest(STAGE, VERSION, engine().version_string(), catalogue.fingerprint, wanted)
    kit = cache.load(STAGE, key, Kit)
    if kit is None or any(cache.object_path(face.object) is None for face in kit.faces):
        kit = _cut(demand, catalogue, cache)
        cache.store(STAGE, key, kit)
    return kit


@dataclass(slots=True)
class _Shares:
    """Who draws what in a book."""

    uses: dict[Family, dict[Face, set[int]]] = field(default_factory=dict)
    order: dict[tuple[str, str], list[Family]] = field(default_factory=dict)
    missing: dict[str, set[str]] = field(default_factory=dict)


def share_out(demand: Demand, catalogue: Catalogue, always: frozenset[str] = FURNITURE) -> _Shares:
    """Give every character of a demand, and of what is always wanted, to a face."""
    shares = _Shares()
    for language, role, weight in sorted(demand):
        characters = demand[language, role, weight]
        choices = stack(language, role, catalogue)
        given = assign(map(ord, characters | always), weight, choices)
        for family, faces in given.uses.items():
            for face, codes in faces.items():
                shares.uses.setdefault(family, {}).setdefault(face, set()).update(codes)
        used = {*given.uses, *shares.order.get((language, role), ())}
        ordered = [choice.family for choice in choices if choice.family in used]
        shares.order[language, role] = ordered
        if lost := {chr(code) for code in given.missing} & characters:
            shares.missing.setdefault(language, set()).update(lost)
    return shares


def plan(demand: Demand, catalogue: Catalogue) -> Kit:
    """Return who draws what, and what nobody draws, without cutting anything."""
    return _kit(share_out(demand, catalogue), ())


def _cut(demand: Demand, catalogue: Catalogue, cache: Cache) -> Kit:
    shares = share_out(demand, catalogue)
    hidden = {code for text in demand.values() for code in map(ord, text) if ignorable(code)}
    everywhere = {0x20, 0xA0, *hidden}  # a space goes with the run beside it, whatever its face
    faces: list[CutFace] = []
    for family in catalogue.families:
        uses = shares.uses.get(family, {})
        faces += (
            _cut_face(family, face, sorted(uses[face] | everywhere), cache)
            for face in family.faces
            if face in uses
        )
    return _kit(shares, tuple(faces))


def _kit(shares: _Shares, faces: tuple[CutFace, ...]) -> Kit:
    return Kit(
        faces,
        tuple((*key, tuple(map(name_of, order))) for key, order in shares.order.items()),
        tuple((key, "".join(sorted(shares.missing[key]))) for key in sorted(shares.missing)),
    )


@lru_cache(maxsize=256)
def name_of(family: Family) -> str:
    """Return a name that no installed font has: the family's, "x", eight digits of its files."""
    content = [(face.name, face.size) for face in family.faces]
    plain = re.sub(r"[^A-Za-z0-9 ]+", " ", family.name).strip() or "Face"
    return f"{plain} x{digest(VERSION, family.name, content)[:8]}"


def sources(catalogue: Catalogue) -> dict[tuple[str, str], tuple[Family, Face]]:
    """Return the faces of a catalogue by the name and weight that cut ones have."""
    return {
        (name_of(family), WEIGHTS[face is family.bold]): (family, face)
        for family in catalogue.found
        for face in family.faces
        if face.path
    }


def _cut_face(family: Family, face: Face, codes: list[int], cache: Cache) -> CutFace:
    name = name_of(family)
    data = subset(face, codes, regional=bool(family.regions))
    weight = WEIGHTS[face is family.bold]
    source = opened(face)
    notice = " ".join(filter(None, (source.get_name(0), source.get_name(13))))[:2000]
    data = rename(data, name, "Bold" if weight == "bold" else "Regular", notice)
    flavour = "opentype" if data[:4] == b"OTTO" else "truetype"
    return CutFace(name, cache.put_object(data), weight, flavour, family.name, family.licence)


def subset(face: Face, codes: Iterable[int], *, regional: bool = False) -> bytes:
    """Return a face with only the given code points, and the layout features Chinese needs.

    Glyphs keep their numbers.

    Args:
        face: a face whose file was found and can be opened.
        codes: code points; what the face lacks is passed over.
        regional: leave the ``locl`` feature out. A face of one region needs no other region's
            forms, and they would double the file.
    """
    hb = engine()
    wanted = hb.SubsetInput()
    wanted.unicode_set.update(codes)
    wanted.flags = _flags()
    if regional:
        wanted.layout_feature_tag_set.discard(int.from_bytes(b"locl", "big"))
    return bytes(wanted.subset(opened(face)).blob.data)


def program(font: Any, glyphs: Iterable[int]) -> tuple[bytes, str]:
    """Return what a PDF embeds of a font: the glyphs, under their own numbers.

    Args:
        font: a ``uharfbuzz.Face``.
        glyphs: glyph numbers; what the font lacks is passed over.

    Returns:
        The bytes and their kind: "CFF" (the bare table) or "TrueType". Either way a glyph's CID
        is its number in the font, so that readers that go by CID and readers that go by glyph
        number agree.
    """
    wanted = sorted({0, *(glyph for glyph in glyphs if glyph < font.glyph_count)})
    if "CFF " not in font.table_tags:
        return bytes(_printed(font, wanted, _flags()).blob.data), "TrueType"
    flags = engine().SubsetFlags
    dense = _printed(font, wanted, flags.NO_HINTING | flags.DESUBROUTINIZE | flags.NOTDEF_OUTLINE)
    table = bytes(dense.reference_table("CFF ").data)
    if _cids(table) != wanted:  # a font whose CIDs are no glyph numbers
        table = bytes(_printed(font, wanted, _flags()).reference_table("CFF ").data)
    return table, "CFF"


def _printed(font: Any, glyphs: list[int], flags: Any) -> Any:
    hb = engine()
    wanted = hb.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.flags = flags | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    wanted.drop_table_tag_set.update(int.from_bytes(tag, "big") for tag in _UNPRINTED)
    return wanted.subset(font)


def _cids(table: bytes) -> list[int] | None:
    """Return the charset of a CID-keyed CFF table, None of another."""
    from fontTools.cffLib import CFFFontSet

    fonts: Any = CFFFontSet()
    fonts.decompile(io.BytesIO(table), None)
    charset = fonts[0].charset
    names = [name.removeprefix("cid") for name in charset[1:]]
    if not all(name.isdecimal() for name in names):
        return None
    return [0, *map(int, names)]


_UNPRINTED = (b"BASE", b"DSIG", b"GDEF", b"GPOS", b"GSUB", b"JSTF", b"LTSH", b"PCLT", b"SVG ")


def _flags() -> Any:
    flags = engine().SubsetFlags
    return (
        flags.NO_HINTING
        | flags.DESUBROUTINIZE
        | flags.NOTDEF_OUTLINE
        | flags.RETAIN_GIDS
        | flags.CFF_IDENTITY_CHARSET
    )
