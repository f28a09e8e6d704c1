"""What a printer asks for: bleed, crop marks and registration marks, with the right boxes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import editions
import pikepdf
import pypdfium2
import pytest
from pdfs import Made, bind, styled
from pikepdf import Name
from PIL import Image
from test_pdf_structure import elements, marked

from publish import config
from publish.backends.pdf.facts import bleed, marks, page
from publish.cli import main
from publish.cli.choosing import book_flags
from publish.diagnostics import UsageError
from publish.model import Cover, Edition, EditionPart
from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")

MM = 72 / 25.4
GROUND, BAND, FIELD = (0xF0, 0xE0, 0xC0), (0x20, 0x60, 0xA0), (0x70, 0x30, 0x60)
LOUD = """
@page { background: #f0e0c0 }
@page part { background: #703060 }
.band { background: #2060a0; height: 40pt; margin: 0 calc(-1 * var(--reach)) }
"""


@pytest.fixture(scope="module")
def rich(shop: Workshop) -> Edition:
    return editions.rich(shop)


@pytest.fixture(scope="module")
def pressed(shop: Workshop, rich: Edition) -> Made:
    """A book with bleed and marks."""
    return bind(shop, rich, marks=True)


@pytest.fixture(scope="module")
def trimmed(shop: Workshop, rich: Edition) -> Made:
    """The same book without."""
    return bind(shop, rich)


@pytest.fixture(scope="module")
def loud(shop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A book with grounds, in two parts that open on rectos; all its chapters have a band."""
    layout = styled(tmp_path_factory.mktemp("loud"), LOUD)
    one, two, three = (
        editions.chapter(n, f'<p>字</p><div class="band"></div>{"<p>字行页</p>" * more}')
        for n, more in ((1, 0), (2, 0), (3, 60))
    )
    parts = (EditionPart("p1", "上编", (one, two)), EditionPart("p2", "下编", (three,)))
    return bind(shop, editions.plain(parts=parts), layout, marks=True)


def boxes(made: Made) -> list[dict[str, tuple[float, ...]]]:
    with made.open() as pdf:
        return [
            {
                name: tuple(map(float, page.obj[f"/{name}Box"]))
                for name in ("Media", "Bleed", "Trim")
            }
            for page in pdf.pages
        ]


def grown(box: tuple[float, ...], by: float) -> tuple[float, ...]:
    left, bottom, right, top = box
    return left - by, bottom - by, right + by, top + by


class Seen:
    """A page as drawn, asked by points from the lower left corner of its trim."""

    def __init__(self, image: Image.Image, media: tuple[float, ...], trim: tuple[float, ...]):
        self.image, self.scale = image, image.height / (media[3] - media[1])
        self.left, self.top = trim[0] - media[0], media[3] - trim[1]

    def at(self, x: float, y: float) -> tuple[int, ...]:
        where = (int((self.left + x) * self.scale), int((self.top - y) * self.scale))
        found = self.image.getpixel(where)
        assert isinstance(found, tuple)
        return found

    def darkest(self, x: float, y: float, near: float = 0.5) -> int:
        """The darkest of what is near a place."""
        steps = (-near, 0, near)
        return min(sum(self.at(x + a, y + b)) // 3 for a in steps for b in steps)


def seen(made: Made, scale: float = 2.0) -> list[Seen]:
    with pypdfium2.PdfDocument(made.data) as document:
        images = [page.render(scale=scale).to_pil().convert("RGB") for page in document]
    return [
        Seen(image, box["Media"], box["Trim"])
        for image, box in zip(images, boxes(made), strict=True)
    ]


def inside(made: Made) -> list[bytes]:
    """Every page as it is once trimmed."""
    with made.open() as pdf:
        for page in pdf.pages:
            page.obj.MediaBox = page.obj.CropBox = page.obj.TrimBox
        out = io.BytesIO()
        pdf.save(out)
    with pypdfium2.PdfDocument(out.getvalue()) as document:
        return [page.render(scale=1.5).to_pil().tobytes() for page in document]


# ---- boxes


def test_boxes_lie_around_the_trim_of_every_page(pressed: Made, trimmed: Made) -> None:
    found, plain = boxes(pressed), boxes(trimmed)
    assert len(found) == len(plain)
    shifts = {box["Trim"][0] for box in found}
    assert len(shifts) == 2  # rectos, and versos of the body
    assert min(shifts) < 0 == max(shifts)
    room = {round(box["Trim"][0] - box["Media"][0], 2) for box in found}
    assert len(room) == 1
    assert room.pop() >= 3 * MM + 5 * MM
    for box, before in zip(found, plain, strict=True):
        assert box["Trim"] == pytest.approx(before["Trim"], abs=0.002)
        left, bottom, right, top = box["Trim"]
        assert (right - left, top - bottom) == pytest.approx((148 * MM, 210 * MM), abs=0.01)
        assert box["Bleed"] == pytest.approx(grown(box["Trim"], 3 * MM), abs=0.01)
        assert box["Media"] == pytest.approx(grown(box["Trim"], left - box["Media"][0]), abs=0.01)
        assert before["Media"] == before["Bleed"] == before["Trim"]
    for made in (pressed, trimmed):
        with made.open() as pdf:
            assert not any(n in p.obj for p in pdf.pages for n in ("/CropBox", "/ArtBox"))


def test_bleed_alone_has_no_room_for_marks(shop: Workshop, rich: Edition) -> None:
    for box in boxes(bind(shop, rich, bleed=5)):
        assert box["Media"] == box["Bleed"] == pytest.approx(grown(box["Trim"], 5 * MM), abs=0.01)


def test_a_page_of_a_size_of_its_own_has_its_own_boxes_and_marks(
    shop: Workshop, tmp_path: Path
) -> None:
    layout = styled(tmp_path, "@page part { size: 300pt 400pt; margin: 40pt }")
    one = editions.chapter(1, "<p>字</p>")
    edition = editions.plain(one, parts=(EditionPart("p1", "上编", (one,)),))
    made = bind(shop, edition, layout, marks=True)
    sizes = [tuple(round(n) for n in box["Trim"][2:]) for box in boxes(made)]
    small = sizes.index((300, 400))
    assert {(300, 400), (420, 595)} <= set(sizes)
    assert seen(made)[small].darkest(300, 400 + 5 * MM) < 160


# ---- what is on the page


def test_once_trimmed_pages_are_as_without_bleed(pressed: Made, trimmed: Made) -> None:
    ours, plain = inside(pressed), inside(trimmed)
    assert len(ours) == len(plain) > 12
    assert [n for n, page in enumerate(ours) if page != plain[n]] in ([], [0])  # but the cover


def test_links_outline_and_figures_are_where_they_were(pressed: Made, trimmed: Made) -> None:
    def places(made: Made) -> tuple[object, ...]:
        with made.open() as pdf:
            numbers = {page.objgen: n for n, page in enumerate(pdf.pages)}

            def place(target: pikepdf.Object) -> tuple[float, ...]:
                return (numbers[target[0].objgen], *(float(target[n]) for n in (2, 3)))

            tree = pikepdf.NameTree(pdf.Root.Names.Dests)
            with pdf.open_outline() as outline:
                marks = [(item.title, place(item.destination)) for item in outline.root]
            links = [
                [float(side) for side in link.Rect]
                for page in pdf.pages
                for link in page.get("/Annots", ())
            ]
            figures = [
                [float(side) for side in element.A.BBox]
                for element in elements(pdf.Root.StructTreeRoot.K[0])
                if Name.Figure == element.S
            ]
            return {str(n): place(t) for n, t in tree.items()}, marks, links, figures[1:]

    ours, plain = places(pressed), places(trimmed)
    assert ours == plain
    assert all(plain)


def test_grounds_reach_the_bleed_and_no_further_on_every_page(loud: Made) -> None:
    width, height, far = 148 * MM, 210 * MM, 3 * MM - 0.8
    pages = loud.pages
    views = seen(loud)
    blanks = 0
    for text, view in zip(pages, views, strict=True):
        ground = FIELD if text in ("上编", "下编") else GROUND
        blanks += not text
        for x in (-far, width + far):
            for y in (-far, 100, height + far):
                assert view.at(x, y) == ground
        for x in (-3 * MM - 1.5, width + 3 * MM + 1.5):
            assert view.at(x, 100) == (255, 255, 255)
        if text and ground == GROUND:
            assert min(view.image.convert("L").crop((60, 60, 700, 1000)).tobytes()) < 60
    assert blanks >= 2  # one in the front matter, one before the second part
    assert [box["Trim"][0] < 0 for box in boxes(loud)].count(True) >= 3


def test_a_band_reaches_the_bleed_on_rectos_and_on_versos(loud: Made) -> None:
    width, far = 148 * MM, 3 * MM - 0.8
    sides = set()
    for text, view, box in zip(loud.pages, seen(loud), boxes(loud), strict=True):
        if not re.search(r"第\d篇字", text):
            continue
        column = [y for y in range(150, 560) if view.at(width / 2, y) == BAND]
        assert len(column) > 30
        for x in (-far, width + far):
            assert view.at(x, column[5]) == BAND
        for x in (-3 * MM - 1.5, width + 3 * MM + 1.5):
            assert view.at(x, column[5]) == (255, 255, 255)
        sides.add(box["Trim"][0] < 0)
    assert sides == {True, False}


def test_grounds_fill_versos_without_bleed_too(shop: Workshop, tmp_path: Path) -> None:
    layout = styled(tmp_path, LOUD)
    made = bind(shop, editions.plain(editions.chapter(1, "<p>字行页</p>" * 60)), layout)
    for view in seen(made):
        assert view.at(1, 100) == view.at(148 * MM - 1, 100) == GROUND


def test_a_drawn_cover_goes_to_the_bleed(shop: Workshop) -> None:
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="2560"'
        b' viewBox="0 0 1600 2560"><rect x="-1600" y="-1600" width="4800" height="5760"'
        b' fill="#703060"/><rect x="0" y="0" width="1600" height="2560" fill="#2060a0"/></svg>'
    )
    photo = editions.picture(shop, 1600, 2560)
    edition = editions.plain(editions.chapter(1, "<p>字</p>"), cover=Cover(photo, svg))
    view = seen(bind(shop, edition, bleed="3mm"))[0]
    width, height, far = 148 * MM, 210 * MM, 3 * MM - 0.8
    corners = [(x, y) for x in (-far, width + far) for y in (-far, height + far)]
    assert {view.at(*corner) for corner in corners} == {FIELD}
    assert view.at(width / 2, height - 1) == view.at(width / 2, 1) == BAND  # its frame is the trim
    assert view.at(width / 2, height + 1) == view.at(width / 2, -1) == FIELD


@pytest.mark.parametrize(("size", "filled"), [((1000, 1500), True), ((1000, 1000), False)])
def test_a_picture_nearly_of_the_shape_of_the_page_fills_it(
    shop: Workshop, size: tuple[int, int], filled: bool
) -> None:
    photo = editions.picture(shop, *size, kind="PNG", seed=6)
    edition = editions.plain(editions.chapter(1, "<p>字</p>"), cover=Cover(photo))
    view = seen(bind(shop, edition, bleed="3mm"))[0]
    far = 3 * MM - 0.8
    for x in (-far, 148 * MM + far):
        assert view.at(x, 105 * MM) != (255, 255, 255)
        assert (view.at(x, -far) != (255, 255, 255)) == filled


# ---- marks


def test_marks_stand_at_the_trim_outside_of_the_bleed(pressed: Made) -> None:
    width, height = 148 * MM, 210 * MM
    for view in seen(pressed, 4.0)[1:]:
        for x in (0, width):
            for y in (-5 * MM, height + 5 * MM):
                assert view.darkest(x, y) < 160
                assert view.darkest(x + 4, y) == 255
        for y in (0, height):
            for x in (-5 * MM, width + 5 * MM):
                assert view.darkest(x, y) < 160
        for x in (-5.5 * MM, width + 5.5 * MM):
            assert view.darkest(x, height / 2) < 160
        assert view.darkest(0, height + 2 * MM) == 255  # nothing within the bleed


def test_marks_are_one_artefact_on_every_plate(pressed: Made) -> None:
    forms = set()
    with pressed.open() as pdf:
        for page in pdf.pages:
            form = page.obj.Resources.XObject["/Marks0"]
            forms.add(form.objgen)
            drawn = b"".join(part.read_bytes() for part in page.obj.Contents)
            shift = float(page.obj.TrimBox[0])
            called = re.search(
                rb"/Artifact <</Type /Page>> BDC\s+q 1 0 0 1 (\S+) 0 cm\s+/Marks0 Do", drawn
            )
            assert called
            assert float(called[1]) == pytest.approx(shift, abs=0.001)
        kind, colour, other, tint = form.Resources.ColorSpace.All
        assert (kind, colour, other) == (Name.Separation, Name.All, Name.DeviceGray)
        assert (float(tint.C0[0]), float(tint.C1[0])) == (1, 0)  # of grey: full tint is black
        assert b"/All CS 1 SCN 0.25 w" in form.read_bytes()
    assert len(forms) == 1


@pytest.mark.parametrize(("asked", "crop", "registration"), [
    ("crop", True, False), (["registration"], False, True), ("registration, crop", True, True),
])  # fmt: skip
def test_marks_by_name(shop: Workshop, asked: object, crop: bool, registration: bool) -> None:
    made = bind(shop, editions.plain(editions.chapter(1, "<p>字</p>")), marks=asked, bleed=0)
    view = seen(made, 4.0)[-1]
    assert (view.darkest(0, -4 * MM) < 160) == crop
    assert (view.darkest(74 * MM, -4.5 * MM) < 160) == registration
    assert view.darkest(0, -1 * MM) == 255  # without bleed they keep off the trim nevertheless


@pytest.mark.parametrize("variant", ["pdf/ua-1", "pdf/a-2b", "pdf/x-4"])
def test_kinds_of_pdf_stay_true_with_marks(shop: Workshop, rich: Edition, variant: str) -> None:
    made = bind(shop, rich, variant=variant, marks=True)
    assert bind(shop, rich, variant=variant, marks=True).data == made.data
    with made.open() as pdf:
        assert pdf.check_pdf_syntax() == []
        for page in pdf.pages:
            assert not marked(page)[1]
        if variant.startswith("pdf/a"):
            assert pdf.Root.OutputIntents  # by which grey is defined


# ---- options


@pytest.mark.parametrize(
    ("options", "points", "drawn"),
    [
        ({}, 0, ()),
        ({"bleed": 3}, 3 * MM, ()),
        ({"bleed": "3 mm"}, 3 * MM, ()),
        ({"bleed": ".125in"}, 9, ()),
        ({"bleed": "2.5"}, 2.5 * MM, ()),
        ({"marks": True}, 3 * MM, ("crop", "registration")),
        ({"marks": "crop", "bleed": 0}, 0, ("crop",)),
        ({"marks": ["registration", "crop"], "bleed": "5MM"}, 5 * MM, ("crop", "registration")),
        ({"marks": False, "bleed": "10pt"}, 10, ()),
        ({"marks": []}, 0, ()),
    ],
)
def test_bleed_and_marks_as_written(
    options: dict[str, object], points: float, drawn: tuple[str, ...]
) -> None:
    assert bleed(options) == page(options).bleed == pytest.approx(points)
    assert marks(options) == drawn


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"bleed": "3 furlongs"}, "bleed = '3 furlongs' cannot be meant"),
        ({"bleed": -1}, "a length from 0 to 25 mm"),
        ({"bleed": "1.2.3mm"}, "a length"),
        ({"bleed": "40mm"}, "a length"),
        ({"bleed": float("nan")}, "a length"),
        ({"bleed": True}, "a length"),
        ({"bleed": ""}, "a length"),
        ({"marks": "corp"}, "did you mean 'crop'?"),
        ({"marks": ["crop", 3]}, "marks"),
        ({"marks": 7}, "marks = 7 cannot be meant"),
        ({"marks": ""}, "marks"),
    ],
)
def test_what_cannot_be_meant_is_told(options: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        page(options)


def test_flags_and_keys_of_a_book(tmp_path: Path) -> None:
    given = {"bleed": "5mm", "marks": True, "page": "A4"}
    assert book_flags(dict(given)) == {"pdf": given}
    file = tmp_path / "publish.toml"
    file.write_text('[books.a.pdf]\nbleed = 3\nmarks = ["crop"]\n', encoding="utf-8")
    loaded = config.load(tmp_path, file, {"PUBLISH_DEFAULTS__PDF__BLEED": "4"})
    assert loaded.config.books["a"].pdf == config.schema.PdfOptions(bleed=3, marks=["crop"])
    assert loaded.config.defaults.pdf == config.schema.PdfOptions(bleed="4")


def test_marks_of_a_style_sheet_are_told(shop: Workshop, tmp_path: Path) -> None:
    layout = styled(tmp_path, "p { margin: 0 }\n@page :right {\n  size: auto; marks: crop }")
    made = bind(shop, editions.plain(editions.chapter(1, "<p>字</p>")), layout)
    assert [(f.code, str(f.place)) for f in made.findings] == [("layout-trim", "own/pdf.css:3")]
    assert {box["Media"] == box["Trim"] for box in boxes(made)} == {True}


def test_galleys_are_set_again_for_bleed_and_not_for_marks(tmp_path: Path) -> None:
    shop = editions.workshop(tmp_path)
    edition = editions.plain(editions.chapter(1, "<p>字</p>"))

    def galleys() -> Iterator[Path]:
        return (path for path in (shop.cache.root / "galley").rglob("*") if path.is_file())

    bind(shop, edition, bleed="3mm")
    before = set(galleys())
    bind(shop, edition, marks=True)
    bind(shop, edition, marks="crop", bleed=3)
    assert set(galleys()) == before
    bind(shop, edition, bleed="4mm")
    assert set(galleys()) > before


def test_a_page_says_nothing_to_an_epub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "a.md").write_text("# 篇\n\n字。\n", encoding="utf-8")
    assert main(["epub", "a.md", "-o", "a.epub", "--page", "A5", "--marks"]) == 0
    told = capsys.readouterr().err
    assert "--page says nothing" in told
    assert "--marks says nothing" in told
    assert main(["pdf", "a.md", "-o", "a.pdf", "--page", "A55"]) == 2
    assert "did you mean 'a5'?" in capsys.readouterr().err
    assert main(["pdf", "a.md", "-o", "a.pdf", "--bleed", "wide"]) == 2
    assert "bleed = 'wide' cannot be meant" in capsys.readouterr().err
    assert not (tmp_path / "a.pdf").exists()
