"""The cards of finished books, from which catalogues are written."""

from __future__ import annotations

from datetime import UTC, datetime

from publish.build.outputs import Output
from publish.model import Card, Edition


def card(output: Output, edition: Edition) -> Card:
    """Return what a catalogue will tell of a book."""
    issued, date = edition.published, edition.changed
    return Card(
        book=edition.name,
        edition=output.edition.name,
        backend=output.backend,
        identifier=edition.identifier,
        title=edition.title,
        language=edition.language,
        subtitle=edition.subtitle,
        authors=edition.authors,
        publisher=edition.publisher,
        rights=edition.rights,
        description=edition.description,
        subjects=edition.subjects,
        series=edition.series,
        position=edition.position,
        issued=issued.date().isoformat() if issued else "",
        updated=_moment(date) if date else "",
        cover=edition.cover.figure if edition.cover else None,
    )


def _moment(date: datetime) -> str:
    """Return a date as Atom wants it (RFC 3339): UTC, to the second."""
    try:
        utc = date.astimezone(UTC) if date.tzinfo else date
    except OverflowError:  # of the first and the last day that there is
        utc = date
    return f"{utc.replace(tzinfo=None, microsecond=0).isoformat()}Z"
