"""Finds what travels with the program: layouts and the font catalogue."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shared_folder(name: str) -> Path:
    """Return a folder such as "layouts" or "fonts", in a checkout or in an installed package."""
    installed = _PACKAGE / "_share" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
