"""Large tables become several, and lose no row, no column and no note."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from editions import chapter, plain, workshop
from epubcheck import check_books
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from publish import layouts
from publish.backends.epub import EpubBackend
from publish.backends.epub.tables import divide
from publish.model import XHTML

H = {"h": XHTML}


def table(rows: int, columns: int, caption: str = "", row: str = "") -> str:
    """A table with a head; ``row`` is put in place of the tenth row."""
    head = "".join(f'<th scope="col" id="h{c}">列{c}</th>' for c in range(columns))
    body = [
        f'<tr id="r{r}">' + "".join(f"<td>{r}.{c}</td>" for c in range(columns)) + "</tr>"
        for r in range(rows)
    ]
    if row:
        body[10] = row
    caption = f"<caption>{caption}</caption>" if caption else ""
    return (
        f'<div class="table"><table id="t">{caption}<thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def divided(blocks: str) -> list[etree._Element]:
    """Return the tables of a section after division."""
    root = etree.fromstring(divide(section(blocks), "zh-Hans"))
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    return list(root.iter(f"{{{XHTML}}}table"))


def section(blocks: str) -> bytes:
    return f'<section xmlns="{XHTML}">{blocks}</section>'.encode()


def texts(element: etree._Element, path: str) -> list[str]:
    return ["".join(found.itertext()) for found in element.xpath(path, namespaces=H)]


@pytest.mark.parametrize("blocks", [table(99, 10), "<p>字</p>", table(3, 2) * 60])
def test_what_is_small_enough_keeps_its_bytes(blocks: str) -> None:
    assert divide(section(blocks), "zh-Hans") == section(blocks)


def test_rows_are_divided_evenly_under_the_same_head() -> None:
    made = divided(f"<p>前</p>{table(250, 2, '字表')}<p>后</p>")
    assert [len(texts(one, ".//h:tr")) for one in made] == [85, 85, 83]
    assert [texts(one, "h:caption") for one in made] == [["字表"], ["字表（2）"], ["字表（3）"]]
    for one in made:
        assert texts(one, "h:thead//h:th") == ["列0", "列1"]
        assert all(cell.get("scope") == "col" for cell in one.iter(f"{{{XHTML}}}th"))
    cells = [cell for one in made for cell in texts(one, "h:tbody//h:td")]
    assert cells == [f"{r}.{c}" for r in range(250) for c in range(2)]


def test_rows_that_a_cell_joins_stay_together() -> None:
    joined = '<tr id="r10"><td rowspan="95">甲</td><td>乙</td></tr>'
    made = divided(table(200, 2, row=joined))
    assert [len(texts(one, "h:tbody/h:tr")) for one in made] == [10, 95, 67, 28]
    assert texts(made[1], "h:tbody/h:tr[1]/h:td") == ["甲", "乙"]


def test_columns_are_divided_and_the_first_is_in_all() -> None:
    made = divided(table(3, 24))
    heads = [texts(one, "h:thead/h:tr/h:th") for one in made]
    groups = (range(1, 8), range(8, 16), range(16, 24))
    assert heads == [["列0", *(f"列{c}" for c in group)] for group in groups]
    for one, group in zip(made, groups, strict=True):
        for r, row in enumerate(one.iterfind("h:tbody/h:tr", H)):
            assert texts(row, "h:td") == [f"{r}.{c}" for c in (0, *group)]


def test_a_table_with_cells_over_several_columns_is_not_divided_by_columns() -> None:
    wide = table(20, 12, row='<tr><td colspan="12">甲</td></tr>')
    assert divide(section(wide), "zh-Hans") == section(wide)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 220), st.integers(1, 30))
def test_every_piece_is_within_the_limits_and_nothing_is_lost(rows: int, columns: int) -> None:
    made = divided(table(rows, columns))
    for one in made:
        assert len(texts(one, ".//h:tr")) <= 100
        assert all(len(row) <= 10 for row in one.iter(f"{{{XHTML}}}tr"))
    cells = [cell for one in made for cell in texts(one, "h:tbody//h:td")]
    assert set(cells) == {f"{r}.{c}" for r in range(rows) for c in range(columns)}


@pytest.mark.slow
def test_a_book_of_large_tables_is_valid(tmp_path: Path) -> None:
    note = (
        '<tr id="r10"><td><a class="noteref" epub:type="noteref" role="doc-noteref" id="~fnref1"'
        ' href="#~fn1">[1]</a></td>' + "<td>注</td>" * 11 + "</tr>"
    )
    notes = (
        '<section class="footnotes" epub:type="footnotes" role="doc-endnotes"><aside '
        'class="footnote" id="~fn1" epub:type="footnote" role="doc-footnote"><p><a class="backlink"'
        ' role="doc-backlink" href="#~fnref1">[1]</a> 注</p></aside></section>'
    )
    long = table(4000, 4, "长表").replace('id="', 'id="x')
    edition = plain(chapter(1, table(250, 12, "字表", note) + notes), chapter(2, long))
    path = tmp_path / "tables.epub"
    with path.open("wb") as out:
        shop = workshop(tmp_path)
        EpubBackend().bind(edition, layouts.find("classic"), shop, out, {})
    [report] = check_books([path])
    assert report.clean, report
    with zipfile.ZipFile(path) as book:
        sizes = [i.file_size for i in book.infolist() if i.filename.startswith("EPUB/text/")]
    assert max(sizes) < 256_000  # a long table no longer stays whole
    assert len(sizes) == 5
