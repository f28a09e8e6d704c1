"""Which families a text tries, in order, and which of them draws each character."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from publish import locales
from publish.fonts.catalogue import Catalogue, Face, Family
from publish.fonts.opening import engine, has, ignorable

_REGION_ORDER = {
    "SC": ("SC", "TC", "HK"),
    "TC": ("TC", "HK", "SC"),
    "HK": ("HK", "TC", "SC"),
    "JP": ("JP", "SC", "TC", "HK"),
    "KR": ("KR", "SC", "TC", "HK"),
}
_ROLE_ORDER = {  # before and after the faces of rare Han, Latin and signs
    "song": (("song", "hei"), ("kai",)),
    "hei": (("hei", "song"), ("kai",)),
    "kai": (("kai", "song"), ("hei",)),
    "mono": (("mono", "hei"), ("song", "kai")),
}
# What a face of a region that is none of the text's may lend: kana and hangul, never Han or marks.
_LENT = (
    *((0x1100, 0x11FF), (0x3041, 0x30FF), (0x3130, 0x318F), (0x31F0, 0x321E), (0x3260, 0x327F)),
    *((0x32D0, 0x3357), (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xFF66, 0xFFDC), (0x1AFF0, 0x1B16F)),
)
_PRIVATE = ((0xE000, 0xF8FF), (0xF0000, 0x10FFFF))


@dataclass(frozen=True, slots=True)
class Choice:
    """A family in a stack; ``lends`` means that it gives kana and hangul only."""

    family: Family
    lends: bool = False


@dataclass(slots=True)
class Assignment:
    """Who draws what: per choice, in stack order, the code points of each face."""

    uses: dict[Family, dict[Face, Any]] = field(default_factory=dict)
    missing: frozenset[int] = frozenset()


def region_of(language: str) -> str:
    """Return the glyph region of a language; a text of unknown language is taken as Simplified."""
    return "SC" if not language else locales.region(language)


def stack(language: str, role: str, catalogue: Catalogue) -> tuple[Choice, ...]:
    """Return the found families for text of a language and role ("song", "hei" …), best first.

    The right region comes before the right style, and within a region the catalogue's order
    holds. A Japanese or Korean face never gives Han or marks to another language.
    """
    region = region_of(language)
    regions = _REGION_ORDER[region or "SC"]
    found = catalogue.found
    text, last = (
        [
            family
            for wanted in roles
            for place in regions
            for family in found
            if family.role == wanted and place in family.regions
        ]
        for roles in _ROLE_ORDER.get(role, _ROLE_ORDER["song"])
    )
    rare = [family for family in found if family.role == "rare"]
    latin = [family for family in found if family.role == "latin"]
    latin = [f for f in latin if role in f.suits] + [f for f in latin if role not in f.suits]
    symbol = [family for family in found if family.role == "symbol"]
    own = [*text, *rare, *latin, *symbol] if region else [*latin, *text, *rare, *symbol]
    own += last
    lenders = [f for f in found if f.regions and not set(f.regions) & set(regions)]
    ordered = dict.fromkeys(own)
    return (
        *(Choice(family) for family in ordered),
        *(Choice(family, lends=True) for family in lenders if family not in ordered),
    )


def assign(codes: Iterable[int], weight: str, choices: tuple[Choice, ...]) -> Assignment:
    """Give each code point to the first face of a stack that has it.

    In each family the face of the weight goes first and the regular one stands in for it.
    Characters that need no glyph are given to nobody and are never missing.
    """
    hb = engine()
    need = hb.Set(code for code in codes if not ignorable(code))
    result = Assignment()
    for choice in choices:
        if not need:
            break
        for face_weight in dict.fromkeys((weight, "normal")):
            face = choice.family.bold if face_weight == "bold" else choice.family.normal
            if face is None or not face.path:
                continue
            got = _offered(choice, face_weight)
            got &= need
            if got:
                result.uses.setdefault(choice.family, {})[face] = got
                need -= got
    result.missing = frozenset(need)
    return result


def _offered(choice: Choice, weight: str) -> Any:
    hb = engine()
    got = has(choice.family, weight).copy()
    if choice.lends:
        lent = hb.Set()
        for first, last in _LENT:
            lent.add_range(first, last)
        got &= lent
    elif not choice.family.ranges:  # private characters mean nothing outside their own font
        for first, last in _PRIVATE:
            got.del_range(first, last)
    return got
