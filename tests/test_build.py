"""Plans and what becomes of them: places of findings, names of files, what is fresh."""

from __future__ import annotations

import json
import re
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from PIL import Image

from publish.backends.epub import earlier
from publish.build import ledger
from publish.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one article, as the current folder."""
    write(tmp_path, "content/a.md", "---\ntitle: 甲\ndate: 2024-03-05\n---\n\n软件与发展。\n")
    write(tmp_path, "publish.toml", "[defaults]\nto = 'epub'\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def picture(file: Path) -> Path:
    Image.new("RGB", (120, 160), "navy").save(file)
    return file


def run(capsys: Capture, *words: str) -> tuple[int, list[str], list[dict[str, object]]]:
    """Run a command; return its status, what it found, and the books."""
    status, found, lines = told(capsys, *words)
    shown = [f"{f['file']}:{f['line'] or ''} {f['code']} {f['message']}" for f in found]
    return status, shown, [line for line in lines if line["type"] == "book"]


def told(capsys: Capture, *words: str) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]]]:
    """Run a command; return its status, warnings and errors, and every line that it told."""
    capsys.readouterr()
    status = main([*words, "--json", "--offline", "-j", "1"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = [line for line in lines if line["type"] == "diagnostic" and line["severity"] != "note"]
    return status, found, lines


LOST = """---
title: 图
thumbnail: img/lead.png
---

![一](https://a.example/1.png)

![二](two.png)

![三](data:image/png;base64,{data})

![四](ftp://a.example/4.png)

![]()

![二](two.png)
"""


def test_lost_figures_are_named_in_order_and_briefly(site: Path, capsys: Capture) -> None:
    write(site, "content/a.md", LOST.format(data="A" * 300_000))
    status, found, _ = run(capsys, "epub", "--layout", "magazine")
    assert status == 0
    places = [line.split(" ")[0] for line in found]
    assert places == [f"content/a.md:{line}" for line in (3, 6, 8, 10, 12, 14)]
    assert max(map(len, found)) < 300
    assert "300,022 characters" in found[3]


@pytest.mark.parametrize(
    ("address", "fresh"),
    [
        ("", True),
        ("two.png", True),
        ("data:image/png;base64,AAAA", True),
        ("ftp://a.example/4.png", True),
        ("https://a.example/1.png", False),
    ],
)
def test_only_what_the_network_owes_keeps_a_book_from_being_fresh(
    site: Path, capsys: Capture, address: str, fresh: bool
) -> None:
    write(site, "content/a.md", f"# 图\n\n![图]({address})\n")
    write(site, "publish.toml", '[defaults]\nto = "epub"\n[figures]\nretries = 0\n'
          '[figures.mirrors]\n"https://" = "http://127.0.0.1:9/"\n')  # fmt: skip
    assert main(["epub", "-q"]) == 0
    capsys.readouterr()
    assert main(["epub", "--dry-run", "--json"]) == 0
    [book] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert book["fresh"] is fresh


def test_strict_minds_no_pixel_that_counts_readers(site: Path, capsys: Capture) -> None:
    Image.new("RGB", (1, 1)).save(site / "content/p.png")
    write(site, "content/a.md", "# 图\n\n正文。\n\n![](p.png)\n")
    status, found, books = run(capsys, "epub", "--strict")
    assert (status, found, len(books)) == (0, [], 1)
    write(site, "content/a.md", "# 图\n\n正文。\n\n![](q.png)\n")
    status, found, books = run(capsys, "epub", "--strict")
    assert (status, len(found), books) == (1, 2, [])


def test_a_picture_below_the_sites_own_address_is_watched(site: Path, capsys: Capture) -> None:
    write(site, "publish.toml", "[project]\nurl = 'https://own.example/'\n")
    write(site, "content/a.md", "# 图\n\n![图](https://own.example/img/a.png)\n")
    (site / "static/img").mkdir(parents=True)
    picture(site / "static/img/a.png")
    assert run(capsys, "epub")[2][0]["fresh"] is False
    assert run(capsys, "epub")[2][0]["fresh"] is True
    Image.new("RGB", (50, 50), "red").save(site / "static/img/a.png")
    assert run(capsys, "epub")[2][0]["fresh"] is False


def test_a_book_is_fresh_as_long_as_its_bytes_are_those_written(
    site: Path, capsys: Capture
) -> None:
    path = Path(str(run(capsys, "epub")[2][0]["path"]))
    data = path.read_bytes()
    path.write_bytes(data)  # another time, the same bytes
    assert run(capsys, "epub")[2][0]["fresh"] is True
    path.write_bytes(data[:-1] + b"?")  # as many bytes, others
    assert run(capsys, "epub")[2][0]["fresh"] is False
    assert path.read_bytes() == data


def test_a_large_book_is_told_by_its_time(
    site: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "LARGE", 0)
    [book] = run(capsys, "epub")[2]
    path = Path(str(book["path"]))
    data = path.read_bytes()
    assert book["sha256"] == sha256(data).hexdigest()
    assert run(capsys, "epub")[2] == [book | {"fresh": True}]
    path.write_bytes(data)  # another time, the same bytes
    assert run(capsys, "epub")[2][0]["fresh"] is False
    assert path.read_bytes() == data


def pictures_in(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as book:
        assert book.testzip() is None
        return [name for name in book.namelist() if name.startswith("EPUB/figures/")]


def test_a_book_made_again_is_the_book_made_anew(
    site: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Pictures are copied from the earlier file: in rows, in another order, none, and all."""
    copied: list[int] = []
    copy = earlier.copy

    def counted(source: BinaryIO, out: BinaryIO, start: int, end: int) -> None:
        copied.append(end - start)
        copy(source, out, start, end)

    monkeypatch.setattr(earlier, "copy", counted)
    for number, name in enumerate("abcde"):
        Image.new("RGB", (40 + number, 40), (number * 40, 90, 90)).save(
            site / f"content/{name}.png"
        )
    several: list[int] = []
    for shown in ("abc", "abdc", "dca", "", "e", "edcba", "edcba"):
        text = "\n\n".join(f"![图{name}]({name}.png)" for name in shown)
        write(site, "content/a.md", f"# 图\n\n第{len(several)}次。\n\n{text}\n")
        copied.clear()
        path = Path(str(run(capsys, "epub")[2][0]["path"]))
        several.append(len(copied))
        assert len(pictures_in(path)) == len(shown) + 1  # and the cover
        monkeypatch.setenv("PUBLISH_PROJECT__CACHE", str(tmp_path / f"cache{len(several)}"))
        anew = run(capsys, "epub", "-o", str(tmp_path / f"anew{len(several)}/"))[2][0]["path"]
        monkeypatch.delenv("PUBLISH_PROJECT__CACHE")
        assert Path(str(anew)).read_bytes() == path.read_bytes()
    assert several == [0, 2, 2, 0, 0, 1, 1]
    copied.clear()
    run(capsys, "epub", "--refresh")  # anew, should the earlier file be damaged
    assert copied == []


def test_a_lost_cover_is_an_error_until_it_is_found(site: Path, capsys: Capture) -> None:
    write(site, "publish.toml", "[books.x]\nto = 'epub'\ncover = 'c.png'\nsplit = 'year'\n")
    expected = ["publish.toml:3 cover-lost c.png: there is no such file"]
    for _ in range(2):
        status, found, books = run(capsys, "epub")
        assert (status, found, len(books)) == (1, expected, 1)
    picture(site / "c.png")
    status, found, _ = run(capsys, "epub")
    assert (status, found) == (0, [])
    assert run(capsys, "epub")[2][0]["fresh"] is True


def test_a_cover_named_by_hand_is_looked_for_from_here(
    site: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = site.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    picture(elsewhere / "c.png")
    monkeypatch.chdir(elsewhere)
    for cover in ("c.png", str(elsewhere / "c.png")):
        words = ("epub", str(site), "--cover", cover, "-o", str(elsewhere / "x.epub"))
        status, found, _ = run(capsys, *words, "--refresh")
        assert (status, found) == (0, [])
    status, found, _ = run(capsys, "epub", str(site), "--cover", "d.png", "-o", "x.epub")
    assert (status, found) == (1, ["command line: cover-lost d.png: there is no such file"])


@pytest.mark.parametrize("name", ["x.txt", "x.ebup", "content/a.md", "x.pdf"])
def test_a_name_of_no_book_is_refused_before_work(site: Path, capsys: Capture, name: str) -> None:
    before = sorted(site.rglob("*"))
    status, found, books = run(capsys, "epub", "-o", name)
    assert (status, books) == (2, [])
    assert f"{name} is no name for .epub files" in found[0]
    assert sorted(path for path in site.rglob("*") if ".publish" not in path.parts) == before


@pytest.mark.parametrize("name", ["x.epub", "x.EPUB", "out", "v1.2", "x.txt/"])
def test_names_of_files_and_folders_are_taken(site: Path, capsys: Capture, name: str) -> None:
    status, _, [book] = run(capsys, "epub", "-o", name)
    assert status == 0
    assert Path(str(book["path"])).is_relative_to(site / name)


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        ("[books.x]\nlayout = 'clasic'\n", 2, "publish.toml:2 layout-unknown"),
        ("[defaults]\n\nlayout = 'clasic'\n", 2, "publish.toml:3 layout-unknown"),
        ("[books.x]\nto = 'ebub'\n", 2, "publish.toml:2 backend-unknown"),
        ("[books.x]\ntitle = '{n}'\n", 2, "publish.toml:2 title-placeholder"),
        ("[books.x]\noutput = '{n}'\n", 2, "publish.toml:2 output-placeholder"),
        ("[books.x]\narticles = ['b.md']\n", 1, "publish.toml:2 article-unknown"),
        ("[books.x]\nselect = {tag = '无'}\n", 1, "publish.toml:2 no-articles"),
        ("[project]\ncontent = 'no'\n", 2, "publish.toml:2 content-missing"),
        (
            "[editions.zh-Hant]\nconvert = 's2x'\n[books.x]\neditions = 'zh-Hant'\n",
            2,
            "publish.toml:2 convert-unknown",
        ),
        (
            "[editions.zh-Hant]\nphrases = 'no.txt'\n[books.x]\neditions = 'zh-Hant'\n",
            2,
            "publish.toml:2 phrases-unreadable cannot read no.txt: No such file or directory",
        ),
    ],
)
def test_a_fault_names_the_line_of_its_key(
    site: Path, capsys: Capture, text: str, status: int, expected: str
) -> None:
    write(site, "publish.toml", text)
    found_status, found, _ = run(capsys, "build", "--dry-run")
    assert found_status == status
    assert found[0].startswith(expected)


def test_a_bad_line_of_a_phrase_file_is_refused_before_work(site: Path, capsys: Capture) -> None:
    write(site, "publish.toml", "[editions.zh-Hant]\nphrases = 'p.txt'\n[defaults]\n"
          "editions = 'zh-Hant'\n")  # fmt: skip
    write(site, "p.txt", "软件\t軟體\n坏行\n")
    status, found, books = run(capsys, "epub")
    assert (status, books) == (2, [])
    assert found[0].startswith("p.txt:2 phrase-form")


@pytest.mark.parametrize("other", ["d/../caf\u00e9", "cafe\u0301", "CAF\u00c9"])
def test_one_file_under_two_names_is_a_collision(site: Path, capsys: Capture, other: str) -> None:
    write(site, "publish.toml", "[defaults]\nto = 'epub'\n[books.x]\noutput = 'caf\u00e9'\n"
          f"[books.y]\noutput = '{other}'\n")  # fmt: skip
    status, found, _ = run(capsys, "build")
    assert status == 2
    assert "output-collision" in found[0]
    assert not (site / "books").exists()


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["正文一句。"], "zh-Hans"),
        (["正文一句。", "软件的发展。"], "zh-Hans"),
        (["正文一句。", "軟體與發展。"], "zh-Hant"),
        (["Это слово 文 одно."], "und"),
    ],
)
def test_text_alike_in_both_scripts_follows_the_others(
    site: Path, capsys: Capture, texts: list[str], language: str
) -> None:
    (site / "content/a.md").unlink()
    for number, text in enumerate(texts):
        write(site, f"content/{number}.md", text)
    _, _, [book] = run(capsys, "epub")
    package = zipfile.ZipFile(str(book["path"])).read("EPUB/content.opf").decode()
    assert f"<dc:language>{language}<" in package


def test_a_book_with_any_converted_chapter_says_so(site: Path, capsys: Capture) -> None:
    for number in range(3):
        write(site, f"content/{number}.md", "An article in plain English, as are most of these.")
    _, _, [book] = run(capsys, "epub", "--edition", "zh-Hant-TW")
    colophon = zipfile.ZipFile(str(book["path"])).read("EPUB/text/colophon.xhtml").decode()
    assert "OpenCC（s2tw）" in colophon


def test_an_origin_in_the_last_line_is_an_address_of_its_article(
    site: Path, capsys: Capture
) -> None:
    there = "https://example.org/b"
    write(site, "content/a.md", f"# 甲\n\n见[乙]({there})。\n")
    write(site, "content/b.md", f"# 乙\n\n又[发]({there})。\n\n正文。\n\n[来处]({there})\n")
    _, _, [book] = run(capsys, "epub")
    made = zipfile.ZipFile(str(book["path"]))
    chapters = [made.read(name).decode() for name in made.namelist() if "/text/c" in name]
    [target] = [href for text in chapters for href in re.findall('见<a href="([^"]+)"', text)]
    assert f"EPUB/text/{target}" in made.namelist()
    assert any(f'又<a href="{there}">发' in text for text in chapters)  # its own way out


def test_no_description_repeats_the_text_beside_its_picture(site: Path, capsys: Capture) -> None:
    picture(site / "content/a.png")
    write(site, "content/a.md", "# 甲\n\n![看*图*](a.png)*看图*\n\n![看图](a.png)另有*看图*\n")
    _, _, [book] = run(capsys, "epub")
    made = zipfile.ZipFile(str(book["path"]))
    [name] = [name for name in made.namelist() if re.search("/text/c[0-9a-f]{10}", name)]
    text = made.read(name).decode()
    assert re.findall('alt="([^"]*)"', text) == ["甲：插图1", "看图"]


# ---- writing


def directions(folder: Path) -> dict[str, bool]:
    """Return which books of a folder turn their pages from right to left, by name."""
    books = {path.stem: zipfile.ZipFile(path) for path in folder.glob("*.epub")}
    return {name: b'"rtl"' in book.read("EPUB/content.opf") for name, book in books.items()}


HANT = '[editions.zh-Hant]\n{}\n[defaults]\nto = "epub"\neditions = ["source", "zh-Hant"]\n'


def test_an_editions_writing_is_over_its_books_and_that_over_the_layouts(
    site: Path, capsys: Capture
) -> None:
    write(site, "layouts/classic/layout.toml", '[options]\nwriting = "vertical"\n')
    run(capsys, "epub", "-o", "layout/")
    assert directions(site / "layout") == {"甲": True}
    write(site, "publish.toml", HANT.format("") + 'writing = "horizontal"\n')
    run(capsys, "epub", "-o", "book/")
    assert directions(site / "book") == {"甲.source": False, "甲.zh-Hant": False}
    write(site, "publish.toml", HANT.format('writing = "vertical"') + 'writing = "horizontal"\n')
    run(capsys, "epub", "-o", "edition/")
    assert directions(site / "edition") == {"甲.source": False, "甲.zh-Hant": True}
    run(capsys, "epub", "-o", "flag/", "--writing", "horizontal")
    assert not any(directions(site / "flag").values())


def test_a_book_in_columns_is_another_book_and_not_fresh(site: Path, capsys: Capture) -> None:
    def made(*words: str) -> tuple[bytes, bool]:
        [book] = run(capsys, "epub", "-o", "book.epub", *words)[2]
        package = zipfile.ZipFile(site / "book.epub").read("EPUB/content.opf")
        return package.split(b"urn:uuid:")[1][:36], bool(book["fresh"])

    lines, _ = made()
    columns, fresh = made("--writing", "vertical")
    assert columns != lines
    assert not fresh
    assert made("--writing", "vertical") == (columns, True)
    assert made() == (lines, False)


@pytest.mark.parametrize(
    ("flag", "value", "written"),
    [
        ("--date", "2023-05-06", "<dc:date>2023-05-06<"),
        ("--subject", "体裁", "<dc:subject>體裁<"),
        ("--source", "https://example.org/", "<dc:source>https://example.org/<"),
    ],
)
def test_a_book_of_which_something_else_is_said_is_not_fresh(
    site: Path, capsys: Capture, flag: str, value: str, written: str
) -> None:
    words = ("epub", "-o", "book.epub", "--edition", "zh-Hant")
    run(capsys, *words)
    [book] = run(capsys, *words, flag, value)[2]
    assert not book["fresh"]
    assert written in zipfile.ZipFile(site / "book.epub").read("EPUB/content.opf").decode()
    assert run(capsys, *words, flag, value)[2][0]["fresh"]


def test_a_pdf_says_once_that_its_lines_are_horizontal(site: Path, capsys: Capture) -> None:
    write(site, "publish.toml", '[books.x]\nto = ["epub", "pdf"]\nwriting = "vertical"\n')
    capsys.readouterr()
    assert main(["build", "--json", "--offline", "--strict", "-j", "1"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [told] = [line for line in lines if line.get("code") == "writing-horizontal"]
    assert (told["severity"], told["file"], told["line"]) == ("note", "publish.toml", 3)
    assert len([line for line in lines if line["type"] == "book"]) == 2


def test_a_writing_that_is_none_is_named(site: Path, capsys: Capture) -> None:
    write(site, "layouts/classic/layout.toml", '[options]\nwriting = "sideways"\n')
    status, found, _ = run(capsys, "epub")
    assert status == 2
    assert "layout-option layout 'classic': writing = 'sideways' cannot be meant" in found[0]
    write(site, "publish.toml", '[editions.source]\nwriting = "sideways"\n')
    status, found, _ = run(capsys, "epub")
    assert (status, found[0].split()[0]) == (2, "publish.toml:2")
