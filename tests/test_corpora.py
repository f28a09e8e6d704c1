"""Books of real archives, when the shared corpora stand beside the repository."""

from __future__ import annotations

import html
import importlib.util
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from epubcheck import check_books
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
    """Return what the shared lint finds wrong with text, code, spaces, pictures, links, columns.

    The lint aligns texts and can lose its way: what it calls lost is looked for once more, letter
    by letter, in the whole book. It knows no link definition whose address is on the next line,
    and of the author's spaces only those of plain text.
    """
    done = subprocess.run(
        [sys.executable, shared / "tools" / "epub_lint.py", book, "--points", POINTS,
         "--json", "--all", *words, "--manuscript", *sources],
        capture_output=True,
        text=True,
    )  # fmt: skip
    points = json.loads(done.stdout)["points"]
    found = [(p["id"], e) for p in points if p["result"] == "fail" for e in p["evidence"]]
    fold = folded if words else str
    everything = letters(fold(html.unescape(re.sub(r"<[^>]+>", "", texts(book)))))
    lines = {path.name: path.read_text(encoding="utf-8-sig").split("\n") for path in sources}
    raw = fold("\n".join(line for found_lines in lines.values() for line in found_lines))
    return [
        f"{point}: {evidence}"
        for point, evidence in found
        if not (point == 44 and is_there(evidence, everything, lines, fold))
        and not (point == 45 and is_authors_space(evidence, raw, fold))
    ]


def folded(text: str) -> str:
    """Return text in Simplified, as a common ground for comparing."""
    import opencc

    return str(opencc.OpenCC("tw2sp").convert(text))


def letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text).casefold()


def is_there(
    evidence: str, everything: str, lines: dict[str, list[str]], fold: Callable[[str], str]
) -> bool:
    """Tell whether a text that the lint calls lost is in the book, or is no text."""
    match = re.match(r"(.*?):(\d+): [^:]*: (.*)", evidence)
    if not match:
        return False
    near = lines[match[1]][max(0, int(match[2]) - 2) : int(match[2]) + 1]
    labels = set(re.findall(r"\]\[([^\]]+)\]", near[1] if len(near) > 1 else ""))
    if any(re.fullmatch(r"\s*\[[^\]]+\]:\s*", line) for line in near):
        return True
    pieces = [letters(fold(p)) for p in re.sub(r"… \(\d+ letters\)$", "", match[3]).split("…")]
    if any(piece in letters(label) for piece in pieces for label in labels):
        return True
    if "nbspnbsp" in match[3] or "spanspan" in match[3]:
        return True  # markup that stands in the source as text in the midst of raw HTML
    return all(piece in everything for piece in pieces if len(piece) > 1)


def is_authors_space(evidence: str, raw: str, fold: Callable[[str], str]) -> bool:
    """Tell whether a space between two Han is the author's: in a title, or beside markup."""
    match = re.search(r"space in (.)'(.*)'(.)$", evidence)
    if not match:
        return False
    before, after = fold(match[1]), fold(match[3])
    between = r"(?:[\s\u3000\u00a0]|<[^>]*>|&nbsp;|\]\([^)]*\)|\]\[[^\]]*\]|[\[\]*_`])+"
    return re.search(re.escape(before) + between + re.escape(after), raw) is not None


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


def _is_draft(path: Path) -> bool:
    """Tell whether the header says so; an example in the text may say it too."""
    header, _, _ = path.read_text(encoding="utf-8-sig").removeprefix("---").partition("\n---")
    return "\ndraft: true" in header


def manuscripts(source: Path) -> list[Path]:
    """Return the article files: lists of contents, drafts and unlisted pages are none."""
    return [
        path
        for path in sorted(source.rglob("*.md"))
        if path.name not in ("SUMMARY.md", "README.md", "_index.md", "PREFACE.md")
        and not _is_draft(path)
    ]
