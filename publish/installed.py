"""What is installed beside us: versions, and plug-ins, read at less cost than importlib.metadata.

importlib.metadata needs the parser of e-mail and reads a whole METADATA for one version: more
than a build with nothing to do takes for its articles. The name of a ``.dist-info`` folder tells
both name and version, and ``entry_points.txt`` in it the plug-ins (PyPA, "Recording installed
projects" and "Entry points"). What is recorded otherwise is left to importlib.metadata.
"""

from __future__ import annotations

import re
import sys
from functools import cache as remember
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_RECORDS = {".dist-info", ".egg-info"}


def version(name: str) -> str:
    """Return the version of an installed distribution.

    Raises:
        importlib.metadata.PackageNotFoundError: there is none of that name.
    """
    wanted = _normal(name)
    for record in _records():
        found, _, number = record.stem.partition("-")
        if _normal(found) == wanted:
            if record.suffix == ".dist-info" and number:
                return number
            break
    from importlib import metadata

    return metadata.version(name)


def plugins(group: str) -> tuple[EntryPoint, ...]:
    """Return the entry points of a group, such as "publish.layouts"."""
    if not any(_offers(record, group) for record in _records()):
        return ()
    from importlib.metadata import entry_points

    return tuple(entry_points(group=group))


def _records() -> tuple[Path, ...]:
    """Return all that records a distribution, in the order of sys.path."""
    return tuple(record for folder in sys.path for record in _recorded(folder))


@remember
def _recorded(folder: str) -> tuple[Path, ...]:
    try:
        return tuple(sorted(path for path in Path(folder).iterdir() if path.suffix in _RECORDS))
    except OSError:  # it is not there, or an archive of modules
        return ()


def _offers(record: Path, group: str) -> bool:
    try:
        text = (record / "entry_points.txt").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return f"[{group}]" in text


def _normal(name: str) -> str:
    """Return a name as names are compared (PyPA, "Names and normalization")."""
    return re.sub(r"[-_.]+", "-", name).lower()
