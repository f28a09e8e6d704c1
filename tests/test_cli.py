"""What people type, and what comes back: exit status, stdout, stderr."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from publish.cli import main
from publish.cli.session import Session

ARTICLE = """---
title: 一篇文章
date: 2024-03-05
tags: [排版]
---

正文一段，**重点**在此。

## 小节

第二段。
"""


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two articles, as the current folder's child."""
    folder = tmp_path / "文集"
    folder.mkdir()
    (folder / "a.md").write_text(ARTICLE, encoding="utf-8")
    (folder / "b.md").write_text(ARTICLE.replace("一篇", "另一篇"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert main(["--version"]) == 0
    out = capsys.readouterr().out
    for command in ("epub", "pdf", "build", "list", "fetch", "check", "doctor", "fonts",
                    "layouts", "config", "impose", "init", "new", "clean"):  # fmt: skip
        assert f"  {command} " in out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["buidl"], "did you mean 'build'?"),
        (["epub", "--titel", "x"], "did you mean '--title'?"),
        (["epub", "nowhere"], "neither a book of this project nor a file or folder"),
        (["build", "--to", "ebub"], "did you mean 'epub'?"),
        (["epub", "文集", "--edition", "zh-Haus"], "did you mean 'zh-Hans'?"),
        (["epub", "文集", "--layout", "clasic"], "did you mean 'classic'?"),
        (["epub", "文集", "--split", "moth"], "did you mean 'month'?"),
        (["epub", "文集", "--split", "1", "-o", "x.epub"], "more than one would be made"),
        (["-C", "nowhere", "list"], "No such file"),
        (["-c", "nowhere.toml", "list"], "no such file"),
        (["文集"], "publish epub 文集"),
        (["epub", "--edition"], "see publish epub --help"),
        (["completion"], "Choose from: bash, zsh, fish"),
        (["layouts", "eject", "classic"], "begin one: publish init"),
        (["init", "文集/a.md"], "文集/a.md"),
        (["new", "文集/a.md/b.md"], "cannot write"),
        (["new", "文集/a"], "there is one already"),
    ],
)
def test_a_mistake_names_the_nearest_right_word(
    archive: Path, capsys: pytest.CaptureFixture[str], words: list[str], hint: str
) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert hint in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


@pytest.mark.parametrize("words", [[], ["layouts"]])
def test_no_words_bring_the_help(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.err.startswith("Usage: publish")
    assert "..." not in said.err.replace("[ARGS]...", "")


def test_what_the_system_refuses_is_no_fault_of_ours(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "somewhere")

    monkeypatch.setattr(Session, "load", refuse)
    assert main(["list"]) == 3
    assert capsys.readouterr().err == f"somewhere: error[system]: {os.strerror(errno.ENOSPC)}\n"


def test_a_cache_that_cannot_be_written_is_named(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path("file").absolute()))
    assert main(["epub", "文集", "-o", "x.epub"]) == 3
    said = capsys.readouterr().err
    assert "error[cache-unwritable]" in said
    assert "PUBLISH_PROJECT__CACHE=FOLDER" in said
    monkeypatch.setenv("PUBLISH_PROJECT__CACHE", str(Path("kept").absolute()))
    assert main(["epub", "文集", "-o", "x.epub"]) == 0


def test_a_folder_becomes_a_book_without_any_configuration(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["epub", "文集", "-o", "x.epub"]) == 0
    said = capsys.readouterr()
    assert said.out == "x.epub\n"
    assert "1 made" in said.err
    assert Path("x.epub").read_bytes()[:2] == b"PK"
    assert main(["epub", "文集", "-o", "x.epub"]) == 0
    assert "1 fresh" in capsys.readouterr().err


def test_json_lines(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["epub", "文集", "-o", "x.epub", "--json"]) == 0
    said = capsys.readouterr()
    records = [json.loads(line) for line in said.out.splitlines()]
    [book] = [record for record in records if record["type"] == "book"]
    assert book["path"] == str(Path("x.epub").absolute())
    assert book["fresh"] is False
    assert said.err == ""


def test_dry_run_makes_nothing(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["epub", "文集", "-o", "x.epub", "--dry-run"]) == 0
    assert not Path("x.epub").exists()
    assert "1 would be made" in capsys.readouterr().err


def test_one_bad_article_is_named_and_the_others_are_made(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (archive / "bad.md").write_bytes("---\ntitle: 一\n---\n\n正文\n".encode("gbk"))
    assert main(["epub", "文集", "-o", "x.epub"]) == 1
    said = capsys.readouterr()
    assert "文集/bad.md:" in said.err
    assert Path("x.epub").is_file()


def test_a_lost_figure_leaves_the_book_and_strict_leaves_none(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (archive / "a.md").write_text(ARTICLE + "\n![一张图](missing.png)\n", encoding="utf-8")
    assert main(["epub", "文集", "-o", "x.epub"]) == 0
    assert "文集/a.md:13" in capsys.readouterr().err
    assert Path("x.epub").is_file()
    assert main(["epub", "文集", "-o", "y.epub", "--strict"]) == 1
    assert not Path("y.epub").exists()


def test_another_kind_of_file_is_not_overwritten(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("notes.epub").write_text("my notes", encoding="utf-8")
    assert main(["epub", "文集", "-o", "notes.epub"]) == 2
    assert Path("notes.epub").read_text(encoding="utf-8") == "my notes"


def test_colliding_names_are_refused_before_work(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("publish.toml").write_text(
        '[project]\ncontent = "文集"\n[defaults]\nto = "epub"\noutput = "same"\n'
        "[books.one]\n[books.two]\n",
        encoding="utf-8",
    )
    assert main(["build"]) == 2
    assert "would both be written" in capsys.readouterr().err
    assert not Path("books").exists()


def test_init_new_list_config_clean(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "proj"]) == 0
    assert main(["init", "proj"]) == 2
    assert main(["-C", "proj", "new", "content/first-one.md"]) == 0
    text = Path("content/first-one.md").read_text(encoding="utf-8")
    assert 'title: "first one"' in text
    assert "a draft" in capsys.readouterr().err
    Path("content/first-one.md").write_text(text + "第一句。\n", encoding="utf-8")
    assert main(["list", "--articles"]) == 1
    assert "1 is left out, drafts: first-one.md" in capsys.readouterr().err
    Path("content/first-one.md").write_text(text, encoding="utf-8")
    assert main(["list", "--drafts"]) == 1
    assert "first-one.md:7: warning[article-empty]" in capsys.readouterr().err
    Path("content/first-one.md").write_text(text + "第一句。\n", encoding="utf-8")
    assert main(["list", "--drafts"]) == 0
    assert main(["config", "--origin"]) == 0
    assert "publish.toml:" in capsys.readouterr().out
    assert main(["epub", "--drafts"]) == 0
    assert Path(".publish/cache").is_dir()
    assert main(["clean"]) == 0
    assert not Path(".publish").exists()
    assert Path("books/all.epub").exists()
    assert main(["clean", "--books", "--dry-run"]) == 0
    assert Path("books/all.epub").exists()
    assert main(["clean", "--books"]) == 0
    assert not Path("books").exists()
    assert main(["clean"]) == 0
    assert "nothing to remove" in capsys.readouterr().err


def test_clean_removes_what_publish_made_and_nothing_else(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = '[project]\ncontent = "文集"\ncache = "文集"\noutput = "OUT"\n[defaults]\nto = "epub"\n'
    project = Path("publish.toml")
    for output in (".", "文集", ".."):
        project.write_text(words.replace("OUT", output), encoding="utf-8")
        assert main(["build"]) == 0
        assert main(["clean", "--books"]) == 2
        assert "publish.toml:4: error[output-shared]" in capsys.readouterr().err
    project.write_text(words.replace("OUT", "out"), encoding="utf-8")
    assert main(["build"]) == 0
    Path("out/notes.txt").write_text("mine", encoding="utf-8")
    assert main(["clean", "--books"]) == 0
    assert sorted(path.name for path in archive.iterdir()) == ["a.md", "b.md", "文集.epub"]
    assert [path.name for path in Path("out").iterdir()] == ["notes.txt"]


def test_articles_are_listed_where_the_books_select_none(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("publish.toml").write_text(
        '[project]\ncontent = "文集"\n[books.one]\nselect = [{ tag = ["诗"] }]\n', encoding="utf-8"
    )
    assert main(["list"]) == 1
    assert "see what there is with: publish list --articles" in capsys.readouterr().err
    assert main(["list", "--articles"]) == 1
    assert "另一篇文章" in capsys.readouterr().out
    assert main(["list", "--articles", "--tag", "词"]) == 1
    assert capsys.readouterr().out == ""
    Path("publish.toml").unlink()
    assert main(["list", "文集/a.md"]) == 0
    assert "(1 article)" in capsys.readouterr().out


def test_check_tells_what_was_moved(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (archive / "a.md").write_text(ARTICLE + "\n[原文](https://example.org/a)\n", encoding="utf-8")
    assert main(["check", "文集"]) == 0
    assert "文集/a.md:13" in capsys.readouterr().err


def test_layouts_and_completion(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layouts", "list"]) == 0
    out = capsys.readouterr().out
    assert "classic" in out
    assert "magazine" in out
    Path("publish.toml").write_text("", encoding="utf-8")
    assert main(["layouts", "eject", "classic"]) == 0
    assert Path("layouts/classic/layout.toml").is_file()
    assert main(["completion", "bash"]) == 0


def test_source_date_epoch_must_be_a_number(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert main(["epub", "文集", "-o", "x.epub"]) == 2
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err
