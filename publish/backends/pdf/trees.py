"""Element trees as the PDF's engine reads them: plain names, no namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from publish.model import EPUB

Element = ET.Element
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TYPE = f"{{{EPUB}}}type"


def read(xhtml: bytes | str) -> Element:
    """Return a tree of XHTML, with bare names and without the attributes of EPUB."""
    root = ET.fromstring(xhtml)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name in (_LANG, _TYPE, "role"):
            element.attrib.pop(name, None)
    return root


def make(tag: str, text: str = "", /, **attributes: str) -> Element:
    """Return an element; ``class_`` is its class."""
    element = ET.Element(tag, {name.rstrip("_"): value for name, value in attributes.items()})
    element.text = text or None
    return element


def classes(element: Element) -> frozenset[str]:
    """Return the classes of an element."""
    return frozenset(element.get("class", "").split())


def parents(root: Element) -> Iterator[tuple[Element, int, Element]]:
    """Yield every element below the root with its parent and its place there, deepest last.

    The list is taken before the first is yielded, so that the tree may be changed meanwhile, as
    long as what is yielded later keeps its parent.
    """
    yield from [
        (parent, number, child) for parent in root.iter() for number, child in enumerate(parent)
    ]


def replace(parent: Element, old: Element, *new: Element) -> None:
    """Put elements in an element's place; the text after it stays."""
    place = list(parent).index(old)
    tail, old.tail = old.tail, None
    parent.remove(old)
    for number, element in enumerate(new):
        parent.insert(place + number, element)
    if new:
        new[-1].tail = (new[-1].tail or "") + (tail or "") or None
    elif tail:
        _after(parent, place, tail)


def remove(parent: Element, child: Element) -> None:
    """Take an element out; the text after it stays."""
    replace(parent, child)


def _after(parent: Element, place: int, text: str) -> None:
    """Add text where a child was taken out."""
    if place == 0:
        parent.text = (parent.text or "") + text
    else:
        before = parent[place - 1]
        before.tail = (before.tail or "") + text
