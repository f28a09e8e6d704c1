"""Dates as people write them, read as moments; a naive one is taken as UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_TIME = (
    r"(?P<hour>\d{1,2})(?:[:：时時点點]\s?(?P<minute>\d{1,2})?)(?:[:：分]\s?(?P<second>\d{1,2})?)?秒?"
    r"(?:[.,](?P<fraction>\d{1,12}))?\s?(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s{0,3}(?P<zone>Z|z|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?(?::\d{2})?)?"
)
_NUMERIC = re.compile(
    r"(?P<year>\d{4})\s?[-/.年]\s?(?P<month>\d{1,2})"
    r"(?:\s?[-/.月]\s?(?P<day>\d{1,2})\s?[日号號]?|月)?"
    r"(?:\s{0,3}[(（]?(?:星期|周|週|礼拜)[一二三四五六日天][)）]?)?"
    rf"(?:(?:[Tt]|[\s,，]{{0,3}})(?P<early>上午|凌晨|早上)?(?P<late>下午|晚上)?\s?{_TIME})?"
)
_WORDS = re.compile(
    r"(?:[A-Za-z]{3,9},?\s{1,3})?"
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-](?P<name>[A-Za-z]{3,9})\.?,?|"
    r"(?P<name2>[A-Za-z]{3,9})\.?\s(?P<day2>\d{1,2})(?:st|nd|rd|th)?,?)"
    rf"[\s-](?P<year>\d{{4}})(?:,?\s{{1,3}}(?:at\s)?{_TIME})?"
)
_DAY_FIRST = re.compile(r"(?P<one>\d{1,2})[-/.](?P<two>\d{1,2})[-/.](?P<year>\d{4})")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?(Z?)")
_SECONDS = re.compile(r"(\d{9,10})(?:\.\d{1,9})?|(\d{12,13})")
_YEAR = re.compile(r"\d{4}")
_HAN_DATE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([正元一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十廿卅]{1,3})[日号號])?"
)
_MINGUO = re.compile(r"(?:中華)?民[國国]\s?(\d{1,3})\s?年")
_HAN = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}


def read(written: str) -> datetime | None:
    """Return the moment that a text means, or None if it means none for certain.

    ``05/03/2024`` is the fifth of March to some and the third of May to others, so it is None;
    a month or a year alone is its first day. The offset is kept as written.

    >>> read("2024年3月5日 08:00").isoformat(), read("2024-02-30")
    ('2024-03-05T08:00:00+00:00', None)
    """
    text = " ".join(written[:100].split())
    if not text or len(written) > 100 or not text.isprintable():
        return None
    try:
        moment = _read(text)
        if moment is not None:
            moment.astimezone(UTC)  # a moment outside the calendar of Python
    except (ValueError, LookupError, OverflowError):
        return None
    return moment


def _read(text: str) -> datetime | None:  # noqa: PLR0911 - a style a line
    if found := _NUMERIC.fullmatch(text):
        return _moment(found, int(found["month"]), int(found["day"] or 1))
    if text.isascii() and text[0].isdigit() and (moment := _digits(text)):
        return moment
    if found := _WORDS.fullmatch(text):
        month = _MONTHS.get((found["name"] or found["name2"])[:3].lower(), 0)
        return _moment(found, month, int(found["day"] or found["day2"]))
    if found := _DAY_FIRST.fullmatch(text):
        return _day_first(int(found["one"]), int(found["two"]), int(found["year"]))
    if found := _HAN_DATE.fullmatch(text):
        year = int("".join(str(_HAN[sign]) for sign in found[1]))
        return datetime(year, _han(found[2]), _han(found[3] or "一"), tzinfo=UTC)
    if found := _MINGUO.match(text):
        return _read(f"{int(found[1]) + 1911}年{text[found.end() :].lstrip()}")
    return None


def _digits(text: str) -> datetime | None:
    if found := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    if found := _SECONDS.fullmatch(text):
        seconds = int(found[1]) if found[1] else int(found[2]) / 1000
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    if _YEAR.fullmatch(text):
        return datetime(int(text), 1, 1, tzinfo=UTC)
    return None


def _moment(found: re.Match[str], month: int, day: int) -> datetime:
    names = found.groupdict()
    hour = int(names["hour"] or 0)
    if names["half"] or names.get("late"):
        if hour > 12:
            raise ValueError
        late = names.get("late") or str(names["half"])[0] in "Pp"
        hour = hour % 12 + (12 if late else 0)
    return datetime(
        int(names["year"]),
        month,
        day,
        hour,
        int(names["minute"] or 0),
        int(names["second"] or 0),
        int((names["fraction"] or "")[:6].ljust(6, "0")),
        tzinfo=_zone(names["zone"] or ""),
    )


def _zone(text: str) -> timezone:
    digits = re.sub(r"\D", "", text)
    if not digits:
        return UTC
    if len(digits) <= 2:
        digits = digits.zfill(2) + "00"
    digits = digits.zfill(4) if len(digits) == 3 else digits
    hours, minutes = int(digits[:2]), int(digits[2:4])
    if hours > 14 or minutes > 59:
        raise ValueError
    offset = timedelta(hours=hours, minutes=minutes)
    if not offset:
        return UTC
    return timezone(-offset if "-" in text else offset)


def _day_first(one: int, two: int, year: int) -> datetime | None:
    if one > 12:
        return datetime(year, two, one, tzinfo=UTC)
    if two > 12 or one == two:
        return datetime(year, one, two, tzinfo=UTC)
    return None


def _han(text: str) -> int:
    """Return 一 to 三十一 as a number."""
    text = text.replace("廿", "二十").replace("卅", "三十").replace("正", "一").replace("元", "一")
    tens, ten, units = text.rpartition("十")
    value = _HAN[units] if units else 0
    return value + (10 * (_HAN[tens] if tens else 1) if ten else 0)
