"""Runs in other languages say so, and text stays as it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from publish.backends.epub import foreign
from publish.model import XHTML


def marked(inside: str, language: str = "zh-Hans") -> str:
    """Return a paragraph's inside after marking, with each pair of attributes as one."""
    root = etree.fromstring(f'<p xmlns="{XHTML}" lang="{language}">{inside}</p>')
    before = "".join(root.itertext())
    foreign.mark(root)
    assert "".join(root.itertext()) == before
    text = etree.tostring(root, encoding="unicode")
    assert len(re.findall(" lang=", text)) == len(re.findall(" xml:lang=", text)) + 1
    text = re.sub(r' xml:lang="[^"]*"| xmlns(:\w+)?="[^"]*"', "", text)
    return text.removeprefix(f'<p lang="{language}">').removesuffix("</p>")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (
            "他说 the quick brown fox，然后走了。",
            '他说 <span lang="en">the quick brown fox</span>，然后走了。',
        ),
        ("《The Elements of Style》很薄", '《<span lang="en">The Elements of Style</span>》很薄'),
        (
            "“What is this?” and 甲 How to draw, and why 乙",
            (
                '“<span lang="en">What is this?</span>” and 甲 '
                '<span lang="en">How to draw, and why</span> 乙'
            ),
        ),
        ("甲<a>Notes on the Synthesis of Form</a>乙", None),
        ("甲<b>乙</b>the end of it丙", '甲<b>乙</b><span lang="en">the end of it</span>丙'),
        (
            "叫做ひらがな与カタカナ",
            '叫做<span lang="ja">ひらがな</span>与<span lang="ja">カタカナ</span>',
        ),
        (  # titles without small words
            "见 Free Open Graph Image Generator，和《Open Source Program Office Manager》",
            (
                '见 <span lang="en">Free Open Graph Image Generator</span>，和'
                '《<span lang="en">Open Source Program Office Manager</span>》'
            ),
        ),
        (
            "甲 Understanding Deep Learning 乙",
            '甲 <span lang="en">Understanding Deep Learning</span> 乙',
        ),
        (
            "甲 In war, resolution; in defeat, defiance; in victory, magnanimity 乙",
            (
                '甲 <span lang="en">In war, resolution; in defeat, defiance; in victory, '
                "magnanimity</span> 乙"
            ),
        ),
        (  # dummy text, "at" or "in" notwithstanding
            "甲 Lorem ipsum dolor sit amet 乙 Integer molestie lorem at massa",
            (
                '甲 <span lang="la">Lorem ipsum dolor sit amet</span> 乙 '
                '<span lang="la">Integer molestie lorem at massa</span>'
            ),
        ),
        (
            "甲 You can call me now 乙",  # words of pinyin among others
            '甲 <span lang="en">You can call me now</span> 乙',
        ),
        ("写作한국어的词", '写作<span lang="ko">한국어</span>的词'),
    ],
)
def test_what_is_certain_is_marked(given: str, wanted: str | None) -> None:
    if wanted is None:  # the element holds nothing else
        wanted = given.replace("<a>", '<a lang="en">')
    assert marked(given) == wanted


@pytest.mark.parametrize(
    "given",
    [
        "用 Adobe InDesign Server 排版",  # names
        "Jan Tschichold 与 Robert Bringhurst Associates",
        "Le livre et la page sont beaux",  # another language with its letters
        "Das ist nicht die Frage",
        "Centre National Recherche Scientifique Paris",
        "Traduction automatique et information juridique",
        "Freie Software Gesellschaft Hamburg, Neue Zürcher Zeitung",
        "Universidad Nacional Instituto Seguridad Social",
        "Robert Slimbach, Matthew Carter, Roger Black, Carol Twombly",
        "Apache Hive, HBase, Apache Flume",
        "甲 Microsoft Power Automate 乙 Freie Kunst Hamburg",  # some of few words are English
        "Xiandai Hanyu Cidian, Xinhua Zidian, Cihai",  # pinyin, with he, me, you, men, -ing
        "wo he ni you yi ge Beijing pengyou",
        "Ta shi wo men he ni men",
        "wǒ hé nǐ he Běijīng you míngzi",
        "甲 slide.new, deck.new, presentation.new, text.new, open.new",
        "see the file",  # in code, below
        "日文的の字",
        "到 https://example.org/the-end-of-it 看",
        "甲 the 乙",
    ],
)
def test_what_is_not_certain_is_left_alone(given: str) -> None:
    if given.startswith("see"):
        given = f"<code>{given}</code>甲"
    assert marked(given) == given


def test_only_chinese_text_is_looked_at() -> None:
    english = "the quick brown fox"
    assert marked(english, "en") == english
    inner = f'甲<span lang="fr" xml:lang="fr">{english}</span>乙'
    assert marked(inner) == inner.replace(' xml:lang="fr"', "")
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mtext>for all of x</mtext></math>'
    root = etree.fromstring(f'<p xmlns="{XHTML}" lang="zh">甲{math}</p>')
    foreign.mark(root)
    assert len(root.xpath("//@lang")) == 1


_PIECES = st.lists(
    st.sampled_from(
        [
            "甲",
            "，",
            " ",
            "the ",
            "end of ",
            "a ",
            "<b>",
            "</b>",
            "ひら",
            "한국 ",
            "x. ",
            "1 ",
            "“",
            "”",
        ]
    ),
    max_size=25,
)


@given(_PIECES)
def test_any_text_stays_and_marking_twice_is_marking_once(pieces: list[str]) -> None:
    text, depth = "", 0
    for piece in pieces:
        if piece == "</b>" and not depth:
            continue
        depth += {"<b>": 1, "</b>": -1}.get(piece, 0)
        text += piece
    root = etree.fromstring(f'<p xmlns="{XHTML}" lang="zh">{text}{"</b>" * depth}</p>')
    before = "".join(root.itertext())
    foreign.mark(root)
    once = etree.tostring(root)
    assert "".join(root.itertext()) == before
    foreign.mark(root)
    assert etree.tostring(root) == once
