"""Raw HTML: cleaned, made well-formed, put into the forms of the canonical tree."""

from __future__ import annotations

import re

import pytest
from lxml import etree
from xhtml_rules import fair, inside, told, written

from publish.model import XHTML

FORMATS = ("markdown", "html")

KEPT = {
    "paragraph": ('<p align="center" style="x" class="y" onclick="z">甲</p>', "<p>甲</p>"),
    "division": ('<div class="x">甲</div><div>乙</div>', "<p>甲</p><p>乙</p>"),
    "text beside blocks": ("<div>甲<p>乙</p>丙</div>", "<p>甲</p><p>乙</p><p>丙</p>"),
    "old names": ("<p><b>甲</b><i>乙</i><strike>丙</strike></p>",
        "<p><strong>甲</strong><em>乙</em><s>丙</s></p>"),
    "font and centre": ('<center><font color="red">甲</font></center>', "<p>甲</p>"),
    "quotation": ("<blockquote>甲<footer>乙</footer></blockquote>",
        "<blockquote><p>甲</p><p>乙</p></blockquote>"),
    "list": ('<ol start="3" reversed><li value="5">甲<li>乙</ol>',
        '<ol start="3" reversed="reversed"><li value="5">甲</li><li>乙</li></ol>'),
    "list without list": ("<li>甲</li>", "<ul><li>甲</li></ul>"),
    "list in a list": ("<ul>甲<ul><li>乙</ul></ul>",
        "<ul><li>甲<ul><li>乙</li></ul></li></ul>"),
    "details": ("<details><summary>甲</summary>乙</details>",
        '<div class="details"><p class="summary"><strong>甲</strong></p><p>乙</p></div>'),
    "ruby": ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>",
        "<p><ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby></p>"),
    "ruby, bases first": ("<ruby><rb>漢</rb><rb>字</rb><rt>かん</rt><rt>じ</rt></ruby>",
        "<p><ruby><rb>漢</rb><rb>字</rb><rt>かんじ</rt></ruby></p>"),
    "ruby, two rows": ("<ruby>漢<rt>かん</rt><rtc>hàn</rtc></ruby>",
        "<p><ruby>漢<rt>かんhàn</rt></ruby></p>"),
    "ruby without a reading": ("<ruby><rb>漢</rb></ruby>字", "<p>漢字</p>"),
    "reading without a base": ("<ruby><rt>かん</rt></ruby><rt>じ</rt>", "<p>かんじ</p>"),
    "definitions": ("<dl><dt>甲<dd>乙<dd>丙</dl>", "<dl><dt>甲</dt><dd>乙</dd><dd>丙</dd></dl>"),
    "meaning without a term": ("<dl><dd>甲<p>乙</p>丙</dd></dl>",
        "<div><div><p>甲</p><p>乙</p><p>丙</p></div></div>"),
    "term without a meaning": ("<dl><dt>甲</dt></dl>", "<div><p>甲</p></div>"),
    "cell without a table": ("<td>甲</td>",
        '<div class="table"><table><tbody><tr><td>甲</td></tr></tbody></table></div>'),
    "table, caption late": ("<table><tr><td colspan=2 rowspan='1'>甲</td></tr><caption>乙</table>",
        ('<div class="table"><table><caption>乙</caption><tbody><tr><td colspan="2">甲</td></tr>'
        "</tbody></table></div>")),
    "table, two captions": ("<table><caption>甲<caption>乙<tr><td>丙</table>",
        ('<div class="table"><table><caption>甲<span> 乙</span></caption><tbody><tr><td>丙</td>'
        "</tr></tbody></table></div>")),
    "table of a caption alone": ("<table><caption>甲</caption></table>", "<p>甲</p>"),
    "table without anything": ("甲<table><caption></table>", "<p>甲</p>"),
    "heads and feet": ("<table><tfoot><tr><td>甲</tfoot><thead><tr><th scope=row>乙</table>",
        ('<div class="table"><table><thead><tr><th scope="row">乙</th></tr></thead><tfoot><tr>'
        "<td>甲</td></tr></tfoot></table></div>")),
    "alignment": ('<table><tr><td style="text-align: right">甲<td align="CENTER">乙</table>',
        ('<div class="table"><table><tbody><tr><td class="right">甲</td><td class="center">乙</td>'
        "</tr></tbody></table></div>")),
    "figure": ('<figure><img src="a.png"><figcaption>甲</figcaption></figure>',
        ('<figure class="figure"><img data-figure="a.png" alt=""/><figcaption>甲</figcaption>'
        "</figure>")),
    "caption without a figure": ("<figcaption>甲</figcaption>", "<p>甲</p>"),
    "code": ('<pre><code class="language-py">a &lt; 1\n</code></pre>',
        ('<pre class="code" data-language="py"><code>a <span class="o">&lt;</span> '
        '<span class="mi">1</span></code></pre>')),
    "code with marks and breaks": ("<pre>\n  a<br>  <b>b</b>\n</pre>",
        '<pre class="code"><code>  a\n  b</code></pre>'),
    "old code": ("<xmp>a `b` c</xmp>", '<pre class="code"><code>a `b` c</code></pre>'),
    "language": ('<p lang="ja">甲<span xml:lang="en">b</span></p>',
        '<p lang="ja" xml:lang="ja">甲<span lang="en" xml:lang="en">b</span></p>'),
    "rule": ("甲<hr>乙", "<p>甲</p><hr/><p>乙</p>"),
    "link in a link": ('<a href="a">甲<a href="b">乙</a></a>',
        '<p><a href="a">甲</a><a href="b">乙</a></p>'),
    "block in a link": ('<a href="a"><p>甲</p><p>乙</p></a>',
        '<p><a href="a">甲</a></p><p><a href="a">乙</a></p>'),
    "crossed": ("<b>甲<i>乙</b>丙</i>", "<p><strong>甲<em>乙</em></strong><em>丙</em></p>"),
    "entities": ("<p>&lt;甲&gt;a&nbsp;b&copy;&bogus;&#x26;</p>",
        "<p>&lt;甲&gt;a\xa0b©&amp;bogus;&amp;</p>"),
}  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("source", "made"), KEPT.values(), ids=KEPT)
def test_what_a_book_can_hold_is_kept_in_its_form(source: str, made: str, format: str) -> None:
    if format == "markdown" and not source.startswith("<"):
        source = f"<div>{source}</div>"
    if "`" in source and format == "markdown":
        source = f"<div>{source}</div>"
    assert written(source, format=format) == made


GONE = {
    "script": "<script>alert(1)</script>",
    "script of another": '<script src="https://evil.example/x.js"></script>',
    "script in capitals": "<SCRIPT\n>alert(1)</SCRIPT >",
    "style": "<style>body{display:none}</style>",
    "handler": '<p onclick="alert(1)" ONLOAD=alert(1)>',
    "slash handler": '<p/onclick=alert(1)/x="y">',
    "form": '<form action="https://evil.example"><input value="evil"><button formaction="evil">',
    "frame": '<frameset><frame src="https://evil.example"></frameset>',
    "refresh": '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "base": '<base href="https://evil.example/">',
    "sheet": '<link rel="stylesheet" href="https://evil.example/x.css">',
    "SVG": '<svg onload="alert(1)"><image href="https://evil.example/x"/></svg>',
    "background": '<table background="https://evil.example/x"><tr><td background="evil">',
    "style attribute": '<p style="background:url(https://evil.example)">',
    "mixed": "<math><mtext><style><!--</style><p title='--><p onclick=alert(1)>'></mtext></math>",
    "comment": "<!-- <script>alert(1)</script> -->",
    "conditional": "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "instruction": "<?xml-stylesheet href='https://evil.example'?>",
    "document type": '<!DOCTYPE html [<!ENTITY evil "alert(1)">]>',
    "section of characters": "<![CDATA[<script>alert(1)</script>]]>",
    "split": "<scr<script>ipt>alert(1)</script>",
    "noscript": '<noscript><p title="</noscript><p onclick=alert(1)>">',
}
ALLOWED = {
    "href", "class", "id", "lang", "{http://www.w3.org/XML/1998/namespace}lang", "data-line",
    "data-figure", "alt",
}  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("source", GONE.values(), ids=GONE)
@pytest.mark.parametrize(
    "frame", ["{}\n\n甲", "甲{}", "<div>{}</div>\n\n甲", "- {}\n- 甲", "> {}\n\n甲"]
)
def test_nothing_active_reaches_a_book(source: str, frame: str, format: str) -> None:
    made = fair(frame.format(source), format=format)
    root = etree.fromstring(made.xhtml)
    names = {str(node.tag).removeprefix(f"{{{XHTML}}}") for node in root.iter()}
    assert not names & {"script", "style", "form", "input", "button", "link", "meta", "base", "svg"}
    for node in root.iter():
        if not str(node.tag).startswith("{http://www.w3.org/1998/Math"):
            assert set(node.attrib) <= ALLOWED
        assert "evil" not in "".join(map(str, node.attrib.values()))
    assert made.links == made.figures == ()
    assert "甲" in inside(made)


@pytest.mark.parametrize("name", ["script", "style", "svg"])
def test_what_is_left_out_is_told(name: str) -> None:
    assert told(fair(f"字\n\n<{name}>x</{name}>")) == [("html-dropped", 3)]


UNCLOSED = {
    "comment": ("字\n\n<!-- 甲\n\n乙", ("html-unclosed", 3)),
    "script": ("字\n\n<script>甲\n\n乙", ("html-unclosed", 3)),
    "style in a line": ("字 <style>甲\n\n乙", ("html-unknown", 1)),
}


@pytest.mark.parametrize(("source", "finding"), UNCLOSED.values(), ids=UNCLOSED)
def test_what_is_never_closed_swallows_no_text(source: str, finding: tuple[str, int]) -> None:
    made = fair(source)
    assert re.findall("[甲乙]", inside(made)) == ["甲", "乙"]
    assert finding in told(made)


MEDIA = {
    "frame": (
        '<iframe src="https://a.example/v" title="片">x</iframe>',
        "https://a.example/v",
        "片",
    ),
    "lazy frame": ('<iframe data-src="https://a.example/v"></iframe>', "https://a.example/v", None),
    "video": ('<video><source src="a.mp4"><track src="x"></video>', "a.mp4", None),
    "audio": ('<audio controls src="a.mp3"></audio>', "a.mp3", None),
    "object": ('<object data="a.swf"></object>', "a.swf", None),
    "embed": ('<embed src="a.swf">', "a.swf", None),
}


@pytest.mark.parametrize(("source", "address", "text"), MEDIA.values(), ids=MEDIA)
def test_media_become_links(source: str, address: str, text: str | None) -> None:
    shown = f'<p class="embed"><a href="{address}">{text or address}</a></p>'
    assert written(source) == shown
    assert written(f"甲{source}乙") == f"<p>甲</p>{shown}<p>乙</p>"


def test_media_without_an_address_are_told() -> None:
    made = fair("字\n\n<video></video>")
    assert (inside(made), told(made)) == ("<p>字</p>", [("html-dropped", 3)])


def test_media_with_an_unsafe_address_lose_the_link() -> None:
    assert written('<iframe src="javascript:x"></iframe>') == '<p class="embed">javascript:x</p>'


PICTURES = {
    '<img data-src="b.png" src="data:image/svg+xml,x">': "b.png",
    '<img src="a.png" srcset="b.png 2x">': "a.png",
    '<img srcset="a.png 1x, b.png 2x, c.png 1.5x">': "b.png",
    '<picture><source srcset="a.webp 300w, b.webp 900w"><img></picture>': "b.webp",
    '<img src=" a\n.png ">': "a.png",
    "<img>": "",
}


@pytest.mark.parametrize(("source", "address"), PICTURES.items())
def test_a_picture_has_the_address_most_likely_its_own(source: str, address: str) -> None:
    made = fair(f"字\n\n{source}")
    assert [(figure.address, figure.line) for figure in made.figures] == [(address, 3)]


def test_a_hidden_picture_is_left_out_and_told() -> None:
    made = fair('字\n\n<img src="a.png" style="DISPLAY: none">')
    assert (inside(made), told(made)) == ("<p>字</p>", [("figure-hidden", 3)])


def test_pictures_in_code_follow_it() -> None:
    assert written('<pre>甲<img src="a.png">乙</pre>') == (
        '<pre class="code"><code>甲乙</code></pre>'
        '<figure class="figure"><img data-figure="a.png" alt=""/></figure>'
    )


ANCHORS = {
    '<a name="x"></a>甲': "<p>甲</p>",
    '<p id="x">甲</p>': '<p id="a1">甲</p>',
    '<h2 id="x">甲</h2>': '<h2 id="s1">甲</h2>',
    '<div id="x"><p>甲</p></div>': '<p id="a1">甲</p>',
    '<h2 id="x"></h2>\n\n甲': '<p id="a1">甲</p>',
    '<p>甲</p><p id="x"><br></p>': '<p id="a1">甲</p>',
    '甲 <a id="x"></a>': '<p id="a1">甲</p>',
}


@pytest.mark.parametrize(("source", "made"), ANCHORS.items())
def test_places_that_links_may_name_are_known(source: str, made: str) -> None:
    copy = fair(source)
    name = dict(copy.anchors)["x"]
    assert f'id="{name}"' in inside(copy)
    assert inside(copy) in (made, made.replace("<p>", f'<p id="{name}">'))


MATHML = {
    "annotated": (
        (
            "<math><semantics><msup><mi>x</mi><mn>2</mn></msup>"
            '<annotation encoding="application/x-tex">x^2</annotation></semantics></math>'
        ),
        "x^2",
    ),
    "bare": (
        (
            "<math><mfrac><mi>a</mi><msqrt><mi>b</mi></msqrt></mfrac><mo>&lt;</mo>"
            "<msubsup><mi>c</mi><mn>0</mn><mi>n</mi></msubsup><mtext>若</mtext></math>"
        ),
        "\\frac{a}{\\sqrt{b}} &lt; {c}_{0}^{n} \\text{若}",
    ),
    "matrix": (
        (
            "<math><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mroot>"
            "<mi>x</mi><mn>3</mn></mroot></mtd></mtr></mtable></math>"
        ),
        "\\begin{matrix}1 &amp; 2 \\\\ \\sqrt[3]{x}\\end{matrix}",
    ),
    "with HTML": (
        "<math><mtext>甲<b>乙</b></mtext><p>丙</p>丁</math>",
        "\\text{甲乙} \\text{丙} \\text{丁}",
    ),
    "with entities": ("<math><mi>x</mi><mo>&times;</mo><mi>&#x3b1;</mi></math>", "x × α"),
}


@pytest.mark.parametrize(("source", "latex"), MATHML.values(), ids=MATHML)
def test_mathml_of_authors_is_kept_with_its_latex(source: str, latex: str) -> None:
    made = fair(f"字 {source} 字")
    assert re.findall('alttext="([^"]*)"', inside(made)) == [latex]
    assert "annotation" not in inside(made)
    assert told(made) == []


def test_mathml_on_a_line_of_its_own_is_display_math() -> None:
    assert written('<p>甲<math display="block"><mi>x</mi></math>乙</p>') == (
        '<p>甲</p><div class="math"><math xmlns="http://www.w3.org/1998/Math/MathML"'
        ' display="block" alttext="x"><mi>x</mi></math></div><p>乙</p>'
    )


def test_mathml_that_is_no_xml_is_text_and_told() -> None:
    made = fair("字\n\n<math><mi>x</math>")
    assert (inside(made), told(made)) == ("<p>字</p><p>x</p>", [("math-unreadable", 3)])


# --- the parsers -------------------------------------------------------------------------------


def test_text_that_could_be_a_path_is_text() -> None:
    """The HTML parser would take a short string for the name of a file."""
    for source in ("</p><i>" + "长" * 150, "</b>" + "/x" * 40, "<b>../../etc/passwd"):
        letters = re.sub("<[^>]*>", "", source)
        assert letters in written(source, format="html")


def test_text_that_the_html_parser_loses_is_kept() -> None:
    assert "甲" in written("<i><blockquote><table><b>甲</table></i>", format="html")


def test_an_author_cannot_write_what_is_ours() -> None:
    forged = '<span data-own="0">甲</span><br data-own="pause"><p data-own="">乙</p>`丙`'
    assert written(forged) == "<p>甲</p><p>乙</p><p><code>丙</code></p>"
    assert written("<p>&#xfdd0;0&#xfdd1;甲\ufdd00\ufdd1</p>") == "<p>\ufffd0\ufffd甲0</p>"


SOUND = {
    "text in a quotation": ("> <head>甲", "<blockquote><p>甲</p></blockquote>"),
    "table in a table": (
        "<table>\n\n|甲|\n|-|\n|乙|",
        (
            '<div class="table"><table><thead><tr><th scope="col">甲</th></tr></thead>'
            "<tbody><tr><td>乙</td></tr></tbody></table></div>"
        ),
    ),
    "language of a span": ("</b>[甲]{lang=ja}", '<p><span lang="ja" xml:lang="ja">甲</span></p>'),
    "code in bold": ("<b>`<i>`</b>", "<p><strong><code>&lt;i&gt;</code></strong></p>"),
    "list in a division": ("<div>\n\n- 甲\n\n</div>", "<ul><li>甲</li></ul>"),
}


@pytest.mark.parametrize(("source", "made"), SOUND.values(), ids=SOUND)
def test_markdown_amid_html_keeps_its_form(source: str, made: str) -> None:
    assert written(source) == made
