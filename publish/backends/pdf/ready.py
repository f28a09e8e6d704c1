"""Makes a floor ready for a book: faces cut, style sheets read, all that its pieces share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from publish import cache, fonts, layouts, share
from publish.backends.pdf import compose, document, faces, furniture, galley, margins, paging
from publish.backends.pdf.compose import Floor, Setup
from publish.backends.pdf.facts import page
from publish.backends.pdf.settings import catalogue_of, manner, signs
from publish.backends.pdf.sheets import Sheet
from publish.diagnostics import Diagnostic, Place, warning
from publish.layouts import Layout
from publish.model import Edition
from publish.workshop import Workshop

# What says nothing about how a piece is set.
_BESIDES = frozenset(
    {"project", "toc_depth", "cover", "half_title", "figure_list", "references", "variant"}
    | {"bleed", "marks", "paper", "spine", "binding", "isbn"}
)


def floor(
    edition: Edition, layout: Layout, settings: Mapping[str, object], shop: Workshop
) -> Floor:
    """Return the floor where a book is set.

    Raises:
        UsageError: an option cannot be meant.
        SetupError: no face for Chinese text is on this machine.
    """
    setup = _setup(edition, layout, settings, shop)
    return compose.open_floor(setup, _shared(setup))


def _setup(
    edition: Edition, layout: Layout, settings: Mapping[str, object], shop: Workshop
) -> Setup:
    catalogue = catalogue_of(settings, edition, shop)
    own = tuple(Sheet(sheet.shown, sheet.text) for sheet in layouts.sheets(layout, "pdf"))
    shop.report(*(_mixed(sheet) for sheet in own if margins.mixes(sheet.text)))
    shop.report(*(told for sheet in own for told in _trimming(sheet)))
    more = signs("".join(sheet.text for sheet in own))
    said = more + furniture.SIGNS + layouts.wording(layout)
    kit = fonts.cut(faces.everything(_texts(edition, said)), catalogue, shop.cache)
    measures = page(settings)
    return Setup(
        edition=compose.shell(edition),
        layout=layout,
        options={key: value for key, value in settings.items() if key not in _BESIDES},
        page=measures,
        sheets=own,
        kit=kit,
        catalogue=catalogue,
        signs=more,
        store=str(shop.cache.root.parent),
        manner=manner(settings, measures.pitch),
    )


def _mixed(sheet: Sheet) -> Diagnostic:
    return warning(
        "layout-margin",
        "a margin box sets the page number and a running head: only the number is set",
        Place(sheet.shown),
        "use two margin boxes",
    )


def _trimming(sheet: Sheet) -> Iterator[Diagnostic]:
    for line in margins.trims(sheet.text):
        message = "bleed and marks of @page say nothing: they are options"
        advice = "set bleed and marks in [options] of the layout or in the pdf table of a book"
        yield warning("layout-trim", message, Place(sheet.shown, line), advice)


def _texts(edition: Edition, more: str) -> Iterator[tuple[str, str]]:
    """Yield languages with all the characters that may be set in them."""
    words = [edition.title, edition.subtitle, edition.publisher, edition.rights, edition.series]
    words += [*edition.authors, *edition.subjects, edition.description, edition.source, more]
    words += [part.title for part in edition.parts]
    everywhere = "".join(words)
    for chapter in edition.chapters:
        own = [chapter.title, chapter.summary, chapter.kicker, chapter.origin, *chapter.authors]
        words += [*own, chapter.origin_name, *(heading.text for heading in chapter.headings)]
        text = chapter.xhtml.decode()
        for language in {chapter.language or edition.language, *document.languages(text)}:
            yield language, "".join((text, *own, everywhere, repr(layouts.labels(language))))
    for language in {edition.language, *document.languages(more)}:  # some in templates
        yield language, "".join((*words, repr(layouts.labels(edition.language))))


def _shared(setup: Setup) -> str:
    """Return the digest of all that pieces of a book share."""
    return cache.digest(
        galley.STAGE,
        galley.VERSION,
        share.program(),
        paging.engines(),
        setup.edition,
        setup.layout.digest,
        sorted((key, str(value)) for key, value in setup.options.items()),
        setup.page,
        setup.catalogue.fingerprint,
        setup.manner,
    )
