"""Reading systems for tests: foliate-js in headless Chromium, and Ace by DAISY.

What they need is installed by scripts/test: Chromium, Node and npm from the system, the packages
that tests/reader/package-lock.json pins into the virtual environment. Where that could not be, a
test that opens books is skipped, and says what is missing.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_SCRIPTS = Path(__file__).resolve().parent / "reader"
_PACKAGES = Path(sys.prefix) / "readers"
_NODE = 20  # what Ace asks for


@dataclass(frozen=True)
class Section:
    """A file of the spine, as the reader showed it."""

    id: str
    title: str
    letters: int  # without white space
    drawn: int  # pictures, drawings and formulas
    broad: tuple[str, ...]  # what is broader than the page
    failed: tuple[str, ...]  # descriptions of pictures that could not be drawn
    style: dict[str, Any]


@dataclass(frozen=True)
class Note:
    """What the reader shows in a window of its own when a reference is touched."""

    mark: str  # of the reference
    kind: str  # "footnote"
    text: str  # its beginning


@dataclass(frozen=True)
class Reading:
    """A book that was opened and read to its end."""

    book: str
    pages: int
    spine: tuple[str, ...]
    sections: tuple[Section, ...]
    notes: tuple[Note, ...]
    cover: int  # bytes
    contents: int  # entries
    landmarks: int
    page_list: int
    direction: str
    faults: tuple[str, ...]


def read_books(
    books: Sequence[Path],
    shots: Sequence[Path] = (),
    *,
    dark: bool = False,
    own: bool = False,
    size: tuple[int, int] = (600, 800),
) -> list[Reading]:
    """Open books, turn pages to the end, and look at every section and every note.

    With ``shots``, a folder for each book, every page is photographed; with ``own`` the reader
    chooses no face, so that the book's are seen.
    """
    chromium = _ready()
    request = {
        "books": [str(book) for book in books],
        "shots": [str(shot) for shot in shots],
        "dark": dark,
        "own": own,
        "size": size,
    }
    done = _run(_SCRIPTS / "read.mjs", chromium, json.dumps(request))
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return [_reading(book, answer) for book, answer in zip(books, told, strict=True)]


def ace(books: Sequence[Path]) -> list[list[str]]:
    """Return the violations that Ace finds in each book: "serious image-alt text/a.xhtml: <img"."""
    chromium = _ready()
    with tempfile.TemporaryDirectory() as name:
        _run(_SCRIPTS / "ace.mjs", chromium, name, *map(str, books))
        reports = [Path(name, str(number), "report.json") for number in range(len(books))]
        return [_violations(json.loads(report.read_text("utf-8"))) for report in reports]


def walk_catalogue(folder: Path) -> dict[str, Any]:
    """Walk the OPDS 1.2 catalogue of a folder as the reader does; see tests/reader/catalog.mjs."""
    told: dict[str, Any] = json.loads(_run(_SCRIPTS / "catalog.mjs", _ready(), str(folder)).stdout)
    return told


@cache
def _ready() -> str:
    """Return the path of the browser; skip the test if anything is missing."""
    for tool in ("node", "npm", "chromium"):
        if shutil.which(tool) is None:
            pytest.skip(f"opening books needs {tool}")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)", version)
    if found is None or int(found[1]) < _NODE:
        pytest.skip(f"opening books needs Node {_NODE}, this is {version.strip()}")
    installed, wanted = _PACKAGES / "package-lock.json", _SCRIPTS / "package-lock.json"
    if not installed.is_file() or installed.read_bytes() != wanted.read_bytes():
        pytest.skip("opening books needs the packages of tests/reader: scripts/test installs them")
    path = shutil.which("chromium")
    assert path
    return path


def _run(script: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["node", str(script), str(_PACKAGES), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return done


def _reading(book: Path, told: dict[str, Any]) -> Reading:
    sections = [told["sections"][number] for number in sorted(told["sections"], key=int)]
    shown = {section["id"] for section in sections}
    faults = [
        *(["the end is not reached"] if not told["end"] else []),
        *(f"error: {error}" for error in told["errors"]),
        *(f"asks for {address}" for address in told["remote"]),
        *(f"is missing: {name}" for name in told["missing"]),
        *(f"never shown: {uid}" for uid in told["spine"] if uid not in shown),
        *(f"empty: {s['id']}" for s in sections if not s["letters"] and not s["drawn"]),
        *(f"{s['id']}: no picture: {alt}" for s in sections for alt in s["failed"]),
        *(f"{s['id']}: broader than the page: {what}" for s in sections for what in s["broad"]),
        *(
            f"{s['id']}: alone at the end of a page: {what}"
            for s in sections
            for what in s["lonely"]
        ),
        *(f"{s['id']}: caption on another page: {what}" for s in sections for what in s["parted"]),
        *(
            f"{kind} leads nowhere: {label}"
            for kind in ("contents", "landmarks", "pageList")
            for label in told[kind]["lost"]
        ),
        *(f"{n['from']}: no note: {n}" for n in told["notes"] if n["kind"] != "footnote"),
    ]
    return Reading(
        book=str(book),
        pages=told["pages"],
        spine=tuple(told["spine"]),
        sections=tuple(
            Section(
                s["id"],
                s["title"],
                s["letters"],
                s["drawn"],
                tuple(s["broad"]),
                tuple(s["failed"]),
                s["style"],
            )
            for s in sections
        ),
        notes=tuple(Note(n["mark"], n["kind"], n["text"]) for n in told["notes"]),
        cover=told["cover"],
        contents=told["contents"]["count"],
        landmarks=told["landmarks"]["count"],
        page_list=told["pageList"]["count"],
        direction=told["direction"],
        faults=tuple(faults),
    )


def _violations(report: dict[str, Any]) -> list[str]:
    outcome = report["earl:result"]["earl:outcome"]
    found = []
    for document in report["assertions"]:
        url = document["earl:testSubject"]["url"]
        for one in document["assertions"]:
            test, result = one["earl:test"], one["earl:result"]
            place = result.get("html", result["dct:description"]).strip()
            found.append(f"{test['earl:impact']} {test['dct:title']} {url}: {place}")
    assert (outcome == "pass") == (not found), (outcome, found)
    return found
