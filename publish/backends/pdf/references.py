"""Page references: on paper, a link into another chapter says to which page it leads.

The numbers are text of the chapter that names them, so they are known only when all chapters are
set. They are guessed first, then filled in, until what is printed is true.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from publish import layouts
from publish.backends.pdf.trees import Element, classes, make
from publish.model import Chapter

ROUNDS = 4  # after the guess; the second is nearly always the last
GUESS = "000"
_LINK = re.compile(rb'\shref="#([^"]+)"')


def targets(chapter: Chapter) -> tuple[str, ...]:
    """Return the places in other chapters that a chapter's links lead to, in order."""
    found = (name.decode() for name in _LINK.findall(chapter.xhtml))
    return tuple(dict.fromkeys(name for name in found if not _within(name, chapter.id)))


def _within(name: str, chapter: str) -> bool:
    return name.partition("-")[0] == chapter


def known(chapter: Chapter, folios: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    """Return what a chapter prints: places with their folios.

    Args:
        chapter: whose links are asked for.
        folios: of all places in the book; None if no page is known yet.
    """
    if folios is None:
        return tuple((name, GUESS) for name in targets(chapter))
    return tuple((name, folios[name]) for name in targets(chapter) if name in folios)


def write(root: Element, folios: Mapping[str, str], language: str) -> None:
    """Add page references to the links of a chapter; those around pictures are left."""
    words = layouts.labels(language).see_page
    for link in root.iter("a"):
        folio = folios.get(link.get("href", "").removeprefix("#"))
        if folio and "noteref" not in classes(link) and link.find(".//img") is None:
            link.append(make("span", words.format(folio), class_="reference"))
