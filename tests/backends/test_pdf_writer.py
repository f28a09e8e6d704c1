"""The writer of PDFs: what is put in is what a reader finds, in files of either kind."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

from publish.backends.pdf.galley import Mark, Spot
from publish.backends.pdf.outline import write_outline
from publish.backends.pdf.writer import Known, Writer, reference, tree

VERSIONS = ("1.4", "1.7")
# Strings that look like what the writer looks for, or that PDF must escape.
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["12 0 R", "(1 0 R", ") 7 0 R (", "\\", "\\) 3 0 R", "<< 5 0 R >>", "/PublishObject9",
         "endobj", "字 4 0 R", "\r\n", "\x00\x80", "stream"]
    ),
)  # fmt: skip
LEAVES = st.one_of(
    TEXTS.map(String),
    st.integers(-9999, 9999),
    st.booleans(),
    st.sampled_from(["/A", "/字", "/A B", "/R", "/#"]).map(Name),
    st.decimals(-99, 99, places=3).map(lambda number: round(float(number), 3)),
)


def values(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(["/K", "/P", "/Kids", "/x 1", "/字"])
    return st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4))


def built(pdf: pikepdf.Pdf, value: Any, apart: Sequence[bool]) -> Any:
    """Return a value of lists and dictionaries as objects, some of them indirect."""
    turns = iter(apart)

    def made(one: Any) -> Any:
        if isinstance(one, list):
            found: Any = Array([made(part) for part in one])
        elif isinstance(one, dict):
            found = Dictionary({key: made(part) for key, part in one.items()})
        else:
            return one
        return pdf.make_indirect(found) if next(turns, False) else found

    return made(value)


def told(item: Any, below: int = 20) -> Any:
    """Return an object as plain values, references followed."""
    if isinstance(item, pikepdf.Stream):
        return ("stream", item.read_bytes())
    if isinstance(item, Array):
        return [told(part, below - 1) for part in item] if below else "…"
    if isinstance(item, Dictionary):
        return {key: told(part, below - 1) for key, part in item.items()} if below else "…"
    return item.unparse() if isinstance(item, pikepdf.Object) else item


def finish(writer: Writer, found: int) -> None:
    page = writer.number()
    pages = writer.put(b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % page)
    writer.put(b"<</Type/Page/MediaBox[0 0 9 9]/Resources<<>>/Parent %d 0 R>>" % pages, page)
    writer.close(writer.put(b"<</Type/Catalog/Pages %d 0 R/Found %d 0 R>>" % (pages, found)))


def copied(source: pikepdf.Pdf, item: pikepdf.Object, version: str) -> bytes:
    out = io.BytesIO()
    writer = Writer(out, version)
    finish(writer, writer.take(source, item, {}))
    return out.getvalue()


def opened(data: bytes) -> pikepdf.Pdf:
    pdf = pikepdf.open(io.BytesIO(data))
    assert pdf.check_pdf_syntax() == []
    return pdf


@pytest.mark.parametrize("version", VERSIONS)
@given(value=st.recursive(LEAVES, values, max_leaves=20), apart=st.lists(st.booleans()))
def test_any_object_comes_over_whole(version: str, value: Any, apart: list[bool]) -> None:
    with pikepdf.new() as source:
        item = source.make_indirect(Dictionary(It=built(source, value, apart)))
        data = copied(source, item, version)
        with opened(data) as pdf:
            assert told(pdf.Root.Found) == told(item)
            assert pdf.pdf_version == version
        assert copied(source, item, version) == data


@pytest.mark.parametrize("version", VERSIONS)
def test_rings_and_streams_come_over_once(version: str) -> None:
    with pikepdf.new() as source:
        picture = source.make_stream(bytes(range(256)) * 40)
        picture.Note = String("1 0 R")
        parent = source.make_indirect(Dictionary(Kids=Array()))
        for _ in range(700):
            parent.Kids.append(source.make_indirect(Dictionary(Parent=parent, Shows=picture)))
        data = copied(source, parent, version)
    with opened(data) as pdf:
        kids = pdf.Root.Found.Kids
        assert len(kids) == 700
        assert {kid.Parent.objgen for kid in kids} == {pdf.Root.Found.objgen}
        assert {kid.Shows.objgen for kid in kids} == {kids[0].Shows.objgen}
        assert kids[-1].Shows.read_bytes() == bytes(range(256)) * 40
        assert str(kids[-1].Shows.Note) == "1 0 R"
    assert (b"/ObjStm" in data) is (version == "1.7")


def test_objects_of_ours_stand_where_a_source_names_them() -> None:
    out = io.BytesIO()
    writer = Writer(out, "1.7")
    font = writer.number()
    with pikepdf.new() as source:
        page = source.make_indirect(Dictionary(Font=reference(font), Other=Dictionary()))
        known: Known = {}
        number = writer.take(source, page, known)
        assert writer.take(source, page, known) == number
    writer.put(b"<</Type/Font>>", font)
    finish(writer, number)
    with opened(out.getvalue()) as pdf:
        assert pdf.Root.Found.Font.Type == Name.Font


def test_metadata_can_be_read_without_a_library() -> None:
    with pikepdf.new() as source:
        metadata = source.make_stream(b"<x:xmpmeta/>" * 60)
        metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
        assert b"<x:xmpmeta/>" * 60 in copied(source, metadata, "1.7")


@pytest.mark.parametrize("count", [0, 1, 256, 257, 2000])
def test_trees_find_all_their_names_and_numbers(count: int) -> None:
    out = io.BytesIO()
    writer = Writer(out, "1.7")
    names = [(String(f"n{n:05}").unparse(), b"%d" % n) for n in range(count)]
    numbers = [(b"%d" % n, b"(%d)" % n) for n in range(count)]
    both = (tree(writer, "Names", names), tree(writer, "Nums", numbers))
    finish(writer, writer.put(b"<</A %d 0 R/B %d 0 R>>" % both))
    with opened(out.getvalue()) as pdf:
        found = pdf.Root.Found
        assert {str(k): int(v) for k, v in pikepdf.NameTree(found.A).items()} == {
            f"n{n:05}": n for n in range(count)
        }
        assert {int(k): str(v) for k, v in pikepdf.NumberTree(found.B).items()} == {
            n: str(n) for n in range(count)
        }


def test_the_outline_nests_and_counts() -> None:
    out = io.BytesIO()
    writer = Writer(out, "1.7")
    page = writer.number()
    spots = [
        (1, "一 (a)", True),
        (3, "二", True),
        (2, "三", False),
        (3, "四", True),
        (1, "五", True),
    ]
    marks = [Mark(level, label, Spot(0, 1.5, 2), opened) for level, label, opened in spots]
    number = write_outline(writer, marks, [page])
    assert write_outline(writer, [], [page]) == 0
    pages = writer.put(b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % page)
    writer.put(b"<</Type/Page/MediaBox[0 0 9 9]/Resources<<>>/Parent %d 0 R>>" % pages, page)
    root = b"<</Type/Catalog/Pages %d 0 R/Outlines %d 0 R>>" % (pages, number)
    writer.close(writer.put(root))
    with opened(out.getvalue()) as pdf:
        with pdf.open_outline() as outline:
            first, last = outline.root
            assert (first.title, last.title) == ("一 (a)", "五")
            assert [item.title for item in first.children] == ["二", "三"]
            assert [item.title for item in first.children[1].children] == ["四"]
        top = pdf.Root.Outlines
        assert int(top.Count) == 4  # what is seen when it opens: all but 四
        assert int(top.First.Last.Count) == -1
        assert [float(n) for n in list(top.First.Dest)[2:4]] == [1.5, 2.0]
