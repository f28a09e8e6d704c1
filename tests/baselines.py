"""Reads base lines of bound PDFs, and tells how many stand on the grid of the body text.

By hand: ``python tests/baselines.py BOOK.pdf [size [pitch]]`` (points).
"""

from __future__ import annotations

import ctypes
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

WITHIN = 0.1  # points


@dataclass(frozen=True)
class Line:
    """A line of body text: of the page (from 0), its base line from the top edge, its text."""

    page: int
    y: float
    text: str


def lines(data: bytes, size: float) -> Iterator[Line]:
    """Yield the lines that hold characters of a size, top down; others on them are left out."""
    with pypdfium2.PdfDocument(data) as document:
        for number, page in enumerate(document):
            found: dict[float, list[tuple[float, str]]] = {}
            height = page.get_height()
            for x, y, sign, size_of in _signs(page.get_textpage()):
                if abs(size_of - size) < 0.05 and sign.strip():
                    found.setdefault(round(height - y, 2), []).append((x, sign))
            for y, signs in sorted(found.items()):
                yield Line(number, y, "".join(sign for _, sign in sorted(signs)))


def _signs(text: pypdfium2.PdfTextPage) -> Iterator[tuple[float, float, str, float]]:
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        if raw.FPDFText_IsGenerated(text, index) or not code or 0xD800 <= code < 0xE000:
            continue
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        raw.FPDFText_GetMatrix(text, index, matrix)
        yield x.value, y.value, chr(code), raw.FPDFText_GetFontSize(text, index) * abs(matrix.d)


def off_grid(found: list[Line], pitch: float) -> list[Line]:
    """Return the lines that are not where most are, modulo the pitch."""

    def place(line: Line) -> int:
        return round(line.y % pitch / WITHIN)

    if not found:
        return []
    usual = Counter(map(place, found)).most_common(1)[0][0] * WITHIN
    near = (((line.y - usual + pitch / 2) % pitch) - pitch / 2 for line in found)
    middle = sorted(d for d in near if abs(d) <= WITHIN * 1.5)
    usual += middle[len(middle) // 2] if middle else 0.0
    return [
        line for line in found if abs((line.y - usual + pitch / 2) % pitch - pitch / 2) > WITHIN
    ]


def main() -> None:
    """Print what is off the grid, and how much that is."""
    path, size, pitch = Path(sys.argv[1]), *map(float, (*sys.argv[2:], 10.5, 17.5)[:2])
    found = list(lines(path.read_bytes(), size))
    off = off_grid(found, pitch)
    for line in off[:40]:
        print(f"page {line.page + 1:4} {line.y:8.2f} {line.text[:40]}")
    share = len(off) / max(1, len(found))
    print(f"{path.name}: {len(off)} of {len(found)} lines off the grid, {share:.1%}")


if __name__ == "__main__":
    main()
