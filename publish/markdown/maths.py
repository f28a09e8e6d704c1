"""Math: LaTeX to presentation MathML, and the MathML of authors made safe."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from lxml import etree

from publish.markdown.text import escape, words
from publish.model import MATHML

# Presentation MathML 3 as EPUB 3 allows it, and the attributes worth keeping.
_ELEMENTS = words(
    "math mi mn mo mtext mspace ms mrow mfrac msqrt mroot mstyle merror mpadded mphantom mfenced"
    " menclose msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr"
    " mtd"
)
_ATTRIBUTES = words(
    "accent accentunder align columnalign columnspan depth display"
    " displaystyle fence form frame height largeop linethickness lspace mathbackground mathcolor"
    " mathsize mathvariant maxsize minsize movablelimits notation open close separators rowalign"
    " rowspan rspace scriptlevel separator stretchy symmetric voffset"
    " width"
)
_ALIGNED = words("align aligned alignat alignedat split eqnarray equation gather gathered multline")
_ENVIRONMENT = re.compile(r"\\(begin|end)\{(\w+)\*?\}(?:\{\d+\})?")
_UNKNOWN = re.compile(r"\\[A-Za-z]")
LONGEST = 8_000
_NAMESPACES: Any = {None: MATHML}


@lru_cache(maxsize=512)
def mathml(latex: str, display: bool) -> str | None:
    """Return LaTeX as a ``math`` element, or None if it cannot be read."""
    latex = latex.strip()
    if not latex or len(latex) > LONGEST or _depth(latex) > 60:
        return None
    from latex2mathml.converter import convert

    source = _ENVIRONMENT.sub(_environment, latex)
    if "\\\\" in source and "\\begin" not in source:
        source = rf"\begin{{align*}}{source}\end{{align*}}"
    try:
        made = convert(source, display="block" if display else "inline")
        made = re.sub(r"&(?!#?\w+;)", "&amp;", made)
        tree = etree.fromstring(made)
    except Exception:  # its exceptions have no common base
        return None
    words = "".join(map(str, tree.itertext()))
    if _UNKNOWN.search(words) or "&" in words.replace(r"\&", ""):
        return None
    found = clean(tree)
    if found is None:
        return None
    found.set("alttext", latex)
    return etree.tostring(found, encoding="unicode")


def _environment(match: re.Match[str]) -> str:
    """Return an environment that the converter knows, without numbers."""
    return rf"\{match[1]}{{align*}}" if match[2] in _ALIGNED else match[0]


def _depth(latex: str) -> int:
    deepest = level = 0
    for brace in re.findall(r"[{}]", latex):
        level += 1 if brace == "{" else -1
        deepest = max(deepest, level)
    return deepest


def fallback(latex: str) -> str:
    """Return LaTeX as code, for what cannot be set."""
    return f'<code class="math">{escape(latex.strip())}</code>'


def clean(tree: etree._Element, depth: int = 0) -> etree._Element | None:
    """Return a copy of a MathML tree with only what EPUB allows, or None if nothing is left."""
    name = _local(tree)
    if name not in _ELEMENTS or depth > 100:
        return None
    copy = etree.Element(f"{{{MATHML}}}{name}", nsmap=_NAMESPACES)
    for key, value in tree.attrib.items():
        if key in _ATTRIBUTES:
            copy.set(key, value)
    copy.text = tree.text
    for child in tree:
        found = clean(child, depth + 1) if isinstance(child.tag, str) else None
        if found is not None:
            found.tail = child.tail
            copy.append(found)
    if len(copy) and copy.text is not None:
        copy.text = None if not copy.text.strip() else copy.text
    return copy


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
