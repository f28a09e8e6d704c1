"""The catalogue of the output folder: what it lists, what it leaves, and what readers fetch."""

from __future__ import annotations

import functools
import http.server
import io
import json
import os
import shutil
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from opds_rules import ATOM, DC, OPEN, check_atom, check_json, links
from PIL import Image
from test_build import Capture, told, write

ARTICLE = "---\ntitle: 甲\ndate: 2024-03-05T06:00:00+08:00\ntags: [排版]\n---\n\n软件与发展。\n"
PROJECT = """[project]
title = "书架 <1> & 2"
author = "编者"
publisher = "书局"
rights = "CC0"
[defaults]
to = "epub"
[books.a]
title = "甲书"
subtitle = "副题"
description = "<b>一本书</b>，1 < 2"
series = "丛书"
position = 2
identifier = "978-7-111-11111-1"
output = "甲 书#1?{edition}"
editions = ["zh-Hans", "zh-Hant-TW"]
[books.catalog]
title = "乙书"
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two books, one in two editions, as the current folder."""
    write(tmp_path, "content/a.md", ARTICLE)
    write(tmp_path, "publish.toml", PROJECT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: Capture, *words: str) -> tuple[int, list[str], list[dict[str, Any]]]:
    """Run a command; return its status, codes of what it found, and the catalogues."""
    status, found, lines = told(capsys, *words)
    codes = [f"{line['code']} {line['file'] or ''}:{line['line'] or ''}" for line in found]
    return status, codes, [line for line in lines if line["type"] == "catalog"]


def listed(folder: Path) -> list[str]:
    """Return the files that both catalogues of a folder offer, in order."""
    feed = etree.parse(folder / "catalog/all.xml")
    hrefs = [str(link.get("href")) for link in feed.iter(f"{ATOM}link") if link.get("rel") == OPEN]
    made = json.loads((folder / "catalog/all.json").read_bytes())
    same = [link["href"] for one in made["publications"] for link in one["links"]
            if link["rel"] == OPEN]  # fmt: skip
    assert hrefs == same
    return [urllib.parse.unquote(href).removeprefix("../") for href in hrefs]


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file of a folder's catalogue, when it changed, and what it holds."""
    files = [*folder.glob("catalog.*"), *folder.glob("catalog/**/*")]
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in files
        if path.is_file() and path.suffix != ".epub"
    }


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def shelf(site: Path) -> Iterator[str]:
    """The output folder, served as ``python -m http.server`` does; its address."""
    (site / "books").mkdir()
    handler = functools.partial(_Quiet, directory=str(site / "books"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:  # raises for what is not there
        data: bytes = answer.read()
    return data


def hrefs_of(url: str, data: bytes) -> list[tuple[str, str, int]]:
    """Return the links of a document, absolute, with their types and sizes."""
    if url.endswith(".xml"):
        return [
            (urllib.parse.urljoin(url, str(link.get("href"))), str(link.get("type")),
             int(link.get("length") or 0))
            for link in check_atom(data).iter(f"{ATOM}link")
        ]  # fmt: skip
    found: list[tuple[str, str, int]] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "href" in value:
                href = urllib.parse.urljoin(url, value["href"])
                found.append((href, value["type"], value.get("size", 0)))
            value = list(value.values())
        if isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(check_json(data))
    return found


@pytest.mark.parametrize("root", ["catalog.xml", "catalog.json"])
def test_a_reader_comes_to_every_file_and_book(
    site: Path, shelf: str, capsys: Capture, root: str
) -> None:
    status, found, catalogs = run(capsys, "build", "--opds")
    assert (status, found) == (0, [])
    books = site / "books"
    assert [(one["path"], one["books"]) for one in catalogs] == [
        (str(books / "catalog.xml"), 3),
        (str(books / "catalog.json"), 3),
    ]
    todo, seen = [(shelf + root, "", 0)], {}
    while todo:
        url, media_type, size = todo.pop()
        if url in seen:
            continue
        data = seen[url] = fetch(url)
        if url.endswith((".xml", ".json")):
            todo += hrefs_of(url, data)
        elif media_type == "image/jpeg":
            with Image.open(io.BytesIO(data)) as image:
                assert image.format == "JPEG"
                assert image.height == 300 or "/covers/" in url
        else:
            assert (media_type, size) == ("application/epub+zip", len(data))
    names = {urllib.parse.unquote(url.removeprefix(shelf)) for url in seen}
    other = ".json" if root.endswith(".xml") else ".xml"
    there = {path.relative_to(books).as_posix() for path in books.rglob("*") if path.is_file()}
    assert names == {name for name in there if not name.endswith(other)}
    assert {"catalog.epub", "甲 书#1?zh-Hans.epub", "甲 书#1?zh-Hant-TW.epub"} <= names
    for url, data in seen.items():
        name = urllib.parse.unquote(url.removeprefix(shelf))
        assert data == (books / name).read_bytes()


def test_an_entry_tells_what_is_true_of_its_edition(site: Path, capsys: Capture) -> None:
    assert run(capsys, "build", "--opds")[0] == 0
    pages = site / "books/catalog/books"
    entry = check_atom((pages / "甲 书#1?zh-Hant-TW.xml").read_bytes())
    values = {
        f"{ATOM}title": "甲書",
        f"{ATOM}updated": "2024-03-04T22:00:00Z",
        f"{ATOM}author/{ATOM}name": "編者",
        f"{ATOM}rights": "CC0",
        f"{ATOM}summary": "一本書，1 < 2",
        f"{DC}alternative": "副題",
        f"{DC}identifier": "urn:isbn:9787111111111",
        f"{DC}language": "zh-Hant-TW",
        f"{DC}publisher": "書局",
        f"{DC}issued": "2024-03-05",
        f"{DC}isPartOf": "叢書",
    }
    assert {path: entry.findtext(path) for path in values} == values
    assert [one.get("term") for one in entry.findall(f"{ATOM}category")] == ["排版"]
    [series] = links(entry, "collection")
    href = (pages / str(series.get("href"))).resolve()
    assert check_atom(href.read_bytes()).findtext(f"{ATOM}title") == "叢書"
    other = etree.parse(pages / "甲 书#1?zh-Hans.xml")
    assert other.findtext(f"{ATOM}id") != entry.findtext(f"{ATOM}id")
    made = check_json((pages / "甲 书#1?zh-Hant-TW.json").read_bytes())
    metadata = made["metadata"]
    [part] = metadata.pop("belongsTo")["series"]
    assert (part["name"], part["position"]) == ("叢書", 2)
    assert metadata == {
        "@type": "http://schema.org/Book",
        "identifier": "urn:isbn:9787111111111",
        "title": "甲書",
        "subtitle": "副題",
        "author": [{"name": "編者"}],
        "publisher": "書局",
        "language": "zh-Hant-TW",
        "published": "2024-03-05",
        "modified": "2024-03-04T22:00:00Z",
        "description": "一本書，1 < 2",
        "subject": ["排版"],
        "http://purl.org/dc/terms/rights": "CC0",
    }
    root = check_atom((site / "books/catalog.xml").read_bytes())
    assert root.findtext(f"{ATOM}title") == "书架 <1> & 2"
    titles = [one.findtext(f"{ATOM}title") for one in root.findall(f"{ATOM}entry")]
    assert titles == ["全部书籍", "系列", "语言"]


def test_fresh_books_are_listed_and_what_is_unchanged_is_not_touched(
    site: Path, capsys: Capture
) -> None:
    books = site / "books"
    assert run(capsys, "build") == (0, [], [])
    assert not (books / "catalog.xml").exists()
    before = {path: path.stat().st_mtime_ns for path in books.iterdir()}
    assert run(capsys, "build", "--opds")[2][0]["fresh"] is False
    assert all(path.stat().st_mtime_ns == moment for path, moment in before.items())
    assert len(listed(books)) == 3
    first = state(books)
    assert run(capsys, "build", "--opds")[2][0]["fresh"] is True
    assert state(books) == first
    write(site, "content/a.md", ARTICLE + "又一段。\n")
    assert run(capsys, "build", "--opds")[2][0]["fresh"] is False
    changed = state(books)
    assert changed.keys() == first.keys()
    moved = {name for name in first if changed[name][0] != first[name][0]}
    assert moved == {name for name in first if changed[name][1] != first[name][1]}
    assert "catalog/all.xml" in moved  # lengths
    assert "catalog.xml" not in moved
    (books / "catalog/all.json").write_text("{}", encoding="utf-8")
    (books / "catalog/covers/catalog.jpg").unlink()
    assert run(capsys, "build", "--opds")[2][0]["fresh"] is False
    assert {name: data for name, (_, data) in state(books).items()} == {
        name: data for name, (_, data) in changed.items()
    }


def test_a_catalogue_depends_on_no_folder_and_no_clock(
    site: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    write(site, "content/a.md", "# 无日\n\n正文。\n")
    assert run(capsys, "build", "--opds")[0] == 0
    first = {name: data for name, (_, data) in state(site / "books").items()}
    assert b"<updated>2023-11-14T22:13:20Z</updated>" in first["catalog.xml"]
    elsewhere = site / "elsewhere"
    write(elsewhere, "content/a.md", "# 无日\n\n正文。\n")
    write(elsewhere, "publish.toml", PROJECT)
    monkeypatch.chdir(elsewhere)
    assert run(capsys, "build", "--opds")[0] == 0
    assert {name: data for name, (_, data) in state(elsewhere / "books").items()} == first
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert run(capsys, "build", "--opds")[0] == 0
    data = (elsewhere / "books/catalog.xml").read_bytes()
    assert b"<updated>2000-01-01T00:00:00Z</updated>" in data


def test_pages_and_pictures_of_books_that_are_gone_go(site: Path, capsys: Capture) -> None:
    books = site / "books"
    assert run(capsys, "build", "--opds")[0] == 0
    mine = write(books, "catalog/covers/mine.txt", "mine")
    (books / "catalog.epub").unlink()
    write(site, "publish.toml", PROJECT.replace('"zh-Hant-TW"', "").partition("[books.catalog]")[0])
    assert run(capsys, "clean")[0] == 0  # what was written is known without the cache
    assert run(capsys, "build", "--opds")[0] == 0
    assert listed(books) == ["甲 书#1?zh-Hans.epub"]
    names = {path.name for path in (books / "catalog").rglob("*") if path.is_file()}
    assert not {name for name in names if "TW" in name or name.startswith(("catalog", "lang"))}
    assert mine.exists()


def test_an_old_book_that_stands_is_listed_and_no_other_file(site: Path, capsys: Capture) -> None:
    books = site / "books"
    assert run(capsys, "build", "--opds")[0] == 0
    everything = sorted(listed(books))
    write(site, "content/a.md", ARTICLE + "\n![图](lost.png)\n")
    status, _, [one, _] = run(capsys, "build", "--opds", "--strict")
    assert (status, one["books"]) == (1, 3)  # none was made anew
    assert sorted(listed(books)) == everything
    write(site, "content/a.md", ARTICLE)
    write(site, "publish.toml", PROJECT + 'select = { tag = "无" }\n')
    status, _, [one, _] = run(capsys, "build", "--opds")
    assert (status, one["books"]) == (1, 3)  # one cannot even be planned
    write(site, "publish.toml", PROJECT)
    (books / "catalog.epub").write_bytes(b"PK\x03\x04 another's")
    (books / "甲 书#1?zh-Hans.epub").unlink()
    assert run(capsys, "epub", "a", "--edition", "zh-Hant-TW", "-o", "elsewhere/")[0] == 0
    assert run(capsys, "build", "a", "--edition", "zh-Hant-TW", "--opds")[0] == 0
    assert listed(books) == ["甲 书#1?zh-Hant-TW.epub"]


def test_a_build_of_some_books_adds_to_those_listed(site: Path, capsys: Capture) -> None:
    books = site / "books"
    assert run(capsys, "build", "catalog", "--opds")[0] == 0
    assert listed(books) == ["catalog.epub"]
    assert run(capsys, "build", "a", "--opds")[0] == 0
    assert len(listed(books)) == 3
    write(site, "publish.toml", PROJECT.partition("[books.catalog]")[0])
    assert run(capsys, "build", "--opds")[0] == 0
    assert len(listed(books)) == 2
    assert (books / "catalog.epub").exists()  # that is for its owner to remove


def test_formats_stand_together_and_print_covers_aside(site: Path, capsys: Capture) -> None:
    write(site, "publish.toml", "[defaults]\nto = ['epub', 'pdf', 'cover']\n[books.x]\n")
    assert run(capsys, "build", "--opds")[0] == 0
    assert (site / "books/x-cover.pdf").exists()
    assert listed(site / "books") == ["x.epub", "x.pdf"]
    feed = check_atom((site / "books/catalog/all.xml").read_bytes())
    assert [link.get("type") for entry in feed.findall(f"{ATOM}entry") for link in
            links(entry, OPEN)] == ["application/epub+zip", "application/pdf"]  # fmt: skip


def test_the_key_lists_the_output_folder_and_no_other(site: Path, capsys: Capture) -> None:
    table = '[opds]\nmake = true\ntitle = "我的书"\nurl = "https://a.example/b/"\n'
    write(site, "publish.toml", PROJECT + table)
    assert len(run(capsys, "epub", "catalog")[2]) == 2
    root = check_atom((site / "books/catalog.xml").read_bytes())
    assert root.findtext(f"{ATOM}title") == "我的书"
    assert links(root, "self")[0].get("href") == "https://a.example/b/catalog.xml"
    assert run(capsys, "epub", "catalog", "-o", "other/")[2] == []
    assert not (site / "other/catalog.xml").exists()
    assert len(run(capsys, "build", "catalog", "--opds", "-o", "other/y.epub")[2]) == 2
    assert listed(site / "other") == ["y.epub"]


def test_a_dry_run_writes_nothing(site: Path, capsys: Capture) -> None:
    status, _, [one, _] = run(capsys, "build", "--opds", "--dry-run")
    assert (status, one["books"]) == (0, 3)
    assert not (site / "books").exists()


def test_what_is_no_catalogue_is_not_overwritten(site: Path, capsys: Capture) -> None:
    for name in ("catalog/all.xml", "catalog.xml", "catalog.json", "catalog"):
        other = write(site, f"books/{name}", "<site/>")
        status, found, _ = run(capsys, "build", "--opds")
        assert (status, found) == (2, [f"output-refused {other}:"])
        left = [path for path in (site / "books").rglob("*") if path.is_file()]
        assert left == [other]
        assert other.read_text("utf-8") == "<site/>"
        shutil.rmtree(site / "books")


@pytest.mark.parametrize("name", ["catalog/x", "Catalog/covers/x"])
def test_a_book_does_not_stand_among_the_pages(site: Path, capsys: Capture, name: str) -> None:
    write(site, "publish.toml", PROJECT + f"output = '{name}'\n")
    status, found, _ = run(capsys, "build", "--opds")
    assert (status, found) == (2, [f"output-collision {site}/books/{name}.epub:"])
    assert run(capsys, "build")[0] == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mak = true", "config-key publish.toml:20"),
        ('make = "yes"', "config-value publish.toml:20"),
        ('url = "books/"', "config-value publish.toml:20"),
        ('url = "https://a.example/?x"', "config-value publish.toml:20"),
        ('url = "https://a.example/a b"', "config-value publish.toml:20"),
    ],
)
def test_values_that_cannot_be_meant_are_refused(
    site: Path, capsys: Capture, text: str, expected: str
) -> None:
    write(site, "publish.toml", f"{PROJECT}[opds]\n{text}\n")
    assert run(capsys, "build")[:2] == (2, [expected])


def test_a_folder_that_takes_no_file_is_an_error(site: Path, capsys: Capture) -> None:
    assert run(capsys, "build")[0] == 0
    write(site, "books/catalog/covers", "a file where a folder should be")
    status, found, catalogs = run(capsys, "build", "--opds")
    assert (status, len(found), catalogs) == (1, 1, [])
    assert found[0].startswith("output-unwritable")


def test_clean_removes_the_catalogue_with_the_books(site: Path, capsys: Capture) -> None:
    assert run(capsys, "build", "--opds")[0] == 0
    write(site, "books/catalog/notes.txt", "mine")
    write(site, "books/catalog/data.json", "{}")
    assert run(capsys, "clean", "--books")[0] == 0
    left = sorted(path.name for path in (site / "books").rglob("*") if path.is_file())
    assert left == ["data.json", "notes.txt"]


def test_a_lost_cover_leaves_a_book_without_one(site: Path, capsys: Capture) -> None:
    write(site, "publish.toml", "[books.x]\nto = 'epub'\ncover = 'c.png'\n")
    Image.new("RGB", (120, 160), "navy").save(site / "c.png")
    assert run(capsys, "build", "--opds")[0] == 0
    feed = (site / "books/catalog/all.xml").read_text("utf-8")
    assert 'href="covers/x.' in feed
    (site / "c.png").unlink()
    assert run(capsys, "build", "--opds")[0] == 1  # an error, and the layout's own cover
    with Image.open(site / "books/catalog/covers/x.jpg") as image:
        assert image.size == (1600, 2560)
    assert not (site / "books/catalog/covers/x.png").exists()
    assert os.listdir(site / "books/catalog/thumbnails") == ["x.jpg"]  # noqa: PTH208
