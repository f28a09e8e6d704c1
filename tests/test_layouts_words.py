"""Our own words in books: labels, dates, numerals."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import layouts
from publish.layouts import Labels
from publish.layouts.words import day, digits, months, numeral

LANGUAGES = ("zh-Hans", "zh-Hant", "zh-Hant-TW", "zh-Hant-HK", "ja", "en", "fr", "und", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word(language: str) -> None:
    words = layouts.labels(language)
    for field in fields(Labels):
        assert getattr(words, field.name).strip(), field.name


def test_words_follow_the_script() -> None:
    assert layouts.labels("zh-Hans").contents == "目录"
    assert layouts.labels("zh-Hant-HK").colophon == "版權頁"
    assert layouts.labels("ja").contents == "目次"
    assert layouts.labels("de").contents == "Contents"


def test_dates_are_written_as_the_language_does() -> None:
    date = datetime(2025, 2, 8, 23, 30, tzinfo=timezone(timedelta(hours=8)))
    assert day(date, "zh-Hans") == "2025年2月8日"
    assert day(date, "en") == "2025-02-08"
    assert day(None, "zh-Hans") == ""


def test_the_span_of_a_collection_is_shortened() -> None:
    first, last = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 11, 2, tzinfo=UTC)
    assert months(first, last, "zh-Hans") == "2024年3月—11月"
    assert months(first, last.replace(year=2025), "zh-Hant") == "2024年3月—2025年11月"
    assert months(None, last, "zh-Hans") == months(last, last, "zh-Hans") == "2024年11月"
    assert months(first, last, "en") == "2024-03–2024-11"
    assert months(first, None, "en") == ""


def value(text: str) -> int:
    """Read a Chinese numeral as a person does."""
    total, digit = 0, 0
    for sign in text:
        if sign in "千百十":
            total += (digit or 1) * {"千": 1000, "百": 100, "十": 10}[sign]
            digit = 0
        else:
            digit = "〇一二三四五六七八九".index(sign)
    return total + digit


@given(st.integers(1, 9999))
def test_a_numeral_can_be_read_again(number: int) -> None:
    written = numeral(number)
    assert value(written) == number
    assert "〇〇" not in written
    assert not written.endswith("〇")


@given(st.integers(0, 10**9))
def test_digits_stay_in_their_places(number: int) -> None:
    assert "".join(str("〇一二三四五六七八九".index(sign)) for sign in digits(number)) == str(
        number
    )


@pytest.mark.parametrize(
    ("number", "written"),
    [(7, "七"), (10, "十"), (12, "十二"), (20, "二十"), (110, "一百一十"), (205, "二百〇五")],
)
def test_numerals(number: int, written: str) -> None:
    assert numeral(number) == written
