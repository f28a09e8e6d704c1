"""What a book says of itself: when it is published, what it was gathered from, what it is about."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pikepdf
import pytest

from publish.cli import main

ARTICLE = "---\ntitle: 甲\ndate: 2024-03-05\ntags: [二, 三]\n---\n\n正文。\n"
SOURCE = "https://own.example/all"
OWN = f"date = 2025-01-02\nsource = '{SOURCE}'\nsubjects = ['一', '二']\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one article, as the current one."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content/a.md").write_text(ARTICLE, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def facts(epub: Path, pdf: Path) -> list[str]:
    """Return date, subjects and sources of an EPUB, keywords and date of a PDF."""
    with zipfile.ZipFile(epub) as book:
        package = book.read("EPUB/content.opf").decode()
    assert "2024-03-05T00:00:00Z" in package  # modified: of the content, whatever the date
    told = re.findall("<dc:(?:date|source|subject)>([^<]*)<", package)
    with pikepdf.open(pdf) as opened:
        return [*told, str(opened.docinfo["/Keywords"]), str(opened.docinfo["/CreationDate"])]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", ["2024-03-05", "三", "二", "三, 二", "D:20240305"]),
        (OWN, ["2025-01-02", "一", "二", "三", SOURCE, "一, 二, 三", "D:20250102"]),
        (
            OWN.replace("2025-01-02", "'2025-01-01'").replace("'一', ", ""),
            ["2025-01-01", "二", "三", SOURCE, "二, 三", "D:20250101"],
        ),
    ],
)
def test_a_books_own_facts_go_before_its_articles(
    more: str, told: list[str], site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = "[books.x]\nto = ['epub', 'pdf']\n"
    for text in (table, table + more):  # the second time, what is there is not fresh
        Path("publish.toml").write_text(text, "utf-8")
        assert main(["build", "--json", "-j", "1"]) == 0
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    made = [line for line in lines if line["type"] == "book"]
    assert [book["fresh"] for book in made] == [not more] * 2
    epub, pdf = (Path(book["path"]) for book in made)
    assert facts(epub, pdf) == told
    with zipfile.ZipFile(epub) as book:
        assert (f'href="{SOURCE}"' in book.read("EPUB/text/colophon.xhtml").decode()) is bool(more)
