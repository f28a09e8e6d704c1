"""The structure tree of a bound book: what assistive readers walk."""

from __future__ import annotations

from collections.abc import Iterator

import editions
import pikepdf
import pytest
from pdfs import Made, bind
from pikepdf import Dictionary, Name

from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")


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
def tagged(shop: Workshop) -> Made:
    return bind(shop, editions.rich(shop), variant="pdf/ua-1")


def test_every_figure_has_its_text_and_every_parent_is_right(tagged: Made) -> None:
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


def test_the_parent_tree_names_every_marked_content(tagged: Made) -> None:
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


def test_links_say_where_they_lead(tagged: Made) -> None:
    with tagged.open() as pdf:
        said = {
            str(link.Dest): str(link.Contents)
            for page in pdf.pages
            for link in page.get("/Annots", ())
            if "/Dest" in link
        }
    assert said["p1"] == "上编　纸上"
    assert said[editions.TWO] == "墨與紙"
    assert said[f"{editions.ONE}-s3"] == "表与码"
