"""The PDF backend: an edition becomes pages, set by WeasyPrint.

The way of a book: `document` puts trees together from the edition and the templates, `notes`,
`formulas` and `lines` make them ready for the page, `faces` has the fonts cut, `weave` sets pages
and writes the file. Body and front matter are set apart, so that the contents know their pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import BinaryIO

from publish.layouts import Layout
from publish.model import Edition
from publish.workshop import Workshop

VERSION = "1"


class PdfBackend:
    """Makes a PDF for the screen and for print."""

    name = "pdf"
    suffix = ".pdf"

    @property
    def version(self) -> str:
        """Our version, and those of the libraries that draw."""
        engines = ("weasyprint", "pydyf", "ziamath", "uharfbuzz")
        return " ".join((VERSION, *(f"{name}-{version(name)}" for name in engines)))

    def bind(
        self,
        edition: Edition,
        layout: Layout,
        shop: Workshop,
        out: BinaryIO,
        options: Mapping[str, object],
    ) -> None:
        """Write an edition as a PDF; see `publish.backends.Backend`."""
        from publish.backends.pdf.binder import bind

        bind(edition, layout, shop, out, options)
