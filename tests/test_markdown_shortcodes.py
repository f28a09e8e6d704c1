"""Shortcodes of Hugo, Hexo, Jekyll and mdBook: given their form in a book, or reported by name."""

from __future__ import annotations

import re

import pytest
from xhtml_rules import fair, inside, told, written


def figure(address: str, caption: str = "", alt: str = "") -> str:
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="figure"><img data-figure="{address}" alt="{alt}"/>{below}</figure>'


def media(address: str, text: str = "") -> str:
    return f'<p class="embed"><a href="{address}">{text or address}</a></p>'


def box(kind: str, title: str) -> str:
    return f'<aside class="notice {kind}"><p class="notice-title">{title}</p><p>甲</p></aside>'


def link(address: str, text: str) -> str:
    return f'<p><a href="{address}">{text}</a></p>'


KNOWN = {
    # pictures
    '{{< figure src="a.png" title="甲" alt="乙" width="3" >}}': figure("a.png", "甲", "乙"),
    '{{< figure src="a.png" caption="*甲* [乙](b)" attr="丙" >}}': figure("a.png", "甲 乙\u3000丙"),
    '{{< figure src="a.png" title="甲" caption="*乙*" attr=C >}}': figure("a.png", "甲\u3000乙 C"),
    '{{< image src="a.png" caption="甲" >}}': figure("a.png", "甲"),
    "{{% img a.png %}}": figure("a.png"),
    "{% asset_img a.png 300 200 甲 乙 %}": figure("a.png", "甲 乙"),
    "{% asset_img left a.png '甲' %}": figure("a.png", "甲"),
    # references
    '{{< ref "a.md" >}}': link("ref:a.md", "a"),
    '{{% relref "b/a.md#c" %}}': link("ref:b/a.md#c", "a"),
    '[甲]({{< relref "a.md#b" >}})': link("ref:a.md#b", "甲"),
    '[甲](<{{< ref "a b.md" >}}>)': link("ref:a%20b.md", "甲"),
    "[甲][乙]\n\n[乙]: {{< ref a.md >}}": link("ref:a.md", "甲"),
    '<a href="{{< ref a.md >}}">甲</a>': link("ref:a.md", "甲"),
    "[甲]({% post_url 2020-01-01-x %})": link("ref:2020-01-01-x", "甲"),
    "{% post_link x 甲 %}": link("ref:x", "甲"),
    '{{< button href="https://a.example" >}}*甲*{{< /button >}}': link("https://a.example", "甲"),
    "{% btn https://a.example, 甲, home %}": link("https://a.example", "甲"),
    "{% link 甲 https://a.example/b 乙 %}": link("https://a.example/b", "甲"),
    # media
    "{{< youtube abc >}}": media("https://www.youtube.com/watch?v=abc"),
    '{{< youtube id="a&b" title="片" >}}': media("https://www.youtube.com/watch?v=a&amp;b", "片"),
    "{{< bilibili BV1 >}}": media("https://www.bilibili.com/video/BV1"),
    "{{< vimeo 1 >}}": media("https://vimeo.com/1"),
    "{{< instagram a >}}": media("https://www.instagram.com/p/a"),
    '{{< x user="a" id="1" >}}': media("https://x.com/a/status/1"),
    "{{< tweet 1 >}}": media("https://x.com/i/web/status/1"),
    "{{< gist a b >}}": media("https://gist.github.com/a/b"),
    '{{< music server="netease" type="song" id="1" >}}': media("https://music.163.com/#/song?id=1"),
    '{{< music url="/a.mp3" name="曲" artist="人" >}}': media("/a.mp3", "曲 — 人"),
    '{{< video src="a.mp4" >}}': media("a.mp4"),
    # notices
    "{{< notice tip >}}\n甲\n{{< /notice >}}": box("tip", "提示"),
    '{{% admonition warning "题" %}}\n甲\n{{% /admonition %}}': box("warning", "题"),
    '{{< admonition type=tip title="题" open=false >}}\n甲\n{{< /admonition >}}': box("tip", "题"),
    "{% note info %}\n甲\n{% endnote %}": box("info", "按"),
    "{% note success no-icon 题 %}\n甲\n{% endnote %}": box("success", "题"),
    "{{< danger >}}甲{{< /danger >}}": box("danger", "警告"),
    '{{< details "题" >}}甲{{< /details >}}': (
        '<div class="details"><p class="summary"><strong>题</strong></p><p>甲</p></div>'
    ),
    "{% blockquote 某人, 书 %}\n甲\n{% endblockquote %}": (
        '<blockquote><p>甲</p><p class="source">—— 某人, 书</p></blockquote>'
    ),
    # text
    '{{< ruby "漢字" "かんじ" >}}': "<p><ruby>漢字<rt>かんじ</rt></ruby></p>",
    "{{< ruby 漢字|かんじ >}}": "<p><ruby>漢字<rt>かんじ</rt></ruby></p>",
    "{{< ruby rt=かんじ >}}漢字{{< /ruby >}}": "<p><ruby>漢字<rt>かんじ</rt></ruby></p>",
    '{{< highlight go "linenos=table" >}}\na < b\n{{< /highlight >}}': (
        '<pre class="code" data-language="go"><code><span class="nx">a</span> '
        '<span class="o">&lt;</span> <span class="nx">b</span></code></pre>'
    ),
    "{% codeblock lang:text %}\n{{ a }}\n{% endcodeblock %}": (
        '<pre class="code" data-language="text"><code>{{ a }}</code></pre>'
    ),
    "{{< mermaid >}}\na-->b\n{{< /mermaid >}}": (
        '<pre class="code" data-language="mermaid"><code>a--&gt;b</code></pre>'
    ),
    "{% raw %}{{ a }} {% b %}{% endraw %}": "<p>{{ a }} {% b %}</p>",
    "{{< tabs >}}{{< tab \"乙\" >}}\n甲\n{{< /tab >}}{{< /tabs >}}": (
        "<p><strong>乙</strong></p><p>甲</p>"
    ),
    "{% tabs a %}\n<!-- tab 乙@icon -->\n甲\n<!-- endtab -->\n{% endtabs %}": (
        "<p><strong>乙</strong></p><p>甲</p>"
    ),
    "{{< center >}}甲{{< /center >}}": "<p>甲</p>",
    "{{< comment >}}乙{{< /comment >}}甲": "<p>甲</p>",
}  # fmt: skip


@pytest.mark.parametrize(("source", "made"), KNOWN.items())
def test_known_shortcodes_have_their_form_and_need_no_finding(source: str, made: str) -> None:
    copy = fair(source)
    assert (inside(copy), told(copy)) == (made, [])
    assert not re.search(r"\{\{[<%]|\ufdd0", copy.xhtml.decode())


FORMULAS = {
    "{{< katex >}}x^2{{< /katex >}}": ("inline", "x^2"),
    "{{< katex display >}}x^2{{< /katex >}}": ("block", "x^2"),
    "{{< math >}}\nx^2\n{{< /math >}}": ("block", "x^2"),
    "{{< math >}}$x^2${{< /math >}}": ("inline", "x^2"),
}


@pytest.mark.parametrize(("source", "formula"), FORMULAS.items())
def test_shortcodes_of_math_are_math(source: str, formula: tuple[str, str]) -> None:
    found = re.findall(r'display="(\w+)" alttext="([^"]*)"', written(source))
    assert found == [formula]


LITERAL = {
    "`{{< a >}}`": "<p><code>{{&lt; a &gt;}}</code></p>",
    "```\n{{< a >}}\n```": '<pre class="code"><code>{{&lt; a &gt;}}</code></pre>',
    "    {{< highlight >}}\n    a\n    {{< /highlight >}}": (
        '<pre class="code"><code>{{&lt; highlight &gt;}}\n    a\n    {{&lt; /highlight &gt;}}'
        "</code></pre>"
    ),
    '{{</* figure src="a" */>}}': '<p>{{&lt; figure src="a" &gt;}}</p>',
    "{{%/* a */%}}": "<p>{{% a %}}</p>",
    "模板里写 {{ title }} 和 {{.x}}": "<p>模板里写 {{ title }} 和 {{.x}}</p>",
}


@pytest.mark.parametrize(("source", "made"), LITERAL.items())
def test_shortcodes_in_code_and_escaped_ones_are_shown(source: str, made: str) -> None:
    copy = fair(source)
    assert (inside(copy), told(copy)) == (made, [])


ODD = {
    '甲\n\n{{< nope a="b" >}}': ("<p>甲</p>", "shortcode-unknown", "{{< nope >}} is not known"),
    "甲\n\n{{< nope >}}乙{{< /nope >}}": (
        "<p>甲</p><p>乙</p>", "shortcode-unknown", "{{< nope >}} is not known",
    ),
    "甲\n\n{% nope %}": (
        "<p>甲</p><p>{% nope %}</p>", "shortcode-unknown", "{% nope %} is left as it stands",
    ),
    "甲\n\n{{< chart >}}乙{{< /chart >}}": (
        "<p>甲</p>", "shortcode-unknown", "{{< chart >}} is not known",
    ),
    "甲\n\n{{< note >}}\n乙": (
        "<p>甲</p><p>乙</p>", "shortcode-unclosed", "{{< note >}} has no end",
    ),
    "甲\n\n{{< tip >}}\n乙": ("<p>甲</p><p>乙</p>", "shortcode-unclosed", "{{< tip >}} has no end"),
    "甲\n\n{{< tab 子 >}}\n乙": (
        "<p>甲</p><p>乙</p>", "shortcode-unclosed", "{{< tab >}} has no end",
    ),
    "甲\n\n乙 {{< 丙": ("<p>甲</p><p>乙  丙</p>", "shortcode-unclosed", "{{< without >}}"),
    "甲\n\n{{< >}}": ("<p>甲</p>", "shortcode-unclosed", "{{< >}} has no name"),
    "甲\n\n{{< button >}}": (
        "<p>甲</p>", "shortcode-empty", "{{< button >}} names nothing that a book could show",
    ),
    "甲\n\n{{#include a.rs:1:2}}": (
        "<p>甲</p><p>{{#include a.rs:1:2}}</p>", "include-unread",
        "{{#include …}}, which stands for another file, is left as it is",
    ),
    "甲\n\n[TOC]": ("<p>甲</p>", "contents-dropped", "the book has its own contents"),
    "甲\n\n[[toc]]": ("<p>甲</p>", "contents-dropped", "the book has its own contents"),
    "甲\n\n* 目录\n{:toc}": ("<p>甲</p>", "contents-dropped", "the book has its own contents"),
    "甲\n\n{: .x #y}": ("<p>甲</p>", "attributes-dropped", "{: .x #y}"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), ODD.items())
def test_other_shortcodes_are_reported_by_name(source: str, expected: tuple[str, str, str]) -> None:
    made = fair(source, first_line=10)
    [finding] = made.findings
    assert finding.place is not None
    assert (inside(made), finding.code, finding.message) == expected
    assert finding.place.line == 12


def test_includes_in_code_are_told_once_with_their_count() -> None:
    fence = "```rust\n{{#rustdoc_include a.rs:here}}\n```\n\n"
    made = fair(fence * 3)
    assert told(made) == [("include-unread", 2)]
    assert "(3 times, first here)" in made.findings[0].message


def test_blocks_in_the_midst_of_text_part_it() -> None:
    assert written("甲{{< youtube a >}}乙") == (
        f"<p>甲</p>{media('https://www.youtube.com/watch?v=a')}<p>乙</p>"
    )
    assert written("# 甲 {{< figure src=a.png >}}") == f'<h2 id="s1">甲 </h2>{figure("a.png")}'
    assert written("**甲{{< figure src=a.png >}}**乙") == (
        f"<p><strong>甲</strong>乙</p>{figure('a.png')}"
    )


def test_a_shortcode_that_is_a_link_leaves_the_link_around_it() -> None:
    assert written("[甲{{< ref a >}}](b.md)") == '<p><a href="b.md">甲a</a></p>'
    assert written('<a href="b.md">甲{{< ref a >}}乙</a>') == (
        '<p><a href="b.md">甲</a><a href="ref:a">a</a><a href="b.md">乙</a></p>'
    )


PLACES = {
    "> {{< note >}}\n> 甲\n> {{< /note >}}": "<blockquote>{}</blockquote>",
    "- {{< note >}}\n  甲\n  {{< /note >}}": "<ul><li>{}</li></ul>",
    "1. 乙\n   {{< note >}}\n   甲\n   {{< /note >}}": "<ol><li>乙{}</li></ol>",
    "- {{< note >}}甲{{< /note >}}": "<ul><li>{}</li></ul>",
    "乙{{< note >}}甲{{< /note >}}丙": "<p>乙</p>{}<p>丙</p>",
    "<div>\n\n{{< note >}}\n甲\n{{< /note >}}\n\n</div>": "{}",
}


@pytest.mark.parametrize(("source", "around"), PLACES.items())
def test_a_container_stands_where_it_is_written(source: str, around: str) -> None:
    assert written(source) == around.format(box("note", "注"))


def test_containers_nest_and_keep_their_titles() -> None:
    source = "{{< tip 外 >}}\n{{< warning 内 >}}\n甲\n{{< /warning >}}\n乙\n{{< /tip >}}"
    assert written(source) == (
        '<aside class="notice tip"><p class="notice-title">外</p>'
        f"{box('warning', '内')}<p>乙</p></aside>"
    )


def test_one_left_open_inside_another_ends_with_it() -> None:
    made = written("{{< tip >}}\n{{< tabs >}}\n甲\n{{< /tip >}}\n\n乙\n\n{{< /tabs >}}")
    assert made == f"{box('tip', '提示')}<p>乙</p>"


def test_lines_are_those_of_the_file_after_shortcodes() -> None:
    source = '{{< figure\n src="a.png"\n>}}\n\n{{< note >}}甲{{< /note >}}\n\n![](b.png) [乙](c.md)'
    made = fair(source, first_line=5)
    assert [(one.address, one.line) for one in made.figures] == [("a.png", 5), ("b.png", 11)]
    assert [(one.address, one.line) for one in made.links] == [("c.md", 11)]


def test_lines_of_html_are_those_of_the_file_after_shortcodes() -> None:
    source = '{{< figure\n src="a.png"\n>}}{{< note 题 >}}<p>甲</p>{{< /note >}}\n<img src="b.png">'
    for body, kind in ((source, "html"), (f"<div>\n{source}\n</div>", "markdown")):
        made = fair(body, format=kind)
        line = 4 + (kind == "markdown")
        assert [(one.address, one.line) for one in made.figures] == [
            ("a.png", line - 3),
            ("b.png", line),
        ]
        assert "题" in inside(made)


def test_the_text_before_the_mark_is_the_summary() -> None:
    source = "## 题\n\n甲 *乙*[^1]\n丙 `丁`\n\n<!-- more -->\n\n戊\n\n[^1]: 注"
    made = fair(source)
    assert made.summary == "甲 乙丙 丁"
    assert "more" not in inside(made)
    assert fair("甲<!--more-->乙").summary == "甲"
    assert fair("甲\n\n乙").summary == ""
