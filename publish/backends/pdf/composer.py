"""Sets Chinese paragraphs by the rules of `publish.lines` in the engine's pages.

The only file that reaches into WeasyPrint's layout and drawing, written for WeasyPrint 70. Where
the engine asks for the lines of a paragraph (`iter_line_boxes`), paragraphs of plain text, simple
inline boxes and atomic ones get lines from here; all others stay on the engine's own path. A line
is made of copies of the same boxes, resumed by the same skip stacks: page breaks, notes, links,
anchors, outline and tags do not know the difference. Drawing (`draw_first_line`) sets glyphs at
places that are known already.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import accumulate, groupby
from typing import Any

import weasyprint

from publish import lines
from publish.backends.pdf.setting import SEEN, Pen, Setting
from publish.backends.pdf.shaper import SIZE, Shaper
from publish.lines import Kind, Paragraph, Role, Rules, Run, Style, Token

MAJOR = "70."  # of the engine that this is written for
NEARLY = 1.5  # measures: a paragraph not longer may be one whose box was made as wide as it is

_block: Any = import_module("weasyprint.layout.block")  # the engine has no types
_inline: Any = import_module("weasyprint.layout.inline")
_percent: Any = import_module("weasyprint.layout.percent")
_breaks: Any = import_module("weasyprint.text.line_break")
_draw: Any = import_module("weasyprint.draw.text")
boxes: Any = import_module("weasyprint.formatting_structure.boxes")

_SIGNATURES = {
    (_block, "iter_line_boxes"): "context box position_y bottom_space skip_stack"
    " containing_block absolute_boxes fixed_boxes first_letter_style first_line_style",
    (_draw, "draw_first_line"): "stream textbox text_overflow block_ellipsis matrix",
    (_inline, "atomic_box"): "context box position_x skip_stack containing_block absolute_boxes"
    " fixed_boxes",
    (_inline, "line_box_verticality"): "box",
    (_inline, "_adjust_line_height"): "box",
    (_percent, "resolve_percentages"): "box containing_block",
    (_percent, "resolve_one_percentage"): "box property_name refer_to",
    (_breaks, "strut"): "style",
    (_breaks, "_font_style_cache_key"): "style include_size",
    (_breaks, "Layout"): "style justification_spacing max_width",
}


def moved() -> str:
    """Return what is not where it was in the engine, or "" if all is."""
    version = str(weasyprint.__version__)
    if not version.startswith(MAJOR):
        return f"WeasyPrint {version}"
    for (module, name), parameters in _SIGNATURES.items():
        found = getattr(module, name, None)
        if found is None or list(inspect.signature(found).parameters) != parameters.split():
            return f"{module.__name__}.{name}"
    return ""


_SPACE = (Token(" ", Kind.SPACE),)


class _NotOursError(Exception):
    """A paragraph that stays on the engine's own path."""


@dataclass(slots=True)
class Leaf:
    """Text, an atomic box, or an inline box without content, at its place in a paragraph."""

    path: tuple[int, ...]
    box: Any
    text: str = ""
    first: int = 0  # token
    last: int = 0  # token behind it
    places: tuple[int, ...] = ()  # of its tokens, in bytes


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


@dataclass(slots=True)
class _Gathering:
    """A paragraph's tree, being walked."""

    containing: Any
    leaves: list[Leaf] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    sides: list[tuple[int, int, float, float]] = field(default_factory=list)

    def walk(self, parent: Any, path: tuple[int, ...], role: Role) -> None:
        for index, child in enumerate(parent.children):
            here = (*path, index)
            kind = type(child)
            if not child.is_in_normal_flow():
                raise _NotOursError
            _percent.resolve_percentages(child, self.containing)
            if kind is boxes.TextBox:
                if not _is_plain(child):
                    raise _NotOursError
                self._add(Leaf(here, child, child.text), Run(child.text, role))
            elif kind is boxes.InlineBox:
                self._inline(child, here, role)
            elif kind in (boxes.InlineBlockBox, boxes.InlineReplacedBox):
                if child.is_table_wrapper:
                    raise _NotOursError
                self._add(Leaf(here, child), Run(lines.OBJECT))
            else:
                raise _NotOursError

    def _add(self, leaf: Leaf, run: Run) -> None:
        self.leaves.append(leaf)
        self.runs.append(run)

    def _inline(self, box: Any, path: tuple[int, ...], role: Role) -> None:
        style = box.style
        if box.is_leader or style["position"] != "static":
            raise _NotOursError
        if style["box_decoration_break"] == "clone" or style["white_space"] != "normal":
            raise _NotOursError
        for side in ("margin_left", "margin_right"):
            if getattr(box, side) == "auto":
                setattr(box, side, 0)
        left = box.margin_left + box.border_left_width + box.padding_left
        right = box.margin_right + box.border_right_width + box.padding_right
        first = len(self.leaves)
        raised = style["vertical_align"] not in ("baseline", 0)
        if not box.children:
            self._add(Leaf(path, box), Run(""))
        else:
            self.walk(box, path, Role.NOTE if raised and _is_call(box) else role)
        if left or right:
            self.sides.append((first, len(self.leaves), left, right))


def _is_call(box: Any) -> bool:
    """Return whether a raised box calls a note, or is short as one."""
    text = "".join(child.text for child in box.descendants() if isinstance(child, boxes.TextBox))
    return box.footnote is not None or len(text) <= 4


def _is_plain(box: Any) -> bool:
    style = box.style
    return (
        style["white_space"] == "normal"
        and style["letter_spacing"] == "normal"
        and not style["word_spacing"]
        and style["word_break"] == "normal"
        and style["font_size"] > 0
        and style["direction"] == "ltr"
        and lines.settable(box.text)
    )


class Composer:
    """Composes the paragraphs of the documents of one press."""

    def __init__(self) -> None:
        self._shaper = Shaper()
        self._pen = Pen()

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Let the engine ask here for lines, for a while."""
        plain_lines, plain_draw = _block.iter_line_boxes, _draw.draw_first_line

        def iter_line_boxes(context: Any, box: Any, *rest: Any) -> Iterator[Any]:
            return self._lines(plain_lines, context, box, *rest)

        def draw_first_line(stream: Any, textbox: Any, *rest: Any) -> Any:
            if isinstance(textbox.pango_layout, Setting):
                self._pen.draw(stream, textbox, rest[-1])
                return []
            return plain_draw(stream, textbox, *rest)

        self._shaper.prune()
        self._pen = Pen()
        _block.iter_line_boxes, _draw.draw_first_line = iter_line_boxes, draw_first_line
        try:
            yield
        finally:
            _block.iter_line_boxes, _draw.draw_first_line = plain_lines, plain_draw

    def _lines(
        self,
        plain: Any,
        context: Any,
        box: Any,
        top: float,
        bottom_space: float,
        stack: Any,
        containing: Any,
        absolutes: list[Any],
        fixed: list[Any],
        letter_style: Any,
        line_style: Any,
    ) -> Iterator[tuple[Any, Any]]:
        composed = None
        if not (letter_style or line_style or _beside(context, top)):
            composed = self._composed(context, box, containing)
        at = composed.token(stack) if composed else None
        if composed is None or at is None:
            yield from plain(
                context,
                box,
                top,
                bottom_space,
                stack,
                containing,
                absolutes,
                fixed,
                letter_style,
                line_style,
            )
            return
        indent = 0.0
        if stack is None:
            _percent.resolve_one_percentage(box, "text_indent", containing.width)
            indent = box.text_indent
        fill = box.style["text_align_all"] == "justify"
        while (
            found := composed.paragraph.line(at, containing.width - indent, fill=fill)
        ) is not None:
            maker = _Maker(composed, found, at, context, containing, absolutes, fixed)
            made = maker.line(box, top, indent)
            top = made.position_y + made.height
            at, indent = found.next, 0.0
            over = at >= len(composed.paragraph.tokens)
            yield made, None if over else composed.skip(at)
            if over:
                return

    def _composed(self, context: Any, box: Any, containing: Any) -> Composed | None:
        kept = box.__dict__.get("composed")
        if kept and kept[0] is box.children and kept[1] == containing.width:
            return kept[2]  # type: ignore[no-any-return]
        try:
            made = self._compose(context, box, containing)
        except _NotOursError:
            made = None
        box.__dict__["composed"] = (box.children, containing.width, made)
        return made

    def _compose(self, context: Any, box: Any, containing: Any) -> Composed:
        style = box.style
        language = style["lang"] or ""
        if not language.startswith("zh") or style["direction"] != "ltr":
            raise _NotOursError
        if style["white_space"] != "normal" or box.text_overflow != "clip":
            raise _NotOursError
        _percent.resolve_percentages(box, containing)
        gathered = _Gathering(containing)
        gathered.walk(box, (), Role.TEXT)
        tokens = lines.tokenise(gathered.runs)
        if not any(token.kind is Kind.HAN for token in tokens):
            raise _NotOursError
        return self._measured(context, box, containing, gathered, tokens)

    def _measured(
        self,
        context: Any,
        box: Any,
        containing: Any,
        gathered: _Gathering,
        tokens: tuple[Token, ...],
    ) -> Composed:
        widths: list[float] = []
        ems: list[float] = []
        sorts: list[Any] = []
        spaces: dict[tuple[int, ...], Any] = {}
        at = 0
        for number, leaf in enumerate(gathered.leaves):
            leaf.first = at
            while at < len(tokens) and tokens[at].run == number:
                at += 1
            leaf.last = at
            own = tokens[leaf.first : leaf.last]
            ems += [leaf.box.style["font_size"]] * len(own)
            if leaf.text:
                found = self._shaped(leaf, own)
                sorts += found
                (spaces[leaf.path],) = self._shaper.shape(_SPACE, self._shaper.case(leaf.box.style))
                widths += [sort.width * leaf.box.style["font_size"] / SIZE for sort in found]
            elif own:
                size = _inline.atomic_box(context, leaf.box, 0, None, containing, [], [])
                widths.append(size.margin_width())
                sorts.append(None)
        before, after = _paddings(gathered)
        for token, more in (*before.items(), *after.items()):
            widths[token] += more
        if max(widths) > containing.width:
            raise _NotOursError  # to be cut between any characters
        region = lines.region(box.style["lang"])
        paragraph = _fitted(tokens, widths, ems, region, containing.width)
        return Composed(
            box.children, containing.width, paragraph, gathered.leaves, before, after, sorts, spaces
        )

    def _shaped(self, leaf: Leaf, tokens: Sequence[Token]) -> list[Any]:
        leaf.places = tuple(
            accumulate((len(token.text.encode()) for token in tokens[:-1]), initial=0)
        )
        found = self._shaper.shape(tokens, self._shaper.case(leaf.box.style))
        if not all(sort.sound for sort in found):
            raise _NotOursError
        return found


def _beside(context: Any, top: float) -> bool:
    """Return whether lines from here may stand beside a float."""
    return any(
        shape.position_y + shape.margin_height() > top for shape in context.excluded_shapes or ()
    )


def _paddings(gathered: _Gathering) -> tuple[dict[int, float], dict[int, float]]:
    """Return what inline boxes have on their sides, by the tokens that they begin and end with."""
    before: dict[int, float] = {}
    after: dict[int, float] = {}
    for first, last, left, right in gathered.sides:
        inside = [leaf for leaf in gathered.leaves[first:last] if leaf.first < leaf.last]
        if not inside:
            raise _NotOursError
        before[inside[0].first] = before.get(inside[0].first, 0.0) + left
        after[inside[-1].last - 1] = after.get(inside[-1].last - 1, 0.0) + right
    return before, after


def _fitted(
    tokens: Sequence[Token],
    widths: Sequence[float],
    ems: Sequence[float],
    region: lines.Region,
    measure: float,
) -> Paragraph:
    """Return a paragraph; without gaps if that makes one line of it.

    Cells of tables and other boxes that shrink to fit are as wide as the engine thinks their
    text is, and that knows of no gaps.
    """
    style = Style.KAIMING if region is lines.Region.MAINLAND else Style.QUANJIAO
    paragraph = lines.compose(tokens, widths, ems, Rules(region, style))
    if measure < paragraph.ends[-1] <= NEARLY * measure:
        tight = lines.compose(tokens, widths, ems, Rules(region, style, gap=0.0))
        if tight.ends[-1] <= measure + 1e-3:
            return tight
    return paragraph


class _Maker:
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
        self._places: tuple[float, ...] = tuple(
            accumulate(steps, initial=0.0)
        )  # of drawn tokens, from the first

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
        return line

    def _aligned(self, box: Any, indent: float) -> float:
        last = self._found.next >= len(self._composed.paragraph.tokens)
        align = box.style["text_align_all"]
        if last and box.style["text_align_last"] != "auto":
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
                made.append(self._text(child, inside[0]))
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
        line_height, made.baseline = _breaks.strut(box.style)
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
        )
        return made
