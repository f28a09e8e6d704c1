"""What ``publish fonts`` tells: what is here, what it covers, what a text lacks."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from publish import locales
from publish.diagnostics import Diagnostic, Place, error, warning
from publish.fonts.catalogue import Catalogue, Family
from publish.fonts.cutting import Demand
from publish.fonts.opening import has, opened
from publish.fonts.stacks import assign, region_of, stack

_COMMANDS = {"apt": "apt-get install", "brew": "brew install --cask", "pip": "pip install"}
_SHOWN = 12  # characters that a message names one by one


@dataclass(frozen=True, slots=True)
class FamilyStatus:
    """A family of the catalogue on this machine."""

    name: str
    role: str
    regions: tuple[str, ...]
    weights: tuple[str, ...]  # found ones: "normal", "bold"; none if the family is not here
    files: tuple[str, ...]  # paths
    packages: tuple[tuple[str, str], ...]  # what would bring it
    licence: str
    unusable: bool = False  # found, but broken, variable or CFF2


@dataclass(frozen=True, slots=True)
class SetCoverage:
    """How much of a character set an edition's text faces draw."""

    name: str  # "GB2312 level 1" …
    total: int
    regional: int  # by faces of the edition's own region
    any: int  # by the whole stack


@dataclass(frozen=True, slots=True)
class EditionStatus:
    """What an edition is set with."""

    language: str
    families: tuple[tuple[str, str], ...]  # (role, first family), for song hei kai mono
    sets: tuple[SetCoverage, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Characters of one article that no face has."""

    shown: str
    language: str
    characters: str  # sorted by code point


@dataclass(frozen=True, slots=True)
class Report:
    """All of it."""

    families: tuple[FamilyStatus, ...]
    editions: tuple[EditionStatus, ...]
    missing: tuple[Missing, ...] = ()
    install: str = ""  # a command that would bring what is not here, "" if nothing is known


def report(
    catalogue: Catalogue,
    demands: Mapping[str, Demand] | None = None,
    languages: Iterable[str] = locales.EDITIONS,
) -> Report:
    """Return what the catalogue finds here and what the articles lack.

    Args:
        catalogue: as loaded.
        demands: per article (the path as messages show it), its characters.
        languages: of the editions to tell about.
    """
    return Report(
        families=tuple(map(_family, catalogue.families)),
        editions=tuple(_edition(language, catalogue) for language in languages),
        missing=missing(catalogue, demands or {}),
        install=install_command(catalogue),
    )


def missing(catalogue: Catalogue, demands: Mapping[str, Demand]) -> tuple[Missing, ...]:
    """Return, by article and language, the characters that no face has."""
    rows: list[Missing] = []
    for shown in demands:
        lost: dict[str, set[int]] = {}
        for (language, role, weight), characters in demands[shown].items():
            given = assign(map(ord, characters), weight, stack(language, role, catalogue))
            lost.setdefault(language, set()).update(given.missing)
        rows += [
            Missing(shown, language, "".join(map(chr, sorted(codes))))
            for language, codes in sorted(lost.items())
            if codes
        ]
    return tuple(rows)


def missing_findings(rows: Iterable[Missing], catalogue: Catalogue) -> tuple[Diagnostic, ...]:
    """Return a warning for each article with characters that no face has."""
    return tuple(
        warning(
            "font-missing",
            f"no face has {_named(row.characters)}",
            Place(row.shown),
            _advice(row.characters, catalogue),
        )
        for row in rows
    )


def edition_findings(languages: Iterable[str], catalogue: Catalogue) -> tuple[Diagnostic, ...]:
    """Return what stands in the way of setting text in these languages.

    ``font-none`` (error): no face for Chinese, Japanese or Korean at all. ``font-region``
    (warning): the text face has the shapes of another region.
    """
    findings: list[Diagnostic] = []
    for language in languages:
        region = region_of(language)
        texts = [c.family for c in stack(language, "song", catalogue) if c.family.regions]
        usable = [family for family in texts if has(family, "normal")]
        if region and not usable:
            advice = install_command(catalogue, roles=("song",), regions=(region,))
            findings.append(
                error("font-none", f"no font for {language} text is on this machine", help=advice)
            )
        elif region and region not in usable[0].regions:
            advice = install_command(catalogue, roles=("song",), regions=(region,))
            text = f"{language} has no face of its own region; {usable[0].name} is used"
            findings.append(warning("font-region", text, help=advice))
    return tuple(findings)


def install_command(
    catalogue: Catalogue,
    roles: Iterable[str] = ("song", "hei", "kai", "mono", "rare", "symbol"),
    regions: Iterable[str] = ("SC", "TC", "HK"),
    manager: str = "",
) -> str:
    """Return a command that installs what no face here serves, "" if there is none to name.

    Args:
        catalogue: as loaded.
        roles: that shall be served.
        regions: for which they shall be served; one kai face is enough for all.
        manager: "apt", "brew" or "pip"; that of the platform if not given.
    """
    manager = manager or ("brew" if sys.platform == "darwin" else "apt")
    packages: dict[str, None] = {}
    for role, region in itertools.product(roles, regions):
        served = [
            family
            for family in catalogue.families
            if family.role == role and (not family.regions or region in family.regions)
        ]
        if any(
            f.found and (f in served or role == "kai") for f in catalogue.families if f.role == role
        ):
            continue
        offers = (dict(family.packages).get(manager) for family in served)
        packages.update(dict.fromkeys([offer for offer in offers if offer][:1]))
    return f"{_COMMANDS[manager]} {' '.join(packages)}" if packages else ""


def _advice(characters: str, catalogue: Catalogue) -> str:
    if all(_private(ord(character)) for character in characters):
        return "private-use characters mean something only in their own font: replace them"
    han = any(_han(ord(character)) for character in characters)
    role = "rare" if han else "symbol"
    absent = [f for f in catalogue.families if f.role == role and not f.found]
    manager = "brew" if sys.platform == "darwin" else "apt"
    packages = list(dict.fromkeys(p for f in absent for m, p in f.packages if m == manager))
    if not packages:
        return "add a font that has them to the project's fonts/ folder and fonts/catalog.toml"
    return f"one of these packages may have them: {', '.join(packages)}"


def _named(characters: str) -> str:
    names = [f"U+{ord(c):04X}" + (f" {c}" if c.isprintable() else "") for c in characters[:_SHOWN]]
    more = len(characters) - _SHOWN
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _private(code: int) -> bool:
    return 0xE000 <= code <= 0xF8FF or 0xF0000 <= code <= 0x10FFFF


def _han(code: int) -> bool:
    return 0x2E80 <= code <= 0x2FDF or 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF


def _family(family: Family) -> FamilyStatus:
    here = [face for face in family.faces if face.path]
    usable = [face for face in here if opened(face) is not None]
    return FamilyStatus(
        name=family.name,
        role=family.role,
        regions=family.regions,
        weights=tuple("bold" if face is family.bold else "normal" for face in usable),
        files=tuple(face.path for face in here),
        packages=family.packages,
        licence=family.licence,
        unusable=len(usable) < len(here),
    )


def _edition(language: str, catalogue: Catalogue) -> EditionStatus:
    families = []
    for role in ("song", "hei", "kai", "mono"):
        texts = [c.family for c in stack(language, role, catalogue) if c.family.role == role]
        usable = (family.name for family in texts if has(family, "normal"))
        families.append((role, next(usable, "")))
    region = region_of(language)
    sets = []
    choices = stack(language, "song", catalogue)
    regional = tuple(choice for choice in choices if region in choice.family.regions)
    for name in _SETS.get(region, ()):
        codes = character_set(name)
        sets.append(
            SetCoverage(
                name,
                len(codes),
                len(codes) - len(assign(codes, "normal", regional).missing),
                len(codes) - len(assign(codes, "normal", choices).missing),
            )
        )
    return EditionStatus(language, tuple(families), tuple(sets))


_SETS = {
    "SC": ("GB2312 level 1", "GB2312 level 2", "GBK"),
    "TC": ("Big5 level 1", "Big5 level 2"),
    "HK": ("Big5 level 1", "Big5 level 2", "HKSCS"),
    "JP": ("JIS level 1", "JIS level 2"),
    "KR": ("KS X 1001",),
}
# name -> codec, lead bytes, and whether only Han count
_PLANS = {
    "GB2312 level 1": ("gb2312", range(0xB0, 0xD8), True),
    "GB2312 level 2": ("gb2312", range(0xD8, 0xF8), True),
    "GBK": ("gbk", range(0x81, 0xFF), True),
    "Big5 level 1": ("big5", range(0xA4, 0xC7), True),
    "Big5 level 2": ("big5", range(0xC9, 0xFA), True),
    "HKSCS": ("big5hkscs", (*range(0x87, 0xA1), *range(0xF9, 0xFF)), True),
    "JIS level 1": ("euc_jp", range(0xB0, 0xD0), True),
    "JIS level 2": ("euc_jp", range(0xD0, 0xF5), True),
    "KS X 1001": ("euc_kr", range(0xB0, 0xC9), False),
}


@lru_cache(maxsize=16)
def character_set(name: str) -> frozenset[int]:
    """Return the code points of a standard's character set, as Python's codecs know it."""
    codec, leads, han_only = _PLANS[name]
    codes: set[int] = set()
    for lead in leads:
        for trail in range(0x40, 0xFF):
            text = bytes((lead, trail)).decode(codec, "ignore")
            if len(text) == 1 and (_han(ord(text)) or not han_only):
                codes.add(ord(text))
    if name == "HKSCS":
        codes -= character_set("Big5 level 1") | character_set("Big5 level 2")
    return frozenset(code for code in codes if code > 0x7F)
