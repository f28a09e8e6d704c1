"""Large tables become several: readers lose patience, or the table, above 100 rows or 10 columns.

Kindle Publishing Guidelines, "Avoid Large Tables". Each further table has the head, and where
columns are divided the first column, of the whole again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import cast

from lxml import etree

from publish.backends.epub.trees import parse, tag
from publish.backends.epub.words import numbered

ROWS = 100
COLUMNS = 10

_TABLE, _CAPTION, _COLGROUP = tag("table"), tag("caption"), tag("colgroup")
_THEAD, _TBODY, _TFOOT, _TR = tag("thead"), tag("tbody"), tag("tfoot"), tag("tr")
_CELL = re.compile(rb"<t[dh][\s/>]")


def divide(xhtml: bytes, language: str) -> bytes:
    """Return a chapter's section with its large tables divided; without any, the same bytes.

    Rows that a cell holds together stay together. A table with cells over several columns is not
    divided by columns, and one that holds another is left alone.

    Raises:
        etree.XMLSyntaxError: it is not well-formed.
    """
    if not _may_be_large(xhtml):
        return xhtml
    root = parse(xhtml)
    changed = False
    for table in list(root.iter(_TABLE)):
        if next(table.iterdescendants(_TABLE), None) is None:
            pieces = [row for part in _by_columns(table) for row in _by_rows(part)]
            if len(pieces) > 1:
                _replace(table, pieces, language)
                changed = True
    return etree.tostring(root, encoding="utf-8") if changed else xhtml


def _may_be_large(xhtml: bytes) -> bool:
    rows = xhtml.split(b"<tr")[1:]
    return len(rows) > ROWS or any(len(_CELL.findall(row)) > COLUMNS for row in rows)


def _replace(table: etree._Element, pieces: Sequence[etree._Element], language: str) -> None:
    """Put the pieces where the table stands; what comes again has no id, and a number."""
    parent = table.getparent()
    assert parent is not None
    place, tail, table.tail = parent.index(table), table.tail, None
    parent.remove(table)
    for number, piece in enumerate(pieces, 1):
        if number > 1:
            _bare(piece)
            caption = piece.find(_CAPTION)
            if caption is not None:
                last = caption[-1] if len(caption) else None
                if last is None:
                    caption.text = numbered(caption.text or "", number, language)
                else:
                    last.tail = numbered(last.tail or "", number, language)
        piece.tail = "\n"
        parent.insert(place + number - 1, piece)
    pieces[-1].tail = tail


def _bare(piece: etree._Element) -> None:
    """Take from a further table what may be only once; ids of its own rows stay."""
    again = [piece, *(e for e in piece if e.tag in (_CAPTION, _COLGROUP, _THEAD))]
    for top in again:
        for element in (top,) if top is piece else top.iter(etree.Element):
            element.attrib.pop("id", "")
    for cell in piece.iter(tag("td"), tag("th")):
        cell.attrib.pop("headers", "")  # the cells it names may be in another table


def _by_rows(table: etree._Element) -> list[etree._Element]:
    """Return a table as tables of at most ROWS rows."""
    fixed = [row for row in table.iter(_TR) if _parent_tag(row) in (_THEAD, _TFOOT)]
    rows = [row for row in table.iter(_TR) if _parent_tag(row) not in (_THEAD, _TFOOT)]
    room = ROWS - len(fixed)
    if len(rows) <= room or room < 1:
        return [table]
    groups = list(_held_together(rows))
    pieces, most = [], -(-len(rows) // -(-len(rows) // room))  # as even as may be
    while groups:
        taken = groups.pop(0)
        while groups and len(taken) + len(groups[0]) <= most:
            taken = taken + groups.pop(0)
        pieces.append(taken)
    return [
        _with_rows(table, piece, first=piece is pieces[0], last=piece is pieces[-1])
        for piece in pieces
    ]


def _held_together(rows: Sequence[etree._Element]) -> Iterator[list[etree._Element]]:
    """Yield rows, with those that a cell over several rows joins to them."""
    group: list[etree._Element] = []
    open_ = 0
    for row in rows:
        group.append(row)
        open_ = max(open_, *(_span(cell, "rowspan") for cell in row), 1) - 1
        if not open_:
            yield group
            group = []
    if group:
        yield group


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "1")
    return int(value) if value.isdecimal() else 1


def _with_rows(
    table: etree._Element, rows: Sequence[etree._Element], *, first: bool, last: bool
) -> etree._Element:
    """Return a copy of a table that has only some of its rows; the foot is in the last."""
    new = etree.Element(table.tag, nsmap=cast(dict[str, str], table.nsmap))
    for name, value in table.attrib.items():
        new.set(name, value)
    bodies: dict[etree._Element | None, etree._Element] = {}
    for child in table.iterchildren(etree.Element):
        if child.tag not in (_TBODY, _TR, _TFOOT):
            new.append(deepcopy(child))
    for row in rows:
        body = row.getparent()
        if body not in bodies:
            bodies[body] = etree.SubElement(new, _TBODY)
            if body is not None and body.tag == _TBODY:
                for key, said in body.attrib.items():
                    if key != "id" or first:
                        bodies[body].set(key, said)
        bodies[body].append(deepcopy(row))
    if last:
        for foot in table.iterchildren(_TFOOT):
            new.append(deepcopy(foot))
    return new


def _by_columns(table: etree._Element) -> list[etree._Element]:
    """Return a table as tables of at most COLUMNS columns, the first of which is in all."""
    rows = list(table.iter(_TR))
    widest = max((len(row) for row in rows), default=0)
    spans = any(
        _span(cell, name) > 1 for row in rows for cell in row for name in ("colspan", "rowspan")
    )
    if widest <= COLUMNS or spans:
        return [table]
    others = widest - 1
    count = -(-others // (COLUMNS - 1))
    pieces = []
    for number in range(count):
        start, end = 1 + others * number // count, 1 + others * (number + 1) // count
        new = deepcopy(table)
        for columns in list(new.iterchildren(_COLGROUP)):
            new.remove(columns)  # widths of columns that are no longer here
        for row in new.iter(_TR):
            for cell in list(row)[1:start] + list(row)[end:]:
                row.remove(cell)
            if number:
                for element in (row, *(row[0].iter(etree.Element) if len(row) else ())):
                    element.attrib.pop("id", "")
        pieces.append(new)
    return pieces


def _parent_tag(row: etree._Element) -> str:
    parent = row.getparent()
    return "" if parent is None else str(parent.tag)
