"""Tables, formulas and addresses that have no room on a narrow page.

Readers cut off what is over its edge. Such a table may break words, and such a formula can be
moved to and fro; style sheets do so by the class ``broad``. In a table that has room, to break
words would take room from short columns. An address may break after its marks: a line of Chinese
before one that cannot would be drawn far apart.
"""

from __future__ import annotations

import re

from lxml import etree

from publish.backends.epub.trees import tag
from publish.model import MATHML

PAGE = 22  # em: what a telephone shows
LETTER = 0.52  # em, of a Latin word
PADDING = 1.2  # em, of a cell
SYMBOL = 0.7  # em, of a formula, with the space around operators

_TABLE, _TR, _DIV, _A, _WBR = tag("table"), tag("tr"), tag("div"), tag("a"), tag("wbr")
_ADDRESS = re.compile(r"\s*(?:https?://|www\.)[!-~]{12,}\s*")
_AFTER = re.compile(r"(?<=[/?&=#._~-])(?=[^/\s])")
# Han, and what goes with them, break anywhere; words break after a hyphen.
_UNBROKEN = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff-]+")
_MATH = f"{{{MATHML}}}math"
_STACKED = {
    f"{{{MATHML}}}{name}"
    for name in ("mfrac", "munder", "mover", "munderover", "mtable", "msubsup")
}
_UNSEEN = {f"{{{MATHML}}}{name}" for name in ("annotation", "annotation-xml", "mphantom")}


def mark(root: etree._Element) -> None:
    """Give broad tables and the blocks of broad formulas the class ``broad``, addresses breaks.

    A block that can be moved to and fro can be reached by keys, too (WCAG 2, 2.1.1).
    """
    for table in root.iter(_TABLE):
        if breadth(table) > PAGE:
            tell(table)
    for found in root.iter(_MATH):
        block = found.getparent()
        if block is not None and block.tag == _DIV and formula(found) > PAGE:
            tell(block)
            block.set("tabindex", "0")
    for link in root.iter(_A):
        if not len(link) and _ADDRESS.fullmatch(link.text or ""):
            first, *others = _AFTER.split(link.text or "")
            link.text = first
            for other in others:
                etree.SubElement(link, _WBR).tail = other


def breadth(table: etree._Element) -> float:
    """Return how broad a table is at least, in em."""
    columns: dict[int, float] = {}
    for row in table.iter(_TR):
        for place, cell in enumerate(row):
            columns[place] = max(columns.get(place, 0), _cell(cell))
    return sum(columns.values())


def tell(element: etree._Element) -> None:
    """Give an element the class ``broad``."""
    element.set("class", f"{element.get('class', '')} broad".strip())


def _cell(cell: etree._Element) -> float:
    """Return how broad a cell is at least, in em: its longest word, or a character of Han."""
    text = "".join(map(str, cell.itertext()))
    longest = max(map(len, _UNBROKEN.findall(text)), default=0)
    return PADDING + max(LETTER * longest, 1)


def formula(element: etree._Element) -> float:
    """Return about how broad a formula is, in em."""
    if element.tag in _UNSEEN:
        return 0
    if not len(element):
        return SYMBOL * len((element.text or "").strip())
    widths = [formula(child) for child in element.iterchildren(etree.Element)]
    return max(widths, default=0) if element.tag in _STACKED else sum(widths)
