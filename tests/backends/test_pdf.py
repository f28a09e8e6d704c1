"""The PDF backend: pages, links, notes, faces, and the same bytes every time."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import editions
import pikepdf
import pypdfium2
import pytest
from pdfs import Made, bind, clean, one, styled

from publish import fonts, layouts
from publish.backends.pdf import PdfBackend
from publish.diagnostics import BackendError, SetupError, Silent, UsageError
from publish.model import Cover, Edition, Heading
from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")

MATH = (
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="{}" alttext="{}"><mi>x</mi></math>'
)


@pytest.fixture(scope="module")
def edition(shop: Workshop) -> Edition:
    return editions.rich(shop)


@pytest.fixture(scope="module")
def made(shop: Workshop, edition: Edition) -> Made:
    return bind(shop, edition)


# ---- the whole book


def test_a_rich_book_is_made_without_a_word(made: Made, shop: Workshop) -> None:
    assert made.findings == ()
    assert shop.fetcher.asked == []  # type: ignore[attr-defined]


def test_pages_are_a5_by_default(made: Made) -> None:
    with made.open() as pdf:
        for page in pdf.pages:
            left, bottom, right, top = map(float, page.mediabox)
            assert (right - left, top - bottom) == pytest.approx((419.53, 595.28), abs=0.1)


def test_every_chapter_is_there_in_order(made: Made, edition: Edition) -> None:
    body = "".join(made.pages[made.front :])
    marks = ["上编纸上", "版心要容得下整数个字", "木桌"[:0] + "图一铅字", "图缺：印厂旧照"]
    marks += ["10.5", "def行(n)", "疑是地上霜", "一段录像", "墨與紙", "濃淡相宜"]
    marks += ["ANoteonMargins", "belongstothereader"]
    places = [body.find(clean(mark)) for mark in marks]
    assert -1 not in places
    assert places == sorted(places)
    for chapter in edition.chapters:
        assert body.count(clean(chapter.title)) >= 1


def test_the_order_of_the_front(made: Made, edition: Edition) -> None:
    pages = made.pages
    assert pages[0] == ""  # the cover is a picture
    assert clean(edition.title) == pages[2]
    assert pages[1] == pages[3] == ""
    assert clean(edition.title) in pages[4]
    assert "版权页" in pages[5]
    assert edition.identifier in pages[5]
    assert "目录" in pages[6]
    assert "各篇出处" in pages[-1]
    assert "https://example.org/lines?a=1&b=2" in pages[-1]


def links(pdf: pikepdf.Pdf, page: pikepdf.Page) -> Iterator[tuple[str, int]]:
    """Yield the targets of a page's internal links, with their page from 0."""
    tree = pikepdf.NameTree(pdf.Root.Names.Dests)
    numbers = {other.objgen: number for number, other in enumerate(pdf.pages)}
    for note in page.get("/Annots", []):
        if "/Dest" in note:
            name = str(note.Dest)
            yield name, numbers[tree[name][0].objgen]


def test_contents_outline_and_print_agree(made: Made, edition: Edition) -> None:
    with made.open() as pdf:
        targets = dict(links(pdf, pdf.pages[6]))
        front = 8
        printed = dict(re.findall(r"(\D+?)[.…]*(\d+)", made.pages[6].split("目录")[1]))
        for chapter in edition.chapters:
            assert clean(chapter.title) in made.pages[targets[chapter.id]]
            assert targets[chapter.id] - front + 1 == int(
                next(n for name, n in printed.items() if clean(chapter.title)[:6] in name)
            )
        with pdf.open_outline() as outline:
            numbers = {page.objgen: n for n, page in enumerate(pdf.pages)}
            found = {}

            def walk(items: list[pikepdf.OutlineItem], depth: int) -> None:
                for item in items:
                    found[item.title] = (numbers[item.destination[0].objgen], depth)
                    walk(item.children, depth + 1)

            walk(list(outline.root), 1)
        first = edition.chapters[0]
        assert found[first.title] == (targets[first.id], 2)
        assert found["上编　纸上".replace("　", " ")] == (front, 1)
        assert found["着重与专名"][1] == 4
        assert "目录" in found


def test_links_inside_the_book_work(made: Made) -> None:
    with made.open() as pdf:
        tree = dict(pikepdf.NameTree(pdf.Root.Names.Dests).items())
        found = [target for page in pdf.pages for target, _ in links(pdf, page)]
    assert f"{editions.TWO}-s1" in found
    assert editions.ONE in found
    assert f"{editions.ONE}-s3" in found
    assert set(found) <= set(tree)


def test_pages_are_labelled_as_they_are_numbered(made: Made) -> None:
    with made.open() as pdf:
        labels = [page.label for page in pdf.pages]
    assert labels[:9] == ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "1"]
    for page, label in zip(made.pages[9:], labels[9:], strict=True):
        assert page == "" or label in page or "编" in page


def test_a_book_tells_what_it_is(made: Made, edition: Edition) -> None:
    with made.open() as pdf:
        assert str(pdf.Root.Lang) == "zh-Hans"
        assert str(pdf.docinfo.Title) == edition.title
        assert str(pdf.docinfo.Author) == "林一之, A. Reader"
        assert str(pdf.docinfo.CreationDate).startswith("D:20241102")
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root


def test_only_cut_faces_draw_the_text(made: Made) -> None:
    with made.open() as pdf:
        names = {
            str(font.BaseFont)
            for font in pdf.objects
            if isinstance(font, pikepdf.Dictionary) and font.get("/Subtype") == "/Type0"
        }
    assert names
    for name in names:
        assert re.search(r"\+.*-x[0-9a-f]{8}", name), name


def test_pictures_keep_their_bytes_and_their_size(shop: Workshop) -> None:
    small, large = editions.picture(shop, 100, 50), editions.picture(shop, 3000, 3000, seed=9)
    figures = "".join(
        f'<figure class="figure">{editions.img(f, "图")}<figcaption>说明{n}</figcaption></figure>'
        for n, f in enumerate((small, large))
    )
    with one(shop, figures, figures=(small, large)).open() as pdf:
        images = [
            image
            for image in pdf.objects
            if isinstance(image, pikepdf.Stream) and image.get("/Subtype") == "/Image"
        ]
        raw = {image.read_raw_bytes() for image in images}
    assert {shop.cache.read_object(figure.object) for figure in (small, large)} <= raw
    page = next(p for p in one(shop, figures, figures=(small, large)).pages if "说明1" in p)
    assert page  # the caption is on a page, with its picture: together they fit 70 % of it


def test_notes_stand_at_the_foot_of_their_page(made: Made) -> None:
    pages = made.pages
    call = next(n for n, page in enumerate(pages) if "版心要容得下整数个字" in page)
    assert pages[call].index("版心，页面上排字的地方") > pages[call].index("五号字排")
    assert sum("第二条注" in page for page in pages) == 1
    assert "再注一次" in next(page for page in pages if "第二条注" in page)


def test_chapters_open_without_a_running_head(made: Made, edition: Edition) -> None:
    title = clean(edition.chapters[0].title)
    opening = next(n for n, page in enumerate(made.pages) if "版心要容得下" in page)
    assert made.pages[opening].count(title) == 1
    later = [made.pages[n] for n in range(opening + 1, opening + 4)]
    assert any(title in page for page in later)
    assert any(clean(edition.title) in page for page in later)


# ---- the same bytes


def test_the_same_bytes_from_another_cache_and_zone(
    made: Made, edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    other = editions.workshop(tmp_path)
    assert editions.rich(other) == edition
    assert bind(other, editions.rich(other)).data == made.data


def test_another_identifier_is_another_file(shop: Workshop) -> None:
    edition = editions.plain(editions.chapter(1, "<p>字</p>"))
    other = replace(edition, identifier="urn:uuid:00000000-0000-5000-8000-000000000002")
    assert bind(shop, edition).data != bind(shop, other).data


# ---- faces


def test_a_character_without_a_face_is_named_and_shown_as_geta(shop: Workshop) -> None:
    made = one(shop, "<p>甲\U0003fffd乙\ue000丙</p>", title="题\ue000")
    assert "甲〓乙〓丙" in made.text
    assert "题〓" in made.text
    missing = [finding for finding in made.findings if finding.code == "font-missing"]
    assert [str(finding.place) for finding in missing[:1]] == ["content/1.md"]
    assert "U+E000" in missing[0].message
    assert "font-foreign" not in made.codes


def test_all_that_layouts_set_is_cut_too(shop: Workshop) -> None:
    signs = "稀有字𠮷𪚥、表情😀👍🏽、符号①→∑、한글、かな、ελληνικά"
    made = one(shop, f"<p>{signs}<strong>{signs}</strong><em>{signs}</em></p><h2>{signs}</h2>")
    assert "font-foreign" not in made.codes


def test_each_language_has_its_own_shapes(shop: Workshop) -> None:
    blocks = '<p>骨<span lang="zh-Hant-TW">骨</span><span lang="zh-Hant-HK">骨</span></p>'
    with one(shop, blocks).open() as pdf:
        names = " ".join(
            str(font.BaseFont)
            for font in pdf.objects
            if isinstance(font, pikepdf.Dictionary) and font.get("/Subtype") == "/Type0"
        )
    for region in ("CJK-SC", "CJK-TC", "CJK-HK"):
        assert region in names


def test_without_chinese_faces_nothing_is_made(
    shop: Workshop, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = fonts.load(folders=[])
    monkeypatch.setattr(fonts, "load", lambda *_: none)
    with pytest.raises(SetupError, match="no font"):
        bind(shop, edition)


@pytest.mark.skipif(not shutil.which("gs"), reason="Ghostscript is not installed")
def test_readers_that_go_by_cid_see_han(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(made.data)
    done = subprocess.run(
        ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=txtwrite", "-sOutputFile=-", str(path)],
        capture_output=True,
        check=True,
    )
    assert "版心要容得下" in clean(done.stdout.decode("utf-8", "replace"))


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed")
def test_the_file_is_sound(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(made.data)
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# ---- mathematics


def test_formulas_are_drawn(shop: Workshop) -> None:
    inline, block = MATH.format("inline", r"a^2"), MATH.format("block", r"\int_0^1 x\,dx")
    made = one(shop, f'<p>式{inline}。</p><div class="math">{block}</div>')
    assert made.findings == ()
    assert "int" not in made.text


def test_han_in_a_formula_is_drawn_by_the_books_face(shop: Workshop) -> None:
    formula = MATH.format("inline", r"h_{\text{上空}} = \frac{\text{本身}}{2}")
    made = one(shop, f"<p>甲{formula}乙</p>")
    assert made.findings == ()
    assert "上空" not in made.text  # drawn, not typed


def test_a_formula_nobody_understands_is_shown_and_reported(shop: Workshop) -> None:
    made = one(shop, f"<p>{MATH.format('inline', 'frac{a')}{MATH.format('inline', ' ')}</p>")
    broken = one(shop, "<p>" + MATH.format("inline", r"\frac{a") + "</p>")
    assert broken.codes == ["math-undrawn"]
    assert r"\frac{a" in broken.text
    assert "math-undrawn" in made.codes


# ---- options


@pytest.mark.parametrize(
    ("page", "width", "height"), [("16开", 481.9, 680.3), ("6x9", 432, 648), ("A4", 595.3, 841.9)]
)
def test_pages_of_other_sizes(shop: Workshop, page: str, width: float, height: float) -> None:
    edition = editions.plain(editions.chapter(1, "<p>字</p>"))
    with bind(shop, edition, page=page).open() as pdf:
        assert [float(x) for x in pdf.pages[0].mediabox[2:]] == pytest.approx(
            [width, height], abs=0.1
        )


def test_a_magazine_shows_kicker_summary_and_lead_picture(shop: Workshop, edition: Edition) -> None:
    made = bind(shop, edition, "magazine")
    assert made.findings == ()
    opening = next(page for page in made.pages if "一行多少字，一页多少行" in page)
    assert opening.startswith("排版") or "排版行与字" in opening


def test_options_of_a_book(shop: Workshop, edition: Edition) -> None:
    bare = bind(shop, edition, cover=False, toc_depth=0)
    assert not any("目录" in page for page in bare.pages)
    assert clean(edition.title) in bare.pages[0]
    deep = bind(shop, edition, toc_depth=3)
    contents = next(page for page in deep.pages if "目录" in page)
    assert "着重与专名" in contents


def test_a_variant_is_passed_on(shop: Workshop) -> None:
    edition = editions.plain(editions.chapter(1, "<p>字</p>"))
    with bind(shop, edition, variant="pdf/ua-1").open() as pdf:
        assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("variant", "pdf/ua-7", "pdf/ua"),
        ("page", "A55", "did you mean 'a5'"),
        ("page", "1x1", "no page size"),
        ("toc_depth", "deep", "toc_depth"),
        ("pitch", 2, "pitch"),
        ("size", "big", "size"),
    ],
)
def test_an_option_that_cannot_be_meant(
    shop: Workshop, option: str, value: object, said: str
) -> None:
    edition = editions.plain(editions.chapter(1, "<p>字</p>"))
    with pytest.raises(UsageError, match=re.escape(said)):
        bind(shop, edition, **{option: value})


# ---- what goes wrong


def test_faults_of_a_style_sheet_are_named_with_their_line(tmp_path: Path, shop: Workshop) -> None:
    folder = tmp_path / "layouts" / "classic"
    folder.mkdir(parents=True)
    (folder / "pdf.css").write_text("p { margin: 0 }\np { text-emphasis: dot }\n")
    reporter = Silent()
    edition = editions.plain(editions.chapter(1, "<p>字</p>"))
    PdfBackend().bind(
        edition,
        layouts.find("classic", tmp_path),
        replace(shop, reporter=reporter),
        io.BytesIO(),
        {},
    )
    assert [(f.code, str(f.place)) for f in reporter.findings] == [
        ("layout-css", "classic/pdf.css:2:5")
    ]


def test_nothing_but_the_book_is_read(shop: Workshop, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    for address in (secret.as_uri(), "https://example.org/a.png", "../../secret.png", "figures/x"):
        made = one(shop, f'<p>前<img src="{address}" alt="替代"/>后</p>')
        assert made.codes == ["pdf-picture"]
        assert "替代" in made.text


def test_a_figure_gone_from_the_cache_fails_the_book(shop: Workshop, tmp_path: Path) -> None:
    figure = editions.picture(editions.workshop(tmp_path), 33, 44)
    edition = editions.plain(
        editions.chapter(1, f"<p>{editions.img(figure, '图')}</p>", figures=(figure,))
    )
    with pytest.raises(BackendError, match="cache"):
        bind(shop, edition)


def test_deep_nesting_and_long_words_are_survived(shop: Workshop) -> None:
    deep = "<blockquote>" * 300 + "<p>底</p>" + "</blockquote>" * 300
    made = one(shop, f"{deep}<p>{'a' * 5000}</p>")
    assert "底" in made.text
    assert made.text.count("a") >= 5000


def test_a_book_of_one_empty_chapter(shop: Workshop) -> None:
    made = one(shop, "", title="")
    assert "无题" in made.text


def test_a_covers_drawing_fills_the_page(shop: Workshop) -> None:
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="25.6" viewBox="0 0 1600 2560">'
        b'<rect x="-1600" y="-1600" width="4800" height="5760" fill="#204060"/></svg>'
    )
    edition = editions.plain(editions.chapter(1, "<p>字</p>"))
    cover = Cover(editions.picture(shop, 160, 256), svg)
    document = pypdfium2.PdfDocument(bind(shop, replace(edition, cover=cover)).data)
    image = document[0].render(scale=0.25).to_pil().convert("RGB")
    document.close()
    corners = {image.getpixel((x, y)) for x in (0, image.width - 1) for y in (0, image.height - 1)}
    assert corners == {(0x20, 0x40, 0x60)}


def test_headings_with_notes_keep_clean_labels(shop: Workshop) -> None:
    blocks = (
        '<h2 id="~s1">标题<a class="noteref" id="~fnref1" href="#~fn1">[1]</a></h2><p>文。</p>'
        '<section class="footnotes"><aside class="footnote" id="~fn1"><p>'
        '<a class="backlink" href="#~fnref1">[1]</a> 注文</p></aside></section>'
    )
    uid = f"c{1:010x}"
    made = one(shop, blocks, headings=(Heading(2, "标题", f"{uid}-s1"),), notes=1)
    with made.open() as pdf, pdf.open_outline() as outline:
        titles = [child.title for item in outline.root for child in item.children]
    assert titles == ["标题"]
    assert "注文" in made.text


def test_what_the_engine_trips_over_is_a_fault_of_the_text(
    shop: Workshop, edition: Edition, tmp_path: Path
) -> None:
    broken = styled(tmp_path, "h1 { width: calc(var(--never-set) + 2pt) }")
    with pytest.raises(BackendError) as caught:
        bind(shop, edition, broken)
    assert {finding.code for finding in caught.value.findings} == {"pdf-engine"}
