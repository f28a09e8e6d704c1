"""Characters and strings: what may stand in XML, what is wide, what names a heading."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set: how sets of names are written here."""
    return frozenset(text.split())


OPEN, SHUT = "\ufdd0", "\ufdd1"  # noncharacters that fence the marks of prepare.py
MARK = re.compile(f"{OPEN}(\\d+){SHUT}")

# XML 1.0 section 2.2 (Char), and what it discourages: C1 controls and noncharacters.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ASTRAL = re.compile(
    "["
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\x85")

HAN = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
KANA = "\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff\uff66-\uff9f"
MARKS = (
    "\u3000-\u3004\u3008-\u3020\u302a-\u3037\u303c-\u303f\ufe10-\ufe1f\ufe30-\ufe6f"
    "\uff00-\uff65\uffe0-\uffef"
)
WIDE = HAN + KANA + MARKS + "\u3200-\u33ff\U0001f200-\U0001f2ff"
SHARED = "“”‘’…—·"  # marks that CJK text shares with others

_WIDE = re.compile(f"[{WIDE}\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")
_HAN = re.compile(f"[{HAN}]")


@lru_cache(maxsize=4096)
def is_wide(character: str) -> bool:
    """Tell whether a character belongs to CJK text: ideographs, kana, hangul, full-width marks."""
    return bool(_WIDE.match(character))


def has_han(text: str) -> bool:
    """Tell whether a text has an ideograph in it."""
    return bool(_HAN.search(text))


def clean(text: str) -> tuple[str, int]:
    """Return a text with LF line ends and only characters XML may hold, and how many it lost."""
    if "\r" in text or "\u2028" in text or "\u2029" in text or "\x85" in text:
        text = _LINE_ENDS.sub("\n", text)
    lost = 0
    if _ILLEGAL.search(text):
        text, lost = _ILLEGAL.subn("", text)
    if max(text, default="") > "\uffff":
        text, more = _ASTRAL.subn("", text)
        lost += more
    return text, lost


def escape(text: str) -> str:
    """Return a text as XML character data."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str) -> str:
    """Return a text as an XML attribute value, in double quotes."""
    if "\n" in text or "\t" in text:
        text = text.replace("\n", " ").replace("\t", " ")
    return f'"{escape(text).replace(chr(34), "&quot;")}"'


_REFERENCE = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);?")


def unescape(text: str) -> str:
    """Return HTML text with its character references resolved, illegal ones as U+FFFD."""
    return _REFERENCE.sub(_resolved, text) if "&" in text else text


def _resolved(match: re.Match[str]) -> str:
    found = html.unescape(match[0])
    if match[0].startswith("&#") and (not found or clean(found)[1]):
        return "\ufffd"
    return clean(found)[0]


_TAG = re.compile(r"<[^<>]*>")
_SILENT = re.compile(r"<(pre|math|rt|rp|figcaption|h[1-6])\b.*?</\1>", re.S)
_BREAK = re.compile(r"</(?:p|li|td|th|dt|dd|h[1-6]|figcaption|caption|pre)>|<br/>")


def joined(text: str) -> str:
    """Return a text on one line: no space for a line break between CJK characters."""
    text = re.sub(f"(?<=[{WIDE}])\n(?=[{WIDE}])", "", text.strip())
    return " ".join(text.split())


def bare(xhtml: str) -> str:
    """Return the text of a piece of XHTML."""
    return html.unescape(_TAG.sub("", xhtml))


def plain_text(xhtml: str) -> str:
    """Return the running text of a piece of canonical XHTML, without code, headings and notes.

    >>> plain_text('<p>A <em>b</em> &lt;c&gt;</p><p>d</p>')
    'A b <c> d'
    """
    text = _SILENT.sub(" ", re.sub(r'<a class="noteref".*?</a>', "", xhtml, flags=re.S))
    return joined(bare(_BREAK.sub("\n", text)))


def folded(text: str) -> str:
    """Return a title in the form in which titles are compared: letters and digits alone.

    >>> folded("第１章：Ａ b") == folded("第1章: a B")
    True
    """
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


_NOT_SLUG = re.compile(r"[^\w\- ]")


def slugs(text: str) -> tuple[str, ...]:
    """Return the anchors that site generators make of a heading: GitHub's, then others."""
    plain = " ".join(text.split())
    github = _NOT_SLUG.sub("", plain.lower()).replace(" ", "-")
    hexo = re.sub(r"[\s~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'<>,.?/]+", "-", plain).strip("-")
    pandoc = re.sub(r"[^\w\s.\-]", "", plain.lower()).replace(" ", "-").lstrip("0123456789.-_")
    return (github, hexo, hexo.lower(), pandoc, plain, plain.replace(" ", "-"))
