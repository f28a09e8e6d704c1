"""Shapes tokens through the engine's own text layer, each once for a style whatever its size.

Pango stays the shaper: faces that stand in for others, ``lang`` and ``locl``, and features are
its business. Written for WeasyPrint 70: `Layout`, its style, and Pango's glyph strings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from publish.lines import SOFT, UNSEEN, Kind, Token

_text: Any = import_module("weasyprint.text.line_break")  # the engine has no types
_ffi: Any = import_module("weasyprint.text.ffi")
_fonts: Any = import_module("weasyprint.text.fonts")
ffi, pango = _ffi.ffi, _ffi.pango

SIZE = 1000.0  # pixels, at which everything is shaped: widths are then thousandths of an em
BATCH = 128  # tokens in one call: Pango finds a line by counting
MOST = 60_000  # tokens that are kept
HAN = "中"  # what marks are shaped between; the same in every process
QUOTES = frozenset("“”‘’")
WIDE, BEARING = 900.0, 60.0  # thousandths of an em
_DRAWN_AMONG_HAN = frozenset(
    {
        *(Kind.OPENING, Kind.CLOSING, Kind.PAUSE, Kind.STOP, Kind.INTERPUNCT, Kind.CONNECTOR),
        *(Kind.DASH, Kind.ELLIPSIS, Kind.PREFIX, Kind.POSTFIX),
    }
)
_UNDRAWN = str.maketrans(dict.fromkeys(UNSEEN + SOFT, ""))


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph of a token. Lengths are in thousandths of an em."""

    font: Any  # Pango's
    number: int
    at: float  # where it is drawn, from the token's beginning
    text: str  # of its cluster, for the first glyph of one
    own: list[int] = field(default_factory=list, compare=False)  # its width, once it is drawn


@dataclass(frozen=True, slots=True)
class Sort:
    """A token as shaped, like a sort in a case: it is set as often as it is needed."""

    width: float = 0.0  # thousandths of an em
    glyphs: tuple[Glyph, ...] = ()
    sound: bool = True  # False: no face has it, or it is drawn in ways that are not ours


@dataclass(slots=True)
class Case:
    """The sorts of one style."""

    style: Any
    sorts: dict[str, Sort] = field(default_factory=dict)  # by `_key`
    layout: Any = None  # the engine's, to be used again


@dataclass(frozen=True, slots=True)
class Fount:
    """What a style says of type."""

    style: Any
    case: Case
    size: float  # CSS pixels
    strut: tuple[float, float]  # height of its line, and its base line from the top
    plain: bool  # whether its letters and words are as far apart as they are drawn

    @property
    def space(self) -> Sort:
        """The space of its face."""
        return self.case.sorts[SPACE]

    @property
    def hyphen(self) -> Sort:
        """The hyphen of its face, if it was shaped."""
        return self.case.sorts["-"]


SPACE = " "
_SPACE = (Token(SPACE, Kind.SPACE),)
# What a fount depends on: all of it is inherited.
_PROPERTIES = frozenset(
    {
        *("font_family", "font_style", "font_stretch", "font_weight", "font_kerning", "font_size"),
        *("font_variant_ligatures", "font_variant_position", "font_variant_caps"),
        *("font_variant_numeric", "font_variant_alternates", "font_variant_east_asian"),
        *("font_feature_settings", "font_variation_settings", "font_language_override"),
        *("lang", "line_height", "letter_spacing", "word_spacing", "word_break", "direction"),
    }
)


class Shaper:
    """Keeps the sorts of all styles of one configuration of fonts."""

    def __init__(self) -> None:
        self._founts: dict[int, Fount] = {}  # by the id of their styles, which they keep
        self._told: dict[int, tuple[Any, Fount]] = {}  # by that of any style, which is kept too
        self._cases: dict[str, Case] = {}
        self._sound: dict[Any, bool] = {}  # Pango's fonts -> whether they are in plain outlines
        self._kept: list[Any] = []  # layouts that met them first, and keep them alive
        self._count = 0

    def prune(self) -> None:
        """Forget the last document's styles, and all sorts if they have become many."""
        self._founts.clear()
        self._told.clear()
        if self._count > MOST:
            self.__init__()  # type: ignore[misc]

    def fount(self, style: Any) -> Fount:
        """Return the fount of a style: that of the nearest before it that says anything of it."""
        if told := self._told.get(id(style)):
            return told[1]
        asked = style
        while style.parent_style is not None and _PROPERTIES.isdisjoint(
            getattr(style, "cascaded", ())
        ):
            style = style.parent_style
        found = self._founts.get(id(style))
        if found is None:
            found = self._founts[id(style)] = self._cast(style)
        self._told[id(asked)] = asked, found
        return found

    def _cast(self, style: Any) -> Fount:
        plain = (
            style["letter_spacing"] == "normal"
            and not style["word_spacing"]
            and style["word_break"] == "normal"
            and style["font_size"] > 0
            and style["direction"] == "ltr"
        )
        case = self._case(style)
        self.shape(_SPACE, case)
        return Fount(style, case, style["font_size"], _text.strut(style), plain)

    def _case(self, style: Any) -> Case:
        key = _text._font_style_cache_key(style) + str(style["font_kerning"])
        if key not in self._cases:
            plain = style.copy()
            plain["font_size"], plain["letter_spacing"], plain["word_spacing"] = SIZE, "normal", 0
            plain["text_decoration_line"] = "none"
            self._cases[key] = Case(plain)
        return self._cases[key]

    def shape(self, tokens: Sequence[Token], case: Case) -> list[Sort]:
        """Return tokens as shaped in a style."""
        sorts = case.sorts
        keys = [
            token.text if not token.latin and token.kind is not Kind.NOTE else _key(token)
            for token in tokens
        ]
        with suppress(KeyError):
            return [sorts[key] for key in keys]
        missing = {key: token for key, token in zip(keys, tokens, strict=True) if key not in sorts}
        items = list(missing.items())
        for first in range(0, len(items), BATCH):
            self._fill(items[first : first + BATCH], case)
        return [sorts[key] for key in keys]

    def _fill(self, items: Sequence[tuple[str, Token]], case: Case) -> None:
        texts = [token.text.translate(_UNDRAWN) for _, token in items]
        # Marks alone are of no script, and would miss the forms of their region.
        around = [HAN if token.kind in _DRAWN_AMONG_HAN else "" for _, token in items]
        data = "\n".join(f"{han}{text}{han}" for han, text in zip(around, texts, strict=True))
        case.layout = case.layout or _text.Layout(case.style)
        pointer, _ = _ffi.unicode_to_char_p(data)
        pango.pango_layout_set_text(case.layout.layout, pointer, -1)
        known, coded = len(self._sound), data.encode()
        for number, ((key, token), han) in enumerate(zip(items, around, strict=True)):
            line = pango.pango_layout_get_line_readonly(case.layout.layout, number)
            start = line.start_index + len(han.encode())
            end = start + len(texts[number].encode())
            found = _glyphs(line, coded, start, end)
            case.sorts[key] = self._sort(found, latin=token.latin)
        if len(self._sound) > known:
            self._kept.append(case.layout)
            case.layout = None
        self._count += len(items)

    def _sort(
        self, found: Iterable[tuple[Any, int, float, float, float, str]], *, latin: bool
    ) -> Sort:
        at, sound = 0.0, True
        glyphs: list[Glyph] = []
        for font, number, wide, offset, y, text in found:
            x, width = offset, wide
            if number != pango.PANGO_GLYPH_EMPTY:
                outlined = self._outlined(font)
                missing = number & pango.PANGO_GLYPH_UNKNOWN_FLAG
                sound = sound and not missing and not y and outlined
                if latin and text in QUOTES:
                    x, width = _narrowed(font, number, width)
                glyphs.append(Glyph(font, number, at + x, text))
            at += width
        return Sort(at, tuple(glyphs), sound)

    def _outlined(self, font: Any) -> bool:
        """Return whether a font draws plain outlines, and no pictures or colours."""
        if font not in self._sound:
            face = _fonts.get_pango_font_hb_face(font)
            has = _ffi.harfbuzz
            self._sound[font] = not (
                has.hb_ot_color_has_png(face)
                or has.hb_ot_color_has_svg(face)
                or (
                    has.hb_version_atleast(7, 0, 0)
                    and (has.hb_ot_color_has_paint(face) or has.hb_ot_color_has_layers(face))
                )
            )
        return self._sound[font]


def _key(token: Token) -> str:
    """Return what of a token its shape depends on; for most it is the text alone."""
    return f"{token.text}\0{token.latin:d}{token.kind is Kind.NOTE:d}"


def _glyphs(
    line: Any, data: bytes, start: int, end: int
) -> Iterable[tuple[Any, int, float, float, float, str]]:
    """Yield font, number, width, offsets and text of the glyphs of a part of a line."""
    scale = _ffi.FROM_UNITS * 1000 / SIZE
    run = line.runs
    while run != ffi.NULL:
        item, string = run.data.item, run.data.glyphs
        run = run.next
        font, count = item.analysis.font, string.num_glyphs
        for place in range(count):
            first = item.offset + string.log_clusters[place]
            if not start <= first < end:
                continue
            after = next(
                (
                    string.log_clusters[later]
                    for later in range(place + 1, count)
                    if string.log_clusters[later] > string.log_clusters[place]
                ),
                item.length,
            )
            goes_on = place and string.log_clusters[place - 1] == string.log_clusters[place]
            info = string.glyphs[place]
            shape = info.geometry
            text = "" if goes_on else data[first : item.offset + after].decode()
            yield (
                font,
                info.glyph,
                shape.width * scale,
                shape.x_offset * scale,
                shape.y_offset * scale,
                text,
            )


def _narrowed(font: Any, number: int, width: float) -> tuple[float, float]:
    """Return where a quotation mark of Latin text is drawn, and how wide it is.

    Faces for Chinese draw U+2018 to U+201D as wide as Han: what is blank of it goes.
    """
    if width < WIDE:
        return 0.0, width
    ink = ffi.new("PangoRectangle *")
    pango.pango_font_get_glyph_extents(font, number, ink, ffi.NULL)
    scale = _ffi.FROM_UNITS * 1000 / SIZE
    return BEARING - ink.x * scale, ink.width * scale + 2 * BEARING
