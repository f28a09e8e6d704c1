"""Blocks: headings, lists, code, tables, quotations and notices, notes, display mathematics."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import etree
from xhtml_rules import XHTML, fair, inside, told, written

BLOCKS = {
    "list": ("- 甲\n- 乙", "<ul><li>甲</li><li>乙</li></ul>"),
    "loose list": ("- 甲\n\n- 乙", "<ul><li><p>甲</p></li><li><p>乙</p></li></ul>"),
    "first number": ("3. 甲\n4. 乙", '<ol start="3"><li>甲</li><li>乙</li></ol>'),
    "nested": ("- 甲\n  1. 乙", "<ul><li>甲<ol><li>乙</li></ol></li></ul>"),
    "tasks": (
        "- [ ] 甲\n- [x] 乙",
        (
            '<ul class="tasks"><li class="todo"><span class="box">☐</span> 甲</li>'
            '<li class="done"><span class="box">☑</span> 乙</li></ul>'
        ),
    ),
    "numbered task": ("1. [x] 甲", '<ol><li><span class="box">☑</span> 甲</li></ol>'),
    "year": ("1986. 这一年\n\n字", "<p>1986. 这一年</p><p>字</p>"),
    "no space after a number": ("1.甲\n\n字", "<p>1.甲</p><p>字</p>"),
    "tag": ("#标签\n\n字", "<p>#标签</p><p>字</p>"),
    "definitions": ("甲\n: 乙\n: 丙", "<dl><dt>甲</dt><dd>乙</dd><dd>丙</dd></dl>"),
    "quotation": ("> 甲\n乙\n>\n> 丙", "<blockquote><p>甲乙</p><p>丙</p></blockquote>"),
    "rule": ("甲\n\n***\n\n乙", "<p>甲</p><hr/><p>乙</p>"),
    "table": (
        "|甲|乙|丙|\n|:-|:-:|-:|\n|1|`a|b`|",
        (
            '<div class="table"><table><thead><tr><th class="left" scope="col">甲</th>'
            '<th class="center" scope="col">乙</th><th class="right" scope="col">丙</th>'
            '</tr></thead><tbody><tr><td class="left">1</td><td class="center">`a</td>'
            '<td class="right">b`</td></tr>'
            "</tbody></table></div>"
        ),
    ),
    "fence": (
        "```py\nif x:\n\tprint('字')\n```",
        (
            '<pre class="code" data-language="py"><code><span class="k">if</span> '
            'x:\n\t<span class="nb">print</span>(<span class="s1">\'字\'</span>)</code></pre>'
        ),
    ),
    "no language": ("~~~\na  <b>\n~~~", '<pre class="code"><code>a  &lt;b&gt;</code></pre>'),
    "unknown language": (
        "```鸟\na\n```",
        '<pre class="code" data-language="鸟"><code>a</code></pre>',
    ),
    "unclosed fence": ("```\n甲\n\n# 乙", '<pre class="code"><code>甲\n\n# 乙</code></pre>'),
    "indented code": ("    x = 1;", '<pre class="code"><code>x = 1;</code></pre>'),
    "display math": (
        "$$\nx\n$$",
        (
            '<div class="math"><math xmlns="http://www.w3.org/1998/Math/MathML" display="block"'
            ' alttext="x"><mrow><mi>x</mi></mrow></math></div>'
        ),
    ),
    "unreadable display math": (
        "$$\n\\no{x}\n$$",
        '<div class="math"><code class="math">\\no{x}</code></div>',
    ),
    "empty display math": ("甲\n\n$$\n$$\n\n乙", "<p>甲</p><p>乙</p>"),
}


@pytest.mark.parametrize(("source", "made"), BLOCKS.values(), ids=BLOCKS)
def test_blocks_have_their_form(source: str, made: str) -> None:
    assert written(source) == made


NOTICES = {
    "github": ("> [!NOTE]\n> 甲", "note", "注"),
    "obsidian": ("> [!tip]- 题\n> 甲", "tip", "题"),
    "unknown kind": ("> [!鸟] \n> 甲", "note", "鸟"),
    "mkdocs": ('!!! warning "题"\n    甲', "warning", "题"),
    "mkdocs folded": ("??? danger\n    甲", "danger", "警告"),
    "colons": ("::: tip\n甲\n:::", "tip", "提示"),
    "colons, titled": (":::info 题 {.x}\n甲\n:::", "info", "题"),
    "pandoc": ("::: {.warning}\n甲\n:::", "warning", "注意"),
    "alias": ("::: hint\n甲\n:::", "tip", "提示"),
}


@pytest.mark.parametrize(("source", "kind", "title"), NOTICES.values(), ids=NOTICES)
def test_notices_of_all_dialects_become_one_form(source: str, kind: str, title: str) -> None:
    made = fair(source)
    assert told(made) == []
    assert inside(made) == (
        f'<aside class="notice {kind}"><p class="notice-title">{title}</p><p>甲</p></aside>'
    )


def test_the_title_of_a_notice_follows_the_language_of_the_text() -> None:
    assert ">Tip</p>" in written("::: tip\nWords\n:::")


def test_folded_containers_stand_open() -> None:
    assert written("::: details 题\n甲\n:::") == (
        '<div class="details"><p class="summary"><strong>题</strong></p><p>甲</p></div>'
    )


CONTAINERS = {
    "unknown": ("字\n\n::: 鸟\n甲\n:::", "<p>字</p><p>::: 鸟甲</p>", []),
    "unknown in Latin": ("字\n\n::: bird\n甲\n:::", "<p>字</p><p>甲</p>", ["container-unknown"]),
    "never closed": ("::: tip\n甲", None, ["container-unclosed"]),
    "closed outside its quotation": ("> ::: tip\n> 甲\n\n乙\n\n:::", None, []),
    "a lazy line": (">::: tip\n甲", None, ["container-unclosed"]),
    "in a list": ("- 甲\n  ::: tip\n  乙\n  :::\n  丙", None, []),
    "nested": ("::: tip\n甲\n::: warning\n乙\n:::\n丙\n:::\n丁", None, []),
}


@pytest.mark.parametrize(("source", "made", "codes"), CONTAINERS.values(), ids=CONTAINERS)
def test_no_text_of_a_container_is_lost(source: str, made: str | None, codes: list[str]) -> None:
    copy = fair(source)
    assert made in (None, inside(copy))
    assert [code for code, _ in told(copy)] == codes
    for letter in re.findall("[甲乙丙丁字]", source):
        assert letter in inside(copy)


HEADINGS = {
    "first is h2": ("#### 甲", [(2, "甲")]),
    "none skipped": ("# 甲\n\n#### 乙\n\n## 丙", [(2, "甲"), (3, "乙"), (3, "丙")]),
    "deeper first": ("### 甲\n\n## 乙\n\n### 丙", [(2, "甲"), (2, "乙"), (3, "丙")]),
    "no deeper than h6": (
        "\n\n".join(f"{'#' * n} {n}" for n in range(1, 7)),
        [(2, "1"), (3, "2"), (4, "3"), (5, "4"), (6, "5"), (6, "6")],
    ),
    "setext": ("甲\n===\n\n乙\n---", [(2, "甲"), (3, "乙")]),
    "in HTML": ("<h3>甲</h3>\n\n<h1>乙</h1>", [(2, "甲"), (2, "乙")]),
    "marks": ("## `甲` **乙** [丙](a) &amp;[^1]\n\n[^1]: 注", [(2, "甲 乙 丙 &")]),
    "attributes": ("## 甲 {#x .y}", [(2, "甲")]),
}


@pytest.mark.parametrize(("source", "headings"), HEADINGS.values(), ids=HEADINGS)
def test_headings_nest_under_the_title(source: str, headings: list[tuple[int, str]]) -> None:
    made = fair(source)
    assert [(heading.level, heading.text) for heading in made.headings] == headings
    shown = re.findall(r'<h(\d) id="([^"]*)">', inside(made))
    assert shown == [(str(heading.level), heading.id) for heading in made.headings]
    assert [name for _, name in shown] == [f"s{n}" for n in range(1, len(headings) + 1)]


def test_headings_without_text_are_no_headings() -> None:
    made = fair("甲\n\n## \n\n## ![](a.png)\n\n乙")
    assert made.headings == ()
    assert '<figure class="figure"><img data-figure="a.png"' in inside(made)
    assert ("heading-empty", 3) in told(made)


def test_anchors_of_all_site_generators_lead_to_headings() -> None:
    made = fair(
        "## Hello, World!\n\n## 1. 甲 乙\n\n## 甲 {#own}\n\n## 甲\n\n<a name='place'></a>字"
    )
    anchors = dict(made.anchors)
    expected = {
        "hello-world": "s1", "Hello-World": "s1", "1-甲-乙": "s2", "甲-乙": "s2", "甲": "s3",
        "own": "s3", "甲-1": "s4", "place": "a1",
    }  # fmt: skip
    assert {name: anchors.get(name) for name in expected} == expected
    assert 'id="a1"' in inside(made)


TITLES: dict[str, tuple[str, dict[str, Any], str]] = {
    "the first heading": ("# 题目\n\n字", {}, '<p id="s0">字</p>'),
    "of any level": ("## 题目\n\n字", {}, '<p id="s0">字</p>'),
    "but for width and marks": (
        "# 第１章：Ａ\n\n字",
        {"title": "第1章 a"},
        '<p id="s0">字</p>',
    ),
    "after a picture": (
        "![](a.png)\n\n# 题目",
        {},
        '<figure class="figure" id="s0"><img data-figure="a.png" alt=""/></figure>',
    ),
    "not one further down": ("字\n\n## 题目", {}, '<p>字</p><h2 id="s1">题目</h2>'),
    "not another": ("# 他题\n\n字", {}, '<h2 id="s1">他题</h2><p>字</p>'),
    "a heading cut short as title": (
        "# 很长的题目：副题\n\n字",
        {"title": "很长的题目", "title_from": "heading"},
        '<p id="s0">字</p>',
    ),
    "its picture stays": (
        "# ![](a.png) 题目",
        {},
        '<figure class="figure" id="s0"><img data-figure="a.png" alt=""/></figure>',
    ),
}


@pytest.mark.parametrize(("source", "words", "made"), TITLES.values(), ids=TITLES)
def test_the_title_is_not_printed_twice(source: str, words: dict[str, Any], made: str) -> None:
    assert written(source, **words) == made


def test_a_link_to_the_title_leads_to_the_text() -> None:
    assert dict(fair("# 题目\n\n字").anchors)["题目"] == "s0"


# --- notes -------------------------------------------------------------------------------------


def notes(source: str) -> list[tuple[str, str]]:
    """Return each note's text and how often it is referred to, by number."""
    made = fair(source)
    root = etree.fromstring(made.xhtml)
    calls = [a.get("href") for a in root.iter(f"{XHTML}a") if a.get("role") == "doc-noteref"]
    found = [note for note in root.iter(f"{XHTML}aside") if note.get("class") == "footnote"]
    assert len(found) == made.notes
    assert set(calls) <= {f"#{note.get('id')}" for note in found}
    texts = ["".join(map(str, note.itertext())) for note in found]
    return [(text, "*" * calls.count(f"#fn{n}")) for n, text in enumerate(texts, 1)]


NOTES = {
    "by first reference": (
        "甲[^b]乙[^a]\n\n[^a]: 子\n[^b]: 丑",
        [("[1] 丑", "*"), ("[2] 子", "*")],
    ),
    "referred to twice": ("甲[^a]乙[^a]\n\n[^a]: 子", [("[1] 子", "**")]),
    "in its place": ("甲^[子 *丑*]乙", [("[1] 子 丑", "*")]),
    "in another": ("甲[^a]\n\n[^a]: 子[^b]\n[^b]: 丑", [("[1] 子[2]", "*"), ("[2] 丑", "*")]),
    "of itself": ("甲[^a]\n\n[^a]: 子[^a]", [("[1] 子[1]", "**")]),
    "of several blocks": ("甲[^a]\n\n[^a]: 子\n\n    - 丑", [("[1] 子丑", "*")]),
    "beginning with a block": ("甲[^a]\n\n[^a]:\n    - 丑", [("[1]丑", "*")]),
    "with HTML": ("甲[^a]\n\n[^a]: <b>子</b><br>丑", [("[1] 子丑", "*")]),
    "in its place, with HTML": ("甲^[<b>子</b>]", [("[1] 子", "*")]),
    "with display math": ("甲^[$$x$$]", [("[1]x", "*")]),
    "in a table and a heading": (
        "## 甲[^a]\n\n|乙[^b]|\n|-|\n|丙|\n\n[^a]: 子\n[^b]: 丑",
        [("[1] 子", "*"), ("[2] 丑", "*")],
    ),
    "in a link": ("[甲[^a]](b.md)\n\n[^a]: 子", [("[1] 子", "*")]),
    "in a link of HTML": ('<a href="b">甲[^a]乙</a>\n\n[^a]: 子', [("[1] 子", "*")]),
    "defined in a list": ("- 甲[^a]\n\n  [^a]: 子\n\n- 乙", [("[1] 子", "*")]),
}


@pytest.mark.parametrize(("source", "found"), NOTES.values(), ids=NOTES)
def test_notes_stand_last_and_link_both_ways(source: str, found: list[tuple[str, str]]) -> None:
    assert notes(source) == found


def test_a_note_in_a_link_follows_it_or_parts_it() -> None:
    call = '<a class="noteref" epub:type="noteref" role="doc-noteref" id="fnref1" href="#fn1">'
    assert written("[甲[^a]](b.md)\n\n[^a]: 子").startswith(
        f'<p><a href="b.md">甲</a>{call}[1]</a></p>'
    )
    assert written('<a href="b">甲[^a]乙</a>\n\n[^a]: 子').startswith(
        f'<p><a href="b">甲</a>{call}[1]</a><a href="b">乙</a></p>'
    )


ODD_NOTES = {
    "unused": ("甲\n\n[^a]: 子", "<p>甲</p><p>子</p>", ("note-unused", 3)),
    "unused, of itself": ("甲\n\n[^a]: 子[^a]", None, ("note-unused", 3)),
    "only in a description": ("![甲[^a]](b.png)\n\n[^a]: 子", None, ("note-unused", 3)),
    "defined twice": ("甲[^a]\n\n[^a]: 子\n[^a]: 丑", None, ("note-duplicate", 4)),
}


@pytest.mark.parametrize(("source", "made", "finding"), ODD_NOTES.values(), ids=ODD_NOTES)
def test_no_note_is_lost(source: str, made: str | None, finding: tuple[str, int]) -> None:
    copy = fair(source)
    assert made in (None, inside(copy))
    assert told(copy) == [finding]
    for letter in re.findall("[子丑]", source):
        assert letter in inside(copy)


def test_a_reference_to_no_note_stays_as_written() -> None:
    assert written("甲[^无]") == "<p>甲[^无]</p>"


# --- tables, code, and what is too much --------------------------------------------------------


def test_cells_beyond_the_head_are_kept_and_told() -> None:
    made = fair("|甲|乙|\n|-|-|\n|1|\n|1|2|丙 *丁*|\n|1|2||")
    assert "<tr><td>1</td><td>2</td><td>丙 <em>丁</em></td></tr>" in inside(made)
    assert inside(made).count("<td") == 7
    assert told(made) == [("table-ragged", 4)]


def test_a_table_wider_than_a_page_is_told() -> None:
    made = fair("字\n\n" + "|甲" * 21 + "\n" + "|-" * 21)
    assert told(made) == [("table-wide", 3)]
    assert inside(made).count("<th ") == 21


LANGUAGES = {
    "python": "python",
    "{.python linenos=table}": "python",
    "js {1,3-5}": "js",
    "rust,ignore": "rust",
    "C++": "c++",
    "language-go": "go",
    'title="x"': "",
    "": "",
}


@pytest.mark.parametrize(("info", "language"), LANGUAGES.items())
def test_the_language_of_code_is_its_first_word(info: str, language: str) -> None:
    named = f' data-language="{language}"' if language else ""
    assert written(f"```{info}\n甲\n```").startswith(f'<pre class="code"{named}><code>')


def test_highlighting_changes_no_character() -> None:
    source = 'def f(x: int) -> str:\n\t"""字。"""\n\n  \treturn x  # <&>\n\n\n\n# 完'
    root = etree.fromstring(fair(f"```python\n{source}\n```").xhtml)
    assert "".join(map(str, root.itertext())) == source
    assert len(root.findall(f".//{XHTML}span")) > 5


def test_indented_prose_is_no_code() -> None:
    made = fair("字\n\n    缩进的正文，\n    还有一行\n\n    x = f(1);")
    assert inside(made) == (
        '<p>字</p><p>缩进的正文，还有一行</p><pre class="code"><code>x = f(1);</code></pre>'
    )
    assert told(made) == [("indent-removed", 3)]


NESTED = {
    "lists": "- " * 400 + "甲",
    "indented lists": "\n".join("  " * depth + "- 甲" for depth in range(120)),
    "quotations": "> " * 400 + "甲",
    "notices": "".join("    " * depth + "!!! note\n" for depth in range(80)) + "    " * 80 + "甲",
    "HTML": "<div><blockquote><b>" * 300 + "甲",
    "spans": "<b><i>" * 300 + "甲",
    "definitions": "<dl><dt>甲<dd>" * 300,
    "emphasis": "*甲 **" * 300,
    "brackets": "[" * 3000 + "甲" + "](a)" * 3000,
    "notes": "^[" * 150 + "甲" + "]" * 150,
    "MathML": "<math>" + "<mrow>" * 240 + "<mi>甲</mi>" + "</mrow>" * 240 + "</math>甲",
    "shortcodes": "{{< note >}}" * 200 + "甲" + "{{< /note >}}" * 200,
}


@pytest.mark.parametrize("source", NESTED.values(), ids=NESTED)
def test_nesting_is_capped_and_no_text_is_lost(source: str) -> None:
    made = fair(source)
    assert "甲" in "".join(map(str, etree.fromstring(made.xhtml).itertext()))


def test_capped_lists_are_told() -> None:
    assert told(fair("字\n\n" + "- " * 200 + "甲")) == [("nesting-deep", 3)]
