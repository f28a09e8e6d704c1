"""Reading systems whose rules differ: one table, looked at where a book is bound.

Sources: Kindle Publishing Guidelines (KPG), Kobo's EPUB guidelines, Apple Books Asset Guide. What
all of them ask for alike is done for every book and is not in the table.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from publish.diagnostics import BackendError, error

_FAMILY = re.compile(r"(font-family\s*:\s*)([^;{}]+)")
_GENERIC = {"serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui"}


@dataclass(frozen=True, slots=True)
class Target:
    """What one kind of reader asks for."""

    name: str
    shown: str  # in messages
    cover_page: bool = True  # a page of the cover's own, besides the picture
    levels: int = 3  # of the contents
    max_pixels: int = 0  # of a picture; 0 is no limit
    max_bytes: int = 0  # of a picture; 0 is no limit
    named_faces: bool = True  # whether style sheets may name faces that the reader may have
    apple_options: bool = False  # whether Apple's file beside the container is written
    apple_reads: bool = False  # whether it is written for a book that has faces of its own
    body_face: bool = True  # whether a book may bring a face for its text

    def stylesheet(self, css: str, own: Iterable[str] = ()) -> str:
        """Return a style sheet as this reader wants it.

        Without named faces a list of families keeps its generic ones and the book's own; a list
        that has none (as in ``@font-face``) stays.
        """
        kept = _GENERIC | {f'"{family}"'.lower() for family in own}
        return css if self.named_faces else _FAMILY.sub(partial(_generic, kept=kept), css)


TARGETS = {
    target.name: target
    for target in (
        Target("generic", "readers", apple_reads=True),
        # KPG: no HTML page of the cover, or it is shown twice; two levels of contents are shown.
        # KDP: the face of the text is the reader's.
        Target(
            "kindle",
            "Kindle",
            cover_page=False,
            levels=2,
            max_pixels=5_000_000,
            max_bytes=5_000_000,
            body_face=False,
        ),
        # Without its option Apple Books leaves out every face that a book asks for.
        Target("apple", "Apple Books", max_pixels=5_600_000, apple_options=True),
        # Kobo: pictures to 5 MB; no face in a style sheet that is not in the book.
        Target("kobo", "Kobo", max_bytes=5_000_000, named_faces=False),
    )
}

APPLE_OPTIONS = b"""\
<?xml version="1.0" encoding="utf-8"?>
<display_options><platform name="*"><option name="specified-fonts">true</option></platform>\
</display_options>
"""


def target(options: Mapping[str, object]) -> Target:
    """Return the target that a book's options name; ``generic`` if they name none.

    Raises:
        BackendError: there is no such target.
    """
    name = options.get("target", "generic")
    found = TARGETS.get(name) if isinstance(name, str) else None
    if found is None:
        message = f"target = {name!r} is no reader that books are made for"
        raise BackendError(error("epub-option", message, help=f"one of {', '.join(TARGETS)}"))
    return found


def _generic(declaration: re.Match[str], kept: Container[str]) -> str:
    families = [name.strip() for name in declaration[2].split(",")]
    left = [name for name in families if name.lower() in kept]
    return declaration[1] + ", ".join(left) if left else declaration[0]
