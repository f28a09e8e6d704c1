"""What has no room on a narrow page is told to the style sheet."""

from __future__ import annotations

import pytest
from lxml import etree

from publish.backends.epub import broad
from publish.model import MATHML, XHTML


def marked(blocks: str) -> etree._Element:
    root = etree.fromstring(f'<section xmlns="{XHTML}">{blocks}</section>')
    broad.mark(root)
    return root[0]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["字" * 200] * 8, False),
        (["Unicode", "字" * 200, "code-point"], False),
        (["Unicode"] * 4, False),
        (["Unicode"] * 5, True),
        (["https://example.org/a/rather/long/address", "字"], True),
    ],
)
def test_a_table_without_room_for_its_words_is_told(cells: list[str], told: bool) -> None:
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    made = marked(f'<table class="a"><tr><td>甲</td></tr><tr>{row}</tr></table>')
    assert made.get("class") == ("a broad" if told else "a")


TERM = "<mi>a</mi><mo>+</mo>"


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        (TERM * 10, False),
        (TERM * 20, True),
        (f"<mrow>{TERM * 20}</mrow>", True),
        (f"<mfrac><mrow>{TERM * 10}</mrow><mrow>{TERM * 10}</mrow></mfrac>", False),
        (f"<mtable>{f'<mtr><mtd>{TERM * 5}</mtd></mtr>' * 9}</mtable>", False),
        (f"<mtable><mtr>{f'<mtd>{TERM * 5}</mtd>' * 9}</mtr></mtable>", True),
        (f"<mi>a</mi><annotation>{'a' * 100}</annotation>", False),
    ],
)
def test_a_formula_without_room_can_be_moved_by_keys_too(formula: str, told: bool) -> None:
    math = f'<math xmlns="{MATHML}">{formula}</math>'
    made = marked(f'<div class="math">{math}</div>')
    assert made.get("class") == ("math broad" if told else "math")
    assert made.get("tabindex") == ("0" if told else None)
    assert marked(f'<p class="a">{math}</p>').get("class") == "a"


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("https://example.org/a/b?c=d", "https://|example.|org/|a/|b?|c=|d"),
        ("http://example.org/some-long_name/", "http://|example.|org/|some-|long_|name/"),
        ("https://a.b/", "https://a.b/"),  # short
        ("example.org 与 /a/b/c/d/e/f/g", None),
        ("读 https://example.org/a/b/c/d", None),
    ],
)
def test_an_address_breaks_after_its_marks(address: str, wanted: str | None) -> None:
    link = marked(f'<p><a href="https://example.org">{address}</a></p>')[0]
    assert "".join(link.itertext()) == address
    shown = (link.text or "") + "".join(f"|{wbr.tail}" for wbr in link)
    assert shown == (wanted or address)
