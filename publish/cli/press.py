"""``publish impose``: what is done with a finished book before it is printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from publish.cli.session import Session, common, shown, unwritable
from publish.console import plural
from publish.diagnostics import Place, Severity, UsageError, error

_MM = 72 / 25.4  # points


@click.command()
@click.argument("book", metavar="BOOK.pdf")
@click.option("-o", "--output", metavar="PATH", default="", help="A file, or a folder.")
@click.option(
    "--signature",
    default="16",
    show_default=True,
    metavar="N",
    help='Pages of a section, a multiple of 4; "all" for one saddle-stitched section.',
)
@click.option(
    "--sheet",
    default="",
    metavar="SIZE",
    help="A3, A4, 450x320mm …; as large as two pages need if left out.",
)
@click.option("--fit", is_flag=True, help="Scale the pages to the sheet.")
@click.option(
    "--binding",
    type=click.Choice(["left", "right"]),
    help="Side of the spine; as the book says if left out.",
)
@click.option(
    "--creep",
    type=click.FloatRange(0, 2),
    default=0.0,
    metavar="MM",
    help="Thickness of the paper: inner pages move toward the fold.",
)
@click.option(
    "--gap",
    type=click.FloatRange(0, 50),
    default=0.0,
    metavar="MM",
    help="Space between two pages, for a spine that is milled off.",
)
@click.option("--marks", is_flag=True, help="Draw crop, fold and collating marks.")
@click.option(
    "--flip",
    type=click.Choice(["short", "long"]),
    default="short",
    show_default=True,
    help="The edge over which the printer turns sheets.",
)
@click.option("--pages", default="", metavar="RANGE", help="5-100, 7- or 1,3-4, counted from 1.")
@common
def impose(session: Session, book: str, output: str, pages: str, **given: Any) -> int:
    """Put the pages of a PDF on sheets, two a side, to be folded into sections.

    Front and back of every sheet follow each other; printed on both sides, folded once and laid
    into each other by sections, the sheets read in order.

        publish impose book.pdf --signature 16 --sheet A3 --marks
    """
    from publish import imposition
    from publish.build.outputs import whole

    wish = imposition.Wish(
        signature=imposition.signature_of(given["signature"]),
        binding=given["binding"] or "",
        sheet=imposition.sheet_size(given["sheet"]),
        fit=given["fit"],
        creep=given["creep"] * _MM,
        gap=given["gap"] * _MM,
        marks=given["marks"],
        flip=given["flip"],
    )
    source = Path(book).expanduser()
    target = _target(source, output)
    if session.flags.dry_run:
        made = imposition.impose(source, None, wish, pages, session.console)
    else:
        try:
            with whole(target) as out:
                made = imposition.impose(source, out, wish, pages, session.console)
        except OSError as problem:
            raise unwritable(problem) from None
    console = session.console
    console.result(
        shown(target),
        {
            "type": "sheets",
            "path": str(target),
            "pages": made.pages,
            "blanks": made.blanks,
            "sheets": made.sheets,
            "sections": made.sections,
            "millimetres": [round(side / _MM, 1) for side in made.size],
        },
    )
    width, height = (f"{side / _MM:.0f}" for side in made.size)
    words = [
        f"{plural(made.pages, 'page')} and {plural(made.blanks, 'blank')}",
        f"on {plural(made.sheets, 'sheet')} of {width}×{height} mm",
        f"in {plural(made.sections, 'section')}",
    ]
    console.inform(" ".join(words) + (f", {console.tally()}" if console.tally() else ""))
    return int(session.flags.strict and console.counts[Severity.WARNING] > 0)


def _target(source: Path, output: str) -> Path:
    """Return where the sheets go: beside the book if nothing is said.

    Raises:
        UsageError: there is no such book, or something there that is not to be overwritten.
    """
    from publish.build.outputs import is_ours

    if not source.is_file():
        raise UsageError(error("impose-file", "no such file", Place(str(source))))
    name = f"{source.stem}-imposed.pdf"
    target = Path(output).expanduser() if output else source.with_name(name)
    if target.is_dir() or output.endswith("/"):
        target /= name
    if target.exists() and target.samefile(source):
        text, help_line = "this is the book itself", "choose another name with -o"
    elif not is_ours(target):
        text = "there is another kind of file here, and it is not overwritten"
        help_line = "choose another name with -o"
    else:
        return target
    raise UsageError(error("output-refused", text, Place(str(target)), help_line))
