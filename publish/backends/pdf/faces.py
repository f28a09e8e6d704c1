"""Asks for the faces of a book, and writes the style rules that name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from publish import fonts, locales
from publish.backends.pdf.trees import Element, classes
from publish.diagnostics import Diagnostic

ROLES = ("song", "hei", "kai", "mono")
LARGE = 2500  # different characters of a book that will hardly bring a rare one with an edit
GETA = "〓"  # 下駄: what a printer sets for a sort that he lacks
_MONO = frozenset({"code", "pre", "kbd", "samp"})
_BOLD = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "strong", "b", "th", "dt", "mark"})
_BOLD_CLASSES = frozenset({"notice-title", "kicker", "colophon-book", "part", "chapter"})
_HEI = frozenset({"figcaption", "caption", "table"})
_KAI = frozenset({"em", "blockquote", "cite", "dfn", "header", "footer"})
_KAI_CLASSES = frozenset({"verse", "titlepage", "contents", "opener", "closer"})
_ALWAYS = frozenset("•◦▪‣☐☑" + GETA)

Demand = dict[tuple[str, str, str], set[str]]


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a book's tree: where it comes from, and its language."""

    shown: str
    root: Element
    language: str


def demand(texts: Iterable[Text], more: str = "") -> fonts.Demand:
    """Return the characters of a book by language, role and weight.

    Every character is asked for in 宋, whatever a layout makes of it, so that the other roles
    have something of ours to fall back on.

    Args:
        texts: the trees.
        more: characters that style sheets set.
    """
    found: Demand = defaultdict(set)
    for text in texts:
        for language, roles, piece in _pieces(text.root, text.language):
            for role, weight in roles:
                found[language, role, weight].update(piece)
    for key in list(found):
        if key[1:] == ("song", "normal"):
            found[key] |= _ALWAYS
            found[key].update(more)
    return {key: frozenset(characters) for key, characters in found.items()}


_PLAIN = frozenset({("song", "normal")})


def _roles(element: Element, above: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Return the roles and weights that a layout may set an element's text in."""
    tag = element.tag
    names = classes(element)
    roles = above
    if tag in _MONO:
        roles = roles | {("mono", "normal"), ("mono", "bold")}
    if tag in _BOLD or names & _BOLD_CLASSES:
        roles = roles | {("song", "bold"), ("hei", "bold"), ("hei", "normal"), ("kai", "bold")}
        if tag == "h1":
            roles = roles | {("kai", "normal")}  # running heads
    if tag in _HEI:
        roles = roles | {("hei", "normal")}
    if tag in _KAI or names & _KAI_CLASSES:
        roles = roles | {("kai", "normal")}
    return roles


def _pieces(root: Element, language: str) -> Iterator[tuple[str, frozenset[tuple[str, str]], str]]:
    """Yield every text with its language and the roles it may be set in."""
    todo = [(root, language, _PLAIN)]
    while todo:
        element, above, roles_above = todo.pop()
        own = language_of(element, above)
        roles = _roles(element, roles_above)
        if element.text:
            yield own, roles, element.text
        if element.tag == "img":  # shown when a picture cannot be
            yield own, roles, element.get("alt", "")
        for child in element:
            if child.tail:
                yield own, roles, child.tail
            todo.append((child, own, roles))


def language_of(element: Element, above: str) -> str:
    """Return an element's language: its own if it is a tag we know, else the one around it."""
    own = element.get("lang", "")
    return own if own and locales.is_tag(own) else above


def give_geta(
    texts: Sequence[Text], kit: fonts.Kit, catalogue: fonts.Catalogue
) -> tuple[Diagnostic, ...]:
    """Put 〓 for every character that no face has; return what was missing, by article."""
    if not kit.missing:
        return ()
    tables = {
        language: {ord(sign): GETA for sign in signs} for language, signs in kit.missing.items()
    }
    lost: dict[tuple[str, str], set[str]] = defaultdict(set)
    for text in texts:
        todo = [(text.root, text.language)]
        while todo:
            element, above = todo.pop()
            own = language_of(element, above)
            if element.text:
                element.text = _mended(element.text, own, tables, lost[text.shown, own])
            for child in element:
                if child.tail:
                    child.tail = _mended(child.tail, own, tables, lost[text.shown, own])
                todo.append((child, own))
    rows = [
        fonts.Missing(shown, language, "".join(sorted(signs)))
        for (shown, language), signs in lost.items()
        if signs
    ]
    return fonts.missing_findings(rows, catalogue)


def _mended(
    text: str, language: str, tables: Mapping[str, Mapping[int, str]], lost: set[str]
) -> str:
    table = tables.get(language)
    if not table or text.isascii():
        return text
    gone = {sign for sign in text if ord(sign) in table}
    if not gone:
        return text
    lost |= gone
    return text.translate(table)


def font_faces(kit: fonts.Kit) -> str:
    """Return the @font-face rules of a book's faces."""
    return "\n".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight};'
        f' src: url("fonts/{face.object}") }}'
        for face in kit.faces
    )


def variables(kit: fonts.Kit, language: str) -> str:
    """Return the rules that name, per language, the families of each role.

    ``var(--song)`` and its like hold the families of a role, then those of 宋.
    """
    stacks = kit.stacks
    languages = sorted({key[0] for key in stacks}, key=lambda tag: (tag != language, tag))
    named = []
    for tag in languages:
        selector = ":root" if tag == language else f'[lang="{tag}"]'
        if tag == language:
            selector += f', [lang="{tag}"]'
        values = "".join(f" --{role}: {_families(stacks, tag, role)};" for role in ROLES)
        named.append(f"{selector} {{{values} }}")
    return "\n".join(named)


def _families(stacks: Mapping[tuple[str, str], tuple[str, ...]], language: str, role: str) -> str:
    own = stacks.get((language, role), ())
    everything = dict.fromkeys((*own, *stacks.get((language, "song"), ())))
    return ", ".join(f'"{name}"' for name in everything) or "serif"


def everything(texts: Iterable[tuple[str, str]]) -> fonts.Demand:
    """Return a demand for faces to set a book with, before anything of it is read closely.

    Args:
        texts: languages, and all characters that may be asked for in them.

    Every role and weight gets every character of its language. Chinese in large books gets the
    characters of everyday use besides, so that an edit hardly ever asks for another cut.
    """
    found: dict[str, set[str]] = defaultdict(lambda: set(_ALWAYS))
    for language, text in texts:
        found[language].update(text)
    for language, signs in found.items():
        if locales.is_chinese(language) and len(signs) > LARGE:
            signs.update(_everyday(locales.script(language)))
    return {
        (language, role, weight): frozenset(signs)
        for language, signs in found.items()
        for role in ROLES
        for weight in ("normal", "bold")
    }


@lru_cache(maxsize=4)
def _everyday(script: str) -> frozenset[str]:
    """Return the Han of GB 2312, or of level 1 of Big5 for text in Traditional."""
    code, rows = ("big5", range(0xA4, 0xC7)) if script == "Hant" else ("gb2312", range(0xB0, 0xF8))
    pairs = (bytes((row, cell)) for row in rows for cell in range(0x40, 0xFF))
    return frozenset("".join(pair.decode(code, "ignore") for pair in pairs)) - _ASCII


_ASCII = frozenset(map(chr, range(0x80)))


def licences(kit: fonts.Kit) -> tuple[tuple[str, str], ...]:
    """Return the families of a book and their licences, once each."""
    return tuple(dict.fromkeys((face.source, face.licence) for face in kit.faces))
