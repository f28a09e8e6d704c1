"""What the engine is spared changes nothing on a page."""

from __future__ import annotations

import pytest
import weasyprint

from publish.backends.pdf import hooks, thrift

PAGE = """<html lang="zh-Hans"><style>
@page { size: 90mm 60mm; margin: 10mm 8mm; @top-left { content: "眉题"; border-bottom: 1pt solid } }
body { font-size: 9pt; border-inline-start: 1pt solid red; padding-inline: 1em }
body { letter-spacing: .02em }
h1 { margin-block: 1em .5em; border: thin dotted; text-decoration: underline; border-radius: 3pt }
p { text-indent: 2em; margin: calc(1% + 2pt) 0 1em auto; --gap: 3pt }
em { border-bottom: .5pt solid; padding: 0 var(--gap); position: relative; top: 1pt }
table { border-collapse: collapse; inline-size: 80% } td { border: 1pt solid; padding: 2pt }
td + td { border-left-width: 3pt; text-align: end } .f { float: right; width: 5em; margin: 1em }
ul { columns: 2; column-gap: 1em } li::marker { color: blue } .b { border-style: solid }
.a { position: absolute; top: 1em; right: 0; background: #eee; box-shadow: 1pt 1pt red }
.g { background: linear-gradient(red, blue); border-radius: 4pt } .h { visibility: hidden }
.i { border: 3pt solid; border-image: linear-gradient(red, blue) 2 } .n { page: wide }
.m { mask-border: linear-gradient(red, blue) 2; border: 2pt solid } @page wide { size: 120mm 60mm }
.c { columns: 2; column-rule: 1pt solid; background: url(data:,) }
.fn { float: footnote }
@media print { .o { outline: 1pt solid; opacity: .5; transform: rotate(2deg) } }
</style><body><h1>题目</h1><p class="f">浮动</p><p>正文<em>着重</em>正文。</p>
<table><tr><td>一<td>二</table><ul><li>甲<li>乙<li>丙</ul><p class="b o">框<s dir="rtl">中</s></p>
<p style="border-width: 2pt; border-inline-end-style: dashed">边</p>
<p class="g h">藏<span class="a">绝对<b class="g">定位</b></span></p><p class="i">图<p class="m">罩
<div class="c"><p>栏<p>栏<p class="g">栏</div><p>注<span class="fn">注文</span>
<div class="n"><p>宽<p>宽</div><p>窄</html>"""


def drawn(text: str = PAGE, *, compressed: bool = False) -> bytes:
    data = weasyprint.HTML(string=text).write_pdf(uncompressed_pdf=not compressed)
    assert isinstance(data, bytes)
    return data


def test_pages_are_the_same() -> None:
    plain, packed = drawn(), drawn(compressed=True)
    with thrift.at_work(margins=True):
        assert drawn() == plain
        assert drawn(compressed=True) == packed


def test_pages_without_margin_boxes_have_none() -> None:
    with thrift.at_work(margins=False):
        bare = drawn(PAGE.replace("@top-left", "@top-left-corner"))
    assert bare == drawn(PAGE.replace('content: "眉题"', "content: none"))


def test_the_engine_is_left_as_it_was() -> None:
    before = thrift._css.ComputedStyle.__missing__, thrift._layout.make_margin_boxes
    with thrift.at_work(margins=False):
        assert thrift._css.ComputedStyle.__missing__ is not before[0]
        assert thrift._layout.make_margin_boxes is not before[1]
    assert before == (thrift._css.ComputedStyle.__missing__, thrift._layout.make_margin_boxes)


def test_an_engine_that_is_not_the_one_we_know_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert thrift.moved() == ""
    monkeypatch.setattr(hooks, "MAJOR", "1.")
    assert thrift.moved().startswith("WeasyPrint ")
