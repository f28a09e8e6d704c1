"""The package's metadata: what is true of this very book, and nothing made up."""

from __future__ import annotations

from datetime import UTC, datetime

from publish.backends.epub.documents import Facts
from publish.backends.epub.text import bare, legal, line, visible
from publish.backends.epub.words import words
from publish.backends.epub.writer import Package
from publish.model import VERTICAL, Edition

UNDATED = "2000-01-01T00:00:00Z"  # dcterms:modified must be there; the clock is not asked


def package(edition: Edition, facts: Facts) -> Package:
    """Return a package with its metadata and nothing else."""
    vertical = edition.writing == VERTICAL
    book = Package(edition.identifier, line(edition.title), edition.language, leftward=vertical)
    _titles(book, edition)
    _creators(book, edition)
    book.element("language", edition.language)
    for language in dict.fromkeys(chapter.language for chapter in edition.chapters):
        if language and language not in (edition.language, "und"):
            book.element("language", language)
    if edition.published is not None:
        book.element("date", edition.published.date().isoformat())
    for name in ("publisher", "description", "rights"):
        text = legal(bare(getattr(edition, name)))
        if visible(text):
            book.element(name, text)
    for subject in dict.fromkeys(map(line, edition.subjects)):
        if visible(subject):
            book.element("subject", subject)
    origins = (edition.source, *(chapter.origin.strip() for chapter in edition.chapters))
    for origin in dict.fromkeys(origins):
        if origin:
            book.element("source", origin)
    _series(book, edition)
    _accessibility(book, edition, facts)
    if facts.pages:
        book.meta("pageBreakSource", _printed(edition))
    if edition.cover is not None:
        book.meta2("cover", "cover-image")
    if vertical:
        book.meta2("primary-writing-mode", "vertical-rl")  # Kindle asks for it
    return book


def modified(date: datetime | None) -> str:
    """Return a date as dcterms:modified wants it: UTC, to the second."""
    if date is None:
        return UNDATED
    try:
        moment = date.astimezone(UTC) if date.tzinfo else date
    except OverflowError:
        moment = date
    return f"{moment.replace(tzinfo=None, microsecond=0).isoformat()}Z"


def _titles(book: Package, edition: Edition) -> None:
    book.element("title", line(edition.title), "title")
    book.meta("title-type", "main", refines="title")
    if visible(edition.subtitle):
        book.meta("display-seq", "1", refines="title")
        book.element("title", line(edition.subtitle), "subtitle")
        book.meta("title-type", "subtitle", refines="subtitle")
        book.meta("display-seq", "2", refines="subtitle")


def _creators(book: Package, edition: Edition) -> None:
    """Authors in their order; no file-as: readers sort Chinese names by strokes or sounds."""
    names = [name for name in dict.fromkeys(map(line, edition.authors)) if visible(name)]
    for number, name in enumerate(names, 1):
        uid = f"creator-{number}"
        book.element("creator", name, uid)
        book.meta("role", "aut", refines=uid, scheme="marc:relators")
        book.meta("display-seq", str(number), refines=uid)


def _series(book: Package, edition: Edition) -> None:
    if not visible(edition.series):
        return
    series = line(edition.series)
    book.meta("belongs-to-collection", series, uid="collection")
    book.meta("collection-type", "series", refines="collection")
    book.meta2("calibre:series", series)
    if edition.position is not None:
        book.meta("group-position", str(edition.position), refines="collection")
        book.meta2("calibre:series_index", str(edition.position))


def _accessibility(book: Package, edition: Edition, facts: Facts) -> None:
    """Tell how the book can be read (EPUB Accessibility 1.1, section 2).

    Conformance to WCAG is not claimed: that needs a person's judgement of every description.
    """
    described = not facts.undescribed
    book.meta("schema:accessMode", "textual")
    if facts.pictures:
        book.meta("schema:accessMode", "visual")
        book.meta("schema:accessModeSufficient", "textual,visual")
    if described:
        book.meta("schema:accessModeSufficient", "textual")
    features = [
        "tableOfContents",
        "structuralNavigation",
        "readingOrder",
        "displayTransformability",
    ]
    if facts.pictures and described:
        features.append("alternativeText")
    if facts.math:
        features.append("MathML")
    if facts.ruby:
        features.append("rubyAnnotations")
    if facts.pages:
        features += ["pageBreakMarkers", "pageNavigation"]
    for feature in features:
        book.meta("schema:accessibilityFeature", feature)
    book.meta("schema:accessibilityHazard", "none")
    book.meta("schema:accessibilitySummary", _summary(edition.language, facts))


def _printed(edition: Edition) -> str:
    """Return how the book with pages is known: by a number that was given, else by its title."""
    made_up = edition.identifier.startswith("urn:uuid:")
    return f"{line(edition.title)} (PDF)" if made_up else edition.identifier


def _summary(language: str, facts: Facts) -> str:
    own = words(language)
    sentences = [own.structure]
    if not facts.pictures:
        sentences.append(own.no_pictures)
    else:
        sentences.append(own.undescribed if facts.undescribed else own.described)
    if facts.math:
        sentences.append(own.formulas)
    if facts.pages:
        sentences.append(own.paged)
    return own.between.join(sentences)
