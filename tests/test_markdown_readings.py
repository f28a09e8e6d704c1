"""Readings in braces, ``{汉字|hàn|zì}``, and notes in two small lines, ``[…]{.jiazhu}``."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from xhtml_rules import fair, faults, written

from publish.content import titles

READINGS = {
    "{汉字|hàn|zì}": "<ruby>汉<rt>hàn</rt>字<rt>zì</rt></ruby>",
    "{汉字|hàn zì}": "<ruby>汉字<rt>hàn zì</rt></ruby>",
    "{注音|ㄓㄨˋ|ㄧㄣ}": "<ruby>注<rt>ㄓㄨˋ</rt>音<rt>ㄧㄣ</rt></ruby>",
    "{的|˙ㄉㄜ}": "<ruby>的<rt>˙ㄉㄜ</rt></ruby>",
    "{食べる|た|べ|る}": "<ruby>食<rt>た</rt>べ<rt>べ</rt>る<rt>る</rt></ruby>",
    "{地方|dì| fang }": "<ruby>地<rt>dì</rt>方<rt>fang</rt></ruby>",
    "{重庆|Chóng'|qìng}": "<ruby>重<rt>Chóng'</rt>庆<rt>qìng</rt></ruby>",
    "{東京|とう|きょう|と}": "<ruby>東京<rt>とうきょうと</rt></ruby>",
    "{汉字|hàn|zì|le}": "<ruby>汉字<rt>hàn zì le</rt></ruby>",
    "**{强|qiáng}**": "<strong><ruby>强<rt>qiáng</rt></ruby></strong>",
    "[{链|liàn}](http://a.b)": '<a href="http://a.b"><ruby>链<rt>liàn</rt></ruby></a>',
    "{汉|hàn}<b>字</b>": "<ruby>汉<rt>hàn</rt></ruby><strong>字</strong>",
}
LITERAL = [
    "{是|否}", "{a|b}", "{汉字}", "{汉字|}", "{汉字||zì}", "{|hàn}", "{汉 字|hàn|zì}", "{汉|1}",
    "{汉字|hàn", "汉字|hàn}", "{{汉字|hàn}}", "{汉字|hàn}}", "{汉，字|hàn|zì}", "{名|-}",
]  # fmt: skip


@pytest.mark.parametrize(("source", "made"), READINGS.items())
def test_readings_stand_in_braces(source: str, made: str) -> None:
    assert written(f"前{source}后") == f"<p>前{made}后</p>"


@pytest.mark.parametrize("source", LITERAL)
def test_other_braces_stay_as_they_are_written(source: str) -> None:
    assert written(f"前{source}后") == f"<p>前{source}后</p>"


def test_readings_are_not_sought_in_code_and_behind_a_backslash() -> None:
    assert written("`{汉|hàn}`") == "<p><code>{汉|hàn}</code></p>"
    assert written(r"\{汉|hàn}") == "<p>{汉|hàn}</p>"
    cell = written("|甲|\n|-|\n|{汉\\|hàn}|")
    assert "<td><ruby>汉<rt>hàn</rt></ruby></td>" in cell


def test_a_title_and_the_contents_have_no_readings() -> None:
    assert titles.heading("# {汉字|hàn|zì}与 {是|否}") == "汉字与 {是|否}"
    copy = fair("## {汉字|hàn|zì}一节\n\n文\n\n## 二节")
    assert copy.headings[0].text == "汉字一节"
    assert "<rt>zì</rt>" in copy.xhtml.decode()


@given(
    st.text(st.sampled_from("汉字注音的"), min_size=1, max_size=4),
    st.lists(st.sampled_from(["hàn", "ㄗˋ", "のり", "lǜ", "zh'e"]), min_size=1, max_size=4),
)
@example("汉字", ["hàn", "ㄗˋ"])
def test_no_base_and_no_reading_is_lost(base: str, parts: list[str]) -> None:
    copy = fair(f"前{{{base}|{'|'.join(parts)}}}后")
    assert not faults(copy.xhtml)
    ruby = next(etree.fromstring(copy.xhtml).iter("{*}ruby"))
    readings = [rt.text or "" for rt in ruby]
    assert "".join(filter(None, [ruby.text, *(rt.tail for rt in ruby)])) == base
    assert "".join(readings).replace(" ", "") == "".join(parts)
    assert len(readings) == (len(base) if len(parts) == len(base) else 1)


@given(st.text(st.sampled_from("汉字ab1ㄗˋ{}|\\ ，"), max_size=14))
def test_braces_of_any_kind_lose_nothing(text: str) -> None:
    copy = fair(f"前{text}后")
    assert not faults(copy.xhtml)
    said = "".join(map(str, etree.fromstring(copy.xhtml).itertext()))
    kept = re.sub(r"[{}|\\\s]", "", text)
    assert re.sub(r"[{}|\\\s]", "", said) == f"前{kept}后"


def test_a_note_in_two_lines_is_a_span() -> None:
    made = '<p>卷一<span class="jiazhu">原注<em>甲</em></span>终</p>'
    assert written("卷一[原注*甲*]{.jiazhu}终") == made
    assert written('卷一<span class="x jiazhu">原注<em>甲</em></span>终') == made
