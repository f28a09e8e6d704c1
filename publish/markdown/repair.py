"""What the builder cannot see while it builds: tables, definition lists and ruby as wholes."""

from __future__ import annotations

import re

from lxml import etree

from publish.markdown.names import DIV, PHRASES, SPAN, P, named, remove, unwrap

_TABLE, _TR, _TH, _TBODY, _THEAD, _TFOOT = named("table tr th tbody thead tfoot")
_CAPTION, _STRONG = named("caption strong")
LONGEST_HEAD = 16  # letters of a heading, by which it is told from a text
_DL, _DT, _DD, _RUBY, _RT, _RB = named("dl dt dd ruby rt rb")


def repair(top: etree._Element) -> None:
    """Put wholes in order whose parts are."""
    for table in list(top.iter(_TABLE)):
        _table(table)
    for ruby in list(top.iter(_RUBY)):
        _ruby(ruby)
    for part in list(top.iter(_RT, _RB)):
        parent = part.getparent()
        if parent is not None and parent.tag != _RUBY:
            unwrap(part)


def definitions(top: etree._Element) -> None:
    """Make definition lists whose parts do not pair plain paragraphs."""
    for listed in list(top.iter(_DL)):
        if not re.fullmatch(r"(?:t+d+)+", "".join("td"[part.tag == _DD] for part in listed)):
            _plain(listed)


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
        extra.tag = SPAN
        extra.text = " " + (extra.text or "")
        captions[0].append(extra)
    order = {_CAPTION: 0, _THEAD: 1, _TBODY: 2, _TFOOT: 3}
    table[:] = sorted(table, key=lambda part: order.get(str(part.tag), 2))
    if table.find(f"*/{_TH}") is None and table.find(f"*/*/{_TH}") is None:
        _head(table)


def _head(table: etree._Element) -> None:
    """Give a table of cells alone its headings, if its first row is one: readers ask for them."""
    rows = [*table.findall(_TR), *table.findall(f"*/{_TR}")]
    if not rows:
        return
    texts = [["".join(map(str, cell.itertext())).strip() for cell in row] for row in rows]
    first = rows[0]
    spans = [cell.get("rowspan") for cell in first]
    body = first.getparent()
    assert body is not None
    if body.tag != _THEAD:
        if body.tag == _TFOOT or any(spans) or not _names_columns(first, texts):
            return
        head = table.makeelement(_THEAD, {})
        (first if body is table else body).addprevious(head)
        head.append(first)
        if body is not table and not len(body):
            table.remove(body)
    for row in table.findall(f"{_THEAD}/{_TR}"):
        for cell in row:
            cell.tag = _TH
            cell.set("scope", "col")


def _names_columns(first: etree._Element, texts: list[list[str]]) -> bool:
    """Tell whether a first row names what stands below it.

    It does if all of it is bold; or if it is short words, and in most columns (in both of two)
    of another kind than most of what stands below: in other letters, or less than half as long.
    """
    heads, below = texts[0], [row for row in texts[1:] if len(row) == len(texts[0])]
    if len(heads) < 2 or not below or not all(heads):
        return False
    if all(_is_bold(cell) for cell in first):
        return True
    if len(below) < 2 or any(len(head) > LONGEST_HEAD or head.isdigit() for head in heads):
        return False
    columns = zip(heads, *below, strict=True)
    told = [
        2 * sum(_differs(head, text) for text in column) > len(column) for head, *column in columns
    ]
    return 2 * sum(told) > len(told)


def _is_bold(cell: etree._Element) -> bool:
    """Tell whether all that a cell says is bold."""
    bold = "".join("".join(map(str, part.itertext())) for part in cell.iter(_STRONG))
    return bold.strip() == "".join(map(str, cell.itertext())).strip() != ""


def _differs(head: str, text: str) -> bool:
    """Tell whether a heading is of another kind than a text below it."""
    return len(text) > 2 * len(head) or _kind(head) != _kind(text)


def _kind(text: str) -> str:
    if re.search(r"[^\x00-\x7f]", text):
        return "other"
    return "word" if re.fullmatch(r"[A-Za-z][A-Za-z ]*", text) else "code"


def _no_table(table: etree._Element) -> None:
    """Leave only the captions of a table without rows."""
    frame = table.getparent()
    assert frame is not None
    for caption in table.findall(_CAPTION):
        if len(caption) or (caption.text or "").strip():
            caption.tag = P
            frame.addprevious(caption)
    remove(table)
    if frame.tag == DIV and not len(frame):
        remove(frame)


def _ruby(ruby: etree._Element) -> None:
    """Keep ruby only where a base is followed by its reading."""
    for reading in ruby.findall(_RT):
        previous = reading.getprevious()
        if previous is not None and previous.tag == _RT and not (previous.tail or "").strip():
            _join(previous, reading)  # bases first, then their readings
    base = bool((ruby.text or "").strip())
    sound = ruby.find(_RT) is not None
    for child in ruby:
        sound = sound and (base or child.tag != _RT)
        base = child.tag != _RT or bool((child.tail or "").strip())
    if not sound:
        for part in ruby.findall(_RT) + ruby.findall(_RB):
            unwrap(part)
        unwrap(ruby)
    elif base and ruby[-1].tag == _RT:  # text after the last reading stands outside
        tail, ruby[-1].tail = ruby[-1].tail or "", None
        ruby.tail = tail + (ruby.tail or "")


def _join(first: etree._Element, second: etree._Element) -> None:
    """Put what the second element holds at the end of the first."""
    first.append(second)
    unwrap(second)


def _plain(listed: etree._Element) -> None:
    """Set the parts of a definition list as paragraphs and frames."""
    listed.tag = DIV
    for part in listed:
        if part.tag == _DT or all(child.tag in PHRASES for child in part):
            part.tag = P
        else:
            part.tag = DIV
            _wrap(part)


def _wrap(part: etree._Element) -> None:
    """Set text that stands beside blocks in paragraphs of its own."""
    text, part.text = part.text or "", None
    children, place = list(part), 0
    paragraph: etree._Element | None = None
    for child in [None, *children]:
        if child is not None:
            if child.tag in PHRASES:
                if paragraph is None:
                    paragraph = part.makeelement(P, {})
                    child.addprevious(paragraph)
                paragraph.append(child)
                continue
            paragraph, place = None, part.index(child) + 1
            text, child.tail = child.tail or "", None
        if text.strip():
            paragraph = part.makeelement(P, {})
            paragraph.text = text
            part.insert(place, paragraph)
