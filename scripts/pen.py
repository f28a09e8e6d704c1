"""A small pen for the sample's pictures: shapes and outlined text into one SVG.

Text is drawn as outlines of Noto and LXGW WenKai faces (both OFL) found below the system's
font folders by name, so a picture needs no font where it is shown and is the same everywhere.
"""

from __future__ import annotations

import functools
import io
import math
from collections.abc import Iterable
from pathlib import Path

import resvg_py
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTCollection, TTFont
from PIL import Image

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"))
FACES = {  # short name -> family and file, as fonts-noto-cjk and fonts-lxgw-wenkai have them
    "song": ("Noto Serif CJK SC", "NotoSerifCJK-Regular.ttc"),
    "song-bold": ("Noto Serif CJK SC", "NotoSerifCJK-Bold.ttc"),
    "ming": ("Noto Serif CJK TC", "NotoSerifCJK-Regular.ttc"),
    "ming-hk": ("Noto Serif CJK HK", "NotoSerifCJK-Regular.ttc"),
    "hei": ("Noto Sans CJK SC", "NotoSansCJK-Regular.ttc"),
    "hei-bold": ("Noto Sans CJK SC", "NotoSansCJK-Bold.ttc"),
    "hei-tc": ("Noto Sans CJK TC", "NotoSansCJK-Regular.ttc"),
    "hei-hk": ("Noto Sans CJK HK", "NotoSansCJK-Regular.ttc"),
    "kai": ("LXGW WenKai", "LXGWWenKai-Regular.ttf"),
}
INK, RED, BLUE, GREY, PALE, TINT = "#1f2328", "#b23a2a", "#2f5d73", "#7c8288", "#e9e6df", "#f6dcd6"

Matrix = tuple[float, float, float, float, float, float]


@functools.cache
def face(name: str) -> TTFont:
    """Return the font of a short name, or exit with what is missing."""
    family, file = FACES[name]
    for folder in FOLDERS:
        for path in sorted(folder.rglob(file)):
            fonts = TTCollection(path, lazy=True).fonts if path.suffix == ".ttc" else [TTFont(path)]
            for font in fonts:
                if font["name"].getDebugName(1) == family:
                    return font
    raise SystemExit(f"no font {family} ({file}): install fonts-noto-cjk, fonts-lxgw-wenkai")


def advance(text: str, size: float, name: str) -> float:
    """Return the width of a text set solid, in the units of size."""
    font = face(name)
    cmap, widths = font.getBestCmap(), font["hmtx"]
    return float(sum(widths[cmap[ord(c)]][0] for c in text) * size / font["head"].unitsPerEm)


def bounds(char: str, size: float, name: str) -> tuple[float, float, float, float]:
    """Return the ink box of a character, x0 y0 x1 y1 from the baseline's start, y downwards."""
    font = face(name)
    pen = BoundsPen(font.getGlyphSet())
    font.getGlyphSet()[font.getBestCmap()[ord(char)]].draw(pen)
    scale = size / font["head"].unitsPerEm
    x0, y0, x1, y1 = pen.bounds
    return x0 * scale, -y1 * scale, x1 * scale, -y0 * scale


def number(value: float) -> str:
    """Write a coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


class Drawing:
    """An SVG that grows by strokes; coordinates in pixels, y downwards."""

    def __init__(self, width: int, height: int, title: str) -> None:
        """Begin a white sheet."""
        self.width, self.height, self.title, self.colours = width, height, title, 64
        self.parts = [f'<rect width="{width}" height="{height}" fill="#ffffff"/>']

    def add(self, element: str, **style: object) -> None:
        """Add an element; the style's underscores become hyphens."""
        given = "".join(
            f' {k.replace("_", "-")}="{number(v) if isinstance(v, float) else v}"'
            for k, v in style.items()
        )
        self.parts.append(f"<{element}{given}/>")

    def rect(self, x: float, y: float, w: float, h: float, **style: object) -> None:
        """Draw a rectangle."""
        box = f'rect x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}"'
        self.add(box, **{"fill": "none", **style})

    def line(
        self, points: Iterable[tuple[float, float]], close: bool = False, **style: object
    ) -> None:
        """Draw a line through points."""
        d = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + ("Z" if close else "")
        self.path(d, **{"fill": "none", **({} if close else {"stroke": INK}), **style})

    def path(self, d: str, **style: object) -> None:
        """Draw a path given in SVG's own words."""
        self.add(f'path d="{d}"', **style)

    def circle(self, x: float, y: float, r: float, **style: object) -> None:
        """Draw a circle."""
        self.add(
            f'circle cx="{number(x)}" cy="{number(y)}" r="{number(r)}"', **{"fill": "none", **style}
        )

    def arrow(
        self, x0: float, y0: float, x1: float, y1: float, colour: str = INK, w: float = 3
    ) -> None:
        """Draw an arrow with a small filled head."""
        turn = math.atan2(y1 - y0, x1 - x0)
        back = [(x1 - 18 * math.cos(turn + s), y1 - 18 * math.sin(turn + s)) for s in (-0.38, 0.38)]
        foot = (x1 - 14 * math.cos(turn), y1 - 14 * math.sin(turn))
        self.line([(x0, y0), foot], stroke=colour, stroke_width=w)
        self.line([(x1, y1), *back], close=True, fill=colour)

    def glyphs(self, text: str, matrix: Matrix, name: str = "hei", fill: str = INK) -> None:
        """Draw a text solid in em units (1 = one em, y up) through an affine matrix."""
        font = face(name)
        cmap, glyphs, unit = font.getBestCmap(), font.getGlyphSet(), font["head"].unitsPerEm
        a, b, c, d, e, f = matrix
        pen = SVGPathPen(glyphs, ntos=number)
        shift = 0.0
        for char in text:
            glyph = cmap[ord(char)]
            to = (a / unit, b / unit, c / unit, d / unit, e + a * shift, f + b * shift)
            glyphs[glyph].draw(TransformPen(pen, to))
            shift += font["hmtx"][glyph][0] / unit
        if pen.getCommands():
            self.path(pen.getCommands(), fill=fill)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 34,
        name: str = "hei",
        fill: str = INK,
        anchor: str = "start",
        turned: bool = False,
    ) -> None:
        """Draw a line of text; y is the baseline; turned sets it upside down about (x, y)."""
        width = advance(text, size, name)
        back = {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        if turned:
            self.glyphs(text, (-size, 0, 0, size, x + back, y), name, fill)
        else:
            self.glyphs(text, (size, 0, 0, -size, x - back, y), name, fill)

    def cell(
        self, x: float, y: float, char: str, size: float, name: str = "song", fill: str = INK
    ) -> None:
        """Draw a character into the em box whose top left corner is (x, y)."""
        self.text(x, y + 0.88 * size, char, size, name, fill)

    def down(
        self, x: float, y: float, text: str, size: float, name: str = "song", pitch: float = 1
    ) -> None:
        """Draw a text downwards, the first em box at (x, y)."""
        for i, char in enumerate(text):
            self.cell(x, y + i * size * pitch, char, size, name)

    def note(
        self, points: list[tuple[float, float]], text: str, anchor: str = "start", **style: object
    ) -> None:
        """Label a place: a leader from the first point, the text at the last."""
        x, y = points[-1]
        colour = str(style.pop("fill", INK))
        self.line(points, stroke=GREY, stroke_width=2)
        self.circle(*points[0], 6, fill=colour)
        gap = {"start": 12, "end": -12, "middle": 0}[anchor]
        self.text(x + gap, y + 12, text, anchor=anchor, fill=colour, **style)  # type: ignore[arg-type]

    def svg(self) -> str:
        """Return the whole SVG."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img">\n'
            f"<title>{self.title}</title>\n"
        )
        return head + "\n".join(self.parts) + "\n</svg>\n"

    def image(self) -> Image.Image:
        """Return the drawing as pixels."""
        png = resvg_py.svg_to_bytes(svg_string=self.svg(), skip_system_fonts=True)
        return Image.open(io.BytesIO(bytes(png))).convert("RGB")

    def save(self, path: Path) -> None:
        """Write the drawing as SVG, or as PNG of few colours."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".svg":
            path.write_text(self.svg(), encoding="utf-8", newline="\n")
        else:
            save_png(self.image(), path, self.colours)


def save_png(picture: Image.Image, path: Path, colours: int = 64) -> None:
    """Write a picture of few colours as a small PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
