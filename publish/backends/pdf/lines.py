"""Small repairs before pages are set: code by lines, ruby, pictures, long addresses."""

from __future__ import annotations

import re
import unicodedata

from publish import fonts
from publish.backends.pdf.facts import Page
from publish.backends.pdf.trees import Element, classes, make, parents, replace

PIXEL = 0.75  # points: a picture is never larger than 96 pixels an inch
DEEPEST = 6  # levels of quotations and lists that are indented
_INDENTED = frozenset({"ul", "ol", "blockquote", "dd", "aside"})
_LISTS = frozenset({"ul", "ol", "dl"})
TALLEST = 0.7  # of the type area
SHORT = 10  # lines of a code block, or rows of a table, that is not parted
TOGETHER = 3  # lines that begin or end a code block and stay on one page
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]{20,}")
CELL_SIZE, CELL_PADDING = 10.0, 14.0  # points, rather more than our style sheets say
_WORDS = re.compile(r"[\s\u2e80-\uffef-]+")
APART, BESIDE = 0.12, 0.55  # em between readings, and for one that stands beside its character
_LONG = 120  # characters that no word has
_ENDLESS = re.compile(rf"[^\s\u200b\u2e80-\uffef]{{{_LONG},}}")
_CODE = frozenset({"code", "pre", "kbd", "samp"})
_HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_QUOTES = re.compile(
    rf"(?<=[{_HAN}、。，：；！？）》〉】〕…”’])(?=[“‘])|(?<=[”’])(?=[{_HAN}（《〈【〔])"
)
_STEP = re.compile(r".{30}", re.S)
_BREAKS = re.compile(r"(?<=[/?&=#._%+~-])(?=[^/?&=#._%+~\s-])")


def prepare(root: Element, page: Page) -> None:
    """Make a chapter's tree ready for the page."""
    _mark_deep(root)
    for parent, _, element in parents(root):
        if element.tag == "pre":
            _code_by_lines(element)
        elif element.tag == "ruby":
            _ruby(parent, element)
        elif element.tag == "img" and element.get("src", "").startswith("figures/"):
            _picture(element, page)
        elif element.tag == "a" and element.text and not len(element):
            element.text = breakable(element.text)
        elif element.tag in _LISTS:
            _lead_in(parent, element)
        elif element.tag == "table":
            _keep_words(element, page)
            if sum(1 for _ in element.iter("tr")) <= SHORT:
                parent.set("data-short", "")  # a table itself is parted all the same


def _mark_deep(root: Element) -> None:
    """Mark what is nested so deep that to indent it once more would leave no measure."""
    todo = [(root, 0)]
    while todo:
        element, depth = todo.pop()
        depth += element.tag in _INDENTED
        if depth > DEEPEST and element.tag in _INDENTED:
            element.set("data-deep", "")
        todo.extend((child, depth) for child in element)


def _lead_in(parent: Element, element: Element) -> None:
    """Mark the paragraph that announces a list, so that it is not parted from it."""
    at = list(parent).index(element)
    if at and parent[at - 1].tag == "p":
        text = "".join(parent[at - 1].itertext())
        if text.rstrip().endswith(("：", ":")):
            parent[at - 1].set("data-lead", "")


def settle(root: Element) -> None:
    """Make every text of a tree fit for setting, once it is complete.

    Emoji are asked for in one colour, so that no system font draws them. Very long words may
    break: without that the engine's time grows with the square of their length. Lines may break
    before an opening and after a closing quotation mark beside Han, which UAX 14 forbids as it
    cannot tell Chinese quotes from others (class QU).
    """
    todo = [(root, False)]
    while todo:
        element, code = todo.pop()
        code = code or element.tag in _CODE
        if element.text:
            element.text = _settled(element.text, code)
        for child in element:
            if child.tail:
                child.tail = _settled(child.tail, code)
            todo.append((child, code))


def _settled(text: str, code: bool) -> str:
    if not text.isascii():
        text = fonts.in_one_colour(text)
        if not code:
            text = _QUOTES.sub("\u200b", text)
    if len(text) > _LONG and _ENDLESS.search(text):
        text = _ENDLESS.sub(lambda found: _STEP.sub("\\g<0>\u200b", found[0]), text)
    return text


def breakable(text: str) -> str:
    """Return text whose long addresses may break after their marks (U+200B)."""
    if "://" not in text and "www." not in text:
        return text
    return _ADDRESS.sub(lambda found: _BREAKS.sub("\u200b", found[0]), text)


def _picture(element: Element, page: Page) -> None:
    """Give a picture the width it may have: that of its pixels, of the measure, of the page."""
    try:
        width, height = int(element.get("width", "0")), int(element.get("height", "0"))
    except ValueError:
        return
    if width <= 0 or height <= 0 or "inline" in classes(element):
        return
    widest = min(width * PIXEL, page.text_width, page.text_height * TALLEST * width / height)
    element.set("style", f"--width:{widest:.2f}pt")


def _keep_words(table: Element, page: Page) -> None:
    """Mark a table whose words need not be cut to fit the measure."""
    widest: dict[int, float] = {}
    for row in table.iter("tr"):
        for column, cell in enumerate(row):
            words = _WORDS.split("".join(cell.itertext()))
            wide = max(map(_ems, words), default=0.0) * CELL_SIZE + CELL_PADDING
            widest[column] = max(widest.get(column, 0.0), wide)
    if sum(widest.values()) <= page.text_width:
        table.set("data-words", "")


def _ruby(parent: Element, ruby: Element) -> None:
    """Give each base a ruby of its own, as wide as what stands above it."""
    pairs: list[Element] = []
    base = make("ruby", ruby.text or "")
    for child in ruby:
        if child.tag == "rt":
            pairs.append(base)
            base.append(child)
            base, after = make("ruby"), child.tail
            child.tail = None
            base.text = after
        elif child.tag not in ("rp", "rtc"):
            base.append(child)
            if child.tag == "rb":
                child.tag = "span"
        elif child.tail and child.tail.strip():
            base.text = (base.text or "") + child.tail
    rest = base if (base.text or "").strip() or len(base) else None
    for pair in pairs:
        above = "".join(pair[-1].itertext())
        excess = _ems(above) * 0.5 - (_ems("".join(pair.itertext())) - _ems(above)) + APART
        if "\u3105" <= above[-2:-1] <= "\u312f" or "\u3105" <= above[-1:] <= "\u312f":
            excess = max(excess, BESIDE)  # 注音 may stand there
        if excess > 0:
            pair.set("style", f"padding:0 {excess / 2:.2f}em")
    if rest is not None:
        rest.tag = "span"
        pairs.append(rest)
    replace(parent, ruby, *pairs)


def _ems(text: str) -> float:
    return sum(
        1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.6
        for sign in text
        if not unicodedata.combining(sign)
    )


def _code_by_lines(pre: Element) -> None:
    """Make each line of a code block a block, so that a wrapped one can be told apart."""
    holder = (
        pre[0] if len(pre) == 1 and pre[0].tag == "code" and not (pre.text or "").strip() else pre
    )
    lines = _split(holder)
    while len(lines) > 1 and not "".join(lines[-1].itertext()):
        lines.pop()
    holder.text = None
    holder[:] = []
    for number, line in enumerate(lines):
        if not "".join(line.itertext()):
            line.text = "\u200b"  # an empty block would have no height
        if number < TOGETHER - 1:
            line.set("class", "line first")
        elif number > len(lines) - TOGETHER:
            line.set("class", "line last")
        holder.append(line)
    if len(lines) <= SHORT:
        pre.set("data-short", "")


def _split(holder: Element) -> list[Element]:
    """Return the content of an element as lines; elements that span lines are repeated."""
    lines = [make("span", class_="line")]
    stack: list[Element] = []  # the open elements, as copies in the current line

    def write(text: str | None) -> None:
        for number, piece in enumerate((text or "").split("\n")):
            if number:
                start()
            _append(stack[-1] if stack else lines[-1], piece)

    def start() -> None:
        lines.append(make("span", class_="line"))
        for depth, old in enumerate(stack):
            copy = make(old.tag)
            copy.attrib.update({k: v for k, v in old.attrib.items() if k != "id"})
            (stack[depth - 1] if depth else lines[-1]).append(copy)
            stack[depth] = copy

    todo: list[Element | None] = []

    def open_(element: Element) -> None:
        copy = make(element.tag)
        copy.attrib.update(element.attrib)
        (stack[-1] if stack else lines[-1]).append(copy)
        stack.append(copy)
        write(element.text)

    write(holder.text)
    todo = list(reversed(holder))
    tails: list[str | None] = []
    while todo:
        element = todo.pop()
        if element is None:
            stack.pop()
            write(tails.pop())
            continue
        open_(element)
        tails.append(element.tail)
        todo.append(None)
        todo.extend(reversed(element))
    return lines


def _append(element: Element, text: str) -> None:
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
