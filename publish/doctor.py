"""The third floor's surgery: whether this machine has what books need."""

from __future__ import annotations

import ctypes.util
import importlib.metadata
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from publish import fonts

NEEDED = ("ebooklib", "weasyprint", "jinja2", "python-frontmatter", "opencc")
LIBRARIES = {  # names as ctypes.util.find_library takes them -> Debian package, what it is for
    "gobject-2.0": ("libglib2.0-0", "PDF"),
    "pango-1.0": ("libpango-1.0-0", "PDF"),
    "pangoft2-1.0": ("libpangoft2-1.0-0", "PDF"),
    "harfbuzz": ("libharfbuzz0b", "PDF"),
    "harfbuzz-subset": ("libharfbuzz-subset0", "smaller fonts in PDF"),
    "fontconfig": ("libfontconfig1", "PDF"),
}
BREW = {"gobject-2.0": "glib", "fontconfig": "fontconfig", "harfbuzz": "harfbuzz"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``needed`` if books cannot be made without it."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    needed: bool = True

    def record(self) -> dict[str, object]:
        """Return plain values for JSON."""
        return {
            "name": self.name,
            "ok": self.ok,
            "needed": self.needed,
            "detail": self.detail,
            "remedy": self.remedy,
        }


def examine(project: Path | None, cache: Path) -> Iterator[Finding]:
    """Yield what was found, in the order in which it matters."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")
    yield from _packages()
    yield from _libraries()
    yield from _fonts(project)
    yield _writable(cache)


def _packages() -> Iterator[Finding]:
    for name in NEEDED:
        try:
            yield Finding(name, True, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, False, "missing", f"pip install {name}")


def _libraries() -> Iterator[Finding]:
    for name, (package, purpose) in LIBRARIES.items():
        found = ctypes.util.find_library(name)
        if sys.platform == "darwin":
            remedy = f"brew install {BREW.get(name, 'pango')}"
        else:
            remedy = f"apt-get install {package}"
        needed = name != "harfbuzz-subset"
        yield Finding(f"lib{name}", bool(found), found or f"missing: for {purpose}", remedy, needed)


def _fonts(project: Path | None) -> Iterator[Finding]:
    catalogue = fonts.load(project)
    told = fonts.report(catalogue)
    for edition in told.editions:
        found = [f"{role} {name}" for role, name in edition.families if name]
        lacks = [f.message for f in fonts.edition_findings([edition.language], catalogue)]
        remedy = fonts.install_command(catalogue, roles=("song", "hei"))
        detail = "; ".join(lacks) or ", ".join(found)
        yield Finding(f"fonts {edition.language}", not lacks, detail, remedy)
    if told.install:
        yield Finding("more fonts", False, "some are not here", told.install, needed=False)


def _writable(folder: Path) -> Finding:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=existing):
            pass
    except OSError as problem:
        return Finding(
            "cache", False, f"{folder}: {problem.strerror}", "choose another: -c, project.cache"
        )
    free = os.statvfs(existing)
    megabytes = free.f_bavail * free.f_frsize // 1_000_000
    return Finding("cache", True, f"{folder} ({megabytes} MB free)")
