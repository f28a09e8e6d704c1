"""Margin boxes taken apart, and numbers exchanged on pages that are set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.backends.pdf import exchange, margins
from publish.backends.pdf.galley import FontUse

SHEET = """@page {
  @top-left { font: 8pt serif; content: string(book-title, first-except) }
  @bottom-right { content: "– " counter(page, lower-roman) " –"; color: red }
  @footnote { border-top: 1pt solid }
}
p { margin: 0 }
@media print { @page :left { @left-middle { content: none } } }
"""


def test_text_is_set_without_margin_boxes_and_lines_stay() -> None:
    bare = margins.bare(SHEET)
    assert "@top-left" not in bare
    assert "counter" not in bare
    assert "@left-middle" not in bare
    assert "@footnote { border-top: 1pt solid }" in bare
    assert bare.split("\n").index("p { margin: 0 }") == 5


def test_heads_and_folios_share_the_boxes_between_them() -> None:
    heads, folios = margins.heads(SHEET), margins.folios(SHEET)
    assert "string(book-title" in heads
    assert "counter(page" not in heads
    assert "counter(page, lower-roman)" in folios
    assert "string(book-title" not in folios
    assert "color: red" in heads  # a silent box still wins over those before it
    assert heads.count("content: none") == 2
    assert folios.count("content: none") == 2


@pytest.mark.parametrize(
    ("content", "mixed"),
    [
        ("counter(page)", False),
        ('string(chapter-title) "x"', False),
        ('counter(page) "　" string(book-title)', True),
        ("counter(pages)", False),
    ],
)
def test_a_box_that_mixes_both_is_found(content: str, mixed: bool) -> None:
    assert margins.mixes(f"@page {{ @top-left {{ content: {content} }} }}") == mixed


@given(st.text(st.sampled_from("@page{}; top-left:content none\n\"'()/*"), max_size=60))
def test_no_style_sheet_is_too_broken(css: str) -> None:
    for change in (margins.bare, margins.heads, margins.folios):
        change(css)
    margins.mixes(css)


# ---- exchange


FONT = FontUse(
    key="AAAAAA",
    family="F",
    weight=400,
    flags=4,
    ascent=800,
    descent=-200,
    widths=(*((n + 16, 500.0 + 10 * n) for n in range(10)), (1, 250.0)),
    texts=(*((n + 16, str(n)) for n in range(10)), (1, " "), (2, "页")),
)


def shown(text: str, x: float, *, between: str = "0", space: bool = False) -> str:
    glyphs = [f"<{int(figure) + 16:04x}>" for figure in text]
    before = "<0001>" if space else ""
    return f"1 0 0 -1 {x} 700 Tm\n/AAAAAA 12 Tf\n[{before}{between.join(glyphs)}] TJ"


def test_a_number_keeps_its_right_edge() -> None:
    content = "\n".join(shown(text, 100) for text in ("0123456789", "12")).encode()
    changes = exchange.changes([content], [FONT], {"0123456789": "5", "12": "340"})
    assert changes is not None
    after = content.decode()
    for change in changes:
        assert after.count(change.old) == 1
        after = after.replace(change.old, change.new)
    found = {number.text: number for number in exchange.shown(after.encode(), [FONT])}
    own = exchange.figures(list(exchange.shown(content, [FONT])), FONT)
    assert own is not None
    assert found["340"].x + own.width("340", 12) == pytest.approx(100 + own.width("12", 12))
    assert found["5"].x + own.width("5", 12) == pytest.approx(100 + own.width("0123456789", 12))


def test_spaces_shown_with_a_number_stay() -> None:
    content = (shown("0123456789", 10) + "\n" + shown("11", 50, space=True)).encode()
    changes = exchange.changes([content], [FONT], {"11": "7"})
    assert changes is not None
    assert changes[0].new.endswith("[<0001><0017>] TJ")


@pytest.mark.parametrize(
    "content",
    [
        shown("12", 10, between="-40"),  # kerned
        shown("12", 10) + "\n" + shown("12", 20),  # twice
        shown("12", 10).replace("] TJ", "<0002>] TJ"),  # amid other signs
        shown("12", 10),  # whose other figures are not known
    ],
)
def test_what_cannot_be_exchanged_is_set_again(content: str) -> None:
    assert exchange.changes([content.encode()], [FONT], {"12": "3"}) is None


def test_a_number_that_is_not_shown_needs_no_exchange() -> None:
    assert exchange.changes([b"q Q"], [FONT], {"12": "3"}) == ()
