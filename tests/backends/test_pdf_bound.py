"""Galleys bound together: numbers, links and structure of long books, edits, jobs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import editions
import pikepdf
import pytest
from pdfs import Made, bind, front_of
from pikepdf import Dictionary, Name

from publish.model import Chapter, Edition, Heading
from publish.workshop import Workshop
from publish.workshop.workers import Processes

pytestmark = pytest.mark.usefixtures("faces")

COUNT = 60
SENTENCE = "字排在行里，行排在页里，页折成帖，帖订成书，一本书就这样站起来。"


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


@pytest.fixture(scope="module")
def first(shop: Workshop) -> Made:
    return bind(shop, long_book())


@pytest.fixture(scope="module")
def edited(shop: Workshop, first: Made) -> Made:
    return bind(shop, long_book(extra=9))


@pytest.fixture(params=["first", "edited"])
def book(request: pytest.FixtureRequest) -> Made:
    made: Made = request.getfixturevalue(request.param)
    return made


def destinations(pdf: pikepdf.Pdf) -> dict[str, int]:
    numbers = {page.objgen: number for number, page in enumerate(pdf.pages)}
    tree = pikepdf.NameTree(pdf.Root.Names.Dests)
    return {str(name): numbers[target[0].objgen] for name, target in tree.items()}


def bookmarks(items: list[pikepdf.OutlineItem]) -> Iterator[pikepdf.OutlineItem]:
    for item in items:
        yield item
        yield from bookmarks(list(item.children))


def test_printed_numbers_links_and_outline_agree(book: Made) -> None:
    pages = book.pages
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
                printed = re.search(rf"{title}(?:林一之)?…*(\d+?)(?=[篇其]|[ivx]|$)", contents)
                assert printed, title
                target = targets[name]
                assert int(printed[1]) == target - front + 1, title
                assert marks[title] == target
                assert title in pages[target]


def test_links_and_notes_between_chapters_lead_where_they_say(book: Made) -> None:
    pages = book.pages
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


def test_every_page_shows_its_own_folio_and_head(book: Made) -> None:
    pages = book.pages
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
    bind(shop, small, references=False)
    stage = shop.cache.root / "galley"
    before = {path for path in stage.rglob("*") if path.is_file()}
    longer = editions.plain(*(chapter(n, 20 if n == 1 else 9) for n in range(4)))
    bind(shop, longer, references=False)
    after = {path for path in stage.rglob("*") if path.is_file()}
    assert len(after - before) == 1


def test_the_same_bytes_with_two_jobs_and_from_the_cache(tmp_path: Path, first: Made) -> None:
    crew = Processes(2)
    try:
        shop = replace(editions.workshop(tmp_path), executor=crew, jobs=2)
        cold = bind(shop, long_book())
        assert cold.data == first.data
        assert bind(shop, long_book()).data == first.data
    finally:
        crew.shutdown()


def test_every_chapter_is_whole_and_in_its_place(first: Made) -> None:
    pages = first.pages
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
    pages = made.pages
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
    made = bind(shop, editions.plain(own))
    assert made.codes == []
    with made.open() as pdf:
        names = {
            str(o.BaseFont) for o in pdf.objects if isinstance(o, Dictionary) and "/BaseFont" in o
        }
    assert all(re.search(r"-x[0-9a-f]{8}(-Bold)?$", name) for name in names)


def test_what_templates_say_in_another_language_has_a_face_of_the_book(shop: Workshop) -> None:
    """The colophon names faces in English, though no chapter is."""
    edition = editions.plain(editions.chapter(1, "<p>字</p>", language="zh-Hant-TW"))
    assert bind(shop, replace(edition, language="zh-Hant-TW")).codes == []
