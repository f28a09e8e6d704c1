"""Puts body text on a grid of base lines, the same on every page.

Lines whose height is the pitch stand at whole pitches from the head of the type area, whatever
stands on them or between them; what is higher than a line takes whole lines (W3C clreq, 行距;
CSS Line Grid 1). A box whose style sets `--block-step` takes whole lines as a block, as CSS
Rhythmic Sizing 1 has it: with `center` what is missing stands over and under it, with `end` over
it, with `start` under it. A heading, or what else is not to be parted from what follows, keeps
two lines of it, even if the first is a paragraph of its own.

Lines are moved and given their height where the engine asks for them (`iter_line_boxes`), boxes
where it has laid them out (`block_level_layout`), so that the engine breaks pages by what is
seen. Written for WeasyPrint 70.
"""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from publish.backends.pdf import hooks

_block: Any = import_module("weasyprint.layout.block")  # the engine has no types
_inline: Any = import_module("weasyprint.layout.inline")
tinycss2: Any = import_module("tinycss2")
boxes: Any = import_module("weasyprint.formatting_structure.boxes")

SIGNATURES = {
    (_block, "iter_line_boxes"): "context box position_y bottom_space skip_stack"
    " containing_block absolute_boxes fixed_boxes first_letter_style first_line_style",
    (_block, "block_level_layout"): "context box bottom_space skip_stack containing_block"
    " page_is_empty absolute_boxes fixed_boxes adjoining_margins first_letter_style"
    " first_line_style discard max_lines",
    (_block, "block_level_page_break"): "sibling_before sibling_after",
    (_block, "collapse_margin"): "adjoining_margins",
    (_inline, "strut"): "style",
}
DESCENT = 0.12  # em: from the base line of Latin to the foot of the em box of Han (OpenType, ideo)
NEARLY = 0.01  # pixels: what is nearer than this to a line of the grid stands on it
_STEP = "__block_step"  # what the engine makes of --block-step
_STEPS = frozenset({"center", "end", "start"})
_AVOID = frozenset({"avoid", "avoid-page"})
_POINT = 4 / 3  # pixels


class Grid:
    """The grid of the documents of one press."""

    def __init__(self, pitch: float) -> None:
        """Make a grid of lines with a pitch in points; 0 for none."""
        self._pitch = pitch * _POINT
        self._inside = 0  # boxes being laid out that are moved as a whole afterwards
        self._kept = False  # whether what was laid out last is not to be parted from what follows

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Let the engine's lines and boxes stand on the grid, for a while."""
        if not self._pitch:
            yield
            return
        plain_lines, plain_layout = _block.iter_line_boxes, _block.block_level_layout
        plain_break = _block.block_level_page_break

        def iter_line_boxes(context: Any, box: Any, *rest: Any) -> Iterator[Any]:
            found = plain_lines(context, box, *rest)
            top, bottom_space = rest[:2]
            ours = not self._inside and bottom_space > -math.inf and _in_flow(context)
            if not ours or beside(context, top):
                return found  # type: ignore[no-any-return]
            height, baseline = _inline.strut(box.style)
            if abs(height - self._pitch) > NEARLY:
                return found  # type: ignore[no-any-return]
            return self._lines(context, box, top, top + baseline, found)

        def block_level_layout(
            context: Any, box: Any, bottom_space: float, skip_stack: Any, *rest: Any, **more: Any
        ) -> Any:
            follows = box.__dict__.setdefault("follows", self._kept)
            ours = not self._inside and bottom_space > -math.inf and _in_flow(context)
            step = _step(box) if ours else ""
            moved = step in ("center", "end")
            self._inside += moved
            try:
                result = plain_layout(context, box, bottom_space, skip_stack, *rest, **more)
            finally:
                self._inside -= moved
            made, resume_at, _, margins, through, *_ = result
            if made is not None and ours:
                if step and resume_at is None and skip_stack is None and not through:
                    self._round(context, made, step, bottom_space, margins)
                _follow(made)
                self._keep(made, step, follows=follows)
            return result

        def block_level_page_break(before: Any, after: Any) -> str:
            found: str = plain_break(before, after)
            return "avoid" if found == "auto" and _is_lone(before) and not _keeps(after) else found

        self._inside, self._kept = 0, False
        with hooks.replaced(
            _block,
            iter_line_boxes=iter_line_boxes,
            block_level_layout=block_level_layout,
            block_level_page_break=block_level_page_break,
        ):
            yield

    # ---- lines

    def _lines(
        self, context: Any, box: Any, top: float, plain: float, found: Iterator[Any]
    ) -> Iterator[tuple[Any, Any]]:
        """Yield lines on the grid; ``plain`` is where the engine has the base line of the first."""
        head = _head(context)
        base = self._base(box.style)
        at = math.ceil((top - head - NEARLY) / self._pitch)  # the line of the page
        first = True
        for line, resume_at in found:
            number, baseline = self._extent(line, base)
            y = head + at * self._pitch
            move = y + baseline - line.position_y - line.baseline
            if abs(move) > NEARLY / 10:
                line.translate(0, move)
            if first:
                line.grid_shift = y + baseline - plain
                first = False
            line.position_y, line.baseline = y, baseline
            line.height = number * self._pitch
            at += number
            yield line, resume_at

    def _base(self, style: Any) -> float:
        """Return the base line of text from the top of its line.

        The em box of Han characters stands in the middle of the line, whatever a face says of its
        ascent: so faces may change from paragraph to paragraph.
        """
        return self._pitch / 2 + (0.5 - DESCENT) * _em(style)

    def _extent(self, line: Any, base: float) -> tuple[int, float]:
        """Return how many lines a line takes, and its base line from the top of the first."""
        above = below = 0.0
        text = False
        at = line.position_y + line.baseline
        for box in _leaves(line):
            if isinstance(box, boxes.TextBox):
                text = text or bool(box.text.strip())
                size = box.style["font_size"]
                upper, lower = box.position_y + box.baseline - size, box.position_y + box.baseline
            else:
                upper, lower = box.position_y, box.position_y + box.margin_height()
            above, below = max(above, at - upper), max(below, lower - at)
        slack = (self._pitch - line.style["font_size"]) / 4
        if not text and above + below > self._pitch + slack:  # a picture alone, in the middle
            number = math.ceil((above + below - slack) / self._pitch)
            return number, (number * self._pitch - above - below) / 2 + above
        over = max(0, math.ceil((above - base - slack) / self._pitch))
        under = max(0, math.ceil((below - self._pitch + base - slack) / self._pitch))
        return 1 + over + under, base + over * self._pitch

    # ---- boxes

    def _keep(self, box: Any, step: str, *, follows: bool) -> None:
        """Note whether a box is a single line below a heading, and whether it is a heading."""
        if box.children and isinstance(box.children[-1], boxes.LineBox):
            lines = [child for child in box.children if isinstance(child, boxes.LineBox)]
            box.lone = follows and len(lines) == 1
            self._kept = False
        elif step == "center" or not isinstance(box, boxes.BlockContainerBox):
            self._kept = False
        if box.style["break_after"] in _AVOID:
            self._kept = True

    def _round(
        self, context: Any, box: Any, step: str, bottom_space: float, margins: list[float]
    ) -> None:
        """Let a box that was laid out whole take whole lines, with its margins."""
        head = _head(context)
        foot = box.border_box_y() + box.border_height()
        space = _block.collapse_margin([*margins, box.margin_bottom])
        lines = (foot + space - head) / self._pitch
        surplus = max(0.0, math.ceil(lines - NEARLY / self._pitch) - lines) * self._pitch
        over = {"center": surplus / 2, "end": surplus}.get(step, 0.0)
        top = box.border_box_y() - head
        if abs(top) < NEARLY:
            over = min(over, (self._pitch - _em(box.style)) / 2) if step == "center" else 0.0
        if step == "center":
            over = max(0.0, min(over, context.page_bottom - bottom_space - foot))
        elif step == "end":
            over += self._to_base(box, top + over)
        box.translate(0, over)
        box.margin_bottom = space + surplus - over

    def _to_base(self, box: Any, top: float) -> float:
        """Return how far a heading that begins on a line of the grid is from its base line."""
        line = _first_line(box)
        if line is None or abs(top - round(top / self._pitch) * self._pitch) > NEARLY:
            return 0.0
        return self._base(box.style) - float(line.position_y + line.baseline - box.border_box_y())


def beside(context: Any, top: float) -> bool:
    """Return whether lines from a height may stand beside a float."""
    return any(
        shape.position_y + shape.margin_height() > top for shape in context.excluded_shapes or ()
    )


def _in_flow(context: Any) -> bool:
    """Return whether what is laid out is in the flow of the page itself."""
    return context._excluded_shapes_root_boxes[-1] is None and not context.in_column


def _is_lone(box: Any) -> bool:
    """Return whether a box ends with a single line below a heading."""
    while box is not None and box.children and not isinstance(box.children[-1], boxes.LineBox):
        box = box.children[-1]
    return box is not None and bool(box.__dict__.get("lone", False))


def _keeps(box: Any) -> bool:
    """Return whether a box begins with one that is not to be parted from what follows."""
    while isinstance(box, boxes.BlockLevelBox):
        if box.style["break_after"] in _AVOID:
            return True
        box = next((child for child in box.children or () if child.is_in_normal_flow()), None)
    return False


def _em(style: Any) -> float:
    """Return the size of the book's text."""
    return float(style.root_style["font_size"])


def _head(context: Any) -> float:
    """Return where the type area of the page begins."""
    return float(context.current_footnote_area.page.content_box_y())


def _step(box: Any) -> str:
    """Return how a box takes whole lines, or ""; unlike what CSS does, it does not inherit."""
    found = getattr(box.style, "cascaded", {}).get(_STEP)
    if found is None:
        return ""
    word = tinycss2.serialize(found[0]).strip() if isinstance(found[0], list | tuple) else "var()"
    if word not in _STEPS | {"none"}:
        logging.getLogger("weasyprint").warning(
            "Ignored `--block-step: %s`, use one word of %s.", word, ", ".join(sorted(_STEPS))
        )
    return word if word in _STEPS else ""


def _leaves(parent: Any) -> Iterator[Any]:
    """Yield texts and atomic boxes of a line, without readings, which stand between lines."""
    for child in parent.children:
        if not child.is_in_normal_flow() or getattr(child, "is_reading", False):
            continue
        if type(child) is boxes.InlineBox:
            yield from _leaves(child)
        else:
            yield child


def _first_line(box: Any) -> Any:
    """Return the first line of a block, if it begins with text."""
    while not isinstance(box, boxes.LineBox):
        box = next((child for child in box.children or () if child.is_in_normal_flow()), None)
        if box is None:
            return None
    return box


def _follow(box: Any) -> None:
    """Let the marker of a list item stand where its first line does."""
    for child in (box.children or ())[:1]:
        if child.is_outside_marker:
            line = _first_line(box)
            child.translate(0, line.__dict__.get("grid_shift", 0.0) if line is not None else 0.0)
