"""Sets mathematics: LaTeX as vector drawings, on the line's base line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from publish.backends.pdf.trees import Element, make, parents, replace
from publish.diagnostics import Diagnostic, Place, warning


@dataclass(frozen=True, slots=True)
class Drawing:
    """A formula as SVG, with its size and how far it goes below the base line, in points."""

    svg: bytes
    width: float
    height: float
    depth: float


def set_all(
    root: Element, size: float, shown: str, drawings: dict[str, bytes]
) -> list[Diagnostic]:
    """Replace the formulas of a chapter by pictures; add these to ``drawings`` by name.

    One that cannot be drawn is shown as its LaTeX source, and reported.
    """
    findings = []
    for parent, _, formula in parents(root):
        if formula.tag != "math":
            continue
        latex = formula.get("alttext", "").strip()
        block = formula.get("display") == "block"
        drawn = draw(latex, size, block) if latex else None
        if drawn is None:
            text = latex or "".join(formula.itertext())
            replace(parent, formula, make("code", text, class_="latex"))
            findings.append(_undrawn(text, shown))
            continue
        name = f"formula-{len(drawings)}.svg"
        drawings[name] = drawn.svg
        image = make("img", src=f"formulas/{name}", alt=latex, class_="formula")
        image.set(
            "style",
            f"width:{drawn.width:.3f}pt;height:{drawn.height:.3f}pt"
            + ("" if block else f";vertical-align:{-drawn.depth:.3f}pt"),
        )
        replace(parent, formula, image)
    return findings


@lru_cache(maxsize=4096)
def draw(latex: str, size: float, block: bool) -> Drawing | None:
    """Return a formula drawn, or None if the typesetter does not understand it."""
    from xml.etree import ElementTree as ET

    import ziamath

    try:
        formula = ziamath.Latex(latex, size=size, inline=not block)
        svg = formula.svgxml()
        box = [float(part) for part in svg.get("viewBox", "").split()]
        _left, top, width, height = box
    except Exception:  # the typesetter raises what comes: KeyError, ValueError, IndexError …
        return None
    if not width or not height or width > 10_000:
        return None
    return Drawing(ET.tostring(svg), width, height, height + top)


def _undrawn(latex: str, shown: str) -> Diagnostic:
    return warning(
        "math-undrawn",
        f"a formula is shown as its source: {' '.join(latex.split())[:60]}",
        Place(shown),
        "check its LaTeX; packages and macros of one's own are not known",
    )
