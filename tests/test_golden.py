"""Golden books: what must not change unless somebody means it to.

Each folder below tests/golden/books holds a content/ and, for each edition, the text files of
the EPUB made of it. After a change that is meant, look at the difference and write them anew:

    UPDATE_GOLDEN=1 scripts/test tests/test_golden.py
"""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import pytest
from epubcheck import check_books

from publish import __version__
from publish.cli import main

BOOKS = Path(__file__).parent / "golden" / "books"
EDITIONS = ("source", "zh-Hant-TW")
KEPT = (".xhtml", ".opf", ".ncx")


def made(case: str, edition: str, folder: Path) -> tuple[Path, dict[str, str]]:
    """Make a book; return its path and its text files."""
    content = folder / "content"
    shutil.copytree(BOOKS / case / "content", content)
    target = folder / "book.epub"
    words = ["epub", str(content), "-o", str(target), "--edition", edition, "--parts", "folder"]
    assert main([*words, "--offline", "-q"]) == 0
    with zipfile.ZipFile(target) as book:
        return target, {
            name: book.read(name).decode().replace(__version__, "VERSION").replace("><", ">\n<")
            for name in book.namelist()
            if name.endswith(KEPT)
        }


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("case", sorted(path.name for path in BOOKS.iterdir()))
def test_a_book_is_what_it_was(
    case: str, edition: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    target, files = made(case, edition, tmp_path)
    golden = BOOKS / case / edition
    if os.environ.get("UPDATE_GOLDEN"):
        shutil.rmtree(golden, ignore_errors=True)
        for name, text in files.items():
            (golden / name).parent.mkdir(parents=True, exist_ok=True)
            (golden / name).write_text(text, encoding="utf-8")
    expected = {
        path.relative_to(golden).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(golden.rglob("*"))
        if path.is_file()
    }
    assert files.keys() == expected.keys()
    for name, text in files.items():
        assert text == expected[name], name
    [report] = check_books([target])
    assert report.clean, report
