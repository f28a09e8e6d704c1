"""Stable names: of chapters, of books."""

from __future__ import annotations

import hashlib
import uuid

from publish.model import HORIZONTAL, Manuscript

NAMESPACE = uuid.UUID("8f6f9c0e-6a1d-5d0c-9d4b-2b6c2f3a7e51")


def chapter_id(article: str) -> str:
    """Return the id of an article's chapter: ASCII, the same in every build and edition."""
    return "c" + hashlib.sha256(article.encode()).hexdigest()[:10]


def identifier(manuscript: Manuscript, language: str, writing: str = HORIZONTAL) -> str:
    """Return what identifies a book: what the user gave, else a name-based UUID (RFC 9562).

    Articles may be edited, added and taken away; the book stays the same book. Set in columns it
    is another one: readers keep places and notes by identifier.
    """
    given = manuscript.identifier.strip()
    if given:
        digits = given.replace("-", "").replace(" ", "")
        if len(digits) in (10, 13) and digits[:-1].isdigit():
            return f"urn:isbn:{digits}"
        return given if ":" in given else f"urn:x-publish:{given}"
    names = [manuscript.name, manuscript.title, language]
    name = "\n".join(names if writing == HORIZONTAL else [*names, writing])
    return f"urn:uuid:{uuid.uuid5(NAMESPACE, name)}"
