"""The few words of our own that an EPUB needs besides the labels of the layouts."""

from __future__ import annotations

from dataclasses import dataclass

from publish import locales


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences on a book's accessibility, and the brackets around a number."""

    landmarks: str
    structure: str
    described: str
    undescribed: str
    no_pictures: str
    formulas: str
    pages: str  # heading of the page list
    paged: str
    between: str = ""  # sentences
    brackets: str = "（{}）"


_HANS = Words(
    landmarks="导览",
    structure="本书为可重排的文本，有可导航的目录与分级标题，字体、字号与颜色由读者决定。",
    described="全部插图都有文字说明。",
    undescribed="部分插图没有作者写的文字说明，以文章标题加编号代替。",
    no_pictures="正文没有插图。",
    formulas="公式以 MathML 记写，并附 LaTeX 原文。",
    pages="页码",
    paged="正文标有同一本书 PDF 的页码，卷首各页不标。",
)
_HANT = Words(
    landmarks="導覽",
    structure="本書為可重排的文字，有可導覽的目錄與分級標題，字型、字級與顏色由讀者決定。",
    described="全部插圖都有文字說明。",
    undescribed="部分插圖沒有作者寫的文字說明，以文章標題加編號代替。",
    no_pictures="正文沒有插圖。",
    formulas="公式以 MathML 記寫，並附 LaTeX 原文。",
    pages="頁碼",
    paged="正文標有同一本書 PDF 的頁碼，卷首各頁不標。",
)
_ENGLISH = Words(
    landmarks="Landmarks",
    structure="Reflowable text with a navigable table of contents and nested headings; face, size "
    "and colour are left to the reader.",
    described="All pictures are described.",
    undescribed="Some pictures have no description by their author; the title of the article and "
    "a number stand in its place.",
    no_pictures="There are no pictures in the text.",
    formulas="Formulas are MathML with their LaTeX source.",
    pages="Pages",
    paged="The text has the page numbers of the PDF of the same book; its front matter has none.",
    between=" ",
    brackets=" ({})",
)


def words(language: str) -> Words:
    """Return the words for a language: Simplified, Traditional, or English for all else."""
    if locales.is_chinese(language):
        return _HANT if locales.script(language) == "Hant" else _HANS
    return _ENGLISH


def numbered(text: str, number: int, language: str) -> str:
    """Return a text with a number in brackets: the second file of a chapter, a second title."""
    return text + words(language).brackets.format(number)
