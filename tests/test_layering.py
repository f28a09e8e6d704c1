"""Imports go only downward, and no room on a floor knows another (ARCHITECTURE.md)."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "publish"
FLOORS = [
    {"diagnostics", "model", "locales", "pagination"},
    {"cache", "config", "installed", "share"},
    {"workshop"},
    {"content", "collect", "markdown", "chinese", "figures", "fonts", "layouts", "lines", "opds"},
    {"compiler"},
    {"backends"},
    {"build", "doctor", "imposition"},
    {"console"},
    {"cli", "__main__"},
]
HEIGHT = {room: height for height, floor in enumerate(FLOORS) for room in floor}
SAME_FLOOR = {("model", "diagnostics"), ("cli", "__main__"), ("__main__", "cli")}
HEAVY = {"weasyprint", "opencc", "PIL", "ebooklib", "httpx2", "uharfbuzz", "resvg_py", "rich"}
HEAVY |= {"pikepdf", "tinycss2", "fontTools"}
# What a build that finds all books fresh can do without: each would take from it what can be felt.
IDLE = HEAVY | {"yaml", "frontmatter", "lxml", "markdown_it", "jinja2", "pygments", "email"}
IDLE |= {"importlib.metadata", "multiprocessing", "socket", "tempfile", "shutil"}
IDLE |= {f"publish.{room}" for room in ("compiler", "markdown", "figures", "chinese", "lines")}
IDLE |= {"publish.build.making", "publish.content.header", "publish.content.articles"}
IDLE |= {"publish.content.sections", "publish.fonts.cutting", "publish.layouts.rendering"}
IDLE |= {"publish.opds"}


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path) -> list[tuple[str, int, bool]]:
    """Every module a file imports, the line, and whether it is imported at import time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno, id(node) not in late) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [(name, node.lineno, id(node) not in late) for name in names]
    return found


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    room = room_of(path)
    if room in {"__init__", "_share"}:
        return
    assert room in HEIGHT, f"{room} stands on no floor: give it one in FLOORS and ARCHITECTURE.md"
    for name, line, _ in imported(path):
        parts = name.split(".")
        if parts[0] != "publish" or len(parts) < 2 or parts[1] not in HEIGHT:
            continue
        other = parts[1]
        allowed = other == room or HEIGHT[other] < HEIGHT[room] or (room, other) in SAME_FLOOR
        assert allowed, f"{path.relative_to(PACKAGE)}:{line}: {room} may not import {other}"


def test_backends_do_not_know_each_other() -> None:
    for path in sources():
        parts = path.relative_to(PACKAGE).parts
        if parts[0] != "backends" or len(parts) < 3:
            continue
        for name, line, _ in imported(path):
            if name.startswith("publish.backends."):
                assert name.split(".")[2] == parts[1], f"{path}:{line}: {name}"


def test_a_build_with_nothing_to_do_imports_nothing_heavy() -> None:
    """Only a module that is itself imported late may import a heavy library at once."""
    script = (
        "import sys, publish.cli.make, publish.build, publish.backends as b\n"
        "b.backend('epub').version, b.backend('pdf').version\n"
        f"print(sorted(set({sorted(HEAVY)!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_fresh_book_imports_no_more_than_it_needs(tmp_path: Path) -> None:
    """As the command itself does it, of articles with front matter."""
    articles = tmp_path / "articles"
    (articles / "part").mkdir(parents=True)
    (articles / "a.md").write_text("---\ntitle: 甲\ndate: 2024-01-01\n---\n\n正文。\n", "utf-8")
    (articles / "part" / "_index.md").write_text("---\ntitle: 部\n---\n", "utf-8")
    (articles / "part" / "b.md").write_text("---\ntitle: 乙\n---\n\n正文。\n", "utf-8")
    words = ["build", "--to", "epub,pdf", str(articles), "-o", f"{tmp_path}/books/", "-j", "2"]
    words += ["--opds"]  # a catalogue that is fresh, too
    env = os.environ | {
        "PYTHONPATH": str(PACKAGE.parent),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    said = ""
    for flags in ((), ("-X", "importtime")):
        command = [sys.executable, *flags, "-m", "publish", *words]
        done = subprocess.run(command, capture_output=True, text=True, env=env, check=True)
        said = done.stderr
    assert "2 fresh" in said
    imported = re.findall(r"^import time:.*\| +(\S+)$", said, re.MULTILINE)
    assert "publish.content.reading" in imported
    found = {name for name in imported for idle in IDLE if f"{name}.".startswith(f"{idle}.")}
    assert not found
