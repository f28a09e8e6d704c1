"""Measures the tokens of a paragraph, for `composer`, and breaks what need not be broken anew.

Written for WeasyPrint 70: `atomic_box`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from publish import lines
from publish.backends.pdf import asides, hyphens
from publish.backends.pdf.gathering import END, Gathering, NotOursError, paddings
from publish.backends.pdf.linebox import Composed, Leaf
from publish.backends.pdf.shaper import SIZE, Shaper, Sort
from publish.lines import Paragraph, Rules, Token
from publish.lines.tokens import Side

NEARLY = 1.5  # measures: a paragraph not longer may be one whose box was made as wide as it is

_inline: Any = import_module("weasyprint.layout.inline")  # the engine has no types


@dataclass(frozen=True, slots=True)
class Measured:
    """Tokens as measured, and the paragraph that they make."""

    paragraph: Paragraph
    ems: Sequence[float]
    bounds: Sequence[tuple[int, int]]  # the tokens of each leaf
    before: dict[int, float]  # token -> what its inline boxes have on its left
    after: dict[int, float]
    sorts: list[Any]


@dataclass(frozen=True, slots=True)
class Measuring:
    """What is needed to measure the tokens of one paragraph."""

    context: Any
    box: Any
    containing: Any
    gathered: Gathering
    rules: Rules
    shaper: Shaper

    def composed(self, tokens: Sequence[Token], *, fit: bool) -> Composed:
        """Return the paragraph of tokens, for the width of its containing block.

        Raises:
            NotOursError: a token is wider than that, or no face draws it plainly.
        """
        found = self.measured(tokens)
        if max(found.paragraph.widths) > self.containing.width:
            raise NotOursError  # to be cut between any characters
        style, width, indent = self.box.style, self.containing.width, self.box.text_indent
        measure, natural = width - indent, found.paragraph.ends[-1]
        justified = style["text_align_all"] == "justify"
        ends: dict[int, int] = {}
        if measure < natural <= NEARLY * measure and _shrinks(style):
            found = self._tight(found, measure)
        texts = (leaf.text for leaf in self.gathered.leaves)
        if measure < natural and any(map(hyphens.any_long, texts)):
            points = self._points(justified=justified)
            whole = fit and justified
            found, ends = lines.hyphenated(found, self.measured, points, width, indent, fit=whole)
        elif fit and justified:
            ends = lines.fitted(found.paragraph, width, indent)
        leaves = self.gathered.leaves
        for leaf, bounds in zip(leaves, found.bounds, strict=True):
            leaf.first, leaf.last = bounds
        marked = any(leaf.aside or leaf.box.style["__underline"] for leaf in leaves)
        return Composed(
            self.box.children,
            width,
            found.paragraph,
            leaves,
            found.before,
            found.after,
            found.sorts,
            ends,
            marked,
        )

    def measured(self, tokens: Sequence[Token]) -> Measured:
        """Return tokens as measured.

        Raises:
            NotOursError: no face draws one of them plainly.
        """
        widths: list[float] = []
        ems: list[float] = []
        sorts: list[Any] = []
        at = 0
        for number, leaf in enumerate(self.gathered.leaves):
            leaf.first = at
            while at < len(tokens) and tokens[at].run == number:
                at += 1
            leaf.last = at
            own = tokens[leaf.first : at]
            ems += [leaf.aside.size if leaf.aside else leaf.size] * len(own)
            if own:
                found, wide = self._sorts(leaf, own)
                sorts += found
                widths += wide
        before, after = paddings(self.gathered)
        for leaf, left, right in asides.rooms(self.gathered.leaves, tokens, widths):
            before[leaf.first] = before.get(leaf.first, 0.0) + left
            after[leaf.last - 1] = after.get(leaf.last - 1, 0.0) + right
        for token, more in (*before.items(), *after.items()):
            widths[token] += more
        parted = self._hyphens(tokens)
        paragraph = lines.compose(tokens, widths, ems, self.rules, parted)
        bounds = [(leaf.first, leaf.last) for leaf in self.gathered.leaves]
        return Measured(paragraph, ems, bounds, before, after, sorts)

    def _sorts(self, leaf: Leaf, own: Sequence[Token]) -> tuple[list[Any], Sequence[float]]:
        """Return the tokens of a leaf as shaped, and their widths."""
        if leaf.aside and not leaf.aside.drawn:
            return [Sort()] * len(own), leaf.aside.widths
        if leaf.text:
            found = self._shaped(leaf, own)
            scale = leaf.size / SIZE
            return found, [sort.width * scale for sort in found]
        if leaf.leader:
            return [None], [leaf.unit]
        made = _inline.atomic_box(self.context, leaf.box, 0, None, self.containing, [], [])
        return [None], [made.margin_width()]

    def _shaped(self, leaf: Leaf, tokens: Sequence[Token]) -> list[Any]:
        if leaf.text == END:
            return [Sort()]
        assert leaf.fount
        found = self.shaper.shape(tokens, leaf.fount.case)
        if not all(sort.sound for sort in found):
            raise NotOursError
        return found

    def _hyphens(self, tokens: Sequence[Token]) -> dict[int, float]:
        """Return the widths of hyphens behind the tokens that may be first parts of words."""
        found: dict[int, float] = {}
        for number, token in enumerate(tokens):
            if token.right is Side.HYPHEN:
                leaf = self.gathered.leaves[token.run]
                (sort,) = self._shaped(leaf, [hyphens.HYPHEN])
                found[number] = sort.width * leaf.size / SIZE
        return found

    def _points(self, *, justified: bool) -> Callable[[int, str], Sequence[int]]:
        """Return what tells where words of a run may be parted."""
        leaves = self.gathered.leaves
        told: dict[int, Callable[[str], Sequence[int]]] = {}

        def points(run: int, word: str) -> Sequence[int]:
            if leaves[run].aside:
                return ()
            if run not in told:
                told[run] = hyphens.points(leaves[run].box.style, justified=justified)
            return told[run](word)

        return points

    def _tight(self, found: Measured, measure: float) -> Measured:
        """Return a paragraph without gaps if that makes one line of it.

        Cells of tables and other boxes that shrink to fit are as wide as the engine thinks their
        text is, and that knows of no gaps.
        """
        loose = found.paragraph
        rules = replace(self.rules, gap=0.0)
        tight = lines.compose(loose.tokens, loose.widths, found.ems, rules)
        return replace(found, paragraph=tight) if tight.ends[-1] <= measure + 1e-3 else found


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
