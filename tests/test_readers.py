"""Sample books in a real reader, to the last page, and before Ace; slow, and skipped without."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from editions import ONE, TWO, chapter, img, picture, plain, rich, workshop
from readers import Reading, Section, ace, read_books, walk_catalogue

from publish import layouts
from publish.backends.epub import EpubBackend
from publish.cli import main
from publish.model import MATHML, VERTICAL, Edition
from publish.pagination import BEFORE, PageStart
from publish.workshop import Workshop

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parent.parent
LAYOUTS = ("classic", "magazine")


PAGES = (
    PageStart("1", "p1", BEFORE),
    PageStart("2", ONE, BEFORE),
    PageStart("3", ONE, 1, 20),  # within a paragraph
    PageStart("4", ONE, 8),  # before a heading
    PageStart("5", TWO, BEFORE),
    PageStart("6", TWO, 1, 4),
)


def upright(shop: Workshop) -> Edition:
    """A vertical edition of one of everything, with pictures that would fill a page."""
    edition = replace(rich(shop), writing=VERTICAL)
    wide, high = picture(shop, 2400, 1200, seed=6), picture(shop, 900, 2400, seed=7)
    figures = "".join(
        f"<figure class='figure'>{img(one, '图')}"
        f"<figcaption>{'图注若干字' * 8}</figcaption></figure>"
        for one in (wide, high)
    )
    code = "\n".join(f"print({n})  # {'说明' * (n % 20)}" for n in range(90))
    more = chapter(
        4,
        f"{figures}<p>其后。</p><pre class='code'><code>{code}</code></pre>",
        figures=(wide, high),
    )
    part = edition.parts[1]
    parts = (edition.parts[0], replace(part, chapters=(*part.chapters, more)))
    return replace(edition, parts=parts)


def write(
    edition: Edition, shop: Workshop, path: Path, layout: str = "classic", **options: object
) -> Path:
    with path.open("wb") as out:
        EpubBackend().bind(edition, layouts.find(layout), shop, out, options)
    return path


def broad(shop: Workshop) -> Edition:
    """A chapter of what has no room on a small page."""
    words = ["编码", "Unicode", "code_point", "说明文字若干", "UTF-16BE", "https://example.org/a/b"]
    rows = [[words[(row + column) % 6] for column in range(10)] for row in range(4)]
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    head = "".join(f'<th scope="col">第{column}列的名称</th>' for column in range(10))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>"
    sum_ = "".join(f"<mi>a</mi><mo>+</mo><mn>{n}</mn><mo>+</mo>" for n in range(40))
    figure = picture(shop, 3000, 400)
    return plain(
        chapter(
            1,
            f'<div class="table">{table}</div>'
            f'<pre class="code"><code>{"x" * 300} = 1\n    y = {"name_" * 40}(1)\n</code></pre>'
            f'<div class="math"><math xmlns="{MATHML}" display="block" alttext="a+0+a+1+…">'
            f"<mrow>{sum_}</mrow></math></div>"
            f"<p>地址 https://example.org/{'path' * 40}</p>"
            f'<figure class="figure">{img(figure, "横图")}</figure>'
            f"{'<ul><li>一' * 8}{'</li></ul>' * 8}",
            headings=(),
            figures=(figure,),
        ),
    )


def spoil(sound: Path, path: Path) -> Path:
    """Write a copy of a book with faults that the reader or Ace must find."""
    faults = {
        "nav.xhtml": [
            ("c0000000001.xhtml#c0000000001-s1", "c0000000001.xhtml#nowhere"),
            ("c0000000001.xhtml#page-3", "c0000000001.xhtml#no-page"),
        ],
        "c0000000001.xhtml": [
            (
                '<h2 id="c0000000001-s1">',
                (
                    '<img src="https://example.org/a.png"/>'
                    '<img src="../figures/none.png" alt="none"/>'
                    '<div style="width: 3000px"><p>broad</p></div><h2 id="c0000000001-s1">'
                ),
            )
        ],
        "c0000000002.xhtml": [('id="c0000000002-fn1"', 'id="elsewhere"')],
    }
    with zipfile.ZipFile(sound) as whole, zipfile.ZipFile(path, "w") as made:
        for info in whole.infolist():
            data = whole.read(info)
            for old, new in faults.get(info.filename.rpartition("/")[2], ()):
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode())
            made.writestr(info, data)
    return path


def unsized(sound: Path, path: Path) -> Path:
    """Write a copy of a vertical book without what makes pictures and code fit."""
    with zipfile.ZipFile(sound) as whole, zipfile.ZipFile(path, "w") as made:
        for info in whole.infolist():
            data = whole.read(info)
            if info.filename.endswith("c0000000004.xhtml"):
                text = re.sub(r' style="[^"]*"', "", data.decode())
                text = text.replace("<figure ", '<figure style="display: block" ')
                parting = r'</code></pre>\s*<pre class="code across"><code>'
                text, joined = re.subn(parting, "", text)
                assert joined > 3
                data = text.encode()
            made.writestr(info, data)
    return path


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One of everything in both layouts, sample books, what is broad, and one with faults."""
    folder = tmp_path_factory.mktemp("readers")
    shop = workshop(folder)
    made = {
        name: write(rich(shop), shop, folder / f"{name}.epub", name, pages=PAGES)
        for name in LAYOUTS
    }
    for name in LAYOUTS:
        path = folder / f"vertical-{name}.epub"
        made[f"vertical-{name}"] = write(upright(shop), shop, path, name, pages=PAGES)
    made["spoilt-vertical"] = unsized(made["vertical-classic"], folder / "spoilt-vertical.epub")
    made["broad"] = write(broad(shop), shop, folder / "broad.epub")
    made["spoilt"] = spoil(made["classic"], folder / "spoilt.epub")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        assert main(["epub", "-q", "-o", f"{folder}/sample/"]) == 0
    names = ("zi-yu-zhi.zh-Hant-TW", "zazhi", "zi-yu-zhi-zhipai")
    return made | {name: folder / "sample" / f"{name}.epub" for name in names}


@pytest.fixture(scope="module")
def readings(books: dict[str, Path]) -> dict[str, Reading]:
    return dict(zip(books, read_books([*books.values()]), strict=True))


@pytest.fixture(scope="module")
def violations(books: dict[str, Path]) -> dict[str, list[str]]:
    """What Ace finds in all books but the largest."""
    large = ("zi-yu-zhi.zh-Hant-TW", "zi-yu-zhi-zhipai", "spoilt-vertical", "vertical-magazine")
    looked = {name: path for name, path in books.items() if name not in large}
    return dict(zip(looked, ace([*looked.values()]), strict=True))


def sound(readings: dict[str, Reading]) -> list[Reading]:
    others = ("spoilt", "spoilt-vertical", "broad")
    return [reading for name, reading in readings.items() if name not in others]


def is_vertical(reading: Reading) -> bool:
    return "vertical" in reading.book or "zhipai" in reading.book


def test_the_reader_comes_to_the_last_page_and_finds_no_fault(readings: dict[str, Reading]) -> None:
    for reading in sound(readings):
        assert reading.faults == (), reading.book
        assert reading.pages > len(reading.spine)
        assert [section.id for section in reading.sections] == list(reading.spine)
        assert reading.sections[0].id == "EPUB/text/cover.xhtml"
        assert reading.sections[-1].id == "EPUB/text/colophon.xhtml"
        assert reading.cover > 10_000
        assert reading.contents > 5
        assert reading.landmarks == 5
        assert reading.direction in (("rtl",) if is_vertical(reading) else ("", "ltr", "default"))


def test_notes_open_in_a_window_with_their_own_text(readings: dict[str, Reading]) -> None:
    notes = [(note.mark, note.text) for note in readings["classic"].notes]
    assert notes == [
        ("[1]", "[1] 版心，页面上排字的地方。"),
        ("[2]", "[2] 第二条注。"),
        ("[1]", "[1] 印工，即印刷工人。"),
    ]


def seen(sections: Iterable[Section], name: str) -> set[object]:
    return {value for section in sections for value in section.style[name]}


def test_text_is_set_as_chinese_and_in_the_face_that_the_reader_chose(
    readings: dict[str, Reading],
) -> None:
    for reading in sound(readings):
        own = reading.sections
        assert seen(own, "indents") == {2}, reading.book
        assert seen(own, "aligned") == {"justify"}
        assert seen(own, "strict") == {"strict"}
        assert seen(own, "faces") == {'"A face that the reader chose"'}
        assert seen(own, "headings") <= {"start avoid", "center avoid"}
        assert seen(own, "slanted") - {"foreign"} == {"normal"}
        dots = (
            {"none"} if Path(reading.book).stem.endswith(("magazine", "zazhi")) else {"dot"}
        )  # 楷体 there
        assert seen(own, "dotted") - {"foreign"} == dots
        writing = "vertical-rl" if is_vertical(reading) else "horizontal-tb"
        assert {section.style["writing"] for section in own} == {writing}


def test_the_page_list_leads_to_its_pages(readings: dict[str, Reading]) -> None:
    for name in LAYOUTS:
        assert readings[name].page_list == len(PAGES)
    assert readings["broad"].page_list == 0


def test_nothing_goes_over_the_edge_of_a_small_page(readings: dict[str, Reading]) -> None:
    assert readings["broad"].faults == ()


def test_nothing_of_a_vertical_book_goes_over_the_edge_of_a_telephone(
    books: dict[str, Path],
) -> None:
    some = [books["vertical-classic"], books["vertical-magazine"]]
    for reading in read_books(some, size=(360, 640)):
        assert reading.faults == (), reading.book


def test_ace_finds_no_violation(violations: dict[str, list[str]]) -> None:
    for book, found in violations.items():
        assert found == [] or book == "spoilt", book


def test_the_reader_finds_faults(readings: dict[str, Reading]) -> None:
    found = "\n".join(readings["spoilt"].faults)
    for fault in (
        "asks for https://example.org/a.png",
        "text/c0000000001.xhtml: no picture: none",
        "text/c0000000001.xhtml: broader than the page: p broad",
        "contents leads nowhere: 字与行",
        "pageList leads nowhere: 3",
        "text/c0000000002.xhtml: no note: ",
    ):
        assert fault in found


def test_the_reader_finds_a_picture_that_leaves_its_caption_no_room(
    readings: dict[str, Reading],
) -> None:
    faults = "\n".join(readings["spoilt-vertical"].faults)
    assert "c0000000004.xhtml: caption on another page: 图注若干字" in faults
    assert "c0000000004.xhtml: broader than the page: pre print(0)" in faults


def test_ace_finds_faults(violations: dict[str, list[str]]) -> None:
    for fault in (
        "critical image-alt text/c0000000001.xhtml: <img",
        "serious epub-pagelist-broken",
    ):
        assert any(found.startswith(fault) for found in violations["spoilt"]), fault


def test_a_reader_walks_the_catalogue_to_every_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("content").mkdir()
    for number in range(3):
        text = f"---\ntitle: 甲{number}\ndate: {2020 + number}-01-01\n---\n\n软件。\n"
        Path(f"content/{number}.md").write_text(text, encoding="utf-8")
    Path("publish.toml").write_text(
        '[defaults]\nto = "epub"\n[books.x]\ntitle = "丛书 {group}"\nsplit = "year"\n'
        'output = "书 #{group}?{edition}"\neditions = ["zh-Hans", "zh-Hant-TW"]\n',
        encoding="utf-8",
    )
    assert main(["build", "--opds", "-j", "1"]) == 0
    told = walk_catalogue(tmp_path / "books")
    feeds = {feed["url"].removeprefix("https://reader.test/"): feed for feed in told["feeds"]}
    everything = feeds["catalog/all.xml"]
    assert everything["publications"] == [
        f"{series} {year}年" for year in (2022, 2021, 2020) for series in ("丛书", "叢書")
    ]
    assert everything["facets"] == [["语言", "全部", "简体中文", "繁體中文（台灣）"]]
    assert everything["active"] == ["全部"]
    assert everything["images"] == [2] * 6
    titles = sorted(feed["title"] for feed in feeds.values())
    assert titles == sorted(
        ["书目", "全部书籍", "系列", "丛书", "叢書", "语言", "简体中文", "繁體中文（台灣）"]
    )
    assert not any(feed["groups"] for feed in feeds.values())
    types = [file["type"] for file in told["files"].values()]
    assert (types.count("application/epub+zip"), types.count("image/jpeg")) == (6, 12)
    books = sorted(path.stat().st_size for path in Path("books").glob("*.epub"))
    sizes = [f["size"] for f in told["files"].values() if f["type"] == "application/epub+zip"]
    assert sorted(sizes) == books
