"""The text of a paragraph: emphasis, line breaks, links, marks of HTML, mathematics."""

from __future__ import annotations

import doctest
import re

import pytest
from xhtml_rules import fair, inside, told, written

from publish.markdown import code, text

# Pairs of marks beside CJK punctuation that CommonMark alone leaves as asterisks.
EMPHASIS = {
    "**“粗体”**后文": "<strong>“粗体”</strong>后文",
    "前文**“粗体”**后文": "前文<strong>“粗体”</strong>后文",
    "这是**重点：**后文": "这是<strong>重点：</strong>后文",
    "**注意！**请看": "<strong>注意！</strong>请看",
    "他说**「你好」**了": "他说<strong>「你好」</strong>了",
    "前文**粗体**后文": "前文<strong>粗体</strong>后文",
    "**价格（元）**为": "<strong>价格（元）</strong>为",
    "*《书名》*出版": "<em>《书名》</em>出版",
    "前**，**后": "前<strong>，</strong>后",
    "~~“删”~~后": "<s>“删”</s>后",
    "**[链接](u)**，后文": '<strong><a href="u">链接</a></strong>，后文',
    "**`代码`**后文": "<strong><code>代码</code></strong>后文",
    "**粗体。**\n后文": "<strong>粗体。</strong>后文",
    "前文**A**后文": "前文<strong>A</strong>后文",
    "前文__粗体__后文": "前文<strong>粗体</strong>后文",
    "**3.5%**的用户": "<strong>3.5%</strong>的用户",
    "**Tom & Jerry,**是": "<strong>Tom &amp; Jerry,</strong>是",
    # and what must stay as it is
    "类的__init__方法": "类的__init__方法",
    "变量 a_b_c 与路径": "变量 a_b_c 与路径",
    "三 * 四 * 五": "三 * 四 * 五",
    r"\*不是\*": "*不是*",
    "***粗斜***体": "<em><strong>粗斜</strong></em>体",
    "**甲*乙*丙**": "<strong>甲<em>乙</em>丙</strong>",
}


@pytest.mark.parametrize(("source", "made"), EMPHASIS.items())
def test_emphasis_beside_cjk_marks_means_what_its_author_meant(source: str, made: str) -> None:
    assert written(source) == f"<p>{made}</p>"


DEBRIS = {
    "**甲****乙**": ("<strong>甲</strong><strong>乙</strong>", []),
    "**** 甲": ("甲", ["debris-removed"]),
    "**▼**▼**▼******": ("<strong>▼</strong>▼<strong>▼</strong>", ["debris-removed"]),
    "甲** **乙": ("甲乙", ["debris-removed"]),
    "致电 138****5678": ("致电 138****5678", []),
    "2**10 是一千": ("2**10 是一千", []),
    "甲**乙": ("甲**乙", ["emphasis-unmatched"]),
}


@pytest.mark.parametrize(("source", "expected"), DEBRIS.items())
def test_asterisks_that_mark_nothing_go_and_are_told(
    source: str, expected: tuple[str, list[str]]
) -> None:
    made = fair(source)
    assert (inside(made), [code for code, _ in told(made)]) == (
        f"<p>{expected[0]}</p>",
        expected[1],
    )


BREAKS = {
    "汉\n字": "汉字",
    "汉\nlatin": "汉 latin",
    "latin\n汉": "latin 汉",
    "one\ntwo": "one two",
    "汉，\n字": "汉，字",
    "汉\n，字": "汉，字",
    "汉。\nlatin": "汉。latin",
    "“汉。”\n“字。”": "“汉。”“字。”",
    "“汉”\n“字”": "“汉”“字”",
    "“One.”\n“Two.”": "“One.” “Two.”",
    "汉…\n…字": "汉……字",
    "汉”\nlatin": "汉” latin",
    "汉\n“字": "汉“字",
    "かな\nカナ": "かなカナ",
    "한국\n사람": "한국 사람",
    "汉**粗**\n**粗**字": "汉<strong>粗</strong><strong>粗</strong>字",
    "汉\n*斜*": "汉<em>斜</em>",
    "汉\n[链](a.md)": '汉<a href="a.md">链</a>',
    "汉\n`code`": "汉 <code>code</code>",
    "𠀀\n𠀁": "𠀀𠀁",
    "汉  \n字": "汉<br/>字",
    "汉\\\n字": "汉<br/>字",
    "一、甲\n二、乙": "一、甲<br/>二、乙",
    "1.甲\n2.乙": "1.甲<br/>2.乙",
    "（1）甲\n（2）乙": "（1）甲<br/>（2）乙",
    "汉<!-- 注 -->字": "汉字",
    "汉 <!-- 注 --> 字": "汉字",
    "汉 <!-- 注 -->\n字": "汉字",
    "one <!-- note --> two": "one two",
    "one<!-- note --> two": "one two",
}


@pytest.mark.parametrize(("source", "made"), BREAKS.items(), ids=ascii)
def test_a_line_break_is_a_space_only_where_words_are_spaced(source: str, made: str) -> None:
    assert written(source) == f"<p>{made}</p>"


def test_hard_breaks_are_an_option() -> None:
    assert written("汉\n字", hard_breaks=True) == "<p>汉<br/>字</p>"


ADDRESSES = {
    "见 https://a.example/b。后文": "https://a.example/b",
    "见https://a.example/b_c_d，后文": "https://a.example/b_c_d",
    "（https://a.example/b）": "https://a.example/b",
    "https://a.example/A_(B)。": "https://a.example/A_(B)",
    "(https://a.example/b).": "https://a.example/b",
    "<https://a.example/路>": "https://a.example/路",
    "[甲](https://a.example/路径?问=答#锚)": "https://a.example/路径?问=答#锚",
    "[甲](<b c.md>)": "b c.md",
    "[甲](../b.md#节)": "../b.md#节",
    "[甲](#节)": "#节",
    "[甲](mailto:a@a.example)": "mailto:a@a.example",
    "[甲][乙]\n\n[乙]: c.md": "c.md",
    '[甲](https://a.example/a"b|c)': "https://a.example/a%22b%7Cc",
}


@pytest.mark.parametrize(("source", "address"), ADDRESSES.items())
def test_links_keep_their_address(source: str, address: str) -> None:
    made = fair(source)
    assert [link.address for link in made.links] == [address]
    assert f'href="{address}"' in inside(made)


UNSAFE = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)",
    "java&#10;script:alert(1)", "vbscript:x", "data:text/html,x", "file:///etc/passwd",
    "blob:x", "<\x01javascript:x>", "https://", "https://[x", "http://a.example:port/",
)  # fmt: skip


@pytest.mark.parametrize("address", UNSAFE)
def test_links_that_harm_or_lead_nowhere_go_and_their_text_stays(address: str) -> None:
    made = fair(f"字\n\n[甲]({address})")
    assert inside(made) == "<p>字</p><p>甲</p>"
    assert told(made)[-1] == ("link-dropped", 3)
    assert made.links == ()


def test_a_link_without_text_is_told() -> None:
    made = fair("甲[](https://a.example/b)乙")
    assert (inside(made), told(made)) == ("<p>甲乙</p>", [("link-empty", 1)])


MATH = {
    "$E=mc^2$": ["E=mc^2"],
    "$x$ 与 $\\alpha$": ["x", "\\alpha"],
    "\\(a+b\\)": ["a+b"],
    "$a<b$": ["a<b"],
    "$\\text{中文}$": ["\\text{中文}"],
    "$*x*$ 与 $*y*$": ["*x*", "*y*"],
    "价格 $5 到 $10": [],
    "\\$100 和 $200": [],
    "变量 $HOME 与 $PATH": [],
    "US$5 与 US$6": [],
    "`$x^2$`": [],
}


@pytest.mark.parametrize(("source", "formulas"), MATH.items())
def test_latex_becomes_mathml_and_prices_do_not(source: str, formulas: list[str]) -> None:
    text = written(source).replace("&lt;", "<")
    assert re.findall(r'<math [^"]*"[^"]*" display="inline" alttext="([^"]*)">', text) == formulas
    if not formulas:
        assert "$" in text


def test_latex_that_cannot_be_read_is_shown_and_told() -> None:
    made = fair("字 $\\undefinedmacro{x}$")
    assert inside(made) == '<p>字 <code class="math">\\undefinedmacro{x}</code></p>'
    assert told(made) == [("math-unreadable", 1)]


def test_math_is_an_option() -> None:
    assert written("$x^2$", math=False) == "<p>$x^2$</p>"


SPANS = {
    "[张三]{.name}": '<u class="name">张三</u>',
    "[史记]{.title}": '<u class="title">史记</u>',
    "[図書館]{lang=ja}": '<span lang="ja" xml:lang="ja">図書館</span>',
    "[甲]{.other}": "甲",
    "<kbd>Ctrl</kbd>": "<kbd>Ctrl</kbd>",
    "H<sub>2</sub>O": "H<sub>2</sub>O",
    "<mark>标</mark>": "<mark>标</mark>",
    '<abbr title="超">HT</abbr>': '<abbr title="超">HT</abbr>',
    "<b>甲</b>": "<strong>甲</strong>",
    "`a  b`": "<code>a  b</code>",
    "`<b>&amp;`": "<code>&lt;b&gt;&amp;amp;</code>",
    "&copy;&nbsp;A &lt; B": "©\xa0A &lt; B",
    "甲&#0;乙&#xfdd0;丙": "甲\ufffd乙\ufffd丙",
}


@pytest.mark.parametrize(("source", "made"), SPANS.items())
def test_marks_inside_a_paragraph(source: str, made: str) -> None:
    assert written(source) == f"<p>{made}</p>"


@pytest.mark.parametrize("tag", ["<keygen>", "<isindex>", "<script>", "<form>", "<title>"])
def test_a_tag_only_mentioned_in_a_text_is_shown_as_written(tag: str) -> None:
    made = fair(f"字\n\n老的 {tag} 标签")
    shown = tag.replace("<", "&lt;").replace(">", "&gt;")
    assert inside(made) == f"<p>字</p><p>老的 {shown} 标签</p>"
    assert told(made) == [("html-unknown", 3)]


def test_the_end_of_a_mentioned_tag_is_shown_with_it() -> None:
    assert written("写 <form>甲</form> 时") == "<p>写 &lt;form&gt;甲&lt;/form&gt; 时</p>"
    assert written('写 <label for="a">甲</label> 时') == "<p>写 甲 时</p>"
    assert written('写 <address id="a">甲</address> 时') == ('<p>写</p><p id="a1">甲</p><p>时</p>')


def test_a_tag_that_is_no_html_is_shown_as_written() -> None:
    made = fair("泛型 List<String> 的")
    assert inside(made) == "<p>泛型 List&lt;String&gt; 的</p>"
    assert told(made) == [("html-unknown", 1)]


def test_characters_that_no_book_may_hold_are_counted() -> None:
    made = fair("甲\x00乙\x0b丙\ufffe丁\ufdd0", first_line=7)
    assert (inside(made), told(made)) == ("<p>甲乙丙丁</p>", [("characters-dropped", 7)])
    assert "4 characters" in made.findings[0].message


def test_the_description_of_a_picture_is_its_text() -> None:
    made = fair("![甲 *乙*\n丙 `丁` [戊](b) <b>己</b>^[庚]](a.png)")
    assert [figure.description for figure in made.figures] == ["甲 乙丙 丁 戊 己（庚）"]


@pytest.mark.parametrize("module", [code, text], ids=lambda module: module.__name__)
def test_the_examples_of_the_docstrings_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted > 0
    assert result.failed == 0
