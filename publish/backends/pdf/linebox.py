"""Makes the boxes of a composed line, as the engine would have made them.

A line is made of copies of the paragraph's boxes, so that whatever hangs on them (links, anchors,
notes, outline, tags) stays on them; only texts and places are ours. Written for WeasyPrint 70:
its boxes, `_adjust_line_height`, `line_box_verticality` and `atomic_box`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import accumulate, groupby
from math import ceil, floor
from operator import add
from typing import Any

from publish import lines
from publish.backends.pdf import asides, beside
from publish.backends.pdf.hyphens import HYPHEN
from publish.backends.pdf.pen import SEEN, Setting
from publish.backends.pdf.shaper import SIZE, Fount, Sort
from publish.lines import SOFT, Kind, Paragraph, Token

_inline: Any = import_module("weasyprint.layout.inline")  # the engine has no types


SLIGHTLY = 1e-3  # of a leader's unit: what rounding may take


@dataclass(slots=True)
class Leaf:
    """Text, an atomic box, or an inline box without content, at its place in a paragraph."""

    path: tuple[int, ...]
    box: Any
    text: str = ""
    first: int = 0  # token
    last: int = 0  # token behind it
    fount: Fount | None = None  # of text
    leader: tuple[tuple[Token, Sort], ...] = ()  # what is repeated to fill the line
    aside: Any = None  # a reading over it, or a note that it is; see `asides`

    def place(self, token: int, tokens: Sequence[Token]) -> int:
        """Return where a token begins in its text, in bytes, given those of the paragraph."""
        return len("".join([one.text for one in tokens[self.first : token]]).encode())

    @property
    def size(self) -> float:
        """The size of its type, in CSS pixels."""
        size: float = self.fount.size if self.fount else self.box.style["font_size"]
        return size

    @property
    def unit(self) -> float:
        """The width of what a leader repeats, in CSS pixels."""
        assert self.fount
        return sum(sort.width for _, sort in self.leader) * self.fount.size / SIZE


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
    ends: dict[int, int]  # token behind a line by that which it begins with, where that is settled
    marked: bool = False  # whether something stands beside the text
    carried: frozenset[int] = frozenset()  # second parts of words that are said with the first

    def __post_init__(self) -> None:
        self.carried = frozenset(self._carried()) if self.paragraph.hyphens else frozenset()

    def _carried(self) -> Iterator[int]:
        """Yield the parts of words that begin a line and can be silent.

        Readers take an empty text for none, so that something must follow that is said instead.
        """
        for start, after in self.ends.items():
            if start - 1 in self.paragraph.hyphens:
                leaf = next(leaf for leaf in self.leaves if leaf.first <= start < leaf.last)
                if start + 1 < min(leaf.last, self.paragraph.drawn(start, after)):
                    yield start

    def broken(self, token: int) -> tuple[Token, Token]:
        """Return a word's first part and a hyphen, as they are to be said.

        If the rest is not silent, that is a soft hyphen (ISO 32000-1, 14.8.2.2.3).
        """
        first, second = self.paragraph.tokens[token : token + 2]
        rest, sign = (second.text, "") if token + 1 in self.carried else ("", SOFT)
        whole = first._replace(text=(first.text + rest).replace(SOFT, ""))
        return whole, HYPHEN._replace(text=sign)

    def skip(self, token: int) -> Any:
        """Return the engine's skip stack for a line that begins with a token."""
        leaf = next(leaf for leaf in self.leaves if leaf.first <= token < leaf.last)
        place = leaf.place(token, self.paragraph.tokens) if leaf.text else 0
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
                own = self.paragraph.tokens[leaf.first : leaf.last]
                sizes = (len(token.text.encode()) for token in own)
                begun = list(accumulate(sizes, initial=0))
                return leaf.first + begun.index(path[-1]) if path[-1] in begun else None
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
        indent: float,
    ) -> None:
        self._composed = composed
        self._found = found
        self._at = at
        self._layout = (containing, absolutes, fixed)
        self._context = context
        self._containing = containing
        self._indent = indent
        widths = composed.paragraph.widths
        steps = list(map(add, widths[found.start : found.end - 1], found.gaps))
        self._filled = 0.0  # what a leader is wider than what it repeats
        for leaf in composed.leaves:
            if leaf.leader and found.start <= leaf.first < found.end:
                self._filled = max(0.0, containing.width - indent - found.width)
                if leaf.first < found.end - 1:
                    steps[leaf.first - found.start] += self._filled
        # Where each drawn token begins, from the first.
        self._places: tuple[float, ...] = tuple(accumulate(steps, initial=0.0))
        self._width = found.width + self._filled

    def line(self, box: Any, top: float) -> Any:
        """Return a line box like the engine's own, at its place."""
        left = self._containing.content_box_x()
        self._origin: float = left + self._indent - self._found.shift + self._aligned(box)
        drawn = [leaf for leaf in self._composed.leaves if self._holds(leaf)]
        line = box.copy_with_children(self._nested(box, drawn, 0))
        line.position_x, line.position_y = left, top
        line.width = self._indent + self._width
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

    def _aligned(self, box: Any) -> float:
        align = box.style["text_align_all"]
        if self._found.last and box.style["text_align_last"] != "auto":
            align = box.style["text_align_last"]
        room: float = max(0.0, self._containing.width - self._indent - self._width)
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
            elif inside[0].leader:
                made.append(self._leader(child, inside[0]))
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

    def _leader(self, box: Any, leaf: Leaf) -> Any:
        """Return a leader as wide as it must be: one text, counted from the line's right edge."""
        assert leaf.fount
        left, width, unit = self._x(leaf.first), leaf.unit + self._filled, leaf.unit
        right = self._containing.content_box_x() + self._containing.width
        behind = ceil((right - left - width) / unit - SLIGHTLY)  # units that do not fit in
        count = max(0, floor((right - left) / unit + SLIGHTLY) - behind)
        tokens, sorts = zip(*leaf.leader * count, strict=True) if count else ((), ())
        text = box.children[0].copy_with_text("".join(token.text for token in tokens) or " ")
        text.position_x, text.width = right - (behind + count) * unit, count * unit
        scale = leaf.fount.size / SIZE
        steps = (sort.width * scale for sort in sorts[:-1])
        self._stand(text, leaf.fount)
        text.pango_layout = Setting(
            text=text.text,
            tokens=tokens,
            sorts=sorts,
            places=tuple(accumulate(steps, initial=0.0))[: len(tokens)],
            style=text.style,
            said=" ",  # readers take an empty text for none
        )
        made = box.copy_with_children([text])
        made.position_x, made.position_y, made.width = left, 0, width
        _inline._adjust_line_height(made)
        return made

    def _stand(self, text: Any, fount: Fount) -> None:
        """Let a text stand on the line with its height."""
        text.position_y, text.height = 0, fount.size
        line_height, text.baseline = fount.strut
        text.margin_top = text.margin_bottom = (line_height - text.height) / 2

    def _inside(self, first: int, last: int, x: float) -> Sequence[float]:
        """Return where tokens are drawn in a text that begins at a place."""
        start = self._found.start
        off = self._origin - x
        places = [off + place for place in self._places[first - start : last - start]]
        for token, more in self._composed.before.items():
            if first <= token < last:
                places[token - first] += more
        return places

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
        if gap * 1000 / leaf.size < SEEN or kinds & {Kind.SPACE, Kind.TIE}:
            return 0.0
        return gap

    def _text(self, box: Any, leaf: Leaf) -> Any:
        found, composed = self._found, self._composed
        first, last = max(leaf.first, found.start), min(leaf.last, found.end)
        tokens = composed.paragraph.tokens[first:last]
        said = "".join(token.text for token in tokens)
        if SOFT in said:
            said = said.replace(SOFT, "")
            tokens = tuple(token._replace(text=token.text.replace(SOFT, "")) for token in tokens)
        made = box.copy_with_text(said)
        x = self._x(first)
        end = last - 1
        right = self._origin + self._places[end - found.start] + composed.paragraph.widths[end]
        right -= composed.after.get(end, 0.0)
        made.position_x, made.width = x, right - x
        assert leaf.fount
        self._stand(made, leaf.fount)
        gap = self._gap(leaf, last)
        sorts = tuple(composed.sorts[first:last])
        places = self._inside(first, last, x)
        joins: list[int] = []
        if first in composed.carried:  # said on the line before
            tokens = (tokens[0]._replace(text=""), *tokens[1:])
            joins.append(1)
        if found.hyphen and last == found.end:
            made.width += composed.paragraph.hyphens[end]
            places = (*places, places[-1] + composed.paragraph.widths[end])
            sorts = (*sorts, leaf.fount.hyphen)
            tokens = (*tokens[:-1], *composed.broken(end))
            joins.append(len(tokens) - 1)
        made.pango_layout = Setting(
            text=made.text,
            tokens=tokens,
            sorts=sorts,
            places=places,
            style=box.style,
            joins=joins,
            tail=leaf.fount.space if gap else None,
            gap=gap,
            aside=leaf.aside,
        )
        return made
