"""The rules of docs/xhtml.md as a checker: allowed elements and attributes, and what holds what.

``faults(xhtml)`` returns what is wrong with a fair copy or (``chapter=True``) a chapter;
``fair`` and ``written`` make fair copies that must be without fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from publish.markdown import Options, fair_copy
from publish.model import FairCopy

XHTML = "{http://www.w3.org/1999/xhtml}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DEEPEST = 220

INLINE = set(
    "a em strong del ins s u mark sub sup small code kbd samp var abbr cite q dfn span ruby rb rt"
    " rp br wbr img".split()
)
BLOCKS = set(
    "p h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre table caption colgroup col thead tbody"
    " tfoot tr td th figure figcaption div hr aside section".split()
)
FLOW = set("p h2 h3 h4 h5 h6 ul ol dl blockquote pre table figure div hr aside section".split())
PHRASING_ONLY = set("p h2 h3 h4 h5 h6 dt pre caption figcaption".split())
DIRECT = set("li td th dd figure".split())  # text and blocks
CHILDREN = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tfoot": {"tr"},
    "tr": {"td", "th"},
    "colgroup": {"col"},
}
PARENTS = {
    "li": {"ul", "ol"},
    "dt": {"dl"},
    "dd": {"dl"},
    "tr": {"thead", "tbody", "tfoot", "table"},
    "td": {"tr"},
    "th": {"tr"},
    "thead": {"table"},
    "tbody": {"table"},
    "tfoot": {"table"},
    "caption": {"table"},
    "figcaption": {"figure"},
    "rt": {"ruby"},
    "rb": {"ruby"},
    "rp": {"ruby"},
}
ANYWHERE = {"id", "class", "lang", XML_LANG}
ATTRIBUTES = {
    "a": {"href", "role", EPUB_TYPE},
    "img": {"alt"},
    "pre": {"data-language"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "section": {"role", EPUB_TYPE},
    "aside": {"role", EPUB_TYPE},
    "abbr": {"title"},
}
FAIR = {"img": {"data-figure", "data-line"}, "a": {"data-line"}}
CHAPTER = {"img": {"src", "width", "height"}}


def name_of(element: etree._Element) -> str:
    return str(element.tag).removeprefix(XHTML)


def faults(xhtml: bytes, *, chapter: bool = False) -> list[str]:
    """Return what is wrong with a tree, in words; nothing if it obeys the rules."""
    root = etree.fromstring(xhtml, etree.XMLParser(huge_tree=False))
    if root.tag != f"{XHTML}section":
        return [f"the root is {root.tag}"]
    found = [fault for node in root.iter() for fault in _node_faults(node, root, chapter)]
    found += _ids(root)
    found += _headings(root)
    found += _notes(root)
    return found


def _node_faults(node: etree._Element, root: etree._Element, chapter: bool) -> Iterator[str]:
    if not isinstance(node.tag, str):
        yield "a comment or instruction"
        return
    if node.tag.startswith(MATHML):
        parent = node.getparent()
        if node.tag == f"{MATHML}math":
            if not node.get("alttext"):
                yield "math without alttext"
        elif parent is None or not str(parent.tag).startswith(MATHML):
            yield f"{node.tag} outside math"
        return
    name = name_of(node)
    if name not in INLINE | BLOCKS:
        yield f"element {name}"
        return
    allowed = (
        ANYWHERE | ATTRIBUTES.get(name, set()) | (CHAPTER if chapter else FAIR).get(name, set())
    )
    yield from (f"{name}: attribute {key}" for key in node.attrib if key not in allowed)
    yield from _values(node, name, chapter)
    if node is not root:
        yield from _place(node, name, name_of(node.getparent()), root)
    yield from _content(node, name)
    if sum(1 for _ in node.iterancestors()) > DEEPEST:
        yield "nested too deep"


def _values(node: etree._Element, name: str, chapter: bool) -> Iterator[str]:
    href = node.get("href")
    if href is not None and re.match(r"\s*(javascript|vbscript|data|file):", href, re.I):
        yield f"address {href[:40]}"
    if name == "a" and href == "":
        yield "an empty address"
    if name == "img":
        needed = {"src", "alt", "width", "height"} if chapter else {"data-figure", "alt"}
        yield from (f"img without {key}" for key in needed - set(node.attrib))
    if node.get("lang") != node.get(XML_LANG):
        yield "lang and xml:lang differ"


def _place(node: etree._Element, name: str, parent: str, root: etree._Element) -> Iterator[str]:
    if name in PARENTS and parent not in PARENTS[name]:
        yield f"{name} in {parent}"
    if parent in CHILDREN and name not in CHILDREN[parent]:
        yield f"{name} in {parent}"
    if name in BLOCKS and name not in PARENTS and (parent in INLINE or parent in PHRASING_ONLY):
        yield f"{name} in {parent}"
    if name == "a" and any(name_of(a) == "a" for a in node.iterancestors()):
        yield "a in a"
    if name == "section" and (node.getparent() is not root or node.get("class") != "footnotes"):
        yield "a section that is not the notes"
    if name == "table" and node.getparent().get("class") != "table":
        yield "table without its frame"


def _content(node: etree._Element, name: str) -> Iterator[str]:
    texts = [node.text, *(child.tail for child in node)]
    loose = any((text or "").strip() for text in texts)
    bare = name in CHILDREN or name in {"blockquote", "aside", "section", "div"}
    if bare and loose:
        yield f"text in {name}: {next(t for t in texts if t and t.strip())[:30]!r}"
    if name in {"blockquote", "aside", "section"}:
        yield from (f"{name_of(c)} in {name}" for c in node if name_of(c) in INLINE)
    if (
        name in {"ul", "ol", "dl", "table", "tbody", "thead", "p", "figure"}
        and not len(node)
        and not loose
    ):
        yield f"empty {name}"
    if name == "dl" and not re.fullmatch(
        r"(?:t+d+)+", "".join("t" if name_of(c) == "dt" else "d" for c in node)
    ):
        yield "dl whose parts do not pair"
    if name == "table":
        kinds = [name_of(c) for c in node]
        if kinds != sorted(kinds, key="caption colgroup thead tbody tr tfoot".split().index):
            yield f"table of {kinds}"
        if {"tr", "tbody"} <= set(kinds) or kinds.count("caption") > 1 or kinds.count("thead") > 1:
            yield f"table of {kinds}"
    if name == "ruby" and not any(name_of(c) == "rt" for c in node):
        yield "ruby without a reading"


def _ids(root: etree._Element) -> Iterator[str]:
    ids = [node.get("id") for node in root.iter() if node.get("id") is not None]
    yield from (f"id {name!r} again" for name in {i for i in ids if ids.count(i) > 1})
    yield from (
        f"id {name!r} is no name" for name in ids if not re.fullmatch(r"[A-Za-z][\w.-]*", name)
    )


def _headings(root: etree._Element) -> Iterator[str]:
    level = 1
    for node in root.iter(*(f"{XHTML}h{n}" for n in range(1, 7))):
        own = int(node.tag[-1])
        if own < 2 or own > level + 1:
            yield f"h{own} after h{level}"
        if not "".join(node.itertext()).strip():
            yield "an empty heading"
        level = own


def _notes(root: etree._Element) -> Iterator[str]:
    ids = {node.get("id"): node for node in root.iter() if node.get("id")}
    for link in root.iter(f"{XHTML}a"):
        is_note = link.get("role") in ("doc-noteref", "doc-backlink")
        if is_note and link.get("href", "#")[1:] not in ids:
            yield f"no {link.get('href')}"
    for number, child in enumerate(root):
        if name_of(child) == "section" and number != len(root) - 1:
            yield "notes are not last"


# --- fair copies made for a test ---------------------------------------------------------------


def fair(body: str, **words: Any) -> FairCopy:
    """Return a fair copy of a text, which must obey the rules; options are among the words."""
    names = ("math", "hard_breaks", "promote_bold")
    asked: dict[str, Any] = {
        "options": Options(**{name: words.pop(name) for name in names if name in words}),
        "title": "题目",
        "title_from": "front matter",
        "first_line": 1,
        "shown": "a.md",
    }
    made = fair_copy(body, **(asked | words))
    assert faults(made.xhtml) == []
    return made


def inside(made: FairCopy) -> str:
    """Return what the root of a fair copy holds, without the lines of the source."""
    text = re.sub(r' data-line="\d+"', "", made.xhtml.decode())
    return re.sub(r"^<section[^>]*?(?:/>|>)|</section>$", "", text)


def written(body: str, **words: Any) -> str:
    """Return what becomes of a text."""
    return inside(fair(body, **words))


def told(made: FairCopy) -> list[tuple[str, int]]:
    """Return code and line of each finding of a fair copy, by line."""
    return [(one.code, one.place.line if one.place else 0) for one in made.findings]
