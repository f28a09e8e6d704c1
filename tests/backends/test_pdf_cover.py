"""Print covers: the sheet, its spine, its words, its bar code."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import editions
import pikepdf
import pypdfium2
import pytest
from pdfs import Made
from pdfs import bind as bind_book
from PIL import Image

from publish import compiler, fonts, layouts
from publish.backends.pdf import CoverBackend, isbn, paper, tones
from publish.backends.pdf.facts import MM
from publish.cli import main
from publish.compiler.drawings import Pen
from publish.diagnostics import Silent, UsageError
from publish.model import Cover, Edition
from publish.workshop import Workshop
from publish.workshop.workers import Processes

pytestmark = pytest.mark.usefixtures("faces")

A5 = (148 * MM, 210 * MM)
ISBN = "urn:isbn:9787302511625"


def book(shop: Workshop, *, own: bool = False, layout: str = "classic", **more: object) -> Edition:
    """A book of one page, with a drawn cover unless it has its own picture."""
    facts: dict[str, object] = {
        "title": "字与纸",
        "authors": ("林一之", "A. Reader"),
        "publisher": "小字社",
        "description": "关于排版、印刷与阅读的几篇短文。",
        "cover": Cover(editions.picture(shop, 1600, 2560, seed=5)) if own else None,
    }
    edition = editions.plain(editions.chapter(1, "<p>一段。</p>"), **(facts | more))
    if not own:
        drawn = compiler.draw_cover(edition, layouts.find(layout), fonts.load(), shop)
        edition = replace(edition, cover=drawn)
    return edition


def bind(shop: Workshop, edition: Edition, layout: str = "classic", **options: object) -> Made:
    """Make a cover; findings are kept with it."""
    out, heard = io.BytesIO(), Silent()
    found = layouts.find(layout)
    CoverBackend().bind(edition, found, replace(shop, reporter=heard), out, options)
    return Made(out.getvalue(), tuple(heard.findings))


def boxes(made: Made) -> dict[str, list[float]]:
    with made.open() as pdf:
        page = pdf.pages[0]
        named = {"media": page.mediabox, "bleed": page.bleedbox, "trim": page.trimbox}
        corner = [float(side) for side in page.mediabox[:2]] * 2  # where images begin
        return {
            name: [float(side) - from_ for side, from_ in zip(box, corner, strict=True)]
            for name, box in named.items()
        }


def image(made: Made, scale: float = 2.0) -> Image.Image:
    """The sheet in pixels, ``scale`` to a point."""
    with pypdfium2.PdfDocument(made.data) as document:
        picture: Image.Image = document[0].render(scale=scale).to_pil().convert("RGB")
        return picture


def spine_of(made: Made) -> float:
    """The width of the spine in millimetres, by the trimmed sheet of an A5 book."""
    left, _, right, _ = boxes(made)["trim"]
    return (right - left - 2 * A5[0]) / MM


# ---- the sheet


def test_the_spine_is_as_wide_as_the_leaves_of_the_book(shop: Workshop) -> None:
    edition = editions.rich(shop)
    with bind_book(shop, edition, cover=False).open() as pdf:
        leaves = (len(pdf.pages) + 1) // 2
    assert leaves > 3
    assert spine_of(bind(shop, edition)) == pytest.approx(leaves * 0.1, abs=0.01)
    thick = bind(shop, edition, paper="0.5mm")
    assert spine_of(thick) == pytest.approx(leaves * 0.5, abs=0.01)
    assert spine_of(bind(shop, edition, paper="0.5mm", spine="1.25cm")) == pytest.approx(
        12.5, abs=0.01
    )


def test_the_boxes_lie_one_in_the_other(shop: Workshop) -> None:
    plain, marked = bind(shop, book(shop)), bind(shop, book(shop), marks=True, bleed="5mm")
    for made, bleed in ((plain, 3 * MM), (marked, 5 * MM)):
        found = boxes(made)
        trim = found["trim"]
        assert trim[3] - trim[1] == pytest.approx(A5[1], abs=0.01)
        over = [trim[0] - bleed, trim[1] - bleed, trim[2] + bleed, trim[3] + bleed]
        assert found["bleed"] == pytest.approx(over, abs=0.01)
    assert boxes(plain)["media"] == pytest.approx(boxes(plain)["bleed"], abs=0.01)
    assert boxes(marked)["media"][2] > boxes(marked)["bleed"][2] + 5 * MM


def test_the_ground_reaches_the_edge_of_the_bleed_on_all_sides(shop: Workshop) -> None:
    for own in (False, True):
        sheet = image(bind(shop, book(shop, own=own), spine="10mm"), 1)
        wide, tall = sheet.size
        edge = [(x, y) for x in range(2, wide - 2, 7) for y in (2, tall - 3)]
        edge += [(x, y) for y in range(2, tall - 2, 7) for x in (2, wide - 3)]
        assert all(sheet.getpixel(at) != (255, 255, 255) for at in edge)


def test_marks_stand_outside_the_bleed_where_it_is_cut_and_folded(shop: Workshop) -> None:
    made = bind(shop, book(shop), marks="crop", spine="12mm")
    trim, bleed = boxes(made)["trim"], boxes(made)["bleed"]
    sheet = image(made, 4)
    rows = range(int(bleed[1] / 2 * 4), int((bleed[1] / 2 + 3) * 4))  # folds are dashed
    dark = [
        x
        for x in range(sheet.width)
        if any(sum(sheet.getpixel((x, row))) < 600 for row in rows)  # type: ignore[arg-type]
    ]
    runs = [
        [x for _, x in run] for _, run in groupby(enumerate(dark), lambda pair: pair[1] - pair[0])
    ]
    found = [sum(run) / len(run) / 4 for run in runs]
    folds = [trim[0] + A5[0], trim[2] - A5[0]]
    assert found == pytest.approx(sorted([trim[0], trim[2], *folds]), abs=0.4)
    with made.open() as pdf:
        marks = pdf.pages[0].Resources.XObject.Marks0.Resources
        assert b"/Separation /All" in marks.ColorSpace.All.unparse(resolved=True)


def test_the_front_lies_on_the_side_where_the_book_opens(shop: Workshop) -> None:
    for side, share in (("left", 0.75), ("right", 0.25)):
        sheet = image(bind(shop, book(shop, own=True), binding=side), 1)
        other = (int(sheet.width * (1 - share)), sheet.height // 2)
        front = sheet.getpixel((int(sheet.width * share), sheet.height // 2))
        assert front == pytest.approx((230, 220, 200), abs=3)  # the disk of the picture
        assert sheet.getpixel(other) != pytest.approx((230, 220, 200), abs=30)


@pytest.mark.parametrize(
    ("option", "value"),
    [("spine", "wide"), ("spine", "2m"), ("binding", "up"), ("bleed", "9cm"), ("paper", "toilet"),
     ("paper", "80gms"), ("paper", "9mm"), ("paper", "parchment 80gsm")],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(shop: Workshop, option: str, value: str) -> None:
    with pytest.raises(UsageError, match=value) as caught:
        bind(shop, book(shop), **{option: value})
    assert all(finding.help for finding in caught.value.findings)


@pytest.mark.parametrize(
    ("name", "leaf"),
    [("0.1mm", 0.1), ("0.08", 0.08), ("80gsm", 0.1), ("80 g/m²", 0.1), ("胶版纸 70克", 0.0875),
     ("轻型纸70g", 0.119), ("輕型紙 70g", 0.119),
     ("Coated 128gsm", 0.1024), ("128g 铜版纸", 0.1024)],
)  # fmt: skip
def test_papers_have_a_thickness(name: str, leaf: float) -> None:
    assert paper.thickness(name) == pytest.approx(leaf)


# ---- words


def inked(sheet: Image.Image, box: tuple[float, float, float, float]) -> int:
    """How many pixels of a part of a sheet are of another colour than its first."""
    part = sheet.crop(tuple(map(round, box)))  # type: ignore[arg-type]
    first = part.getpixel((0, 0))
    return sum(
        count for count, colour in part.getcolors(part.width * part.height) if colour != first
    )


@pytest.mark.parametrize("layout", ["classic", "magazine"])
@pytest.mark.parametrize("title", ["字与纸", "The Elements of Typographic Style", "书" * 60])
def test_a_spine_carries_words_if_it_is_wide_enough(
    shop: Workshop, layout: str, title: str
) -> None:
    edition = book(shop, layout=layout, title=title)
    for wide, words in ((4.0, False), (8.0, True)):
        made = bind(shop, edition, layout, spine=f"{wide}mm")
        outer, low, right, high = boxes(made)["trim"]
        left = (outer + right) / 2 - wide * MM / 2
        sheet = image(made)
        foot = low + (high - low) * 0.6  # above what lies below the field of magazine
        spine = (left + 1, 3 * MM, left + wide * MM - 1, foot)
        assert bool(inked(sheet, tuple(2 * side for side in spine))) is words  # type: ignore[arg-type]
        assert ("cover-spine-bare" in made.codes) is not words
        for near in (left - 3, left + wide * MM + 1):  # nothing leaves the spine
            strip = (near, 3 * MM, near + 2, foot)
            assert not inked(sheet, tuple(2 * side for side in strip))  # type: ignore[arg-type]


def column(text: str) -> tuple[list[str], float]:
    """The transforms of a column's paths, and its length in em."""
    pen = Pen("zh-Hans", fonts.load())
    return re.findall(r'transform="([^"]+)"', pen.column(text, 0, 0, 1)), pen.depth(text, 1)


def test_han_stands_and_latin_lies_on_its_side() -> None:
    han, long = column("字与纸")
    assert long == pytest.approx(3)
    assert not any("rotate" in one for one in han)
    latin, _ = column("The Elements")
    assert [("rotate(90)" in one) for one in latin] == [True]
    mixed, _ = column("用 Python 写书")
    assert [("rotate(90)" in one) for one in mixed] == [False, True, False]
    year, long = column("第12期")
    assert not any("rotate" in one for one in year)
    assert long == pytest.approx(3)
    assert [("rotate(90)" in one) for one in column("2024年")[0]] == [True, False]
    assert not any("rotate" in one for one in column("说“文”……")[0])


def test_the_back_says_what_the_book_is(shop: Workshop) -> None:
    made = bind(shop, book(shop))
    assert len(made.pages) == 1
    for words in ("关于排版、印刷与阅读的几篇短文。", "林一之、A.Reader", "小字社"):
        assert words in made.text


def lines_of(made: Made) -> Iterator[tuple[float, float, str]]:
    """Every run of text with its lower and upper edge."""
    with pypdfium2.PdfDocument(made.data) as document:
        page = document[0].get_textpage()
        for number in range(page.count_rects()):
            left, bottom, right, top = page.get_rect(number)
            yield bottom, top, page.get_text_bounded(left, bottom, right, top)


def test_a_long_description_is_set_smaller_and_a_longer_one_shortened(shop: Workshop) -> None:
    sentence = "这是说明里的一句话，不长也不短。"
    long, longer = (bind(shop, book(shop, description=sentence * n)) for n in (48, 400))
    assert long.text.count("这是") == 48
    assert "cover-text" not in long.codes
    assert longer.codes.count("cover-text") == 1
    assert longer.text.count("这是") == longer.text.count("短。") > 20
    for made in (long, longer):
        rows = list(lines_of(made))
        publisher = max(top for _, top, text in rows if "小字社" in text)
        assert min(bottom for bottom, _, text in rows if "句话" in text) > publisher


def test_words_on_the_colour_of_a_picture_are_legible() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for colour in (
        (200, 90, 140),
        (0, 0, 0),
        (255, 255, 255),
        (128, 120, 118),
        (255, 0, 0),
        (0, 130, 60),
    ):
        data = io.BytesIO()
        Image.new("RGB", (40, 40), colour).save(data, "PNG")
        found = tones.palette(data.getvalue(), "left")
        light, dark = sorted(map(luminance, (found["ground"], found["ink"])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.4, colour


# ---- ISBN


@pytest.mark.parametrize(
    ("written", "shown"),
    [("urn:isbn:9787302511625", "9787302511625"),
     ("ISBN 978-7-302-51162-5", "978-7-302-51162-5"),
     ("978 7 302 51162 5", "978-7-302-51162-5"),
     ("isbn-13: 9787302511625", "9787302511625"),
     ("0-8044-2957-X", "978-0-8044-2957-3"),
     ("080442957x", "9780804429573"),
     ("urn:x-publish:ISBN 979-10-90636-07-1", "979-10-90636-07-1")],
)  # fmt: skip
def test_an_isbn_is_read_as_people_write_it(written: str, shown: str) -> None:
    found = isbn.read(written)
    assert found
    assert found.shown == shown
    assert found.digits == shown.replace("-", "")
    assert isbn.meant(written)


@pytest.mark.parametrize(
    "written", ["urn:isbn:9787302511624", "978-7-302-51162-0", "7-302-51162-5", "ISBN 12", "ISBN"]
)
def test_a_wrong_isbn_is_told_and_has_no_bars(shop: Workshop, written: str) -> None:
    assert isbn.meant(written)
    made = bind(shop, book(shop, identifier="urn:x-publish:1"), isbn=written)
    assert made.codes.count("isbn-wrong") == 1
    assert decoded(image(made, 4)) == ""


@pytest.mark.parametrize("name", ["urn:uuid:6f1d3a52-0f0b-5a7e-9c7c-0d9a6b1c2e3f", "no-1", "2024"])
def test_what_is_no_isbn_is_none(name: str) -> None:
    assert not isbn.meant(name)


# The code of a digit as the standard prints it: seven modules, 1 is black. Sets G and R follow.
_L = ("0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011").split()
_R = ["".join("10"[int(bit)] for bit in code) for code in _L]
_G = [code[::-1] for code in _R]
_FIRST = ("LLLLLL LLGLGG LLGGLG LLGGGL LGLLGG LGGLLG LGGGLL LGLGLG LGLGGL LGGLGL").split()


def decoded(sheet: Image.Image) -> str:
    """The digits of a bar code on a sheet, read along a line as a scanner does; "" without one."""
    grey = sheet.convert("L")
    for row in range(grey.height - 1, 0, -25):
        bits = [value < 128 for value in grey.crop((0, row, grey.width, row + 1)).tobytes()]
        runs = [(dark, len(list(run))) for dark, run in groupby(bits)]
        for start in range(1, len(runs) - 59):
            widths = [length for _, length in runs[start : start + 59]]
            module = sum(widths) / 95
            if not runs[start][0] or any(n / module < 0.6 or n / module > 4.4 for n in widths):
                continue
            quiet = runs[start - 1][1] / module, runs[start + 59][1] / module
            code = "".join("01"[dark] * round(n / module) for dark, n in runs[start : start + 59])
            if (
                len(code) == 95
                and quiet[0] >= 10.9
                and quiet[1] >= 6.9
                and (found := _digits(code))
            ):
                return found
    return ""


def _digits(code: str) -> str:
    if (code[:3], code[45:50], code[92:]) != ("101", "01010", "101"):
        return ""
    left = [code[at : at + 7] for at in range(3, 45, 7)]
    right = [code[at : at + 7] for at in range(50, 92, 7)]
    kinds = "".join("L" if part in _L else "G" for part in left)
    digits = [_L.index(part) if part in _L else _G.index(part) for part in left]
    return "".join(map(str, [_FIRST.index(kinds), *digits, *map(_R.index, right)]))


@pytest.mark.parametrize("layout", ["classic", "magazine"])
@pytest.mark.parametrize("number", ["9787302511625", "9780306406157", "9791090636071"])
def test_the_bars_say_the_isbn(shop: Workshop, layout: str, number: str) -> None:
    edition = book(shop, layout=layout, identifier=f"urn:isbn:{number}")
    assert decoded(image(bind(shop, edition, layout), 4)) == number


def test_a_book_without_an_isbn_has_no_bars(shop: Workshop) -> None:
    made = bind(shop, book(shop))
    assert decoded(image(made, 4)) == ""
    assert "isbn-wrong" not in made.codes


def test_bars_are_black_alone_on_white_on_any_ground(shop: Workshop) -> None:
    made = bind(shop, book(shop, own=True, identifier=ISBN), page="64开")
    assert decoded(image(made, 6)) == ISBN[9:]
    with made.open() as pdf:
        told = [
            [float(value) for value in step.operands]
            for step in pikepdf.parse_content_stream(pdf.pages[0])
            if str(step.operator) == "scn"
        ]
    assert [0, 0, 0, 1] in told


def test_the_picture_of_the_bars_says_the_number_as_the_user_writes_it(shop: Workshop) -> None:
    made = bind(shop, book(shop, identifier=ISBN), isbn="978-7-302-51162-5")
    with made.open() as pdf:
        texts = [
            str(item.Alt)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
        ]
    assert "ISBN 978-7-302-51162-5" in texts


# ---- as a file


def test_the_same_cover_whatever_the_jobs(tmp_path: Path) -> None:
    one = editions.workshop(tmp_path / "one")
    first = bind(one, book(one, identifier=ISBN), marks=True)
    assert bind(one, book(one, identifier=ISBN), marks=True).data == first.data
    with Processes(2) as crew:
        other = replace(editions.workshop(tmp_path / "two"), executor=crew, jobs=2)
        assert bind(other, book(other, identifier=ISBN), marks=True).data == first.data


@pytest.mark.parametrize("variant", ["pdf/a-2b", "pdf/ua-1", "pdf/x-4"])
def test_kinds_of_pdf_are_kept(shop: Workshop, variant: str) -> None:
    made = bind(shop, book(shop, identifier=ISBN), variant=variant, marks=True)
    assert decoded(image(made, 4)) == ISBN[9:]
    with made.open() as pdf:
        assert not pdf.check_pdf_syntax()
        assert "/Metadata" in pdf.Root


def test_a_cover_lies_beside_its_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text("# 篇\n\n一段。\n", encoding="utf-8")
    settings = "[books.x]\ntitle = '书'\nto = ['pdf', 'cover']\nidentifier = '978-7-302-51162-5'\n"
    file = tmp_path / "publish.toml"
    file.write_text(settings + "[books.x.pdf]\npaper = '0.1mm'\n", encoding="utf-8")
    assert main(["build", "--offline"]) == 0
    names = {path.name for path in (tmp_path / "books").iterdir()}
    assert names == {"x.pdf", "x-cover.pdf"}
    made = Made((tmp_path / "books" / "x-cover.pdf").read_bytes())
    assert decoded(image(made, 4)) == "9787302511625"
    assert main(["cover", "x", "--spine", "12mm", "-o", "wrap.pdf"]) == 0
    assert spine_of(Made((tmp_path / "wrap.pdf").read_bytes())) == pytest.approx(12, abs=0.01)
    assert main(["cover", "x", "-o", "wrap.epub"]) == 2


def test_a_cover_and_a_book_of_one_name_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text("# 篇\n\n一段。\n", encoding="utf-8")
    text = "[books.x]\nto = 'cover'\n[books.x-cover]\nto = 'pdf'\n"
    (tmp_path / "publish.toml").write_text(text, encoding="utf-8")
    assert main(["build", "--offline"]) == 2
    assert "output-collision" in capsys.readouterr().err
