"""What the tests of PDF books share: making one, and looking at it as a reader does."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from pathlib import Path

import editions
import pikepdf
import pypdfium2
import pytest

from publish import fonts, layouts
from publish.backends.pdf import PdfBackend
from publish.diagnostics import Diagnostic, Silent
from publish.layouts import Layout
from publish.model import Edition
from publish.workshop import Workshop


@dataclass(frozen=True)
class Made:
    """A PDF, as a reader sees it."""

    data: bytes
    findings: tuple[Diagnostic, ...] = ()

    @property
    def pages(self) -> list[str]:
        """The text of every page."""
        with pypdfium2.PdfDocument(self.data) as document:
            return [clean(page.get_textpage().get_text_bounded()) for page in document]

    @property
    def text(self) -> str:
        return "".join(self.pages)

    def open(self) -> pikepdf.Pdf:
        return pikepdf.open(io.BytesIO(self.data))

    @property
    def front(self) -> int:
        """The number of pages before page 1."""
        with self.open() as pdf:
            return front_of(pdf)

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings]


def front_of(pdf: pikepdf.Pdf) -> int:
    """The number of pages before page 1."""
    return next(number for number, page in enumerate(pdf.pages) if page.label == "1")


def clean(text: str) -> str:
    """Text without what line breaks add."""
    return re.sub(r"[\s\u200b\ufffe\ufe0e]+", "", text)


def styled(folder: Path, css: str) -> Layout:
    """A layout of its own that extends classic."""
    own = folder / "layouts" / "own"
    own.mkdir(parents=True)
    (own / "pdf.css").write_text(css, encoding="utf-8")
    return layouts.find("own", folder)


def bind(
    shop: Workshop, edition: Edition, layout: str | Layout = "classic", **options: object
) -> Made:
    """Make a book; findings are kept with it."""
    out = io.BytesIO()
    heard = Silent()
    found = layouts.find(layout) if isinstance(layout, str) else layout
    PdfBackend().bind(edition, found, replace(shop, reporter=heard), out, options)
    return Made(out.getvalue(), tuple(heard.findings))


def one(shop: Workshop, blocks: str, **more: object) -> Made:
    """Make a book of one chapter of literal blocks."""
    return bind(shop, editions.plain(editions.chapter(1, blocks, **more)))


def need_faces() -> None:
    """Skip where no Chinese fonts are installed."""
    found = {family.role for family in fonts.load().found if "SC" in family.regions}
    if not {"song", "hei"} <= found:
        pytest.skip("no Chinese fonts are installed")
