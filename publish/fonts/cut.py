"""Cuts the faces of a book: only the characters it uses, under names of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from publish.cache import Cache, digest
from publish.fonts.catalogue import WEIGHTS, Catalogue, Face, Family
from publish.fonts.opening import engine, ignorable, opened
from publish.fonts.sfnt import rename
from publish.fonts.stacks import assign, stack

VERSION = 1
STAGE = "fonts"
Demand = Mapping[tuple[str, str, str], frozenset[str]]
"""Characters by (language, role, weight): ("zh-Hant-TW", "song", "bold")."""

# Always cut: what counters, leaders and running heads may set though no text holds it.
_FURNITURE = frozenset(
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


def _share_out(demand: Demand, catalogue: Catalogue) -> _Shares:
    shares = _Shares()
    for language, role, weight in sorted(demand):
        characters = demand[language, role, weight]
        choices = stack(language, role, catalogue)
        given = assign(map(ord, characters | _FURNITURE), weight, choices)
        for family, faces in given.uses.items():
            for face, codes in faces.items():
                shares.uses.setdefault(family, {}).setdefault(face, set()).update(codes)
        used = {*given.uses, *shares.order.get((language, role), ())}
        ordered = [choice.family for choice in choices if choice.family in used]
        shares.order[language, role] = ordered
        if lost := {chr(code) for code in given.missing} & characters:
            shares.missing.setdefault(language, set()).update(lost)
    return shares


def _cut(demand: Demand, catalogue: Catalogue, cache: Cache) -> Kit:
    shares = _share_out(demand, catalogue)
    hidden = {code for text in demand.values() for code in map(ord, text) if ignorable(code)}
    everywhere = {0x20, 0xA0, *hidden}  # a space goes with the run beside it, whatever its face
    names: dict[Family, str] = {}
    faces: list[CutFace] = []
    for family in catalogue.families:
        if uses := shares.uses.get(family):
            content = {f: sorted(uses[f] | everywhere) for f in family.faces if f in uses}
            names[family] = _name(family, content)
            faces += (_cut_face(family, f, names[family], content[f], cache) for f in content)
    return Kit(
        tuple(faces),
        tuple((*key, tuple(names[f] for f in order)) for key, order in shares.order.items()),
        tuple((key, "".join(sorted(shares.missing[key]))) for key in sorted(shares.missing)),
    )


def _name(family: Family, faces: Mapping[Face, list[int]]) -> str:
    """Return a name that no installed font and no other book has: family, "x", eight digits."""
    content = [(face.name, face.size, codes) for face, codes in faces.items()]
    plain = re.sub(r"[^A-Za-z0-9 ]+", " ", family.name).strip() or "Face"
    return f"{plain} x{digest(VERSION, family.name, content)[:8]}"


def _cut_face(family: Family, face: Face, name: str, codes: list[int], cache: Cache) -> CutFace:
    data = subset(face, codes, regional=bool(family.regions))
    weight = WEIGHTS[face is family.bold]
    source = opened(face)
    notice = " ".join(filter(None, (source.get_name(0), source.get_name(13))))[:2000]
    data = rename(data, name, "Bold" if weight == "bold" else "Regular", notice)
    flavour = "opentype" if data[:4] == b"OTTO" else "truetype"
    return CutFace(name, cache.put_object(data), weight, flavour, family.name, family.licence)


def subset(face: Face, codes: Iterable[int], *, regional: bool = False) -> bytes:
    """Return a face with only the given code points, and the layout features Chinese needs.

    Args:
        face: a face whose file was found and can be opened.
        codes: code points; what the face lacks is passed over.
        regional: leave the ``locl`` feature out. A face of one region needs no other region's
            forms, and they would double the file.
    """
    hb = engine()
    plan = hb.SubsetInput()
    plan.unicode_set.update(codes)
    plan.flags = (
        hb.SubsetFlags.NO_HINTING
        | hb.SubsetFlags.DESUBROUTINIZE
        | hb.SubsetFlags.NOTDEF_OUTLINE
        | hb.SubsetFlags.CFF_IDENTITY_CHARSET
    )
    if regional:
        plan.layout_feature_tag_set.discard(int.from_bytes(b"locl", "big"))
    return bytes(plan.subset(opened(face)).blob.data)
