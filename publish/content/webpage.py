"""HTML files: what stands in the head, and the body that is the article."""

from __future__ import annotations

import html
import re

from publish.content.text import clean
from publish.content.values import Value

_TITLE = re.compile(r"<title\b[^<>]*>([^<]{0,2000})", re.IGNORECASE)
_H1 = re.compile(r"<h1\b[^<>]*>", re.IGNORECASE)
_H1_END = re.compile(r"</h1\s*>", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^<>]*>", re.IGNORECASE)
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
_META = re.compile(r"<meta\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
_LANG = re.compile(r"<html\b[^<>]*?\blang\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_NAMES = {
    "author": "author",
    "description": "description",
    "keywords": "keywords",
    "date": "date",
    "article:published_time": "date",
    "article:modified_time": "updated",
    "og:image": "thumbnail",
    "og:url": "canonical",
    "og:site_name": "sitename",
}
MAX_HEAD = 200_000


def cut(text: str, line: int) -> tuple[str, int]:
    """Return what stands inside ``body``, and its first line; the whole if there is no body."""
    opened = _BODY.search(text)
    if opened is None:
        return text, line
    end = len(text)
    for closed in _BODY_END.finditer(text, opened.end()):
        end = closed.start()
    return text[opened.end() : end], line + text.count("\n", 0, opened.end())


def fields(text: str) -> dict[str, Value]:
    """Return what the head of a page tells, in the words of front matter."""
    opened = _BODY.search(text)
    head = text[: min(opened.start() if opened else len(text), MAX_HEAD)]
    found: dict[str, Value] = {}
    if lang := _LANG.search(head):
        found["lang"] = lang[1]
    for tag in _META.finditer(head):
        attributes = {
            name.lower(): one or two or three
            for name, one, two, three in _ATTRIBUTE.findall(tag[0])
        }
        name = _NAMES.get((attributes.get("name") or attributes.get("property") or "").lower())
        if name and attributes.get("content"):
            found.setdefault(name, html.unescape(attributes["content"]))
    return found


def title(text: str) -> tuple[str, str]:
    """Return the title of a page and where it stands: "heading" or "title element".

    The first h1 is preferred where the title element only adds the name of the site to it.
    """
    named = _TITLE.search(text[:MAX_HEAD])
    whole = clean(html.unescape(named[1])) if named else ""
    first = heading(text)
    if first and (not whole or first in whole):
        return first, "heading"
    return whole, "title element" if whole else ""


def heading(text: str) -> str:
    """Return the text of the first h1."""
    opened = _H1.search(text)
    closed = _H1_END.search(text, opened.end(), opened.end() + 5000) if opened else None
    if opened is None or closed is None:
        return ""
    return clean(html.unescape(_TAG.sub("", text[opened.end() : closed.start()])))
