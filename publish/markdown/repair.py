"""What the builder cannot see while it builds: tables, definition lists and ruby as wholes."""

from __future__ import annotations

import re

from lxml import etree

from publish.markdown.names import DIV, SPAN, P, content, named, remove, unwrap

_TABLE, _TR, _TBODY, _THEAD, _TFOOT, _CAPTION = named("table tr tbody thead tfoot caption")
_DL, _DT, _DD, _RUBY, _RT, _RB = named("dl dt dd ruby rt rb")


def repair(top: etree._Element) -> None:
    """Put wholes in order whose parts are."""
    for table in list(top.iter(_TABLE)):
        _table(table)
    for ruby in list(top.iter(_RUBY)):
        _ruby(ruby)
    for listed in list(top.iter(_DL)):
        _definitions(listed)


def _table(table: etree._Element) -> None:
    """Order the parts of a table: caption, head, bodies, foot."""
    for part in list(table):
        if part.tag in (_TBODY, _THEAD, _TFOOT) and len(part) == 0:
            table.remove(part)
    if table.find(f".//{_TR}") is None:
        _no_table(table)
        return
    for tag in (_THEAD, _TFOOT):
        for extra in table.findall(tag)[1:]:
            extra.tag = _TBODY
    captions = table.findall(_CAPTION)
    for extra in captions[1:]:
        etree.SubElement(captions[0], SPAN).text = " " + content(extra)
        table.remove(extra)
    order = {_CAPTION: 0, _THEAD: 1, _TBODY: 2, _TFOOT: 3}
    table[:] = sorted(table, key=lambda part: order.get(str(part.tag), 2))


def _no_table(table: etree._Element) -> None:
    """Leave only the captions of a table without rows."""
    frame = table.getparent()
    assert frame is not None
    for caption in table.findall(_CAPTION):
        caption.tag = P
        frame.addprevious(caption)
    remove(table)
    if frame.tag == DIV and not len(frame):
        remove(frame)


def _ruby(ruby: etree._Element) -> None:
    """Keep ruby only where a base is followed by its reading."""
    if ruby.find(_RT) is None:
        unwrap(ruby)
        return
    base = bool((ruby.text or "").strip())
    for child in list(ruby):
        if child.tag == _RT:
            if not base:
                unwrap(ruby)
                return
            base = False
        else:
            base = True
        base = base or bool((child.tail or "").strip())
    if base:  # text after the last reading stands outside
        tail, last = "", ruby[-1]
        if last.tag == _RT:
            tail, last.tail = last.tail or "", None
            ruby.tail = tail + (ruby.tail or "")


def _definitions(listed: etree._Element) -> None:
    """Make a definition list whose parts do not pair plain paragraphs."""
    kinds = "".join("t" if child.tag == _DT else "d" for child in listed)
    if re.fullmatch(r"(?:t+d+)+", kinds):
        return
    listed.tag = DIV
    for child in listed:
        child.tag = P if child.tag == _DT else DIV
