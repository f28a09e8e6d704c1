"""Names of elements of the canonical tree, as lxml writes them."""

from __future__ import annotations

from lxml import etree

from publish.model import XHTML

NS = f"{{{XHTML}}}"


def named(text: str) -> tuple[str, ...]:
    """Return the names in a text as lxml writes them."""
    return tuple(f"{NS}{name}" for name in text.split())


A, BR, DIV, FIGURE, FIGCAPTION, HR, IMG, LI, P, RT, SECTION, SPAN, STRONG = named(
    "a br div figure figcaption hr img li p rt section span strong"
)
HEADINGS = named("h1 h2 h3 h4 h5 h6")
INLINE = frozenset(
    named(
        "a em strong del ins s u mark sub sup small code kbd samp var abbr cite q dfn span ruby rb"
        " rt rp"
    )
)
PHRASES = INLINE | {BR, IMG, "{http://www.w3.org/1998/Math/MathML}math"}
REPLACED = frozenset(
    (*named("img hr pre table figure"), "{http://www.w3.org/1998/Math/MathML}math")
)


def remove(element: etree._Element) -> None:
    """Take an element out of its tree, leaving the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    _keep_tail(element, parent)
    parent.remove(element)


def pass_names(element: etree._Element) -> None:
    """Give the anchors in an element that goes to the one that stands nearest."""
    names = [name for node in element.iter() if (name := node.get("data-name"))]
    nearest = [element.getnext(), element.getprevious(), element.getparent()]
    heir = next((found for found in nearest if found is not None), None)
    if names and heir is not None and heir.getparent() is not None:
        heir.set("data-name", "\t".join(filter(None, [heir.get("data-name"), *names])))


def unwrap(element: etree._Element) -> None:
    """Put what an element holds in its place."""
    parent = element.getparent()
    if parent is None:
        return
    index = parent.index(element)
    if element.text:
        _append(parent, index, element.text)
    children = list(element)
    for offset, child in enumerate(children):
        parent.insert(index + offset, child)
    if element.tail:
        _append(parent, index + len(children), element.tail)
    element.tail = None
    parent.remove(element)


def _append(parent: etree._Element, index: int, text: str) -> None:
    """Add text before the child of that index."""
    if index == 0:
        parent.text = (parent.text or "") + text
    else:
        before = parent[index - 1]
        before.tail = (before.tail or "") + text


def _keep_tail(element: etree._Element, parent: etree._Element) -> None:
    if element.tail:
        _append(parent, parent.index(element), element.tail)
        element.tail = None


def content(element: etree._Element) -> str:
    """Return the text of an element."""
    return "".join(map(str, element.itertext()))


def line(element: etree._Element) -> int:
    """Return the line of the source on which a block began, or 0."""
    return int(element.get("data-at", "0"))


def discard(element: etree._Element, *names: str) -> None:
    """Take attributes off an element, if it has them."""
    for name in names:
        if name in element.attrib:
            del element.attrib[name]


def attributes(element: etree._Element) -> dict[str, str]:
    """Return the attributes of an element."""
    return {str(key): str(value) for key, value in element.attrib.items()}
