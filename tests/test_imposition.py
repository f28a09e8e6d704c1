"""Real pages on real sheets, where a binder looks for them."""

from __future__ import annotations

import functools
import io
import subprocess
import time
from pathlib import Path
from shutil import which

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from publish.backends.pdf.facts import MM
from publish.cli import main
from publish.diagnostics import ContentError, Silent
from publish.imposition import Imposed, Wish, impose

WIDTH, HEIGHT, BLEED, SLUG = 200, 300, 9, 20  # points: of a page, its bleed, its paper around


def book(
    path: Path,
    count: int = 8,
    *,
    turn: int = 0,
    boxes: bool = False,
    sizes: dict[int, tuple[int, int]] | None = None,
    **root: object,
) -> Path:
    """A PDF whose pages say p1, p2 … in their middle, on a ground that reaches into the bleed."""
    pdf = pikepdf.new()
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    shared = pdf.make_indirect(Dictionary(Font=Dictionary(F=pdf.make_indirect(font))))
    edge = SLUG if boxes else 0
    for index in range(count):
        width, height = (sizes or {}).get(index, (WIDTH, HEIGHT))
        if turn % 180:
            width, height = height, width
        full = (width + 2 * edge, height + 2 * edge)
        drawn = (
            f"0.5 1 0.5 rg 0 0 {full[0]} {full[1]} re f 0 g "
            f"BT /F 24 Tf {full[0] / 2 - 12} {full[1] / 2} Td (p{index + 1}) Tj ET"
        )
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, *full]),
            Resources=shared,
            Contents=pdf.make_stream(drawn.encode()),
            StructParents=index,
            Annots=Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])]),
        )
        if boxes:
            page.TrimBox = Array([edge, edge, full[0] - edge, full[1] - edge])
            page.BleedBox = Array(
                [edge - BLEED, edge - BLEED, full[0] - edge + BLEED, full[1] - edge + BLEED]
            )
        if turn:
            page.Rotate = turn
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    for key, value in root.items():
        pdf.Root[f"/{key}"] = value
    pdf.docinfo["/Title"] = "书"
    pdf.save(path)
    return path


def made(path: Path, wish: Wish | None = None, pages: str = "") -> tuple[bytes, Imposed, list[str]]:
    """The sheets of a book, what is said of them, and the codes of the findings."""
    out, heard = io.BytesIO(), Silent()
    done = impose(path, out, wish or Wish(), pages, heard)
    return out.getvalue(), done, [finding.code for finding in heard.findings]


def words(data: bytes) -> list[tuple[str, str]]:
    """What stands on the left and on the right half of every side of every sheet."""
    found = []
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            left = text.get_text_bounded(0, 0, width / 2, height).strip()
            right = text.get_text_bounded(width / 2, 0, width, height).strip()
            found.append((left, right))
    return found


@functools.cache
def picture(data: bytes, side: int) -> Image.Image:
    """A side of a sheet, four pixels to a point."""
    with pypdfium2.PdfDocument(data) as document:
        return document[side].render(scale=4).to_pil().convert("RGB")


def colour(data: bytes, side: int, x: float, y: float) -> tuple[int, ...]:
    """The colour of a side of a sheet at a point, from the lower left corner."""
    seen = picture(data, side)
    found = seen.getpixel((round(x * 4), round(seen.height - y * 4)))
    assert isinstance(found, tuple)
    return found


def inked(data: bytes, side: int, x: float, y: float) -> bool:
    """Whether a line goes through a point, or a hair's breadth beside it."""
    near = [(x + i / 4, y + j / 4) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return any(max(colour(data, side, *point)) < 200 for point in near)


GREEN, PAPER, BLACK = (128, 255, 128), (255, 255, 255), (0, 0, 0)

# Real sheets -------------------------------------------------------------------------------------


def test_pages_stand_on_their_halves(tmp_path: Path) -> None:
    path = book(tmp_path / "a.pdf", 10)
    data, done, codes = made(path, Wish(signature=8))
    assert words(data) == [
        ("p8", "p1"), ("p2", "p7"), ("p6", "p3"), ("p4", "p5"), ("", "p9"), ("p10", ""),
    ]  # fmt: skip
    assert (done.pages, done.blanks, done.sheets, done.sections) == (10, 2, 3, 2)
    assert codes == []
    right, *_ = made(path, Wish(signature=8, binding="right"))
    assert words(right) == [two[::-1] for two in words(data)]
    some, *_ = made(path, Wish(signature=0), "3-6")
    assert words(some) == [("p6", "p3"), ("p4", "p5")]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_pages_stand_as_they_are_seen(tmp_path: Path, turn: int) -> None:
    path = book(tmp_path / "a.pdf", 4, turn=turn)
    data, *_ = made(path)
    with pypdfium2.PdfDocument(data) as sheets_, pypdfium2.PdfDocument(path) as pages:
        side = sheets_[0].render(scale=1).to_pil().convert("L")
        page = pages[0].render(scale=1).to_pil().convert("L")
        half = side.crop((side.width // 2, 0, side.width, side.height))
        assert half.size == page.size == (WIDTH, HEIGHT)
        one, other = half.tobytes(), page.tobytes()
    assert sum(abs(a - b) > 60 for a, b in zip(one, other, strict=True)) < 20
    assert min(one) < 60  # there is something to see


def test_backs_are_turned_for_printers_that_turn_the_long_edge(tmp_path: Path) -> None:
    path = book(tmp_path / "a.pdf", 4)
    data, *_ = made(path, Wish(flip="long"))
    assert words(data) == [("p4", "p1"), ("p3", "p2")]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.Root.ViewerPreferences.Duplex == Name.DuplexFlipLongEdge
        assert b"-1 0 0 -1 400 300 cm" in pdf.pages[1].Contents.read_bytes()
        assert b"-1 0 0 -1" not in pdf.pages[0].Contents.read_bytes()
    narrow = book(tmp_path / "b.pdf", 4, sizes=dict.fromkeys(range(4), (100, 300)))
    data, *_ = made(narrow)  # a sheet that is higher than wide: its long edge runs along the fold
    assert words(data) == [("p4", "p1"), ("p3", "p2")]


def test_bleed_is_kept_outside_and_cut_at_the_fold(tmp_path: Path) -> None:
    path = book(tmp_path / "a.pdf", 2, boxes=True)
    data, done, _ = made(path)
    assert done.size == (2 * (WIDTH + BLEED), HEIGHT + 2 * BLEED)
    width, height = done.size
    assert colour(data, 0, width - 2, height - 2) == GREEN  # the bleed of p1
    assert colour(data, 0, width / 2 + 2, 2) == GREEN
    assert colour(data, 0, width / 2 - 2, height / 2) == PAPER  # beyond the fold
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        assert list(map(float, page.mediabox)) == [0, 0, width, height]
        assert list(map(float, page.trimbox)) == [9, 9, width - 9, height - 9]
        assert list(map(float, page.bleedbox)) == [0, 0, width, height]
    apart, done, _ = made(path, Wish(gap=40.0))
    middle = done.size[0] / 2
    assert colour(apart, 0, middle + 20 - BLEED + 1, 100) == GREEN
    assert colour(apart, 0, middle + 20 - BLEED - 1, 100) == PAPER


def test_marks_stand_where_knife_and_fold_go(tmp_path: Path) -> None:
    path = book(tmp_path / "a.pdf", 24)
    data, done, codes = made(path, Wish(signature=8, marks=True))
    width, height = done.size
    edge = 10 * MM
    assert (width, height) == pytest.approx((2 * (WIDTH + edge), HEIGHT + 2 * edge))
    for side in range(12):
        assert inked(data, side, edge, edge / 2)
        assert inked(data, side, width - edge / 2, height - edge)
        assert inked(data, side, width / 2, height - edge + 3 * MM + 1)  # the fold
        assert not inked(data, side, edge + 5, edge / 2)
    top = height - edge - 15 * MM
    steps = [
        [colour(data, sheet * 4, width / 2 + 2, top - (step + 0.5) * 5 * MM) for step in range(4)]
        for sheet in range(3)
    ]
    for section, seen in enumerate(steps):  # stairs
        assert [one == BLACK for one in seen] == [step == section for step in range(4)]
    assert colour(data, 2, width / 2 + 2, top - 2.5 * MM) == GREEN  # inner sheets have none
    assert codes == []
    assert made(path, Wish(marks=True, sheet=(2 * WIDTH, HEIGHT)))[2] == ["impose-marks"]
    one, *_ = made(path, Wish(signature=0, marks=True))  # and a single section needs none
    assert colour(one, 0, width / 2 + 2, top - 2.5 * MM) == GREEN


def test_smaller_pages_stand_in_the_middle(tmp_path: Path) -> None:
    path = book(tmp_path / "a.pdf", 4, sizes={0: (100, 200)})
    data, done, codes = made(path)
    assert codes == ["impose-sizes"]
    assert done.size == (2 * WIDTH, HEIGHT)
    assert colour(data, 0, 200 + 48, 60) == PAPER
    assert colour(data, 0, 200 + 52, 60) == GREEN
    assert colour(data, 0, 200 + 148, 48) == PAPER


def test_sheets_hold_nothing_of_the_readers_book(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.pdf", 5,
        MarkInfo=Dictionary(Marked=True), StructTreeRoot=Dictionary(Type=Name.StructTreeRoot),
        PageLabels=Dictionary(Nums=Array([0, Dictionary(S=Name.r)])), Lang=pikepdf.String("zh"),
        Outlines=Dictionary(), ViewerPreferences=Dictionary(Direction=Name.R2L),
    )  # fmt: skip
    data, *_ = made(path)
    assert words(data)[0] == ("p1", "")  # bound on the right, as the book said
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert set(pdf.Root.keys()) == {"/Type", "/Pages", "/Lang", "/ViewerPreferences"}
        assert str(pdf.docinfo["/Title"]) == "书 (imposed)"
        found = [one for one in pdf.objects if isinstance(one, Dictionary | pikepdf.Stream)]
        assert sum(one.get("/Type") == "/Page" for one in found) == len(pdf.pages) == 4
        assert sum(one.get("/Subtype") == "/Form" for one in found) == 5
        assert sum(one.get("/Type") == "/Font" for one in found) == 1
        assert not any("/StructParents" in one or "/Annots" in one for one in found)
    time.sleep(1.1)  # ids of PDFs usually hold the second
    assert made(path)[0] == data
    if which("qpdf"):
        (tmp_path / "b.pdf").write_bytes(data)
        assert subprocess.run(["qpdf", "--check", tmp_path / "b.pdf"]).returncode == 0
    if which("gs"):
        words_ = ["gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=nullpage", tmp_path / "b.pdf"]
        ran = subprocess.run(words_, capture_output=True, text=True)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_nested_drawings_forget_the_structure_tree(tmp_path: Path) -> None:
    path = book(tmp_path / "a.pdf", 1)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        inner = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, StructParents=3)
        inner.BBox = Array([0, 0, 1, 1])
        outer = pdf.make_stream(b"/I Do", Type=Name.XObject, Subtype=Name.Form, StructParent=4)
        outer.BBox = Array([0, 0, 1, 1])
        outer.Resources = Dictionary(XObject=Dictionary(I=inner))
        inner.Resources = Dictionary(XObject=Dictionary(O=outer))  # a ring does no harm
        pdf.pages[0].Resources.XObject = Dictionary(O=outer)
        pdf.save()
    data, *_ = made(path)
    assert b"/StructParent" in path.read_bytes()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream)]
        assert sum(one.get("/Subtype") == "/Form" for one in streams) == 3
        assert not any("/StructParent" in one or "/StructParents" in one for one in streams)


def test_what_paper_would_have_shown_is_missed(tmp_path: Path) -> None:
    path = book(tmp_path / "a.pdf", 4)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[1].Annots.append(Dictionary(Subtype=Name.Stamp, Rect=[0, 0, 9, 9]))
        pdf.save()
    assert made(path)[2] == ["impose-annotations"]
    assert made(path, pages="3-4")[2] == []
    assert made(book(path, 40), Wish(signature=0, creep=0.5 * MM))[2] == ["impose-creep"]


# Faults ------------------------------------------------------------------------------------------


def test_files_that_are_no_books(tmp_path: Path) -> None:
    def fault(path: Path) -> list[str]:
        with pytest.raises(ContentError) as caught:
            made(path)
        return [finding.code for finding in caught.value.findings]

    text = tmp_path / "a.pdf"
    text.write_text("hello")
    assert fault(text) == ["impose-not-pdf"]
    assert fault(book(tmp_path / "b.pdf", 0)) == ["impose-empty"]
    for user in ("", "secret"):
        with pikepdf.open(book(tmp_path / "c.pdf")) as pdf:
            pdf.save(tmp_path / "d.pdf", encryption=pikepdf.Encryption(user=user, owner="x"))
        assert fault(tmp_path / "d.pdf") == ["impose-encrypted"]
    flat = book(tmp_path / "e.pdf", 2, sizes={1: (0, 300)})
    assert fault(flat) == ["impose-page"]
    whole = book(tmp_path / "f.pdf", 8).read_bytes()
    (tmp_path / "g.pdf").write_bytes(whole[: len(whole) * 2 // 3])
    assert "impose-damaged" in made(tmp_path / "g.pdf")[2]


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    book(tmp_path / "a.pdf", 21)
    assert main(["impose", "a.pdf", "--dry-run"]) == 0
    assert not (tmp_path / "a-imposed.pdf").exists()
    capsys.readouterr()
    assert main(["impose", "a.pdf", "--signature", "8", "--sheet", "A4", "--marks"]) == 0
    said = capsys.readouterr()
    assert said.out == "a-imposed.pdf\n"
    assert "21 pages and 3 blanks on 6 sheets of 297×210 mm in 3 sections" in said.err
    assert words((tmp_path / "a-imposed.pdf").read_bytes())[0] == ("p8", "p1")
    assert main(["impose", "a.pdf", "-o", "deep/er/", "-q"]) == 0
    assert (tmp_path / "deep/er/a-imposed.pdf").exists()
    capsys.readouterr()
    before = (tmp_path / "a.pdf").read_bytes()
    for extra, status, text in (
        (["-o", "a.pdf"], 2, "this is the book itself"),
        (["-o", "note.pdf/"], 2, "cannot write"),
        (["--signature", "6"], 2, "multiple of 4"),
        (["--sheet", "A6"], 2, "--fit"),
        (["--sheet", "A77"], 2, "no page size is called 'A77'"),
        (["--pages", "20-30"], 2, "not in a book of 21"),
        (["--creep", "-1"], 2, "--creep"),
    ):
        (tmp_path / "note.pdf").write_text("mine")
        assert main(["impose", "a.pdf", *extra]) == status
        said = capsys.readouterr()
        assert text in said.err
        assert "Traceback" not in said.err
        assert said.out == ""
    assert main(["impose", "a.pdf", "-o", "note.pdf"]) == 2
    assert (tmp_path / "note.pdf").read_text() == "mine"
    assert main(["impose", "none.pdf"]) == 2
    (tmp_path / "b.pdf").write_text("hello")
    assert main(["impose", "b.pdf"]) == 1
    assert (tmp_path / "a.pdf").read_bytes() == before
    assert not (tmp_path / "b-imposed.pdf").exists()
    assert not list(tmp_path.glob(".*"))  # nor anything half done
