"""Books of real archives, when the shared corpora stand beside the repository."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from epubcheck import check_books
from linting import faults, manuscripts, texts
from readers import ace, read_books

pytestmark = [pytest.mark.shared, pytest.mark.slow]
ROOT = Path(__file__).resolve().parent.parent
BOOKS = {  # archive -> edition in the other script
    "news-mainroad": "zh-Hant-TW",
    "weekly": "zh-Hant-TW",
    "hexo-huli-tw": "zh-Hans",
    "hugo-coderzh": "zh-Hant-HK",
    "mdbook-trpl-zh": "zh-Hant",
    "novel-hongloumeng": "zh-Hant-TW",
    "classics-hant": "zh-Hans",
}
POINTS = "43,44,45,46,47,48,50,55"  # of the shared lint: text, pictures, links, columns
VERTICAL = ("classics-hant", "novel-hongloumeng")
READ = {  # archive -> how it is made for the reader and for Ace
    "news-mainroad": ("--edition", "zh-Hant-TW"),
    "classics-hant": ("--writing", "vertical"),
}


@pytest.fixture(scope="module")
def server(shared: Path) -> Iterator[Any]:
    """The figure server."""
    spec = importlib.util.spec_from_file_location(
        "figure_server", shared / "tools" / "figure_server.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules["figure_server"] = module
    spec.loader.exec_module(module)
    with module.FigureServer() as running:
        yield running


def publish(server: Any, cache: Path, *words: str) -> subprocess.CompletedProcess[str]:
    address = server.url("/")
    mirrors = f'{{"https://" = "{address}", "http://" = "{address}"}}'
    return subprocess.run(
        [sys.executable, "-m", "publish", *words, "--json"],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "XDG_CACHE_HOME": str(cache),
            "PUBLISH_FIGURES__MIRRORS": mirrors,
        },
        capture_output=True,
        text=True,
    )


def lint(shared: Path, book: Path, sources: list[Path], *words: str) -> list[str]:
    """Return what the shared lint finds wrong with text, code, spaces, pictures, links, columns."""
    found = faults(shared, book, sources, words, POINTS)
    return [f"{fault.point}: {fault.evidence}" for fault in found if fault.is_ours]


def test_the_seed_article(shared: Path, server: Any, tmp_path: Path) -> None:
    """The book that no other tool makes: valid, whole, with both figures."""
    source = shared / "corpora" / "seed" / "content"
    epub, pdf = tmp_path / "seed.epub", tmp_path / "seed.pdf"
    done = publish(server, tmp_path, "epub", str(source), "-o", str(epub))
    assert done.returncode == 0, done.stdout
    [report] = check_books([epub])
    assert report.clean, report
    assert lint(shared, epub, sorted(source.rglob("*.md"))) == []
    text = texts(epub)
    assert len(set(re.findall(r'src="[^"]*figures/([^"]+)"', text))) >= 2
    assert "****" not in text
    assert not re.search(r"taglist|widgets|sidebar|authorbox", text)
    assert re.search(r"<h2[^>]*>01</h2>", text)
    assert re.search(r"<h2[^>]*>02</h2>", text)
    for number in range(1, 61):
        assert re.search(rf"<p>{number}\.\S", text), number
    with zipfile.ZipFile(epub) as book:
        package = next(n for n in book.namelist() if n.endswith(".opf"))
        assert re.search(r"<dc:language[^>]*>zh-Hans</dc:language>", book.read(package).decode())
    done = publish(server, tmp_path, "pdf", str(source), "-o", str(pdf))
    assert done.returncode == 0, done.stdout
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    plain = "".join(page.get_textpage().get_text_range() for page in document)
    images = [o for page in document for o in page.get_objects(filter=[3], max_depth=5)]
    document.close()
    assert len(images) >= 2
    assert "****" not in plain
    letters = re.sub(r"\W", "", plain)
    for sentence in ("旧世界分崩离析新时代正在光速到来", "一定有办法对价格建模"):
        assert sentence in letters


def test_the_seed_article_in_a_real_reader(shared: Path, server: Any, tmp_path: Path) -> None:
    epub = tmp_path / "seed.epub"
    done = publish(server, tmp_path, "epub", str(shared / "corpora/seed/content"), "-o", str(epub))
    assert done.returncode == 0, done.stdout
    [reading] = read_books([epub])
    assert reading.faults == ()
    assert sum(section.drawn for section in reading.sections) >= 3
    assert ace([epub]) == [[]]


@pytest.mark.parametrize("archive", BOOKS)
def test_an_archive_becomes_valid_books(
    archive: str, shared: Path, server: Any, tmp_path: Path
) -> None:
    becomes_valid_books(archive, shared, server, tmp_path)


@pytest.mark.parametrize("archive", VERTICAL)
def test_an_archive_becomes_valid_vertical_books(
    archive: str, shared: Path, server: Any, tmp_path: Path
) -> None:
    becomes_valid_books(archive, shared, server, tmp_path, "--writing", "vertical")


def becomes_valid_books(archive: str, shared: Path, server: Any, folder: Path, *words: str) -> None:
    """Make an archive in its own script and in the other, and check both."""
    source = shared / "corpora" / archive
    plain, turned = folder / "plain.epub", folder / "turned.epub"
    for target, more in ((plain, []), (turned, ["--edition", BOOKS[archive]])):
        done = publish(server, folder, "epub", str(source), "-o", str(target), *words, *more)
        assert done.returncode == 0, done.stdout[-3000:]
    for report in check_books([plain, turned]):
        assert report.clean, report
    sources = manuscripts(source)
    assert lint(shared, plain, sources) == []
    assert lint(shared, turned, sources, "--phrases") == []


@pytest.mark.parametrize("archive", READ)
def test_an_archive_in_a_real_reader_and_before_ace(
    archive: str, shared: Path, server: Any, tmp_path: Path
) -> None:
    epub, source = tmp_path / "book.epub", shared / "corpora" / archive
    done = publish(server, tmp_path, "epub", str(source), "-o", str(epub), *READ[archive])
    assert done.returncode == 0, done.stdout[-3000:]
    [reading] = read_books([epub])
    assert reading.faults == ()
    assert ace([epub]) == [[]]
