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
_LEAVES = words("mi mn mo mtext ms")
_AGAIN = words("annotation annotation-xml script style")
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


def of_author(source: str) -> str | None:
    """Return the MathML of an author made safe, "" if it is empty, or None if it is no XML."""
    try:
        tree = etree.fromstring(source, _PARSER)
    except etree.XMLSyntaxError:
        return None
    found = clean(tree)
    if found is None or not "".join(map(str, found.itertext())).strip():
        return ""
    told = [e.text for e in tree.iter() if "tex" in e.get("encoding", "").lower()]
    latex = [" ".join((text or "").split()) for text in (*told, tree.get("alttext"))]
    found.set("alttext", next(filter(None, latex), "") or latex_of(found))
    return etree.tostring(found, encoding="unicode")


_PARSER = etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True)
_TWO = {"mfrac": r"\frac{{{}}}{{{}}}", "mroot": r"\sqrt[{1}]{{{0}}}"} | {
    name: f"{{{{{{}}}}}}{sign}{{{{{{}}}}}}"
    for name, sign in (("msup", "^"), ("msub", "_"), ("munder", "_"), ("mover", "^"))
}


def latex_of(tree: etree._Element) -> str:
    """Return a MathML tree as LaTeX, as far as that can be told: what stands for it in words."""
    name = _local(tree)
    if name in _LEAVES:
        text = (tree.text or "").strip()
        return rf"\text{{{text}}}" if name in ("mtext", "ms") else text
    parts = list(map(latex_of, tree))
    if name in _TWO and len(parts) == 2:
        return _TWO[name].format(*parts)
    if name in ("msubsup", "munderover") and len(parts) == 3:
        return "{{{}}}_{{{}}}^{{{}}}".format(*parts)
    if name == "msqrt":
        return rf"\sqrt{{{' '.join(parts)}}}"
    if name == "mtable":
        return "\\begin{matrix}" + r" \\ ".join(parts) + "\\end{matrix}"
    return (" & " if name == "mtr" else " ").join(parts)


def clean(tree: etree._Element, depth: int = 0) -> etree._Element | None:
    """Return a copy of a MathML tree with only what EPUB allows, or None if nothing is left.

    Text inside what is not allowed stays; annotations say again what is there already, and go.
    """
    name = _local(tree)
    if not name or name in _AGAIN or depth > 100:
        return None
    if name not in _ELEMENTS:
        name = "mtext" if not len(tree) and (tree.text or "").strip() else "mrow"
    copy = etree.Element(f"{{{MATHML}}}{name}", nsmap=_NAMESPACES)
    for key, value in tree.attrib.items():
        if key in _ATTRIBUTES:
            copy.set(str(key), str(value))
    if name in _LEAVES:
        copy.text = "".join(map(str, tree.itertext()))
        return copy
    _add_text(copy, tree.text)
    for child in tree:
        found = clean(child, depth + 1)
        if found is not None:
            copy.append(found)
        _add_text(copy, child.tail)
    return copy


def _add_text(parent: etree._Element, text: str | None) -> None:
    """Add text that stands where MathML allows none."""
    if text and text.strip():
        etree.SubElement(parent, f"{{{MATHML}}}mtext").text = text.strip()


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
