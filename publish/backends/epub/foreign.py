"""Foreign runs in Chinese text are told to those who listen (WCAG 2, 3.1.2: language of parts).

Only what can be told for certain is marked: English by its words, Japanese by kana, Korean by
hangul, Latin where it is the dummy text of typesetters. Names, terms, pinyin and other languages
stay as the source has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from publish.backends.epub import tongues
from publish.backends.epub.trees import XML_LANG, tag

_WORD = r"[A-Za-zÀ-ɏ](?:[\wÀ-ɏ'’./&+-]*[A-Za-z0-9À-ɏ])?"
_BETWEEN = r"[,;:.!?]?[ \t\n]+(?:[–—&-][ \t\n]+)?(?:\d[\w.,%]*[ \t\n]+)*"
_RUN = re.compile(
    rf"(?P<latin>(?<![\w.@/-]){_WORD}(?:{_BETWEEN}{_WORD}){{2,}}[.!?]?)"
    "|(?P<ja>[ぁ-ゖァ-ヺ][ぁ-ゖァ-ヺー・]+)"
    "|(?P<ko>[가-힣]{2,}(?: [가-힣]+)*)",
    re.ASCII,
)
_HINT = re.compile(r"[A-Za-z][a-z,:;.]*\s[A-Za-z]|[ぁ-ヺ가-힣]{2}")  # most text has neither
_XHTML = tag("")
_SILENT = {tag(name) for name in ("pre", "code", "kbd", "samp", "var", "head", "rt", "rp")}


def mark(root: etree._Element) -> None:
    """Give runs in another language than Chinese their ``lang``; text stays as it is.

    Where an element holds nothing but the run it is marked itself, else a span is put around.
    Code and formulas are left alone, and so is what a language other than Chinese is said of.
    """
    inside, after = [], []
    for element in root.iter(etree.Element):
        if (text := element.text) and _HINT.search(text):
            inside.append(element)
        if (text := element.tail) and _HINT.search(text):
            after.append(element)
    for element in after:
        parent = element.getparent()
        if parent is not None and _is_chinese(parent):
            _mark_tail(element, parent)
    for element in inside:
        if _is_chinese(element):
            _mark_text(element)


def _is_chinese(element: etree._Element) -> bool:
    """Tell whether an element's own text is Chinese prose, and not code or a formula."""
    language = ""
    for holder in (element, *element.iterancestors()):
        if holder.tag in _SILENT or not str(holder.tag).startswith(_XHTML):
            return False
        language = language or holder.get("lang", "")
    return language == "zh" or language.startswith("zh-")


def _mark_text(element: etree._Element) -> None:
    text = element.text or ""
    found = list(_runs(text))
    if not found:
        return
    start, end, language = found[0]
    whole = start == len(text) - len(text.lstrip()) and end == len(text.rstrip())
    if whole and not len(element) and element.get("lang") is None:
        _set(element, language)
        return
    element.text = text[:start]
    for number, span in enumerate(_spans(text, found)):
        element.insert(number, span)


def _mark_tail(child: etree._Element, parent: etree._Element) -> None:
    text = child.tail or ""
    found = list(_runs(text))
    if not found:
        return
    child.tail = text[: found[0][0]]
    for place, span in enumerate(_spans(text, found), parent.index(child) + 1):
        parent.insert(place, span)


def _spans(text: str, found: list[tuple[int, int, str]]) -> Iterator[etree._Element]:
    ends = [start for start, _, _ in found[1:]] + [len(text)]
    for (start, end, language), next_ in zip(found, ends, strict=True):
        span = etree.Element(tag("span"))
        _set(span, language)
        span.text, span.tail = text[start:end], text[end:next_]
        yield span


def _set(element: etree._Element, language: str) -> None:
    element.set("lang", language)
    element.set(XML_LANG, language)


def _runs(text: str) -> Iterator[tuple[int, int, str]]:
    for run in _RUN.finditer(text):
        language = run.lastgroup or ""
        if language == "latin":
            language = tongues.language(run[0])
        if language:
            yield run.start(), run.end(), language
