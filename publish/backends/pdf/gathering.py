"""Walks the boxes of a paragraph, for `composer`: what stands on its lines, in order.

Paragraphs of plain text, simple inline boxes and atomic ones are ours; others stay on the
engine's own path. Written for WeasyPrint 70: its boxes, and `resolve_percentages`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from publish import lines
from publish.backends.pdf import asides
from publish.backends.pdf.linebox import Leaf
from publish.backends.pdf.shaper import Shaper
from publish.backends.pdf.thrift import BARE
from publish.lines import Role, Run

END = "\n"  # what the engine makes of <br>

_css: Any = import_module("weasyprint.css")  # the engine has no types
_percent: Any = import_module("weasyprint.layout.percent")
boxes: Any = import_module("weasyprint.formatting_structure.boxes")

SIGNATURES = {(_percent, "resolve_percentages"): "box containing_block"}


class NotOursError(Exception):
    """A paragraph that stays on the engine's own path."""


@dataclass(slots=True)
class Gathering:
    """A paragraph's tree, being walked."""

    shaper: Shaper
    containing: Any
    leaves: list[Leaf] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    sides: list[tuple[int, int, float, float]] = field(default_factory=list)

    def walk(self, parent: Any, path: tuple[int, ...], role: Role) -> None:
        """Gather what stands in a box.

        Raises:
            NotOursError: something there is not ours to set.
        """
        led = any(child.is_leader for child in parent.children)
        for index, child in enumerate(parent.children):
            here = (*path, index)
            kind = type(child)
            if kind is boxes.TextBox:
                self._text(child, here, role, led=led)
                continue
            if not child.is_in_normal_flow():
                raise NotOursError
            if kind is boxes.InlineBox:
                self._inline(child, here, role)
            elif kind in (boxes.InlineBlockBox, boxes.InlineReplacedBox):
                if child.is_table_wrapper:
                    raise NotOursError
                if reading := asides.reading(child, self.containing):
                    self._aside(reading, here, reading.run(role))
                    continue
                _percent.resolve_percentages(child, self.containing)
                self._add(Leaf(here, child), Run(lines.OBJECT))
            else:
                raise NotOursError

    def _add(self, leaf: Leaf, run: Run) -> None:
        self.leaves.append(leaf)
        self.runs.append(run)

    def _aside(self, aside: Any, path: tuple[int, ...], run: Run) -> None:
        text = aside.text
        fount = self.shaper.fount(text.style)
        if not aside.drawn:  # of no height to the line
            fount = replace(fount, strut=(0.0, 0.0))
        self._add(Leaf(path, text, text.text, fount=fount, aside=aside), run)

    def _text(self, box: Any, path: tuple[int, ...], role: Role, *, led: bool) -> None:
        fount = self.shaper.fount(box.style)
        # The engine sets the text beside a leader as preformatted.
        plain = fount.plain and (led or box.style["white_space"] == "normal")
        if box.text != END and not (plain and lines.settable(box.text)):
            raise NotOursError
        vars(box).update(BARE)
        self._add(Leaf(path, box, box.text, fount=fount), Run(box.text, role))

    def _inline(self, box: Any, path: tuple[int, ...], role: Role) -> None:
        style = box.style
        if style["position"] != "static" or style["box_decoration_break"] == "clone":
            raise NotOursError
        if box.is_leader:
            self._leader(box, path)
            return
        if style["white_space"] != "normal" and [t.text for t in _texts(box)] != [END]:
            raise NotOursError
        first = len(self.leaves)
        left, right = self._resolved(box)
        raised = style["vertical_align"] not in ("baseline", 0)
        if not box.children:
            self._add(Leaf(path, box), Run(""))
        elif inset := asides.inset(box, self.containing):
            self._aside(inset, (*path, 0), Run(lines.OBJECT))
        else:
            self.walk(box, path, Role.NOTE if raised and _is_call(box) else role)
        if left or right:
            self.sides.append((first, len(self.leaves), left, right))

    def _resolved(self, box: Any) -> tuple[float, float]:
        """Return what stands on both sides of a box, whose lengths are resolved then."""
        if _SIDED.isdisjoint(box.style.cascaded):
            vars(box).update(BARE)
            return 0.0, 0.0
        _percent.resolve_percentages(box, self.containing)
        for side in ("margin_left", "margin_right"):
            if getattr(box, side) == "auto":
                setattr(box, side, 0)
        return (
            box.margin_left + box.border_left_width + box.padding_left,
            box.margin_right + box.border_right_width + box.padding_right,
        )

    def _leader(self, box: Any, path: tuple[int, ...]) -> None:
        (text,) = box.children
        fount = self.shaper.fount(text.style)
        tokens = lines.tokenise([Run(text.text)])
        units = tuple(zip(tokens, self.shaper.shape(tokens, fount.case), strict=True))
        if not (fount.plain and lines.settable(text.text) and all(sort.sound for _, sort in units)):
            raise NotOursError
        for each in (box, text):
            vars(each).update(BARE)
        leaf = Leaf(path, box, fount=fount, leader=units)
        if not leaf.unit:  # nothing that could fill a line
            raise NotOursError
        self._add(leaf, Run(lines.OBJECT, Role.LEADER))


# Properties that give a box sides.
_SIDED = frozenset(
    name
    for name in _css.INITIAL_VALUES
    if name in BARE
    or name.startswith(("margin_", "padding_", "border_"))
    or name.endswith(("inline_size", "block_size"))
)


def _is_call(box: Any) -> bool:
    """Return whether a raised box calls a note, or is short as one."""
    return box.footnote is not None or sum(len(child.text) for child in _texts(box)) <= 4


def _texts(box: Any) -> list[Any]:
    return [child for child in box.descendants() if isinstance(child, boxes.TextBox)]


def paddings(gathered: Gathering) -> tuple[dict[int, float], dict[int, float]]:
    """Return what inline boxes have on their sides, by the tokens that they begin and end with.

    Raises:
        NotOursError: a box with sides has nothing in it.
    """
    before: dict[int, float] = {}
    after: dict[int, float] = {}
    for first, last, left, right in gathered.sides:
        inside = [leaf for leaf in gathered.leaves[first:last] if leaf.first < leaf.last]
        if not inside:
            raise NotOursError
        before[inside[0].first] = before.get(inside[0].first, 0.0) + left
        after[inside[-1].last - 1] = after.get(inside[-1].last - 1, 0.0) + right
    return before, after
