"""From the text of the renderer to a tree: by the XML parser, or by an HTML one to repair it."""

from __future__ import annotations

import io
from typing import Any

from lxml import etree

from publish.markdown.text import bare
from publish.model import EPUB, XHTML

_SECTION = f'<section xmlns="{XHTML}" xmlns:epub="{EPUB}" class="text">'
_HUGE = etree.XMLParser(
    huge_tree=True, remove_comments=True, remove_pis=True, resolve_entities=False
)


def pure(xhtml: str) -> etree._Element:
    """Return the tree of text that the renderer alone has made."""
    return etree.fromstring(f"{_SECTION}{xhtml}</section>", _HUGE)


def repaired(xhtml: str) -> Any:
    """Return the body that HTML5 makes of a text; libxml2's where that would lose a part of it."""
    import tinyhtml5

    page = f"<!DOCTYPE html><html><body>{xhtml}</body></html>"
    stream = io.StringIO(page)  # a str might be taken for a path
    tree: Any = tinyhtml5.parse(stream, namespace_html_elements=False)  # type: ignore[no-untyped-call]
    if _size("".join(map(str, tree.itertext()))) != _size(bare(xhtml)):
        tree = etree.fromstring(page, etree.HTMLParser(huge_tree=True, remove_comments=True))
    body = tree.find("body")
    return tree if body is None else body


def _size(text: str) -> int:
    """Return how many characters of a text can be seen."""
    return sum(map(len, text.split()))
