"""Long chapters in several files: nothing lost, nothing twice, links and notes kept."""

from __future__ import annotations

import io
import zipfile
from itertools import chain
from pathlib import Path

import pytest
from editions import chapter, plain, section, workshop
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from publish import layouts
from publish.backends.epub import EpubBackend
from publish.backends.epub.splitting import split
from publish.model import Heading
from publish.workshop import Workshop

NS = {"h": "http://www.w3.org/1999/xhtml"}
H = "{http://www.w3.org/1999/xhtml}"
UID = "c0000000001"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path)


def prose(count: int, size: int = 600, mark: str = "字") -> str:
    return "".join(f"<p>{n}{mark * size}</p>" for n in range(count))


def text(pieces: list[bytes]) -> str:
    return "".join("".join(etree.fromstring(piece).itertext()) for piece in pieces)


def ids(piece: bytes) -> list[str]:
    return [str(value) for value in etree.fromstring(piece).xpath("//@id")]


def test_a_short_chapter_is_left_alone() -> None:
    xhtml = section(UID, "zh-Hans", prose(3))
    assert split(xhtml) == [xhtml]


def test_it_is_parted_at_the_highest_headings() -> None:
    blocks = "".join(
        f'<h2 id="~s{n}">节</h2>{prose(4)}<h3 id="~t{n}">小节</h3>{prose(4)}' for n in range(12)
    )
    pieces = split(section(UID, "zh-Hans", blocks), 60_000)
    assert len(pieces) > 2
    assert all(len(piece) <= 60_000 for piece in pieces)
    firsts = [etree.fromstring(piece)[0].tag for piece in pieces]
    assert set(firsts) == {f"{H}h2"}
    assert text(pieces) == text([section(UID, "zh-Hans", blocks)])


def test_a_heading_is_never_last() -> None:
    for head in range(1, 30):
        blocks = prose(head, 300) + '<h2 id="~s1">节</h2><h3 id="~s2">小节</h3>' + prose(30, 300)
        for piece in split(section(UID, "zh-Hans", blocks), 20_000):
            assert etree.fromstring(piece)[-1].tag == f"{H}p"


def test_wrappers_are_opened_and_closed() -> None:
    items = "".join(f"<li>{n}{'字' * 400}</li>" for n in range(60))
    blocks = f'<div class="box" id="~b"><blockquote><ol start="5">{items}</ol></blockquote></div>'
    pieces = split(section(UID, "zh-Hans", blocks), 20_000)
    assert len(pieces) > 2
    number = 5
    for piece in pieces:
        root = etree.fromstring(piece)
        [row] = root.findall("h:div[@class='box']/h:blockquote/h:ol", NS)
        assert row.get("start") == str(number)
        number += len(row)
    assert number == 65
    assert [ids(piece) for piece in pieces] == [[f"{UID}-b"], *[[]] * (len(pieces) - 1)]
    assert "data-parted" not in b"".join(pieces).decode()
    assert text(pieces) == text([section(UID, "zh-Hans", blocks)])


def test_notes_go_with_the_text_that_calls_them(shop: Workshop) -> None:
    def call(n: int) -> str:
        return (
            f'<p>注<a class="noteref" epub:type="noteref" role="doc-noteref" id="~fnref{n}"'
            f' href="#~fn{n}">[{n}]</a></p>'
        )

    blocks = "".join(
        f'<h2 id="~s{n}">节{n}</h2>{prose(40, 1500)}{call(n)}' for n in range(1, 6)
    ) + '<p><a href="#~s1">第一节</a></p>'  # fmt: skip
    notes = "".join(
        f'<aside class="footnote" id="~fn{n}" epub:type="footnote" role="doc-footnote">'
        f'<p><a class="backlink" role="doc-backlink" href="#~fnref{n}">[{n}]</a> 注{n}</p></aside>'
        for n in range(1, 6)
    )
    whole = (
        f'{blocks}<section class="footnotes" epub:type="footnotes" role="doc-endnotes">'
        f"{notes}</section>"
    )
    headings = tuple(Heading(2, f"节{n}", f"{UID}-s{n}") for n in range(1, 6))
    one = chapter(1, whole, headings=headings, origin="https://example.org/")
    two = chapter(2, f'<p><a href="#{UID}-s4">第四节</a><a href="#{UID}">开头</a></p>')
    out = io.BytesIO()
    EpubBackend().bind(plain(one, two), layouts.find("classic"), shop, out, {})
    assert shop.reporter.findings == []  # type: ignore[attr-defined]
    book = zipfile.ZipFile(out)
    names = [f"EPUB/text/{UID}.xhtml", f"EPUB/text/{UID}-2.xhtml"]
    while f"EPUB/text/{UID}-{len(names) + 1}.xhtml" in book.namelist():
        names.append(f"EPUB/text/{UID}-{len(names) + 1}.xhtml")
    assert len(names) > 2
    pages = {name.rpartition("/")[2]: etree.fromstring(book.read(name)) for name in names}
    for name in names:
        assert book.getinfo(name).file_size < 256 * 1024
    for root in pages.values():
        for link in root.iterfind(".//h:a[@class='noteref']", NS):
            assert root.xpath(f"//*[@id='{str(link.get('href'))[1:]}']")
        assert len(root.findall(".//h:h1", NS)) == 1
    last = list(pages.values())[-1]
    assert last.xpath("//h:a[text()='第一节']/@href", namespaces=NS) == [f"{UID}.xhtml#{UID}-s1"]
    assert [bool(root.findall(".//h:footer", NS)) for root in pages.values()][-1]
    assert sum(len(root.findall(".//h:footer", NS)) for root in pages.values()) == 1
    other = etree.fromstring(book.read("EPUB/text/c0000000002.xhtml"))
    far, start = other.xpath("//h:a/@href", namespaces=NS)
    file, _, fragment = str(far).partition("#")
    assert pages[file].xpath(f"//h:h2[@id='{fragment}']", namespaces=NS)
    assert start == f"{UID}.xhtml"
    nav = etree.fromstring(book.read("EPUB/nav.xhtml"))
    for href in nav.xpath("//h:a/@href", namespaces=NS):
        file, _, fragment = str(href).removeprefix("text/").partition("#")
        if fragment and file in pages:
            assert pages[file].xpath(f"//*[@id='{fragment}']")


BLOCK = st.recursive(
    st.tuples(st.sampled_from(["p", "h2", "h3", "pre"]), st.integers(0, 400)).map(
        lambda pair: f"<{pair[0]}>{'字' * pair[1]}</{pair[0]}>"
    ),
    lambda inner: st.tuples(
        st.sampled_from(["div", "blockquote", "section"]), st.lists(inner, max_size=6)
    ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"),
    max_leaves=30,
)


@settings(max_examples=80, deadline=None)
@given(st.lists(BLOCK, min_size=1, max_size=20), st.integers(5_000, 20_000))
def test_pieces_hold_the_blocks_in_order(blocks: list[str], limit: int) -> None:
    whole = section(UID, "zh-Hans", "".join(blocks))
    pieces = split(whole, limit)
    assert text(pieces) == text([whole])
    leaves = list(chain.from_iterable(_leaves(piece) for piece in pieces))
    assert leaves == list(_leaves(whole))
    for piece in pieces:
        assert len(piece) <= limit or len(list(_leaves(piece))) == 1


def _leaves(piece: bytes) -> list[tuple[str, str]]:
    return [
        (str(node.tag), "".join(map(str, node.itertext())))
        for node in etree.fromstring(piece).iter(f"{H}p", f"{H}h2", f"{H}h3", f"{H}pre")
    ]
