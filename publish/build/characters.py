"""Which characters every article of a book asks for, as `publish fonts` looks them up."""

from __future__ import annotations

from lxml import etree

from publish import fonts
from publish.model import XHTML, Chapter, Edition

_MONO = {f"{{{XHTML}}}{name}" for name in ("code", "pre", "kbd", "samp")}


def demands(edition: Edition) -> dict[str, fonts.Demand]:
    """Return the characters of each chapter by (language, role, weight), by shown path."""
    return {chapter.shown: _demand(chapter) for chapter in edition.chapters}


def _demand(chapter: Chapter) -> fonts.Demand:
    root = etree.fromstring(chapter.xhtml)
    language = chapter.language
    mono: set[str] = set()
    for element in root.iter(*_MONO):
        mono.update("".join(map(str, element.itertext())))
    text = set("".join(map(str, root.itertext()))) | set(chapter.title + chapter.summary)
    text.update("".join(chapter.authors))
    return {
        (language, "song", "normal"): frozenset(text),
        (language, "mono", "normal"): frozenset(mono),
    }
