"""Finds font files by name in the standard folders, without fontconfig and without reading them."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_SUFFIXES = (".otf", ".ttf", ".ttc", ".otc")


def standard_folders() -> list[Path]:
    """Return the folders where this machine keeps fonts, the user's own before the system's."""
    home = Path.home()
    folders = [Path(part) for part in os.environ.get("PUBLISH_FONTS", "").split(os.pathsep) if part]
    data = os.environ.get("XDG_DATA_HOME")
    folders += [Path(data) / "fonts"] if data else []
    folders += [home / ".local/share/fonts", home / ".fonts"]
    if sys.platform == "darwin":
        folders += [
            home / "Library/Fonts",
            Path("/Library/Fonts"),
            Path("/opt/homebrew/share/fonts"),
        ]
    return [*folders, Path("/usr/local/share/fonts"), Path("/usr/share/fonts")]


def find(
    wanted: frozenset[str], folders: Iterable[Path], modules: Iterable[str] = ()
) -> dict[str, str]:
    """Return the path of each wanted file name that is found; earlier folders win.

    Args:
        wanted: file names, such as "NotoSerifCJK-Regular.ttc".
        folders: searched with all below them; a missing one is passed over.
        modules: top-level Python packages that may hold fonts; they are located, never imported.
    """
    found: dict[str, str] = {}
    for folder in [*folders, *filter(None, map(_module_folder, modules))]:
        for path in _files(os.fspath(folder)):
            name = os.path.basename(path)  # noqa: PTH119 - thousands of them, on every build
            if name in wanted:
                found.setdefault(name, path)
        if len(found) == len(wanted):
            break
    return found


def _files(root: str) -> list[str]:
    """Return the font files below a folder, in an order that does not depend on the disk."""
    paths: list[str] = []
    seen: set[str] = set()
    for folder, subfolders, names in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:  # a link that leads back up
            subfolders.clear()
            continue
        seen.add(real)
        subfolders.sort()
        paths += [f"{folder}/{name}" for name in sorted(names) if name.lower().endswith(_SUFFIXES)]
    return paths


def _module_folder(name: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin).parent if spec and spec.origin else None
