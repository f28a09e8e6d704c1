"""Makes the boxes of a composed line, as the engine would have made them.

A line is made of copies of the paragraph's boxes, so that whatever hangs on them (links, anchors,
notes, outline, tags) stays on them; only texts and places are ours. Written for WeasyPrint 70:
its boxes, `_adjust_line_height`, `line_box_verticality` and `atomic_box`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import accumulate, groupby
from typing import Any

from publish import lines
from publish.backends.pdf import asides, beside
from publish.backends.pdf.pen import SEEN, Setting
from publish.lines import Kind, Paragraph

_inline: Any = import_module("weasyprint.layout.inline")  # the engine has no types


@dataclass(slots=True)
class Leaf:
    """Text, an atomic box, or an inline box without content, at its place in a paragraph."""

    path: tuple[int, ...]
    box: Any
    text: str = ""
    aside: Any = None  # a reading over it, or a note that it is; see `asides`
    first: int = 0  # token
    last: int = 0  # token behind it
    places: tuple[int, ...] = ()  # of its tokens, in bytes
    strut: tuple[float, float] = (0.0, 0.0)  # its height of line, and its base line from the top


@dataclass(slots=True)
class Composed:
    """A paragraph that was composed for one width of its containing block."""

    children: Any  # of the line box, to know it again
    measure: float
    paragraph: Paragraph
    leaves: list[Leaf]
    before: dict[int, float]  # token -> what its inline boxes have on its left
    after: dict[int, float]
    sorts: list[Any]  # of each token
    spaces: dict[tuple[int, ...], Any]  # leaf -> a space of its style
    marked: bool = False  # whether something stands beside the text

    def skip(self, token: int) -> Any:
        """Return the engine's skip stack for a line that begins with a token."""
        leaf = next(leaf for leaf in self.leaves if leaf.first <= token < leaf.last)
        place = leaf.places[token - leaf.first] if leaf.places else 0
        stack: Any = {place: None} if place else None
        for index in reversed(leaf.path):
            stack = {index: stack} if stack is not None or index else None
        return stack

    def token(self, stack: Any) -> int | None:
        """Return the token that a skip stack leads to; None if it leads into one."""
        if stack is None:
            return 0
        steps: list[int] = []
        while stack:
            ((index, stack),) = stack.items()
            steps.append(index)
        path = tuple(steps)
        for leaf in self.leaves:
            if leaf.path == path[:-1] and leaf.text:
                if path[-1] == len(leaf.text.encode()):
                    return leaf.last
                return leaf.first + leaf.places.index(path[-1]) if path[-1] in leaf.places else None
            if leaf.path >= path:
                return leaf.first
        return len(self.paragraph.tokens)


class LineMaker:
    """Makes the boxes of one line."""

    def __init__(
        self,
        composed: Composed,
        found: lines.Line,
        at: int,
        context: Any,
        containing: Any,
        absolutes: list[Any],
        fixed: list[Any],
    ) -> None:
        self._composed = composed
        self._found = found
        self._at = at
        self._layout = (containing, absolutes, fixed)
        self._context = context
        self._containing = containing
        widths = composed.paragraph.widths
        steps = (
            widths[token] + gap
            for token, gap in zip(range(found.start, found.end - 1), found.gaps, strict=True)
        )
        # Where each drawn token begins, from the first.
        self._places: tuple[float, ...] = tuple(accumulate(steps, initial=0.0))

    def line(self, box: Any, top: float, indent: float) -> Any:
        """Return a line box like the engine's own, at its place."""
        found = self._found
        left = self._containing.content_box_x()
        self._origin: float = left + indent - found.shift + self._aligned(box, indent)
        drawn = [leaf for leaf in self._composed.leaves if self._holds(leaf)]
        line = box.copy_with_children(self._nested(box, drawn, 0))
        line.position_x, line.position_y = left, top
        line.width = indent + found.width
        _inline._adjust_line_height(line)
        bottom, above = _inline.line_box_verticality(line)
        line.baseline = -above
        line.position_y = above
        line.height = bottom - above
        line.margin_top = line.margin_bottom = 0
        line.translate(0, top - above)
        line.position_y = top
        if self._composed.marked:
            beside.underline(line)
            asides.place(line)
        return line

    def _aligned(self, box: Any, indent: float) -> float:
        align = box.style["text_align_all"]
        if self._found.last and box.style["text_align_last"] != "auto":
            align = box.style["text_align_last"]
        room: float = max(0.0, self._containing.width - indent - self._found.width)
        return {"center": room / 2, "right": room, "end": room}.get(align, 0.0)

    def _holds(self, leaf: Leaf) -> bool:
        """Return whether a leaf has a part on this line; empty ones with what they follow."""
        if leaf.first == leaf.last:
            return self._at < leaf.first <= self._found.next or leaf.first == self._at == 0
        return leaf.first < self._found.end and leaf.last > self._found.start

    def _nested(self, parent: Any, leaves: Sequence[Leaf], depth: int) -> list[Any]:
        made = []
        for index, group in groupby(leaves, key=lambda leaf: leaf.path[depth]):
            inside = list(group)
            child = parent.children[index]
            if len(inside[0].path) > depth + 1:
                made.append(self._wrapped(child, inside, depth + 1))
            elif inside[0].text:
                made.append(self._text(inside[0].box, inside[0]))
            elif inside[0].first < inside[0].last:
                x = self._x(inside[0].first)
                one = _inline.atomic_box(self._context, child, x, None, *self._layout)
                one.position_x, one.position_y = x, one.position_y if one.children else 0
                made.append(one)
            else:
                one = child.copy_with_children([])
                one.position_x, one.position_y, one.width = self._x(inside[0].first), 0, 0
                _inline._adjust_line_height(one)
                made.append(one)
        return made

    def _x(self, token: int) -> float:
        """Return where a token is drawn, behind what its inline boxes have on its left."""
        place = min(max(token - self._found.start, 0), len(self._places) - 1)
        return self._origin + self._places[place] + self._composed.before.get(token, 0.0)

    def _wrapped(self, box: Any, inside: Sequence[Leaf], depth: int) -> Any:
        """Return the part of an inline box that stands on this line."""
        path = inside[0].path[:depth]
        every = [leaf for leaf in self._composed.leaves if leaf.path[:depth] == path]
        starts = inside[0] is every[0] and inside[0].first >= self._at
        ends = inside[-1] is every[-1] and inside[-1].last <= self._found.next
        children = self._nested(box, inside, depth)
        made = box.copy_with_children(children)
        made.remove_decoration(start=not starts, end=not ends)
        made.position_x = children[0].position_x
        if starts:
            made.position_x -= box.margin_left + box.border_left_width + box.padding_left
        made.position_y = 0
        right = children[-1].position_x + children[-1].margin_width()
        made.width = right - made.content_box_x()
        _inline._adjust_line_height(made)
        return made

    def _gap(self, leaf: Leaf, token: int) -> float:
        """Return the gap behind a leaf that ends before a token, if readers might see a space."""
        found, composed = self._found, self._composed
        if token != leaf.last or token >= found.end:
            return 0.0
        gap: float = found.gaps[token - 1 - found.start] + composed.after.get(token - 1, 0.0)
        gap += composed.before.get(token, 0.0)
        kinds = {composed.paragraph.tokens[number].kind for number in (token - 1, token)}
        if gap * 1000 / leaf.box.style["font_size"] < SEEN or kinds & {Kind.SPACE, Kind.TIE}:
            return 0.0
        return gap

    def _text(self, box: Any, leaf: Leaf) -> Any:
        found, composed = self._found, self._composed
        first, last = max(leaf.first, found.start), min(leaf.last, found.end)
        tokens = composed.paragraph.tokens[first:last]
        made = box.copy_with_text("".join(token.text for token in tokens))
        x = self._x(first)
        end = last - 1
        right = self._origin + self._places[end - found.start] + composed.paragraph.widths[end]
        right -= composed.after.get(end, 0.0)
        made.position_x, made.position_y, made.width = x, 0, right - x
        made.height = box.style["font_size"]
        line_height, made.baseline = leaf.strut
        made.margin_top = made.margin_bottom = (line_height - made.height) / 2
        gap = self._gap(leaf, last)
        made.pango_layout = Setting(
            text=made.text,
            tokens=tokens,
            sorts=tuple(composed.sorts[first:last]),
            places=tuple(self._x(token) - x for token in range(first, last)),
            style=box.style,
            tail=composed.spaces[leaf.path] if gap else None,
            gap=gap,
            aside=leaf.aside,
        )
        return made
