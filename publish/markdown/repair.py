"""What the builder cannot see while it builds: tables, definition lists and ruby as wholes."""

from __future__ import annotations

import re

from lxml import etree

from publish.markdown.names import DIV, NS, P, remove, unwrap

_TABLE, _TR, _TBODY, _THEAD, _TFOOT, _CAPTION = (
    f"{NS}{name}" for name in "table tr tbody thead tfoot caption".split()
)
_DL, _DT, _DD, _RUBY, _RT, _RB = (f"{NS}{name}" for name in "dl dt dd ruby rt rb".split())


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
        frame = table.getparent()
        for caption in table.findall(_CAPTION):
            caption.tag = P
            if frame is not None:
                frame.addprevious(caption)
        remove(table)
        if frame is not None and frame.tag == DIV and not len(frame):
            remove(frame)
        return
    for tag in (_THEAD, _TFOOT):
        for extra in table.findall(tag)[1:]:
            extra.tag = _TBODY
    captions = table.findall(_CAPTION)
    for extra in captions[1:]:
        for node in extra:
            captions[0].append(node)
        captions[0][-1:] or None
        if extra.text:
            last = captions[0][-1] if len(captions[0]) else None
            if last is None:
                captions[0].text = f"{captions[0].text or ''} {extra.text}"
            else:
                last.tail = f"{last.tail or ''} {extra.text}"
        table.remove(extra)
    order = {_CAPTION: 0, _THEAD: 1, _TBODY: 2, _TFOOT: 3}
    table[:] = sorted(table, key=lambda part: order.get(part.tag, 2))


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
