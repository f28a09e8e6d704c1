"""What holds of any text: it is well-formed, obeys the rules, loses nothing, comes out the same."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree
from xhtml_rules import fair, faults, inside

from publish.markdown import Options, fair_copy, plain_text
from publish.model import FairCopy

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
PROSE = st.text(HAN | st.sampled_from("，。“”（）《》、：abc XYZ019"), min_size=1, max_size=12)
ANY = st.text(max_size=20)
MARKS = st.sampled_from(
    [
        "\n", "\n\n", "  \n", "- ", "1. ", "> ", "    ", "\t", "# ", "###### ", "**", "*", "_",
        "~~",
        "`", "```\n", "~~~\n", "[", "](", "](x.md)", "![", "](a.png)", ")", "[^1]", "[^1]: ",
        "^[",
        "]", "$", "$$", "\n$$\n", "\\(", "\\)", "\\", "{#a}", "{.name}", "{lang=ja}", "|",
        "!!! note\n    ", "::: tip\n", ":::\n", "\n: ", "> [!NOTE]\n> ", "- [x] ", "[TOC]\n",
        "---\n",
        "===\n", "|a|b|\n|-|-|\n", "http://a.example/b", "&amp;", "&#0;", "&nbsp;", "&#xfdd0;",
        "　", "\x00", "\ufdd0", "\ufdd1", "\ufffe", "\r\n", "\u200b", "<!-- more -->",
    ]
)  # fmt: skip
NAMES = """p div b i a h1 h6 ul ol li dl dt dd table thead tbody tr td th caption figure figcaption
    pre code ruby rt rb rp rtc details summary blockquote section script style iframe video svg
    math mi mrow form input template noscript picture kbd u center font object head body html
    frameset plaintext xmp title x-y keygen foreignObject""".split()
TAGS = st.sampled_from(
    [f"<{name}>" for name in NAMES] + [f"</{name}>" for name in NAMES]
    + ["<br>", "<hr>", "<img src=a.png onerror=x>", "<img data-src='b.png'>", "<br/>", "<p/>",
       "<a href='javascript:x'>", '<a href="http://a.example" id=q>', "<a name=n>", '<p id="z">',
       "<td colspan=2>", "<li value=3>", "<ol start=5>", "<span lang=ja>", "<!--", "-->",
       "<![CDATA[", "]]>", "<?", "?>", "<!DOCTYPE html>", "<", "<a", '"', "'", "=", "/>",
       "<iframe src=http://a.example>", '<span data-own="0">', '<br data-own="pause">',
       "<math display=block>", '<pre><code class="language-py">', "<u class=name>"]
)  # fmt: skip
CODES = st.sampled_from(
    ['{{< figure src="a.png" title="t" >}}', "{{< note >}}", "{{< /note >}}", '{{% tip "x" %}}',
     "{{% /tip %}}", "{{< highlight go >}}", "{{< /highlight >}}", '{{< ruby "漢" "k" >}}',
     '{{< ref "a.md" >}}', "{{< youtube x >}}", "{{< nope >}}", "{{< /nope >}}", "{{<", ">}}", "{%",
     "%}", "{% raw %}", "{% endraw %}", "{% note info %}", "{% endnote %}", "{% asset_img a.png %}",
     "{{</* x */>}}", "{% tabs %}", "{% endtabs %}", "{{< math >}}", "{{< /math >}}",
     "{% btn a, b %}", "{{< details >}}", "{{< /details >}}", "{{#include a}}"]
)  # fmt: skip


def texts(*pieces: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(st.one_of(*pieces), max_size=25).map("".join)


DOCUMENTS = st.one_of(
    texts(PROSE, MARKS), texts(PROSE, TAGS), texts(PROSE, CODES, MARKS), texts(PROSE, MARKS, TAGS),
    texts(ANY, MARKS, TAGS, CODES),
)  # fmt: skip
WORDS = st.fixed_dictionaries(
    {},
    optional={
        "format": st.sampled_from(["markdown", "html"]),
        "hard_breaks": st.booleans(),
        "math": st.booleans(),
        "promote_bold": st.sampled_from(["auto", "always", "never"]),
        "title": PROSE,
        "title_from": st.sampled_from(["heading", "file name"]),
        "first_line": st.integers(1, 50),
    },
)
often = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # fmt: skip
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def letters(made: FairCopy) -> str:
    return "".join(map(str, etree.fromstring(made.xhtml).itertext()))


@often
@given(DOCUMENTS, WORDS)
@example("<dl><dt>{% asset_img a.png %}", {})
@example("[^1]:<l>", {})
@example("[^1]:[^1]", {})
@example("$$$$", {})
@example("<pre>^[a]", {})
@example("<ruby><rb><", {})
@example("<table><caption>", {})
@example("<figure><head></menu><h2>", {})
@example('<p id="z"><br>', {})
@example("{{<highlight>}}<u>\n: a", {})
def test_any_text_obeys_the_rules(body: str, words: dict[str, Any]) -> None:
    made = fair(body, **words)
    first, last = words.get("first_line", 1), body.count("\n") + body.count("\r") + 1
    assert not ILLEGAL.search(made.xhtml.decode())
    assert b"data-own" not in made.xhtml or "data-own" in body
    assert [heading.id for heading in made.headings] == [
        f"s{number}" for number in range(1, len(made.headings) + 1)
    ]
    ids = set(re.findall(r' id="([^"]*)"', inside(made)))
    assert {place for _, place in made.anchors} <= ids
    for finding in made.findings:
        str(finding).encode()
        assert finding.place is not None
        assert finding.place.line == 0 or first <= finding.place.line <= first + last
    for use in (*made.figures, *made.links):
        assert use.line == 0 or first <= use.line <= first + last


@often
@given(DOCUMENTS, WORDS)
def test_no_script_handler_or_foreign_resource_comes_through(
    body: str, words: dict[str, Any]
) -> None:
    root = etree.fromstring(fair(body, **words).xhtml)
    for node in root.iter():
        assert str(node.tag).rpartition("}")[2] not in {
            "script",
            "style",
            "iframe",
            "object",
            "form",
        }
        for key, value in node.attrib.items():
            assert not str(key).startswith(("on", "style", "src", "action", "background"))
            if key == "href":
                assert not re.match(r"(?i)[\x00-\x20]*(javascript|data|vbscript|file):", str(value))


PLAIN = st.lists(st.text(HAN | st.sampled_from("，。“”（）《》、！？"), min_size=1), min_size=1)


@often
@given(PLAIN, st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n"]))
@example(["题目", "字"], "\n\n")
def test_no_letter_of_prose_is_lost_and_no_space_added(lines: list[str], end: str) -> None:
    made = fair(end.join(lines), title="A")
    assert letters(made) == "".join(lines)
    assert plain_text(inside(made)).replace(" ", "") == "".join(lines)
    assert made.findings == ()


# Pieces that hold no text of their own and hide none.
HARMLESS = st.sampled_from(
    [
        "\n", "\n\n", "  \n", "- ", "1. ", "> ", "    ", "# ", "## ", "**", "*", "__", "~~",
        "\n```\n",
        "[", "](x.md)", '](x.md "t")', ")", "[^1]", "[^1]: ", "^[", "]", "\n$$\n", "{.name}",
        "{lang=ja}", "\n!!! note\n    ", "\n::: tip\n", "\n:::\n", "\n: ", "> [!NOTE]\n> ",
        "- [x] ",
        "---\n", "\n|a|\n|-|\n|", "|", "<br>", "<keygen>", '<a href="b">', "{{< note >}}",
        "{{< /note >}}", "{{< nope >}}", "{% tabs %}", "{% endtabs %}", "{{% tip %}}",
        "{{% /tip %}}",
    ]
    + [
        f"<{end}{name}>"
        for end in ("", "/")
        for name in (
            "p div b i table tr td ul li dl dt dd h2 blockquote center figure figcaption caption"
            " ruby span pre details summary a form"
        ).split()
    ]
)  # fmt: skip


@often
@given(st.lists(HARMLESS, max_size=30), st.sampled_from(["markdown", "html"]))
@example(["<i>", "<blockquote>", "<table>", "<b>", "</i>"], "html")
@example([">", "\n::: tip\n"], "markdown")
@example(["|a|\n|-|\n|b|"], "markdown")
@example(["</b>", "長" * 120], "html")
def test_no_letter_is_lost_whatever_the_markup(pieces: list[str], format: str) -> None:
    """Every piece is followed by a letter of its own, which must be found again."""
    signs = [chr(0x4E00 + 7 * number) for number in range(len(pieces))]
    body = "".join(f"{piece}{sign}" for piece, sign in zip(pieces, signs, strict=True))
    made = fair(body, format=format)
    kept = made.xhtml.decode() + "".join(finding.message for finding in made.findings)
    assert [sign for sign in signs if sign not in kept] == []


@settings(often, max_examples=150)
@given(DOCUMENTS, WORDS)
def test_what_comes_out_goes_through_again(body: str, words: dict[str, Any]) -> None:
    """A fair copy is HTML: it is read again without loss, and settles."""
    once = fair(body, **words)
    source = inside(once).replace("{", "&#123;")  # nothing in it is a shortcode any more
    twice = fair(source, format="html", promote_bold="never", title="")
    assert re.sub(r"\W", "", letters(twice)) == re.sub(r"\W", "", letters(once))


@settings(often, max_examples=100)
@given(DOCUMENTS, WORDS)
def test_the_same_text_gives_the_same_copy(body: str, words: dict[str, Any]) -> None:
    assert fair(body, **words) == fair(body, **words)


def test_the_same_text_gives_the_same_copy_in_any_process() -> None:
    body = (
        "# 甲\n\n**乙**[^a] {{< nope >}} <b>丙\n\n- [x] <i id='z'>\n\n[^a]: 戊\n\n```py\nx = 1\n```"
    )
    code = (
        "import sys; from publish.markdown import fair_copy;"
        f"copy = fair_copy({body!r}, title='t', title_from='', first_line=1, shown='a');"
        "sys.stdout.buffer.write(repr(copy).encode())"
    )
    copies = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(copies) == 1


# Beginnings that a careless parser reads again and again; a quadratic one would not end.
PATHOLOGICAL = (
    "*", "a**", "**字", "[", "![", "[a](", "[^", "^[", "<", "<a ", "<!--", "<![CDATA[", "<div>",
    "<b>字", "<svg>", "$", "$a", "\\(", "{{<", "{{< note >}}", "{% ", "{% raw %}", "::: tip\n",
    "> ", "- ", "|a", "&a", "_a", "~~a", "`a`{#", "http://", "[toc]\n", "{:.a}\n", "\xa0字",
    "<br>", "a<br><br>", "![](a)\n字\n", "<li>a", "<dl><dt>a<dd>b", "**甲**\n\n乙。\n\n",
    "<ruby>漢<rt>",
    "<noscript>", "<math>", "{{#include a}}\n", "<!-- tab a -->\n", "- {{< note >}}\n",
)  # fmt: skip


@pytest.mark.parametrize("piece", PATHOLOGICAL, ids=ascii)
def test_repetition_is_read_in_one_pass(piece: str) -> None:
    body = piece * (40_000 // len(piece) if "<" not in piece else 12_000 // len(piece))
    made = fair_copy(body, title="题", title_from="", first_line=1, shown="a.md", options=Options())
    if len(made.xhtml) < 400_000:
        assert faults(made.xhtml) == []
