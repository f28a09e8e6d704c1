"""Configuration: layers, lines, nearest names."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from publish import config
from publish.config.books import parse_day
from publish.config.lines import key_lines, line_of
from publish.diagnostics import UsageError


def load(folder: Path, text: str, env: dict[str, str] | None = None) -> config.Loaded:
    file = folder / "publish.toml"
    file.write_text(text, encoding="utf-8")
    return config.load(folder, file, env)


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        config.settle(load(folder, text))
    return [str(finding) for finding in caught.value.findings]


def test_without_a_file_there_is_one_book_of_everything(tmp_path: Path) -> None:
    [book] = config.settle(config.load(tmp_path))
    assert book.to == ("epub", "pdf")
    assert [edition.name for edition in book.editions] == ["source"]


def test_the_file_of_the_design_is_read(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        """
[project]
title = "文集"
language = "zh-Hans"
[defaults]
to = ["epub", "pdf"]
editions = ["zh-Hans", "zh-Hant-TW"]
layout = "classic"
order = "date"
[books.weekly]
title = "周刊 {group}"
select  = [{ path = ["weekly/**"] }]
exclude = [{ tags = ["广告"] }]
split = "quarter"
parts = "month"
[editions.zh-Hant-TW]
convert = "s2twp"
phrases = ["phrases/names.txt"]
[figures]
missing = "placeholder"
[figures.mirrors]
"https://example.com/" = "http://127.0.0.1:8000/"
""",
    )
    [book] = config.settle(loaded)
    assert book.name == "weekly"
    assert book.select[0].path == ("weekly/**",)
    assert book.exclude[0].tag == ("广告",)
    assert book.editions[1].convert == "s2twp"
    assert book.editions[1].phrases == ("phrases/names.txt",)
    assert loaded.config.figures.mirrors == {"https://example.com/": "http://127.0.0.1:8000/"}


def test_all_unknown_keys_are_named_with_line_and_nearest(tmp_path: Path) -> None:
    found = faults(tmp_path, '[project]\ntitel = "x"\n\n[books.a]\nsplitt = "month"\n')
    assert found == [
        (
            "publish.toml:2: error[config-key]: unknown key 'titel' in [project]\n"
            "  help: did you mean 'title'?"
        ),
        (
            "publish.toml:5: error[config-key]: unknown key 'splitt' in [books.a]\n"
            "  help: did you mean 'split'?"
        ),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[project]\ntitle = 3\n", "publish.toml:2: error[config-value]: project.title"),
        ("[books.a]\nsplit = 'monthly'\n", "did you mean 'month'?"),
        ("[books.a]\neditions = ['zh-Haus']\n", "did you mean 'zh-Hans'?"),
        ("[books.a]\norder = 'dat'\n", "did you mean 'date'?"),
        ("[books.a]\nselect = {since = 'soon'}\n", "'soon' is no date"),
        ("[books.a]\nsplit = 0\n", "at least one"),
        ("[books.a]\ndate = '2024-02-30'\n", "publish.toml:2: error[config-value]: date: '2024"),
        ("[defaults]\ndate = 2024\n", "date: '2024' is no day\n  help: write a whole date"),
        ("[books.a]\ndate = true\n", "books.a.date: text is wanted"),
        ("[books.a]\nsource = 'example.org'\n", "'example.org' is no web address\n  help: write"),
        ("[books.a]\nsource = 'https://a b/'\n", "'https://a b/' is no web address"),
        ("title = \n", "publish.toml:1:9: error[config-syntax]"),
        ("[books.a]\nexclude = 'x/**'\n", "books.a.exclude: a table or a list is wanted, not text"),
        ("[project]\ntitle = 3\n", "text is wanted, not a whole number\n  help: text stands in q"),
        ("[figures]\njobs = 0\n", "figures.jobs: a whole number is wanted, at least 1"),
        ("[figures]\ntimeout = 0\n", "figures.timeout: a number is wanted, more than 0"),
        ("[figures]\njpeg_quality = 500\n", "at most 100"),
        (
            "[figures]\nmissing = 'eror'\n",
            "'eror' is none of its values\n  help: did you mean 'error'",
        ),
        ("[defaults.epub]\ntoc_depth = 9\n", "defaults.epub.toc_depth: a whole number is wanted"),
        (
            "[figures.mirrors]\n'https://' = 'x'\n",
            "publish.toml:2: error[config-value]: figures.mir",
        ),
        ("[figures.mirrors]\n'a.org' = 'http://b'\n", "no address of a figure begins with 'a.org'"),
        ("[project]\nlanguage = 'Chinese!'\n", "publish.toml:2: error[config-value]: project.lang"),
        (
            "[editions.mine]\nconvert = 's2t'\n[books.a]\neditions = ['mine']\n",
            "publish.toml:1: error[config-value]: editions.mine.language: it is not set",
        ),
        (
            "[editions.mine]\nlanguage = 'zh-Hnat'\n[books.a]\neditions = ['mine']\n",
            "'zh-Hnat' is none of its values\n  help: did you mean 'zh-Hant'?",
        ),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in "\n".join(faults(tmp_path, text))


@pytest.mark.parametrize("day", ["2024-03-05", "'2024-03-05'", "2024-03-05T08:00:00+08:00"])
def test_the_day_of_a_book_is_a_date_or_text(tmp_path: Path, day: str) -> None:
    text = f"[defaults]\nsubjects = '甲'\nsource = 'https://a.org/'\n[books.a]\ndate = {day}\n"
    [book] = config.settle(load(tmp_path, text))
    assert book.date == datetime(2024, 3, 5)  # noqa: DTZ001 - a day has no zone
    assert (book.subjects, book.source) == (("甲",), "https://a.org/")


def test_environment_lies_over_the_file(tmp_path: Path) -> None:
    env = {"PUBLISH_FIGURES__JOBS": "3", "PUBLISH_PROJECT__TITLE": "别名", "HOME": "/"}
    loaded = load(tmp_path, '[project]\ntitle = "原名"\n', env)
    assert loaded.config.figures.jobs == 3
    assert loaded.config.project.title == "别名"
    assert loaded.origin(("project", "title")) == "environment"


def test_what_the_environment_writes_is_text_where_text_is_wanted(tmp_path: Path) -> None:
    env = {"PUBLISH_PROJECT__TITLE": "2024", "PUBLISH_DEFAULTS__SPLIT": "20",
           "PUBLISH_EDITIONS__A__TITLE": "1.10", "PUBLISH_FIGURES__MIRRORS": '{"http://a/" = "http://b/"}',
           "PUBLISH_DEFAULTS__SELECT": "{tags = '甲', since = 2024}"}  # fmt: skip
    loaded = load(tmp_path, "", env)
    assert loaded.config.project.title == "2024"
    assert loaded.config.defaults.split == 20
    assert loaded.config.editions["a"].title == "1.10"
    assert loaded.config.figures.mirrors == {"http://a/": "http://b/"}
    [book] = config.settle(loaded)
    assert (book.select[0].tag, book.select[0].since) == (("甲",), date(2024, 1, 1))


@pytest.mark.parametrize("name", ["PUBLISH_TOKEN", "PUBLISH_", "PUBLISHER__X", "PUBLISH_URL"])
def test_variables_of_others_are_left_alone(tmp_path: Path, name: str) -> None:
    assert load(tmp_path, "", {name: "1"}).config == config.Config()


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"PUBLISH_FIGURES_JOBS": "2"}, "did you mean 'PUBLISH_FIGURES__JOBS'?"),
        ({"PUBLISH_FIGURES": "1", "PUBLISH_FIGURES__JOBS": "2"}, "PUBLISH_FIGURES names no key"),
        ({"PUBLISH_BOOKS__A": "1", "PUBLISH_BOOKS__A__TITLE": "x"}, "inside something that is no"),
        ({"PUBLISH_FIGURES__JOSB": "2"}, "did you mean 'jobs'?"),
        ({"PUBLISH_A____B": "2"}, "unknown key 'a'"),
    ],
)
def test_a_slip_in_the_environment_is_named(
    tmp_path: Path, env: dict[str, str], expected: str
) -> None:
    with pytest.raises(UsageError, match="environment: error") as caught:
        load(tmp_path, "", env)
    assert expected in str(caught.value)


def test_origin_names_the_line(tmp_path: Path) -> None:
    loaded = load(tmp_path, '[project]\n\ntitle = "x"\n')
    assert loaded.origin(("project", "title")) == "publish.toml:3"
    assert loaded.origin(("project", "author")) == "default"


def test_bare_dates_and_parts_of_dates(tmp_path: Path) -> None:
    [book] = config.settle(
        load(tmp_path, "[books.a]\nselect = {since = 2024-02-03, until = '2024-02'}\n")
    )
    assert book.select[0].since == date(2024, 2, 3)
    assert book.select[0].until == date(2024, 2, 29)
    assert parse_day("2024", last=True) == date(2024, 12, 31)
    assert parse_day("2023-12", last=True) == date(2023, 12, 31)


def test_lines_of_dotted_and_quoted_keys() -> None:
    lines = key_lines('[a."b c"]\nx.y = 1\n[[d]]\nz=2\n')
    assert lines[("a", "b c")] == 1
    assert lines[("a", "b c", "x", "y")] == 2
    assert line_of(("d", "z", "deeper"), lines) == 4
    assert line_of(("nowhere",), lines) == 0
