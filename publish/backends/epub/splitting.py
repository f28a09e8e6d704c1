"""Long chapters in several files: older readers load a file whole and refuse large ones.

A chapter is parted at its highest headings, and only where the text between two headings is
itself too long between blocks; wrappers (div, section, lists, quotes) are opened where they must
be and closed again around each piece. Notes go with the text that calls them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import cast

from lxml import etree

from publish.backends.epub.trees import parse, tag

LIMIT = 236_000  # bytes of a chapter's section; with head and opener the file stays below 240 kB
DEPTH = 12  # wrappers opened one inside the other
BLOCK, MARKER = 9, 8  # the ranks of what is no heading, and of a page break before one
ROOM = 4_000  # for what each piece repeats: the root, the wrappers, the section of notes

_HEADINGS = {tag(f"h{level}"): level for level in range(1, 7)}
_WRAPPERS = {tag(name) for name in ("div", "section", "blockquote", "ul", "ol", "article")}
_OL, _ASIDE, _SECTION = tag("ol"), tag("aside"), tag("section")


@dataclass(slots=True)
class _Atom:
    """A block that stays whole, and the wrappers it stands in, outermost first."""

    element: etree._Element
    wrappers: tuple[etree._Element, ...]
    size: int
    level: int  # of the heading it is, else BLOCK


def split(xhtml: bytes, limit: int = LIMIT) -> list[bytes]:
    """Return a chapter's section as one or more sections, none above ``limit`` bytes if it can be.

    A single block above the limit (a listing) stays whole.

    Raises:
        etree.XMLSyntaxError: it is not well-formed.
    """
    if len(xhtml) <= limit:
        return [xhtml]
    root = parse(xhtml)
    notes = _take_notes(root)
    budget = limit - ROOM
    atoms = list(_atoms(root, (), budget))
    pieces = list(_pack(atoms, budget, _note_weights(atoms, notes)))
    made = [_build(root, piece, first=n == 0) for n, piece in enumerate(pieces)]
    _place_notes(made, notes)
    return [etree.tostring(piece, encoding="utf-8") for piece in made]


def _take_notes(root: etree._Element) -> etree._Element | None:
    last = root[-1] if len(root) else None
    if last is None or last.tag != _SECTION or "footnotes" not in last.get("class", "").split():
        return None
    root.remove(last)
    return last


def _asides(notes: etree._Element | None) -> list[etree._Element]:
    return [] if notes is None else list(notes.iterchildren(_ASIDE))


def _atoms(
    parent: etree._Element, wrappers: tuple[etree._Element, ...], budget: int
) -> Iterator[_Atom]:
    """Yield the blocks of an element; a wrapper that is too large yields what it holds."""
    for child in parent.iterchildren(etree.Element):
        size = len(etree.tostring(child, encoding="utf-8", with_tail=False))
        opens = size > budget and child.tag in _WRAPPERS and len(wrappers) < DEPTH
        if opens and len(child) and not _has_text(child):
            yield from _atoms(child, (*wrappers, child), budget)
        else:
            yield _Atom(child, wrappers, size, _level(child))


def _level(block: etree._Element) -> int:
    usual = MARKER if block.get("role") == "doc-pagebreak" else BLOCK
    return _HEADINGS.get(str(block.tag), usual)


def _has_text(element: etree._Element) -> bool:
    """Tell whether text stands between an element's children: such a one stays whole."""
    pieces = [element.text, *(child.tail for child in element)]
    return any(piece and piece.strip() for piece in pieces)


def _note_weights(atoms: Sequence[_Atom], notes: etree._Element | None) -> dict[int, int]:
    """Return, by atom, how many bytes of notes go where the atom goes."""
    asides = {note.get("id", ""): note for note in _asides(notes)}
    if not asides:
        return {}
    found: dict[int, int] = {}
    for number, atom in enumerate(atoms):
        for link in atom.element.iter(tag("a")):
            note = asides.pop(link.get("href", "")[1:], None)
            if note is not None:
                size = len(etree.tostring(note, encoding="utf-8", with_tail=False))
                found[number] = found.get(number, 0) + size
    return found


def _pack(atoms: Sequence[_Atom], budget: int, notes: dict[int, int]) -> Iterator[Sequence[_Atom]]:
    """Yield pieces within the budget, each ending before the highest heading that allows it."""
    sizes = [atom.size + notes.get(number, 0) for number, atom in enumerate(atoms)]
    start = 0
    while start < len(atoms):
        end, size = start, 0
        while end < len(atoms) and (end == start or size + sizes[end] <= budget):
            size += sizes[end]
            end += 1
        if end < len(atoms):
            end = _best_break(atoms, sizes, start, end)
        yield atoms[start:end]
        start = end


def _best_break(atoms: Sequence[_Atom], sizes: Sequence[int], start: int, end: int) -> int:
    """Return where a piece that may reach to ``end`` had better end."""
    total = sum(sizes[start:end])
    best, rank = end, BLOCK
    filled = total
    for place in range(end, start, -1):
        if filled * 3 < total:  # a piece is at least a third full
            break
        if atoms[place].level < rank:
            best, rank = place, atoms[place].level
        filled -= sizes[place - 1]
    while best - 1 > start and atoms[best - 1].level < BLOCK:  # a heading goes with what follows
        best -= 1
    return best


def _build(root: etree._Element, atoms: Sequence[_Atom], *, first: bool) -> etree._Element:
    """Return a section like the chapter's that holds the atoms in their wrappers."""
    new = _shell(root, first=first)
    open_: list[tuple[etree._Element, etree._Element]] = []
    for atom in atoms:
        depth = 0
        while depth < min(len(open_), len(atom.wrappers)):
            if open_[depth][0] is not atom.wrappers[depth]:
                break
            depth += 1
        del open_[depth:]
        for wrapper in atom.wrappers[depth:]:
            holder = open_[-1][1] if open_ else new
            inner = _shell(wrapper, first=wrapper.get("data-parted") is None)
            wrapper.set("data-parted", "")
            _number_list(wrapper, inner, atom)
            holder.append(inner)
            open_.append((wrapper, inner))
        (open_[-1][1] if open_ else new).append(copy(atom.element))
    return new


def _shell(element: etree._Element, *, first: bool) -> etree._Element:
    """Return an element without its children; only the first of several keeps the id."""
    new = etree.Element(element.tag, nsmap=cast(dict[str, str], element.nsmap))
    for name, value in element.attrib.items():
        new.set(name, value)
    new.attrib.pop("data-parted", "")
    if first:
        new.text = element.text
    else:
        new.attrib.pop("id", "")
        new.attrib.pop("aria-labelledby", "")
    return new


def _number_list(wrapper: etree._Element, new: etree._Element, atom: _Atom) -> None:
    """Let the continuation of a numbered list count on."""
    if wrapper.tag != _OL:
        return
    item = atom.element
    while item.getparent() is not None and item.getparent() is not wrapper:
        parent = item.getparent()
        assert parent is not None
        item = parent
    before = sum(1 for _ in item.itersiblings(tag("li"), preceding=True))
    if before:
        start = wrapper.get("start", "1")
        new.set("start", str((int(start) if start.lstrip("-").isdigit() else 1) + before))


def _place_notes(pieces: Sequence[etree._Element], notes: etree._Element | None) -> None:
    """Put each note at the end of the piece that calls it first, the rest into the last."""
    if notes is None:
        return
    callers: dict[str, int] = {}
    for number, piece in enumerate(pieces):
        for link in piece.iter(tag("a")):
            callers.setdefault(link.get("href", "")[1:], number)
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        own = [
            child
            for child in list(notes)
            if callers.get(child.get("id", ""), len(pieces) - 1) == number
        ]
        if own:
            section = _shell(notes, first=last)
            section.extend(own)
            piece.append(section)
