"""Sets mathematics: LaTeX as vector drawings, on the line's base line."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree as ET

from publish import fonts
from publish.backends.pdf.trees import Element, make, parents, replace
from publish.diagnostics import Diagnostic, Place, warning

SIZE = 12.0  # the typesetter's own unit, in which its glyphs are drawn
_SVG = "{http://www.w3.org/2000/svg}"
_HOLD = "—"  # as wide as a Han character: keeps its place, as the mathematical face has none

Outliner = Callable[[str, float], str | None]
"""Returns the outline of a character at a size, or None if no face has it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A formula as SVG, with its size and how far it goes below the base line, in em."""

    svg: bytes
    width: float
    height: float
    depth: float


class Formulas:
    """The formulas of a book, each drawn once."""

    def __init__(self, catalogue: fonts.Catalogue) -> None:
        self.drawings: dict[str, bytes] = {}  # by the file name that trees use
        self.findings: list[Diagnostic] = []
        self._catalogue = catalogue
        self._done: dict[tuple[str, bool, str], Drawing | None] = {}

    def set_all(self, root: Element, language: str, shown: str) -> None:
        """Replace the formulas of a chapter by pictures.

        One that cannot be drawn is shown as its LaTeX source, and reported.
        """
        for parent, _, formula in parents(root):
            if formula.tag != "math":
                continue
            latex = formula.get("alttext", "").strip()
            block = formula.get("display") == "block"
            drawn = self._drawing(latex, block, language) if latex else None
            if drawn is None:
                text = latex or "".join(formula.itertext())
                replace(parent, formula, make("code", text, class_="latex"))
                self.findings.append(_undrawn(text, shown))
            else:
                replace(parent, formula, self._image(drawn, latex, block))

    def _drawing(self, latex: str, block: bool, language: str) -> Drawing | None:
        key = (latex, block, language)
        if key not in self._done:

            def outline(sign: str, size: float) -> str | None:
                drawn = fonts.outline(
                    sign, language=language, size=size, catalogue=self._catalogue, weight="normal"
                )
                return drawn.path if drawn and not drawn.missing else None

            self._done[key] = draw(latex, block, outline)
        return self._done[key]

    def _image(self, drawn: Drawing, latex: str, block: bool) -> Element:
        name = f"{hashlib.sha256(drawn.svg).hexdigest()[:20]}.svg"
        self.drawings[name] = drawn.svg
        image = make("img", src=f"formulas/{name}", alt=latex, class_="formula")
        image.set(
            "style",
            f"width:{drawn.width:.4f}em;height:{drawn.height:.4f}em"
            + ("" if block else f";vertical-align:{-drawn.depth:.4f}em"),
        )
        return image


def draw(latex: str, block: bool, outline: Outliner) -> Drawing | None:
    """Return a formula drawn, or None if the typesetter does not understand it."""
    from ziamath.zmath import Latex

    signs = [sign for sign in latex if _wide(sign) or sign == _HOLD]
    held = "".join(_HOLD if _wide(sign) else sign for sign in latex)
    try:
        svg = Latex(held, size=SIZE, inline=not block).svgxml()
        box = [float(part) for part in svg.get("viewBox", "").split()]
        _, top, width, height = box
    except Exception:  # the typesetter raises what comes: KeyError, ValueError, IndexError …
        return None
    if not (0 < width < 10_000 and 0 < height < 10_000) or not _sound(svg):
        return None
    if any(map(_wide, signs)) and not _put_han(svg, signs, outline):
        return None
    return Drawing(ET.tostring(svg), width / SIZE, height / SIZE, (height + top) / SIZE)


def _wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def _sound(svg: Element) -> bool:
    """Tell whether no glyph is the box that stands for a missing one."""
    return not any(_target(use).endswith("_0") for use in _uses(svg))


def _uses(svg: Element) -> list[Element]:
    return [element for element in svg.iter() if element.tag.removeprefix(_SVG) == "use"]


def _target(use: Element) -> str:
    return use.get("href") or use.get("{http://www.w3.org/1999/xlink}href") or ""


def _put_han(svg: Element, signs: list[str], outline: Outliner) -> bool:
    """Draw Han characters where their places were held; tell whether every one was found."""
    held, top, full = _hold()
    places = [(parent, use) for parent, _, use in parents(svg) if _target(use) == held]
    if len(places) != len(signs):
        return False
    for (parent, use), sign in zip(places, signs, strict=True):
        if not _wide(sign):
            continue
        scale = float(use.get("height", "0")) / full
        path = outline(sign, SIZE * scale)
        if path is None:
            return False
        x, y = float(use.get("x", "0")), float(use.get("y", "0")) - top * scale
        drawn = ET.Element("path", {"transform": f"translate({x:.3f} {y:.3f})", "d": path})
        replace(parent, use, drawn)
    return True


@lru_cache(maxsize=1)
def _hold() -> tuple[str, float, float]:
    """Return how the place holder's glyph is called, and the top and height of its box."""
    from ziamath.zmath import Latex

    svg = Latex(rf"\text{{{_HOLD}}}", size=SIZE).svgxml()
    symbol = next(part for part in svg.iter() if part.tag.removeprefix(_SVG) == "symbol")
    _, top, _, height = map(float, symbol.get("viewBox", "0 0 1 1").split())
    return f"#{symbol.get('id')}", top, height


def _undrawn(latex: str, shown: str) -> Diagnostic:
    return warning(
        "math-undrawn",
        f"a formula is shown as its source: {' '.join(latex.split())[:60]}",
        Place(shown),
        "check its LaTeX; packages and macros of one's own are not known",
    )
