"""Cutting a file into front matter and body: every shape of header, and its look-alikes."""

from __future__ import annotations

import doctest

import pytest

from publish.content import dates, fields, header, loaders, text, titles, values
from publish.content.header import Parsed
from publish.diagnostics import Severity

BODY = "\n正文第一段。\n\n---\n\n第二段。\n"


def parse(source: str | bytes) -> Parsed:
    return header.parse(source.encode() if isinstance(source, str) else source, "a.md")


def codes(parsed: Parsed) -> list[str]:
    return [finding.code for finding in parsed.findings]


GOOD = {
    "yaml": "---\ntitle: 甲\n---\n",
    "spaces after the fence": "--- \ntitle: 甲\n---\t\n",
    "long fences": "------\ntitle: 甲\n------\n",
    "dots end": "---\ntitle: 甲\n...\n",
    "toml": '+++\ntitle = "甲"\n+++\n',
    "json": '{"title": "甲"}\n',
    "json over lines": '{\n  "title": "甲",\n  "x": {"y": "} {"}\n}\n',
    "hexo json": ';;;\n"title": "甲"\n;;;\n',
    "hexo json without its first fence": '"title": "甲",\n"date": "2015-01-01"\n;;;\n',
    "yaml by name": "---yaml\ntitle: 甲\n---\n",
    "toml by name": '---toml\ntitle = "甲"\n---\n',
    "json by name": '---json\n{"title": "甲"}\n---\n',
    "quoted key": "---\n\"title\": '甲'\n---\n",
    "comment in header": "---\n# 说明\ntitle: 甲 # 注\n---\n",
    "nested": "---\ntitle: 甲\na:\n  b: [1, {c: d}]\n---\n",
}


@pytest.mark.parametrize("head", GOOD.values(), ids=GOOD)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_a_header_is_cut_off_whole(head: str, end: str, mark: bytes) -> None:
    parsed = parse(mark + (head + BODY).replace("\n", end).encode())
    assert parsed.fields["title"] == "甲"
    assert parsed.body == BODY
    assert parsed.body_line == head.count("\n") + 1
    assert parsed.findings == ()


@pytest.mark.parametrize("codec", ["utf-16", "utf-32"])
def test_a_byte_order_mark_is_believed(codec: str) -> None:
    parsed = parse(("---\ntitle: 甲\n---\n" + BODY).encode(codec))
    assert (parsed.fields, parsed.body, parsed.findings) == ({"title": "甲"}, BODY, ())


LATE = {
    "blank lines": ("\n \n---\ntitle: 甲\n---\n", "header-late", Severity.NOTE),
    "comment": ("<!-- 版权\n所有 -->\n---\ntitle: 甲\n---\n", "header-late", Severity.WARNING),
    "old Hexo": (
        "title: 甲\ndate: 2015-12-08\ntags:\n- a\n---\n",
        "header-unopened",
        Severity.WARNING,
    ),
    "old Hexo, one line": ("title: 甲\n---\n", "header-unopened", Severity.WARNING),
    "twice": ("---\ntitle: 乙\ntitle: 甲\n---\n", "header-duplicate-key", Severity.WARNING),
    "twice in JSON": ('{"title": "乙", "title": "甲"}\n', "header-duplicate-key", Severity.WARNING),
    "full-width colon": ("---\ntitle：甲\n---\n", "header-full-width", Severity.WARNING),
    "tab": ("---\ntitle: 甲\ntags:\n\t- a\n---\n", "header-tab", Severity.WARNING),
    "escape": ('---\ntitle: "\\ud800甲"\n---\n', "header-escape", Severity.WARNING),
}


@pytest.mark.parametrize(("head", "code", "severity"), LATE.values(), ids=LATE)
def test_an_odd_header_is_read_and_named(head: str, code: str, severity: Severity) -> None:
    parsed = parse(head + BODY)
    assert parsed.fields["title"] == "甲"
    assert (parsed.body, parsed.body_line) == (BODY, head.count("\n") + 1)
    assert [(one.code, one.severity) for one in parsed.findings] == [(code, severity)]
    assert parsed.findings[0].place is not None
    assert parsed.findings[0].place.line > 0


RESCUED = {
    "title: 甲: 乙: 丙": ("甲: 乙: 丙", 9),
    "title: @某人 #话题": ("@某人 #话题", 8),
    'title: "他说"你好"，走了"': ('他说"你好"，走了', 12),
    "title: 'It's a 'test''": ("It's a 'test'", 12),
    "title: 甲:": ("甲:", 0),
    "title: *星* 与月": ("*星* 与月", 8),
    "title: `码` 甲": ("`码` 甲", 8),
    "title: [甲] 乙": ("[甲] 乙", 12),
    "title: %甲": ("%甲", 8),
}


@pytest.mark.parametrize(("line", "title"), [(k, v[0]) for k, v in RESCUED.items()], ids=RESCUED)
def test_a_title_that_wants_quotes_is_taken_as_it_stands(line: str, title: str) -> None:
    parsed = parse(f"---\n{line}\ndate: 2024-01-01\n---\n{BODY}")
    assert parsed.fields == {"title": title, "date": "2024-01-01"}
    assert parsed.body == BODY
    (finding,) = parsed.findings
    assert (finding.code, finding.severity) == ("header-unquoted", Severity.WARNING)
    assert finding.place is not None
    assert finding.place.line == 2
    assert finding.place.column > 0


BROKEN = {
    "tab": ("---\ntitle: 甲\n\tauthor: 乙\n---\n", "header-syntax", 3),
    "no end": ("---\ntitle: 甲\n\n正文。\n", "header-unterminated", 1),
    "no end of TOML": ('+++\ntitle = "甲"\n', "header-unterminated", 1),
    "no end of JSON": ('{\n"title": "甲"\n\n正文。', "header-unterminated", 1),
    "bad TOML": ("+++\ntitle = 甲\n+++\n", "header-syntax", 2),
    "bad TOML date": ("+++\ntitle = '甲'\ndate = 2024-13-45\n+++\n", "header-syntax", 3),
    "bad JSON": ('{"x": 1,\n"title" "甲"\n}\n', "header-syntax", 2),
    "python tag": ("---\ntitle: !!python/name:os.system\n---\n", "header-syntax", 2),
    "own tag": ("---\nx: !ENV PATH\n---\n", "header-syntax", 2),
    "later rule": ("---\ntitle: 甲\n\n第一段：字。\n\n---\n", "header-syntax", 6),
    "unknown alias": ("---\ntitle: 甲\nx: *y\n---\n", "header-syntax", 3),
    "loop": ("---\ntitle: 甲\nx: &t [*t]\n---\n", "header-syntax", 3),
    "list as key": ("---\ntitle: 甲\n? [a, b]\n: c\n---\n", "header-syntax", 3),
    "bad merge": ("---\ntitle: 甲\n<<: 3\n---\n", "header-syntax", 3),
}


@pytest.mark.parametrize(("source", "code", "line"), BROKEN.values(), ids=BROKEN)
def test_a_broken_header_is_an_error_with_its_line(source: str, code: str, line: int) -> None:
    parsed = parse(source + BODY if code == "header-syntax" else source)
    assert parsed.failed
    assert parsed.fields == {}
    (finding,) = parsed.findings
    assert (finding.code, finding.severity) == (code, Severity.ERROR)
    assert finding.place is not None
    assert finding.place.line == line
    assert finding.help


PROSE = {
    "nothing": ("", False),
    "heading": ("# 题\n\n正文。", False),
    "rule": ("---\n\n上面是一条线。\n", False),
    "two rules": ("---\n\n两条线之间。\n\n---\n\n正文。\n", True),
    "two rules, a colon": ("---\n\n注意：这里。\n\n---\n\n正文。\n", True),
    "two rules, like a field": ("---\n\nNote: this is prose.\n\n---\n\n正文。\n", True),
    "Chinese key": ("---\n注意: 这是正文\n---\n正文。\n", True),
    "list": ("---\n- 甲\n- 乙\n---\n正文。\n", True),
    "brace": ("{这不是 JSON} 正文。\n", False),
    "shortcode": ("{{< figure src=a >}}\n\n正文。\n", False),
    "liquid": ("{% raw %}\n正文。\n", False),
    "plus": ("+++\n正文。\n", False),
    "setext": ("Title of this\n---\n正文。\n", False),
    "setext with a colon": ("Note: this\n---\n正文。\n", False),
    "comment": ("<!-- 注 -->\n正文。\n", False),
    "open comment": ("<!-- 注\n---\ntitle: 甲\n---\n", False),
    "text behind the comment": ("<!-- 注 --> 字\n---\ntitle: 甲\n---\n", False),
}


@pytest.mark.parametrize(("source", "warned"), PROSE.values(), ids=PROSE)
def test_prose_stays_in_the_body(source: str, warned: bool) -> None:
    parsed = parse(source)
    assert (parsed.fields, parsed.body, parsed.body_line) == ({}, source, 1)
    assert codes(parsed) == (["header-not-mapping"] if warned else [])


def test_an_empty_header_is_one() -> None:
    assert parse("---\n---\n" + BODY)[:3] == ({}, BODY, 3)


def test_scalars_keep_their_letters() -> None:
    parsed = parse(
        "---\na: 012\nb: no\nc: 1.10\nd: 2024-01-01\ne: '1'\nf:\ng: 1_000\nh: 1:30\n---\n"
    )
    assert parsed.fields == dict(
        zip("abcdefgh", ("012", "no", "1.10", "2024-01-01", "1", "", "1_000", "1:30"), strict=True)
    )
    assert {key: values.plain(value) for key, value in parsed.fields.items()} == {
        "a": "012",
        "b": False,
        "c": 1.1,
        "d": "2024-01-01T00:00:00+00:00",
        "e": "1",
        "f": None,
        "g": "1_000",
        "h": "1:30",
    }
    toml = parse("+++\na = 1.10\nb = 0x1F\nc = true\nd = 2024-01-01\ne = 08:00:00\n+++\n").fields
    assert toml == {"a": "1.10", "b": "31", "c": "true", "d": "2024-01-01", "e": "08:00:00"}
    assert parse('{"a": 1.10, "b": null, "c": [true, NaN]}\n').fields == {
        "a": "1.10",
        "b": "null",
        "c": ["true", "NaN"],
    }


def test_merge_keys_and_aliases_are_followed() -> None:
    source = "---\ntitle: 甲\nbase: &b {x: 1, y: 2}\nmore:\n  <<: *b\n  y: 3\nagain: *b\n---\n"
    parsed = parse(source)
    assert parsed.fields["more"] == {"x": "1", "y": "3"}
    assert parsed.fields["again"] == {"x": "1", "y": "2"}


def _aliases(levels: int) -> str:
    lines = ["title: 甲", "a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


def _merges(levels: int) -> str:
    lines = ["title: 甲", "a0: &a0 {x: 1}"]
    for n in range(1, levels):
        lines += [f"a{n}: &a{n}", f"  <<: [{', '.join([f'*a{n - 1}'] * 9)}]"]
    return "\n".join(lines)


BOMBS = {
    "aliases": f"---\n{_aliases(9)}\n---\n",
    "merges": f"---\n{_merges(9)}\n---\n",
    "brackets": f"---\ntitle: 甲\nx: {'[' * 100_000}\n---\n",
    "closed brackets": f"---\ntitle: 甲\nx: {'[' * 5000}{']' * 5000}\n---\n",
    "dashes": f"---\ntitle: 甲\nx:\n  {'- ' * 50_000}y\n---\n",
    "questions": f"---\ntitle: 甲\nx:\n  {'? ' * 50_000}y\n---\n",
    "indents": "---\ntitle: 甲\n" + "".join(f"{' ' * n}a:\n" for n in range(500)) + "---\n",
    "size": f"---\ntitle: {'长' * 500_000}\n---\n",
    "TOML keys": f"+++\ntitle = '甲'\n{'a.' * 100_000}b = 1\n+++\n",
    "TOML brackets": f"+++\ntitle = '甲'\nx = {'[' * 100_000}\n+++\n",
    "TOML number": f"+++\ntitle = '甲'\nx = {'9' * 100_000}\n+++\n",
    "JSON brackets": f'{{"title": "甲", "x": {"[" * 100_000}{"]" * 100_000}}}\n',
}


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused(source: str) -> None:
    parsed = parse(source)
    assert parsed.failed
    assert codes(parsed)[0] in {"header-syntax", "header-too-large"}
    assert all(len(finding.message) < 500 for finding in parsed.findings)


HOSTILE = {
    "rules": "---\n",
    "comments": "<!-- \n",
    "closed comments": "<!-- -->\n",
    "braces": '{"a": ',
    "quotes": '"\\',
    "keys": "title: a\n",
    "brackets": "[![](",
    "marks": "*_` ",
    "hashes": "# \n",
    "ticks": "`` ` ",
    "tags": "<a ",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("lead", ["", "---\n", '{"a": "', "# ", "title: a\n"])
def test_long_hostile_text_comes_to_an_end(unit: str, lead: str) -> None:
    source = lead + unit * 100_000  # a time that grew with its square would be hours
    parsed = parse(source)
    assert parsed.body.endswith(unit) or parsed.fields
    assert len(titles.heading(source)) <= titles.MAX_HEADING


ENCODINGS = {
    "gb18030": ("国标码文章，这是一段正文。", "GB 18030"),
    "big5": ("大五碼文章，這是一段繁體正文。", "Big5"),
    "cp932": ("これは日本語の文章です。", "Shift_JIS"),
    "utf-16-le": ("十六位无标记 abc", "UTF-16-LE"),
    "utf-16-be": ("十六位无标记 abc", "UTF-16-BE"),
}


@pytest.mark.parametrize(("codec", "given"), ENCODINGS.items(), ids=ENCODINGS)
def test_a_foreign_encoding_is_named_never_guessed_in_silence(
    codec: str, given: tuple[str, str]
) -> None:
    words, name = given
    parsed = parse(f"---\ntitle: {words}\n---\n\n{words}\n".encode(codec))
    assert parsed.failed
    (finding,) = parsed.findings
    assert (finding.code, finding.severity) == ("encoding", Severity.ERROR)
    assert name in finding.message
    assert finding.help.startswith("convert it: iconv")


def test_damaged_utf8_is_placed_exactly() -> None:
    parsed = parse("第一行\r\n第二行好".encode() + b"\xff" + "还有很多很多很多字".encode())
    (finding,) = parsed.findings
    assert finding.message == "not UTF-8: byte 23 is 0xFF"
    assert str(finding.place) == "a.md:2:5"


@pytest.mark.parametrize(
    "magic", [b"\x89PNG\r\n\x1a\n\x00\x01", b"PK\x03\x04\x00", b"%PDF-1.7\n\xe2\xe3"]
)
def test_what_is_no_text_is_named(magic: bytes) -> None:
    assert codes(parse(magic + bytes(range(256)))) == ["article-binary"]


def test_illegal_characters_are_dropped_and_counted() -> None:
    parsed = parse("---\ntitle: 甲\n---\n\n中\x00间\x0b有\x1b\ufffe\x85字\ufeff。\n")
    assert parsed.body == "\n中间有字。\n"
    (finding,) = parsed.findings
    assert finding.code == "characters-dropped"
    assert finding.message.startswith("5 characters ")
    assert str(finding.place) == "a.md:5"


@pytest.mark.parametrize("module", [dates, fields, header, loaders, text, titles, values])
def test_the_examples_of_the_docstrings(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


DATES = {
    "2024-03-05": "2024-03-05T00:00:00+00:00",
    "2024-03-05 08:00:00": "2024-03-05T08:00:00+00:00",
    "2024-03-05T08:00:00Z": "2024-03-05T08:00:00+00:00",
    "2024-03-05T08:00:00+08:00": "2024-03-05T08:00:00+08:00",
    "2024-03-05T08:00:00.123Z": "2024-03-05T08:00:00.123000+00:00",
    "2024-03-05 08:00:00.123456789+08:00": "2024-03-05T08:00:00.123456+08:00",
    "2024-03-05 08:00 +0800": "2024-03-05T08:00:00+08:00",
    "2024-03-05 08:00:00 -3": "2024-03-05T08:00:00-03:00",
    "2018-12-29 22:10": "2018-12-29T22:10:00+00:00",
    "2024-03-05 8:05 PM": "2024-03-05T20:05:00+00:00",
    "Tue, 05 Mar 2024 08:00:00 GMT": "2024-03-05T08:00:00+00:00",
    "Tue, 05 Mar 2024 08:00:00 +0800": "2024-03-05T08:00:00+08:00",
    "Tue Mar 05 2024 08:00:00 GMT+0800": "2024-03-05T08:00:00+08:00",
    "Mar 5, 2024": "2024-03-05T00:00:00+00:00",
    "5th March 2024": "2024-03-05T00:00:00+00:00",
    "2024/3/5": "2024-03-05T00:00:00+00:00",
    "2024/03/05 8:05": "2024-03-05T08:05:00+00:00",
    "2024.3.5": "2024-03-05T00:00:00+00:00",
    "2024年3月5日": "2024-03-05T00:00:00+00:00",
    "2024年3月5日（星期二）08:00": "2024-03-05T08:00:00+00:00",
    "2024年3月5日 下午3时20分": "2024-03-05T15:20:00+00:00",
    "二〇二四年十二月二十一日": "2024-12-21T00:00:00+00:00",
    "民國113年3月5日": "2024-03-05T00:00:00+00:00",
    "2024-03": "2024-03-01T00:00:00+00:00",
    "2024年3月": "2024-03-01T00:00:00+00:00",
    "2024": "2024-01-01T00:00:00+00:00",
    "20240305": "2024-03-05T00:00:00+00:00",
    "20240305083000": "2024-03-05T08:30:00+00:00",
    "1709596800": "2024-03-05T00:00:00+00:00",
    "1709596800500": "2024-03-05T00:00:00.500000+00:00",
    "25/03/2024": "2024-03-25T00:00:00+00:00",
    "03/25/2024": "2024-03-25T00:00:00+00:00",
}
UNREADABLE = (
    *("", "刚刚", "0000-00-00", "2024-02-30", "2024-13-45", "2024-03-05T25:00:00", "05/03/2024"),
    *(
        "2024-03-05 13:00 PM",
        "Foo 5, 2024",
        "十十年",
        "二〇二四年十十月",
        "0001-01-01T00:00:00+08:00",
    ),
    *("9" * 5000, "2024-03-05 08:00 +99:00", "2024-03-05\x00", "民國999999年", "-5", "1e400"),
)


@pytest.mark.parametrize(("written", "meant"), DATES.items(), ids=DATES)
def test_dates(written: str, meant: str) -> None:
    moment = dates.read(f" {written} ")
    assert moment is not None
    assert moment.isoformat() == meant


@pytest.mark.parametrize("written", UNREADABLE, ids=lambda text: repr(text[:20]))
def test_what_is_no_date(written: str) -> None:
    assert dates.read(written) is None


HEADINGS = {
    "# 题目\n\n文": "题目",
    "\n<!-- 注\n# 假 -->\n\n#  题 目 ##\n": "题 目",
    "题目\n===\n": "题目",
    "文章的题\n---\n\n文": "文章的题",
    "### 第一回　甄士隐\n----\n\n文": "第一回　甄士隐",
    "文。\n\n# 唯一\n\n## 小节\n": "唯一",
    "文。\n\n# 一\n\n文\n\n# 二\n": "",
    "文。\n\n## 小节\n": "",
    "```\n# 假\n```\n\n# 真\n": "真",
    "~~~~\n# 假\n~~~\n# 假\n~~~~\n文\n\n真\n==\n": "真",
    "    # 码\n\n文": "",
    "#话题 文": "",
    "#\n\n# 真\n": "真",
    "- 项\n---\n\n# 真\n": "真",
    "***\n---\n\n# 真\n": "真",
    "---\n\n# 真\n": "真",
    "| a |\n| - |\n\n# 真": "真",
    "# **粗** [链](http://a/(b)) `*码*` ![图](a.png) \\*星\\* &amp; 注[^1] <b>体</b> {#id}\n": (
        "粗 链 *码* 图 *星* & 注 体"
    ),
    "# snake_case_name 与 2 * 3 * 4\n": "snake_case_name 与 2 * 3 * 4",
    "# **甲**乙*丙*丁 ***戊*** _己_ ~~庚~~ C++ == 1 ** 2\n": "甲乙丙丁 戊 己 庚 C++ == 1 ** 2",
    "": "",
}


@pytest.mark.parametrize(("body", "heading"), HEADINGS.items(), ids=lambda value: repr(value[:24]))
def test_the_heading_that_names_a_body(body: str, heading: str) -> None:
    assert titles.heading(body) == heading


def test_metadata_strings_are_cleaned() -> None:
    assert text.clean("  两\n行\t\u2028题\x00目\ud800 \u200b") == "两 行 题目"
    assert text.clean("第一回　甄士隐") == "第一回　甄士隐"
    assert text.clean(" \u200b\u3000\ufeff") == ""
    assert text.clean("甲\u202e乙\u2066") == "甲乙"
    assert text.clean("👨‍👩‍👧") == "👨‍👩‍👧"


@pytest.mark.parametrize(
    ("head", "advice"),
    [
        ("+++\ntitle = 甲\n+++\n", 'title = "…"'),
        ('+++\ntitle = "甲"\ntitle = "乙"\n+++\n', "each name once"),
        ('{\n"title": "甲"\n"date": "2024"\n}\n', "a comma stands between two"),
        ('"title": "甲"\n"date": "2024"\n;;;\n', "a comma stands between two"),
        ("---\ntitle: 甲\ntags: [a, b\n---\n", "in quotes"),
    ],
)
def test_the_help_fits_the_kind_of_header(head: str, advice: str) -> None:
    [fault] = parse(head + BODY).findings
    assert fault.code == "header-syntax"
    assert advice in fault.help


def test_a_quoted_word_at_the_beginning_is_prose() -> None:
    source = '"title": 这是正文的第一句。\n\n第二段。\n'
    assert parse(source) == Parsed({}, source, 1)
