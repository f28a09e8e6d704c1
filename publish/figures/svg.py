"""Draws SVG pictures as pixels: without scripts, links, files or anything from the network."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import math
import re
import zlib
from collections.abc import Iterator

from lxml import etree

from publish.figures.sniffing import UnusableError, sniff

DEFAULT_SIZE = (300.0, 150.0)  # CSS 2.2, 10.3.2: of what has no size of its own
SHARP_WIDTH = 1000  # pixels; smaller drawings are drawn at twice their size, up to this
MOST_ELEMENTS = 100_000  # after every use element has been followed
MOST_BYTES = 10_000_000  # of the markup
SANS, SERIF = "Noto Sans CJK SC", "Noto Serif CJK SC"  # where installed; else what is there
_ACTIVE = {"script", "foreignObject", "iframe", "audio", "video", "canvas", "object", "embed"}
_ACTIVE |= {"animate", "animateMotion", "animateTransform", "set", "handler", "listener"}
_UNITS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96}
_UNITS |= {"em": 16, "ex": 8, "rem": 16}
_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-z]*)\s*")
_DATA = re.compile(r"\s*data:image/(?:png|jpe?g|gif|webp);base64,(.*)", re.S | re.I)
_PARSER_PLACE = re.compile(r", line \d+, column \d+(?: \(<string>, line \d+\))?$")
_FAR = re.compile(r"@import[^;]*;?|url\(\s*[\"']?(?!\s*[\"']?#)[^)]*\)", re.I)


def drawn(data: bytes, max_side: int, max_pixels: int, most_inside: int) -> bytes:
    """Return an SVG as PNG on white; ``most_inside`` limits the pixels of a picture inside it.

    Raises:
        UnusableError: it is not well-formed, or too large to draw.
    """
    import resvg_py

    root = _parsed(_unpacked(data))
    _clean(root, most_inside)
    if _weight(root) > MOST_ELEMENTS:
        raise UnusableError("too-many-pixels", "the SVG repeats itself without end")
    width, height = _target(root, max_side, max_pixels)
    markup = etree.tostring(root, encoding="unicode")
    has_text = any(True for _ in root.iter("{*}text"))
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=markup,
            width=width,
            height=height,
            background="#ffffff",
            skip_system_fonts=not has_text,
            font_family=SANS,
            sans_serif_family=SANS,
            serif_family=SERIF,
        )
    except (ValueError, RuntimeError) as problem:
        raise UnusableError("broken", f"the SVG cannot be drawn: {problem}") from None
    return bytes(png)


def _unpacked(data: bytes) -> bytes:
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
                data = file.read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error):
            raise UnusableError("broken", "the packed SVG is damaged") from None
        if sniff(data).format != "SVG":
            raise UnusableError("not-a-picture", "the packed file is no SVG")
    if len(data) > MOST_BYTES:
        raise UnusableError("too-large", f"an SVG of more than {MOST_BYTES:,} bytes")
    return data


def _parsed(data: bytes) -> etree._Element:
    """Return the tree; entities of its own are resolved within libxml2's limits, others not."""
    parser = etree.XMLParser(
        resolve_entities="internal",  # type: ignore[arg-type] # the stubs are older than lxml 5
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        why = _PARSER_PLACE.sub("", str(problem)).split(", see ")[0]
        raise UnusableError("broken", f"the SVG is not well-formed: {why}") from None
    if not root.tag.startswith("{"):  # no namespace: browsers show nothing, people expect something
        for element in root.iter(etree.Element):
            if not element.tag.startswith("{"):
                element.tag = "{http://www.w3.org/2000/svg}" + element.tag
    return root


def _clean(root: etree._Element, most_inside: int) -> None:
    """Take away what acts, and every reference that leaves the file."""
    for element in list(root.iter(etree.Element)):
        name = etree.QName(element).localname
        if name in _ACTIVE and element is not root:
            element.clear()
            element.tag = "{http://www.w3.org/2000/svg}g"
            continue
        if name == "style" and element.text:
            element.text = _FAR.sub("", element.text)
        for key, value in _attributes(element):
            plain = etree.QName(key).localname.lower()
            if plain.startswith("on") or (
                plain in {"href", "src", "base"} and not _stays(value, most_inside)
            ):
                del element.attrib[key]
            elif "url(" in value.lower():
                element.set(key, _FAR.sub("none", value))


def _attributes(element: etree._Element) -> list[tuple[str, str]]:
    return [(str(key), str(value)) for key, value in element.attrib.items()]


def _stays(reference: str, most_inside: int) -> bool:
    """Tell whether a reference leads to the file itself, or carries a harmless picture."""
    if reference.lstrip().startswith("#"):
        return True
    found = _DATA.fullmatch(reference)
    if not found:
        return False
    try:
        header = sniff(base64.b64decode(found[1]))
    except (binascii.Error, ValueError, UnusableError):
        return False
    return header.format in {"PNG", "JPEG", "GIF", "WEBP"} and (
        header.width * header.height <= most_inside
    )


def _weight(root: etree._Element) -> int:
    """Return how many elements are drawn once use elements are replaced by what they mean."""
    by_id = {element.get("id"): element for element in root.iter(etree.Element)}
    weights: dict[etree._Element, int] = {}
    under_way: set[etree._Element] = set()

    def parts(element: etree._Element) -> Iterator[etree._Element]:
        yield from element
        if etree.QName(element).localname == "use":
            for key, value in _attributes(element):
                target = by_id.get(value.strip()[1:])
                if target is not None and etree.QName(key).localname == "href":
                    yield target

    todo = [(root, False)]
    while todo:
        element, ready = todo.pop()
        if ready:
            total = 1 + sum(weights.get(part, 0) for part in parts(element))
            weights[element] = min(total, MOST_ELEMENTS + 1)
            under_way.discard(element)
        elif element not in weights and element not in under_way:
            under_way.add(element)
            todo.append((element, True))
            todo.extend((part, False) for part in parts(element))
    return weights[root]


def _target(root: etree._Element, max_side: int, max_pixels: int) -> tuple[int, int]:
    """Return the size in pixels to draw at, and give the root the size that CSS would."""
    box = _box(root.get("viewBox", ""))
    width, height = _length(root.get("width", "")), _length(root.get("height", ""))
    if box and not (width and height):
        ratio = box[0] / box[1]
        if width or height:
            width, height = width or height * ratio, height or width / ratio
        else:
            width, height = box
    width, height = width or DEFAULT_SIZE[0], height or DEFAULT_SIZE[1]
    root.set("width", repr(width))
    root.set("height", repr(height))
    root.attrib.pop("style", "")
    wanted = 2.0 if width >= 100 else 1.0
    scale = min(
        max(1.0, min(wanted, SHARP_WIDTH / width)),
        max_side / width,
        4 * max_side / height,
        math.sqrt(max_pixels / width / height),
    )
    return max(1, int(width * scale)), max(1, int(height * scale))


def _length(text: str) -> float:
    """Return a length in CSS pixels; 0 if it is none, or relative to the page."""
    found = _LENGTH.fullmatch(text)
    if not found or found[2] not in _UNITS:
        return 0.0
    value = float(found[1]) * _UNITS[found[2]]
    return value if 0 < value < 1e12 else 0.0


def _box(text: str) -> tuple[float, float] | None:
    try:
        _, _, width, height = map(float, text.replace(",", " ").split())
    except ValueError:
        return None
    return (width, height) if 0 < width < 1e12 and 0 < height < 1e12 else None
