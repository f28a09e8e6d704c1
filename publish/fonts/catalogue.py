"""The catalogue: which families there are, in order of preference, and which files were found."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from publish.cache import digest
from publish.diagnostics import Diagnostic, Place, error
from publish.fonts.search import find, standard_folders
from publish.share import shared_folder

ROLES = ("song", "hei", "kai", "mono", "rare", "latin", "symbol")
TEXT_ROLES = ("song", "hei", "kai", "mono")
REGIONS = ("SC", "TC", "HK", "JP", "KR")
WEIGHTS = ("normal", "bold")
FILE_NAME = "catalog.toml"
_KEYS = {
    *("name", "each", "role", "regions", "suits", "ranges"),
    *("normal", "bold", "packages", "modules", "licence"),
}


@dataclass(frozen=True, slots=True)
class Face:
    """One weight of a family; ``path`` is "" when none of its files was found."""

    name: str  # PostScript name: picks the face in a collection
    files: tuple[str, ...]  # file names, the best first
    path: str = ""
    size: int = 0  # bytes


@dataclass(frozen=True, slots=True)
class Family:
    """A family of the catalogue, found or not."""

    name: str
    role: str
    regions: tuple[str, ...] = ()
    suits: tuple[str, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()  # inclusive; none means all that the face has
    normal: Face | None = None
    bold: Face | None = None
    packages: tuple[tuple[str, str], ...] = ()  # ("apt", "fonts-noto-cjk") …
    modules: tuple[str, ...] = ()
    licence: str = ""

    @property
    def found(self) -> bool:
        """Whether at least one face is on this machine."""
        return any(face.path for face in self.faces)

    @property
    def faces(self) -> tuple[Face, ...]:
        """The faces, regular before bold."""
        return tuple(face for face in (self.normal, self.bold) if face)

    def face(self, weight: str) -> Face | None:
        """Return the found face of a weight; the regular one stands in for a missing bold."""
        bold = self.bold if weight == "bold" and self.bold and self.bold.path else None
        face = bold or self.normal
        return face if face and face.path else None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All families in order of preference.

    ``fingerprint`` changes when a face appears, goes, or has another file: it belongs into the
    key of whatever is made with fonts.
    """

    families: tuple[Family, ...]
    fingerprint: str
    findings: tuple[Diagnostic, ...] = ()

    @property
    def found(self) -> tuple[Family, ...]:
        """The families that are on this machine."""
        return tuple(family for family in self.families if family.found)


def load(project: Path | None = None, *, folders: list[Path] | None = None) -> Catalogue:
    """Return the catalogue with the files that this machine has.

    No font is opened, so this is quick enough for a build that finds nothing to do.

    Args:
        project: a project's folder; its ``fonts/`` is searched first, and the families of its
            ``fonts/catalog.toml`` go before the shipped ones.
        folders: searched instead of the machine's own (for tests).
    """
    findings: list[Diagnostic] = []
    families: list[Family] = []
    if project and (own := project / "fonts" / FILE_NAME).is_file():
        families += _read(own, f"fonts/{FILE_NAME}", findings)
    shipped = shared_folder("fonts") / FILE_NAME
    if not families or not _same(project, shipped):
        families += _read(shipped, FILE_NAME, findings)
    places = [project / "fonts"] if project else []
    places += standard_folders() if folders is None else folders
    wanted = frozenset(name for family in families for face in family.faces for name in face.files)
    modules = sorted({name for family in families for name in family.modules})
    paths = find(wanted, places, modules if folders is None else ())
    # a project may begin its own catalogue with a copy of the shipped one
    located = tuple(dict.fromkeys(_locate(family, paths) for family in families))
    return Catalogue(located, _fingerprint(located), tuple(findings))


def _same(project: Path | None, shipped: Path) -> bool:
    """Tell whether the project is the checkout itself, whose catalogue is the shipped one."""
    return project is not None and (project / "fonts" / FILE_NAME).resolve() == shipped.resolve()


def _locate(family: Family, paths: Mapping[str, str]) -> Family:
    def located(face: Face | None) -> Face | None:
        for name in face.files if face else ():
            if face and (path := paths.get(name)):
                try:
                    return replace(face, path=path, size=Path(path).stat().st_size)
                except OSError:
                    continue
        return face

    return replace(family, normal=located(family.normal), bold=located(family.bold))


def _fingerprint(families: tuple[Family, ...]) -> str:
    rows = [
        (
            *(family.name, family.role, family.regions, family.suits, family.ranges),
            *((face.name, Path(face.path).name, face.size) for face in family.faces),
        )
        for family in families
        if family.found
    ]
    return digest("fonts", rows)


def _read(path: Path, shown: str, findings: list[Diagnostic]) -> list[Family]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        line = re.search(r"line (\d+), column (\d+)", str(problem))
        place = Place(shown, *(map(int, line.groups()) if line else ()))
        findings.append(error("font-catalogue", f"cannot be read: {problem}", place))
        return []
    entries = table.get("family")
    if not isinstance(entries, list) or set(table) != {"family"}:
        form = 'one entry looks like: [[family]] name = "…" role = "song" normal = { … }'
        findings.append(
            error("font-catalogue", "holds no list of [[family]] entries alone", Place(shown), form)
        )
        return []
    families: list[Family] = []
    for number, entry in enumerate(entries, 1):
        try:
            families += _families(entry)
        except (TypeError, ValueError, KeyError, AttributeError) as problem:
            name = entry.get("name", "") if isinstance(entry, dict) else ""
            what = f"family {number}" + (f" ({name})" if name else "")
            reason = f"{problem} is missing" if isinstance(problem, KeyError) else str(problem)
            findings.append(error("font-catalogue", f"{what}: {reason}", Place(shown)))
    return families


def _families(entry: dict[str, Any]) -> Iterator[Family]:
    if unknown := sorted(set(entry) - _KEYS):
        raise ValueError(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    for region in entry.get("each") or [""]:
        values = _filled(entry, region) if region else entry
        family = Family(
            name=_text(values["name"]),
            role=_one_of(ROLES, values["role"]),
            regions=(region,) if region else _all_of(REGIONS, values.get("regions", [])),
            suits=_all_of(TEXT_ROLES, values.get("suits", [])),
            ranges=tuple(map(_range, values.get("ranges", []))),
            normal=_face(values.get("normal")),
            bold=_face(values.get("bold")),
            packages=tuple(sorted(values.get("packages", {}).items())),
            modules=tuple(values.get("modules", [])),
            licence=values.get("licence", ""),
        )
        if not family.faces:
            raise ValueError("names neither a normal nor a bold face")
        yield family


def _filled(value: Any, region: str) -> Any:
    if isinstance(value, str):
        return value.replace("{R}", region).replace("{r}", region.lower())
    if isinstance(value, list):
        return [_filled(item, region) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, region) for key, item in value.items()}
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} is no name")
    return value


def _face(value: Any) -> Face | None:
    return Face(_text(value["name"]), tuple(map(_text, value["files"]))) if value else None


def _one_of(known: tuple[str, ...], value: Any) -> str:
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(known)}")
    return str(value)


def _all_of(known: tuple[str, ...], values: Any) -> tuple[str, ...]:
    return tuple(_one_of(known, value) for value in values)


def _range(value: str) -> tuple[int, int]:
    first, _, last = value.partition("-")
    return int(first, 16), int(last or first, 16)
