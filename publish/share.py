"""Tells of the program itself: what travels with it, and a digest of all its sources."""

from __future__ import annotations

import hashlib
from functools import cache as remember
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shared_folder(name: str) -> Path:
    """Return a folder such as "layouts" or "fonts", in a checkout or in an installed package."""
    installed = _PACKAGE / "_share" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


@remember
def program() -> str:
    """Return the digest of the program's own sources."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        content = path.read_bytes()
        digest.update(
            f"{path.relative_to(_PACKAGE).as_posix()} {len(content)}\n".encode() + content
        )
    return digest.hexdigest()
