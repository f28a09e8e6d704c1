"""SUMMARY.md of mdBook and GitBook: which files are chapters, in what order, in which part."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from publish.content.keeping import Entry
from publish.content.titles import plain

_ENTRY = re.compile(
    r"(?P<indent>\s*)(?:[-*+]\s+|\d+[.)]\s+)?"
    r"\[(?P<title>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]\(\s*<?(?P<path>[^<>\n]*?)>?\s*(?:\"[^\"]*\")?\)\s*"
)
_HEADING = re.compile(r" {0,3}(?P<marks>#{1,3})\s+(?P<text>.*)")
_NO_TITLE = re.compile(r"(?:table of )?contents|summary|目[录錄次]|概要", re.IGNORECASE)
MAX_LINE = 2000


@dataclass(frozen=True, slots=True)
class Summary:
    """The list as a whole; ``title`` is the book's, if the list has one of its own."""

    title: str
    entries: tuple[Entry, ...]


def read(text: str) -> Summary:
    """Return what a SUMMARY.md lists; chapters without an address are drafts and left out."""
    title = part = ""
    entries: list[Entry] = []
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            continue
        if heading := _HEADING.fullmatch(line):
            name = plain(heading["text"])
            if not title and not entries and not part and len(heading["marks"]) == 1:
                title = name or "-"
            else:
                part = name
        elif entry := _ENTRY.fullmatch(line):
            path = _path(entry["path"])
            if path and path not in seen:
                seen.add(path)
                entries.append(Entry(path, plain(entry["title"]), part, number))
    return Summary("" if _NO_TITLE.fullmatch(title) or title == "-" else title, tuple(entries))


def _path(written: str) -> str:
    path = unquote(written.partition("#")[0].strip())
    if not path or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|/", path):
        return ""
    path = posixpath.normpath(path)
    return "" if path.startswith("..") else path


def resolve(path: str, files: Iterable[str]) -> str:
    """Return the file that an entry means: itself, its README when it is a folder, or ""."""
    known = set(files)
    names = (path, f"{path}/README.md", f"{path}/index.md", f"{path}.md")
    return next((name for name in names if name in known), "")
