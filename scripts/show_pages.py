"""Draws the pictures of pages that the README shows, from the sample books.

scripts/publish build && .venv/bin/python scripts/show_pages.py
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
GROUND, EDGE = "#d9d8d4", 14  # around pages, and its width in pixels
HEIGHT = 620  # of a page, in pixels
SHOWN = {  # picture -> book, and the chapter whose opening is shown
    "classic": ("zi-yu-zhi.zh-Hans.pdf", "字身与字面：一个汉字有两个边界"),
    "classic-hant": ("zi-yu-zhi.zh-Hant-TW.pdf", "引號的兩條路"),
    "magazine": ("zazhi.pdf", "摺手：十六頁怎樣變成一帖"),
}


def opener(book: pypdfium2.PdfDocument, title: str) -> int:
    """Return the page, from 0, on which a chapter opens, by the outline."""
    for mark in book.get_toc():
        target = mark.get_dest()
        if mark.get_title() == title and target:
            return int(target.get_index())
    raise SystemExit(f"no chapter is called {title}")


def page(book: pypdfium2.PdfDocument, number: int) -> Image.Image:
    """Return a page as a picture."""
    scale = HEIGHT / book[number].get_height()
    return page_of(book[number].render(scale=scale * 2).to_pil())


def page_of(drawn: Image.Image) -> Image.Image:
    """Return a drawn page at the height of all."""
    picture = drawn.convert("RGB")
    width = round(picture.width * HEIGHT / picture.height)
    return picture.resize((width, HEIGHT), Image.Resampling.LANCZOS)


def spread(pages: Sequence[Image.Image]) -> Image.Image:
    """Return pages side by side, as an open book."""
    width = sum(picture.width for picture in pages) + 2 * EDGE
    sheet = Image.new("RGB", (width + len(pages) - 1, HEIGHT + 2 * EDGE), GROUND)
    left = EDGE
    for picture in pages:
        sheet.paste(picture, (left, EDGE))
        left += picture.width + 1
    return sheet


def main() -> None:
    """Write every picture."""
    folder = ROOT / "docs" / "pages"
    folder.mkdir(exist_ok=True)
    covers: list[Image.Image] = []
    for name, (file, title) in SHOWN.items():
        book = pypdfium2.PdfDocument(ROOT / "books" / file)
        left = opener(book, title)
        left -= 1 - left % 2  # the left page of an open book
        save(spread([page(book, n) for n in (left, left + 1)]), folder / f"{name}.png")
        covers.append(page(book, 0))
    save(spread(covers), folder / "covers.png")


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture with few colours: pages have no more."""
    picture.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
