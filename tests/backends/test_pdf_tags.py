"""Tags of a bound book, page by page: reading order, nothing untagged, notes, lists and links."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from xml.etree import ElementTree as ET

import editions
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from pdfs import Made, bind, clean
from pikepdf import Array, Dictionary, Name

from publish.model import XHTML, Chapter, Edition
from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")

SENTENCE = "字排在行里，行排在页里，页折成帖，帖订成书。"
PAINTING = frozenset(("INLINE IMAGE", *"f F f* B B* b b* S s sh Do Tj TJ ' \"".split()))


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory, shop: Workshop) -> Edition:
    """One of everything, and a chapter of what is hard to tag."""
    photo = editions.picture(shop, seed=7)
    hard = (
        f"<p>{SENTENCE * 12}</p><ul><li><p>甲段</p><p>乙段</p></li><li>丙文<ul><li>丁</li></ul>"
        "</li><li>戊前<p>己中</p>庚后</li></ul><dl><dt>辛</dt><dd><p>壬</p></dd></dl>"
        f'<p><a href="https://example.org/x">{"长链<em>接</em>" * 40}</a></p>'
        f'<p><a href="#c0000000001">{editions.img(photo, "链中图")}</a></p>'
        '<p>一注<a class="noteref" id="~fnref1" href="#~fn1">[1]</a>二注'
        '<a class="noteref" id="~fnref2" href="#~fn2">[2]</a>又一注'
        '<a class="noteref" id="~fnref3" href="#~fn1">[1]</a>。</p>'
        f"<h2>子</h2><p>{SENTENCE * 30}</p>"
        '<section class="footnotes"><aside class="footnote" id="~fn1"><p>'
        '<a class="backlink" href="#~fnref1">[1]</a> 寅注，<code>x</code>。</p><p>寅注二段。</p>'
        '</aside><aside class="footnote" id="~fn2"><p><a class="backlink" href="#~fnref2">[2]</a>'
        " <em>卯</em>注。</p><ul><li>卯条</li></ul></aside></section>"
    )
    whole = editions.rich(shop)
    more = editions.chapter(9, hard, title="难篇", notes=2, figures=(photo,))
    last = whole.parts[-1]
    return replace(whole, parts=(*whole.parts[:-1], replace(last, chapters=(*last.chapters, more))))


@dataclass
class Tagged:
    """A tagged book, open."""

    made: Made

    @cached_property
    def pdf(self) -> pikepdf.Pdf:
        return self.made.open()

    @cached_property
    def numbers(self) -> dict[tuple[int, int], int]:
        return {page.objgen: number for number, page in enumerate(self.pdf.pages)}

    @cached_property
    def elements(self) -> list[pikepdf.Object]:
        return list(self.below(self.pdf.Root.StructTreeRoot.K[0]))

    @cached_property
    def parents(self) -> dict[int, pikepdf.Object]:
        numbers = list(self.pdf.Root.StructTreeRoot.ParentTree.Nums)
        return dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))

    @cached_property
    def texts(self) -> dict[tuple[int, int], str]:
        """The text of marked content, as PDFium reads it, by page and MCID."""
        found: dict[tuple[int, int], str] = {}
        with pypdfium2.PdfDocument(self.made.data) as document:
            for number, page in enumerate(document):
                words = page.get_textpage()
                for place in range(pdfium.FPDFPage_CountObjects(page)):
                    item = pdfium.FPDFPage_GetObject(page, place)
                    if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_TEXT:
                        continue
                    key = number, pdfium.FPDFPageObj_GetMarkedContentID(item)
                    size = pdfium.FPDFTextObj_GetText(item, words, None, 0)
                    room = ctypes.create_string_buffer(size)
                    as_short = ctypes.cast(room, ctypes.POINTER(ctypes.c_ushort))
                    pdfium.FPDFTextObj_GetText(item, words, as_short, size)
                    text = room.raw[:size].decode("utf-16-le").rstrip("\0")
                    found[key] = found.get(key, "") + text
        return found

    def kids(self, element: pikepdf.Object) -> list[pikepdf.Object]:
        kids = element.get("/K", Array())
        return list(kids) if isinstance(kids, Array) else [kids]

    def below(self, element: pikepdf.Object, *without: str) -> Iterator[pikepdf.Object]:
        """Yield an element and all below it in reading order, save some kinds."""
        yield element
        for kid in self.kids(element):
            if isinstance(kid, Dictionary) and "/S" in kid and str(kid.S) not in without:
                yield from self.below(kid, *without)

    def read(self, element: pikepdf.Object, *without: str) -> str:
        """Return an element's text in the order of the tree, as an assistive reader does."""
        said = ""
        for kid in self.kids(element):
            if isinstance(kid, int):
                said += self.texts.get((self.numbers[element.Pg.objgen], kid), "")
            elif "/S" in kid and str(kid.S) not in without:
                said += self.read(kid, *without)
        return clean(said)


@pytest.fixture(scope="module")
def book(shop: Workshop, edition: Edition) -> Tagged:
    made = bind(shop, edition, variant="pdf/ua-1", references=False)
    assert made.findings == ()
    return Tagged(made)


@pytest.fixture(scope="module")
def magazine(shop: Workshop, edition: Edition) -> Tagged:
    return Tagged(bind(shop, edition, "magazine", toc_depth=1, references=False))


@pytest.fixture(params=["book", "magazine"])
def either(request: pytest.FixtureRequest) -> Tagged:
    found: Tagged = request.getfixturevalue(request.param)
    return found


def source(chapter: Chapter) -> tuple[str, list[str]]:
    """Return the text of a chapter's tree, calls as bare numbers, and that of its notes."""
    root = ET.fromstring(chapter.xhtml)
    notes = []
    for aside in root.iter(f"{{{XHTML}}}aside"):
        if aside.get("class") == "footnote":
            for link in aside.iter(f"{{{XHTML}}}a"):
                if link.get("class") == "backlink":
                    link.text = ""
            notes.append(clean("".join(aside.itertext())))
            aside.clear()
    for element in root.iter():
        if element.get("class") == "noteref":
            element.text = (element.text or "").strip("[]")
        elif element.tag.endswith("}ruby"):  # words first, then their readings
            words = (element.text or "", *(rt.tail or "" for rt in element))
            readings = [rt.text or "" for rt in element]
            tail = element.tail
            element.clear()
            element.text, element.tail = "".join((*words, *readings)), tail
        elif element.tag.endswith("}hr"):
            element.text = "＊＊＊"  # what the layouts draw for it
        elif element.tag.endswith("}math"):
            tail = element.tail
            element.clear()
            element.tail = tail
    return clean("".join(root.itertext())), notes


# ---- order


def test_the_tree_is_read_as_the_chapters_are_written(either: Tagged, edition: Edition) -> None:
    whole = either.read(either.pdf.Root.StructTreeRoot.K[0], "/Note", "/Lbl")
    at = 0
    for chapter in edition.chapters:
        text, _ = source(chapter)
        found = whole.find(text, at)
        assert found >= 0, chapter.title
        at = found + len(text)


def test_notes_are_notes(either: Tagged, edition: Edition) -> None:
    notes = [element for element in either.elements if Name.Note == element.S]
    wanted = [note for chapter in edition.chapters for note in source(chapter)[1]]
    assert [either.read(note, "/Lbl") for note in notes] == wanted
    assert [either.read(either.kids(note)[0]).strip(".") for note in notes] == list("12112")
    assert all(Name.Lbl == either.kids(note)[0].S for note in notes)
    tree = pikepdf.NameTree(either.pdf.Root.StructTreeRoot.IDTree)
    names = [str(note.ID) for note in notes]
    assert len(set(names)) == len(names)
    assert all(tree[name].objgen == note.objgen for name, note in zip(names, notes, strict=True))


# ---- nothing left out


def painted(pdf: pikepdf.Pdf, page: pikepdf.Page) -> Iterator[tuple[str, str, int | None]]:
    """Yield what a page paints, with the tag around it and its MCID; forms are looked into."""
    todo: list[tuple[pikepdf.Object, str]] = [(page.obj, "")]
    while todo:
        holder, around = todo.pop()
        open_: list[tuple[str, int | None]] = []
        forms = holder.get("/Resources", {}).get("/XObject", {})
        for operands, operator in pikepdf.parse_content_stream(
            pikepdf.Page(holder) if holder.get("/Type") == Name.Page else holder
        ):
            name = str(operator)
            if name in ("BDC", "BMC"):
                facts = operands[1] if name == "BDC" else {}
                facts = facts if isinstance(facts, Dictionary) else {}
                number = int(facts["/MCID"]) if "/MCID" in facts else None
                open_.append((str(operands[0]), number))
            elif name == "EMC":
                open_.pop()
            elif name in PAINTING:
                told = [tag for tag in open_ if tag[0] == "/Artifact" or tag[1] is not None]
                tag = told[-1] if told else (around, None)
                yield name, *tag
                if name == "Do" and forms[operands[0]].get("/Subtype") == Name.Form:
                    todo.append((forms[operands[0]], tag[0]))
        assert not open_


def test_all_that_is_painted_is_tagged_or_an_artefact(either: Tagged) -> None:
    for number, page in enumerate(either.pdf.pages):
        row = either.parents.get(int(page.obj.get("/StructParents", -1)), [])
        for operator, tag, mark in painted(either.pdf, page):
            assert tag, f"page {number}: {operator} stands outside of any tag"
            if mark is not None:
                assert row[mark].Pg.objgen == page.objgen


def test_marks_and_elements_name_each_other(either: Tagged) -> None:
    seen: Counter[tuple[int, int]] = Counter()
    for element in either.elements:
        for kid in either.kids(element):
            if isinstance(kid, int):
                page = either.numbers[element.Pg.objgen]
                seen[page, kid] += 1
                row = either.parents[int(either.pdf.pages[page].obj.StructParents)]
                assert row[kid].objgen == element.objgen
            elif "/S" in kid:
                assert kid.P.objgen == element.objgen
    rows = {
        (number, mark)
        for number, page in enumerate(either.pdf.pages)
        for mark in range(len(either.parents.get(int(page.obj.get("/StructParents", -1)), [])))
    }
    assert set(seen) == rows
    assert set(seen.values()) == {1}


# ---- kinds


def test_headings_figures_tables_and_lists_nest_as_they_may(either: Tagged) -> None:
    level = 0
    inside = {
        "/L": {"/L", "/LI", "/Caption"},
        "/LI": {"/Lbl", "/LBody"},
        "/Table": {"/Caption", "/THead", "/TBody", "/TFoot", "/TR"},
        "/THead": {"/TR"},
        "/TBody": {"/TR"},
        "/TR": {"/TH", "/TD"},
    }
    above = {"/LI": {"/L"}, "/LBody": {"/LI"}, "/Lbl": {"/LI", "/Note"}, "/TR": set(inside)}
    kinds: Counter[str] = Counter()
    for element in either.elements:
        kind = str(element.S)
        kinds[kind] += 1
        kids = [kid for kid in either.kids(element) if isinstance(kid, Dictionary)]
        below = {str(kid.S) for kid in kids if "/S" in kid}
        assert below <= inside.get(kind, below), kind
        assert str(element.P.get("/S")) in above.get(kind, {str(element.P.get("/S"))}), kind
        if kind[1:2] == "H" and kind[2:].isdigit():
            assert int(kind[2:]) <= level + 1, either.read(element)
            level = int(kind[2:])
        if kind == "/Figure":
            assert str(element.Alt).strip()
    assert kinds.keys() > {"/H1", "/H2", "/H3", "/L", "/LI", "/LBody", "/Table", "/TR", "/TD"}
    assert kinds["/Note"] == 5
    assert kinds["/Figure"] >= 7


# ---- links


def test_a_link_and_its_annotation_name_each_other(either: Tagged) -> None:
    found = 0
    for page in either.pdf.pages:
        for note in page.obj.get("/Annots", ()):
            owner = either.parents[int(note.StructParent)]
            assert Name.Link == owner.S
            [told] = [k for k in either.kids(owner) if not isinstance(k, int) and "/Obj" in k]
            assert told.Type == Name.OBJR
            assert told.Obj.objgen == note.objgen
            assert told.Pg.objgen == page.objgen
            assert either.read(owner) or any(
                Name.Figure == kid.S for kid in either.below(owner) if "/S" in kid
            )
            found += 1
    links = [element for element in either.elements if Name.Link == element.S]
    assert len(links) == found > 15


def test_a_line_has_one_annotation_of_a_link(either: Tagged) -> None:
    most = 0
    for page in either.pdf.pages:
        rows: Counter[tuple[str, int]] = Counter()
        for note in page.obj.get("/Annots", ()):
            _, bottom, _, top = map(float, note.Rect)  # or the other way round
            rows[str(note.Contents), round((bottom + top) / 2)] += 1
        assert set(rows.values()) <= {1}
        most = max(most, max(Counter(target for target, _ in rows).values(), default=0))
    assert most > 3  # a long link has one on every line


def test_an_annotation_covers_all_of_its_link(book: Tagged) -> None:
    """A row of the contents from its text to its number; a picture from top to bottom."""
    contents = next(p for p in book.pdf.pages if p.obj.get("/Annots"))
    rows = [note.Rect for note in contents.obj.Annots if not str(note.Dest).startswith("p")]
    assert len({round(float(rect[2])) for rect in rows}) == 1
    assert min(float(rect[2]) - float(rect[0]) for rect in rows) > 250
    pictures = 0
    for link in (element for element in book.elements if Name.Link == element.S):
        for figure in (below for below in book.below(link) if Name.Figure == below.S):
            [rect] = [kid.Obj.Rect for kid in book.kids(link) if "/Obj" in kid]
            left, bottom, right, top = map(float, figure.A.BBox)
            assert float(rect[0]) <= left + 0.1
            assert float(rect[1]) <= bottom + 0.1
            assert float(rect[2]) >= right - 0.1
            assert float(rect[3]) >= top - 0.1
            pictures += 1
    assert pictures == 1
