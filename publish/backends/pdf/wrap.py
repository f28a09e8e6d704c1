"""Makes the cover of a printed book: back, spine and front on one sheet.

The sheet is one galley, set without margins in the size of the sheet and bound alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO
from xml.etree import ElementTree as ET

from publish import cache, compiler, fonts, layouts
from publish.backends.pdf import compose, document, faces, galley, isbn, lines, paper, tones
from publish.backends.pdf.binding import Binder, Leaf
from publish.backends.pdf.faces import Text
from publish.backends.pdf.facts import MM, Page, bleed, marks, page
from publish.backends.pdf.galley import Galley
from publish.backends.pdf.making import page_count
from publish.backends.pdf.panels import Spread
from publish.backends.pdf.settings import catalogue_of, manner, signs
from publish.backends.pdf.sheets import Sheet
from publish.backends.pdf.trees import Element, make
from publish.backends.pdf.trimming import Trimming
from publish.diagnostics import BackendError, Diagnostic, UsageError, error, note, warning
from publish.layouts import Layout
from publish.model import Edition
from publish.workshop import Workshop

BLEED = "3mm"  # if nothing is said of it
FRAME = (1600, 2560)  # of cover.svg, in its own units
NARROWEST = 5.0  # mm of a spine that carries words
SIZES = (1.0, 0.92, 0.85, 0.78)  # of the words on the back, until they fit
SMALL = 70.0  # mm of a page that has the bar code at its smallest magnification, 0.8
ROOM = 3 * MM  # between the words of the back and its foot
_SENTENCE = re.compile(r"[。！？!?]+[”’」』）]*|\.(?=\s)")
_WORDS, _FOOT = "wrap-end", "wrap-foot"  # ids in wrap.xhtml between which there must be room


def bind(
    edition: Edition,
    layout: Layout,
    shop: Workshop,
    out: BinaryIO,
    options: Mapping[str, object],
) -> None:
    """Write the cover of an edition as a PDF; see `publish.backends.Backend`."""
    settings = {**layout.options, **options}
    binding = _binding(settings)
    leaf, beyond = page(settings), bleed({"bleed": BLEED, **settings})
    paper.spine(0, settings)  # what cannot be meant is told before all pages are set
    pages = page_count(edition, layout, shop, options)
    sheet = Spread(leaf.width, leaf.height, paper.spine(pages, settings), beyond, binding)
    shop.report(*_told(sheet, pages))
    number, faults = _number(edition, str(options.get("isbn") or ""))
    shop.report(*faults)
    maker = _Maker(edition, layout, settings, shop, sheet, number)
    made = maker.set(leaf)
    if len(made) != 1:
        text = f"the cover takes {len(made)} sheets: wrap.xhtml and cover.css must fit on one"
        raise BackendError(error("cover-sheets", text))
    trimming = Trimming(beyond, marks(settings), sheet.folds)
    binder = Binder(out, edition, shop.cache, maker.catalogue, trimming)
    binder.begin(made, (), [Leaf()], frozenset())
    binder.front = 0  # no roman number
    binder.write()
    shop.report(*galley.placed(made.findings, edition.name), *binder.findings)


def _binding(settings: Mapping[str, object]) -> str:
    side = settings.get("binding") or "left"
    if side in ("left", "right"):
        return str(side)
    raise UsageError(
        error("pdf-option", f"binding = {side!r} cannot be meant", help="left, or right")
    )


def _told(sheet: Spread, pages: int) -> Iterator[Diagnostic]:
    wide = sheet.spine / MM
    yield note("cover-spine", f"the spine is {wide:.1f} mm wide: {pages} pages")
    if not _legible(sheet):
        yield note(
            "cover-spine-bare",
            f"a spine of {wide:.1f} mm carries no words",
            help=f"from {NARROWEST:g} mm on it does; spine sets its width, paper that of a leaf",
        )


def _legible(sheet: Spread) -> bool:
    return sheet.spine >= NARROWEST * MM - 0.01


def _number(edition: Edition, written: str) -> tuple[isbn.Isbn | None, tuple[Diagnostic, ...]]:
    """Return a book's ISBN, as the user writes it if that is known, and what is wrong with it."""
    given = written if written and isbn.meant(written) else edition.identifier
    if not isbn.meant(given):
        return None, ()
    if found := isbn.read(given):
        return found, ()
    check = isbn.right_check(given)
    why = f"its check digit would be {check}" if check else "it has not 13 digits from 978 or 979"
    hint = "the cover is made without a bar code"
    return None, (warning("isbn-wrong", f"{given!r} is no ISBN: {why}", help=hint),)


def _fits(made: Galley) -> bool:
    """Tell whether the words of the back end above its foot, with some white between them."""
    words, foot = made.anchors.get(_WORDS), made.anchors.get(_FOOT)
    if foot is None:  # a layout that does not want to know
        return True
    return words is not None and words.page == foot.page and words.y >= foot.y + ROOM


def _shorter(text: str) -> Iterator[str]:
    """Yield a text without its last sentences, ever shorter."""
    ends = [found.end() for found in _SENTENCE.finditer(text)]
    for part in (0.8, 0.6, 0.45, 0.3, 0.2, 0.1, 0.05):
        fitting = [end for end in ends if end <= len(text) * part]
        yield text[: fitting[-1]] if fitting else f"{text[: int(len(text) * part)]}……"


@dataclass(slots=True)
class _Units:
    """A sheet in the units of ``cover.svg``, whose frame stands on the front."""

    sheet: Spread

    @property
    def scale(self) -> float:
        """Points in a unit."""
        return min(self.sheet.width / FRAME[0], self.sheet.height / FRAME[1])

    def panel(self, name: str) -> dict[str, float]:
        """Return where a panel begins and ends, and its width."""
        origin = self.sheet.left("front") + (self.sheet.width - FRAME[0] * self.scale) / 2
        left = (self.sheet.left(name) - origin) / self.scale
        wide = self.sheet.wide(name) / self.scale
        return {"left": left, "right": left + wide, "width": wide}

    def facts(self) -> dict[str, object]:
        """Return what ``wrap.svg`` knows of the sheet; all edges but the panels' with bleed."""
        above = (self.sheet.height / self.scale - FRAME[1]) / 2
        over = self.sheet.bleed / self.scale
        panels = {name: self.panel(name) for name in ("back", "spine", "front")}
        ends = [panels[name][side] for name in ("back", "front") for side in ("left", "right")]
        return panels | {
            "top": -above,
            "bottom": FRAME[1] + above,
            "left": min(ends) - over,
            "right": max(ends) + over,
            "bleed": over,
            "mm": MM / self.scale,
            "legible": _legible(self.sheet),
        }

    def view(self) -> str:
        """Return the viewBox of the front with its bleed."""
        front, facts = self.panel("front"), self.facts()
        over = self.sheet.bleed / self.scale
        before = over if self.sheet.left("front") == 0 else 0.0
        tall = self.sheet.height / self.scale + 2 * over
        top = float(str(facts["top"])) - over
        return f"{front['left'] - before:.3f} {top:.3f} {front['width'] + over:.3f} {tall:.3f}"


class _Maker:
    """Sets the sheet."""

    def __init__(
        self,
        edition: Edition,
        layout: Layout,
        settings: Mapping[str, object],
        shop: Workshop,
        sheet: Spread,
        number: isbn.Isbn | None,
    ) -> None:
        self.edition, self.layout, self.settings = edition, layout, settings
        self.shop, self.sheet, self.number = shop, sheet, number
        self.catalogue = catalogue_of(settings, edition, shop)
        self.manner = manner(settings)
        self.units = _Units(sheet)
        cover = edition.cover
        self.own = b"" if cover is None or cover.svg else self._object(cover.figure.object)
        self.palette = (
            tones.palette(self.own, sheet.binding) if self.own else compiler.palette(edition.name)
        )

    def _object(self, name: str) -> bytes:
        return galley.object_of(self.shop.cache, name)

    def set(self, leaf: Page) -> Galley:
        """Return the sheet, set with the largest type in which the words of the back have room.

        Args:
            leaf: a page of the book.
        """
        pictures = self._pictures()
        style = [Sheet(s.shown, s.text) for s in layouts.sheets(self.layout, "cover")]
        for size in SIZES:
            made = self._set(leaf, style, pictures, size)
            if _fits(made):
                return made
        for text in _shorter(self.edition.description):
            made = self._set(leaf, style, pictures, SIZES[-1], text)
            if _fits(made):
                break
        short = warning(
            "cover-text",
            "the description has no room on the back of the cover: its end is left out",
            help="a description of a few sentences has room",
        )
        return replace(made, findings=(*made.findings, short))

    def _set(
        self,
        leaf: Page,
        style: list[Sheet],
        pictures: Mapping[str, tuple[bytes, str]],
        size: float,
        text: str | None = None,
    ) -> Galley:
        edition = self.edition
        if text is not None:
            edition = replace(edition, description=text)
        wide, tall = self.sheet.trim
        whole = replace(
            leaf,
            width=wide,
            height=tall,
            inner=0,
            outer=0,
            top=0,
            bottom=0,
            bleed=self.sheet.bleed,
        )
        draft = document.Draft(edition, self.layout, whole, self.settings)
        language = self.edition.language
        words = draft.render(
            "wrap.xhtml",
            language,
            isbn=self.number.shown if self.number else "",
            own=bool(self.own),
            binding=self.sheet.binding,
        )
        lines.prepare(words, whole)
        said = signs("".join(sheet.text for sheet in style))
        everything = "".join(filter(None, (*words.itertext(), self.edition.title, said)))
        setup = compose.Setup(
            edition=compose.shell(self.edition),
            layout=self.layout,
            options={},
            page=whole,
            sheets=(Sheet("wrap", self._rules(leaf, size)), *style),
            kit=fonts.cut(
                faces.everything([(language, everything)]), self.catalogue, self.shop.cache
            ),
            catalogue=self.catalogue,
            signs=said,
            store=str(self.shop.cache.root.parent),
            manner=self.manner,
        )
        floor = compose.open_floor(setup, cache.digest("wrap", self.layout.digest))
        back = make("div", class_="wrap-back")
        back.append(words)
        return compose.set_texts(
            [Text(self.edition.name, back, language)],
            floor,
            "front",
            name="cover",
            body="wrap",
            edition=self.edition,
            before=[make("div", class_="wrap-ground"), self._front()],
            pictures=pictures,
        )

    def _front(self) -> Element:
        words = layouts.labels(self.edition.language)
        front = make("div", class_="wrap-front")
        front.append(
            make("img", src="cover", alt=f"{words.cover}{words.colon}{self.edition.title}")
        )
        return front

    def _rules(self, leaf: Page, size: float) -> str:
        """Return the rules that put the panels in their places, in points."""
        sheet, over = self.sheet, self.sheet.bleed
        wide, tall = sheet.trim[0] + 2 * over, sheet.height + 2 * over
        left = sheet.left("front")
        front = left - over if left == 0 else left  # its bleed is on the side of no spine
        unit = isbn.MODULE * MM * (0.8 if leaf.width < SMALL * MM else 1.0)
        colours = "".join(f" --{name}: {value};" for name, value in self.palette.items())
        return f"""
:root {{{colours} --size: {size:g} }}
html, body {{ margin: 0; padding: 0 }}
body {{ width: {sheet.trim[0]:.3f}pt; height: {sheet.height:.3f}pt }}
.wrap-ground {{ position: absolute; top: -{over:.3f}pt; left: -{over:.3f}pt; width: {wide:.3f}pt;
  height: {tall:.3f}pt; background: url("wrap") 0 0 / 100% 100% no-repeat }}
.wrap-front {{ position: absolute; top: -{over:.3f}pt; left: {front:.3f}pt; overflow: hidden;
  width: {sheet.width + over:.3f}pt; height: {tall:.3f}pt }}
.wrap-front img {{ display: block; width: 100%; height: 100%; max-width: none; max-height: none;
  object-fit: cover }}
.wrap-back {{ position: absolute; top: 0; left: {sheet.left("back"):.3f}pt;
  width: {sheet.width:.3f}pt; height: {sheet.height:.3f}pt }}
.barcode img {{ display: block; width: {isbn.WIDTH * unit:.3f}pt; height: {isbn.TALL * unit:.3f}pt;
  max-width: none; max-height: none }}
"""

    def _pictures(self) -> dict[str, tuple[bytes, str]]:
        """Return grounds and spine, front and bar code."""
        svg = "image/svg+xml"
        cover = self.edition.cover
        front = (self._drawn_front(), svg)
        if self.own and cover:
            front = (self.own, cover.figure.media_type)
        drawn = {"cover": front, "wrap": (self._drawing("wrap.svg").encode(), svg)}
        if self.number:
            # Black alone: bars of four inks that do not meet exactly cannot be read. In PDF/A
            # colours must be those of the output intent.
            plain = self.manner.variant.startswith("pdf/a")
            black = "#000" if plain else "device-cmyk(0 0 0 1)"
            drawn["barcode"] = (isbn.svg(self.number, black, self._digits).encode(), svg)
        return drawn

    def _digits(self, text: str, x: float, y: float, size: float) -> str:
        drawn = fonts.outline(
            text, language="en", role="hei", weight="normal", size=size, catalogue=self.catalogue
        )
        if drawn is None:
            return ""
        return (
            f'<path transform="translate({x - drawn.advance / 2:.2f} {y:.2f})" d="{drawn.path}"/>'
        )

    def _drawing(self, template: str) -> str:
        text, _ = compiler.drawing(
            self.layout,
            template,
            self.edition,
            self.catalogue,
            lines=compiler.title_lines(self.edition.title, self.edition.language),
            palette=self.palette,
            binding=self.sheet.binding,
            own=bool(self.own),
            wrap=self.units.facts(),
        )
        return text

    def _drawn_front(self) -> bytes:
        """Return the front as the layout draws it, its frame where the page will be."""
        root = ET.fromstring(self._drawing("cover.svg"))
        for name in ("width", "height"):
            root.attrib.pop(name, None)
        root.set("viewBox", self.units.view())
        root.set("preserveAspectRatio", "xMidYMid meet")
        return ET.tostring(root)
