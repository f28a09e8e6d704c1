"""The values of front matter: as written, and as what they mean."""

from __future__ import annotations

import re
from datetime import UTC, date, time

from publish.content import dates
from publish.content.text import scrub
from publish.model import Plain

MAX_DEPTH = 60


class Bare(str):
    """A scalar written without quotes, in its own letters: 012, no, 1.10, 2024-01-01.

    Whether it is a number or a title is for the key to say, so nothing is lost before that.
    """

    __slots__ = ()


Value = str | list["Value"] | dict[str, "Value"]
"""What a header holds: quoted text is ``str``, everything else that is no container ``Bare``."""

NULL = frozenset({"", "~", "null", "Null", "NULL"})
TRUE = frozenset({"true", "yes", "on", "y", "1", "是", "真"})
FALSE = frozenset({"false", "no", "off", "n", "0", "否", "假"})
_BOOLEAN = {
    form: word in ("true", "yes", "on")
    for word in ("true", "yes", "on", "false", "no", "off")
    for form in (word, word.title(), word.upper())
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?[0-9]{1,20}\.[0-9]{0,20}(?:[eE][-+]?[0-9]{1,2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].{1,40})?")


class TooDeepError(ValueError):
    """A header is nested more deeply than any that a person wrote."""


def is_null(value: Value) -> bool:
    """Tell whether a value says that there is none."""
    return isinstance(value, Bare) and str(value) in NULL


def bare(value: object, depth: int = 0) -> Value:  # noqa: PLR0911 - a case a line
    """Return what a TOML or JSON parser gave, with its scalars as text again.

    Raises:
        TooDeepError: it is nested more than ``MAX_DEPTH`` levels.
    """
    if depth > MAX_DEPTH:
        raise TooDeepError
    if isinstance(value, dict):
        return {scrub(str(key)): bare(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [bare(inner, depth + 1) for inner in value]
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return Bare({True: "true", False: "false", None: "null"}[value])
    if isinstance(value, date | time):
        return Bare(value.isoformat())
    if isinstance(value, int) and value.bit_length() > 1024:
        return Bare(hex(value))  # Python refuses to write such a number in tens
    return Bare(value)


def plain(value: Value) -> Plain:  # noqa: PLR0911 - a case a line
    """Return a value as what it means by itself: a number, a truth, an ISO date, a text.

    >>> [plain(Bare(text)) for text in ("12", "012", "1.5", "no", "~", "1:30")]
    [12, '012', 1.5, False, None, '1:30']
    """
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if not isinstance(value, Bare):
        return scrub(value)
    text = scrub(str(value))
    if text in NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    moment = dates.read(text) if _DATE.fullmatch(text) else None
    return text if moment is None else moment.astimezone(UTC).isoformat()
