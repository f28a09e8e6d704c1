"""The second floor: backends turn an edition into a file. This is the whole of their contract.

A backend is found by the entry point group ``publish.backends``; a newcomer adds one module and
one line. Backends know the rooms below them and nothing of each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import BinaryIO, Protocol, runtime_checkable

from publish.config import suggestion
from publish.diagnostics import UsageError, error
from publish.installed import plugins
from publish.layouts import Layout
from publish.model import Edition
from publish.workshop import Workshop

GROUP = "publish.backends"
SHIPPED = {
    "epub": "publish.backends.epub:EpubBackend",
    "pdf": "publish.backends.pdf:PdfBackend",
    "cover": "publish.backends.pdf:CoverBackend",
}


@runtime_checkable
class Backend(Protocol):
    """Makes one kind of file.

    ``version`` changes whenever the bytes of a book may: it holds the backend's own version and
    those of the engines it uses, and costs no import of them. ``suffix`` is what file names end
    in: ".epub", or "-cover.pdf" of what lies beside a book of the same kind. A backend that can
    set a book in columns says ``vertical = True``; any other gets editions of horizontal lines.
    """

    name: str
    suffix: str

    @property
    def version(self) -> str:
        """Return what a finished book depends on besides its edition and layout."""

    def bind(
        self,
        edition: Edition,
        layout: Layout,
        shop: Workshop,
        out: BinaryIO,
        options: Mapping[str, object],
    ) -> None:
        """Write the book into an open file; findings go to ``shop.report``.

        The same edition, layout and options give the same bytes, whether or not ``before`` is
        among these: where the book's earlier file stands as it was written, to be copied from.
        Nothing is fetched, nothing passed in is changed. Every chapter is in a book, in order,
        with every figure; a sheet that goes with a book, such as its cover, has the book's facts.

        Raises:
            BackendError: this book cannot be made.
            SetupError: something is missing on this machine.
        """


def names() -> tuple[str, ...]:
    """Return the names of all backends, ours first."""
    found = (point.name for point in plugins(GROUP))
    return tuple(dict.fromkeys((*SHIPPED, *found)))


def backend(name: str) -> Backend:
    """Return a backend by name.

    Raises:
        UsageError: there is none of that name.
    """
    if name in SHIPPED:
        module, _, attribute = SHIPPED[name].partition(":")
        made: Backend = getattr(import_module(module), attribute)()
        return made
    for point in plugins(GROUP):
        if point.name == name:
            plugged: Backend = point.load()()
            return plugged
    raise UsageError(
        error("backend-unknown", f"no backend is called {name!r}", help=suggestion(name, names()))
    )
