"""Text and addresses as they may stand in a catalogue."""

from __future__ import annotations

import os
import posixpath
import re
from html import unescape
from urllib.parse import quote

# XML 1.0, production 2 (Char): all but these, and surrogates, may stand in a document.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile("[ \t\r\n\u0085\u2028]+")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)


def line(text: str) -> str:
    """Return a text as one line that XML and JSON can hold."""
    return _SPACE.sub(" ", _ILLEGAL.sub("\ufffd", text)).strip()


def prose(text: str) -> str:
    """Return a description without HTML tags, which most readers would show."""
    return _ILLEGAL.sub("\ufffd", unescape(_TAG.sub("", text))).strip()


def reference(target: str, page: str) -> str:
    """Return a relative reference (RFC 3986) from a page to a file, both below one root."""
    relative = posixpath.relpath(f"/{target}", posixpath.dirname(f"/{page}"))
    return quote(os.fsencode(relative))  # a colon too, which would make the start a scheme


def address(target: str, root: str) -> str:
    """Return the address of a file below the root's own."""
    return root.rstrip("/") + "/" + quote(os.fsencode(target))
