"""Whole books: the sample project built as a user builds it, checked, and built again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath

import pikepdf
import pytest
from epubcheck import check_books
from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
EDITIONS = ("zh-Hans", "zh-Hant-TW", "zh-Hant-HK")
HTML = {"h": "http://www.w3.org/1999/xhtml"}


@dataclass(frozen=True)
class Run:
    """One run of the program."""

    status: int
    out: str
    err: str

    @property
    def books(self) -> dict[str, dict[str, object]]:
        records = [json.loads(line) for line in self.out.splitlines()]
        return {Path(r["path"]).name: r for r in records if r["type"] == "book"}

    @property
    def findings(self) -> list[dict[str, object]]:
        records = [json.loads(line) for line in self.out.splitlines()]
        return [r for r in records if r["type"] == "diagnostic"]


def publish(folder: Path, *words: str, **env: str) -> Run:
    """Run the program as scripts/publish does."""
    done = subprocess.run(
        [sys.executable, "-m", "publish", *words, "--json"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def sample(folder: Path) -> Path:
    """Copy the sample project, without what was built in it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "publish.toml", folder)
    shutil.copytree(ROOT / "content", folder / "content")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """The sample project, built."""
    folder = sample(tmp_path_factory.mktemp("one") / "sample")
    return folder, publish(folder, "build", "-j", "2")


def epubs(folder: Path) -> list[Path]:
    return sorted((folder / "books").glob("*.epub"))


def test_three_editions_in_two_formats_are_made(built: tuple[Path, Run]) -> None:
    folder, run = built
    assert run.status == 0, run.err + run.out
    names = {path.name for path in (folder / "books").iterdir()}
    for edition in EDITIONS:
        assert f"zi-yu-zhi.{edition}.epub" in names
        assert f"zi-yu-zhi.{edition}.pdf" in names
    assert not [name for name in names if name.startswith(".")]


def test_the_sample_is_without_warnings(built: tuple[Path, Run]) -> None:
    _, run = built
    assert [f for f in run.findings if f["severity"] != "note"] == []


@pytest.mark.slow
def test_epubcheck_has_nothing_to_say(built: tuple[Path, Run]) -> None:
    folder, _ = built
    for report in check_books(epubs(folder)):
        assert report.clean, report


def test_the_pages_of_each_pdf_are_listed_in_its_epub(built: tuple[Path, Run]) -> None:
    folder, _ = built
    for path in epubs(folder):
        nav = etree.fromstring(zipfile.ZipFile(path).read("EPUB/nav.xhtml"))
        listed = nav.xpath("//h:nav[@role='doc-pagelist']//h:a/text()", namespaces=HTML)
        if path.name == "zi-yu-zhi-zhipai.epub":  # vertical, and no PDF beside it
            assert listed == []
            continue
        with pikepdf.open(path.with_suffix(".pdf")) as pdf:
            folios = [page.label for page in pdf.pages if page.label.isdecimal()]
        assert len(listed) > 40
        assert listed == sorted(listed, key=int)
        assert set(listed) <= set(folios)
        assert len(folios) - len(listed) < 8, path  # empty ones, and the list of sources


def test_all_is_fresh_the_second_time(built: tuple[Path, Run]) -> None:
    folder, run = built
    again = publish(folder, "build", "-j", "2")
    assert {name: book["sha256"] for name, book in again.books.items()} == {
        name: book["sha256"] for name, book in run.books.items()
    }
    assert all(book["fresh"] for book in again.books.values())


def test_the_same_bytes_with_one_job_in_another_folder_and_zone(
    built: tuple[Path, Run], tmp_path: Path
) -> None:
    _, run = built
    other = sample(tmp_path / "elsewhere" / "under another name")
    second = publish(
        other, "build", "-j", "1", TZ="Pacific/Kiritimati", PYTHONHASHSEED="7", LC_ALL="C"
    )
    assert second.status == 0
    assert {name: book["sha256"] for name, book in second.books.items()} == {
        name: book["sha256"] for name, book in run.books.items()
    }


def test_the_same_bytes_from_what_is_kept(built: tuple[Path, Run], tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    shutil.copytree(built[0], folder)
    shutil.rmtree(folder / ".publish" / "cache" / "v1" / "ledger")
    shutil.rmtree(folder / "books")
    again = publish(folder, "build", "-j", "2")
    assert not any(book["fresh"] for book in again.books.values())
    assert {name: book["sha256"] for name, book in again.books.items()} == {
        name: book["sha256"] for name, book in built[1].books.items()
    }


def test_an_edit_compiles_one_article_again(built: tuple[Path, Run], tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    shutil.copytree(built[0], folder)
    copies = folder / ".publish" / "cache" / "v1" / "copy"
    before = {path for path in copies.rglob("*") if path.is_file()}
    article = next(iter(sorted((folder / "content").rglob("rare-characters.md"))))
    with article.open("a", encoding="utf-8") as file:
        file.write("\n添一句话。\n")
    run = publish(folder, "epub", "-j", "1")
    assert run.status == 0
    after = {path for path in copies.rglob("*") if path.is_file()}
    assert len(after - before) == 1
    texts = zipfile.ZipFile(epubs(folder)[0])
    assert any(
        "添一句话" in texts.read(n).decode() for n in texts.namelist() if n.endswith("xhtml")
    )


def test_editions_are_in_their_script(built: tuple[Path, Run]) -> None:
    folder, _ = built
    for edition, right, wrong in (("zh-Hans", "阅读", "閱讀"), ("zh-Hant-TW", "閱讀", "阅读")):
        book = zipfile.ZipFile(folder / "books" / f"zi-yu-zhi.{edition}.epub")
        package = next(name for name in book.namelist() if name.endswith(".opf"))
        text = book.read(package).decode()
        assert f"<dc:language>{edition}</dc:language>" in text.replace(' id="language"', "")
        assert right in text
        assert wrong not in text


def test_every_link_inside_a_book_has_its_target(built: tuple[Path, Run]) -> None:
    for path in epubs(built[0]):
        book = zipfile.ZipFile(path)
        pages = {n: etree.fromstring(book.read(n)) for n in book.namelist() if n.endswith(".xhtml")}
        ids = {name: set(root.xpath("//@id")) for name, root in pages.items()}
        found = 0
        for name, root in pages.items():
            for href in root.xpath("//h:a/@href", namespaces=HTML):
                if "://" in href or href.startswith("mailto:"):
                    continue
                target, _, fragment = href.partition("#")
                file = normpath(join(dirname(name), target)) if target else name
                assert file in pages, (name, href)
                assert not fragment or fragment in ids[file], (name, href)
                found += 1
        assert found > 20


def test_old_books_stay_whole_when_a_build_fails(built: tuple[Path, Run], tmp_path: Path) -> None:
    folder = tmp_path / "failing"
    shutil.copytree(built[0], folder)
    before = {path.name: path.read_bytes() for path in (folder / "books").iterdir()}
    for article in (folder / "content").rglob("*.md"):
        article.write_bytes("正文".encode("gbk"))
    run = publish(folder, "build")
    assert run.status == 1
    assert {path.name: path.read_bytes() for path in (folder / "books").iterdir()} == before
