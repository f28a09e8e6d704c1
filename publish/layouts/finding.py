"""Finds a layout: the folders its files come from, its options, and a digest of it all."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publish.cache import digest
from publish.config import suggestion
from publish.diagnostics import Place, UsageError, error
from publish.installed import plugins
from publish.layouts.words import WRITTEN
from publish.share import shared_folder

VERSION = 1
GROUP = "publish.layouts"
FILE_NAME = "layout.toml"
BASE = "classic"  # what a folder without layout.toml extends
_NAME = re.compile(r"[^\W_][\w-]*")
_KEYS = {"title", "description", "extends", "css", "options"}
_KINDS = {".xhtml", ".svg", ".css", ".toml"}


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout as one book sees it; plain values that travel to workers.

    ``folders`` are absolute, in the order in which a template is looked for. ``digest`` is of
    every file in them and knows no path, so that the same layout elsewhere makes the same book.
    """

    name: str
    title: str
    description: str = ""
    folders: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    bare: tuple[str, ...] = ()  # folders whose style sheets stand alone, without those below


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one layout.toml says."""

    title: str = ""
    description: str = ""
    extends: str = ""
    alone: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


def find(name: str, project: Path | None = None) -> Layout:
    """Return a layout by name.

    Args:
        name: of a folder in the project's ``layouts/``, of a plug-in, or of one of ours.
        project: the project's folder, if there is one.

    Raises:
        UsageError: there is none of that name, its ``layout.toml`` is wrong, or it extends
            itself.
    """
    folders: list[Path] = []
    facts: list[_Facts] = []
    bare: list[str] = []
    seen: list[str] = []
    wanted = name
    while wanted or not seen:
        if wanted in seen:
            raise UsageError(
                error("layout-circle", f"layout {name!r} extends itself: {' > '.join(seen)}")
            )
        seen.append(wanted)
        places = _places(wanted, project)
        if not places:
            raise UsageError(_unknown(wanted, seen, project))
        found = [(place, _facts(place, project)) for place in places]
        folders += [place for place in places if place not in folders]
        facts += [fact for _, fact in found if fact]
        bare += [str(place) for place, fact in found if fact and fact.alone]
        stated = next((fact for _, fact in found if fact), None)
        wanted = stated.extends if stated else BASE
    options: dict[str, Any] = {}
    for fact in reversed(facts):
        options.update(fact.options)
    return Layout(
        name=name,
        title=next((fact.title for fact in facts if fact.title), name),
        description=facts[0].description if facts else "",
        folders=tuple(map(str, folders)),
        options=options,
        digest=_digest(folders, bare),
        bare=tuple(bare),
    )


def names(project: Path | None = None) -> tuple[str, ...]:
    """Return the names of all layouts there are: ours, plug-ins', the project's."""
    roots = [shared_folder("layouts")] + ([project / "layouts"] if project else [])
    found = {
        folder.name
        for root in roots
        if root.is_dir()
        for folder in root.iterdir()
        if _NAME.fullmatch(folder.name) and files_in(folder)
    }
    return tuple(sorted(found | {point.name for point in plugins(GROUP)}))


def _unknown(name: str, seen: list[str], project: Path | None) -> Any:
    by = f", which {seen[-2]!r} extends," if len(seen) > 1 else ""
    return error(
        "layout-unknown",
        f"there is no layout {name!r}{by}",
        help=suggestion(name, names(project)),
    )


def _places(name: str, project: Path | None) -> list[Path]:
    """Return the folders of a name, the first to be asked first; [] if there is no such layout."""
    if not _NAME.fullmatch(name):
        return []
    own = [project / "layouts" / name] if project else []
    given = [*(_folder(point) for point in plugins(GROUP) if point.name == name)]
    places = [
        place.resolve()
        for place in (*own, *given, shared_folder("layouts") / name)
        if files_in(place)
    ]
    if places and project and (common := project / "layouts").is_dir():
        places.insert(1 if places[0] == own[0].resolve() else 0, common.resolve())
    return list(dict.fromkeys(places))


def _folder(point: Any) -> Path:
    """Return the folder that a plug-in offers: a package, or a path."""
    offered = point.load()
    if isinstance(offered, str | Path):
        return Path(offered)
    return Path(str(offered.__file__)).parent


def files_in(folder: Path) -> list[Path]:
    """Return the files of a layout that lie in a folder, by name."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in _KINDS and not path.name.startswith(".") and path.is_file()
    )


def _digest(folders: list[Path], bare: list[str]) -> str:
    rows = [
        (path.name, str(folder) in bare, hashlib.sha256(path.read_bytes()).hexdigest())
        for folder in folders
        for path in files_in(folder)
    ]
    return digest("layout", VERSION, rows)


def _facts(folder: Path, project: Path | None) -> _Facts | None:
    """Return what a folder's layout.toml says, or None if it has none."""
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    shown = str(path)
    if project and path.is_relative_to(project.resolve()):
        shown = path.relative_to(project.resolve()).as_posix()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        at = re.search(r"line (\d+), column (\d+)", str(problem))
        place = Place(shown, *(map(int, at.groups()) if at else ()))
        raise UsageError(error("layout-file", f"cannot be read: {problem}", place)) from None
    if faults := [*_faults(table, shown)]:
        raise UsageError(*faults)
    return _Facts(
        title=table.get("title", ""),
        description=table.get("description", ""),
        extends=table.get("extends", ""),
        alone=table.get("css", "add") == "replace",
        options=table.get("options", {}),
    )


def _faults(table: Mapping[str, Any], shown: str) -> Iterator[Any]:
    for key in table.keys() - _KEYS:
        yield error("layout-file", f"unknown key {key!r}", Place(shown), suggestion(key, _KEYS))
    for key in ("title", "description", "extends"):
        if not isinstance(table.get(key, ""), str):
            yield error("layout-file", f"{key} must be text", Place(shown))
    if table.get("css", "add") not in ("add", "replace"):
        yield error("layout-file", 'css must be "add" or "replace"', Place(shown))
    if not isinstance(table.get("options", {}), dict):
        yield error("layout-file", "options must be a table", Place(shown))


def wording(layout: Layout) -> str:
    """Return the text of a layout's templates, and what their filters may say besides."""
    paths = (path for folder in layout.folders for path in sorted(Path(folder).glob("*.xhtml")))
    texts = (path.read_text(encoding="utf-8-sig", errors="replace") for path in paths)
    return "".join((*texts, WRITTEN))
