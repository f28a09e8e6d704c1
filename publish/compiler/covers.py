"""The cover: a picture of the user's own, or what the layout draws from the title.

Text is set as outlines, so that the same SVG serves the raster cover of an EPUB and the vector
cover of a PDF, whatever fonts the reader has.
"""

from __future__ import annotations

import colorsys
import hashlib
import io
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from publish import cache, fonts, locales
from publish.compiler.drawings import drawing
from publish.diagnostics import warning
from publish.layouts import Layout
from publish.model import Cover, Edition, Figure
from publish.workshop import Workshop

STAGE = "cover"
VERSION = "2"
WIDTH, HEIGHT = 1600, 2560  # pixels: the long side that shops ask for
QUALITY = 88
_BOUND = "，。、：；！？）》〉」』】〕”’…—·,.:;!?)的地得"  # never first on a line of a title
_OPENING = "（《〈「『【〔“‘([{"


def draw(edition: Edition, layout: Layout, catalogue: fonts.Catalogue, shop: Workshop) -> Cover:
    """Return the cover that a layout draws for an edition."""
    key = cache.digest(
        STAGE,
        VERSION,
        layout.digest,
        catalogue.fingerprint,
        edition.name,
        edition.language,
        (edition.title, edition.subtitle, edition.authors, edition.publisher),
        (edition.first_date, edition.date),
    )
    kept = shop.cache.load(STAGE, key, Cover)
    if kept is not None and shop.cache.object_path(kept.figure.object):
        return kept
    svg = _svg(edition, layout, catalogue, shop)
    picture = _rasterise(svg)
    name = shop.cache.put_object(picture)
    cover = Cover(Figure(f"cover-{name[:16]}.jpg", name, "image/jpeg", WIDTH, HEIGHT), svg.encode())
    shop.cache.store(STAGE, key, cover)
    return cover


def _svg(edition: Edition, layout: Layout, catalogue: fonts.Catalogue, shop: Workshop) -> str:
    svg, missing = drawing(
        layout,
        "cover.svg",
        edition,
        catalogue,
        lines=title_lines(edition.title, edition.language),
        palette=palette(edition.name),
        binding="left",
    )
    if missing:
        shop.report(
            warning(
                "cover-without-text",
                "no Chinese font is installed: the cover of this book carries no words",
                help="publish fonts says what to install",
            )
        )
    return svg


def _rasterise(svg: str) -> bytes:
    import resvg_py
    from PIL import Image

    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=WIDTH, height=HEIGHT))
    with Image.open(io.BytesIO(png)) as image:
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A") if "A" in image.getbands() else None)
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    return out.getvalue()


def palette(name: str) -> dict[str, str]:
    """Return the colours of a book: quiet, printable, and the same in every edition of it."""
    seed = hashlib.sha256(name.encode()).digest()
    hue = seed[0] / 256
    field = _hex(hue, 0.28 + seed[1] / 256 * 0.10, 0.24 + seed[2] / 256 * 0.24)
    return {
        "field": field,
        "ground": _hex(hue + 0.06, 0.955, 0.22),
        "ink": _hex(hue, 0.13, 0.22),
        "accent": _hex(hue + 0.48, 0.46, 0.55),
        "paper": "#ffffff",
    }


def _hex(hue: float, light: float, saturation: float) -> str:
    return "#" + "".join(
        f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue % 1, light, saturation)
    )


def title_lines(title: str, language: str, widest: int = 9) -> list[str]:
    """Return a title in lines of like length, broken where a reader pauses.

    A line holds ``widest`` ems at most where that can be; a word is never cut, and no closing
    mark begins a line (clreq, prohibition rules for line start and line end).
    """
    phrases = _phrases(title, language)
    total = sum(map(ems, phrases))
    if total <= widest or len(phrases) < 2:
        return [title.strip()]
    fewest = math.ceil(total / widest)
    return min(
        (_fill(phrases, total / count) for count in range(fewest, fewest + 3)),
        key=lambda lines: _ugliness(lines, widest),
    )


def ems(text: str) -> float:
    """Return about how wide text is, in ems."""
    return sum(1.0 if ord(sign) > 0x2E7F else 0.55 for sign in text)


def _fill(phrases: Sequence[str], measure: float) -> list[str]:
    """Return phrases in lines, each as near to the measure as they come."""
    lines = [""]
    for phrase in phrases:
        grown = ems((lines[-1] + phrase).strip())
        if lines[-1] and grown - measure > measure - ems(lines[-1].strip()):
            lines.append("")
        lines[-1] += phrase
    return [line.strip() for line in lines]


def _ugliness(lines: Sequence[str], widest: float) -> float:
    widths = [ems(line) for line in lines]
    over = sum(max(0.0, width - widest) for width in widths)
    return over * 3 + (max(widths) - min(widths)) + 0.8 * len(lines)


def _phrases(title: str, language: str) -> list[str]:
    """Return the phrases of a title: what BudouX keeps together, marks with their words."""
    pieces: list[str] = []
    for found in _parser(language).parse(title):
        phrase = found
        if pieces and phrase[0] in _BOUND:
            pieces[-1] += phrase[0]
            phrase = phrase[1:]
        if pieces and phrase and (pieces[-1][-1] in _OPENING or _one_word(pieces[-1], phrase)):
            pieces[-1] += phrase
        else:
            pieces.extend(word for word in _words(phrase) if word)
    return pieces


def _one_word(before: str, after: str) -> bool:
    """Tell whether a break would cut a Latin word or a number."""
    return all(sign.isascii() and sign.isalnum() for sign in (before[-1], after[0]))


def _words(phrase: str) -> list[str]:
    """Return a phrase cut after its spaces."""
    words = [f"{word} " for word in phrase.split(" ")]
    words[-1] = words[-1][:-1]
    return words


@lru_cache
def _parser(language: str) -> Any:
    import budoux

    if locales.region(language) == "JP":
        return budoux.load_default_japanese_parser()
    if locales.script(language) == "Hant":
        return budoux.load_default_traditional_chinese_parser()
    return budoux.load_default_simplified_chinese_parser()
