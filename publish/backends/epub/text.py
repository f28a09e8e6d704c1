"""Characters that XML cannot hold, and text as it may stand in a document."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from html import escape, unescape
from typing import Any, TypeVar

from publish.model import Figure

T = TypeVar("T")

# XML 1.0, production 2 (Char): all but these, and surrogates, may stand in a document.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile("[ \t\r\n\u0085\u2028]+")
_INVISIBLE = re.compile("[\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u3000]+")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)
REPLACEMENT = "\ufffd"


def legal(value: T) -> T:
    """Return a plain value or dataclass whose strings XML can hold.

    An illegal character becomes U+FFFD, so that the reader sees that something was there. A
    value without any is returned as it is; bytes are left alone.
    """
    found: list[str] = []
    _gather(value, found.append)
    if not _ILLEGAL.search("\n".join(found)):  # nearly always, and ten times as fast
        return value
    changed: Any = _legal(value)
    return value if changed is None else changed


def _gather(value: Any, add: Callable[[str], None]) -> None:
    kind = type(value)
    if kind is str:
        add(value)
    elif kind is tuple:
        for item in value:
            _gather(item, add)
    elif kind is Figure:  # 20,000 of them, and their names are ours
        return
    elif kind in _SLOTS or dataclasses.is_dataclass(kind):
        if kind not in _SLOTS:
            _SLOTS[kind] = tuple(field.name for field in dataclasses.fields(kind))
        for name in _SLOTS[kind]:
            _gather(getattr(value, name), add)


_SLOTS: dict[type, tuple[str, ...]] = {}


def _legal(value: Any) -> Any:
    """Return the changed value, or None if nothing had to be changed."""
    if isinstance(value, str):
        return _ILLEGAL.sub(REPLACEMENT, value) if _ILLEGAL.search(value) else None
    if isinstance(value, tuple):
        new = [_legal(item) for item in value]
        if all(item is None for item in new):
            return None
        return tuple(old if item is None else item for old, item in zip(value, new, strict=True))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _legal(getattr(value, f.name)) for f in dataclasses.fields(value)}
        changed = {name: item for name, item in fields.items() if item is not None}
        return dataclasses.replace(value, **changed) if changed else None
    return None


def line(text: str) -> str:
    """Return a text as one line: breaks and runs of ASCII spaces become one space."""
    return _SPACE.sub(" ", text).strip(" ")


def bare(text: str) -> str:
    """Return a text without HTML tags and character references, which shops would show.

    >>> bare("甲<br/>乙 &amp; 1 < 2")
    '甲乙 & 1 < 2'
    """
    return unescape(_TAG.sub("", text)).strip()


def visible(text: str) -> bool:
    """Tell whether a text shows anything at all."""
    return bool(_INVISIBLE.sub("", text))


def quoted(text: str) -> str:
    """Return text for an element or a double-quoted attribute."""
    return escape(text, quote=True)
