"""Sets the articles of a folder as WeasyPrint alone would: one document, the same CSS and faces.

    python benchmarks/one_document.py FOLDER OUT.pdf [--no-tags]

The baseline of benchmarks/pdf_against_one_document.py: chapters are compiled as publish does,
then rendered and written in one go, with margin boxes, outline, tags and a contents list whose
page numbers the engine fills in.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import weasyprint
from weasyprint.text.fonts import FontConfiguration

from publish import build, fonts
from publish.backends.pdf import document, faces, lines, ready, sheets, typeset
from publish.backends.pdf.compose import Setup, figures_of
from publish.backends.pdf.document import Draft
from publish.backends.pdf.faces import Text
from publish.backends.pdf.facts import page
from publish.backends.pdf.formulas import Formulas
from publish.build import making
from publish.cache import Cache
from publish.cli.session import Flags, Session
from publish.model import Edition
from publish.workshop import Workshop


def compiled(folder: Path, shop: Workshop, session: Session) -> tuple[Edition, Any]:
    """Return the edition of all articles of a folder, and its layout."""
    loaded = session.load({}, (str(folder),))
    request = build.Request(what=(str(folder),), to=("pdf",))
    plan = build.make(loaded, request, shop)
    materials = making.gather(plan, plan.outputs, session.figure_settings(loaded), shop)
    [(output, edition)] = making.editions(plan, plan.outputs, materials, shop)
    return edition, plan.layouts[output.layout]


def main() -> None:
    """Make the document."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    session = Session(Flags(jobs=1, quiet=True))
    loaded = session.load({}, (str(folder),))
    with session.shop(loaded) as shop:
        edition, layout = compiled(folder, shop, session)
        write(edition, layout, shop, out, tags="--no-tags" not in sys.argv)


def write(edition: Edition, layout: Any, shop: Workshop, out: Path, *, tags: bool) -> None:
    """Set and write all chapters as one document."""
    setup = ready.floor(edition, layout, dict(layout.options), shop).setup
    draft = Draft(edition, layout, page(layout.options), layout.options)
    formulas = Formulas(setup.catalogue)
    texts = [
        document.chapter(draft, part, chapter, 1, formulas)
        for part in edition.parts
        for chapter in part.chapters
    ]
    contents = document.front(draft, document.Matter(document.entries(edition, 2)), [("", "")])
    more = '.contents a::after { content: leader("…") " " target-counter(attr(href), page) }'
    tree, styles = plain(setup, edition, [*contents, *texts], formulas, shop.cache, more)
    made = tree.render(**styles)
    made.write_pdf(out, pdf_tags=tags)
    print(len(made.pages), file=sys.stderr)


def plain(
    setup: Setup,
    edition: Edition,
    texts: Sequence[Text],
    formulas: Formulas,
    store: Cache,
    more: str = "",
) -> tuple[Any, dict[str, Any]]:
    """Return texts as a document for the engine alone, with its faces, figures and style sheets.

    Args:
        setup: of the book.
        edition: the book.
        texts: what is set, in order.
        formulas: those of the texts.
        store: the cache.
        more: a style sheet of its own.

    Returns:
        The document, and the arguments for its ``render`` or ``write_pdf``.
    """
    for text in texts:
        lines.settle(text.root)
    kit = fonts.plan(faces.demand(texts, setup.signs), setup.catalogue)
    faces.give_geta(texts, kit, setup.catalogue)
    style = f"{faces.variables(kit, edition.language)}\n{more}"
    root = document.html(edition, [text.root for text in texts], "book", style)
    figures = figures_of(edition.chapters)

    def supply(address: str) -> tuple[bytes, str] | None:
        kind, _, name = address.partition("/")
        if kind == "fonts":
            return store.read_object(name) or b"", "font/otf"
        if kind == "figures" and name in figures:
            return store.read_object(figures[name].object) or b"", figures[name].media_type
        return (formulas.drawings[name], "image/svg+xml") if kind == "formulas" else None

    fetcher = typeset._Fetcher(supply)
    configuration: Any = FontConfiguration()
    css: Any = weasyprint.CSS
    rules = f"{sheets.rules(setup.page)}\n{faces.font_faces(setup.kit)}"
    styles = [
        css(string=text, base_url=typeset.BASE, url_fetcher=fetcher, font_config=configuration)
        for text in (rules, *(sheet.text for sheet in setup.sheets))
    ]
    tree: Any = typeset._Tree(root, fetcher)
    return tree, {"font_config": configuration, "stylesheets": styles}


if __name__ == "__main__":
    main()
