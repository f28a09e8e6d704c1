"""Imposition without a file: which page stands where, and how far from the fold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.backends.pdf.boxes import Box
from publish.backends.pdf.facts import MM
from publish.diagnostics import UsageError
from publish.imposition import Wish, chosen, sheet_size, signature_of
from publish.imposition.places import Leaf, form
from publish.imposition.sections import Sheet, section_lengths, sheets

# Which page where --------------------------------------------------------------------------------


def folded(pile: list[Sheet], binding: str) -> list[int | None]:
    """Fold sheets as a binder does, lay them into each other, and turn over the leaves.

    A sheet is two leaves. Turned over sideways, the back's right half lies behind the front's
    left one. Folded with its front outside, the leaf away from the spine's side comes first.
    """
    if not pile:
        return []
    sheet, inner = pile[0], folded(pile[1:], binding)
    behind_right, behind_left = sheet.back.left, sheet.back.right
    if binding == "left":
        return [sheet.front.right, behind_right, *inner, behind_left, sheet.front.left]
    return [sheet.front.left, behind_left, *inner, behind_right, sheet.front.right]


@given(
    st.integers(1, 500),
    st.integers(0, 12).map(lambda number: number * 4),
    st.sampled_from(["left", "right"]),
)
def test_folded_sheets_read_in_order(count: int, signature: int, binding: str) -> None:
    plan = list(sheets(count, signature, binding))
    read: list[int | None] = []
    for section in range(plan[-1].section + 1):
        pile = [sheet for sheet in plan if sheet.section == section]
        assert [sheet.depth for sheet in pile] == list(range(len(pile)))
        if signature:
            assert len(pile) * 4 <= signature
            assert len(pile) * 4 == signature or section == plan[-1].section
        read += folded(pile, binding)
    assert read[:count] == list(range(count))
    assert set(read[count:]) <= {None}
    assert len(read) - count < 4
    assert section_lengths(count, signature)[-1] % 4 == 0


def test_a_booklet_of_eight_pages_as_everyone_knows_it() -> None:
    first, second = sheets(8, 0)
    assert (first.front.left, first.front.right) == (7, 0)
    assert (first.back.left, first.back.right) == (1, 6)
    assert (second.front.left, second.front.right) == (5, 2)
    assert (second.back.left, second.back.right) == (3, 4)


@pytest.mark.parametrize(("text", "pages"), [("16", 16), (" ALL ", 0), ("0", 0), ("4", 4)])
def test_signatures(text: str, pages: int) -> None:
    assert signature_of(text) == pages


@pytest.mark.parametrize("text", ["6", "-4", "many", "", "4.0", "²"])
def test_signatures_that_do_not_fold(text: str) -> None:
    with pytest.raises(UsageError, match="multiple of 4"):
        signature_of(text)


@pytest.mark.parametrize(
    ("text", "pages"),
    [("", [0, 1, 2, 3, 4]), ("2-3", [1, 2]), ("4-", [3, 4]), ("-2", [0, 1]), ("5,1-2", [4, 0, 1])],
)
def test_ranges(text: str, pages: list[int]) -> None:
    assert chosen(text, 5) == pages


@pytest.mark.parametrize("text", ["0", "6", "3-2", "1-6", "-", "a", "1,", "1--2"])
def test_ranges_that_name_no_pages(text: str) -> None:
    with pytest.raises(UsageError, match="not in a book of 5"):
        chosen(text, 5)


# Where on the sheet ------------------------------------------------------------------------------


@given(
    st.sampled_from([0, 90, 180, 270]),
    st.floats(-500, 500),
    st.floats(-500, 500),
    st.floats(50, 900),
    st.floats(50, 900),
    st.floats(0.25, 3),
)
def test_a_page_however_turned_fills_its_place(
    turn: int, x: float, y: float, width: float, height: float, scale: float
) -> None:
    box = Box(x, y, x + width, y + height)
    leaf = Leaf(box, box, turn, unit=1.5)
    a, b, c, d, e, f = leaf.matrix(10, 20, scale)
    corners = [(a * u + c * v + e, b * u + d * v + f) for u in (x, box.right) for v in (y, box.top)]
    across, along = leaf.size
    for at, least, most in ((0, 10, 10 + across * scale), (1, 20, 20 + along * scale)):
        assert min(corner[at] for corner in corners) == pytest.approx(least, abs=1e-6)
        assert max(corner[at] for corner in corners) == pytest.approx(most, abs=1e-6)
    assert a * d - b * c > 0  # turned, not mirrored


A5 = Leaf(Box(0, 0, 148 * MM, 210 * MM), Box(0, 0, 148 * MM, 210 * MM))


def test_the_sheet_is_as_large_as_asked_or_needed() -> None:
    def millimetres(wish: Wish) -> tuple[float, float, float]:
        paper = form([A5], wish)
        return round(paper.width / MM, 1), round(paper.height / MM, 1), round(paper.scale, 3)

    assert millimetres(Wish()) == (296, 210, 1)
    assert millimetres(Wish(gap=6 * MM)) == (302, 210, 1)
    assert millimetres(Wish(marks=True)) == (316, 230, 1)
    assert millimetres(Wish(sheet=sheet_size("A4"))) == (297, 210, 1)
    assert millimetres(Wish(sheet=sheet_size("A3"))) == (420, 297, 1)
    assert millimetres(Wish(sheet=sheet_size("A3"), fit=True)) == (420, 297, 1.414)
    assert millimetres(Wish(sheet=sheet_size("300x600mm"))) == (600, 300, 1)
    with pytest.raises(UsageError, match="need 296×210 mm, and the sheet has 210×148 mm"):
        form([A5], Wish(sheet=sheet_size("A5")))
    assert sheet_size("") is None


def test_inner_pages_move_toward_the_fold() -> None:
    paper = form([A5], Wish(creep=0.1 * MM))
    for depth in range(4):
        assert paper.cell("left", depth).right == pytest.approx(paper.fold + depth * 0.1 * MM)
        assert paper.cell("right", depth).left == pytest.approx(paper.fold - depth * 0.1 * MM)
        assert paper.trim(depth).width == pytest.approx((296 - depth * 0.2) * MM)
