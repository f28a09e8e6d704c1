"""Makes the book: trees, faces, pages, file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, BinaryIO

from publish import fonts, layouts
from publish.backends.pdf import document, faces, lines, sheets
from publish.backends.pdf.document import Draft
from publish.backends.pdf.faces import Text
from publish.backends.pdf.facts import page
from publish.backends.pdf.formulas import Formulas
from publish.backends.pdf.trees import Element, make
from publish.config import suggestion
from publish.diagnostics import BackendError, SetupError, UsageError, error, has_errors
from publish.layouts import Layout
from publish.model import Edition, Figure
from publish.workshop import Workshop

if TYPE_CHECKING:
    from publish.backends.pdf.weave import Finish, Supply

MOST_TAGGED = 500  # pages: the cost of tags grows with the square of their number
_ANY = (("-", "-"),)  # stands for the families in the colophon until they are known
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})")


def bind(
    edition: Edition,
    layout: Layout,
    shop: Workshop,
    out: BinaryIO,
    options: Mapping[str, object],
) -> None:
    """Write an edition as a PDF; see `publish.backends.Backend`."""
    settings = {**layout.options, **options}
    draft = Draft(edition, layout, page(settings), settings)
    catalogue = _catalogue(settings, edition, shop)
    formulas = Formulas(catalogue)
    texts = document.body(draft, formulas)
    depth = _depth(settings)
    first = document.front(draft, document.entries(edition, depth, {}), _ANY)
    own = layouts.sheets(layout, "pdf")
    for text in (*texts, *first):
        lines.settle(text.root)
    signs = _signs("".join(sheet.text for sheet in own))
    kit = fonts.cut(faces.demand((*texts, *first), signs), catalogue, shop.cache)
    shop.report(*formulas.findings, *faces.give_geta(texts, kit, catalogue))

    from publish.backends.pdf import weave

    rules = f"{sheets.rules(draft.page)}\n{faces.rules(kit, edition.language)}"
    with shop.cache.scratch() as scratch:
        loom = weave.Loom(
            [weave.Sheet("pdf", rules), *(weave.Sheet(sheet.shown, sheet.text) for sheet in own)],
            _supply(edition, formulas.drawings, kit, shop),
            scratch,
        )
        body = loom.set(document.html(edition, [text.root for text in texts], "book"))
        rows = document.entries(edition, depth, body.places())
        fore = document.front(draft, rows, faces.licences(kit))
        for text in fore:
            lines.settle(text.root)
        shop.report(*faces.give_geta(fore, kit, catalogue))
        ahead = loom.set(_front(draft, fore, settings))
        loom.write(ahead, body, out, _finish(edition, kit, len(ahead), len(body), settings, weave))
        shop.report(*loom.findings.values())


def _depth(settings: Mapping[str, object]) -> int:
    """Return how many levels of headings the contents show."""
    depth = settings.get("toc_depth", 2)
    if isinstance(depth, int) and not isinstance(depth, bool) and 0 <= depth <= 6:
        return depth
    raise UsageError(
        error("pdf-option", f"toc_depth = {depth!r} cannot be meant", help="a number from 0 to 6")
    )


def _catalogue(settings: Mapping[str, object], edition: Edition, shop: Workshop) -> fonts.Catalogue:
    """Return the faces there are; report when those of the edition's region are not.

    Raises:
        SetupError: no face for Chinese text is on this machine.
    """
    project = str(settings.get("project") or "")
    catalogue = fonts.load(Path(project) if project else None)
    found = (*catalogue.findings, *fonts.edition_findings([edition.language], catalogue))
    if has_errors(found):
        raise SetupError(*found)
    shop.report(*found)
    return catalogue


def _signs(css: str) -> str:
    """Return the characters that style sheets may set, as generated content or counters."""
    escaped = (chr(int(found, 16)) for found in _ESCAPED.findall(css) if int(found, 16) < 0x110000)
    return "".join({*_NON_ASCII.findall(css), *escaped, *"①②③④⑤⑥⑦⑧⑨⑩"})


def _front(draft: Draft, fore: Sequence[Text], settings: Mapping[str, object]) -> Element:
    """Return the front matter, with a page more than it has, so that it can be made even."""
    roots = [text.root for text in fore]
    if draft.edition.cover is not None and settings.get("cover", True):
        words = layouts.labels(draft.edition.language)
        alt = f"{words.cover}{words.colon}{draft.edition.title}"
        cover = make("section", class_="cover-page")
        cover.append(make("img", src="cover", alt=alt))
        roots.insert(0, cover)
    return document.html(draft.edition, [*roots, make("div", class_="filler")], "front")


def _finish(
    edition: Edition,
    kit: fonts.Kit,
    front: int,
    body: int,
    settings: Mapping[str, object],
    weave: ModuleType,
) -> Finish:
    variant = str(settings.get("variant") or "").lower()
    if variant and variant not in weave.VARIANTS:
        hint = suggestion(variant, weave.VARIANTS)
        raise UsageError(error("pdf-variant", f"no kind of PDF is called {variant!r}", help=hint))
    front -= 1  # without the filler …
    finish: Finish = weave.Finish(
        identifier=hashlib.sha256(edition.identifier.encode()).digest()[:16].hex().encode(),
        front=front + front % 2,  # … unless the body would begin on a verso
        families=frozenset(face.family for face in kit.faces),
        variant=variant,
        tags=front + body <= MOST_TAGGED,
    )
    return finish


def _supply(
    edition: Edition, drawings: Mapping[str, bytes], kit: fonts.Kit, shop: Workshop
) -> Supply:
    """Return what gives the engine figures, formulas, faces and the cover, by their addresses."""
    figures: dict[str, Figure] = {}
    for chapter in edition.chapters:
        for figure in (*chapter.figures, *filter(None, (chapter.lead_figure,))):
            figures[figure.name] = figure
    cut = {face.object: face for face in kit.faces}

    def supply(address: str) -> tuple[bytes, str] | None:
        folder, _, name = address.partition("/")
        if folder == "figures" and name in figures:
            return _object(figures[name].object, shop), figures[name].media_type
        if folder == "fonts" and name in cut:
            return _object(name, shop), cut[name].media_type
        if folder == "formulas" and name in drawings:
            return drawings[name], "image/svg+xml"
        if address == "cover" and edition.cover is not None:
            if edition.cover.svg:
                return _filling(edition.cover.svg), "image/svg+xml"
            return _object(edition.cover.figure.object, shop), edition.cover.figure.media_type
        return None

    return supply


def _object(name: str, shop: Workshop) -> bytes:
    data = shop.cache.read_object(name)
    if data is None:
        raise BackendError(error("cache-lost", "a figure or a face is gone from the cache"))
    return data


def _filling(svg: bytes) -> bytes:
    """Return a cover that fills whatever page it is put on: its grounds reach beyond its frame."""
    from xml.etree import ElementTree as ET

    root = ET.fromstring(svg)
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.set("preserveAspectRatio", "xMidYMid meet")
    return ET.tostring(root)
