"""The first floor: manuscripts become editions, article by article, in workers, cached."""

from publish.compiler.covers import draw as draw_cover
from publish.compiler.covers import palette, title_lines
from publish.compiler.drawings import drawing
from publish.compiler.editions import Brief, compile_edition
from publish.compiler.materials import Materials, gather

__all__ = [
    "Brief",
    "Materials",
    "compile_edition",
    "draw_cover",
    "drawing",
    "gather",
    "palette",
    "title_lines",
]
