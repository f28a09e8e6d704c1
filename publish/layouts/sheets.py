"""The style sheets of a layout, one after the other."""

from __future__ import annotations

from pathlib import Path

from publish.layouts.finding import Layout

COMMON = "book.css"


def stylesheet(layout: Layout, target: str) -> str:
    """Return the CSS of a layout for a target: ``book.css``, then ``<target>.css``.

    Each name is collected along the chain, the parent's first, so that a child overrides by
    saying more. A folder whose layout.toml has ``css = "replace"`` begins anew.

    Args:
        layout: as found.
        target: "epub" or "pdf", or a plug-in's own.
    """
    folders = list(layout.folders)
    for number, folder in enumerate(folders):
        if folder in layout.bare:
            folders = folders[: number + 1]
            break
    sheets = [
        path.read_text(encoding="utf-8-sig").replace("\r\n", "\n").strip()
        for name in (COMMON, f"{target}.css")
        for folder in reversed(folders)
        if (path := Path(folder, name)).is_file()
    ]
    return "\n\n".join(sheet for sheet in sheets if sheet) + "\n"
