"""Where the pages of a printed book begin, in terms of the tree that every backend reads.

A place is an element of ``Chapter.xhtml``, by its number in document order, and how many signs of
the element come before it. Signs are what paper and screens show alike: no white space, nothing
invisible, no hyphens, of which lines bring their own. A picture or a formula is one sign; the
references of notes and readings over text are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BEFORE = -1  # the element of a page that begins with a chapter, a part, or in its opening
BEHIND = -2  # of one that begins with what stands behind the text of a chapter
_UNSEEN = r"\s\u002d\u00ad\u034f\u061c\u200b-\u2010\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_UNSEEN_RUN, _SIGN = re.compile(f"[{_UNSEEN}]+"), re.compile(f"[^{_UNSEEN}]")


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where a page begins."""

    folio: str
    of: str  # id of the chapter or part
    element: int  # number from 0, BEFORE or BEHIND
    signs: int = 0  # of the element that come before


def signs(text: str) -> int:
    """Return how many signs a text has.

    >>> signs("甲 乙-丙\u00ad")
    3
    """
    return len(text) if text.isalpha() else len(_UNSEEN_RUN.sub("", text))


def place(text: str, number: int) -> int:
    """Return where the sign of a number, from 0, stands in a text that has it.

    >>> place("甲 乙", 1)
    2
    """
    found = _SIGN.finditer(text)
    for _ in range(number):
        next(found)
    return next(found).start()
