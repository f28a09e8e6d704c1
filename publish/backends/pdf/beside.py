"""Marks beside composed text: 着重号, 专名号 and 书名号甲式, as paths that add no text.

Style sheets ask for them by properties of their own, which the engine keeps and does not read:
``--emphasis: dot`` and ``--underline: straight | wavy``. Lengths here are in em of the text,
downwards from its base line. Written for WeasyPrint 70: its boxes, styles and streams.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from typing import Any

from publish.backends.pdf.pen import Setting, Underline
from publish.backends.pdf.shaper import SIZE
from publish.lines import Kind, Run, tokenise

_ffi: Any = import_module("weasyprint.text.ffi")
boxes: Any = import_module("weasyprint.formatting_structure.boxes")  # the engine has no types

DOT = 0.075  # radius of a dot
BELOW = 0.31  # from the base line to its middle; a square ends at 0.12, the next begins at 0.79
LOWER = 0.1  # by which dots go down where a line is under the text
STRAIGHT, WAVY = 0.19, 0.215  # from the base line to the middle of a line
THICK = 0.045  # of a line
WAVE, HEIGHT = 0.36, 0.045  # length of a wave, and how far it goes up and down
APART = 0.08  # by which a line is shorter than its text on both sides (clreq: 相邻专名之间断开)
_ROUND = 0.5523  # of a radius, to the control points of a quarter of a circle


def said(style: Any, name: str) -> str:
    """Return what a style says of a property of our own, "" for nothing."""
    value = style[f"__{name}"]
    return "".join(token.serialize() for token in value).strip() if value else ""


# ---- lines under text


def underline(parent: Any) -> None:
    """Give the lines that are under a line's text to the first text box of each.

    One line goes under all of an element, over gaps and inner elements; the engine would draw
    one for each text box.
    """
    for box in parent.children:
        kind = said(box.style, "underline")
        if not kind:
            if isinstance(box, boxes.InlineBox):
                underline(box)
            continue
        texts = [text for text in _texts(box) if isinstance(text.pango_layout, Setting)]
        for text in texts:
            text.style = text.style.copy()
            lines = text.style["text_decoration_line"]
            text.style["text_decoration_line"] = set(lines) - {"underline"} or "none"
        if texts and kind != "none":
            right = max(text.position_x + text.width for text in texts)
            width = right - texts[0].position_x
            texts[0].pango_layout.under = Underline(kind, width)


def _texts(box: Any) -> Iterator[Any]:
    if isinstance(box, boxes.TextBox):
        yield box
    elif isinstance(box, boxes.InlineBox):
        for child in box.children:
            yield from _texts(child)


# ---- drawing


def draw(stream: Any, textbox: Any) -> None:
    """Draw what stands beside a text box, in its colour, between two text objects."""
    dots = [*_dots(textbox)] if said(textbox.style, "emphasis") == "dot" else []
    under = getattr(textbox.pango_layout, "under", None)
    if not dots and not under:
        return
    size = textbox.style["font_size"]
    y = textbox.position_y + textbox.baseline
    stream.end_text()
    with stream.stacked():
        if under:
            _line(stream, textbox, under, y)
        below = BELOW + LOWER * bool(said(textbox.style, "underline"))
        for x in dots:
            _disc(stream, x, y + below * size, DOT * size)
        if dots:
            stream.fill()
    stream.begin_text()


def _dots(textbox: Any) -> Iterator[float]:
    """Yield the middles of the Han of a text box: nothing else has dots."""
    size, setting = textbox.style["font_size"], textbox.pango_layout
    if isinstance(setting, Setting):
        for token, sort, place in zip(setting.tokens, setting.sorts, setting.places, strict=True):
            if token.kind is Kind.HAN:
                yield textbox.position_x + place + sort.width * size / SIZE / 2
        return
    at = textbox.position_x
    for text, width in _clusters(setting):
        if [token.kind for token in tokenise([Run(text)])] == [Kind.HAN]:
            yield at + width / 2
        at += width


def _clusters(layout: Any) -> Iterator[tuple[str, float]]:
    """Yield what the engine's own layout of a line holds: text and width of each glyph."""
    line, _ = layout.get_first_line()
    data = layout.text.encode()
    run = line.runs[0]
    while run != _ffi.ffi.NULL:
        item, string = run.data.item, run.data.glyphs
        run = run.next
        starts = [item.offset + string.log_clusters[place] for place in range(string.num_glyphs)]
        for place, (start, end) in enumerate(pairwise([*starts, item.offset + item.length])):
            width = string.glyphs[place].geometry.width * _ffi.FROM_UNITS
            yield data[start:end].decode(errors="ignore"), width


def _disc(stream: Any, x: float, y: float, radius: float) -> None:
    near = radius * _ROUND
    stream.move_to(x + radius, y)
    stream.curve_to(x + radius, y + near, x + near, y + radius, x, y + radius)
    stream.curve_to(x - near, y + radius, x - radius, y + near, x - radius, y)
    stream.curve_to(x - radius, y - near, x - near, y - radius, x, y - radius)
    stream.curve_to(x + near, y - radius, x + radius, y - near, x + radius, y)
    stream.close()


def _line(stream: Any, textbox: Any, under: Underline, baseline: float) -> None:
    size = textbox.style["font_size"]
    left = textbox.position_x + APART * size
    width = under.width - 2 * APART * size
    stream.set_color(textbox.style["color"], stroke=True)
    stream.set_line_width(THICK * size)
    if under.kind != "wavy":
        y = baseline + STRAIGHT * size
        stream.move_to(left, y)
        stream.line_to(left + width, y)
    else:
        y = baseline + WAVY * size
        halves = 2 * max(1, round(width / (WAVE * size)))
        step, swing = width / halves, HEIGHT * size / 0.75  # where a curve's control points lie
        stream.move_to(left, y)
        for number in range(halves):
            x, crest = left + number * step, y + (swing if number % 2 else -swing)
            stream.curve_to(x + 0.364 * step, crest, x + 0.636 * step, crest, x + step, y)
    stream.stroke()
