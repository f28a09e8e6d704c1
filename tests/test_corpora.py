"""Books of real archives, when the shared corpora stand beside the repository."""

from __future__ import annotations

import importlib.util
import json
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


def lint(shared: Path, book: Path, *words: str) -> list[str]:
    """Return the failed checks of the shared lint that concern text and figures."""
    done = subprocess.run(
        [sys.executable, shared / "tools" / "epub_lint.py", book, "--points", "43,44,45,46,47,48",
         "--json", *words],
        capture_output=True,
        text=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    return [f"{p['id']}: {p['evidence'][:3]}" for p in found["points"] if p["result"] == "fail"]


def texts(book: Path) -> str:
    with zipfile.ZipFile(book) as opened:
        pages = [n for n in opened.namelist() if n.endswith(".xhtml")]
        return "\n".join(opened.read(name).decode() for name in pages)


def test_the_seed_article(shared: Path, server: Any, tmp_path: Path) -> None:
    """The book that no other tool makes: valid, whole, with both figures."""
    source = shared / "corpora" / "seed" / "content"
    epub, pdf = tmp_path / "seed.epub", tmp_path / "seed.pdf"
    done = publish(server, tmp_path, "epub", str(source), "-o", str(epub))
    assert done.returncode == 0, done.stdout
    [report] = check_books([epub])
    assert report.clean, report
    assert lint(shared, epub, "--manuscript", str(source)) == []
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


@pytest.mark.parametrize("archive", BOOKS)
def test_an_archive_becomes_valid_books(
    archive: str, shared: Path, server: Any, tmp_path: Path
) -> None:
    source = shared / "corpora" / archive
    plain, turned = tmp_path / "plain.epub", tmp_path / "turned.epub"
    for target, words in ((plain, []), (turned, ["--edition", BOOKS[archive]])):
        done = publish(server, tmp_path, "epub", str(source), "-o", str(target), *words)
        assert done.returncode == 0, done.stdout[-3000:]
    for report in check_books([plain, turned]):
        assert report.clean, report
    manuscript = ["--manuscript", *map(str, manuscripts(source))]
    assert lint(shared, plain, *manuscript) == []
    assert lint(shared, turned, "--phrases", *manuscript) == []


def manuscripts(source: Path) -> list[Path]:
    """Return the article files: what is no article (SUMMARY, README) is no manuscript."""
    return [
        path
        for path in sorted(source.rglob("*.md"))
        if path.name not in ("SUMMARY.md", "README.md", "_index.md")
    ]
