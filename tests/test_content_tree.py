"""Walking archives: the shapes of Hugo, Hexo, Jekyll, mdBook, GitBook, and of nothing at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from publish import content
from publish.diagnostics import Severity, UsageError
from publish.model import Archive, Section


def plant(root: Path, *files: str, **written: str) -> None:
    """Write files below a root: small articles, or what is given for a name with / as __."""
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: {path.stem.splitlines()[0]}\n---\n\n正文。\n", "utf-8")
    for name, text in written.items():
        path = root / name.replace("__", "/").replace("DOT", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def ids(archive: Archive) -> list[str]:
    return [article.id for article in archive.articles]


def codes(archive: Archive) -> list[str]:
    return [finding.code for finding in archive.findings]


def test_a_hugo_site(tmp_path: Path) -> None:
    plant(tmp_path, "content/post/b.md", "content/post/a/index.md", "content/post/a/more.md")
    plant(tmp_path, "content/post/a/index.en.md", "themes/t/README.md", "archetypes/default.md")
    plant(tmp_path, "public/x.md", "layouts/x.html")
    (tmp_path / "hugo.toml").write_text("title = '站'", "utf-8")
    plant(tmp_path, content___indexDOTmd="---\ntitle: 全站\n---\n")
    plant(tmp_path, content__post___indexDOTmd="---\ntitle: 文章\nweight: 3\n---\n\n栏目介绍。\n")
    archive = content.read(tmp_path)
    assert ids(archive) == ["post/a/index.en.md", "post/a/index.md", "post/a/more.md", "post/b.md"]
    assert (archive.root, archive.site) == (str(tmp_path / "content"), str(tmp_path))
    assert archive.sections == (Section("", "全站"), Section("post", "文章", 3))
    assert codes(archive) == ["left-out-section-text"]


@pytest.mark.parametrize("given", ["content", "content/zh-CN", "content/zh-CN/news"])
def test_the_site_is_found_from_below(tmp_path: Path, given: str) -> None:
    plant(tmp_path, "content/zh-CN/news/a.md")
    (tmp_path / "static").mkdir()
    archive = content.read(tmp_path / given)
    assert (archive.root, archive.site) == (str(tmp_path / given), str(tmp_path))
    assert archive.articles[0].path == str(tmp_path / "content/zh-CN/news/a.md")


def test_the_site_is_not_searched_without_end(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    plant(tmp_path, "1/2/3/4/a.md")
    deep = tmp_path / "1/2/3/4"
    assert content.read(deep).site == str(deep)
    assert content.read(deep.parent).site == str(tmp_path)


@pytest.mark.parametrize("config", [True, False])
def test_a_hexo_site(tmp_path: Path, config: bool) -> None:
    plant(tmp_path, "source/_posts/2024-01-02-a.md", "source/_posts/b.md", "source/about/index.md")
    plant(tmp_path, "node_modules/x/README.md", "source/_drafts/c.md")
    if config:
        (tmp_path / "_config.yml").write_text("title: 站", "utf-8")
    archive = content.read(tmp_path)
    assert ids(archive) == ["2024-01-02-a.md", "b.md"]
    assert archive.articles[0].slug == "a"
    assert (archive.root, archive.site) == (str(tmp_path / "source/_posts"), str(tmp_path))
    whole = content.read(tmp_path / "source")
    assert ids(whole) == ["_posts/2024-01-02-a.md", "_posts/b.md", "about/index.md"]
    assert codes(whole) == ["left-out-draft"]
    assert content.read(tmp_path / "source/_posts").site == str(tmp_path)


def test_a_jekyll_site(tmp_path: Path) -> None:
    plant(tmp_path, "_posts/2024-01-02-a.md", "index.md", "_layouts/x.html", "_config.yml")
    archive = content.read(tmp_path)
    (article,) = archive.articles
    assert (article.id, article.slug) == ("2024-01-02-a.md", "a")
    assert f"{article.date:%Y-%m-%d}" == "2024-01-02"
    assert archive.site == str(tmp_path)


SUMMARY = """# 目录

[前言](README.md)

# 第一部分

- [一](<ch/1.md>)
    - [一之二](./ch/1-2.md#锚)
- [没有](ch/9.md)
- [草稿]()
* [外](https://example.com/x.md)
* [越界](../x.md)

# 第二部分

1. [**二**](附%20录.md "题")
"""


@pytest.mark.parametrize("below", ["", "src/"])
def test_a_book_with_a_summary(tmp_path: Path, below: str) -> None:
    root = tmp_path / below
    plant(root, "README.md", "ch/1-2.md", "附 录.md", "unlisted.md", SUMMARYDOTmd=SUMMARY)
    plant(root, ch__1DOTmd="正文没有题。\n")
    archive = content.read(tmp_path)
    listed = {article.id: article for article in archive.articles}
    assert sorted(listed, key=lambda name: listed[name].weight or 0) == [
        *("README.md", "ch/1.md", "ch/1-2.md", "附 录.md"),
    ]
    assert (listed["ch/1.md"].title, listed["ch/1.md"].title_from) == ("一", "SUMMARY.md")
    assert [listed[name].extra.get("part") for name in ("README.md", "ch/1.md", "附 录.md")] == [
        *(None, "第一部分", "第二部分"),
    ]
    assert archive.sections == (Section("ch", "Ch", 2),)
    assert codes(archive) == ["summary-missing", "left-out-unlisted"]
    place = archive.findings[0].place
    assert place is not None
    assert place.line == 9
    assert archive.site == str(tmp_path)


def test_the_title_of_a_summary_is_the_title_of_the_whole(tmp_path: Path) -> None:
    plant(tmp_path, "a.md", SUMMARYDOTmd="# 书名\n\n- [甲](a.md)\n")
    assert content.read(tmp_path).sections == (Section("", "书名"),)


def test_a_summary_that_lists_nothing_is_an_article(tmp_path: Path) -> None:
    plant(tmp_path, "a.md", SUMMARYDOTmd="# 总结\n\n正文。\n")
    assert ids(content.read(tmp_path)) == ["SUMMARY.md", "a.md"]


def test_a_readme_is_an_article_only_where_it_must_be(tmp_path: Path) -> None:
    plant(tmp_path, "README.md")
    assert ids(content.read(tmp_path)) == ["README.md"]
    plant(tmp_path, "a.md", "b/README.md", "LICENSE.md", "CHANGELOG.md")
    archive = content.read(tmp_path)
    assert ids(archive) == ["a.md", "b/README.md"]
    assert codes(archive) == ["left-out-about"]
    assert archive.articles[1].title == "README"


def test_a_flat_folder_and_what_is_passed_over(tmp_path: Path) -> None:
    plant(tmp_path, "b.md", "A.MD", "c.mdown", "d.mkd", "e.markdown", "f.html", "x/g.htm")
    plant(tmp_path, ".git/a.md", ".hidden.md", "~$a.md", "a.md~", "node_modules/a.md")
    plant(tmp_path, "a.org", "b.rst", "c.txt", "d.png", "e.csv", "x/f.docx")
    archive = content.read(tmp_path)
    assert ids(archive) == ["A.MD", "b.md", "c.mdown", "d.mkd", "e.markdown", "f.html", "x/g.htm"]
    assert all(finding.severity is Severity.NOTE for finding in archive.findings)
    told = {finding.code: finding.message for finding in archive.findings}
    assert set(told) == {"left-out-hidden", "left-out-format", "left-out-machinery"}
    assert ".git, .hidden.md, a.md~, ~$a.md" in told["left-out-hidden"]
    assert "a.org, b.rst, c.txt, x/f.docx" in told["left-out-format"]


def test_one_file(tmp_path: Path) -> None:
    plant(tmp_path, "static/x.png", "content/a/index.md", "content/b.md")
    archive = content.read(tmp_path / "content/a/index.md")
    assert ids(archive) == ["index.md"]
    assert (archive.root, archive.site) == (str(tmp_path / "content/a"), str(tmp_path))
    plant(tmp_path, "note.txt", "x.org")
    assert ids(content.read(tmp_path / "note.txt")) == ["note.txt"]
    refused = content.read(tmp_path / "x.org")
    assert (refused.articles, codes(refused)) == ((), ["format-unknown"])


def test_an_index_named_alone_is_an_article(tmp_path: Path) -> None:
    plant(tmp_path, "_index.md")
    assert ids(content.read(tmp_path / "_index.md")) == ["_index.md"]


def test_several_at_once_are_one_archive(tmp_path: Path) -> None:
    plant(tmp_path, "a/index.md", "b/index.md", "b/c.md", "d.md")
    archive = content.read_all([tmp_path / "b", tmp_path / "a", tmp_path / "b/c.md"])
    assert archive.root == str(tmp_path)
    assert ids(archive) == ["a/index.md", "b/c.md", "b/index.md"]


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        content.read(tmp_path / "nothing")
    assert caught.value.findings[0].code == "path-missing"


def test_an_empty_folder(tmp_path: Path) -> None:
    assert content.read(tmp_path) == Archive(str(tmp_path), str(tmp_path), ())


def test_drafts_are_counted_or_taken(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "a.md",
        bDOTmd="---\ndraft: true\n---\n文\n",
        cDOTmd="---\npublished: no\n---\n文\n",
    )
    archive = content.read(tmp_path)
    assert ids(archive) == ["a.md"]
    (finding,) = archive.findings
    assert (finding.code, finding.severity) == ("left-out-draft", Severity.NOTE)
    assert "2 are left out, drafts: b.md, c.md" in finding.message
    taken = content.read(tmp_path, drafts=True)
    assert [article.draft for article in taken.articles] == [False, True, True]
    assert taken.findings == ()


def test_articles_without_text_are_left_out_and_named(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "a.md",
        bDOTmd="",
        cDOTmd="---\ntitle: 空\n---\n\n<!-- 待写 -->\n&nbsp;\u3000\u200b\n",
    )
    plant(tmp_path, dDOTmd="---\ntitle: 图\n---\n\n![](a.png)\n")
    archive = content.read(tmp_path)
    assert ids(archive) == ["a.md", "d.md"]
    assert sorted(codes(archive)) == ["article-empty", "left-out-empty"]


def test_one_bad_article_does_not_stop_the_others(tmp_path: Path) -> None:
    plant(tmp_path, "a.md", "z.md", bDOTmd="---\ntags: [\n---\n文\n")
    (tmp_path / "c.md").write_bytes(b"\xff\xfa\xfe")
    archive = content.read(tmp_path, shown=lambda path: f"here/{path.name}")
    assert ids(archive) == ["a.md", "z.md"]
    assert [str(finding.place) for finding in archive.findings] == [
        "here/b.md:3:1",
        "here/c.md:1:1",
    ]
    assert {finding.severity for finding in archive.findings} == {Severity.ERROR}
    assert archive.articles[0].shown == "here/a.md"


def test_links_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    plant(root, "a/x.md")
    plant(tmp_path, "outside.md", "elsewhere/y.md")
    (root / "up").symlink_to("..")
    (root / "self").symlink_to("self")
    (root / "inside").symlink_to("a")
    (root / "copy.md").symlink_to("a/x.md")
    (root / "out.md").symlink_to(tmp_path / "outside.md")
    (root / "gone.md").symlink_to("gone")
    (root / "else").symlink_to(tmp_path / "elsewhere")
    archive = content.read(root)
    assert ids(archive) == ["a/x.md"]
    found: dict[str, list[str]] = {}
    for finding in archive.findings:
        assert finding.place is not None
        found.setdefault(finding.code, []).append(Path(finding.place.file).name)
    assert found == {
        "link-broken": ["gone.md", "self"],
        "link-outside": ["else", "out.md", "up"],
        "left-out-link": ["root"],
    }


def test_a_root_that_is_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    plant(tmp_path, "real/a.md")
    (tmp_path / "link").symlink_to("real")
    archive = content.read(tmp_path / "link")
    assert ids(archive) == ["a.md"]
    assert archive.root == str(tmp_path / "link")


def test_names_that_differ_little_stay_apart(tmp_path: Path) -> None:
    plant(tmp_path, "Foo.md", "foo.md", "caf\u00e9.md", "cafe\u0301.md", "line\nbreak.md")
    names = ids(content.read(tmp_path))
    assert names == ["Foo.md", "caf\u00e9.md", "caf\u00e9~2.md", "foo.md", "line\\nbreak.md"]


def test_a_name_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    plant(tmp_path, "a.md")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb0\xa1.md")).write_text("文", "utf-8")
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    archive = content.read(tmp_path)
    assert ids(archive) == ["a.md"]
    (finding,) = archive.findings
    assert (finding.code, finding.severity) == ("unreadable", Severity.ERROR)
    str(finding).encode()


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    plant(tmp_path, *(f"{folder}/{name}.md" for folder in "cab" for name in "zxy"))
    once, again = content.read(tmp_path), content.read(tmp_path)
    assert once == again
    assert ids(once) == [f"{folder}/{name}.md" for folder in "abc" for name in "xyz"]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("corpus", "count", "root", "errors"),
    [
        ("seed", 1, "content", 0),
        ("news-mainroad", 59, "content", 0),
        ("weekly", 10, "", 0),
        ("weekly-full", 407, "", 0),
        ("hugo-coderzh", 52, "content", 0),  # 53, one of them a draft
        ("loveit-shortcodes", 26, "content", 0),  # and 5 pages of sections
        ("mdbook-trpl-zh", 55, "src", 0),  # SUMMARY.md itself and 2 that it does not list are not
        ("hexo-huli-tw", 34, "source/_posts", 0),
        ("novel-hongloumeng", 61, "", 0),
        ("classics-hant", 30, "", 0),
    ],
)
def test_real_archives_are_read_whole(
    shared: Path, corpus: str, count: int, root: str, errors: int
) -> None:
    folder = shared / "corpora" / corpus
    archive = content.read(folder)
    assert len(archive.articles) == count
    assert archive.root == str(folder / root)
    assert archive.site == str(folder)
    found = [finding for finding in archive.findings if finding.severity is Severity.ERROR]
    assert len(found) == errors
    assert all(article.title and article.title_from != "file name" for article in archive.articles)
    assert len(set(ids(archive))) == count
