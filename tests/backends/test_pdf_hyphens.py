"""Words with a hyphen in PDF pages: drawn in two parts, copied and found whole."""

from __future__ import annotations

import io
from pathlib import Path

import editions
import pikepdf
import pypdfium2
import pytest
from pdfs import Made, bind, styled

from publish.workshop import Workshop

pytestmark = pytest.mark.usefixtures("faces")

HAN = "一二三四五六七八九十百千万上下左右前后东西南北春夏秋冬"
SOFT = "\u00ad"
BEFORE = range(17, 24)  # characters before a word on a line of 28, less two of indent


def book(shop: Workshop, words: str, folder: Path | None = None, css: str = "") -> Made:
    """Paragraphs in which some words come later and later on the first line."""
    blocks = "".join(f"<p>{HAN[:count]}{words}的结果{HAN}。</p>" for count in BEFORE)
    layout = styled(folder, css) if folder else "classic"
    return bind(shop, editions.plain(editions.chapter(1, blocks)), layout)


def rows(made: Made, *, said: bool) -> list[str]:
    """The lines of the text, as said or as drawn; PDFium takes - at their ends for U+FFFE."""
    data = io.BytesIO()
    with made.open() as pdf:
        for page in pdf.pages[made.front :]:
            found = [
                (operands[:1] if str(operator) == "BDC" and not said else operands, operator)
                for operands, operator in pikepdf.parse_content_stream(page)
            ]
            found = [
                (operands, pikepdf.Operator("BMC") if len(operands) == 1 else operator)
                if str(operator) == "BDC"
                else (operands, operator)
                for operands, operator in found
            ]
            page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(found))
        pdf.save(data)
    with pypdfium2.PdfDocument(data) as document:
        pages = list(document)[made.front :]
        text = "\r\n".join(page.get_textpage().get_text_range() for page in pages)
    return text.replace("\ufffe", "-\r\n").split("\r\n")


def count(made: Made, words: str) -> int:
    """How often PDFium finds words."""
    found = 0
    with pypdfium2.PdfDocument(made.data) as document:
        for page in document:
            search = page.get_textpage().search(words)
            while search.get_next():
                found += 1
    return found


@pytest.mark.parametrize(
    ("words", "sought"),
    [
        ("information", "information"),
        ("the information we have", "the information we"),
        ("“information,”他说", "information,"),
        ("<em>good information here</em>", "information here"),
        ('<a href="https://example.org">information of 2024</a>', "information"),
    ],
)
def test_a_parted_word_is_found_whole(shop: Workshop, words: str, sought: str) -> None:
    made = book(shop, words)
    assert any(row.endswith("-") for row in rows(made, said=False))
    assert count(made, sought) == len(BEFORE)
    assert not any(row.endswith("-") for row in rows(made, said=True))


def test_a_word_alone_in_its_element_ends_in_a_soft_hyphen(shop: Workshop) -> None:
    """Nothing follows it there that could be said instead of its second part."""
    made = book(shop, "<strong>information</strong>")
    with made.open() as pdf:
        said = [
            str(operands[1].ActualText)
            for page in pdf.pages
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "BDC" and "/ActualText" in operands[1]
        ]
    assert any(text.endswith(SOFT) for text in said)
    text = "".join(rows(made, said=True)).replace("-", "")
    assert text.count("information") == len(BEFORE), "once, and whole"


def test_soft_hyphens_part_words_and_are_not_in_the_text(shop: Workshop) -> None:
    made = book(shop, f"UNDER{SOFT}STANDING these")
    drawn = rows(made, said=False)
    assert any(row.endswith("UNDER-") for row in drawn)
    assert {row[-6:] for row in drawn if row.endswith("-")} == {"UNDER-"}
    assert count(made, "UNDERSTANDING these") == len(BEFORE)
    assert SOFT not in made.text
    assert not made.codes


@pytest.mark.parametrize(
    ("hyphens", "words", "parted"),
    [
        ("none", f"infor{SOFT}mation", False),
        ("manual", f"infor{SOFT}mation", True),
        ("manual", "information", False),
        ("auto", "information", True),
        ("auto", "<code>information</code>", False),
        ("auto", "https://example.org/information/", False),
    ],
)
def test_the_style_says_whether_words_are_parted(
    shop: Workshop, tmp_path: Path, hyphens: str, words: str, parted: bool
) -> None:
    made = book(shop, words, tmp_path, f".text {{ hyphens: {hyphens} }}")
    assert any(row.endswith("-") for row in rows(made, said=False)) == parted


def test_the_style_says_how_much_is_left_of_a_word(shop: Workshop, tmp_path: Path) -> None:
    made = book(shop, "information", tmp_path, "html { hyphenate-limit-chars: 6 4 5 }")
    ends = {row[-8:] for row in rows(made, said=False) if row.endswith("-")}
    assert ends
    assert all(end.endswith("infor-") for end in ends), ends


def test_words_are_parted_by_the_rules_of_their_language(shop: Workshop) -> None:
    made = book(shop, '<span lang="de">Silbentrennung wird</span>')
    parts = {row.lstrip(HAN + " ") for row in rows(made, said=False) if row.endswith("-")}
    assert parts <= {"Sil-", "Silben-", "Silbentren-"}
    assert "Silbentren-" in parts
