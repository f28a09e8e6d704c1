"""Raw tables: kept in one piece, and with the headings that their first row is."""

from __future__ import annotations

import pytest
from lxml import etree

from publish.markdown import fair_copy
from publish.model import XHTML

NS = {"h": XHTML}


def table(body: str) -> etree._Element:
    """Return the one table of a text, of which nothing is code."""
    copy = fair_copy(body, title="", title_from="none", first_line=1, shown="a.md")
    root = etree.fromstring(copy.xhtml)
    [found] = root.findall(".//h:table", NS)
    assert root.find(".//h:pre", NS) is None
    return found


def rows(*texts: str, cell: str = "<td>{}</td>") -> str:
    """Return a raw table of rows whose cells are parted by bars."""
    made = ("".join(cell.format(text) for text in row.split("|")) for row in texts)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in made)}</table>\n"


def heads(body: str) -> list[str]:
    """Return the headings of columns."""
    found = table(body).findall("h:thead/h:tr/h:th[@scope='col']", NS)
    assert len(found) == len(table(body).findall(".//h:th", NS))
    return ["".join(map(str, cell.itertext())).strip() for cell in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rows("方法|作用", "match()|从开头匹配", "find()|找到第一个"), ["方法", "作用"]),
        (rows("Step|Found|Why", "1|a|because", "2|b|it was there"), ["Step", "Found", "Why"]),
        (rows("<b>甲</b>|<strong>乙</strong>", "丙|丁"), ["甲", "乙"]),
        ("<table><thead><tr><td>甲<td>乙</thead><tr><td>丙<td>丁</table>\n", ["甲", "乙"]),
        # Not a heading: labels beside, sentences, numbers, one row, one column, cells that span.
        (rows("姓名|张三", "年龄|30", "电话|12345"), []),
        (rows("这是一句很长很长很长很长很长的话。|二", "x|y", "x|y"), []),
        (rows("2023|2024", "一|二", "三|四"), []),
        (rows("方法|作用"), []),
        (rows("方法", "match()", "find()"), []),
        (rows("方法|", "match()|从开头匹配", "find()|找到第一个"), []),
        (rows("a|b", "1|2", "3|4", cell='<td rowspan="1">{}</td>'), ["a", "b"]),
        ("<table><tr><td rowspan=2>a<td>b<tr><td>1<tr><td>2<td>3<tr><td>4<td>5</table>\n", []),
        (rows("a|b", "1|2", "3|4", cell="<th>{}</th>").replace("<table>", "<table class=x>"), []),
    ],
)
def test_a_first_row_that_names_columns_is_their_heading(body: str, expected: list[str]) -> None:
    if body.count("<th>"):
        assert len(table(body).findall(".//h:th", NS)) == 6  # as the author says
    else:
        assert heads(body) == expected


@pytest.mark.parametrize(
    ("body", "parts", "names"),
    [
        (
            "<table><caption>表</caption><tr><td><b>甲</b><td><b>乙</b><tr><td>1<td>2</table>\n",
            ["caption", "thead", "tbody"],
            ["甲", "乙"],
        ),
        (
            "<table><tbody><tr><td><b>甲</b><td><b>乙</b></tbody><thead><tr><td>头<td>目</table>\n",
            ["thead", "tbody"],
            ["头", "目"],
        ),
        (
            "<table><tfoot><tr><td>合<td>计</tfoot><tr><td><b>甲</b><td><b>乙</b><tr><td>1</table>\n",
            ["thead", "tbody", "tfoot"],
            ["甲", "乙"],
        ),
    ],
)
def test_parts_are_in_order_and_once(body: str, parts: list[str], names: list[str]) -> None:
    assert [part.tag.rpartition("}")[2] for part in table(body)] == parts
    assert heads(body) == names


def test_a_table_inside_has_its_own_headings() -> None:
    inner = "<table><tr><th>x<th>y<tr><td>1<td>2</table>"
    body = f"<table><tr><td><b>甲</b><td><b>乙</b><tr><td>1<td>{inner}</table>\n"
    copy = fair_copy(body, title="", title_from="none", first_line=1, shown="a.md")
    outer = next(etree.fromstring(copy.xhtml).iter("{*}table"))
    found = outer.findall("h:thead/h:tr/h:th[@scope='col']", NS)
    assert ["".join(map(str, cell.itertext())).strip() for cell in found] == ["甲", "乙"]


def test_every_cell_stays_in_its_place() -> None:
    body = rows("方法|作用", "match()|从开头匹配", "find()|找到第一个")
    found = [["".join(map(str, c.itertext())) for c in r] for r in table(body).iter("{*}tr")]
    assert found == [["方法", "作用"], ["match()", "从开头匹配"], ["find()", "找到第一个"]]
    assert [part.tag.rpartition("}")[2] for part in table(body)] == ["thead", "tbody"]


@pytest.mark.parametrize("indent", ["    ", "\t", "        "])
def test_indented_tags_behind_an_empty_line_are_no_code(indent: str) -> None:
    lines = [
        "<table>", f"{indent}<tr>", f"{indent}<td>", "", " 甲 ", "", f"{indent}</td>",
        f"{indent}<td>", "", " **乙** ", "", f"{indent}</td>", f"{indent}</tr>", "</table>",
        "", "后",
    ]  # fmt: skip
    found = table("\n".join(lines) + "\n")
    assert ["".join(map(str, cell.itertext())).strip() for cell in found.iter("{*}td")] == [
        "甲",
        "乙",
    ]
    assert found.find(".//h:strong", NS) is not None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("    <table>\n    <td>甲\n", "<table>\n<td>甲"),
        ("```\n<table>\n\n    <td>甲\n```\n", "<table>\n\n    <td>甲"),
    ],
)
def test_code_that_shows_a_table_stays_code(body: str, code: str) -> None:
    copy = fair_copy(body, title="", title_from="none", first_line=1, shown="a.md")
    [block] = etree.fromstring(copy.xhtml).iter("{*}pre")
    assert "".join(map(str, block.itertext())).strip("\n") == code
