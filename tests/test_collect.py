"""Choosing, ordering, grouping."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.collect import collect
from publish.collect.choose import natural, path_matches
from publish.collect.groups import file_key
from publish.config import BookSettings, Choice
from publish.diagnostics import ContentError, UsageError
from publish.model import Archive, Article, Manuscript, Section


def article(identifier: str, day: str = "", **more: object) -> Article:
    when = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
    given = {"title": identifier, "title_from": "file name", "body": "文", "body_line": 1}
    return Article(
        id=identifier, path=f"/a/{identifier}", shown=identifier, digest="0", date=when,
        language="zh-Hans", **(given | more),  # type: ignore[arg-type]
    )  # fmt: skip


def archive(*articles: Article, sections: tuple[Section, ...] = ()) -> Archive:
    return Archive("/site/content", "/site", articles, sections)


def ids(manuscript: Manuscript) -> list[str]:
    return [found.id for found in manuscript.articles]


WEEKLY = archive(
    article("w/1.md", "2024-01-05", tags=("科技", "周刊")),
    article("w/2.md", "2024-02-05", tags=("周刊",)),
    article("w/3.md", "2024-04-05", tags=("广告",), categories=("商业",)),
    article("n/a.md", "2023-12-31", authors=("李白",)),
)


def test_order_is_by_date_when_articles_have_dates() -> None:
    [book] = collect(WEEKLY, BookSettings("all"))
    assert ids(book) == ["n/a.md", "w/1.md", "w/2.md", "w/3.md"]
    [turned] = collect(WEEKLY, BookSettings("all", order="-date"))
    assert ids(turned) == ids(book)[::-1]


def test_order_is_by_weight_when_any_has_one_and_sections_count() -> None:
    tree = archive(
        article("b/1.md", weight=2),
        article("b/2.md", weight=1),
        article("a/1.md", weight=1),
        article("c/1.md"),
        sections=(Section("b", "乙", 1), Section("a", "甲", 2)),
    )
    [book] = collect(tree, BookSettings("all"))
    assert ids(book) == ["b/2.md", "b/1.md", "a/1.md", "c/1.md"]


def test_paths_sort_as_people_count() -> None:
    tree = archive(*(article(f"第{n}回.md") for n in ("十一", "二", "一百零二", "十")))
    [book] = collect(tree, BookSettings("all"))
    assert ids(book) == ["第二回.md", "第十回.md", "第十一回.md", "第一百零二回.md"]
    assert natural("2.md") < natural("10.md")


def test_keys_are_and_and_lists_are_or_and_exclude_wins() -> None:
    chosen = BookSettings(
        "x",
        select=(Choice(path=("w",), tag=("周刊",)), Choice(author=("李白",))),
        exclude=(Choice(tag=("科技",)),),
    )
    [book] = collect(WEEKLY, chosen)
    assert ids(book) == ["n/a.md", "w/2.md"]


def test_dates_bound_inclusively() -> None:
    chosen = BookSettings("x", select=(Choice(since=date(2024, 1, 5), until=date(2024, 2, 5)),))
    [book] = collect(WEEKLY, chosen)
    assert ids(book) == ["w/1.md", "w/2.md"]


def test_explicit_articles_keep_their_order() -> None:
    [book] = collect(WEEKLY, BookSettings("x", articles=("w/2", "n/a.md")))
    assert ids(book) == ["w/2.md", "n/a.md"]


def test_an_unknown_article_brings_the_nearest() -> None:
    with pytest.raises(ContentError) as caught:
        collect(WEEKLY, BookSettings("x", articles=("w/22.md",)))
    assert "did you mean 'w/2.md'" in str(caught.value)


def test_no_article_left_is_an_error() -> None:
    with pytest.raises(ContentError, match="selects no article"):
        collect(WEEKLY, BookSettings("x", select=(Choice(tag=("没有",)),)))


@pytest.mark.parametrize(
    ("split", "names"),
    [
        ("year", ["x-2023", "x-2024"]),
        ("quarter", ["x-2023-q4", "x-2024-q1", "x-2024-q2"]),
        ("month", ["x-2023-12", "x-2024-01", "x-2024-02", "x-2024-04"]),
        ("week", ["x-2023-w52", "x-2024-w01", "x-2024-w06", "x-2024-w14"]),
        ("folder", ["x-n", "x-w"]),
        ("tag", ["x-科技", "x-周刊", "x-广告", "x-other"]),
        ("category", ["x-商业", "x-other"]),
        (3, ["x-01", "x-02"]),
    ],
)
def test_splits(split: str | int, names: list[str]) -> None:
    books = collect(WEEKLY, BookSettings("x", title="周刊 {group}", split=split))
    assert [book.name for book in books] == names
    together = {found for book in books for found in ids(book)}
    assert together == {found.id for found in WEEKLY.articles}


def test_a_split_by_tag_puts_an_article_in_each_of_its_books_but_parts_do_not() -> None:
    books = collect(WEEKLY, BookSettings("x", split="tag"))
    assert sum(len(book.articles) for book in books) == 5
    [book] = collect(WEEKLY, BookSettings("x", parts="tag"))
    assert len(book.articles) == 4
    assert [part.title for part in book.parts] == ["其他", "科技", "周刊", "广告"]


def test_names_that_make_one_file_name_stay_apart() -> None:
    tree = archive(
        article("a.md", "2024-01-01", tags=("c#",)),
        article("b.md", "2024-01-02", tags=("C++", "Ｃ＋＋", "c++")),
        article("c.md", "2024-01-03", tags=("C",)),
    )
    books = collect(tree, BookSettings("x", title="{group}", split="tag"))
    found = {book.title: (book.name, ids(book)) for book in books}
    assert found == {"c#": ("x-c-3", ["a.md"]), "C++": ("x-c-2", ["b.md"]), "C": ("x-c", ["c.md"])}
    folders = archive(article("a/b/1.md"), article("a-b/2.md"))
    assert len(collect(folders, BookSettings("x", split="folder"))) == 2
    [book] = collect(tree, BookSettings("x", parts="tag"))
    assert [part.title for part in book.parts] == ["c#", "C++", "C"]


def test_undated_articles_come_after_the_months_of_a_row_of_books() -> None:
    tree = archive(article("a.md"), article("b.md", "2024-01-01"), article("c.md", "2024-02-01"))
    books = collect(tree, BookSettings("x", split="month", order="date"))
    assert [book.name for book in books] == ["x-2024-01", "x-2024-02", "x-other"]


def test_forewords_of_a_summary_belong_to_no_part() -> None:
    tree = archive(article("pre.md", extra={}), article("a.md", extra={"part": "上编"}))
    [book] = collect(tree, BookSettings("x", parts="part", order="given"))
    assert [part.title for part in book.parts] == ["", "上编"]


def test_split_books_are_a_series() -> None:
    books = collect(WEEKLY, BookSettings("x", title="周刊 {group}", split="year"))
    assert [(book.title, book.series, book.position) for book in books] == [
        ("周刊 2023年", "周刊", 1),
        ("周刊 2024年", "周刊", 2),
    ]


def test_parts_take_the_titles_of_sections() -> None:
    tree = archive(article("a/1.md"), article("b/x/index.md"), sections=(Section("a", "甲部"),))
    [book] = collect(tree, BookSettings("x", parts="folder"))
    assert [part.title for part in book.parts] == ["甲部", "b"]


def test_titles_and_dates_come_from_the_articles() -> None:
    [one] = collect(archive(article("a.md", "2024-01-01", title="独篇")), BookSettings(""))
    assert (one.title, one.name) == ("独篇", "独篇")
    [many] = collect(WEEKLY, BookSettings(""))
    assert many.title == "site"
    assert many.date == datetime(2024, 4, 5, tzinfo=UTC)
    assert many.authors == ("李白",)


def test_subjects_of_the_book_come_before_tags_and_once() -> None:
    articles = archive(article("a.md", tags=("乙", "丙")))
    [book] = collect(articles, BookSettings("", subjects=("甲", "丙")))
    assert book.subjects == ("甲", "丙", "乙")


def test_a_wrong_placeholder_is_refused() -> None:
    with pytest.raises(UsageError, match="placeholder"):
        collect(WEEKLY, BookSettings("x", title="{grup}"))


def test_undated_articles_are_not_lost() -> None:
    tree = archive(article("a.md"), article("b.md", "2024-01-01"))
    books = collect(tree, BookSettings("x", split="month"))
    assert {book.name for book in books} == {"x-other", "x-2024-01"}


@given(st.text())
def test_any_text_makes_a_file_name(text: str) -> None:
    name = file_key(text)
    assert name
    assert not set(name) & set('/\\:*?"<>|\x00 ')
    assert len(name.encode()) <= 120


def test_globs() -> None:
    assert path_matches("a/b/c.md", "a/**/c.md")
    assert path_matches("a/c.md", "a/**/c.md")
    assert path_matches("a/b", "**")
    assert not path_matches("ab/c.md", "a")
