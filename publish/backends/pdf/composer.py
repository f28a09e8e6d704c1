"""Sets Chinese paragraphs by the rules of `publish.lines` in the engine's pages.

Written for WeasyPrint 70. Where the engine asks for the
lines of a paragraph (`iter_line_boxes`), those that `gathering` finds to be ours get lines from
here (made in `linebox`, with sorts from `shaper`); all others stay on the engine's own path.
Lines are resumed by the engine's own skip stacks, so that either may go on where the other ended.
Drawing (`draw_first_line`) is left to `pen`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from publish import lines
from publish.backends.pdf import asides, beside, gathering, grid, hooks
from publish.backends.pdf.gathering import END, Gathering, NotOursError, paddings
from publish.backends.pdf.linebox import Composed, Leaf, LineMaker
from publish.backends.pdf.pen import Pen, Setting
from publish.backends.pdf.shaper import SIZE, Shaper, Sort
from publish.backends.pdf.thrift import BARE
from publish.lines import Kind, Paragraph, Role, Rules, Style, Token

NEARLY = 1.5  # measures: a paragraph not longer may be one whose box was made as wide as it is

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
        return self._measured(context, box, containing, gathered, tokens)

    def _measured(
        self,
        context: Any,
        box: Any,
        containing: Any,
        gathered: Gathering,
        tokens: tuple[Token, ...],
    ) -> Composed:
        widths: list[float] = []
        ems: list[float] = []
        sorts: list[Any] = []
        at = 0
        for number, leaf in enumerate(gathered.leaves):
            leaf.first = at
            while at < len(tokens) and tokens[at].run == number:
                at += 1
            leaf.last = at
            if leaf.first == at:
                continue
            own = tokens[leaf.first : at]
            size = leaf.size
            ems += [leaf.aside.size if leaf.aside else size] * len(own)
            if leaf.aside and not leaf.aside.drawn:
                sorts += [Sort()] * len(own)
                widths += leaf.aside.widths
            elif leaf.text:
                found = self._shaped(leaf, own)
                sorts += found
                scale = size / SIZE
                widths += [sort.width * scale for sort in found]
            elif leaf.leader:
                widths.append(leaf.unit)
                sorts.append(None)
            else:
                made = _inline.atomic_box(context, leaf.box, 0, None, containing, [], [])
                widths.append(made.margin_width())
                sorts.append(None)
        before, after = paddings(gathered)
        for leaf, left, right in asides.rooms(gathered.leaves, tokens, widths):
            before[leaf.first] = before.get(leaf.first, 0.0) + left
            after[leaf.last - 1] = after.get(leaf.last - 1, 0.0) + right
        for token, more in (*before.items(), *after.items()):
            widths[token] += more
        if max(widths) > containing.width:
            raise NotOursError  # to be cut between any characters
        _percent.resolve_one_percentage(box, "text_indent", containing.width)
        measure = containing.width - box.text_indent
        rules = self._rules(box)
        paragraph = lines.compose(tokens, widths, ems, rules)
        if measure < paragraph.ends[-1] <= NEARLY * measure and _shrinks(box.style):
            paragraph = _tight(paragraph, ems, rules, measure)
        fit = self._fit and box.style["text_align_all"] == "justify"
        ends = lines.fitted(paragraph, containing.width, box.text_indent) if fit else {}
        leaves = gathered.leaves
        marked = any(leaf.aside or leaf.box.style["__underline"] for leaf in leaves)
        return Composed(
            box.children, containing.width, paragraph, leaves, before, after, sorts, ends, marked
        )

    def _rules(self, box: Any) -> Rules:
        region = lines.region(box.style["lang"])
        usual = Style.KAIMING if region is lines.Region.MAINLAND else Style.QUANJIAO
        return Rules(region, self._style or usual)

    def _shaped(self, leaf: Leaf, tokens: Sequence[Token]) -> list[Any]:
        if leaf.text == END:
            return [Sort()]
        assert leaf.fount
        found = self._shaper.shape(tokens, leaf.fount.case)
        if not all(sort.sound for sort in found):
            raise NotOursError
        return found


def _shrinks(style: Any) -> bool:
    """Return whether what has a style stands in a box that may be as wide as its text."""
    while style is not None:
        if (
            style["display"][0] in ("table-cell", "table-caption")
            or "flow-root" in style["display"]
            or style["float"] in ("left", "right")
            or style["position"] in ("absolute", "fixed")
        ):
            return True
        style = style.parent_style
    return False


def _tight(paragraph: Paragraph, ems: Sequence[float], rules: Rules, measure: float) -> Paragraph:
    """Return a paragraph without gaps if that makes one line of it.

    Cells of tables and other boxes that shrink to fit are as wide as the engine thinks their
    text is, and that knows of no gaps.
    """
    tight = lines.compose(paragraph.tokens, paragraph.widths, ems, replace(rules, gap=0.0))
    return tight if tight.ends[-1] <= measure + 1e-3 else paragraph
