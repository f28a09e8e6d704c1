"""The only door to WeasyPrint: trees and style sheets go in, galleys come out.

Written for WeasyPrint 70. What it uses beside the public ``HTML.render`` and ``write_pdf``:
``Document.fonts`` with the fields of its ``Font``, and the page type of a page box. Chinese lines
go deeper, behind a check: see `composer`.
"""

from __future__ import annotations

import contextlib
import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pydyf as _pydyf

from publish.backends.pdf import branches, starts, tags
from publish.backends.pdf.engine import (
    VARIANTS,
    FontConfiguration,
    URLFetcher,
    URLFetcherResponse,
    weasyprint,
)
from publish.backends.pdf.galley import HELD, Branch, FontUse, Galley, Mark, Plate, Spot
from publish.backends.pdf.listening import BASE, Listener, answering, finding
from publish.backends.pdf.sheets import Sheet
from publish.backends.pdf.trees import Element
from publish.backends.pdf.undisturbed import roomy, settled, undisturbed, unsettled
from publish.cache import Cache, digest, sha256
from publish.diagnostics import Diagnostic, Place, PublishError, warning

__all__ = ["VARIANTS", "Manner", "Press", "Supply"]

POINT = 0.75  # points in a CSS pixel
pydyf: Any = _pydyf
_cssselect2: Any = import_module("cssselect2")  # the engine and its kin have no types
_CSS: Any = weasyprint.CSS
_Configuration: Any = FontConfiguration
_Response: Any = URLFetcherResponse


Supply = Callable[[str], tuple[bytes, str] | None]
"""Returns the bytes and media type of "figures/NAME", "fonts/OBJECT" … or None."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How pages are written: a kind of PDF, and whether with a structure tree."""

    variant: str = ""
    tags: bool = True
    composed: bool = False  # whether Chinese paragraphs are set by our own rules
    punctuation: str = ""  # how wide their marks are, a style of `publish.lines`
    fitted: bool = False  # whether they are broken as wholes, rather than line by line
    emphasis: str = "kai"  # or "dots", which composed lines alone have
    pitch: float = 0.0  # points: of the grid that lines stand on if they are composed; 0: none


class Press:
    """Sets trees with one set of style sheets and faces; made once a process."""

    def __init__(
        self,
        sheets: Sequence[Sheet],
        faces: Supply,
        families: frozenset[str],
        store: Cache,
        *,
        margins: bool = True,
    ) -> None:
        unsettled()
        self._margins = margins  # whether the style sheets have margin boxes
        self._findings: dict[str, Diagnostic] = {}
        self._families = families
        self._store = store
        self._fetcher = _Fetcher(faces)
        self._fonts = _Configuration()
        self._plates: dict[str, Plate] = {}
        self._held = _Held()
        self._branch: Branch | None = None  # of the document under way
        self._composer: Any = None  # see `_composer`; made when it is wanted first
        shared = {"matcher": _cssselect2.Matcher(), "page_rules": [], "layers": []}
        self._sheets: list[Any] = []  # one, of the rules of all: each costs every element a search
        for sheet in sheets:
            with self._listening(sheet.shown):
                self._sheets[:] = [
                    _CSS(
                        string=sheet.text,
                        base_url=BASE,
                        url_fetcher=self._fetcher,
                        font_config=self._fonts,
                        **shared,
                    )
                ]
        settled()
        self._own = tuple(self._findings.values())

    def set(
        self,
        root: Element,
        manner: Manner,
        supply: Supply | None = None,
        *,
        name: str = "",
        facts: bool = False,
    ) -> Galley:
        """Return a tree, whose root is ``html``, set in pages.

        Args:
            root: the tree.
            manner: how it is written.
            supply: gives pictures by their addresses.
            name: what ids in the structure begin with, to be the only ones in a book.
            facts: whether the facts of the document's head are also written as XMP.

        Raises:
            BackendError: the text is nested too deeply to be set.
        """
        return roomy(lambda: self._set(root, manner, supply, name, facts=facts))

    def _set(
        self, root: Element, manner: Manner, supply: Supply | None, name: str, *, facts: bool
    ) -> Galley:
        self._findings.clear()
        self._plates.clear()
        self._held.renew()
        with self._store.scratch() as scratch, self._fetcher.giving(supply), undisturbed():
            with self._listening(""), answering(), self._spared(), self._lines(manner):
                document = self._laid_out(root, manner, scratch)

                def finish(document: Any, pdf: Any) -> None:
                    self._hold_back(document, pdf)
                    tags.mend(pdf, name)
                    self._branch = branches.take_out(pdf)
                    if facts and not manner.variant:
                        document.metadata.include_in_pdf(pdf, "", None, None, compress=False)

                data = document.write_pdf(
                    finisher=finish,
                    pdf_variant=manner.variant or None,
                    pdf_tags=manner.tags,
                    pdf_identifier=False,  # the book has one; it costs writing everything twice
                )
            galley = self._galley(document, data)
            del document
        gc.collect(1)  # what was made meanwhile: it is all young
        return galley

    def _spared(self) -> contextlib.AbstractContextManager[None]:
        """Spare the engine some work, if it is the one that we know."""
        if _thrift() is None:
            return contextlib.nullcontext()
        return _thrift().at_work(margins=self._margins)  # type: ignore[no-any-return]

    @contextlib.contextmanager
    def _lines(self, manner: Manner) -> Iterator[None]:
        """Have lines set as wanted; by the engine if it is not the one that we know."""
        if not manner.composed:
            yield
            return
        self._composer = self._composer or _composer(manner)
        if isinstance(self._composer, str):
            text = f"Chinese lines are set plainly: {self._composer} is not what publish knows"
            hint = "install the WeasyPrint that publish asks for, or set pdf.setting to plain"
            self._keep(warning("lines-plain", text, Place("WeasyPrint"), hint))
            yield
            return
        composer, grid = self._composer
        with composer.at_work(), grid(manner.pitch).at_work():
            yield

    def _laid_out(self, root: Element, manner: Manner, scratch: Path) -> Any:
        tree: Any = _Tree(root, self._fetcher)
        document = tree.render(
            font_config=self._fonts,
            stylesheets=self._sheets,
            cache=str(scratch),
            pdf_variant=manner.variant or None,
        )
        if self._fetcher.failure:
            raise self._fetcher.failure
        document.fonts = self._held
        return document

    def _galley(self, document: Any, data: bytes) -> Galley:
        anchors: dict[str, Spot] = {}
        marks: list[Mark] = []
        for number, page in enumerate(document.pages):

            def spot(x: float, y: float, number: int = number, page: Any = page) -> Spot:
                return Spot(number, round(x * POINT, 3), round((page.height - y) * POINT, 3))

            for name, (x, y, *_) in page.anchors.items():
                anchors.setdefault(name, spot(x, y))
            for level, label, (x, y), state in page.bookmarks:
                marks.append(Mark(level, label, spot(x, y), state != "closed"))
        return Galley(
            pdf=data,
            pages=tuple(map(_page_name, document.pages)),
            anchors=anchors,
            marks=tuple(marks),
            fonts=self._uses(),
            plates=tuple(self._plates.values()),
            findings=(*self._own, *self._findings.values()),
            branch=self._branch,
            starts=starts.find(document),
        )

    def _uses(self) -> tuple[FontUse, ...]:
        found = []
        for font in self._held.fonts:
            if not font.to_unicode:
                continue
            foreign = font.family not in self._families
            if foreign:
                text = f"a system font crept in: {font.family}"
                self._keep(warning("font-foreign", text))
            found.append(
                FontUse(
                    key=font.hash,
                    family=font.family,
                    weight=int(font.weight),
                    flags=int(font.flags),
                    ascent=font.ascent,
                    descent=font.descent,
                    widths=tuple(sorted(font.widths.items())),
                    texts=tuple(sorted((g, str(text)) for g, text in font.to_unicode.items())),
                    file=self._store.put_object(font.file_content) if foreign else "",
                    index=int(font.index) if foreign else 0,
                )
            )
        return tuple(sorted(found, key=lambda use: use.key))

    def _hold_back(self, document: Any, pdf: Any) -> None:
        """Take pictures out of the pages, and mend what the engine says of figures."""
        height = document.pages[0].height * POINT if document.pages else 0.0
        for item in pdf.objects:
            if isinstance(item, pydyf.Stream):
                if item.extra.get("Subtype") == "/Image":
                    self._keep_picture(item, pdf)
            elif isinstance(item, dict) and item.get("S") == "/Figure" and "A" in item:
                _to_points(item["A"], height)

    def _keep_picture(self, picture: Any, pdf: Any) -> str:
        """Make a plate of a picture, and of its mask before it; return its name."""
        extra: Any = picture.extra
        if HELD in extra:
            return str(extra[HELD])[1:]
        masked = extra.get("SMask")
        mask = self._keep_picture(pdf.objects[int(masked.split()[0])], pdf) if masked else ""
        data = b"\n".join(part if isinstance(part, bytes) else part.data for part in picture.stream)
        name = sha256(data)
        if self._store.object_path(name) is None:
            self._store.put_object(data)
        facts = pydyf.Dictionary({key: extra[key] for key in sorted(extra) if key != "SMask"}).data
        plate = Plate(digest(facts, name, mask), facts, name, mask)
        self._plates.setdefault(plate.name, plate)
        extra[HELD] = f"/{plate.name}"
        picture.stream = []
        return plate.name

    @contextlib.contextmanager
    def _listening(self, shown: str) -> Iterator[None]:
        """Keep what the engine logs as findings."""
        handler = Listener(lambda message: self._keep(finding(message, shown)))
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
        self._findings.setdefault(str(finding), finding)


class _Held(dict[Any, Any]):
    """The fonts of a document, which the engine does not find when it comes to embed them.

    One for all documents of a press: to read a face again for each would cost more than a
    chapter's text.
    """

    @property
    def fonts(self) -> tuple[Any, ...]:
        return tuple(dict.values(self))

    def values(self) -> Any:
        return ()

    def renew(self) -> None:
        """Forget what was drawn."""
        for font in self.fonts:
            font.widths, font.to_unicode, font.missing = {}, {}, {}


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

    def __init__(self, faces: Supply) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._faces = faces
        self._more: Supply | None = None
        self.failure: PublishError | None = None  # kept, as the engine swallows what is raised

    @contextlib.contextmanager
    def giving(self, supply: Supply | None) -> Iterator[None]:
        """Give out, for a while, what belongs to one piece."""
        self._more, self.failure = supply, None
        try:
            yield
        finally:
            self._more = None

    def fetch(self, url: str, headers: object = None) -> Any:
        """Return a part of the book."""
        try:
            found = self._find(unquote(url.removeprefix(BASE))) if url.startswith(BASE) else None
        except PublishError as problem:
            self.failure = problem
            raise
        if found is None:
            raise ValueError("not a part of the book")
        data, media_type = found
        return _Response(url, data, {"Content-Type": media_type})

    def _find(self, address: str) -> tuple[bytes, str] | None:
        found = self._faces(address)
        return self._more(address) if found is None and self._more else found


@lru_cache(maxsize=1)
def _thrift() -> Any:
    """Return what spares the engine work; None if its inside has moved."""
    try:
        from publish.backends.pdf import thrift
    except (ImportError, AttributeError, TypeError, ValueError):
        return None
    return None if thrift.moved() else thrift


def _composer(manner: Manner) -> Any:
    """Return what composes lines, and what puts them on a grid.

    If something of the engine is not where these look for it, its name.
    """
    try:
        from publish.backends.pdf import composer, grid
    except (ImportError, AttributeError) as problem:
        return str(problem)
    return composer.moved() or (composer.Composer(manner.punctuation, fit=manner.fitted), grid.Grid)


def _page_name(page: Any) -> str:
    kind = getattr(getattr(page, "_page_box", None), "page_type", None)
    return "blank" if getattr(kind, "blank", False) else str(getattr(kind, "name", "") or "")


def _to_points(attributes: Any, height: float) -> None:
    """Give a figure's box in the page's own units; the engine writes CSS pixels, y down."""
    left, top, right, bottom = (side * POINT for side in attributes["BBox"])
    attributes["BBox"][:] = [left, height - bottom, right, height - top]
