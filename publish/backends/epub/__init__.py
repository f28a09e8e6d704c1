"""EPUB 3.3, written by EbookLib: an edition becomes a package of finished documents.

The backend makes every file itself and hands EbookLib finished bytes: its own ways of making
chapters, contents and covers lose text or fail validators. docs/epub.md says for each point of
a good Chinese EPUB where it is done and what checks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from publish.installed import version
from publish.layouts import Layout
from publish.model import Edition
from publish.workshop import Workshop

VERSION = "4"

__all__ = ["VERSION", "EpubBackend"]


class EpubBackend:
    """Makes EPUB 3 books.

    Options: ``toc_depth`` (1 to 3), ``cover`` (whether to have one), ``target`` (whose rules are
    kept: see targets.py), ``emphasis``, ``embed_fonts`` (whether all text has faces: faces.py),
    ``pages`` (a tuple of `PageStart`: where the pages of the PDF begin).
    """

    name = "epub"
    suffix = ".epub"
    vertical = True

    @property
    def version(self) -> str:
        """Return what the bytes of a book depend on besides its edition and layout."""
        return f"{VERSION}+ebooklib-{version('ebooklib')}+uharfbuzz-{version('uharfbuzz')}"

    def bind(
        self,
        edition: Edition,
        layout: Layout,
        shop: Workshop,
        out: BinaryIO,
        options: Mapping[str, object],
    ) -> None:
        """Write an edition as an EPUB into an open file.

        Raises:
            BackendError: a chapter or a template is not well-formed, a figure has gone from the
                cache, or there is no such target.
            SetupError: faces are to be embedded, and none for the book's language is here.
        """
        from publish.backends.epub.binder import bind

        bind(edition, layout, shop, out, options)
