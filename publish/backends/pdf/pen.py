"""Draws what was composed: glyphs at places that are known, as operators of a content stream.

Stands where the engine keeps a Pango layout, and answers what its drawing asks of one. Written
for WeasyPrint 70: `draw_text`, the fields of its ``Font``, and its streams.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import pydyf as _pydyf

from publish.backends.pdf.shaper import Glyph, Sort
from publish.lines import UNSEEN, Kind, Token

pydyf: Any = _pydyf
_text: Any = import_module("weasyprint.text.line_break")  # the engine has no types
_ffi: Any = import_module("weasyprint.text.ffi")

SEEN = 90.0  # thousandths of an em: gaps from which readers take a space to be meant
OVER = -400.0  # and what stands so far back that they take a new line to begin
LEAST = 0.5  # thousandths: less is not worth a number
_UNSAID = str.maketrans(dict.fromkeys(UNSEEN, ""))


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
    said: str | None = None  # what readers take the whole for, if not for its text
    joins: Sequence[int] = ()  # tokens that are said together with the one before
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
        self._known: dict[int, tuple[_Drawn, ...]] = {}  # by the id of sorts, which settings keep

    def draw(self, stream: Any, textbox: Any, matrix: Any) -> None:
        """Draw a text box inside a text object."""
        setting = textbox.pango_layout
        size = setting.style["font_size"]
        if not textbox.text.strip() or size < 1e-6:
            return
        stream.set_text_matrix(*matrix.values)
        show = _Show(stream, size)
        scale = 1000 / size
        places = [place * scale for place in setting.places]
        known = self._known
        drawn = [known.get(id(sort)) or self._drawn(stream, sort) for sort in setting.sorts]
        for first, last, said in _parts(setting, places):
            if said is not None:
                show.begin(said)
            if setting.rises:
                show.rows(places, drawn, setting.rises)
            else:
                show.row(places[first:last], drawn[first:last])
            if setting.tail and last == len(places):
                end = places[-1] + setting.sorts[-1].width + setting.gap * scale
                show.row([end - setting.tail.width], [self._drawn(stream, setting.tail)])
            if said is not None:
                show.end()
        show.flush()

    def _drawn(self, stream: Any, sort: Sort) -> tuple[_Drawn, ...]:
        found = self._known.get(id(sort))
        if found is None:
            found = self._known[id(sort)] = tuple(self._met(stream, g) for g in sort.glyphs)
        return found

    def _met(self, stream: Any, glyph: Glyph) -> _Drawn:
        """Tell the engine's font of a glyph that is drawn for the first time."""
        if glyph.font not in self._fonts:
            self._fonts[glyph.font] = stream.add_font(glyph.font)
        font, size = self._fonts[glyph.font]
        if not font.to_unicode.get(glyph.number):
            font.to_unicode[glyph.number] = glyph.text
        if glyph.number not in font.widths:
            if not glyph.own:
                glyph.own.append(_width(stream, glyph, size))
            font.widths[glyph.number] = glyph.own[0]
        return font, f"{glyph.number:04x}", font.widths[glyph.number], glyph.at


_Drawn = tuple[Any, str, int, float]
"""A glyph: the engine's font, its number, its own width there, and where it is from its sort."""


class _Show:
    """Collects glyphs of one font into one operator."""

    def __init__(self, stream: Any, size: float) -> None:
        self._stream = stream
        self._size = size
        self._font: Any = None
        self._items: list[str] = []
        self._pen = 0.0  # where the next glyph would stand, in thousandths of an em

    def row(self, places: Sequence[float], drawn: Sequence[Sequence[_Drawn]]) -> None:
        """Draw tokens at one height."""
        used, items, pen = self._font, self._items, self._pen
        for place, glyphs in zip(places, drawn, strict=True):
            for font, number, width, at in glyphs:
                if font is not used:
                    self.flush()
                    used, items = font, self._items
                    self._stream.set_font_size(font.hash, self._size)
                off = pen - place - at
                if (off >= LEAST or off <= -LEAST) and (move := round(off)):
                    # One number between two strings: some readers refuse two that touch.
                    items.append(f">{move}<")
                    pen -= move
                items.append(number)
                pen += width
        self._font, self._pen = used, pen

    def rows(
        self, places: Sequence[float], drawn: Sequence[Sequence[_Drawn]], rises: Sequence[float]
    ) -> None:
        """Draw tokens at heights of their own, all those of a row in one operator."""
        height = 0.0
        for place, glyphs, rise in zip(places, drawn, rises, strict=True):
            if rise != height:
                self.flush()
                self._stream.set_text_rise(rise)
                height = rise
            self.row([place], [glyphs])
        self.flush()
        self._stream.set_text_rise(0)

    def begin(self, said: str) -> None:
        """Begin a sequence that stands for a text (ISO 32000-1, 14.9.4)."""
        self.flush()
        text = pydyf.Dictionary({"ActualText": pydyf.String(said)})
        self._stream.begin_marked_content("Span", text)

    def end(self) -> None:
        """End it."""
        self.flush()
        self._stream.end_marked_content()

    def flush(self) -> None:
        if self._items:
            self._stream.show_text(f"<{''.join(self._items)}>".replace("<>", ""))
            self._items = []


def _parts(setting: Setting, places: Sequence[float]) -> Iterator[tuple[int, int, str | None]]:
    """Yield sequences of tokens, with what they say if that is not what readers would see.

    Readers take a gap for a space, and full-width marks that share one square for two lines or
    words; so also in words whose quotes are narrowed. Tokens on both sides are drawn as a
    sequence that says its text, as are words with a hyphen; those that touch are one.
    Where the gap is behind the box, a space fills it that the sequence does not say.
    """
    count = len(places)
    if setting.said is not None:
        yield 0, count, setting.said
        return
    tokens, sorts = setting.tokens, setting.sorts
    held = [token.latin for token in tokens]  # whether it is said
    joined = [False] * count  # with the one before it
    for number, (place, next_, sort) in enumerate(zip(places, places[1:], sorts, strict=False)):
        if OVER < next_ - place - sort.width < SEEN or tokens[number].kind in _SPACES:
            continue
        if tokens[number + 1].kind not in _SPACES:
            held[number] = held[number + 1] = joined[number + 1] = True
    for number in setting.joins:
        held[number - 1] = held[number] = joined[number] = True
    if setting.tail:
        held[-1] = True
    first = 0
    for number in range(1, count + 1):
        whole = number < count and not held[first] and not held[number]
        if number < count and (joined[number] or whole):
            continue
        said = "".join(token.text for token in tokens[first:number]) if held[first] else None
        yield first, number, said.translate(_UNSAID) if said is not None else None
        first = number


_SPACES = (Kind.SPACE, Kind.TIE)


def _width(stream: Any, glyph: Glyph, size: float) -> int:
    """Return a glyph's own width, as the engine finds it, in thousandths of an em."""
    _ffi.pango.pango_font_get_glyph_extents(
        glyph.font, glyph.number, stream.ink_rect, stream.logical_rect
    )
    found: float = stream.logical_rect.width * 1000 * _ffi.FROM_UNITS / size
    return round(found)
