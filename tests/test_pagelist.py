"""The page list of an EPUB whose PDF is made in the same project: when it is there, and fresh."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pdfs import need_faces
from test_build import Capture, run, write

from publish.backends.pdf import PdfBackend
from publish.build import ledger
from publish.cache import Cache

TEXT = "".join(f"第{n}句话，说的是第{n}件事，又说了一遍。" for n in range(300))
QUOTES = str.maketrans("「」", "“”")
BOTH = '[defaults]\nto = ["epub", "pdf"]\n[defaults.pdf]\npage = "64开"\n'


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two articles, some pages long, that are made in both formats."""
    need_faces()
    write(tmp_path, "content/a.md", f"---\ntitle: 甲\ndate: 2024-03-05\n---\n\n{TEXT}\n")
    write(tmp_path, "content/b.md", f"---\ntitle: 乙\ndate: 2024-03-06\n---\n\n{TEXT}\n")
    write(tmp_path, "publish.toml", '[project]\ntitle = "书"\n' + BOTH)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pages(folder: Path) -> list[str]:
    """The page list: folios, and the text that follows each marker."""
    [file] = folder.rglob("*.epub")
    with zipfile.ZipFile(file) as book:
        nav = book.read("EPUB/nav.xhtml").decode()
        rows = re.findall(r'<a href="([^"#]+)#(page-\d+)">(\d+)</a>', nav)
        texts = {name: book.read(f"EPUB/{name}").decode() for name, _, _ in rows}
    return [
        f"{folio} {re.sub('<[^>]+>', '', texts[name].partition(uid + chr(34))[2][2:])[:12].strip()}"
        for name, uid, folio in rows
    ]


def fresh(books: list[dict[str, object]]) -> dict[str, object]:
    return {Path(str(book["path"])).suffix: book["fresh"] for book in books}


def test_a_book_made_in_both_formats_lists_its_pages(site: Path, capsys: Capture) -> None:
    status, found, _ = run(capsys, "build")
    assert (status, found) == (0, [])
    listed = pages(site)
    assert len(listed) > 20
    assert listed[0].startswith("1 ")
    assert any("句话" in page for page in listed)
    _, _, books = run(capsys, "build")
    assert fresh(books) == {".epub": True, ".pdf": True}


def test_pages_that_move_move_in_the_page_list(site: Path, capsys: Capture) -> None:
    run(capsys, "build")
    before = pages(site)
    write(site, "content/a.md", f"---\ntitle: 甲\ndate: 2024-03-05\n---\n\n新添的。{TEXT}\n")
    run(capsys, "build")
    after = pages(site)
    assert len(after) == len(before)
    assert after[1] != before[1]
    assert after[-1] == before[-1]
    write(site, "publish.toml", '[project]\ntitle = "书"\n' + BOTH.replace("64开", "A6"))
    _, _, books = run(capsys, "build")
    assert fresh(books) == {".epub": False, ".pdf": False}
    assert len(pages(site)) < len(after)


def test_an_epub_made_alone_has_no_pages_but_is_left_as_it_is_with_them(
    site: Path, capsys: Capture
) -> None:
    run(capsys, "epub")
    assert pages(site) == []
    assert fresh(run(capsys, "epub")[2]) == {".epub": True}
    _, _, books = run(capsys, "build")
    assert fresh(books) == {".epub": False, ".pdf": False}
    listed = pages(site)
    assert listed
    assert fresh(run(capsys, "epub")[2]) == {".epub": True}
    assert pages(site) == listed
    write(site, "content/b.md", f"---\ntitle: 乙\ndate: 2024-03-06\n---\n\n{TEXT}完。\n")
    assert fresh(run(capsys, "epub")[2]) == {".epub": False}
    assert pages(site) == []
    assert fresh(run(capsys, "build")[2]) == {".epub": False, ".pdf": False}
    assert len(pages(site)) == len(listed)


def test_a_fresh_pdf_gives_its_pages_to_an_epub_that_is_made_again(
    site: Path, capsys: Capture
) -> None:
    first = {str(b["path"]): b["sha256"] for b in run(capsys, "build")[2]}
    listed = pages(site)
    next(site.rglob("*.epub")).unlink()
    _, _, books = run(capsys, "build")
    assert fresh(books) == {".epub": False, ".pdf": True}
    assert pages(site) == listed
    assert {str(b["path"]): b["sha256"] for b in books} == first


@pytest.mark.parametrize("command", ["epub", "build"])
def test_the_option_is_kept_whatever_is_asked_for(
    site: Path, capsys: Capture, command: str
) -> None:
    both = {str(b["path"]): b["sha256"] for b in run(capsys, "build")[2]}
    always = '[project]\ntitle = "书"\n' + BOTH + "[defaults.epub]\npage_list = true\n"
    write(site, "publish.toml", always)
    _, _, books = run(capsys, command)
    assert pages(site)
    assert {both[str(b["path"])] for b in books} == {b["sha256"] for b in books}
    write(site, "publish.toml", always.replace("true", "false"))
    run(capsys, command)
    assert pages(site) == []


def test_a_list_that_could_not_be_made_is_tried_again(
    site: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = '[project]\ntitle = "书"\n' + BOTH.replace("64开", "nowhere")
    write(site, "publish.toml", faulty)
    status, found, books = run(capsys, "build")
    assert status != 0
    assert len(found) == 1
    assert "nowhere" in found[0]
    assert fresh(books) == {".epub": False}
    assert pages(site) == []
    entry = ledger.look_up(Cache(site / ".publish" / "cache"), next(site.rglob("*.epub")))
    assert entry is not None
    assert not entry.complete


def test_a_vertical_book_lists_the_pages_of_its_horizontal_pdf(
    site: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(site, "content/a.md", f"---\ntitle: 甲\ndate: 2024-03-05\n---\n\n“开头”。{TEXT}\n")
    run(capsys, "build")
    across = pages(site)
    made: list[object] = []
    kept = PdfBackend.page_starts

    def page_starts(*given: Any) -> object:
        made.append(given[1].writing)
        return kept(*given)

    monkeypatch.setattr(PdfBackend, "page_starts", page_starts)
    both = BOTH.replace("to =", 'writing = "vertical"\nto =')
    write(site, "publish.toml", f'[project]\ntitle = "书"\n{both}')
    status, _, books = run(capsys, "build", "-j", "1")
    assert status == 0
    assert fresh(books) == {".epub": False, ".pdf": True}  # its lines are as they were
    assert made == ["horizontal"]
    assert [page.translate(QUOTES) for page in pages(site)] == across
    [file] = site.rglob("*.epub")
    with zipfile.ZipFile(file) as book:
        assert any(
            "「开头」" in book.read(name).decode() for name in book.namelist() if "/c" in name
        )
