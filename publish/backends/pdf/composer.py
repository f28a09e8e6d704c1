"""Sets Chinese paragraphs by the rules of `publish.lines` in the engine's pages.

Written for WeasyPrint 70. Where the engine asks for the lines of a paragraph (`iter_line_boxes`),
those that `gathering` finds to be ours get lines from here (measured in `measuring` with sorts
from `shaper`, made in `linebox`); all others stay on the engine's own path.
Lines are resumed by the engine's own skip stacks, so that either may go on where the other ended.
Drawing (`draw_first_line`) is left to `pen`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from publish import lines
from publish.backends.pdf import asides, beside, gathering, grid, hooks
from publish.backends.pdf.gathering import Gathering, NotOursError
from publish.backends.pdf.linebox import Composed, LineMaker
from publish.backends.pdf.measuring import Measuring
from publish.backends.pdf.pen import Pen, Setting
from publish.backends.pdf.shaper import Shaper
from publish.backends.pdf.thrift import BARE
from publish.lines import Kind, Role, Rules, Style

_block: Any = import_module("weasyprint.layout.block")  # the engine has no types
_inline: Any = import_module("weasyprint.layout.inline")
_percent: Any = import_module("weasyprint.layout.percent")
_breaks: Any = import_module("weasyprint.text.line_break")
_draw: Any = import_module("weasyprint.draw.text")

_SIGNATURES = (
    grid.SIGNATURES
    | gathering.SIGNATURES
    | {
        (_block, "iter_line_boxes"): "context box position_y bottom_space skip_stack"
        " containing_block absolute_boxes fixed_boxes first_letter_style first_line_style",
        (_draw, "draw_first_line"): "stream textbox text_overflow block_ellipsis matrix",
        (_inline, "atomic_box"): "context box position_x skip_stack containing_block absolute_boxes"
        " fixed_boxes",
        (_inline, "line_box_verticality"): "box",
        (_inline, "_adjust_line_height"): "box",
        (_percent, "resolve_one_percentage"): "box property_name refer_to",
        (_breaks, "strut"): "style",
        (_breaks, "_font_style_cache_key"): "style include_size",
        (_breaks, "Layout"): "style justification_spacing max_width",
    }
)


def moved() -> str:
    """Return what is not where it was in the engine, or "" if all is."""
    return hooks.moved(_SIGNATURES)


class Composer:
    """Composes the paragraphs of the documents of one press."""

    def __init__(self, punctuation: str = "", *, fit: bool = False) -> None:
        """Make a composer.

        Args:
            punctuation: a `Style`; "" for that of the region.
            fit: whether paragraphs are broken as wholes.
        """
        self._style = Style(punctuation) if punctuation else None
        self._fit = fit
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
                beside.draw(stream, textbox)
                return []
            emojis = plain_draw(stream, textbox, *rest)
            beside.draw(stream, textbox)
            return emojis

        def strut(style: Any) -> Any:
            return self._shaper.fount(style).strut

        self._shaper.prune()
        self._pen = Pen()
        with (
            hooks.replaced(_block, iter_line_boxes=iter_line_boxes),
            hooks.replaced(_draw, draw_first_line=draw_first_line),
            hooks.replaced(_inline, strut=strut),
        ):
            yield

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
        if not (letter_style or line_style or grid.beside(context, top)):
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
            found := composed.paragraph.line(
                at, containing.width - indent, fill=fill, ends=composed.ends
            )
        ) is not None:
            maker = LineMaker(composed, found, at, context, containing, absolutes, fixed, indent)
            made = maker.line(box, top)
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
        except NotOursError:
            made = None
        box.__dict__["composed"] = (box.children, containing.width, made)
        return made

    def _compose(self, context: Any, box: Any, containing: Any) -> Composed:
        style = box.style
        language = style["lang"] or ""
        if not language.startswith("zh") or style["direction"] != "ltr":
            raise NotOursError
        if style["white_space"] != "normal" or box.text_overflow != "clip":
            raise NotOursError
        vars(box).update(BARE)
        gathered = Gathering(self._shaper, containing)
        gathered.walk(box, (), Role.TEXT)
        tokens = lines.tokenise(gathered.runs)
        if any(leaf.aside for leaf in gathered.leaves):
            found = asides.settled(tokens, gathered.leaves, self._rules(box), self._shaper)
            if found is None:
                raise NotOursError
            tokens = found
        if not any(token.kind is Kind.HAN for token in tokens):
            raise NotOursError
        _percent.resolve_one_percentage(box, "text_indent", containing.width)
        measuring = Measuring(context, box, containing, gathered, self._rules(box), self._shaper)
        return measuring.composed(tokens, fit=self._fit)

    def _rules(self, box: Any) -> Rules:
        region = lines.region(box.style["lang"])
        usual = Style.KAIMING if region is lines.Region.MAINLAND else Style.QUANJIAO
        return Rules(region, self._style or usual)
