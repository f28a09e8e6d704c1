"""The room of Chinese: detection, configurations, conversion, phrases, quotation marks."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from publish import chinese
from publish.diagnostics import Severity, UsageError
from publish.model import XHTML

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
SIMPLIFIED = "这个软件说了头发干燥，后面还有几个里程碑。"
TRADITIONAL = "這個軟體說了頭髮乾燥，後面還有幾個里程碑。"


def to(target: str, text: str, source: str = "zh-Hans", phrases: chinese.Phrases = ()) -> str:
    converter = chinese.converter(chinese.configuration(source, target), phrases)
    return chinese.convert_text(text, converter, source, target)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (SIMPLIFIED, "zh-Hans"),
        (TRADITIONAL, "zh-Hant"),
        ("编程", "zh-Hans"),
        ("編程", "zh-Hant"),
        ("人生如逆旅", ""),
        ("東京の天気はとても良いです", "ja"),
        ("日本語のテキスト：漢字と仮名", "ja"),
        ("오늘은 날씨가 좋습니다", "ko"),
        ("It was the best of times, it was the worst of times.", "en"),
        ("Es war einmal ein König, der hatte drei Töchter.", ""),
        ("Москва", ""),
        ("", ""),
        ("12345 !?", ""),
        (
            "这是说明。\n```python\n" + "print('hello world, the end of it')\n" * 50 + "```\n",
            "zh-Hans",
        ),
        ("这篇文章谈到了国会，引用「國會」一詞，并说明区别。", "zh-Hans"),
        ("這篇文章談到了國會，引用“国会”一词，並說明區別。", "zh-Hant"),
        ("The word 漢字 is the name of the characters that are used in it.", "en"),
        ("他说：こんにちは，然后继续写这个软件的说明，写了很长的一段中文。", "zh-Hans"),
    ],
)
def test_the_language_shows_in_the_text(text: str, language: str) -> None:
    assert chinese.detect(text) == language


@given(st.text(max_size=300))
def test_detection_takes_anything(text: str) -> None:
    assert chinese.detect(text) in {"", "zh-Hans", "zh-Hant", "ja", "ko", "en"}


def test_detection_is_linear() -> None:
    for hostile in ("`" * 100_000, "<" * 100_000, "```\n" * 30_000, "a" * 400_000, "~~~" * 40_000):
        assert chinese.detect(hostile) in {"", "en"}


@pytest.mark.shared
def test_archives_are_told_right(shared: Path) -> None:
    for folder, language in (
        ("hexo-huli-tw", "zh-Hant"),
        ("classics-hant", "zh-Hant"),
        ("hugo-coderzh", "zh-Hans"),
        ("novel-hongloumeng", "zh-Hans"),
        ("mdbook-trpl-zh", "zh-Hans"),
    ):
        files = sorted((shared / "corpora" / folder).rglob("*.md"))[:12]
        assert files
        for file in files:
            sample = file.read_text(encoding="utf-8", errors="replace")[:4000]
            assert chinese.detect(sample) == language, file.name


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("zh-Hans", "zh-Hant", "s2t"),
        ("zh-Hans", "zh-Hant-TW", "s2tw"),
        ("zh-Hans", "zh-Hant-HK", "s2hk"),
        ("zh-Hant", "zh-Hans", "tw2s"),
        ("zh-Hant-TW", "zh-Hans", "tw2s"),
        ("zh-Hant-HK", "zh-Hans", "hk2s"),
        ("zh-Hans", "zh-Hans", ""),
        ("zh-Hant", "zh-Hant-TW", ""),
        ("zh-Hant-TW", "zh-Hant", ""),
        ("zh-Hant-TW", "zh-Hant-TW", ""),
        ("zh-Hant-TW", "zh-Hant-HK", "tw2t+t2hk"),
        ("zh-Hant-HK", "zh-Hant-TW", "hk2t+t2tw"),
        ("en", "zh-Hant-TW", ""),
        ("ja", "zh-Hans", ""),
        ("", "zh-Hant-TW", "s2tw"),
        ("", "zh-Hans", "tw2s"),
        ("zh-Hans", "en", ""),
        ("zh-Hans", "", ""),
    ],
)
def test_a_pair_of_languages_has_a_configuration(source: str, target: str, expected: str) -> None:
    assert chinese.configuration(source, target) == expected


def test_every_configuration_works() -> None:
    for name in chinese.CONFIGURATIONS:
        assert chinese.converter(name).text("中文abc") == "中文abc"
        assert chinese.is_configuration(name)
    assert not chinese.is_configuration("s2x")
    with pytest.raises(UsageError, match="s2x"):
        chinese.converter("s2x")


def test_a_file_in_the_current_folder_is_not_taken_for_a_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hk2sp.json").write_text("no configuration", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert chinese.Converter("hk2sp").text("軟件") == "软件"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("zh-Hant-TW", "頭髮很乾，軟件裡的菜單"),
        ("zh-Hant-HK", "頭髮很乾，軟件裏的菜單"),
        ("zh-Hant", "頭髮很乾，軟件裏的菜單"),
    ],
)
def test_each_edition_has_its_words(target: str, expected: str) -> None:
    assert to(target, "头发很干，软件里的菜单") == expected


def test_simplified_comes_from_taiwan_and_hong_kong() -> None:
    assert (
        to("zh-Hans", "看著他，著作等身，頭髮與發現", "zh-Hant-TW")
        == "看着他，著作等身，头发与发现"
    )
    assert to("zh-Hans", "啟動裏面的軟件", "zh-Hant-HK") == "启动里面的软件"
    assert to("zh-Hant-HK", "裡面的床", "zh-Hant-TW") == "裏面的牀"


@pytest.mark.shared
def test_hard_cases(shared: Path) -> None:
    path = shared / "reference" / "opencc-cases.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    wrong: dict[str, int] = {}
    for row in rows:
        pair = ("zh-Hans", "zh-Hant-TW") if row["config"] == "s2tw" else ("zh-Hant-TW", "zh-Hans")
        got = chinese.convert_text(row["source"], chinese.converter(row["config"]), *pair)
        wrong.setdefault(row["config"], 0)
        wrong[row["config"]] += got not in row["expected"].split("|")
    assert wrong["s2tw"] <= 7
    assert wrong["tw2s"] == 0


def test_the_users_words_win() -> None:
    phrases = (("干杯", "乾杯"), ("范先生", "范先生"), ("余秋雨", "余秋雨"), ("软件", "軟件"))
    text = "干吗不去干杯？范先生是模范，其余的事，余秋雨说软件。"
    assert to("zh-Hant-TW", text, phrases=phrases) == (
        "幹嗎不去乾杯？范先生是模範，其餘的事，余秋雨說軟件。"
    )


def test_the_longest_of_the_users_words_wins() -> None:
    phrases = (("软", "A"), ("软件", "B"), ("软件包", "C"))
    assert to("zh-Hant-TW", "软件包，软件，软", phrases=phrases) == "C，B，A"


def test_private_characters_of_the_text_are_kept() -> None:
    private = "\ue000\uf8ff\U000f0000\U000f0001\U00100000"
    converted = to("zh-Hant-TW", f"{private}软件{private}", phrases=(("软件", "軟件"),))
    assert converted == f"{private}軟件{private}"


@given(st.text(HAN, min_size=1, max_size=12), st.text(HAN, min_size=1, max_size=4))
def test_a_phrase_is_always_obeyed(text: str, word: str) -> None:
    converter = chinese.converter("s2twp", ((word, "〈好〉"),))
    assert converter.text(f"{text}，{word}，{text}").count("〈好〉") >= 1


def test_lone_surrogates_do_no_harm() -> None:
    assert to("zh-Hant-TW", "软件\ud800") == "軟件\ufffd"


def test_a_phrase_file_is_read() -> None:
    text = "\ufeff# 人名\n余秋雨\t余秋雨\r\n\n  # 词\n软件\t軟件 軟體\n"
    pairs, findings = chinese.read_phrases(text, "names.txt")
    assert pairs == (("余秋雨", "余秋雨"), ("软件", "軟件"))
    assert [(f.code, f.severity, str(f.place)) for f in findings] == [
        ("phrase-choice", Severity.NOTE, "names.txt:5")
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("软件 軟件", "no tab"),
        ("\t軟件", "no source"),
        ("软件\t", "no target"),
        ("\t", ""),
        ("a\x1eb\tc", "print"),
    ],
)
def test_a_faulty_phrase_is_named_with_its_line(line: str, words: str) -> None:
    pairs, findings = chinese.read_phrases(f"好\t好\n{line}\n", "a.txt")
    assert pairs == (("好", "好"),)
    assert all(words in f.message and f.place and f.place.line == 2 for f in findings)
    assert bool(findings) == bool(words)


def test_a_phrase_given_twice_is_reported() -> None:
    pairs, findings = chinese.read_phrases("软件\t軟件\n软件\t軟體\n软件\t軟體\n", "a.txt")
    assert pairs == (("软件", "軟體"),)
    assert [f.code for f in findings] == ["phrase-twice"]


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("他说：“你好，‘世界’。”", "他说：「你好，『世界』。」"),
        ("“A”和“B”", "「A」和「B」"),
        ("使用 “Foo” 软件", "使用 「Foo」 软件"),
        ("“一段没完", "「一段没完"),
        ("“”，空", "「」，空"),
    ],
)
def test_quotation_marks_go_both_ways(simplified: str, traditional: str) -> None:
    assert chinese.convert_quotes(simplified, "Hant") == traditional
    assert chinese.convert_quotes(traditional, "Hans") == simplified


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“外“内”外”", "「外『内』外」"),
        ("‘单’", "「单」"),
        ("“外「内」外”", "「外『内』外」"),
        ("来自“职座标“的", "来自「职座标」的"),
        ("来自”职座标”的", "来自「职座标」的"),
        ("他说“don’t”。", "他说「don’t」。"),
    ],
)
def test_marks_are_nested_and_slips_understood(text: str, expected: str) -> None:
    assert chinese.convert_quotes(text, "Hant") == expected


@pytest.mark.parametrize(
    "text",
    [
        "He said “hello” and ‘bye’ to the dog’s owner.",
        "don’t，it’s，90’s",
        "‘90s 的歌",
        "没有开始”",
        "三个“不“成“对",
        "「已经」是『了』",
        '直的"引号"不动',
    ],
)
def test_what_is_no_chinese_quotation_keeps_its_marks(text: str) -> None:
    assert chinese.convert_quotes(text, "Hant") == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“外‘内’外”，‘单’", "「外『内』外」，「单」"),
        ("没有开始”，没有结束“的", "没有开始「，没有结束」的"),
        ("没有开始”。", "没有开始」。"),
        ("「说。」” 他", "「说。」」 他"),
        ("他 “《书》 在", "他 「《书》 在"),
        ("俗谓’团圆之节’，", "俗谓『团圆之节』，"),
        ("He said “hello” to the dogs’ owner, 中", None),
        ("it’s 好，’90s 的歌", None),
        ("「已经」是『了』", None),
    ],
)
def test_marks_of_vertical_text_are_corners(text: str, expected: str | None) -> None:
    assert chinese.corner_quotes(text) == (expected or text)


@given(st.text(st.sampled_from("“”‘’中文，。"), max_size=30))
def test_no_curly_mark_stays_in_vertical_chinese(text: str) -> None:
    turned = chinese.corner_quotes(f"中{'中'.join(text)}中")
    assert len(turned) == 2 * len(text) + 1 + (not text)
    assert not set(turned) & set("“”‘’")


def test_corners_are_put_in_the_chinese_of_a_tree_alone() -> None:
    root = etree.fromstring(
        f'<section xmlns="{XHTML}" lang="zh-Hans"><p>他<em>说“好</em>‘的’”'
        '<code>“码”</code><span lang="en">a “b” 中</span><img alt="“图”甲"/></p>'
        '<p lang="en">“中”</p></section>'
    )
    chinese.corner_section(root)
    text = etree.tostring(root, encoding="unicode").split(">", 1)[1]
    assert text == (
        '<p>他<em>说「好</em>『的』」<code>“码”</code><span lang="en">a “b” 中</span>'
        '<img alt="「图」甲"/></p><p lang="en">“中”</p></section>'
    )
    assert root.get("lang") == "zh-Hans"


@given(st.text(st.sampled_from("“”‘’「」『』中文ab ，。\n"), max_size=40))
def test_nothing_but_marks_changes(text: str) -> None:
    for script in ("Hans", "Hant"):
        once = chinese.convert_quotes(text, script)
        assert len(once) == len(text)
        assert all(a == b or a in "“”‘’「」『』" for a, b in zip(text, once, strict=True))


QUOTED = st.recursive(
    st.text(st.sampled_from("中文，。"), min_size=1, max_size=3),
    lambda inner: st.lists(
        inner.flatmap(lambda text: st.sampled_from([text, f"“中{text}”", f"‘中{text}’"])),
        max_size=4,
    ).map("".join),
    max_leaves=8,
)


@given(QUOTED)
def test_sound_quotations_become_wholly_the_scripts_own(text: str) -> None:
    traditional = chinese.convert_quotes(text, "Hant")
    assert not set("“”‘’") & set(traditional)
    assert traditional.count("「") == traditional.count("」")
    assert chinese.convert_quotes(traditional, "Hant") == traditional
    simplified = chinese.convert_quotes(traditional, "Hans")
    assert not set("「」『』") & set(simplified)
    assert chinese.convert_quotes(simplified, "Hant") == traditional


def test_quotation_marks_are_linear() -> None:
    assert len(chinese.convert_quotes("“‘" * 100_000 + "中”", "Hant")) == 200_002
    assert chinese.convert_quotes("中“" * 100_000, "Hant").count("「") == 50_000
