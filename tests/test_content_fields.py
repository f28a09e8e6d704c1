"""Front matter of many programs becomes the same fields of an Article."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from publish import content
from publish.diagnostics import Diagnostic
from publish.model import Article

EIGHT = timezone(timedelta(hours=8))


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Return the article of a file with a given front matter, and its findings."""

    def read(
        front: str, name: str = "post.md", body: str = "正文。"
    ) -> tuple[Article, tuple[Diagnostic, ...]]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{front}\n---\n\n{body}\n", "utf-8")
        archive = content.read(tmp_path, drafts=True)
        return archive.articles[0], archive.findings

    return read


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "author": ("author: 张三", {"authors": ("张三",)}),
    "authors in a text": ("author: 张三、李四", {"authors": ("张三", "李四")}),
    "a comma in a name": ("author: 'Doe, John'", {"authors": ("Doe, John",)}),
    "authors as a list": ("authors: [张三, 李四, 张三, 3]", {"authors": ("张三", "李四", "3")}),
    "author as a mapping": ("author: {name: 张三, url: x}", {"authors": ("张三",)}),
    "authors as mappings": (
        "authors: [{name: 张三}, {title: 李四}]",
        {"authors": ("张三", "李四")},
    ),
    "empty author, authors": ("authors: []\nauthor: 张三", {"authors": ("张三",)}),
    "tags": ("tags: [甲, 乙, 甲, null, '']", {"tags": ("甲", "乙")}),
    "tag text": ("tags: 甲, 乙，丙、丁", {"tags": ("甲", "乙", "丙", "丁")}),
    "one tag": ("tag: 单个 标签", {"tags": ("单个 标签",)}),
    "numbers as tags": ("tags: [2024, 1.10, no]", {"tags": ("2024", "1.10", "no")}),
    "keywords": ("keywords: [甲]", {"tags": ("甲",), "extra": {}}),
    "tags and keywords": (
        "tags: [甲]\nkeywords: [乙]",
        {"tags": ("甲",), "extra": {"keywords": ["乙"]}},
    ),
    "nested categories": ("categories:\n- [甲, 乙]\n- 丙", {"categories": ("甲", "乙", "丙")}),
    "category": ("category: 甲", {"categories": ("甲",)}),
    "series": ("series: [三讲]", {"series": "三讲"}),
    "two series": ("series: [甲, 乙]", {"series": "甲", "extra": {"series": ["甲", "乙"]}}),
    "summary": ("summary: |\n  一\n  二", {"summary": "一 二"}),
    "description": ("description: 述\nsummary: ''", {"summary": "述"}),
    "excerpt is a switch": ("excerpt: true", {"summary": "", "extra": {"excerpt": True}}),
    "lead": ("lead: 引", {"lead": "引"}),
    "subtitle": ("subtitle: 副题", {"lead": "副题"}),
    "thumbnail": ("thumbnail: https://a.b/c", {"cover": "https://a.b/c"}),
    "image": ("image: /img/a.png", {"cover": "/img/a.png"}),
    "featured image": ("featured_image: a.png", {"cover": "a.png"}),
    "featuredImage": ("featuredImage: a.png", {"cover": "a.png"}),
    "header-img": ("header-img: a.png", {"cover": "a.png"}),
    "photos": ("photos: ['', a.png, b.png]", {"cover": "a.png"}),
    "cover as a mapping": ("cover: {image: a.png, alt: 图}", {"cover": "a.png"}),
    "cover is a switch": ("cover: false\nimages: [a.png]", {"cover": "a.png"}),
    "featured resource": (
        "resources:\n- {name: featured-image, src: a.png}",
        {"cover": "a.png", "extra": {"resources": [{"name": "featured-image", "src": "a.png"}]}},
    ),
    "lang": ("lang: zh-CN", {"language": "zh-Hans"}),
    "lang as a list": ("lang: [zh-TW]", {"language": "zh-Hant-TW"}),
    "locale": ("locale: en_us", {"language": "en-US"}),
    "zh tells no script": ("language: zh", {"language": ""}),
    "translations": ("translations: [zh-CN]", {"extra": {"translations": ["zh-CN"]}}),
    "draft": ("draft: true", {"draft": True}),
    "draft in quotes": ('draft: "false"', {"draft": False}),
    "published: false": ("published: false", {"draft": True}),
    "published: a date": (
        "published: 2024-03-05",
        {"draft": False, "date": datetime(2024, 3, 5, tzinfo=UTC)},
    ),
    "status": ("status: draft", {"draft": True, "extra": {"status": "draft"}}),
    "weight": ("weight: 3", {"weight": 3}),
    "order": ("order: '-2'", {"weight": -2}),
    "slug": ("slug: on", {"slug": "on"}),
    "url": ("url: /a/b/", {"url": "/a/b/", "origin": ""}),
    "permalink": ("permalink: a.html", {"url": "a.html"}),
    "abbrlink": ("abbrlink: 012e5", {"url": "012e5"}),
    "aliases": ("aliases: [/x, /y]", {"url": "/x", "extra": {"aliases": ["/x", "/y"]}}),
    "url elsewhere": ("url: https://a.b/c", {"url": "https://a.b/c", "origin": "https://a.b/c"}),
    "source": ("source: https://a.b/c", {"origin": "https://a.b/c", "origin_name": ""}),
    "source by name": (
        "source: 晚报\nlink: https://a.b/",
        {"origin": "https://a.b/", "origin_name": "晚报"},
    ),
    "source as a link": (
        "source: '[晚报](https://a.b/c)'",
        {"origin": "https://a.b/c", "origin_name": "晚报"},
    ),
    "source as a mapping": (
        "source: {name: 晚报, url: https://a.b}",
        {"origin": "https://a.b", "origin_name": "晚报"},
    ),
    "canonicalURL": ("canonicalURL: https://a.b/c", {"origin": "https://a.b/c"}),
    "original is a switch": ("original: true", {"origin_name": "", "extra": {"original": True}}),
    "source of the generator": (
        "source: _posts/a.md",
        {"origin_name": "", "extra": {"source": "_posts/a.md"}},
    ),
    "date": ("date: '2024-03-05 08:00:00'", {"date": datetime(2024, 3, 5, 8, tzinfo=UTC)}),
    "date with offset": (
        "date: 2024-03-05T08:00:00+08:00",
        {"date": datetime(2024, 3, 5, 8, tzinfo=EIGHT)},
    ),
    "pubDate": (
        "pubDate: Tue, 05 Mar 2024 08:00:00 GMT",
        {"date": datetime(2024, 3, 5, 8, tzinfo=UTC)},
    ),
    "date before others": (
        "created: 2020-01-01\ndate: 2024-03-05",
        {
            "date": datetime(2024, 3, 5, tzinfo=UTC),
            "extra": {"created": "2020-01-01T00:00:00+00:00"},
        },
    ),
    "lastmod": ("lastmod: 2024-03-05", {"updated": datetime(2024, 3, 5, tzinfo=UTC)}),
    "empty date": ("date:\ncreated: 2024-03-05", {"date": datetime(2024, 3, 5, tzinfo=UTC)}),
    "capitals": (
        "Title: 题\nDate: 2024-03-05",
        {"title": "题", "date": datetime(2024, 3, 5, tzinfo=UTC)},
    ),
    "future": ("date: 2999-01-01", {"date": datetime(2999, 1, 1, tzinfo=UTC)}),
    "expired": (
        "expiryDate: 2001-01-01",
        {"extra": {"expiryDate": "2001-01-01T00:00:00+00:00"}},
    ),
    "anything else": (
        "x-y: {a: [1, 1.5, no, ~, '1', 012]}",
        {"extra": {"x-y": {"a": [1, 1.5, False, None, "1", "012"]}}},
    ),
    "title as written": (
        "title: 2024-01-01",
        {"title": "2024-01-01", "title_from": "front matter"},
    ),
    "title no": ("title: no", {"title": "no"}),
    "title 012": ("title: 012", {"title": "012"}),
    "title ~": ("title: ~", {"title": "Post", "title_from": "file name"}),
}


@pytest.mark.parametrize(("front", "wanted"), CASES.values(), ids=CASES)
def test_a_field_is_read(read: Any, front: str, wanted: dict[str, Any]) -> None:
    article, findings = read(front)
    assert {key: getattr(article, key) for key in wanted} == wanted
    assert findings == ()
    if wanted.get("date"):
        assert article.date.utcoffset() == wanted["date"].utcoffset()


SURPRISES: dict[str, tuple[str, dict[str, Any], str]] = {
    "title list": ("title: [一, 二]", {"title": "一、二"}, "field-type"),
    "title mapping": (
        "title: {a: 一}",
        {"title": "Post", "extra": {"title": {"a": "一"}}},
        "field-type",
    ),
    "date list": (
        "date: [2024-03-05, x]",
        {"date": datetime(2024, 3, 5, tzinfo=UTC)},
        "field-type",
    ),
    "no date": ("date: 刚刚", {"date": None}, "date-unreadable"),
    "impossible date": ("date: 2024-02-30", {"date": None}, "date-unreadable"),
    "ambiguous date": ("date: 05/03/2024", {"date": None}, "date-unreadable"),
    "weight": ("weight: 十", {"weight": None}, "field-type"),
    "broken weight": ("weight: 1.7", {"weight": 1}, "field-type"),
    "draft": ("draft: maybe", {"draft": False}, "field-type"),
    "categories": ("categories: {甲: 乙}", {"categories": ("甲",)}, "field-type"),
    "language": ("lang: 中文", {"language": ""}, "language-unknown"),
    "password": ("password: '1234'", {"extra": {}}, "article-password"),
}


@pytest.mark.parametrize(("front", "wanted", "code"), SURPRISES.values(), ids=SURPRISES)
def test_a_surprise_is_named_with_its_line(
    read: Any, front: str, wanted: dict[str, Any], code: str
) -> None:
    article, findings = read(f"x: 1\n{front}")
    assert {key: getattr(article, key) for key in wanted} == wanted | (
        {"extra": {"x": 1} | wanted["extra"]} if "extra" in wanted else {}
    )
    (finding,) = findings
    assert (finding.code, finding.severity.value) == (code, "warning")
    assert finding.place.line == 3


NAMES: dict[str, dict[str, Any]] = {
    "my-first-post.md": {"title": "My first post", "date": None, "slug": ""},
    "2024-01-02-slug.md": {"title": "Slug", "date": datetime(2024, 1, 2, tzinfo=UTC), "slug": ""},
    "_posts/2024-01-02-the-slug.md": {
        "title": "The slug",
        "date": datetime(2024, 1, 2, tzinfo=UTC),
        "slug": "the-slug",
    },
    "2024-01-02.md": {"title": "2024-01-02", "date": datetime(2024, 1, 2, tzinfo=UTC)},
    "2024-13-45-x.md": {"title": "X", "date": None},
    "版心_与_页边.md": {"title": "版心 与 页边"},
    "GPT-4.md": {"title": "GPT 4"},
    "bundle/index.md": {"title": "Bundle"},
    "2024-01-02-bundle/index.zh-tw.md": {
        "title": "Bundle",
        "language": "zh-Hant-TW",
        "date": datetime(2024, 1, 2, tzinfo=UTC),
    },
    "x.en.md": {"title": "X", "language": "en"},
    "x.zh-CN.md": {"title": "X", "language": "zh-Hans"},
    "x.zh-hant-hk.md": {"title": "X", "language": "zh-Hant-HK"},
    "x.zh.md": {"title": "X", "language": ""},
    "node.js.md": {"title": "Node.js", "language": ""},
    "zh-HK/news/a.md": {"title": "A", "language": "zh-Hant-HK"},
    "css/a.md": {"title": "A", "language": ""},
    "a.markdown": {"title": "A", "format": "markdown"},
}


@pytest.mark.parametrize(("name", "wanted"), NAMES.items(), ids=NAMES)
def test_a_name_tells_what_the_front_matter_does_not(
    read: Any, name: str, wanted: dict[str, Any]
) -> None:
    article, findings = read("x: 1", name)
    assert {key: getattr(article, key) for key in wanted} == wanted
    assert (article.title_from, findings) == ("file name", ())


def test_front_matter_outdoes_the_name(read: Any) -> None:
    article, _ = read(
        "title: 题\ndate: 2020-01-01\nlang: en\nslug: s", "_posts/2024-01-02-x.zh-TW.md"
    )
    assert (article.title, article.language, article.slug) == ("题", "en", "s")
    assert article.date == datetime(2020, 1, 1, tzinfo=UTC)


def test_the_first_heading_is_the_title_of_last_resort_but_one(read: Any) -> None:
    article, _ = read("x: 1", body="# **真**题\n\n文")
    assert (article.title, article.title_from) == ("真题", "heading")
    assert article.body.lstrip().startswith("# **真**题")


def test_a_web_page_is_its_body(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<!DOCTYPE html>\n<html lang="zh-TW"><head><title>題目 &amp; 二 - 某站</title>\n'
        '<meta name="author" content="張三"><meta content="述" name="description">\n'
        '<meta property="article:published_time" content="2024-03-05T08:00:00+08:00">\n'
        "</head>\n<body class=x>\n<h1>題目 &amp; <i>二</i></h1>\n<p>文</p></body></html>",
        "utf-8",
    )
    (article,) = content.read(tmp_path).articles
    assert article.format == "html"
    assert (article.title, article.title_from) == ("題目 & 二", "heading")
    assert (article.body, article.body_line) == ("\n<h1>題目 &amp; <i>二</i></h1>\n<p>文</p>", 6)
    assert (article.language, article.authors, article.summary) == ("zh-Hant-TW", ("張三",), "述")
    assert article.date == datetime(2024, 3, 5, 8, tzinfo=EIGHT)


def test_a_web_page_without_a_head_is_whole(tmp_path: Path) -> None:
    (tmp_path / "a.htm").write_text("---\ntitle: 题\n---\n<p>文</p>\n", "utf-8")
    (article,) = content.read(tmp_path).articles
    assert (article.title, article.body, article.body_line) == ("题", "<p>文</p>\n", 4)


@pytest.mark.shared
def test_every_field_of_the_seed_is_read_or_kept(shared: Path) -> None:
    archive = content.read(shared / "corpora" / "seed")
    (article,) = archive.articles
    assert archive.findings == ()
    assert article.title_from == "front matter"
    assert article.date == datetime(2025, 2, 8, 10, 25, 11, tzinfo=UTC)
    assert (article.tags, article.categories) == (("qq",), ("qq",))
    assert article.language == "zh-Hans"
    assert article.cover.startswith("https://")
    assert article.summary.endswith("...")
    assert set(article.extra) == {
        *("translations", "menu", "comments", "authorbox", "pager", "toc", "mathjax", "sidebar"),
        "widgets",
    }
    assert article.extra["translations"] == ["zh-CN"]
    assert article.extra["comments"] is False
    assert article.extra["widgets"] == ["search", "recent", "taglist"]
