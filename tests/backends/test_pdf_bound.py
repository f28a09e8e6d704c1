"""Galleys bound together: numbers, links and structure of long books, edits, jobs."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import editions
import pikepdf
import pypdfium2
import pytest
from pikepdf import Dictionary, Name

from publish import fonts, layouts
from publish.backends.pdf import PdfBackend
from publish.diagnostics import Silent
from publish.model import Chapter, Edition, Heading
from publish.workshop import Workshop
from publish.workshop.workers import Processes

COUNT = 60
SENTENCE = "字排在行里，行排在页里，页折成帖，帖订成书，一本书就这样站起来。"


@pytest.fixture(scope="session", autouse=True)
def _faces() -> None:
    if not any(f.role == "song" and "SC" in f.regions for f in fonts.load().found):
        pytest.skip("no Chinese fonts are installed")


def chapter(number: int, length: int) -> Chapter:
    """A chapter with two headings, a note, and links to the chapters before and after."""
    uid = f"c{number:010x}"
    before, after = (f"c{(number + step) % COUNT:010x}" for step in (-1, 1))
    blocks = (
        f'<p>{SENTENCE}<a href="#{before}-s2">前一篇</a>'
        '<a class="noteref" role="doc-noteref" id="~fnref1" href="#~fn1">[1]</a></p>'
        f'<h2 id="~s1">其{number}之一</h2>{f"<p>{SENTENCE * 6}</p>" * length}'
        f'<h2 id="~s2">其{number}之二</h2><p><a href="#{after}">后一篇</a>{SENTENCE}</p>'
        '<section class="footnotes" role="doc-endnotes"><aside class="footnote" id="~fn1">'
        f'<p><a class="backlink" role="doc-backlink" href="#~fnref1">[1]</a> 第{number}条注，'
        f'见<a href="#{after}-s1">他处</a>。</p></aside></section>'
    )  # fmt: skip
    headings = tuple(
        Heading(2, f"其{number}之{name}", f"{uid}-s{n}") for n, name in ((1, "一"), (2, "二"))
    )
    made = editions.chapter(number, blocks, title=f"篇名{number}号", notes=1)
    return replace(made, headings=headings)


def long_book(extra: int = 0) -> Edition:
    """Sixty chapters; ``extra`` paragraphs more in the third."""
    return editions.plain(*(chapter(n, 1 + n % 5 + (extra if n == 2 else 0)) for n in range(COUNT)))


@dataclass(frozen=True)
class Book:
    data: bytes

    def open(self) -> pikepdf.Pdf:
        return pikepdf.open(io.BytesIO(self.data))

    def pages(self) -> list[str]:
        with pypdfium2.PdfDocument(self.data) as document:
            return [
                re.sub(r"[\s\u200b\ufffe]+", "", page.get_textpage().get_text_bounded())
                for page in document
            ]


def bind(shop: Workshop, edition: Edition, **options: object) -> Book:
    out = io.BytesIO()
    layout = layouts.find("classic")
    PdfBackend().bind(edition, layout, replace(shop, reporter=Silent()), out, options)
    return Book(out.getvalue())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return editions.workshop(tmp_path_factory.mktemp("bound"))


@pytest.fixture(scope="module")
def first(shop: Workshop) -> Book:
    return bind(shop, long_book())


@pytest.fixture(scope="module")
def edited(shop: Workshop, first: Book) -> Book:
    return bind(shop, long_book(extra=9))


@pytest.fixture(params=["first", "edited"])
def book(request: pytest.FixtureRequest) -> Book:
    made: Book = request.getfixturevalue(request.param)
    return made


def destinations(pdf: pikepdf.Pdf) -> dict[str, int]:
    numbers = {page.objgen: number for number, page in enumerate(pdf.pages)}
    tree = pikepdf.NameTree(pdf.Root.Names.Dests)
    return {str(name): numbers[target[0].objgen] for name, target in tree.items()}


def front_of(pdf: pikepdf.Pdf) -> int:
    return next(number for number, page in enumerate(pdf.pages) if page.label == "1")


def bookmarks(items: list[pikepdf.OutlineItem]) -> Iterator[pikepdf.OutlineItem]:
    for item in items:
        yield item
        yield from bookmarks(list(item.children))


def test_printed_numbers_links_and_outline_agree(book: Book) -> None:
    pages = book.pages()
    with book.open() as pdf:
        front, targets = front_of(pdf), destinations(pdf)
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages)}
        contents = "".join(pages[:front])
        with pdf.open_outline() as outline:
            marks = {
                item.title: numbers[item.destination[0].objgen]
                for item in bookmarks(list(outline.root))
            }
        for made in long_book().chapters:
            rows = [(made.title, made.id), *((h.text, h.id) for h in made.headings)]
            for title, name in rows:
                printed = re.search(rf"{title}(?:林一之)?…+(\d+?)(?=[篇其]|[ivx]|$)", contents)
                assert printed, title
                target = targets[name]
                assert int(printed[1]) == target - front + 1, title
                assert marks[title] == target
                assert title in pages[target]


def test_links_and_notes_between_chapters_lead_where_they_say(book: Book) -> None:
    pages = book.pages()
    with book.open() as pdf:
        targets = destinations(pdf)
        found = 0
        for page in pdf.pages[front_of(pdf) :]:
            for link in page.get("/Annots", ()):
                name = str(link.Dest)
                number = int(name[1:11], 16)
                place = name[12:]
                if place.startswith("fn"):
                    continue
                wanted = {"": f"篇名{number}号", "s1": f"其{number}之一", "s2": f"其{number}之二"}
                assert wanted[place] in pages[targets[name]]
                assert str(link.Contents) == wanted[place]
                found += 1
    assert found == COUNT * 3


def test_every_page_shows_its_own_folio_and_head(book: Book) -> None:
    pages = book.pages()
    with book.open() as pdf:
        front = front_of(pdf)
        opening = {target for name, target in destinations(pdf).items() if "-" not in name}
    for number, text in enumerate(pages[front:], 1):
        assert text.endswith(str(number)) or text.startswith(str(number)) or str(number) in text
        if number + front - 1 in opening:
            assert "小书" not in text
        elif number % 2 == 0:
            assert "小书" in text


def test_an_edit_sets_one_galley_again(tmp_path: Path) -> None:
    shop = editions.workshop(tmp_path)
    small = editions.plain(*(chapter(n, 9) for n in range(4)))
    bind(shop, small)
    stage = shop.cache.root / "galley"
    before = {path for path in stage.rglob("*") if path.is_file()}
    longer = editions.plain(*(chapter(n, 20 if n == 1 else 9) for n in range(4)))
    bind(shop, longer)
    after = {path for path in stage.rglob("*") if path.is_file()}
    assert len(after - before) == 1


def test_the_same_bytes_with_two_jobs_and_from_the_cache(tmp_path: Path, first: Book) -> None:
    crew = Processes(2)
    try:
        shop = replace(editions.workshop(tmp_path), executor=crew, jobs=2)
        cold = bind(shop, long_book())
        assert cold.data == first.data
        assert bind(shop, long_book()).data == first.data
    finally:
        crew.shutdown()


def test_every_chapter_is_whole_and_in_its_place(first: Book) -> None:
    pages = first.pages()
    with first.open() as pdf:
        front, targets = front_of(pdf), destinations(pdf)
    made = long_book().chapters
    for number, own in enumerate(made):
        start = targets[own.id]
        end = targets[made[number + 1].id] if number + 1 < COUNT else len(pages)
        text = "".join(pages[start:end])
        assert text.count(SENTENCE) >= 6 * (1 + number % 5)
        assert f"第{number}条注" in text
        assert front <= start < end


# ---- structure


def elements(root: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Structure elements in reading order."""
    todo = [root]
    while todo:
        now = todo.pop()
        if isinstance(now, Dictionary) and "/S" in now:
            yield now
        if isinstance(now, Dictionary):
            kids = now.get("/K", [])
            kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
            todo += reversed([kid for kid in kids if isinstance(kid, Dictionary)])


@pytest.fixture(scope="module")
def tagged(shop: Workshop) -> Book:
    return bind(shop, editions.rich(shop), variant="pdf/ua-1")


def test_every_figure_has_its_text_and_every_parent_is_right(tagged: Book) -> None:
    with tagged.open() as pdf:
        root = pdf.Root.StructTreeRoot
        kinds = [str(element.S) for element in elements(root.K[0])]
        assert {"/H1", "/H2", "/L", "/LI", "/Table", "/TH", "/TD", "/Figure", "/Link"} <= {*kinds}
        for element in elements(root.K[0]):
            if Name.Figure == element.S:
                assert str(element.Alt).strip()
                left, bottom, right, top = map(float, element.A.BBox)
                width, height = map(float, pdf.pages[-1].mediabox[2:])
                assert 0 <= left < right <= width + 20
                assert -1 <= bottom < top <= height + 1
            kids = element.get("/K", [])
            for kid in list(kids) if isinstance(kids, pikepdf.Array) else []:
                if isinstance(kid, Dictionary) and "/P" in kid:
                    assert kid.P.objgen == element.objgen


def test_the_parent_tree_names_every_marked_content(tagged: Book) -> None:
    with tagged.open() as pdf:
        nums = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        keys = [int(key) for key in nums[::2]]
        assert keys == sorted(set(keys))
        parents = dict(zip(keys, nums[1::2], strict=True))
        for page in pdf.pages:
            used, loose = marked(page)
            assert not loose, page.label
            if used:
                row = list(parents[int(page.obj.StructParents)])
                assert len(row) == len(used) == max(used) + 1
                assert all(element.Type == Name.StructElem for element in row)
            for link in page.get("/Annots", ()):
                owner = parents[int(link.StructParent)]
                while str(owner.S) == "/Span":  # inside a link
                    owner = owner.P
                assert str(owner.S) == "/Link"


def marked(page: pikepdf.Page) -> tuple[set[int], list[str]]:
    """Return the ids of marked content, and what is drawn outside of any mark."""
    used: set[int] = set()
    loose: list[str] = []
    depth = 0
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            depth += 1
            if name == "BDC" and "/MCID" in operands[1]:
                used.add(int(operands[1].MCID))
        elif name == "EMC":
            depth -= 1
        elif name in ("TJ", "Tj") and depth == 0:
            loose.append(name)
    assert depth == 0
    return used, loose


def test_table_heads_are_named_once_in_a_book(shop: Workshop) -> None:
    table = (
        '<div class="table"><table><thead><tr><th scope="col">名</th></tr></thead>'
        "<tbody><tr><td>五号</td></tr></tbody></table></div>"
    )
    made = bind(shop, editions.plain(editions.chapter(1, table), editions.chapter(2, table)))
    with made.open() as pdf:
        root = pdf.Root.StructTreeRoot
        heads = [str(e.ID) for e in elements(root.K[0]) if e.S == Name.TH]
        cells = [[str(h) for h in e.A.Headers] for e in elements(root.K[0]) if e.S == Name.TD]
        assert len(set(heads)) == 2
        assert sorted(cells) == sorted([head] for head in heads)
        assert [str(key) for key in root.IDTree.Names[::2]] == sorted(heads)


# ---- pictures, press


def test_a_picture_is_in_the_book_once(shop: Workshop) -> None:
    photo = editions.picture(shop, 300, 200)
    block = f'<figure class="figure">{editions.img(photo, "铅字")}</figure>'
    chapters = [editions.chapter(n, block, figures=(photo,)) for n in (1, 2, 3)]
    made = bind(shop, editions.plain(*chapters))
    data = shop.cache.read_object(photo.object)
    assert data is not None
    with made.open() as pdf:
        streams = [o for o in pdf.objects if isinstance(o, pikepdf.Stream)]
        pictures = [o for o in streams if o.get("/Subtype") == Name.Image]
        assert [o.read_raw_bytes() for o in pictures] == [data]
        assert not any("/PublishObject" in o for o in streams)


@pytest.mark.parametrize("variant", ["pdf/ua-1", "pdf/a-2b", "pdf/a-3u", "pdf/x-4"])
def test_kinds_of_pdf_stay_true_when_bound(shop: Workshop, variant: str) -> None:
    edition = editions.plain(editions.chapter(1, '<p>字<a href="https://example.org/">外</a></p>'))
    made = bind(shop, edition, variant=variant)
    assert bind(shop, edition, variant=variant).data == made.data
    with made.open() as pdf:
        told = pdf.Root.Metadata.read_bytes().decode()
        part = {"pdf/ua-1": "pdfuaid:part", "pdf/x-4": "PDF/X-4"}.get(variant, "pdfaid:part")
        assert part in told
        if variant.startswith("pdf/a"):
            assert pdf.Root.OutputIntents[0].S == Name.GTS_PDFA1
            notes = [note for page in pdf.pages for note in page.get("/Annots", ())]
            assert notes
            assert all(int(note.F) == 4 for note in notes)


def test_parts_open_on_rectos_and_blank_versos_carry_nothing(shop: Workshop) -> None:
    edition = editions.rich(shop)
    made = bind(shop, edition)
    pages = made.pages()
    with made.open() as pdf:
        front = front_of(pdf)
        assert front % 2 == 0
        with pdf.open_outline() as outline:
            numbers = {page.objgen: number for number, page in enumerate(pdf.pages)}
            for item in outline.root:
                if "编" in item.title:
                    page = numbers[item.destination[0].objgen]
                    assert (page - front) % 2 == 0
        for number, (page, text) in enumerate(zip(pdf.pages, pages, strict=True)):
            if not text and number >= front:
                assert "/XObject" not in page.obj.get("/Resources", {})
        left, right = (pdf.pages[front + n].mediabox for n in (3, 2))
        assert float(left[0]) < 0 == float(right[0])


def test_a_missing_library_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text(
        "print('banner')\nraise OSError('cannot load library libpangoft2\\nmore')\n"
    )
    (tmp_path / "a.md").write_text("# 篇\n\n字。\n", encoding="utf-8")
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "publish", "pdf", "a.md", "-o", "a.pdf"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{root}", "XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert "engine-missing" in done.stderr
    assert "libpangoft2" in done.stderr
    assert "publish doctor" in done.stderr


def test_headings_of_another_region_are_in_the_contents_by_a_face_of_the_book(
    shop: Workshop,
) -> None:
    uid = "c0000000001"
    own = editions.chapter(
        1, '<h2 id="~s1">裏邊的鵰與纔</h2><p>字</p>', language="zh-Hant-HK", title="麪"
    )
    own = replace(own, headings=(Heading(2, "裏邊的鵰與纔", f"{uid}-s1"),))
    heard = Silent()
    out = io.BytesIO()
    PdfBackend().bind(
        editions.plain(own), layouts.find("classic"), replace(shop, reporter=heard), out, {}
    )
    assert [f.code for f in heard.findings] == []
    with pikepdf.open(out) as pdf:
        names = {
            str(o.BaseFont) for o in pdf.objects if isinstance(o, Dictionary) and "/BaseFont" in o
        }
    assert all(re.search(r"-x[0-9a-f]{8}(-Bold)?$", name) for name in names)


def test_what_templates_say_in_another_language_has_a_face_of_the_book(shop: Workshop) -> None:
    """The colophon names faces in English, though no chapter is."""
    heard = Silent()
    edition = editions.plain(editions.chapter(1, "<p>字</p>", language="zh-Hant-TW"))
    edition = replace(edition, language="zh-Hant-TW")
    PdfBackend().bind(
        edition, layouts.find("classic"), replace(shop, reporter=heard), io.BytesIO(), {}
    )
    assert [f.code for f in heard.findings] == []
