"""``publish epub``, ``pdf``, ``cover`` and ``build``: the commands that make books."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from publish.cli.choosing import PAGES, READERS, book_flags, choosing
from publish.cli.session import Session, common, shown
from publish.diagnostics import warning

_OUTPUT = click.option("-o", "--output", metavar="PATH", default="", help="A file, or a folder.")
_WHAT = click.argument("what", nargs=-1, metavar="[WHAT]...")


def _making(command: Any) -> Any:
    return common(choosing(_OUTPUT(_WHAT(command))))


@click.command()
@_making
def epub(session: Session, what: tuple[str, ...], output: str, **given: Any) -> int:
    """Make EPUB books.

    WHAT is the name of a book in publish.toml, or article files and folders; without it, every
    book of the project is made.

        publish epub articles/ -o reader.epub
    """
    return _run(session, what, output, ("epub",), given)


@click.command()
@_making
def pdf(session: Session, what: tuple[str, ...], output: str, **given: Any) -> int:
    """Make PDF books.

    WHAT is the name of a book in publish.toml, or article files and folders; without it, every
    book of the project is made.

        publish pdf articles/ -o reader.pdf --page A5
    """
    return _run(session, what, output, ("pdf",), given)


@click.command()
@click.option("--paper", metavar="PAPER", help='Of the book: 0.1mm a leaf, 80gsm, "轻型纸 70g".')
@click.option("--spine", metavar="WIDTH", help="Of the spine, such as 12.5mm, instead of --paper.")
@click.option("--binding", metavar="SIDE", help="left, or right for books that open that way.")
@_making
def cover(session: Session, what: tuple[str, ...], output: str, **given: Any) -> int:
    """Make print covers: back, spine and front on one sheet, beside the PDF of a book.

    WHAT is the name of a book in publish.toml, or article files and folders; without it, every
    book of the project is covered. The spine is as wide as the pages that publish pdf makes.

        publish cover articles/ -o reader-cover.pdf --page A5 --paper 80gsm
    """
    return _run(session, what, output, ("cover",), given)


@click.command()
@click.option("--to", multiple=True, metavar="FORMATS", help="epub, pdf, cover: epub,pdf.")
@click.option("--opds", is_flag=True, help="Write the OPDS catalogue of the output folder, too.")
@_making
def build(session: Session, what: tuple[str, ...], output: str, **given: Any) -> int:
    """Make all books of the project that are not fresh, in all their editions and formats.

    With --opds, catalog.xml and catalog.json beside them are what reader apps subscribe to.
    """
    to = tuple(name.strip() for word in given.pop("to") for name in word.split(",") if name.strip())
    return _run(session, what, output, to, given)


def _run(
    session: Session, what: tuple[str, ...], output: str, to: tuple[str, ...], given: dict[str, Any]
) -> int:
    from publish import build as house

    started = time.monotonic()
    flags, console = session.flags, session.console
    if to and not {"pdf", "cover"} & {*to}:
        for name in (name for name in PAGES if given.get(name)):
            console.report(warning("flag-idle", f"--{name} says nothing to a book without pages"))
    if to and "epub" not in to:
        for name in (name.replace("_", "-") for name in READERS if given.get(name)):
            console.report(warning("flag-idle", f"--{name} says nothing to a book that is no EPUB"))
    editions = [tag for word in given.pop("editions", ()) for tag in word.split(",") if tag]
    opds = bool(given.pop("opds", False))
    loaded = session.load(book_flags(given | {"editions": tuple(editions)}), what)
    request = house.Request(
        what=what,
        to=to,
        output=output,
        force=flags.refresh,
        strict=flags.strict,
        offline=flags.offline,
        dry_run=flags.dry_run,
        opds=opds or (loaded.config.opds.make and not output),
    )
    with session.shop(loaded) as shop:
        plan = house.make(loaded, request, shop)
        result = house.run(plan, request, session.figure_settings(loaded), shop)
    for book in result.books:
        path, asked = Path(book.path), console.manner.json and not flags.dry_run
        console.result(
            shown(path),
            {
                "type": "book",
                "path": book.path,
                "sha256": book.digest or (house.file_digest(path) if asked else ""),
                "size": book.size,
                "fresh": book.fresh,
            },
        )
    listed = result.listed
    if listed and not listed.failed:
        facts = {"type": "catalog", "books": listed.books, "fresh": listed.fresh}
        for path in listed.roots:
            console.result(shown(path), facts | {"path": str(path)})
    fresh = sum(book.fresh for book in result.books)
    made = len(result.books) - fresh
    words = [f"{made} would be made" if flags.dry_run else f"{made} made"]
    words += [f"{fresh} fresh"] if fresh else []
    missing = len(plan.outputs) - len(result.books)
    words += [f"{missing} failed"] if missing else []
    words += [f"{listed.books} in the catalogue"] if listed and not listed.failed else []
    words += [console.tally()] if console.tally() else []
    console.inform(f"{', '.join(words)} ({time.monotonic() - started:.1f} s)")
    return result.status
