"""Hostile Markdown, and all real archives: every article becomes a sound fair copy."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from xhtml_rules import fair, faults, inside, told

from publish import content
from publish.content import header
from publish.markdown import fair_copy
from publish.model import Article, FairCopy

pytestmark = pytest.mark.shared

# What each case is told of: codes in the order of their lines, and no others.
EXPECTED: dict[str, tuple[str, ...]] = {
    "big-paragraph.md": (),
    "no-break-line.md": (),
    "nested-list-1000.md": ("nesting-deep",),
    "nested-list-indent-300.md": ("nesting-deep",),
    "nested-quote-1000.md": ("nesting-deep",),
    "nested-html-5000.md": (),
    "brackets.md": ("html-unclosed",),
    "footnotes-1000.md": (),
    "footnotes-odd.md": ("note-duplicate", "note-unused"),
    "footnotes-same-labels.md": (),
    "table-200.md": ("table-wide",),
    "table-5000-rows.md": ("table-ragged",),  # a pipe in code divides cells: the third is a fourth
    "table-odd.md": ("table-ragged",),
    "headings.md": ("heading-empty",),
    "lists-cjk.md": ("indent-removed",) * 2,
    "emphasis-cjk.md": (),
    "empty-paras.md": ("blank-removed",),
    "images-odd.md": (),
    "images-traversal.md": ("link-dropped", "html-dropped"),
    "images-ssrf.md": (),
    "links.md": ("link-dropped",) * 5,
    "html-unclosed.md": ("blank-removed", "html-unclosed"),
    "html-active.md": (*("html-dropped",) * 2, "link-dropped", "html-dropped", "math-unreadable"),
    "html-good.md": (),
    "data-uri-huge.md": ("html-dropped",),
    "math.md": ("math-unreadable",) * 3,
    "mermaid-code.md": (),
    "shortcodes.md": (
        "shortcode-unclosed",
        "shortcode-unknown",
        "contents-dropped",
        "include-unread",
        "attributes-dropped",
    ),
    "opencc-traps.md": (),
    "duplicate-of-big.md": (),
}


@pytest.fixture(scope="module")
def cases(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("torture")
    make = shared / "torture" / "make_torture.py"
    subprocess.run([sys.executable, make, folder], check=True, capture_output=True, cwd=folder)
    return folder / "d-markdown"


def made(cases: Path, name: str) -> FairCopy:
    parsed = header.parse((cases / name).read_bytes(), name)
    return fair(parsed.body, first_line=parsed.body_line, shown=name)


def test_every_case_of_the_manifest_is_expected_here(cases: Path) -> None:
    assert {path.name for path in cases.glob("*.md")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_case(cases: Path, name: str) -> None:
    copy = made(cases, name)
    assert tuple(code for code, _ in told(copy)) == EXPECTED[name]
    assert all(line > 0 for _, line in told(copy))


def test_emphasis_leaves_no_asterisk(cases: Path) -> None:
    assert "*" not in inside(made(cases, "emphasis-cjk.md"))


def test_notes_link_both_ways(cases: Path) -> None:
    copy = made(cases, "footnotes-1000.md")
    assert copy.notes == 1000
    text = inside(copy)
    for number in (1, 500, 1000):
        assert f'id="fnref{number}" href="#fn{number}"' in text
        assert f'id="fn{number}"' in text
        assert f'href="#fnref{number}">[{number}]</a>' in text


def test_tables_keep_every_row_and_cell(cases: Path) -> None:
    assert inside(made(cases, "table-5000-rows.md")).count("<tr>") == 5001
    assert inside(made(cases, "table-200.md")).count("<th ") == 200
    assert "<td>3</td>" in inside(made(cases, "table-odd.md"))


def test_blank_paragraphs_and_spaces_go(cases: Path) -> None:
    text = inside(made(cases, "empty-paras.md"))
    assert text == "".join(f"<p>第{number}</p>" for number in ("一段", "二段", "三段", "四行"))


def test_nothing_active_is_left(cases: Path) -> None:
    for name in ("html-active.md", "images-traversal.md", "data-uri-huge.md", "html-unclosed.md"):
        root = etree.fromstring(made(cases, name).xhtml)
        names = {str(node.tag).rpartition("}")[2] for node in root.iter()}
        assert not names & {"script", "style", "form", "input", "iframe", "object", "svg", "base"}
        addresses = [str(node.get("href", "")) for node in root.iter()]
        assert not [a for a in addresses if re.match(r"(?i)\s*(javascript|file|data|vbscript):", a)]


def test_text_after_open_tags_is_kept(cases: Path) -> None:
    assert "后面的正文。" in inside(made(cases, "html-unclosed.md"))


def test_addresses_end_before_the_stop(cases: Path) -> None:
    found = [link.address for link in made(cases, "links.md").links]
    assert found.count("https://zh.wikipedia.org/wiki/A_(B)") == 2


def test_prices_are_no_math_and_bad_math_is_code(cases: Path) -> None:
    text = inside(made(cases, "math.md"))
    assert "价格 $5 到 $10" in text
    assert '<code class="math">\\input{/etc/passwd}</code>' in text
    assert text.count("<math ") == 8


def test_no_shortcode_is_left_but_those_shown_as_code(cases: Path) -> None:
    text = re.sub("<code>.*?</code>", "", inside(made(cases, "shortcodes.md")))
    assert re.findall(r"\{\{&lt;.*?&gt;\}\}", text) == ['{{&lt; figure src="不要执行" &gt;}}']


def test_code_and_addresses_are_as_written(cases: Path) -> None:
    text = inside(made(cases, "opencc-traps.md"))
    assert "<code>后台发布()</code>" in text
    assert '<span lang="ja" xml:lang="ja">芸術、図書館、発音</span>' in text
    assert 'href="https://example.com/软件/后台"' in text


# --- real archives -----------------------------------------------------------------------------

ARCHIVES = {  # archive -> articles that it has at least
    "seed": 1, "news-mainroad": 55, "weekly": 10, "hugo-coderzh": 50, "loveit-shortcodes": 25,
    "mdbook-trpl-zh": 50, "hexo-huli-tw": 30, "novel-hongloumeng": 60, "classics-hant": 30,
    "weekly-full": 400,
}  # fmt: skip


def copied(article: Article) -> FairCopy:
    return fair_copy(
        article.body,
        format=article.format,
        title=article.title,
        title_from=article.title_from,
        first_line=article.body_line,
        shown=article.shown,
    )


def han(text: str) -> str:
    return re.sub("[^\u4e00-\u9fff]", "", text)


@pytest.mark.slow
@pytest.mark.parametrize("archive", ARCHIVES)
def test_every_article_of_an_archive_is_sound(archive: str, shared: Path) -> None:
    articles = content.read(shared / "corpora" / archive, drafts=True).articles
    assert len(articles) >= ARCHIVES[archive]
    for article in articles:
        copy = copied(article)
        assert faults(copy.xhtml) == [], article.shown
        text = copy.xhtml.decode()
        assert "****" not in re.sub("<code.*?</code>", "", text, flags=re.S), article.shown
        assert not re.search(
            "[\u4e00-\u9fff] ?\n ?[\u4e00-\u9fff]", re.sub("<pre.*?</pre>", "", text, flags=re.S)
        )
        lines = article.body_line + article.body.count("\n")
        for code, line in told(copy):
            assert article.body_line <= line <= lines, (article.shown, code)


@pytest.mark.slow
@pytest.mark.parametrize("archive", ["seed", "novel-hongloumeng", "classics-hant", "weekly"])
def test_no_han_character_of_plain_archives_is_lost(archive: str, shared: Path) -> None:
    """Archives with little markup, in which all Han is text: none may be missing."""
    for article in content.read(shared / "corpora" / archive, drafts=True).articles:
        copy = copied(article)
        kept = copy.xhtml.decode() + copy.origin_name + article.title
        lost = [sign for sign in set(han(article.body)) if sign not in kept]
        assert lost == [], article.shown
        assert len(han(kept)) >= len(han(article.body)) * 0.99


def test_the_seed_article_is_tidy(shared: Path) -> None:
    [article] = content.read(shared / "corpora" / "seed").articles
    copy = copied(article)
    assert [heading.text for heading in copy.headings[:2]] == ["01", "02"]
    assert copy.origin.startswith("https://")
    assert len(copy.figures) == 2
    codes = {code for code, _ in told(copy)}
    assert codes == {"spaces-normalised", "heading-promoted", "debris-removed", "origin-taken"}
