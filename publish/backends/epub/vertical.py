"""Books set in columns 竖排: what lies across them, how high pictures are, and the rules for both.

Code, tables and formulas keep their lines and lie across the columns, in blocks that no reader
can part: so they are made to fit a small page. What cannot is set in columns, which break over
pages. Pictures get a height: readers do not limit the width of a picture that stands in columns,
and one that fills the page drives its caption to the next.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from publish.backends.epub import broad, upright
from publish.backends.epub.trees import tag
from publish.model import MATHML

ACROSS = "across"  # the class of blocks whose lines are horizontal
WIDTH, HEIGHT = 13.0, 26.0  # em: a telephone's page without the margins of its reader
MARGINS = 9.5  # em: these margins
WIDEST = 24.0  # em, of a picture on any page
LINES = 21  # of code that fit on a page
SIGNS = 28  # of code in a line
NATURAL = 16  # pixels of a picture in an em: above that it is not enlarged
BESIDE = 8.0  # em, of a formula: a broader one may not fit, and has no room beside a line
COLUMN = 1.25  # em, of a caption
_ROW, _CELL = 1.26, 0.4  # em: a line in a cell, and what is above and below it

_PRE, _TABLE, _TR, _DIV, _IMG = tag("pre"), tag("table"), tag("tr"), tag("div"), tag("img")
_MATH = f"{{{MATHML}}}math"
_FIGURE, _CAPTION = tag("figure"), tag("figcaption")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")

# A figure that is a block would be parted, whatever it says, where a heading is to stay with it.
# The layout's vertical.css follows and may change it. Names with a prefix are for older WebKit.
SHEET = f"""\
html {{ -webkit-writing-mode: vertical-rl; writing-mode: vertical-rl; }}
html {{ -webkit-text-orientation: mixed; text-orientation: mixed; }}
.{upright.CLASS} {{ -webkit-text-combine: horizontal; text-combine-upright: all; }}
.{ACROSS} {{
  -webkit-writing-mode: horizontal-tb; writing-mode: horizontal-tb; box-sizing: border-box;
  max-width: {WIDTH:g}em; max-width: min(max(55vw, 100vw - {MARGINS:g}rem), 32rem);
}}
figure {{ display: inline-block; height: 100%; }}
img {{ max-height: 100%; }}
section.cover img {{ width: auto; max-width: 100vw; max-height: 100%; }}
h1.continued {{ margin: 0 0 0 1em; }}
"""


def settle(root: etree._Element) -> None:
    """Make a document's blocks and pictures, and its short numbers, fit for columns."""
    for block in list(root.iter(_PRE)):
        _settle_code(block)
    for table in root.iter(_TABLE):
        holder = table.getparent()
        if holder is not None and holder.tag == _DIV and _fits(table):
            _lay(holder)
    for block in root.iter(_DIV):
        if "math" in block.get("class", "").split():
            _lay(block)
    for formula in root.iter(_MATH):
        _settle_formula(formula, broad.formula(formula))
    for image in root.iter(_IMG):
        _settle_picture(image)
    upright.mark(root, ACROSS)


def _lay(element: etree._Element) -> None:
    element.set("class", f"{element.get('class', '')} {ACROSS}".strip())


def _settle_formula(formula: etree._Element, breadth: float) -> None:
    """Let a broad formula be moved to and fro, and give one of a line a line of its own."""
    block = formula.getparent()
    if block is not None and block.tag == _DIV:
        if BESIDE < breadth <= broad.PAGE:  # a broader one has it already
            broad.tell(block)
            block.set("tabindex", "0")
    elif breadth > BESIDE:
        formula.set("display", "block")


# ---- code


def _settle_code(block: etree._Element) -> None:
    """Lay code across, in as many blocks as there are pages; none if a line fills a page."""
    text = "".join(map(str, block.itertext()))
    parts = list(_parts(text))
    if any(height > LINES for _, _, height in parts):
        return
    parent = block.getparent()
    assert parent is not None
    place, tail, block.tail = parent.index(block), block.tail, None
    parent.remove(block)
    for number, (start, end, _) in enumerate(parts):
        piece = deepcopy(block)
        if len(parts) > 1:
            _keep(piece, start, end)
        if number:
            for element in piece.iter(etree.Element):
                element.attrib.pop("id", "")
        _lay(piece)
        parent.insert(place + number, piece)
        piece.tail = tail if number == len(parts) - 1 else None


def _parts(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and height of the parts of code, as even as lines allow."""
    lines = [
        (match.end(), max(1, math.ceil(_signs(match[0]) / SIGNS))) for match in _LINE.finditer(text)
    ]
    total = sum(height for _, height in lines)
    most = min(LINES, math.ceil(total / math.ceil(total / LINES))) if total else LINES
    start = end = height = 0
    for stop, high in lines:
        if height and height + high > most:
            yield start, end, height
            start, height = end, 0
        end, height = stop, height + high
    yield start, end, height


def _signs(line: str) -> int:
    """Return how many half-width signs a line of code is long."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in line)
    return len(line.rstrip("\n").expandtabs()) + wide


def _keep(element: etree._Element, start: int, end: int, at: int = 0) -> int:
    """Leave of an element's text, which begins at ``at``, what stands from start to end."""
    text = element.text or ""
    element.text = text[max(0, start - at) : max(0, end - at)]
    at += len(text)
    for child in list(element):
        first = at
        at = _keep(child, start, end, at)
        outside = at <= start or first >= end
        tail = child.tail or ""
        child.tail = tail[max(0, start - at) : max(0, end - at)]
        at += len(tail)
        if outside:
            _drop(child, element)
    return at


def _drop(child: etree._Element, parent: etree._Element) -> None:
    before = child.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (child.tail or "")
    else:
        parent.text = (parent.text or "") + (child.tail or "")
    parent.remove(child)


# ---- tables


def _fits(table: etree._Element) -> bool:
    """Tell whether a table that lies across has room on a small page, its cells broken in lines."""
    rows = [[_length(cell) for cell in row] for row in table.iter(_TR)]
    columns = max(map(len, rows), default=0)
    if not columns or broad.breadth(table) > WIDTH:
        return False
    widest = [max((row[n] for row in rows if n < len(row)), default=1.0) for n in range(columns)]
    room = max(1.0, WIDTH - 1.2 * columns)
    share = [room * width / max(sum(widest), room) for width in widest]
    height = sum(
        _CELL
        + _ROW * max((math.ceil(one / max(share[n], 1.0)) for n, one in enumerate(row)), default=1)
        for row in rows
    )
    return height + 2 <= HEIGHT


def _length(element: etree._Element) -> float:
    """Return how long a text is in em: Han one, Latin half of that."""
    text = "".join(map(str, element.itertext())).strip()
    wide = sum(unicodedata.east_asian_width(sign) in "WFA" for sign in text)
    return max(1.0, wide + 0.52 * (len(text) - wide))


# ---- pictures


def _settle_picture(image: etree._Element) -> None:
    """Give a picture a height by its shape, that leaves room for its caption beside it."""
    if image.get("role") == "doc-cover" or "inline" in image.get("class", "").split():
        return
    width, height = _pixels(image, "width"), _pixels(image, "height")
    if not width or not height or _lies(image):
        return
    ratio = width / height
    holder = image.getparent()
    caption = holder.find(_CAPTION) if holder is not None and holder.tag == _FIGURE else None
    columns = math.ceil(0.86 * _length(caption) / HEIGHT) if caption is not None else 0
    beside = 1 + (COLUMN * columns + 0.5 if columns else 0)  # with margins
    most = min(HEIGHT, height / NATURAL, min(WIDEST, width / NATURAL) / ratio)
    safe = max(WIDTH - beside, WIDTH / 3) / ratio
    style = f"height:{min(most, safe):.4g}em"
    if safe < most:
        room = f"({100 / ratio:.4g}vw - {(MARGINS + beside) / ratio:.4g}em)"
        style += f";height:min(max({30 / ratio:.4g}vw,{room}),{most:.4g}em)"
    image.set("style", f"{style};width:auto")


def _pixels(image: etree._Element, name: str) -> int:
    value = image.get(name, "")
    return int(value) if value.isdecimal() else 0


def _lies(element: etree._Element) -> bool:
    """Tell whether an element is in a block that lies across."""
    return any(ACROSS in holder.get("class", "").split() for holder in element.iterancestors())
