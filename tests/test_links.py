"""Where links lead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.compiler.links import index, outside, resolve
from publish.model import Article


def article(identifier: str, **more: object) -> Article:
    given_ = {"title": identifier, "title_from": "", "body": "", "body_line": 1, "digest": ""}
    return Article(id=identifier, path="/", shown="", **(given_ | more))  # type: ignore[arg-type]


KNOWN = index(
    [
        article("post/one.md"),
        article("post/two/index.md"),
        article("post/three.zh-TW.md", slug="the-third"),
        article("_posts/2024-01-02-four.md", date=datetime(2024, 1, 2, tzinfo=UTC)),
        article("deep/er/five.md", origin="https://www.example.org/a/five/?utm=1"),
        article("post/中文 名.md", url="/custom/place/"),
        article("README.md"),
    ],
    site="https://blog.example.net",
)


@pytest.mark.parametrize(
    ("address", "start", "expected"),
    [
        ("two", "post/one.md", ("post/two/index.md", "")),
        ("two/", "post/one.md", ("post/two/index.md", "")),
        ("two/index.md#x", "post/one.md", ("post/two/index.md", "x")),
        ("../one.md", "post/two/index.md", ("post/one.md", "")),
        ("one.html#s", "post/two.md", ("post/one.md", "s")),
        ("/post/one/", "deep/er/five.md", ("post/one.md", "")),
        ("/post/three", "post/one.md", ("post/three.zh-TW.md", "")),
        ("the-third", "post/one.md", ("post/three.zh-TW.md", "")),
        ("/2024/01/02/four/", "post/one.md", ("_posts/2024-01-02-four.md", "")),
        ("https://example.org/a/five?utm=1", "post/one.md", ("deep/er/five.md", "")),
        ("https://blog.example.net/post/one", "README.md", ("post/one.md", "")),
        ("%E4%B8%AD%E6%96%87%20%E5%90%8D.md", "post/one.md", ("post/中文 名.md", "")),
        ("/custom/place", "post/one.md", ("post/中文 名.md", "")),
        ("ref:one.md#x", "post/two/index.md", ("post/one.md", "x")),
        ("ref:five", "post/one.md", ("deep/er/five.md", "")),
        ("#here", "post/one.md", ("post/one.md", "here")),
        ("#", "post/one.md", None),
        ("../../../../etc/passwd", "post/one.md", None),
        ("https://example.com/", "post/one.md", None),
        ("mailto:a@b.c", "post/one.md", None),
        ("http://[bad", "post/one.md", None),
    ],
)
def test_resolve(address: str, start: str, expected: tuple[str, str] | None) -> None:
    assert resolve(address, start, KNOWN) == expected


def test_a_name_that_two_articles_share_means_neither() -> None:
    known = index([article("a/x.md"), article("b/x.md")])
    assert resolve("ref:x", "c.md", known) is None
    assert resolve("ref:a/x", "c.md", known) == ("a/x.md", "")


def test_outside() -> None:
    assert outside("https://a.b/c") == "https://a.b/c"
    assert outside("//a.b/c") == "https://a.b/c"
    assert outside("mailto:a@b.c") == "mailto:a@b.c"
    assert outside("javascript:alert(1)") == ""
    assert outside("/about/") == ""
    assert outside("/about/", "https://blog.example.net") == "https://blog.example.net/about/"
    assert outside("data:text/html,x", "https://a.b") == ""


@given(st.text(max_size=60))
def test_no_address_raises(address: str) -> None:
    resolve(address, "post/one.md", KNOWN)
    outside(address, "https://a.b")
