"""Draws what was composed: glyphs at places that are known, as operators of a content stream.

Stands where the engine keeps a Pango layout, and answers what its drawing asks of one. Written
for WeasyPrint 70: `draw_text`, the fields of its ``Font``, and its streams.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from itertools import groupby
from typing import Any

import pydyf as _pydyf

from publish.backends.pdf.shaper import Glyph, Sort
from publish.lines import Kind, Token

pydyf: Any = _pydyf
_text: Any = import_module("weasyprint.text.line_break")  # the engine has no types
_ffi: Any = import_module("weasyprint.text.ffi")

SEEN = 90.0  # thousandths of an em: gaps from which readers take a space to be meant
OVER = -400.0  # and what stands so far back that they take a new line to begin
LEAST = 0.5  # thousandths: less is not worth a number
_UNSAID = str.maketrans(dict.fromkeys("\u200b\u2060", ""))


@dataclass(frozen=True, slots=True)
class Underline:
    """A line that begins under a text box: "straight" or "wavy", and so many CSS pixels long."""

    kind: str
    width: float


@dataclass(eq=False)
class Setting:
    """A text box as composed: its tokens, and where each is drawn from its left edge."""

    text: str
    tokens: Sequence[Token]
    sorts: Sequence[Sort]
    places: Sequence[float]  # CSS pixels
    style: Any
    tail: Sort | None = None  # a space that is drawn and not said, where a gap follows the box
    gap: float = 0.0  # that gap, in CSS pixels
    rises: Sequence[float] = ()  # CSS pixels by which tokens stand higher than the base line
    aside: Any = None  # what stands beside it, see `asides`
    under: Underline | None = None  # see `beside`
    first_line_direction = 0
    max_width = None

    def reactivate(self, style: Any) -> None:
        """Do nothing: all is known."""

    def deactivate(self) -> None:
        """Do nothing, as above."""

    @cached_property
    def _measures(self) -> Any:
        """The engine's own layout, which knows where lines under and through text are."""
        return _text.Layout(self.style)

    def __getattr__(self, name: str) -> Any:
        if name in _MEASURES:
            return getattr(self._measures, name)
        raise AttributeError(name)


_MEASURES = frozenset(
    {
        *("ascent", "underline_position", "underline_thickness"),
        *("strikethrough_position", "strikethrough_thickness"),
    }
)


class Pen:
    """Draws the settings of one document."""

    def __init__(self) -> None:
        self._fonts: dict[Any, Any] = {}  # Pango's -> the engine's, and the size it has there

    def draw(self, stream: Any, textbox: Any, matrix: Any) -> None:
        """Draw a text box inside a text object."""
        setting = textbox.pango_layout
        size = setting.style["font_size"]
        if not textbox.text.strip() or size < 1e-6:
            return
        stream.set_text_matrix(*matrix.values)
        show = _Show(stream, size)
        places = [place * 1000 / size for place in setting.places]
        for parted, group in groupby(_parts(setting, places), key=lambda part: part[1]):
            numbers = [number for number, _ in group]
            if parted:
                show.flush()
                said = "".join(setting.tokens[number].text for number in numbers)
                said = said.translate(_UNSAID)
                show.begin(said)
            for number in numbers:
                if setting.rises:
                    show.rise(setting.rises[number])
                self._token(show, stream, places[number], setting.sorts[number])
            if setting.tail and numbers[-1] == len(places) - 1:
                end = places[-1] + setting.sorts[-1].width + setting.gap * 1000 / size
                self._token(show, stream, end - setting.tail.width, setting.tail)
            if parted:
                show.flush()
                stream.end_marked_content()
        show.rise(0.0)
        show.flush()

    def _token(self, show: _Show, stream: Any, place: float, sort: Sort) -> None:
        for glyph in sort.glyphs:
            font, size = self._font(stream, glyph.font)
            if glyph.text and glyph.number not in font.to_unicode:
                font.to_unicode[glyph.number] = glyph.text
            elif glyph.number not in font.to_unicode:
                font.to_unicode[glyph.number] = ""
            if glyph.number not in font.widths:
                font.widths[glyph.number] = _width(stream, glyph, size)
            show.glyph(font, glyph.number, place + glyph.at)

    def _font(self, stream: Any, font: Any) -> tuple[Any, float]:
        if font not in self._fonts:
            self._fonts[font] = stream.add_font(font)
        return self._fonts[font]  # type: ignore[no-any-return]


class _Show:
    """Collects glyphs of one font into one operator."""

    def __init__(self, stream: Any, size: float) -> None:
        self._stream = stream
        self._size = size
        self._font: Any = None
        self._items: list[str] = []
        self._rise = 0.0
        self._pen = 0.0  # where the next glyph would stand, in thousandths of an em

    def glyph(self, font: Any, number: int, place: float) -> None:
        if font is not self._font:
            self.flush()
            self._font = font
            self._stream.set_font_size(font.hash, self._size)
        move = round(self._pen - place)
        if abs(self._pen - place) >= LEAST and move:
            # One number between two strings: some readers refuse two that touch.
            self._items.append(f">{move}<")
            self._pen -= move
        self._items.append(f"{number:04x}")
        self._pen += font.widths[number]

    def rise(self, rise: float) -> None:
        """Draw what follows so much higher than the base line."""
        if rise != self._rise:
            self.flush()
            self._stream.set_text_rise(rise)
            self._rise = rise

    def begin(self, said: str) -> None:
        """Begin a sequence that stands for a text (ISO 32000-1, 14.9.4)."""
        text = pydyf.Dictionary({"ActualText": pydyf.String(said)})
        self._stream.begin_marked_content("Span", text)

    def flush(self) -> None:
        if self._items:
            self._stream.show_text(f"<{''.join(self._items)}>".replace("<>", ""))
            self._items = []


def _parts(setting: Setting, places: Sequence[float]) -> list[tuple[int, int]]:
    """Return tokens with the number of the sequence they belong to, or 0.

    Readers take a gap for a space, and full-width marks that share one square for two lines or
    words; so also in words whose quotes are narrowed. Tokens on both sides are drawn as a
    sequence that says its text; those that touch are one.
    Where the gap is behind the box, a space fills it that the sequence does not say.
    """
    if setting.rises:  # in rows or columns: read as one
        return [(number, 1) for number in range(len(places))]
    held = [0] * len(places)
    sequence = 0
    for number, token in enumerate(setting.tokens):
        if token.latin:
            sequence += 1
            held[number] = sequence
    for number in range(len(places) - 1):
        gap = places[number + 1] - places[number] - setting.sorts[number].width
        kinds = (setting.tokens[number].kind, setting.tokens[number + 1].kind)
        if OVER < gap < SEEN or Kind.SPACE in kinds or Kind.TIE in kinds:
            continue
        if not held[number]:
            sequence += 1
            held[number] = sequence
        held[number + 1] = held[number]
    if setting.tail:
        held[-1] = held[-1] or sequence + 1
    return list(enumerate(held))


def _width(stream: Any, glyph: Glyph, size: float) -> int:
    """Return a glyph's own width, as the engine finds it, in thousandths of an em."""
    _ffi.pango.pango_font_get_glyph_extents(
        glyph.font, glyph.number, stream.ink_rect, stream.logical_rect
    )
    found: float = stream.logical_rect.width * 1000 * _ffi.FROM_UNITS / size
    return round(found)
