"""Makes of any picture one that every e-reader and the PDF take: JPEG or PNG, RGB or grey.

What is already right passes through without being decoded; everything else is decoded once.
Only imported when a picture is to be made.
"""

from __future__ import annotations

import io
import math
import threading
from dataclasses import dataclass
from typing import Any

from PIL import AvifImagePlugin, Image, ImageCms, ImageFile, ImageOps, WebPImagePlugin

from publish.figures import jpeg, png, svg
from publish.figures.sniffing import Header, UnusableError, sniff

VERSION = 1
WHITE = (255, 255, 255)
TINY = 4  # pixels: a counter of visits, not a picture
LARGE = 6_000_000  # pixels; larger ones are decoded one at a time, for the memory's sake
SEVERAL_COLOURS = 2304  # of 9,216 samples: above, it is a photograph
HEAVY = 250_000  # bytes of a PNG that had better be a JPEG, if it is a photograph
_FORMATS = {"JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF", "ICO", "JPEG2000"}
_LOSSY = {"JPEG", "AVIF", "JPEG2000"}
_one_large = threading.Lock()

# One thread a picture: several pictures are under way at once.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
assert WebPImagePlugin.SUPPORTED


@dataclass(frozen=True, slots=True)
class Recipe:
    """What pictures are made to: part of the key under which they are kept."""

    max_pixels: int
    max_side: int
    jpeg_quality: int

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the size a picture is given: its own, or as much less as the limits ask."""
        scale = min(
            self.max_side / width,
            4 * self.max_side / height,
            math.sqrt(self.max_pixels / (width * height)),
        )
        if scale >= 1:
            return width, height
        return max(1, int(width * scale)), max(1, int(height * scale))


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture."""

    data: bytes
    media_type: str
    width: int  # pixels
    height: int


def derive(data: bytes, recipe: Recipe, max_source_pixels: int) -> Picture:
    """Return a picture for books.

    Raises:
        UnusableError: the bytes are no picture, a damaged one, or one too large to decode.
    """
    header = sniff(data)
    if header.format in {"SVG", "SVGZ"}:
        data = svg.drawn(data, recipe.max_side, recipe.max_pixels, max_source_pixels)
        header = sniff(data)
    _refuse(header, max_source_pixels)
    if recipe.size(header.width, header.height) == (header.width, header.height):
        as_it_is = _passed(data, header)
        if as_it_is:
            return as_it_is
    if header.width * header.height <= LARGE:
        return _made(data, header, recipe)
    with _one_large:
        return _made(data, header, recipe)


def _refuse(header: Header, max_source_pixels: int) -> None:
    """Refuse what cannot or should not be decoded."""
    if header.format not in _FORMATS:
        message = f"{header.format} cannot be read; save the picture as JPEG or PNG"
        raise UnusableError("unsupported", message)
    if not (header.width and header.height):
        raise UnusableError("broken", f"the {header.format} has no size")
    pixels = header.width * header.height
    if pixels > max_source_pixels:
        message = f"{header.width} × {header.height} pixels; at most {max_source_pixels:,} are read"
        raise UnusableError("too-many-pixels", message)
    if pixels <= TINY:
        message = f"{header.width} × {header.height} pixels: a counter, not a picture"
        raise UnusableError("tracking-pixel", message)


def _passed(data: bytes, header: Header) -> Picture | None:
    """Return a picture that needs no more than cleaning."""
    if header.format == "JPEG":
        same = jpeg.cleaned(data)
        same = same if same and _opens(same) else None
        media_type = "image/jpeg"
    elif header.format == "PNG" and not (
        len(data) > HEAVY and len(data) > header.width * header.height
    ):
        same = png.cleaned(data)
        media_type = "image/png"
    else:
        return None
    return Picture(same, media_type, header.width, header.height) if same else None


def _opens(data: bytes) -> bool:
    """Tell whether the tables of a JPEG make sense; its pixels are not decoded."""
    try:
        Image.open(io.BytesIO(data), formats=["JPEG"]).close()
    except Exception:  # the many kinds of Pillow
        return False
    return True


def _made(data: bytes, header: Header, recipe: Recipe) -> Picture:
    """Decode a picture and encode it anew."""
    if header.format == "PNG":
        data = png.bare(data)
    try:
        with Image.open(io.BytesIO(data), formats=[header.format]) as source:
            if header.format == "JPEG":
                source.draft(None, recipe.size(*source.size))
            ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint switches it on for all
            source.load()
            image = _flat(_upright(source))
    except MemoryError:
        raise
    except Exception as problem:  # Pillow's decoders raise many kinds for damaged files
        message = f"the {header.format} is damaged: {problem}"
        raise UnusableError("broken", message) from None
    size = recipe.size(*image.size)
    if size != image.size:
        if image.mode not in {"L", "RGB"}:
            image = image.convert("L" if image.mode == "1" else "RGB")
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if header.format in _LOSSY or data[12:16] == b"VP8 " or not _is_drawing(image):
        if image.mode not in {"L", "RGB"}:
            image = image.convert("RGB")
        return Picture(jpeg.encoded(image, recipe.jpeg_quality), "image/jpeg", *image.size)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return Picture(buffer.getvalue(), "image/png", *image.size)


def _upright(image: Image.Image) -> Image.Image:
    """Return a picture turned as its EXIF block says; a damaged block turns nothing."""
    if not image.info.get("exif") and image.format != "TIFF":
        return image
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # the many kinds of Pillow's EXIF reader
        return image


def _flat(image: Image.Image) -> Image.Image:
    """Return a picture in 1, L, P or RGB, without alpha and profile; clear parts are white."""
    profile = image.info.get("icc_profile")
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        image = _eight_bits(image)
    if image.mode in {"LA", "La", "PA", "RGBA", "RGBa"} or "transparency" in image.info:
        image = _on_white(image)
    if profile and not jpeg.is_srgb(profile) and image.mode in {"RGB", "CMYK"}:
        image = _in_srgb(image, profile)
    if image.mode not in {"1", "L", "P", "RGB"}:
        image = image.convert("RGB")
    image.info = {}  # or Pillow would write resolution, texts and profiles again
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a grey picture of 16 or 32 bits, or of floats, in 8 bits."""
    lowest, highest = image.getextrema()
    low, high = float(lowest), float(highest)  # type: ignore[arg-type]
    if image.mode != "F" and low >= 0 and high <= 65535:
        low, high = 0.0, 65535.0 if high > 255 else 255.0
    scale = 255 / (high - low) if high > low else 0.0
    grey: Any = image.convert("F")
    return Image.Image.convert(grey.point(lambda value: value * scale - low * scale), "L")


def _on_white(image: Image.Image) -> Image.Image:
    image = image.convert("LA" if image.mode in {"LA", "La"} else "RGBA")
    alpha = image.getchannel("A")
    plain = image.convert("L" if image.mode == "LA" else "RGB")
    if alpha.getextrema() == (255, 255):
        return plain
    ground = Image.new(plain.mode, plain.size, 255 if plain.mode == "L" else WHITE)
    ground.paste(plain, mask=alpha)
    return ground


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return a picture in sRGB; one whose profile cannot be used keeps its numbers."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return turned or image


def _is_drawing(image: Image.Image) -> bool:
    """Tell whether a picture has few colours: a PNG then is smaller, and sharper, than a JPEG."""
    if image.mode in {"1", "P"}:
        return True
    side = 96
    sample = image.resize((side, side), Image.Resampling.NEAREST)
    return sample.getcolors(SEVERAL_COLOURS) is not None
