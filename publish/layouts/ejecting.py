"""Copies a layout into a project, to be changed there."""

from __future__ import annotations

import re
from pathlib import Path

from publish.diagnostics import UsageError, error
from publish.layouts.finding import FILE_NAME, Layout, files_in, find
from publish.layouts.sheets import css_folders

_REPLACE = '\ncss = "replace" # this folder\'s style sheets stand alone; "add" sets them after ours'


def eject(name: str, project: Path) -> tuple[Path, ...]:
    """Copy the files of a layout, with what it extends, into ``layouts/<name>/`` of a project.

    The copy is complete and its style sheets replace ours; any file of it may be removed, and
    ours is used again.

    Returns:
        The new files.

    Raises:
        UsageError: there is no such layout, or a file of it is already in the project.
    """
    layout = find(name, project)
    target = project / "layouts" / name
    if found := files_in(target):
        raise UsageError(
            error(
                "layout-exists",
                f"layouts/{name} already holds {', '.join(path.name for path in found)}",
                help="nothing is overwritten: remove or rename them first",
            )
        )
    content = _content(layout)
    target.mkdir(parents=True, exist_ok=True)
    for file, text in content.items():
        (target / file).write_text(text, encoding="utf-8", newline="\n")
    return tuple(target / file for file in sorted(content))


def _content(layout: Layout) -> dict[str, str]:
    """Return the files of a layout as one folder would hold them."""
    content: dict[str, str] = {}
    for folder in layout.folders:
        for path in files_in(Path(folder)):
            if path.suffix != ".css":
                content.setdefault(path.name, _text(path))
    for folder in css_folders(layout):
        for path in files_in(Path(folder)):
            if path.suffix == ".css":
                before = content.get(path.name, "")
                content[path.name] = f"{before.rstrip()}\n\n{_text(path)}".lstrip()
    facts = re.sub(r"(?m)^css\s*=.*\n", "", content.get(FILE_NAME, "")).strip()
    head, table, rest = facts.partition("[options]")
    content[FILE_NAME] = f"{head.strip()}{_REPLACE}\n" + (f"\n{table}{rest}\n" if table else "")
    return content


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
