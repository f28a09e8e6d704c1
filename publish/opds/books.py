"""What a catalogue lists: publications, each with its files and pictures."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from publish.model import Card
from publish.opds.text import line

NAMESPACE = uuid.UUID("5b1c0e0a-3f0e-5a44-9d0a-6f2f5f0c7d11")
UNDATED = "2000-01-01T00:00:00Z"  # a date must be there; the clock is not asked
MEDIA_TYPES = {".epub": "application/epub+zip", ".pdf": "application/pdf"}
OTHER = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class File:
    """A finished file: its place below the root of the catalogue, POSIX."""

    path: str
    size: int  # bytes

    @property
    def media_type(self) -> str:
        """Return its media type, by its name."""
        return MEDIA_TYPES.get(PurePosixPath(self.path).suffix.lower(), OTHER)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a cover."""

    path: str
    media_type: str
    width: int  # pixels
    height: int


@dataclass(frozen=True, slots=True)
class Publication:
    """One edition of a book in all its formats."""

    name: str  # unique in the catalogue: the file name of a book without its suffix
    card: Card
    files: tuple[File, ...]
    pictures: tuple[Picture, ...] = ()  # the cover, then its thumbnail

    @property
    def id(self) -> str:
        """Return what identifies the entry: not what identifies the book (OPDS 1.2, 5.1.1).

        An identifier that the user gave is that of all editions, and entries need one each.
        """
        return named("entry", self.card.identifier, self.card.book, self.card.edition)

    @property
    def updated(self) -> str:
        """Return when the newest article appeared (RFC 3339)."""
        return self.card.updated or UNDATED


def named(*words: str) -> str:
    """Return a name-based UUID (RFC 9562) as a URN."""
    return f"urn:uuid:{uuid.uuid5(NAMESPACE, chr(10).join(map(line, words)))}"


def gather(found: Iterable[tuple[Card, File]]) -> tuple[Publication, ...]:
    """Put the formats of an edition together; newest first.

    Of two files of one format, the first stands: the other has the name of an earlier plan.
    """
    cards: dict[tuple[str, str], Card] = {}
    files: dict[tuple[str, str], dict[str, File]] = {}
    for card, file in found:
        key = (card.book, card.edition)
        if key not in cards:
            identifier, language = line(card.identifier), line(card.language)
            cards[key] = replace(card, identifier=identifier, language=language)
        files.setdefault(key, {}).setdefault(card.backend, file)
    stems = Counter(_stem(next(iter(own.values())).path).casefold() for own in files.values())
    made = []
    for key, own in files.items():
        first = next(iter(own.values()))
        stem = _stem(first.path)
        name = first.path if stems[stem.casefold()] > 1 else stem
        made.append(Publication(name, cards[key], tuple(own.values())))
    made.sort(key=lambda one: (one.card.title, one.name))
    made.sort(key=lambda one: one.updated, reverse=True)
    return tuple(made)


def _stem(path: str) -> str:
    return str(PurePosixPath(path).with_suffix(""))
