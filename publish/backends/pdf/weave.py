"""The only door to WeasyPrint: trees and style sheets go in, pages come out.

Written for WeasyPrint 70. Everything else in this backend knows pages only as numbers.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote

import pydyf
import weasyprint
from weasyprint.pdf import VARIANTS
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from publish.backends.pdf.trees import Element
from publish.diagnostics import BackendError, Diagnostic, Place, PublishError, error, warning

__all__ = ["VARIANTS", "Finish", "Loom", "Pages", "Sheet", "Supply"]

BASE = "http://book.invalid/"  # where addresses of a tree are looked up: in our hands alone
_cssselect2: Any = import_module("cssselect2")  # the engine and its kin have no types
_CSS: Any = weasyprint.CSS
_Configuration: Any = FontConfiguration
_Response: Any = URLFetcherResponse
_Array: Any = pydyf.Array
_Dictionary: Any = pydyf.Dictionary
DEEPEST = 20_000  # frames: layout descends with the nesting of the text
_POSITION = re.compile(r" at (\d+):(\d+)")

Supply = Callable[[str], tuple[bytes, str] | None]
"""Returns the bytes and media type of "figures/NAME", "fonts/OBJECT" … or None."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A style sheet, and the file that messages name."""

    shown: str
    text: str


@dataclass(frozen=True, slots=True)
class Finish:
    """What a PDF says of itself."""

    identifier: bytes
    front: int  # pages with roman numbers before the body
    families: frozenset[str]  # that may appear in it
    variant: str = ""
    tags: bool = True


class Loom:
    """Sets trees in pages with one set of style sheets and faces."""

    def __init__(self, sheets: Sequence[Sheet], supply: Supply, scratch: Path) -> None:
        self.findings: dict[str, Diagnostic] = {}
        self._fetcher = _Fetcher(supply)
        self._scratch = scratch
        self._fonts = _Configuration()
        self._sheets = []
        for sheet in sheets:
            with self._listening(sheet.shown):
                self._sheets.append(
                    _CSS(
                        string=sheet.text,
                        base_url=BASE,
                        url_fetcher=self._fetcher,
                        font_config=self._fonts,
                    )
                )

    def set(self, root: Element) -> Pages:
        """Return a tree, whose root is ``html``, set in pages.

        Raises:
            BackendError: the text is nested too deeply to be set.
        """
        with self._listening(""), _undisturbed():
            try:
                tree: Any = _Tree(root, self._fetcher)
                document = tree.render(
                    font_config=self._fonts, stylesheets=self._sheets, cache=str(self._scratch)
                )
            except RecursionError:
                raise BackendError(
                    error("pdf-nesting", "lists or quotations are nested too deeply for a page")
                ) from None
        if self._fetcher.failure:
            raise self._fetcher.failure
        return Pages(document)

    def write(self, front: Pages, body: Pages, out: BinaryIO, finish: Finish) -> None:
        """Write the pages of front matter and body as one PDF."""
        pages = [*front.document.pages[: finish.front], *body.document.pages]
        document = body.document.copy(pages)
        with self._listening(""), _undisturbed():
            document.write_pdf(
                out,
                finisher=lambda document, pdf: self._finish(document, pdf, finish),
                pdf_identifier=finish.identifier,
                pdf_variant=finish.variant or None,
                pdf_tags=finish.tags,
            )

    def _finish(self, document: Any, pdf: Any, finish: Finish) -> None:
        labels = _Array([0, _Dictionary({"S": "/r"})])
        labels += [finish.front, _Dictionary({"S": "/D"})]
        pdf.catalog["PageLabels"] = _Dictionary({"Nums": labels})
        foreign = {
            family
            for font in document.fonts.values()
            if (family := _family(font)) not in finish.families
        }
        for family in sorted(foreign):
            self._keep(warning("font-foreign", f"a system font crept in: {family}"))

    @contextlib.contextmanager
    def _listening(self, shown: str) -> Iterator[None]:
        """Keep what the engine logs as findings."""
        handler = _Listener(lambda message: self._keep(_finding(message, shown)))
        logger = logging.getLogger("weasyprint")
        before = logger.propagate
        logger.addHandler(handler)
        logger.propagate = False
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.propagate = before

    def _keep(self, finding: Diagnostic) -> None:
        self.findings.setdefault(str(finding), finding)


class Pages:
    """A tree set in pages."""

    def __init__(self, document: Any) -> None:
        self.document = document

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self.document.pages)

    def places(self) -> Mapping[str, int]:
        """Return the page, from 1, on which each id first stands."""
        found: dict[str, int] = {}
        for number, page in enumerate(self.document.pages, 1):
            for anchor in page.anchors:
                found.setdefault(anchor, number)
        return found


class _Tree(weasyprint.HTML):
    """A document that is a tree already: no HTML parser may rearrange it."""

    def __init__(self, root: Element, fetcher: URLFetcher) -> None:
        self.base_url = BASE
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = _cssselect2.ElementWrapper.from_html_root(root)
        self.etree_element = root


class _Fetcher(URLFetcher):
    """Gives out what belongs to the book, and nothing else."""

    def __init__(self, supply: Supply) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._supply = supply
        self.failure: PublishError | None = None  # kept, as the engine swallows what is raised

    def fetch(self, url: str, headers: object = None) -> Any:
        """Return a part of the book."""
        try:
            found = self._supply(unquote(url.removeprefix(BASE))) if url.startswith(BASE) else None
        except PublishError as problem:
            self.failure = problem
            raise
        if found is None:
            raise ValueError("not a part of the book")
        data, media_type = found
        return _Response(url, data, {"Content-Type": media_type})


class _Listener(logging.Handler):
    def __init__(self, take: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._take = take

    def emit(self, record: logging.LogRecord) -> None:
        self._take(record.getMessage())


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let the engine nest as deep as the text, without stops for garbage.

    Layout makes few cycles that matter and many objects: the collector costs an eighth of it.
    """
    deepest, collecting = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(deepest, DEEPEST))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(deepest)
        if collecting:
            gc.enable()


def _finding(message: str, shown: str) -> Diagnostic:
    text = message.replace(BASE, "")
    if shown:
        at = _POSITION.search(text)
        place = Place(shown, *(map(int, at.groups()) if at else ()))
        return warning("layout-css", _POSITION.sub("", text), place)
    if text.startswith(".notdef"):
        return warning("font-missing", text)
    if text.startswith("Failed to load image"):
        return warning("pdf-picture", text)
    if text.startswith("No anchor"):
        return warning("pdf-link", text)
    return warning("pdf-engine", text)


def _family(font: Any) -> str:
    family = font.family
    return family.decode() if isinstance(family, bytes) else str(family)
