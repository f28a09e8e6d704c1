"""The PDF backend: an edition becomes pages, typeset by WeasyPrint apart and bound together.

A print shop, room by room:

- `document` puts trees together from the edition and the templates; `notes`, `formulas`, `lines`,
  `captions`, `references` make them ready for the page; `faces` asks for fonts.
- `compose` is what a worker does: it makes one chapter ready, and `typeset`, the only door to
  WeasyPrint, sets it as a `galley`, which is kept in the cache; `tags` mends the structure tree.
- `composer` has Chinese paragraphs set by `publish.lines`: `gathering` says which, `shaper` shapes
  tokens, `linebox` makes boxes of lines, `pen` draws them; `grid` puts lines and blocks on a grid,
  `asides` sets readings and notes in two lines, `beside` draws dots and lines at the text.
- `thrift` spares the engine work that changes nothing, `undisturbed` gives it room, `listening`
  hears what it says; `hooks` knows where its functions are.
- `margins` takes the layout's margin boxes apart, `furniture` studies what they carry, `heads`
  has running heads and folios set by themselves, `exchange` puts one number in another's place.
- `front` sets what stands before the text, which is known last; `openings` finds out what
  opens on a recto, and what stands on empty versos.
- `binding` lays galleys one after the other, and `writer` writes what is bound; `trimming` gives
  pages boxes and marks, `foundry` casts each face once, `plates` puts each picture in once,
  `structure` joins the structure trees, `outline` writes the outline.
- `ready` prepares the floor for a book, `job` asks workers for its pieces, `body` has the text set
  and gives each galley its place, `leaves` says what is laid over every page; `making` runs the
  shop.
- `wrap` makes the cover of a printed book: `paper` knows its spine, `isbn` the bar code, `tones`
  the colours, `panels` where each lies.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import BinaryIO, ClassVar

from publish.diagnostics import SetupError, error
from publish.installed import version
from publish.layouts import Layout
from publish.model import Edition
from publish.workshop import Workshop

VERSION = "4"


class _Pages:
    """What the backends that set pages share: all but the room that makes the file."""

    _room: ClassVar[str]

    @property
    def version(self) -> str:
        """Our version, and those of the libraries that draw."""
        engines = ("weasyprint", "pydyf", "pyphen", "ziamath", "uharfbuzz", "pikepdf")
        return " ".join((VERSION, *(f"{name}-{version(name)}" for name in engines)))

    def bind(
        self,
        edition: Edition,
        layout: Layout,
        shop: Workshop,
        out: BinaryIO,
        options: Mapping[str, object],
    ) -> None:
        """Write the file of an edition; see `publish.backends.Backend`."""
        with _engine():
            room = import_module(f"{__name__}.{self._room}")
        room.bind(edition, layout, shop, out, options)


class PdfBackend(_Pages):
    """Makes a PDF for the screen and for print."""

    name = "pdf"
    suffix = ".pdf"
    _room = "making"


class CoverBackend(_Pages):
    """Makes the cover of a printed book: back, spine and front on one sheet."""

    name = "cover"
    suffix = "-cover.pdf"
    _room = "wrap"


@contextlib.contextmanager
def _engine() -> Iterator[None]:
    """Import what draws.

    Raises:
        SetupError: its libraries are missing.
    """
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # where the engine would complain
            yield
    except OSError as problem:
        message = f"WeasyPrint cannot load its libraries: {str(problem).splitlines()[0]}"
        told = error("engine-missing", message, help="see what is missing with: publish doctor")
        raise SetupError(told) from None
