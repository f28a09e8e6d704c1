"""Draws the pictures of a reader that docs/epub.md shows, from the sample books.

scripts/publish build && .venv/bin/python scripts/show_reader.py

What opens the books is what the tests use: scripts/test installs it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image
from show_pages import ROOT, page_of, save, spread

sys.path.insert(0, str(ROOT / "tests"))
from readers import read_books

SHOWN = {  # picture -> book, the pages that are shown, and whether by night
    "reader-classic": ("zi-yu-zhi.zh-Hans.epub", (8, 9), False),
    "reader-magazine": ("zazhi.epub", (7, 14), True),
    # the later page on the left
    "reader-vertical": ("zi-yu-zhi-zhipai.epub", (12, 11), False),
    "reader-vertical-dark": ("zi-yu-zhi-zhipai.epub", (18, 17), True),
}


def main() -> None:
    """Write every picture."""
    for picture, (file, pages, dark) in SHOWN.items():
        with tempfile.TemporaryDirectory() as name:
            [reading] = read_books([ROOT / "books" / file], [Path(name)], dark=dark)
            assert not reading.faults, reading
            shots = [page_of(Image.open(Path(name, f"{number:04}.png"))) for number in pages]
            save(spread(shots), ROOT / "docs" / "pages" / f"{picture}.png")


if __name__ == "__main__":
    main()
