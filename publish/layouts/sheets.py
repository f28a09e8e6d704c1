"""The style sheets of a layout, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from publish.layouts.finding import Layout

COMMON = "book.css"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One CSS file: its path from the folder that holds layouts, and its text."""

    shown: str
    text: str


def css_folders(layout: Layout) -> list[str]:
    """Return the folders whose style sheets count, the lowest first."""
    folders = list(layout.folders)
    ends = [number for number, folder in enumerate(folders, 1) if folder in layout.bare]
    return folders[: min(ends, default=len(folders))][::-1]


def sheets(layout: Layout, *targets: str) -> tuple[Sheet, ...]:
    """Return the CSS files of a layout for a target: ``book.css``, then ``<target>.css``.

    Each name is collected along the chain, the parent's first, so that a child overrides by
    saying more. A folder whose layout.toml has ``css = "replace"`` begins anew.

    Args:
        layout: as found.
        targets: "epub" or "pdf", or a plug-in's own; "vertical" after it for columns.
    """
    found = (
        Path(folder, name)
        for name in (COMMON, *(f"{target}.css" for target in targets))
        for folder in css_folders(layout)
    )
    return tuple(
        Sheet(
            f"{path.parent.name}/{path.name}",
            path.read_text(encoding="utf-8-sig").replace("\r\n", "\n"),
        )
        for path in found
        if path.is_file()
    )


def stylesheet(layout: Layout, *targets: str) -> str:
    """Return the CSS files of a layout for a target as one text; see `sheets`."""
    texts = (sheet.text.strip() for sheet in sheets(layout, *targets))
    return "\n\n".join(text for text in texts if text) + "\n"
