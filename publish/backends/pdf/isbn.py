"""ISBN and its bar code: EAN-13 (ISO/IEC 15420), as ISO 2108 asks for on a back cover."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

MODULE = 0.33  # mm: width of the thinnest bar at magnification 1
QUIET = (11, 7)  # modules that stay white before and after the bars
BARS = 95
HEIGHT = 69.2  # modules: 22.85 mm
GUARDS = 5  # modules by which guard bars are longer
AROUND = 3  # white about it all
_HEAD = 12  # for "ISBN …" above
_FOOT = 11  # for the digits
WIDTH = QUIET[0] + BARS + QUIET[1] + 2 * AROUND
TALL = AROUND + _HEAD + HEIGHT + _FOOT + AROUND

_PREFIX = re.compile(r"^(?:urn:x-publish:)?(?:urn:isbn:)?\s*(isbn(?:[- ]?1[03])?)?[:： ]*", re.I)
# Sets of bars for a digit (ISO/IEC 15420): widths of space, bar, space, bar in set
# A; B is C backwards, and C has bars where A has spaces.
_A = (
    "3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112",
)  # fmt: skip
_SETS = (  # of the left half, by the first digit, which has no bars of its own
    "AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA",
    "ABBABA",
)  # fmt: skip

Draw = Callable[[str, float, float, float], str]
"""Returns SVG for text set about the middle x, on the base line y, in a size."""


@dataclass(frozen=True, slots=True)
class Isbn:
    """An ISBN that is right: 13 digits, and how it is printed."""

    digits: str
    shown: str  # "978-7-…", with the hyphens that were given


def meant(identifier: str) -> bool:
    """Tell whether an identifier is an ISBN, or is meant as one."""
    found = _PREFIX.match(identifier.strip())
    named = bool(found and ("isbn" in found[0].lower()))
    plain = _plain(identifier)
    return named or bool(re.fullmatch(r"(97[89]\d{10}|\d{9}[\dXx])", plain))


def read(identifier: str) -> Isbn | None:
    """Return the ISBN that an identifier gives; None if it is not one, or its check is wrong.

    An ISBN of ten digits becomes one of thirteen, as ISO 2108 has them since 2007.
    """
    written = re.sub(r"\s*[-‐‑–\s]\s*", "-", _written(identifier)).upper()
    plain = written.replace("-", "")
    if re.fullmatch(r"\d{9}[\dX]", plain):
        if _check_10(plain) != plain[-1]:
            return None
        body = f"978{plain[:-1]}"
        last = _check_13(body)
        return Isbn(body + last, f"978-{written[:-1]}{last}" if "-" in written else body + last)
    if re.fullmatch(r"97[89]\d{10}", plain) and _check_13(plain[:-1]) == plain[-1]:
        return Isbn(plain, written)
    return None


def right_check(identifier: str) -> str:
    """Return the check digit that an ISBN should have, or "" if it is no question of that."""
    plain = _plain(identifier).upper()
    if re.fullmatch(r"\d{9}[\dX]", plain):
        return _check_10(plain)
    return _check_13(plain[:-1]) if re.fullmatch(r"97[89]\d{10}", plain) else ""


def _written(identifier: str) -> str:
    return _PREFIX.sub("", identifier.strip(), count=1).strip()


def _plain(identifier: str) -> str:
    return re.sub(r"[-‐‑–\s]", "", _written(identifier))


def _check_10(digits: str) -> str:
    rest = -sum((10 - place) * int(digit) for place, digit in enumerate(digits[:9])) % 11
    return "X" if rest == 10 else str(rest)


def _check_13(digits: str) -> str:
    return str(-sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(digits[:12])) % 10)


def widths(digits: str) -> str:
    """Return the 59 widths of bars and spaces of 13 digits, the first a bar."""
    left = ""
    for digit, kind in zip(digits[1:7], _SETS[int(digits[0])], strict=True):
        pattern = _A[int(digit)]
        left += pattern if kind == "A" else pattern[::-1]
    right = "".join(_A[int(digit)] for digit in digits[7:])
    return f"111{left}11111{right}111"


def svg(isbn: Isbn, black: str, draw: Draw) -> str:
    """Return the bar code as a drawing in modules, on white, with its quiet zones.

    Args:
        isbn: what is encoded.
        black: the colour of bars and digits.
        draw: sets text.
    """
    start = AROUND + QUIET[0]
    top = AROUND + _HEAD
    bars = []
    at = start
    for number, width in enumerate(map(int, widths(isbn.digits))):
        if number % 2 == 0:
            guard = number < 3 or 27 <= number < 32 or number >= 56
            tall = HEIGHT + (GUARDS if guard else 0)
            bars.append(f"M{at} {top}h{width}v{tall:g}h-{width}z")
        at += width
    base = top + HEIGHT + 9
    places = [start - 6.5, *(start + 3 + 7 * n + 3.5 for n in range(6))]
    places += [start + 50 + 7 * n + 3.5 for n in range(6)]
    texts = [draw(d, x, base, 10.5) for d, x in zip(isbn.digits, places, strict=True)]
    name = f"ISBN {isbn.shown}"
    texts.append(draw(name, start + BARS / 2, top - 3.5, min(10.0, BARS / (0.56 * len(name)))))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {TALL:g}">'
        f'<rect width="{WIDTH}" height="{TALL:g}" fill="#fff"/>'
        f'<g fill="{black}"><path d="{"".join(bars)}"/>{"".join(texts)}</g></svg>'
    )
