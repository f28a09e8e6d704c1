"""Pages of the PDF in the EPUB: where markers stand, and that the page list leads to them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from posixpath import basename

import pytest
from editions import chapter, plain, rich, section, workshop
from epubcheck import check_books
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pdfs import bind, clean

from publish import layouts
from publish.backends.epub import EpubBackend, pagebreaks, splitting
from publish.backends.pdf import PdfBackend
from publish.model import EPUB, MATHML, XHTML, Edition, EditionPart
from publish.pagination import BEFORE, BEHIND, PageStart
from publish.workshop import Workshop

NS = {
    "h": XHTML,
    "e": EPUB,
    "o": "http://www.idpf.org/2007/opf",
    "n": "http://www.daisy.org/z3986/2005/ncx/",
}
H = f"{{{XHTML}}}"
MARKER = "//h:*[@role='doc-pagebreak']"
UID = "c0000000001"


@dataclass(frozen=True)
class Book:
    """An EPUB, opened."""

    data: bytes

    @cached_property
    def archive(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.data))

    def tree(self, name: str) -> etree._Element:
        return etree.fromstring(self.archive.read(f"EPUB/{name}"))

    @property
    def spine(self) -> list[str]:
        package = self.tree("content.opf")
        hrefs = {i.get("id"): i.get("href", "") for i in package.iterfind(".//o:item", NS)}
        return [hrefs[ref.get("idref")] for ref in package.iterfind(".//o:itemref", NS)]

    def metas(self, name: str) -> list[str]:
        found = self.tree("content.opf").iterfind(f".//o:meta[@property='{name}']", NS)
        return [meta.text or "" for meta in found]

    def after(self) -> Iterator[tuple[str, str]]:
        """Folios, and the text that follows their markers in the same file."""
        for name in self.spine:
            text = "".join(told(self.tree(name)))
            for found in re.finditer("\x01(.*?)\x02", text):
                yield found[1], re.sub("\x01.*?\x02", "", text[found.end() :])


def told(element: etree._Element) -> Iterator[str]:
    """The text of a document as pages show it: no references of notes, readings and formulas."""
    if element.get("role") == "doc-pagebreak":
        yield f"\x01{element.get('aria-label')}\x02"
    elif element.tag in (f"{H}head", f"{H}rt", f"{{{MATHML}}}math"):
        return
    elif "noteref" not in element.get("class", ""):
        yield element.text or ""
        for child in element:
            yield from told(child)
            yield child.tail or ""


def epub(edition: Edition, shop: Workshop, pages: tuple[PageStart, ...], **more: object) -> Book:
    out = io.BytesIO()
    EpubBackend().bind(edition, layouts.find("classic"), shop, out, {"pages": pages, **more})
    return Book(out.getvalue())


def mixed(number: int) -> str:
    """Blocks of all kinds, long enough for some pages; no sentence twice."""
    count = iter(range(10_000))

    def say(times: int) -> str:
        return "".join(
            f"第{number}.{next(count)}句，标点不在行首；The fox「与」“”依版本而定，"
            for _ in range(times)
        )

    math = f'<math xmlns="{MATHML}" alttext="a^2"><msup><mi>a</mi><mn>2</mn></msup></math>'
    note = (
        f'<a class="noteref" epub:type="noteref" role="doc-noteref" id="~fnref{number}"'
        f' href="#~fn{number}">[{number}]</a>'
    )
    rows = "".join(
        f'<tr><th scope="row">行{n}</th><td>{say(1 + n % 3)}</td></tr>' for n in range(1, 14)
    )
    code = "\n".join(
        f'<span class="k">for</span> x{n} in range({n}):  <span class="c"># 注{n}</span>'
        for n in range(18)
    )
    words = " ".join(f"characteristically uncharacteristic {n}" for n in range(12))
    return f"""
<h2 id="~s{number}">第{number}节</h2>
<p>{number}{say(3)}<em>{say(1)}</em>，{math}，<ruby>版<rt>bǎn</rt>心<rt>xīn</rt></ruby>。{note}
<strong>{say(1)}</strong><a href="https://example.org/a/{number}">{say(2)}</a>{say(4)}</p>
<ul><li>一{say(2)}<ul><li>一之一{say(1)}</li><li><p>一之二</p><p>{say(3)}</p></li></ul></li>
<li>二{say(1)}</li></ul>
<div class="table"><table><caption>表{number}</caption><thead><tr><th scope="col">名</th>
<th scope="col">文</th></tr></thead><tbody>{rows}</tbody></table></div>
<pre class="code"><code>{code}</code></pre>
<blockquote><p>{say(4)}</p></blockquote>
<dl><dt>天头</dt><dd>{say(2)}</dd></dl>
<p>extraordinarily incomprehensible {words}</p>
<p><u class="name">沈括</u>{say(5)}</p>"""


@pytest.fixture(scope="module")
def long(shop: Workshop) -> Edition:
    """Two chapters of everything that pages break."""
    count = 5
    notes = "".join(
        f'<aside class="footnote" id="~fn{n}" epub:type="footnote" role="doc-footnote"><p>'
        f'<a class="backlink" role="doc-backlink" href="#~fnref{n}">[{n}]</a> {"注文" * 30}</p>'
        "</aside>"
        for n in range(1, count)
    )
    blocks = "".join(map(mixed, range(1, count)))
    ends = f'<section class="footnotes" epub:type="footnotes" role="doc-endnotes">{notes}</section>'
    one = chapter(1, blocks + ends, origin="https://example.org/one", notes=count - 1)
    english = chapter(
        2,
        f"<p>{' '.join(f'Margin {n} is where the hand rests.' for n in range(150))}</p>",
        language="en",
    )
    return plain(one, english)


# ---- what pages and markers have in common


@pytest.mark.usefixtures("faces")
@pytest.mark.parametrize(
    ("page", "options"),
    [
        ("A5", {}),
        ("64开", {}),
        ("64开", {"setting": "plain"}),
        ("A6", {"references": True, "breaking": "greedy"}),
        ("大32开", {"pitch": 15, "emphasis": "dots"}),
    ],
)
def test_text_behind_a_marker_begins_a_page(
    shop: Workshop, long: Edition, page: str, options: dict[str, object]
) -> None:
    asked = {"page": page, **options}
    made = bind(shop, long, "classic", **asked)
    starts = PdfBackend().page_starts(long, layouts.find("classic"), shop, asked)
    pages, front = made.pages, made.front
    found = list(epub(long, shop, starts).after())
    assert [folio for folio, _ in found] == [start.folio for start in starts]
    bodies = {str(n + 1): text for n, text in enumerate(pages[front:]) if text}
    assert len(found) > 8
    assert len(bodies) - 1 == len(found)  # the list of sources is another in the EPUB
    wrong = [
        (folio, clean(text)[:16], bodies[folio][:24])
        for folio, text in found
        if not _bare(bodies[folio]).startswith(_bare(text)[:12])
    ]
    assert not wrong


def _bare(text: str) -> str:
    """Text without hyphens, readings, notes, and the heads of tables that pages repeat."""
    return re.sub(r"[-\u2010•◦▪]|版|bǎn|心|xīn|(?<=。)\d", "", clean(text)).removeprefix("名文")


@pytest.mark.usefixtures("faces")
def test_pages_are_known_without_setting_them_again(shop: Workshop, tmp_path: Path) -> None:
    edition, layout = rich(shop), layouts.find("classic")
    bind(shop, edition, "classic", page="A6")
    kept = PdfBackend().page_starts(edition, layout, shop, {"page": "A6"})
    other = workshop(tmp_path)
    again = PdfBackend().page_starts(rich(other), layout, other, {"page": "A6"})
    assert kept == again
    assert kept != PdfBackend().page_starts(edition, layout, shop, {"page": "64开"})
    assert {start.of for start in kept} == {"p1", "p2", *(c.id for c in edition.chapters)}
    heads = [start for start in kept if start.element == BEFORE]
    assert [start.of for start in heads] == ["p1", UID, "c0000000002", "p2", "c0000000003"]


# ---- the page list

STARTS = (
    PageStart("1", "p1", BEFORE),
    PageStart("2", UID, BEFORE),
    PageStart("3", UID, 1, 20),
    PageStart("4", UID, 40),
    PageStart("7", UID, BEHIND),
    PageStart("8", "c0000000002", BEFORE),
    PageStart("9", "c0000000002", 1, 3),
)


@pytest.fixture(scope="module")
def paged(shop: Workshop) -> Book:
    return epub(rich(shop), shop, STARTS)


def test_every_marker_is_in_the_page_list_and_every_entry_leads_to_one(paged: Book) -> None:
    nav = paged.tree("nav.xhtml")
    [pages] = nav.iterfind(".//h:nav[@e:type='page-list']".replace("e:type", f"{{{EPUB}}}type"), NS)
    assert pages.get("hidden") == "hidden"
    assert pages.get("role") == "doc-pagelist"
    rows = [(link.text, link.get("href")) for link in pages.iter(f"{H}a")]
    marked = [
        (marker.get("aria-label"), f"{name}#{marker.get('id')}")
        for name in paged.spine
        for marker in paged.tree(name).xpath(MARKER, namespaces=NS)
    ]
    assert rows == marked
    assert [folio for folio, _ in rows] == [start.folio for start in STARTS]
    targets = paged.tree("toc.ncx").iterfind(".//n:pageTarget", NS)
    assert [
        (t.get("value"), t.find("n:content", NS).get("src"))  # type: ignore[union-attr]
        for t in targets
    ] == rows


def test_markers_hold_nothing_and_are_known_as_page_breaks(paged: Book) -> None:
    for name in paged.spine:
        tree = paged.tree(name)
        for marker in tree.xpath(MARKER, namespaces=NS):
            assert marker.get(f"{{{EPUB}}}type") == "pagebreak"
            assert not len(marker)
            assert not marker.text
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids))


def test_no_text_is_lost_or_added(shop: Workshop, paged: Book) -> None:
    without = epub(rich(shop), shop, ())
    for name in without.spine:
        if name != "nav.xhtml":
            one, other = without.tree(name), paged.tree(name)
            text = "".join(one.itertext()).replace("\n", "")
            assert "".join(other.itertext()).replace("\n", "") == text
    assert b"pagebreak" not in b"".join(map(without.archive.read, without.archive.namelist()))


def test_metadata_says_so_and_of_which_book(shop: Workshop, paged: Book) -> None:
    features = set(paged.metas("schema:accessibilityFeature"))
    assert features >= {"pageBreakMarkers", "pageNavigation"}
    assert paged.metas("pageBreakSource") == ["字与纸 & 1 < 2 (PDF)"]
    assert "PDF" in paged.metas("schema:accessibilitySummary")[0]
    numbered = replace(rich(shop), identifier="978-7-5321-0000-5")
    assert epub(numbered, shop, STARTS).metas("pageBreakSource") == ["978-7-5321-0000-5"]
    without = epub(rich(shop), shop, ())
    assert not features & {"printPageNumbers"}
    assert not without.metas("pageBreakSource")
    assert not {"pageBreakMarkers", "pageNavigation"} & set(
        without.metas("schema:accessibilityFeature")
    )


def test_a_part_without_a_visible_title_has_no_pages(shop: Workshop) -> None:
    edition = plain(parts=(EditionPart("p1", "\u200b", (chapter(1, "<p>甲</p>"),)),))
    book = epub(edition, shop, (PageStart("1", "p1", BEFORE), PageStart("2", UID, BEFORE)))
    assert [folio for folio, _ in book.after()] == ["2"]


@pytest.mark.slow
def test_epubcheck_has_nothing_to_say(shop: Workshop, long: Edition, tmp_path: Path) -> None:
    everywhere = tuple(
        PageStart(str(n), c.id, n, n % 5)
        for c in long.chapters[:1]
        for n in range(len(list(etree.fromstring(c.xhtml).iter())))
    )
    files = []
    for number, (edition, pages) in enumerate([(rich(shop), STARTS), (long, everywhere)]):
        files.append(tmp_path / f"{number}.epub")
        files[-1].write_bytes(epub(edition, shop, pages).data)
    for report in check_books(files):
        assert report.clean, report


# ---- where a marker stands


def put(blocks: str, element: int, signs: int = 0) -> str:
    """Blocks with a marker, ``|``, ``‖`` if it is a block itself."""
    made = pagebreaks.insert(
        section(UID, "zh-Hans", blocks), [PageStart("9", UID, element, signs)]
    ).decode()
    made = re.sub(r'<span class="pagebreak"[^>]*/>', "|", made)
    made = re.sub(r'<div class="pagebreak"[^>]*/>', "‖", made)
    return re.sub(r"^<section[^>]*>|</section>$", "", made)


@pytest.mark.parametrize(
    ("blocks", "element", "signs", "made"),
    [
        ("<p>甲乙丙</p>", 1, 0, "<p>|甲乙丙</p>"),
        ("<p>甲乙丙</p>", 1, 2, "<p>甲乙|丙</p>"),
        ("<p>one two</p>", 1, 3, "<p>one |two</p>"),
        ("<p>甲乙</p>", 1, 9, "<p>甲|乙</p>"),  # never beyond its paragraph
        ("<p>甲</p><p/>", 2, 3, "<p>甲</p>‖<p/>"),
        ("<h2>甲</h2><p>乙</p>", 0, 0, "‖<h2>甲</h2><p>乙</p>"),
        ("<p>甲<em>乙丙</em>丁</p>", 1, 1, "<p>甲|<em>乙丙</em>丁</p>"),
        ("<p>甲<em>乙丙</em>丁</p>", 1, 2, "<p>甲<em>乙|丙</em>丁</p>"),
        ("<p>甲<em>乙</em>丁</p>", 1, 2, "<p>甲<em>乙</em>|丁</p>"),
        ("<p>甲<em><strong>乙</strong></em></p>", 1, 1, "<p>甲|<em><strong>乙</strong></em></p>"),
        ('<p>甲<a href="#x">乙丙</a></p>', 1, 2, '<p>甲<a href="#x">乙|丙</a></p>'),
        ('<p>甲<a href="#x">http://a.b/c</a></p>', 1, 5, '<p>甲|<a href="#x">http://a.b/c</a></p>'),
        ("<p>甲<ruby>乙<rt>yi</rt>丙<rt>b</rt></ruby>丁</p>", 1, 3,
         "<p>甲<ruby>乙<rt>yi</rt>丙<rt>b</rt></ruby>|丁</p>"),
        ("<p>甲<ruby>乙<rt>yi</rt>丙<rt>b</rt></ruby>丁</p>", 1, 2,
         "<p>甲|<ruby>乙<rt>yi</rt>丙<rt>b</rt></ruby>丁</p>"),
        ('<p>甲<a class="noteref">[1]</a>乙</p>', 1, 1, '<p>甲<a class="noteref">[1]</a>|乙</p>'),
        ('<p>甲<img src="a"/>乙</p>', 1, 1, '<p>甲|<img src="a"/>乙</p>'),
        ('<p>甲<img src="a"/>乙</p>', 1, 2, '<p>甲<img src="a"/>|乙</p>'),
        ("<h2>甲乙</h2>", 1, 0, "‖<h2>甲乙</h2>"),
        ("<h2>甲乙</h2>", 1, 1, "‖<h2>甲乙</h2>"),
        ("<ul><li>甲<ul><li>乙</li></ul></li></ul>", 4, 0,
         "<ul><li>甲<ul><li>|乙</li></ul></li></ul>"),
        ("<ul><li>甲<ul><li>乙</li></ul>丙</li></ul>", 2, 2,
         "<ul><li>甲<ul><li>乙</li></ul>|丙</li></ul>"),
        ('<figure><img src="a"/><figcaption>甲乙</figcaption></figure>', 2, 0,
         '<figure>|<img src="a"/><figcaption>甲乙</figcaption></figure>'),
        ('<figure><a href="#x"><img src="a"/></a></figure>', 1, 0,
         '<figure>|<a href="#x"><img src="a"/></a></figure>'),
        ("<figure><figcaption>甲</figcaption><p>乙</p></figure>", 1, 0,
         "<figure><figcaption>|甲</figcaption><p>乙</p></figure>"),
        ("<figure><table><tr><td>甲</td></tr></table></figure>", 4, 0,
         "<figure>‖<table><tr><td>甲</td></tr></table></figure>"),
        ('<figure><img src="a"/><figcaption>甲乙</figcaption></figure>', 3, 1,
         '<figure><img src="a"/><figcaption>甲|乙</figcaption></figure>'),
        ("<table><tbody><tr><td>甲</td></tr><tr><td>乙</td></tr></tbody></table>", 4, 0,
         "‖<table><tbody><tr><td>甲</td></tr><tr><td>乙</td></tr></tbody></table>"),
        ("<table><tbody><tr><td>甲</td></tr><tr><td>乙</td></tr></tbody></table>", 6, 0,
         "<table><tbody><tr><td>甲</td></tr><tr><td>|乙</td></tr></tbody></table>"),
        ("<pre><code>a\n  b</code></pre>", 2, 0, "‖<pre><code>a\n  b</code></pre>"),
        ("<pre><code>a\n  b</code></pre>", 2, 1, "<pre><code>a\n  |b</code></pre>"),
        ("<pre><code>a\n<span>b</span></code></pre>", 2, 1,
         "<pre><code>a\n|<span>b</span></code></pre>"),
        ("<dl><dt>甲</dt><dd>乙</dd></dl>", 3, 0, "<dl><dt>甲</dt><dd>|乙</dd></dl>"),
        ("<hr/><p>甲</p>", 1, 0, "‖<hr/><p>甲</p>"),
    ],
)  # fmt: skip
def test_a_marker_stands_at_the_nearest_place_before(
    blocks: str, element: int, signs: int, made: str
) -> None:
    assert put(blocks, element, signs) == made


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 60)), min_size=1, max_size=6))
def test_markers_stand_where_they_may_in_order_and_text_is_kept(
    places: list[tuple[int, int]],
) -> None:
    xhtml = section(UID, "zh-Hans", mixed(1) + mixed(2))
    starts = [PageStart(str(n), UID, *place) for n, place in enumerate(places, 1)]
    root = etree.fromstring(pagebreaks.insert(xhtml, starts))
    assert "".join(root.itertext()) == "".join(etree.fromstring(xhtml).itertext())
    markers = root.xpath(MARKER, namespaces=NS)
    assert [marker.get("id") for marker in markers] == [f"page-{n.folio}" for n in starts]
    for marker in markers:
        parent = marker.getparent()
        name, above = parent.tag.removeprefix(H), {e.tag for e in marker.iterancestors()}
        assert not above & {f"{H}ruby", f"{{{MATHML}}}math", f"{H}h2"}
        if marker.tag == f"{H}div":
            assert name in {"section", "div", "li", "td", "dd", "blockquote", "aside", "figure"}
        else:
            assert name not in {"section", "ul", "ol", "dl", "table", "thead", "tbody", "tr"}


def test_a_heading_takes_its_marker_into_its_file() -> None:
    blocks = "".join(f'<h2 id="~s{n}">节{n}</h2>' + f"<p>{'字' * 900}</p>" * 6 for n in range(20))
    starts = [PageStart(str(n + 1), UID, 1 + 7 * n) for n in range(20)]
    pieces = splitting.split(pagebreaks.insert(section(UID, "zh-Hans", blocks), starts), 60_000)
    assert len(pieces) > 3
    for piece in map(etree.fromstring, pieces):
        assert piece[0].get("role") == "doc-pagebreak"
        assert piece[1].tag == f"{H}h2"
        assert piece[-1].tag == f"{H}p"


def test_what_a_divided_table_repeats_has_no_markers(shop: Workshop) -> None:
    head = "".join(f'<th scope="col">列{n}</th>' for n in range(12))
    row = "".join(f"<td>格{n}</td>" for n in range(12))
    rows = f"<tr>{row}</tr>" * 130
    blocks = f"<p>前</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>后</p>"
    second = 3 + 1 + 12 + 2 + 12 + 1  # the first cell of a row
    starts = (
        PageStart("1", UID, BEFORE),
        PageStart("2", UID, 6, 1),  # in the head
        PageStart("3", UID, second + 1),
        PageStart("4", UID, second + 13 * 90 + 1),
    )
    book = epub(plain(chapter(1, blocks)), shop, starts)
    files = [name for name in book.spine if basename(name).startswith(UID)]
    found = [m.get("id") for n in files for m in book.tree(n).xpath(MARKER, namespaces=NS)]
    assert sorted(found) == ["page-1", "page-2", "page-3", "page-4"]
    tables = [t for name in files for t in book.tree(name).iter(f"{H}table")]
    assert len(tables) == 4
