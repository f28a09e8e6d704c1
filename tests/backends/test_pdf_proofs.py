"""Proofs of bound books, read against plain ones: the engine's own PDF of the same trees."""

from __future__ import annotations

import contextlib
import io
import itertools
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import editions
import pikepdf
import pypdfium2
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.misc.psCharStrings import T2CharString
from fontTools.ttLib import TTFont
from pdfs import Made, bind
from PIL import Image, ImageChops, ImageFilter, ImageOps

from benchmarks import one_document
from publish import build, layouts
from publish.backends.pdf import compose, document, ready, typeset
from publish.backends.pdf.facts import Page
from publish.backends.pdf.formulas import Formulas
from publish.build import making
from publish.cli.session import Flags, Session
from publish.diagnostics import Silent
from publish.model import Chapter, Edition, EditionPart
from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")

RESOLUTION = 90  # pixels an inch
ALLOWANCE = 6.0  # points around the type area, for marks that hang
CELL = 12  # pixels: a cell holds a character or a little more
PALE, ALIKE = 12, 0.5  # ink of a cell worth comparing; share of it in which cells may differ
Area = tuple[float, float, float, float]
SPARE = 0.1  # share of cells that may differ from reader to reader: hairlines do


# ---- books, bound and plain


@dataclass
class Proof:
    """A bound book, and each of its chapters in a PDF of its own."""

    edition: Edition
    page: Page
    bound: Made
    plain: dict[str, bytes]  # by chapter

    def pages_of(self) -> dict[str, list[int]]:
        """Return the pages of every chapter in the bound book, by its outline."""
        with self.bound.open() as pdf, pdf.open_outline() as outline:
            numbers = {page.objgen: number for number, page in enumerate(pdf.pages)}

            def starts(items: list[pikepdf.OutlineItem], level: int) -> Iterator[tuple[str, int]]:
                for item in items:
                    yield item.title, numbers[item.destination[0].objgen]
                    if level and any(item.title == " ".join(t.split()) for t in parts):
                        yield from starts(list(item.children), 0)

            parts = [part.title for part in self.edition.parts if part.title]
            found = list(starts(list(outline.root), 1))
            ends = [start for _, start in found[1:]] + [len(numbers)]
        named = {title: range(start, end) for (title, start), end in zip(found, ends, strict=True)}
        return {c.id: list(named[" ".join(c.title.split())]) for c in self.edition.chapters}

    def area(self, recto: bool) -> Area:
        """Return the type area of a page, from its upper left corner, in points."""
        page = self.page
        left = (page.inner if recto else page.outer) - ALLOWANCE
        top = page.top - ALLOWANCE
        room = 2 * ALLOWANCE
        return left, top, left + page.text_width + room, top + page.text_height + room


def proof(
    edition: Edition, shop: Workshop, layout: layouts.Layout | str = "classic", **options: object
) -> Proof:
    """Bind a book, and set its chapters plainly."""
    found = layouts.find(layout) if isinstance(layout, str) else layout
    settings = {**found.options, **options}
    setup = ready.floor(edition, found, settings, shop).setup
    bound = bind(shop, edition, found.name, references=False, **options)
    level = 2 if any(part.title for part in edition.parts) else 1
    plain = {
        chapter.id: plainly(setup, edition, part, chapter, level, shop)
        for part in edition.parts
        for chapter in part.chapters
    }
    return Proof(edition, setup.page, bound, plain)


def plainly(
    setup: compose.Setup,
    edition: Edition,
    part: EditionPart,
    chapter: Chapter,
    level: int,
    shop: Workshop,
) -> bytes:
    """Return a chapter as the engine sets and writes it, with its fonts, in one go."""
    formulas = Formulas(setup.catalogue)
    text = document.chapter(setup.draft, part, chapter, level, formulas)
    tree, styles = one_document.plain(setup, edition, [text], formulas, shop.cache)
    with contextlib.ExitStack() as as_bound:
        if setup.manner.composed:
            composer, grid = typeset._composer(setup.manner)
            as_bound.enter_context(composer.at_work())
            as_bound.enter_context(grid(setup.manner.pitch).at_work())
        return trimmed(tree.write_pdf(**styles))


def trimmed(data: bytes) -> bytes:
    """Return a PDF without the bleed around its pages."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.mediabox = page.bleedbox = page.trimbox
        pdf.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def rich(shop: Workshop) -> Proof:
    return proof(editions.rich(shop), shop)


@pytest.fixture(scope="module")
def magazine(shop: Workshop) -> Proof:
    """A magazine in Traditional Chinese, its lines as the engine alone breaks them."""
    edition = editions.rich(shop)
    parts = tuple(
        replace(part, chapters=tuple(replace(c, language="zh-Hant-TW") for c in part.chapters))
        for part in edition.parts
    )
    taiwan = replace(edition, language="zh-Hant-TW", parts=parts)
    return proof(taiwan, shop, "magazine", setting="plain")


# ---- the same text


def read(pdf: bytes, pages: list[int] | None, areas: Sequence[Area]) -> str:
    """Return the text inside the type areas; white space at the ends of lines is nothing."""
    said = []
    with pypdfium2.PdfDocument(pdf) as book:
        numbers = range(len(book)) if pages is None else pages
        for number, (left, top, right, bottom) in zip(numbers, itertools.cycle(areas)):
            page = book[number]
            x, _, _, y = page.get_mediabox()
            words = page.get_textpage()
            said.append(words.get_text_bounded(x + left, y - bottom, x + right, y - top))
    return re.sub(r"\s*[\r\n\x02\ufffe]+\s*", "", "\n".join(said)).strip()


def compare_texts(proof: Proof) -> None:
    places = proof.pages_of()
    assert places.keys() == proof.plain.keys()
    areas = [proof.area(recto=True), proof.area(recto=False)]
    with proof.bound.open() as pdf:
        front = next(number for number, page in enumerate(pdf.pages) if page.label == "1")
    for chapter in proof.edition.chapters:
        pages = places[chapter.id]
        turn = 1 if (pages[0] - front) % 2 == 0 else -1
        bound = read(proof.bound.data, pages, areas[::turn])
        plain = read(proof.plain[chapter.id], None, areas)
        assert bound == plain, chapter.title
        assert len(bound) > 50, chapter.title


def test_a_rich_book_reads_as_its_chapters_do_alone(rich: Proof) -> None:
    compare_texts(rich)


def test_a_magazine_reads_as_its_chapters_do_alone(magazine: Proof) -> None:
    compare_texts(magazine)


def of_files(files: list[Path], folder: Path) -> Proof:
    """Return the proof of a book of files, without the network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        session = Session(Flags(jobs=1, quiet=True, offline=True))
        what = tuple(map(str, files))
        loaded = session.load({}, what)
        with session.shop(loaded) as own:
            quiet = replace(own, reporter=Silent())
            plan = build.make(loaded, build.Request(what=what, to=("pdf",)), quiet)
            materials = making.gather(plan, plan.outputs, session.figure_settings(loaded), quiet)
            [(output, edition)] = making.editions(plan, plan.outputs, materials, quiet)
            return proof(edition, quiet, plan.layouts[output.layout])


@pytest.mark.parametrize(
    "names",
    [
        ("content/press/halftone", "content/punctuation", "content/page/type-area"),
    ],
)
def test_sample_articles_read_bound_as_alone(
    root: Path, tmp_path: Path, names: tuple[str, ...]
) -> None:
    compare_texts(of_files([root / name for name in names], tmp_path))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("archive", "pattern", "count"),
    [("weekly-full", "issue-1[05]0.md", 2), ("novel-hongloumeng", "**/00[12]*.md", 2)],
)
def test_archives_read_bound_as_alone(
    shared: Path, tmp_path: Path, archive: str, pattern: str, count: int
) -> None:
    files = sorted((shared / "corpora" / archive).glob(pattern))[:count]
    assert len(files) == count
    compare_texts(of_files(files, tmp_path))


# ---- the same look


def by_ghostscript(pdf: bytes, pages: list[int], folder: Path) -> list[Image.Image]:
    (folder / "a.pdf").write_bytes(pdf)
    chosen = ",".join(str(number + 1) for number in pages)
    smooth = ["-dTextAlphaBits=4", "-dGraphicsAlphaBits=4", f"-r{RESOLUTION}"]
    where = [f"-sPageList={chosen}", f"-o{folder / 'g%04d.png'}", str(folder / "a.pdf")]
    command = ["gs", "-q", "-dSAFER", "-sDEVICE=pnggray", *smooth, *where]
    subprocess.run(command, check=True, capture_output=True)
    return taken(folder, "g*.png")


def by_poppler(pdf: bytes, pages: list[int], folder: Path) -> list[Image.Image]:
    (folder / "a.pdf").write_bytes(pdf)
    first, last = pages[0], pages[-1]
    which = ["-f", str(first + 1), "-l", str(last + 1), "-r", str(RESOLUTION), "-gray"]
    subprocess.run(["pdftoppm", "-q", *which, folder / "a.pdf", folder / "p"], check=True)
    drawn = taken(folder, "p*.pgm")
    return [drawn[number - first] for number in pages]


def by_pdfium(pdf: bytes, pages: list[int], folder: Path) -> list[Image.Image]:
    with pypdfium2.PdfDocument(pdf) as book:
        return [book[n].render(scale=RESOLUTION / 72).to_pil().convert("L") for n in pages]


READERS = (by_ghostscript, by_poppler, by_pdfium)


def taken(folder: Path, pattern: str) -> list[Image.Image]:
    """Return the pictures in a folder, in order, and leave none behind."""
    found = []
    for path in sorted(folder.glob(pattern)):
        with Image.open(path) as image:
            found.append(image.convert("L"))
        path.unlink()
    return found


def need_readers() -> None:
    if not (shutil.which("pdftoppm") and shutil.which("gs")):
        pytest.skip("poppler-utils or ghostscript is not installed")


def unlike(one: Image.Image, other: Image.Image) -> float:
    """Return the share of inked cells that differ by half of their ink, after a slight blur.

    Readers smooth and round differently, which a blur evens out; what a cell holds it leaves.
    """
    width, height = (min(a, b) // CELL * CELL for a, b in zip(one.size, other.size, strict=True))
    inks = [
        ImageOps.invert(page.crop((0, 0, width, height))).filter(ImageFilter.GaussianBlur(2))
        for page in (one, other)
    ]
    cells = [image.reduce(CELL).tobytes() for image in (ImageChops.difference(*inks), *inks)]
    rows = [(off, max(a, b)) for off, a, b in zip(*cells, strict=True) if max(a, b) > PALE]
    return sum(off > ALIKE * ink for off, ink in rows) / len(rows) if rows else 0.0


@pytest.mark.parametrize("name", ["rich", "magazine"])
def test_readers_draw_a_book_alike(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    need_readers()
    book: Proof = request.getfixturevalue(name)
    pages = list(range(len(book.bound.pages)))
    drawn = [reader(book.bound.data, pages, tmp_path) for reader in READERS]
    for number, views in enumerate(zip(*drawn, strict=True)):
        for one, other in itertools.combinations(views, 2):
            assert unlike(one, other) <= SPARE, f"page {number}"


@pytest.mark.parametrize("name", ["rich", "magazine"])
def test_bound_pages_look_as_the_engines_own(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    book: Proof = request.getfixturevalue(name)
    with book.bound.open() as pdf:
        front = next(number for number, page in enumerate(pdf.pages) if page.label == "1")
    for chapter, pages in book.pages_of().items():
        count = len(Made(book.plain[chapter]).pages)
        plain = by_pdfium(book.plain[chapter], list(range(count)), tmp_path)
        bound = by_pdfium(book.bound.data, pages[:count], tmp_path)
        assert not any(book.bound.pages[number] for number in pages[count:])  # before a recto
        for number, (one, other) in enumerate(zip(plain, bound, strict=True)):
            views = [
                image.crop(tuple(int(side * RESOLUTION / 72) for side in book.area(recto)))
                for image, recto in (
                    (one, number % 2 == 0),
                    (other, (pages[number] - front) % 2 == 0),
                )
            ]
            assert unlike(*views) <= SPARE, (chapter, number)


# ---- and the measure itself


def spoilt(data: bytes, how: str) -> bytes:
    """Return a PDF whose Chinese fonts lack, or have other, characters."""
    pdf = pikepdf.open(io.BytesIO(data))
    done: set[tuple[int, int]] = set()
    for descriptor in pdf.objects:
        if not isinstance(descriptor, pikepdf.Dictionary) or "/FontFile3" not in descriptor:
            continue
        file = descriptor.FontFile3
        if "CJK" not in str(descriptor.FontName) or file.objgen in done:
            continue
        done.add(file.objgen)
        if how == "dropped":
            del descriptor.FontFile3
            continue
        table: Any = CFFFontSet()
        table.decompile(io.BytesIO(file.read_bytes()), None)
        top = table[0]
        glyphs = top.CharStrings
        if how == "charset":
            names = top.charset[1:]
            top.charset[1:] = names[len(names) // 2 :] + names[: len(names) // 2]
            glyphs.charStrings = {name: at for at, name in enumerate(top.charset)}
        else:
            for name in top.charset[1:]:
                place = glyphs.charStrings[name]
                old = glyphs.charStringsIndex[place]
                new: Any = T2CharString(program=SHAPES[how], private=glyphs[name].private)
                new.globalSubrs = getattr(old, "globalSubrs", [])
                glyphs.charStringsIndex.items[place] = new
        out = io.BytesIO()
        whole: Any = TTFont(recalcBBoxes=False)
        table.compile(out, whole)
        file.write(out.getvalue())
    assert done
    written = io.BytesIO()
    pdf.save(written)
    return written.getvalue()


SIDE = [800, "hlineto", 800, "vlineto", -800, "hlineto"]
HOLE = [60, 60, "rmoveto", 680, "vlineto", 680, "hlineto", -680, "vlineto"]
SHAPES = {"gaps": ["endchar"], "boxes": [100, 0, "rmoveto", *SIDE, *HOLE, "endchar"]}


@pytest.mark.parametrize("how", ["boxes", "gaps", "charset", "dropped"])
def test_lost_and_wrong_characters_do_not_look_alike(how: str, rich: Proof, tmp_path: Path) -> None:
    need_readers()
    page = rich.pages_of()[editions.ONE][:1]
    wrong = spoilt(rich.bound.data, how)
    good = [reader(rich.bound.data, page, tmp_path)[0] for reader in READERS]
    bad = [reader(wrong, page, tmp_path)[0] for reader in READERS]
    for one, other in itertools.product(good, bad):
        assert unlike(one, other) > 3 * SPARE
