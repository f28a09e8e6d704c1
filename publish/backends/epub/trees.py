"""XML trees: one strict parser, one serialiser, names in the XHTML namespace."""

from __future__ import annotations

from lxml import etree

from publish.model import XHTML

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def tag(name: str) -> str:
    """Return an XHTML element's name with its namespace."""
    return f"{{{XHTML}}}{name}"


def parse(data: bytes) -> etree._Element:
    """Return the root of well-formed XML, without comments and processing instructions.

    Nothing is fetched and no entity but XML's own is known; depth and size are not limited.

    Raises:
        etree.XMLSyntaxError: it is not well-formed.
    """
    parser = etree.XMLParser(
        ns_clean=True,
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
        no_network=True,
        huge_tree=True,
    )
    return etree.fromstring(data, parser)


def document(root: etree._Element) -> bytes:
    """Return an XHTML document as bytes."""
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, doctype="<!DOCTYPE html>")
