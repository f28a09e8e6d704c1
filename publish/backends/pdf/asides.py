"""Small text beside composed text: readings over Han (注音), and notes in two lines (夹注).

The composer breaks lines of what they belong to; what is here gives it widths, and makes boxes
when a line stands. Written for WeasyPrint 70: its boxes and styles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import accumulate
from typing import Any

from publish import lines
from publish.backends.pdf.beside import said
from publish.backends.pdf.pen import SEEN, Setting
from publish.backends.pdf.shaper import SIZE, Sort
from publish.lines import OBJECT, Break, Kind, Paragraph, Role, Rules, Run, Style, Token
from publish.lines.tokens import Side

_percent: Any = import_module("weasyprint.layout.percent")  # the engine has no types
boxes: Any = import_module("weasyprint.formatting_structure.boxes")

ASCENT, MIDDLE = 0.88, 0.38  # em from the base line to the top and the middle of a square
ABOVE = 0.15  # em of the text, between the top of its square and the base line of a reading
APART = 0.06  # em of the text, half of what is between readings at least
OVER = 0.2  # em by which a reading may go over a neighbour that has none
LEAST = 0.85  # of their width, to which cells of a note shrink if all of it needs no more
_ZHUYIN = re.compile(r"[\u3105-\u312f\u31a0-\u31bf]")
_COLUMN = re.compile(r"(\u02d9?)([\u3105-\u312f\u31a0-\u31bf]{1,4})([\u02c9\u02ca\u02c7\u02cb]?)")
# 注音符号 stand right of their character, in thirds of its height, tones at their right shoulder.
SYMBOL, STEP, COLUMN = 0.42, 0.33, 0.54  # em of the text: size (a third is blank), pitch, width
LEAD, TONE, LIGHT = -0.02, -0.06, 0.1  # em: before symbols, before tones; height of ˙ above them


# ---- readings


@dataclass(slots=True)
class Reading:
    """A reading and what it is over. As a leaf, what it is over is drawn as any text."""

    base: Any  # text box
    box: Any  # text box of the reading
    drawn = True
    sorts: Sequence[Sort] = ()
    tokens: Sequence[Token] = ()
    column: bool = False
    width: float = 0.0  # CSS pixels

    @property
    def text(self) -> Any:
        """The text box that lines are made of."""
        return self.base

    @property
    def size(self) -> float:
        """Of what it is over, in CSS pixels."""
        return float(self.base.style["font_size"])

    def run(self, role: Role) -> Run:
        """Return the run of what it is over."""
        return Run(self.base.text, role)

    def shape(self, shaper: Any) -> None:
        """Find how wide it is; a reading in 注音 of one character becomes a column."""
        text = self.box.text.strip()
        self.column = len(self.base.text) == 1 and _COLUMN.fullmatch(text) is not None
        if self.column:
            self.tokens = [Token(sign, Kind.HAN, 0, at) for at, sign in enumerate(text)]
        else:
            self.tokens = lines.tokenise([Run(text)])
        self.sorts = shaper.shape(self.tokens, shaper.fount(self.box.style).case)
        size = self.box.style["font_size"]
        self.width = sum(sort.width for sort in self.sorts) * size / SIZE

    @property
    def sound(self) -> bool:
        """Whether it can be drawn here."""
        return all(sort.sound for sort in self.sorts)

    def room(self, width: float, *meets: bool) -> tuple[float, float]:
        """Return what is needed left and right of text that is so wide, in CSS pixels.

        Args:
            width: of the text.
            meets: whether there is another reading on the left, and on the right.
        """
        size = self.base.style["font_size"]
        if self.column:
            return 0.0, COLUMN * size
        excess = (self.width - width) / 2
        left, right = (excess + (APART if met else -OVER) * size for met in meets)
        return max(0.0, left), max(0.0, right)

    def boxed(self, base: Any) -> Any:
        """Return the box of the reading over a text box that stands in its place."""
        made = self.box.copy_with_text("".join(token.text for token in self.tokens))
        size = base.style["font_size"]
        style = self.box.style.copy()
        style["text_decoration_line"] = "none"
        small = style["font_size"]
        rises: Sequence[float] = ()
        if self.column:
            left, width = base.position_x + base.width, COLUMN * size
            small, places, rises = self._stacked(size)
        else:
            left, width = base.position_x + (base.width - self.width) / 2, self.width
            wides = [sort.width * small / SIZE for sort in self.sorts]
            places = list(accumulate(wides[:-1], initial=0.0))
        style["font_size"] = small
        made.style, made.is_reading = style, True
        made.position_x, made.width, made.height = left, width, small
        rise = 0.0 if self.column else (ASCENT + ABOVE) * size
        made.position_y = base.position_y + base.baseline - rise
        made.baseline, made.margin_top, made.margin_bottom = 0.0, 0.0, 0.0
        made.pango_layout = Setting(made.text, self.tokens, self.sorts, places, style, rises=rises)
        made.pango_layout.said = made.text if self.column else None
        return made

    def _stacked(self, size: float) -> tuple[float, list[float], list[float]]:
        """Return size, and places and rises of the signs of a column."""
        found = _COLUMN.fullmatch(self.box.text.strip())
        assert found
        light, symbols, tone = found.groups()
        above = LIGHT * size * bool(light)
        step = min(STEP * size, (size - above) / len(symbols))
        small = min(SYMBOL * size, step * SYMBOL / STEP)
        top = MIDDLE * size + (step * len(symbols) - above) / 2
        middles = [top - (number + 0.5) * step for number in range(len(symbols))]
        rises = [middle - MIDDLE * small for middle in middles]
        places = [LEAD * size] * len(symbols)
        if tone:
            rises.append(rises[-1])
            places.append((LEAD + TONE) * size + small)
        if light:
            wide = self.sorts[0].width * small / SIZE
            rises.insert(0, top - 0.36 * small)
            places.insert(0, LEAD * size + (small - wide) / 2)
        return small, places, rises


def reading(box: Any, containing: Any) -> Reading | None:
    """Return the reading that a ruby box is, if it is of one text over one other."""
    if box.element_tag != "ruby" or not isinstance(box, boxes.InlineBlockBox):
        return None
    over = [part for part in box.descendants() if part.element_tag == "rt"]
    above = {id(text) for part in over for text in [part, *part.descendants()]}
    texts = [text for text in box.descendants() if isinstance(text, boxes.TextBox)]
    base = [text for text in texts if id(text) not in above]
    readings = [text for text in texts if id(text) in above]
    if len(base) != 1 or len(readings) != 1 or not readings[0].text.strip():
        return None
    if not all(lines.settable(text.text) for text in texts) or OBJECT in base[0].text:
        return None
    for text in texts:
        _percent.resolve_percentages(text, containing)
    return Reading(base[0], readings[0])


# ---- notes in two lines


_NOTHING = Token("", Kind.SPACE)
_BEHIND = lines.tokenise([Run("中中")])  # so that a note's own end is none of a paragraph


@dataclass(slots=True)
class Inset:
    """A note in two lines. To lines it is cells, of about two characters, between which it breaks.

    A part of a note is as wide as its cells, and its characters are in two rows of about the
    same length, the upper one first.
    """

    box: Any  # text box
    size: float  # of the text around it
    drawn = False
    cells: list[tuple[int, int]] = field(default_factory=list)  # tokens of each
    widths: list[float] = field(default_factory=list)  # of each cell, in CSS pixels
    sorts: Sequence[Sort] = ()
    space: Sort = field(default_factory=Sort)
    small: Paragraph | None = None
    sound: bool = True

    @property
    def text(self) -> Any:
        """The text box that lines are made of."""
        return self.box

    def cut(self, rules: Rules, shaper: Any, run: int) -> list[Token]:
        """Return the cells as tokens of a run."""
        size = self.box.style["font_size"]
        tokens = lines.tokenise([Run(self.box.text)])
        last = len(tokens)
        tokens += _BEHIND
        self.sorts = shaper.shape(tokens, shaper.fount(self.box.style).case)
        self.space = shaper.fount(self.box.style).space
        self.sound = all(sort.sound for sort in self.sorts)
        wides = [sort.width * size / SIZE for sort in self.sorts]
        tight = Rules(rules.region, Style.BANJIAO, rules.gap)
        self.small = lines.compose(tokens, wides, [size] * len(tokens), tight)
        ends = [place + 1 for place in self._breaks(0, last)] + [last]
        units = list(zip([0, *ends], ends, strict=False))
        self.cells, self.widths = [], []
        for pair in (units[number : number + 2] for number in range(0, len(units), 2)):
            wide = [self.small.natural(*unit) for unit in pair]
            even = len(pair) == 2 and max(wide) < 1.6 * size
            self.cells.append((pair[0][0], pair[-1][1]))
            self.widths.append(sum(wide) / 2 if even else max(wide))
        whole = self._longer(0, self._middle(0, last), last)
        part = max(LEAST, min(1.0, whole / sum(self.widths)))
        self.widths = [wide * part for wide in self.widths]
        return [
            Token(
                "".join(token.text for token in tokens[first:end]),
                Kind.WORD,
                run,
                tokens[first].start,
                right=Side.CUT if end < last else Side.PLAIN,
            )
            for first, end in self.cells
        ]

    def _breaks(self, first: int, last: int) -> Iterator[int]:
        assert self.small
        return (at for at in range(first, last - 1) if self.small.breaks_at[at] is Break.YES)

    def arrange(self, text: Any) -> None:
        """Set the part of the note that a text box stands for, in its two rows."""
        assert self.small
        setting = text.pango_layout
        places = [token.start for token in self.small.tokens]
        first = places.index(setting.tokens[0].start)
        last = self.cells[self._cell(first) + len(setting.tokens) - 1][1]
        middle = self._middle(first, last)
        size = text.style["font_size"]
        upper = MIDDLE * self.size + (1 - ASCENT) * size
        edge = text.width + setting.gap
        drawn: list[tuple[Token, Sort, float, float]] = []
        for (one, two), rise in (((first, middle), upper), ((middle, last), upper - size)):
            at = list(self._row(one, two, text.width))
            row = zip(self.small.tokens[one:two], self.sorts[one:two], at, strict=True)
            drawn += [(*token, rise) for token in row]
            # Rows may end before the note does: a space that is not said keeps one from being seen.
            if at and (edge - at[-1]) * SIZE / size - self.sorts[two - 1].width >= SEEN:
                end = edge - self.space.width * size / SIZE
                drawn.append((_NOTHING, self.space, end, rise))
        setting.tokens, setting.sorts, setting.places, setting.rises = zip(*drawn, strict=True)
        setting.said, setting.tail = text.text, None

    def _cell(self, token: int) -> int:
        return next(n for n, (first, last) in enumerate(self.cells) if first <= token < last)

    def _middle(self, first: int, last: int) -> int:
        """Return the token that begins the lower row: rows are as even as may be."""
        ends = [*self._breaks(first, last), last - 1]
        return 1 + min(
            ends,
            key=lambda at: (round(self._longer(first, at + 1, last), 3), -at),
        )

    def _longer(self, first: int, middle: int, last: int) -> float:
        """Return how wide the longer of two rows is."""
        assert self.small
        lower = self.small.natural(middle, last) if middle < last else 0.0
        return max(self.small.natural(first, middle), lower)

    def _row(self, first: int, last: int, measure: float) -> Iterator[float]:
        """Yield where the tokens of a row are drawn; it fills the measure if it nearly does."""
        if first == last:
            return
        assert self.small
        size, gaps = self.box.style["font_size"], last - first - 1
        slack = measure - self.small.natural(first, last)
        each = slack / gaps if gaps and slack < 0.2 * size * gaps else 0.0
        for number in range(last - first):
            place = self.small.starts[first + number] - self.small.starts[first]
            yield place - self.small.lead[first] + number * each


def inset(box: Any, containing: Any) -> Inset | None:
    """Return the note in two lines that an inline box is, if it holds text alone."""
    if said(box.style, "rows") != "2" or len(box.children) != 1:
        return None
    (text,) = box.children
    if not isinstance(text, boxes.TextBox) or not lines.settable(text.text):
        return None
    if not text.text.strip() or OBJECT in text.text:
        return None
    _percent.resolve_percentages(text, containing)
    return Inset(text, box.style.parent_style["font_size"])


# ---- both


def settled(
    tokens: Sequence[Token], leaves: Sequence[Any], rules: Rules, shaper: Any
) -> tuple[Token, ...] | None:
    """Return the tokens of a paragraph with cells for notes, and what has one reading as a whole.

    None: something of it cannot be drawn here.
    """
    made: list[Token] = []
    for number, token in enumerate(tokens):
        aside = leaves[token.run].aside
        if isinstance(aside, Inset):
            made += aside.cut(rules, shaper, token.run)
        elif isinstance(aside, Reading) and tokens[number + 1 : number + 2]:
            inside = tokens[number + 1].run == token.run
            made.append(token._replace(right=Side.GLUE) if inside else token)
        else:
            made.append(token)
    for leaf in leaves:
        if isinstance(leaf.aside, Reading):
            leaf.aside.shape(shaper)
    return tuple(made) if all(leaf.aside.sound for leaf in leaves if leaf.aside) else None


def rooms(
    leaves: Sequence[Any], tokens: Sequence[Token], widths: Sequence[float]
) -> Iterator[tuple[Any, float, float]]:
    """Yield leaves whose readings need room left and right of them, in CSS pixels."""
    for leaf in leaves:
        if isinstance(leaf.aside, Reading):
            meets = [
                0 <= at < len(tokens) and isinstance(leaves[tokens[at].run].aside, Reading)
                for at in (leaf.first - 1, leaf.last)
            ]
            yield (leaf, *leaf.aside.room(sum(widths[leaf.first : leaf.last]), *meets))


def place(parent: Any) -> None:
    """Set what is beside the text of a line; readings after the last of the words they are over.

    So words that have readings are found as they are written.
    """
    children: list[Any] = []
    waiting: list[Any] = []
    for box in parent.children:
        aside = getattr(getattr(box, "pango_layout", None), "aside", None)
        if not isinstance(aside, Reading):
            children += waiting
            waiting = []
        children.append(box)
        if isinstance(aside, Reading):
            waiting.append(aside.boxed(box))
        elif isinstance(aside, Inset):
            aside.arrange(box)
        elif isinstance(box, boxes.InlineBox):
            place(box)
    parent.children = [*children, *waiting]
