"""Tells what this system has, and lacks, of what publish needs; called by setup.sh.

    needs.py MANAGER run|test

MANAGER is apt, brew, dnf, pacman, apk or none. Each line of the answer is one of

    have PATH       something needed is here
    need PACKAGE    the package that would bring something needed
    lack WORDS      something needed is not here
    want PACKAGE    a package that books or tests gain by and can do without

Any Python from 3.11 runs this, with nothing installed.
"""

from __future__ import annotations

import ctypes
import importlib.util
import itertools
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MANAGERS = ("apt", "brew", "dnf", "pacman", "apk")
REGIONS = ("SC", "TC", "HK")


@dataclass(frozen=True, slots=True)
class Library:
    """A shared library: its file names on Linux and macOS, its package for each of MANAGERS."""

    linux: str
    darwin: str
    packages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that the tests use, and its package for each of MANAGERS."""

    name: str
    packages: tuple[str, ...]


_PANGO = ("libpango-1.0-0", "pango", "pango", "pango", "pango")
_PANGOFT2 = ("libpangoft2-1.0-0", "pango", "pango", "pango", "pango")
LIBRARIES = (
    Library("libgobject-2.0.so.0", "libgobject-2.0.0.dylib", _PANGO),
    Library("libpango-1.0.so.0", "libpango-1.0.0.dylib", _PANGO),
    Library("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib", _PANGOFT2),
    Library("libharfbuzz.so.0", "libharfbuzz.0.dylib", _PANGOFT2),
    Library("libfontconfig.so.1", "libfontconfig.1.dylib", _PANGOFT2),
    Library(
        "libharfbuzz-subset.so.0",
        "libharfbuzz-subset.0.dylib",
        ("libharfbuzz-subset0", "harfbuzz", "harfbuzz", "harfbuzz", "harfbuzz-subset"),
    ),
)
_POPPLER = ("poppler-utils", "poppler", "poppler-utils", "poppler", "poppler-utils")
TOOLS = (
    Tool(
        "java",
        (
            "default-jre-headless",
            "openjdk",
            "java-latest-openjdk-headless",
            "jre-openjdk-headless",
            "openjdk21-jre-headless",
        ),
    ),
    Tool("pdffonts", _POPPLER),
    Tool("pdftoppm", _POPPLER),
    Tool("qpdf", ("qpdf", "qpdf", "qpdf", "qpdf", "qpdf")),
    Tool("gs", ("ghostscript", "ghostscript", "ghostscript", "ghostscript", "ghostscript")),
    Tool("openssl", ("openssl", "openssl", "openssl", "openssl", "openssl")),
)
# Without these, what opens books in a real reader is skipped.
READERS = (
    Tool("node", ("nodejs", "node", "nodejs", "nodejs", "nodejs")),
    Tool("npm", ("npm", "node", "nodejs-npm", "npm", "npm")),
    Tool("chromium", ("chromium", "chromium", "chromium", "chromium", "chromium")),
)
# Beyond apt and brew, which fonts/catalog.toml knows.
TEXT_FONTS = {
    "dnf": "google-noto-serif-cjk-fonts google-noto-sans-cjk-fonts",
    "pacman": "noto-fonts-cjk",
    "apk": "font-noto-cjk",
}
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def main() -> None:
    """Answer on stdout."""
    manager, purpose = sys.argv[1:]
    catalogue = families()
    answers = [*_environment(manager), *_libraries(manager)]
    answers += fonts(manager, catalogue, font_files(catalogue))
    if purpose == "test":
        answers += _tools(manager)
    for kind, name in dict.fromkeys(answers):
        print(kind, name)


def _package(packages: tuple[str, ...], manager: str) -> Iterator[tuple[str, str]]:
    if manager in MANAGERS:
        yield "need", packages[MANAGERS.index(manager)]


def _environment(manager: str) -> Iterator[tuple[str, str]]:
    """Ask for what Debian splits from Python, and for certificates to fetch figures with."""
    bare = sys.prefix == sys.base_prefix
    if bare and not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        yield "lack", "Python's ensurepip"
        if manager == "apt":
            yield "need", f"python3.{sys.version_info.minor}-venv"
    if manager == "apt":
        if CERTIFICATES.exists():
            yield "have", str(CERTIFICATES)
        else:
            yield "want", "ca-certificates"


def _libraries(manager: str) -> Iterator[tuple[str, str]]:
    for library in LIBRARIES:
        name = library.darwin if sys.platform == "darwin" else library.linux
        try:
            ctypes.CDLL(name)
        except OSError:
            yield "lack", name
            yield from _package(library.packages, manager)
    for path in _loaded():
        yield "have", path


def _loaded() -> list[str]:
    """Return the paths from which the libraries came, where the system tells."""
    try:
        maps = Path("/proc/self/maps").read_text("utf-8", "surrogateescape")
    except OSError:
        return []
    stems = "|".join(re.escape(library.linux) for library in LIBRARIES)
    return sorted(set(re.findall(rf"/\S.*/(?:{stems})[^/\n]*$", maps, re.MULTILINE)))


def families() -> list[dict[str, Any]]:
    """Read the families of the font catalogue."""
    text = (ROOT / "fonts/catalog.toml").read_text("utf-8")
    return list(tomllib.loads(text)["family"])


def font_files(families: list[dict[str, Any]]) -> dict[str, str]:
    """Return the path of each of the catalogue's files that is here."""
    search = _module(ROOT / "publish/fonts/search.py")
    wanted = {name for family in families for name in _files(family, REGIONS)}
    modules = {module for family in families for module in family.get("modules", ())}
    found: dict[str, str] = search.find(
        frozenset(wanted), search.standard_folders(), sorted(modules)
    )
    return found


def fonts(
    manager: str, families: list[dict[str, Any]], found: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Ask for 宋 and 黑 of every region, and for some face of 楷, of rare Han and of signs."""
    for role, style in (("song", "宋 (serif)"), ("hei", "黑 (sans)")):
        lacking = []
        for region in REGIONS:
            served = [f for f in families if f["role"] == role and region in _regions(f)]
            here = [found[name] for f in served for name in _files(f, (region,)) if name in found]
            if here:
                yield "have", here[0]
                continue
            lacking.append(region)
            offers = TEXT_FONTS.get(manager, "").split() or _offers(served, manager, (region,))
            yield from (("need", name) for name in offers)
        if lacking:
            yield "lack", f"a {style} font for {', '.join(lacking)}"
    for role in ("kai", "rare", "symbol"):
        served = [f for f in families if f["role"] == role]
        here = [found[name] for f in served for name in _files(f, REGIONS) if name in found]
        if here:
            yield "have", here[0]
        else:
            yield from (("want", name) for name in _offers(served, manager, REGIONS[:1]))


def _regions(family: dict[str, Any]) -> list[str]:
    regions: list[str] = family.get("each") or family.get("regions") or list(REGIONS)
    return regions


def _files(family: dict[str, Any], regions: tuple[str, ...]) -> Iterator[str]:
    for region, name in itertools.product(regions, family["normal"]["files"]):
        if region in _regions(family):
            yield name.replace("{R}", region).replace("{r}", region.lower())


def _offers(
    families: list[dict[str, Any]], manager: str, regions: tuple[str, ...]
) -> Iterator[str]:
    """Give the packages of the first family that the manager has one for."""
    offers = (f["packages"][manager] for f in families if manager in f.get("packages", {}))
    for offer, region in itertools.product(itertools.islice(offers, 1), regions):
        yield offer.replace("{R}", region).replace("{r}", region.lower())


def _tools(manager: str) -> Iterator[tuple[str, str]]:
    for tool in TOOLS:
        path = shutil.which(tool.name)
        # macOS has a java that only says where to get one.
        if path and (tool.name != "java" or _runs([path, "-version"])):
            yield "have", path
        else:
            yield "lack", tool.name
            yield from _package(tool.packages, manager)
    for tool in READERS:
        if path := shutil.which(tool.name):
            yield "have", path
        else:
            yield from (("want", name) for _, name in _package(tool.packages, manager))


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
