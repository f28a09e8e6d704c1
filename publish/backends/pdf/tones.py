"""Colours of a back and a spine that go with a picture on the front."""

from __future__ import annotations

import colorsys
import io

EDGE = 0.06  # of the picture's width, on the side of the spine
DARK, LIGHT = 0.183, 0.2  # luminances: white words on what is below, black on what is above


def palette(picture: bytes, binding: str) -> dict[str, str]:
    """Return the colours of a cover by the picture's edge at the spine; words on it are legible.

    The names are those of a palette that a layout draws with: grounds are one colour, words
    another, with a contrast of 4.5 or more (WCAG 2.2, 1.4.3).
    """
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        rgb = image.convert("RGB")
    wide = max(1, round(rgb.width * EDGE))
    left = 0 if binding == "left" else rgb.width - wide
    pixel = rgb.crop((left, 0, left + wide, rgb.height)).resize((1, 1), Image.Resampling.BOX)
    hue, light, colour = colorsys.rgb_to_hls(*(part / 255 for part in pixel.tobytes()))
    if _luminance(hue, light, colour) < LIGHT:
        while _luminance(hue, light, colour) > DARK:
            light -= 0.01
    dark = _luminance(hue, light, colour) <= DARK
    ground = "#" + "".join(f"{round(p * 255):02x}" for p in colorsys.hls_to_rgb(hue, light, colour))
    words = "#ffffff" if dark else "#111111"
    return {"field": ground, "ground": ground, "ink": words, "accent": words, "paper": words}


def _luminance(hue: float, light: float, colour: float) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colorsys.hls_to_rgb(hue, light, colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
