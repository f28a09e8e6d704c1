"""What crawlers and editors leave in pages: taken out, and every removal told with its line."""

from __future__ import annotations

import pytest
from xhtml_rules import fair, inside, told, written

BLANK = {
    "two spaces": ("甲\n\n  \n\n乙", []),
    "full-width spaces": ("甲\n\n　　\n\n乙", [("blank-removed", 3)]),
    "hard spaces": ("甲\n\n&nbsp;&nbsp;\n\n乙", [("blank-removed", 3)]),
    "backslash": ("甲\n\n\\\n\n乙", [("blank-removed", 3)]),
    "break": ("甲\n\n<br>\n\n乙", []),
    "empty elements": (
        "甲\n\n<p></p><p> <b></b></p><div><span></span></div>\n\n乙",
        [("blank-removed", 3)],
    ),
    "blank paragraph of HTML": ("甲\n\n<p>&nbsp;</p>\n\n乙", [("blank-removed", 3)]),
    "zero width": ("甲\n\n\u200b\u2060\n\n乙", [("blank-removed", 3)]),
    "hangul filler": ("甲\n\n\u3164\n\n乙", [("blank-removed", 3)]),
    "breaks at the ends": ("<p><br>甲<br></p><p>乙<br><br></p>", []),
}


@pytest.mark.parametrize(("source", "findings"), BLANK.values(), ids=BLANK)
def test_blank_paragraphs_go(source: str, findings: list[tuple[str, int]]) -> None:
    made = fair(source)
    assert (inside(made), told(made)) == ("<p>甲</p><p>乙</p>", findings)


INDENTS = {
    "full-width": ("甲\n\n　　乙", [("indent-removed", 3)]),
    "hard spaces": ("甲\n\n&emsp;&nbsp;乙", [("spaces-normalised", 3)]),
    "in HTML": ("甲\n\n<p>　　乙</p>", [("indent-removed", 3)]),
    "in bold": ("甲\n\n<p><b>　　乙</b></p>", [("indent-removed", 3)]),
    "byte order mark": ("甲\n\n\ufeff乙", []),
}


@pytest.mark.parametrize(("source", "findings"), INDENTS.values(), ids=INDENTS)
def test_indents_go_for_layouts_indent(source: str, findings: list[tuple[str, int]]) -> None:
    made = fair(source)
    assert inside(made).replace("<strong>乙</strong>", "乙") == "<p>甲</p><p>乙</p>"
    assert told(made) == findings


def test_an_indent_after_a_line_break_goes_too() -> None:
    assert written("　　甲<br>　　乙") == "<p>甲<br/>乙</p>"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("> 　　甲\n>\n> 　　乙", "<blockquote><p>甲</p><p>乙</p></blockquote>"),
        ("- 　甲\n- 　**乙**", "<ul><li>甲</li><li><strong>乙</strong></li></ul>"),
        ("- 　　甲\n\n  　　乙", "<ul><li><p>甲</p><p>乙</p></li></ul>"),
        ("甲\n: 　　乙", "<dl><dt>甲</dt><dd>乙</dd></dl>"),
        ("甲\n　　乙", "<p>甲乙</p>"),
    ],
)
def test_indents_go_in_quotes_and_lists(source: str, expected: str) -> None:
    assert written(source) == expected


def test_indents_go_in_notes() -> None:
    made = fair("甲[^1]\n\n[^1]: 　　注\n\n    　　二")
    assert "[1]</a> 注</p><p>二</p>" in inside(made)
    assert told(made) == [("indent-removed", 3)]


SPACES = {
    "汉&nbsp;字": "汉字",
    "汉&nbsp;&nbsp;字": "汉　字",
    "汉&nbsp;a": "汉 a",
    "a&nbsp;&nbsp;汉": "a 汉",
    "a&nbsp;b": "a\xa0b",
    "`a&nbsp;汉`": "<code>a&amp;nbsp;汉</code>",
    "<code>汉&nbsp;字</code>": "<code>汉\xa0字</code>",
}


@pytest.mark.parametrize(("source", "made"), SPACES.items())
def test_hard_spaces_are_ordinary_beside_cjk(source: str, made: str) -> None:
    copy = fair(f"字\n\n> {source}")
    assert inside(copy) == f"<p>字</p><blockquote><p>{made}</p></blockquote>"
    assert told(copy) == (
        [("spaces-normalised", 3)] if source[0] != "`" and "\xa0" not in made else []
    )


LINES = {
    "breaks in a row": (
        "<p>甲<br><br>乙<br>\n<br>丙</p>",
        "<p>甲</p><p>乙</p><p>丙</p>",
        [("breaks-divided", 1)],
    ),
    "short lines": ("床前<br>明月<br>光", '<p class="verse">床前<br/>明月<br/>光</p>', []),
    "two lines": ("床前<br>明月", "<p>床前<br/>明月</p>", []),
    "a long line": (
        f"床前<br>明月<br>{'长' * 25}",
        f"<p>床前<br/>明月<br/>{'长' * 25}</p>",
        [],
    ),
}


@pytest.mark.parametrize(("source", "made", "findings"), LINES.values(), ids=LINES)
def test_line_breaks(source: str, made: str, findings: list[tuple[str, int]]) -> None:
    copy = fair(source)
    assert (inside(copy), told(copy)) == (made, findings)


# --- bold lines --------------------------------------------------------------------------------

BOLD = {
    "numbers": ("**01**\n\n甲\n\n**02**\n\n乙", ["2 01", "2 02"]),
    "numbers above, text below": (
        "**01**\n\n甲\n\n**小题**\n\n乙\n\n**02**\n\n丙",
        ["2 01", "3 小题", "2 02"],
    ),
    "Chinese numbers": ("**一、甲乙**\n\n丙\n\n**二、丁**\n\n戊", ["2 一、甲乙", "2 二、丁"]),
    "short lines": ("甲\n\n**小题**\n\n乙", ["2 小题"]),
    "two bold pieces": ("甲\n\n**小****题**\n\n乙", ["2 小题"]),
    "in bold HTML": ("甲\n\n<p><b>小题</b></p>\n\n乙", ["2 小题"]),
    "a number and its title": ("**1**\n\n**小题**\n\n甲", ["2 1", "3 小题"]),
    # and what is none
    "a sentence": ("甲\n\n**乙丙丁。**\n\n戊", []),
    "a question": ("甲\n\n**乙丙丁？**\n\n戊", []),
    "a lead": ("甲\n\n**免責聲明︰**\n\n乙", []),
    "a long line": (f"甲\n\n**{'长' * 25}**\n\n乙", []),
    "a byline": ("甲\n\n**作者：张三**\n\n乙", []),
    "another byline": ("甲\n\n**审核|李四**\n\n乙", []),
    "an editor": ("甲\n\n**編審：李四**\n\n乙", []),
    "marks alone": ("甲\n\n**▼▼**\n\n乙", []),
    "the last line": ("甲\n\n**小题**", []),
    "the first line": ("**小题**\n\n甲", []),
    "bold lines in a row": ("甲\n\n**乙**\n\n**丙**\n\n丁", []),
    "bold in a line": ("甲\n\n**乙**丙\n\n丁", []),
    "the title again": ("甲\n\n**题目**\n\n乙", []),
    "a picture": ("甲\n\n**![](a.png)**\n\n乙", []),
    "in a list": ("- **小题**\n\n甲", []),
    "other headings": ("## 甲\n\n**小题**\n\n乙", ["2 甲"]),
}


@pytest.mark.parametrize(("source", "headings"), BOLD.values(), ids=BOLD)
def test_bold_lines_become_headings_only_where_nothing_else_is_one(
    source: str, headings: list[str]
) -> None:
    made = fair(source)
    assert [f"{heading.level} {heading.text}" for heading in made.headings] == headings
    expected = [] if "## " in source else headings
    assert [code for code, _ in told(made)] == ["heading-promoted"] * len(expected)
    assert written(source, promote_bold="never").count("<h") == source.count("## ")


def test_a_promoted_line_is_told_with_its_line_and_how_to_prevent_it() -> None:
    [finding] = fair("甲\n\n**小题**\n\n乙", first_line=4).findings
    assert finding.place is not None
    assert (finding.place.line, "小题" in finding.message) == (6, True)
    assert "promote_bold" in finding.help


def test_always_promotes_longer_lines_below_the_heading_before() -> None:
    made = fair(f"# 甲\n\n## 乙\n\n**{'长' * 30}**\n\n丙", promote_bold="always")
    assert [heading.level for heading in made.headings] == [2, 3, 4]


# --- pictures ----------------------------------------------------------------------------------

ALTS = {
    "图片": "", "圖片": "", "图 3": "", "在这里插入图片描述": "", "image": "", "IMG_2024": "",
    "alt text": "", "微信图片_20240101": "", "a-b.PNG": "", "undefined": "", "  ": "", "3": "",
    "长城": "长城", "图片说明了甲": "图片说明了甲", "图一：长城": "图一：长城", "logo": "logo",
}  # fmt: skip


@pytest.mark.parametrize(("alt", "kept"), ALTS.items())
def test_a_description_that_says_nothing_goes(alt: str, kept: str) -> None:
    made = fair(f"![{alt}](a.png)")
    assert [figure.description for figure in made.figures] == [kept]
    assert f'alt="{kept}"' in inside(made)


def image(address: str = "a.png", *, inline: bool = False) -> str:
    kind = ' class="inline"' if inline else ""
    return f'<img data-figure="{address}" alt=""{kind}/>'


def figure(content: str) -> str:
    return f'<figure class="figure">{content}</figure>'


PICTURES = {
    "alone": ("![](a.png)", figure(image())),
    "in a line": ("甲![](a.png)乙", f"<p>甲{image(inline=True)}乙</p>"),
    "on a line of its own": (
        "甲\n![](a.png)\n乙",
        f"<p>甲</p>{figure(image())}<p>乙</p>",
    ),
    "after a break": ("甲<br>![](a.png)", f"<p>甲</p>{figure(image())}"),
    "two on a line": ("![](a.png) ![](b.png)", figure(image()) + figure(image("b.png"))),
    "titled": ('![](a.png "甲")', figure(image() + "<figcaption>甲</figcaption>")),
    "linked to itself": ("[![](a.png)](a.png)", figure(image())),
    "linked to a larger one": ("[![](a.png)](b.jpg?x=1)", figure(image())),
    "linked to a page": (
        "[![](a.png)](https://a.example/)",
        figure(f'<a href="https://a.example/">{image()}</a>'),
    ),
    "in a list": ("- ![](a.png)\n- 甲", f"<ul><li>{figure(image())}</li><li>甲</li></ul>"),
    "in a cell": (
        "<table><tr><td>甲<img src=a.png></table>",
        (f'<div class="table"><table><tbody><tr><td>甲{image(inline=True)}</td></tr></tbody>'
        "</table></div>"),
    ),
    "in bold": ("**![](a.png)**", figure(image())),
    "in a paragraph of a figure": ("<figure><p><img src=a.png></p></figure>", figure(image())),
    "without an address": ("![]()", figure(image(""))),
}  # fmt: skip


@pytest.mark.parametrize(("source", "made"), PICTURES.values(), ids=PICTURES)
def test_a_picture_that_stands_alone_is_a_figure(source: str, made: str) -> None:
    assert written(source) == made


def test_pictures_are_listed_in_order_with_their_lines() -> None:
    made = fair("![](a.png)\n\n字![](b.png)\n\n- <img src='c.png'>\n- ![](d.png)", first_line=3)
    found = [(one.address, one.line) for one in made.figures]
    assert found == [("a.png", 3), ("b.png", 5), ("c.png", 7), ("d.png", 8)]


# --- the source of an article ------------------------------------------------------------------

ORIGINS = {
    "[来源](https://a.example/b)": ("https://a.example/b", ""),
    "[甲报](https://a.example/b)": ("https://a.example/b", "甲报"),
    "来源：[甲报](https://a.example/b)": ("https://a.example/b", "甲报"),
    "原文链接：<https://a.example/b>": ("https://a.example/b", ""),
    "阅读原文 https://a.example/b": ("https://a.example/b", ""),
    "轉載自：[乙](https://a.example/b)": ("https://a.example/b", "乙"),
    # and what is none
    "<https://a.example/b>": ("", ""),
    "见[甲报](https://a.example/b)": ("", ""),
    "[甲报](https://a.example/b)。": ("", ""),
    "[甲报](b.md)": ("", ""),
    "[甲报](mailto:a@a.example)": ("", ""),
    "[![](a.png)](https://a.example/b)": ("", ""),
}


@pytest.mark.parametrize(("last", "origin"), ORIGINS.items())
def test_a_last_line_that_only_links_to_the_source_is_the_origin(
    last: str, origin: tuple[str, str]
) -> None:
    made = fair(f"甲\n\n乙\n\n---\n\n{last}")
    assert (made.origin, made.origin_name) == origin
    taken = bool(origin[0])
    assert told(made) == ([("origin-taken", 7)] if taken else [])
    assert (inside(made) == "<p>甲</p><p>乙</p>") is taken


def test_the_last_of_a_list_of_links_is_no_origin() -> None:
    links = "\n\n".join(f"[{name}](https://a.example/{name})" for name in "abc")
    for source in (f"甲\n\n{links}", f"甲\n\n乙\n\n## 参考\n\n{links[:24]}"):
        assert fair(source).origin == ""


def test_findings_of_one_kind_are_one_with_a_count() -> None:
    made = fair("甲\n\n&nbsp;\n\n乙\n\n&nbsp;", first_line=9)
    assert told(made) == [("blank-removed", 11)]
    assert made.findings[0].message.endswith("(2 times, first here)")
