"""Conversion of a chapter's tree: prose, all of it, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from publish import chinese

XHTML = "http://www.w3.org/1999/xhtml"
MATHML = "http://www.w3.org/1998/Math/MathML"


def converted(
    inner: str, config: str = "s2twp", target: str = "zh-Hant-TW", phrases: chinese.Phrases = ()
) -> str:
    root = etree.fromstring(f'<section xmlns="{XHTML}">{inner}</section>')
    source = "zh-Hans" if config.startswith("s2") else "zh-Hant-TW"
    chinese.convert_section(root, chinese.converter(config, phrases), source, target)
    text = etree.tostring(root, encoding="unicode")
    return text.removeprefix(f'<section xmlns="{XHTML}">').removesuffix("</section>")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>软件</p>", "<p>軟體</p>"),
        (
            "<h2>目录</h2><ul><li>软件<p>里面</p></li></ul>",
            "<h2>目錄</h2><ul><li>軟體<p>裡面</p></li></ul>",
        ),
        ('<p><img src="软件.png" alt="软件"/>说</p>', '<p><img src="软件.png" alt="軟體"/>說</p>'),
        (
            '<p><a href="软件.html" title="软件">说</a></p>',
            '<p><a href="软件.html" title="軟體">說</a></p>',
        ),
        ('<p><span lang="zh-Hans">软件</span></p>', '<p><span lang="zh-Hant-TW">軟體</span></p>'),
        (
            "<p><ruby>汉<rp>（</rp><rt>hàn</rt><rp>）</rp>发<rt>里</rt></ruby></p>",
            "<p><ruby>漢<rp>（</rp><rt>hàn</rt><rp>）</rp>發<rt>裡</rt></ruby></p>",
        ),
    ],
)
def test_prose_is_converted(before: str, after: str) -> None:
    assert converted(before) == after


@pytest.mark.parametrize(
    "inner",
    [
        "<p><code>软件</code></p>",
        '<pre class="code"><code><span class="s">软件</span>\n说</code></pre>',
        "<p><kbd>软件</kbd><samp>软件</samp><var>软件</var></p>",
        f'<p><math xmlns="{MATHML}" alttext="软件"><mtext>软件</mtext></math></p>',
        '<p lang="ja">国会の会議</p>',
        '<p><span lang="ja">国会</span><i lang="en">软</i></p>',
        '<p><span translate="no">软件</span></p>',
        '<p><a href="https://example.com/软件">https://example.com/软件</a></p>',
        '<p><a href="https://example.com/%E8%BD%AF">example.com/软</a></p>',
        '<p><a href="./软件.md">./软件.md</a></p>',
        "<p>https://example.com/软件/说明?名=图</p>",
        "<p>日本の国会について、軍隊は必要です</p>",
        '<p lang="zh-Hant">這個軟體</p>',
        "<p>長征說明了乾燥的頭髮</p>",
        "<p>中文 and English</p>",
        "<p/><hr/><p> \n </p>",
    ],
)
def test_what_is_no_prose_or_not_to_be_converted_stays(inner: str) -> None:
    assert converted(inner) == inner


def test_words_are_seen_whole_across_elements() -> None:
    assert converted("<p>他的<strong>头</strong>发长</p>") == "<p>他的<strong>頭</strong>髮長</p>"
    assert converted("<p>发<em>财</em></p>") == "<p>發<em>財</em></p>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(甲戌侧批：“头发”二字好。)", "(甲戌側批：「頭髮」二字好。)"),
        ("（批：妙！）", "（批：妙！）"),
        ("(更妙?)软件，", "(更妙?)軟體，"),
        ("说，&amp;nbsp;&amp;nbsp;发", "說，&amp;nbsp;&amp;nbsp;發"),
    ],
)
def test_remarks_in_code_are_prose(before: str, after: str) -> None:
    assert converted(f"<p>发<code>{before}</code></p>") == f"<p>發<code>{after}</code></p>"


def test_a_remark_is_a_text_of_its_own_and_half_a_quotation_is_none() -> None:
    text = "<p>他说：“头<code>(批：“说”字，)</code>发。”</p>"
    assert converted(text) == "<p>他說：「頭<code>(批：「說」字，)</code>發。」</p>"
    text = "<p><code>“发，</code>又<code>说。”</code></p>"
    assert converted(text) == "<p><code>「發，</code>又<code>說。」</code></p>"


@pytest.mark.parametrize(
    "code",
    [
        "软件",  # may be a name
        "（软件）",
        "软件 头发",
        "软件.md",
        '"软件，说"',
        "说(“软件，头发”);",
        "[^1]：软件，",
        "软件 = 头发，",
        "# 软件，说。",
        "软件：8001",
        "软件，\\n",
    ],
)
def test_code_with_han_stays_code(code: str) -> None:
    text = f"<p>甲<code>{code}</code></p>"
    assert converted(text) == text
    pre = f'<pre class="code"><code>软件，{code}。</code></pre>'
    assert converted(pre) == pre
    math = '<p>甲<code class="math">软件，说。</code></p>'
    assert converted(math) == math


def test_code_between_characters_parts_them() -> None:
    assert converted("<p>头<code>x</code>发</p>") == "<p>頭<code>x</code>發</p>"


def test_blocks_do_not_see_each_other() -> None:
    assert converted("<ul><li>头</li><li>发</li></ul>") == "<ul><li>頭</li><li>發</li></ul>"
    assert converted("<p>头<br/>发</p>") == "<p>頭<br/>發</p>"


def test_words_may_change_their_length() -> None:
    assert converted("<p>一个U盘与<em>打印</em>机。</p>") == "<p>一個隨身碟與<em>印表</em>機。</p>"
    assert converted("<p><b>U</b>盘，<i>软</i>件</p>") == "<p><b>隨</b>身碟，<i>軟</i>體</p>"


def test_addresses_in_prose_stay() -> None:
    text = "<p>见https://a.example/软件/说明，或a.软件@b.com：说明</p>"
    assert converted(text) == "<p>見https://a.example/软件/说明，或a.軟體@b.com：說明</p>"


def test_a_quotation_in_the_other_script_stays() -> None:
    text = "<p>他说：“國會與議會開會說明了。”这是软件。</p>"
    assert converted(text) == "<p>他說：「國會與議會開會說明了。」這是軟體。</p>"


def test_japanese_in_a_chinese_paragraph_stays() -> None:
    text = "<p>他说：「国会、軍隊は必要です」。这是软件。</p>"
    assert converted(text) == "<p>他說：「国会、軍隊は必要です」。這是軟體。</p>"


def test_quotation_marks_run_across_elements() -> None:
    text = "<p>“<em>甲</em>说‘<b>乙’</b>”<code>“x”</code></p>"
    assert converted(text) == "<p>「<em>甲</em>說『<b>乙』</b>」<code>“x”</code></p>"


def test_traditional_becomes_simplified() -> None:
    text = "<p>他說：「看著<em>頭</em>髮」</p><p>這個 <code>軟體</code></p>"
    expected = "<p>他说：“看着<em>头</em>发”</p><p>这个 <code>軟體</code></p>"
    assert converted(text, "tw2s", "zh-Hans") == expected


def test_a_region_becomes_another() -> None:
    assert converted("<p>裡面「床」</p>", "tw2t+t2hk", "zh-Hant-HK") == "<p>裏面「牀」</p>"


def test_the_users_words_win_across_elements() -> None:
    got = converted("<p>余<em>秋</em>雨的余款</p>", phrases=(("余秋雨", "余秋雨"),))
    assert got == "<p>余<em>秋</em>雨的餘款</p>"


def test_a_section_of_the_target_language_is_left_alone() -> None:
    root = etree.fromstring(f'<section xmlns="{XHTML}" lang="zh-Hant-TW"><p>干杯</p></section>')
    before = etree.tostring(root)
    chinese.convert_section(root, chinese.converter("s2twp"), "zh-Hans", "zh-Hant-TW")
    assert etree.tostring(root) == before


def test_deep_and_wide_trees_are_taken() -> None:
    deep = "<div>" * 200 + "软件" + "</div>" * 200
    assert converted(deep).count("軟體") == 1
    wide = "<p>" + "<b>U</b><i>盘</i>，" * 3000 + "</p>"
    assert "".join(etree.fromstring(converted(wide)).itertext()).count("隨身碟") == 3000
    assert "軟體" in converted("<p>" + "软件" * 200_000 + "</p>")


TEXT = st.text(
    st.sampled_from("软件头发干后里面打印机U盘說軟體“”‘’「」，。 aの国https://x.com/@\ufffc\x85"),
    max_size=14,
)


def element(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>"


def trees() -> st.SearchStrategy[str]:
    inline = st.recursive(
        TEXT,
        lambda inner: st.lists(
            st.one_of(
                inner,
                st.builds(element, st.sampled_from(["em", "strong", "code", "kbd", "span"]), inner),
                inner.map(lambda text: f'<span lang="ja">{text}</span>'),
                st.just("<br/>"),
            ),
            max_size=4,
        ).map("".join),
        max_leaves=6,
    )
    blocks = st.builds(element, st.sampled_from(["p", "h2", "li", "pre", "blockquote"]), inline)
    return st.lists(blocks, max_size=4).map(
        lambda parts: f'<section xmlns="{XHTML}">{"".join(parts)}</section>'
    )


@given(trees(), st.sampled_from(["s2twp", "s2hk", "tw2s"]))
@settings(deadline=None)
def test_the_tree_keeps_its_shape_and_its_literals(markup: str, config: str) -> None:
    target = {"s2twp": "zh-Hant-TW", "s2hk": "zh-Hant-HK", "tw2s": "zh-Hans"}[config]
    old, new = etree.fromstring(markup), etree.fromstring(markup)
    chinese.convert_section(new, chinese.converter(config), "", target)
    pairs = list(zip(old.iter(), new.iter(), strict=True))
    for before, after in pairs:
        assert (before.tag, before.attrib) == (after.tag, after.attrib)
        name = etree.QName(before).localname
        if name in {"code", "kbd", "pre"} or before.get("lang") == "ja":
            assert "".join(before.itertext()) == "".join(after.itertext())
        for own, converted_text in ((before.text, after.text), (before.tail, after.tail)):
            assert (own is None) == (converted_text is None)


@given(trees(), st.sampled_from(["s2tw", "tw2s"]))
@settings(deadline=None)
def test_the_text_is_that_of_its_paragraphs(markup: str, config: str) -> None:
    """Where the seams lie changes nothing in the text of a block without literals."""
    target = {"s2tw": "zh-Hant-TW", "tw2s": "zh-Hans"}[config]
    root = etree.fromstring(markup)
    plain = [
        "".join(block.itertext())
        for block in root
        if not block.xpath(".//*[local-name() != 'em' and local-name() != 'strong']")
        and not block.tag.endswith("pre")
    ]
    converter = chinese.converter(config)
    expected = [chinese.convert_text(text, converter, "", target) for text in plain]
    chosen = [
        block
        for block in root
        if not block.xpath(".//*[local-name() != 'em' and local-name() != 'strong']")
        and not block.tag.endswith("pre")
    ]
    chinese.convert_section(root, converter, "", target)
    assert ["".join(block.itertext()) for block in chosen] == expected
