"""The faces that go into a book: for rare characters always, for all text if it is asked for.

Without either no font is looked for. Faces are cut to the book (`publish.fonts.embed`), named in
the style sheet before what the reader may have, and told in the colophon.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from publish.backends.epub import rare
from publish.backends.epub.documents import Document
from publish.backends.epub.targets import Target
from publish.backends.epub.trees import document, parse
from publish.diagnostics import SetupError, UsageError, error, has_errors, note
from publish.layouts import Layout
from publish.model import Edition
from publish.workshop import Workshop

if TYPE_CHECKING:
    from publish.backends.epub.roles import Reader
    from publish.fonts import Catalogue, CutFace, Kit

FONTS = "fonts/"
_MARKERS = frozenset("•◦▪")  # of lists, as readers draw them
Demand = dict[tuple[str, str, str], set[str]]
Notices = tuple[tuple[str, str, str], ...]  # of the colophon: family, licence, copyright
Colophon = Callable[[Notices], list[Document]]


@dataclass(frozen=True, slots=True)
class Dressed:
    """Documents and style sheet with their faces."""

    documents: list[Document]
    sheet: str
    faces: tuple[CutFace, ...] = ()


@dataclass(frozen=True, slots=True)
class Wardrobe:
    """What documents are dressed with, and for whom."""

    edition: Edition
    target: Target
    shop: Workshop
    project: str = ""  # its folder
    whole: bool = False  # faces for all text

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that get faces for all their text."""
        if not self.whole:
            return ()
        return ("song", "hei", "kai") if self.target.body_face else ("hei", "kai")


def wanted(options: Mapping[str, object], layout: Layout) -> bool:
    """Tell whether faces for all text are asked for, of a book or else by its layout.

    Raises:
        UsageError: the option cannot be meant.
    """
    value = options.get("embed_fonts", layout.options.get("embed_fonts", False))
    if isinstance(value, bool):
        return value
    text = f"embed_fonts = {value!r} cannot be meant"
    raise UsageError(error("epub-option", text, help="true or false"))


def dress(made: Sequence[Document], colophon: Colophon, sheet: str, wardrobe: Wardrobe) -> Dressed:
    """Return documents and style sheet with the faces they need.

    Args:
        made: all documents but the colophon.
        colophon: makes that, telling of the faces.
        sheet: the style sheet.
        wardrobe: what for.

    Raises:
        SetupError: all text is to have faces, and there is none for its language here.
    """
    bare = [*made, *colophon(())]
    if not wardrobe.whole and not any(rare.holds(item.content) for item in bare):
        return Dressed(bare, wardrobe.target.stylesheet(sheet))
    catalogue = _catalogue(wardrobe)
    asked = _Asked(wardrobe, sheet)
    asked.add(bare)
    while True:
        kit = _embed(asked.demand, catalogue, wardrobe.shop)
        last = colophon(_notices(kit)) if kit.faces else bare[len(made) :]
        if not asked.add(last):
            break
    _report(asked, kit, catalogue, wardrobe)
    dressed = _spans([*made, *last], asked.rare, kit, wardrobe.edition.language)
    return Dressed(dressed, _sheet(sheet, kit, asked.rare, wardrobe), kit.faces)


def _catalogue(wardrobe: Wardrobe) -> Catalogue:
    from publish import fonts

    catalogue = fonts.load(Path(wardrobe.project) if wardrobe.project else None)
    found = catalogue.findings
    if "song" in wardrobe.roles:
        found += fonts.edition_findings([wardrobe.edition.language], catalogue)
    if has_errors(found):
        raise SetupError(*found)
    told = "Kindle's readers choose the face of the text: only what else the layout names is in it"
    if wardrobe.whole and not wardrobe.target.body_face:
        found += (note("body-face", f"{wardrobe.edition.title}: {told}"),)
    wardrobe.shop.report(*found)
    return catalogue


def _embed(demand: Demand, catalogue: Catalogue, shop: Workshop) -> Kit:
    from publish import fonts

    plain = {key: frozenset(found) for key, found in demand.items() if found}
    return fonts.embed(plain, catalogue, shop.cache)


@dataclass(slots=True)
class _Asked:
    """What the documents of a book ask of faces."""

    wardrobe: Wardrobe
    sheet: str
    demand: Demand = field(default_factory=lambda: defaultdict(set))
    rare: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    rows: list[tuple[str, str, str]] = field(default_factory=list)  # shown, language, characters
    reader: Reader | None = None

    def add(self, items: Sequence[Document]) -> bool:
        """Count documents in; tell whether anything is new."""
        before = sum(map(len, self.demand.values()))
        for item in items:
            if self.wardrobe.whole or rare.holds(item.content):
                self._add(parse(item.content), item.shown or self.wardrobe.edition.name)
        return sum(map(len, self.demand.values())) > before

    def _add(self, root: etree._Element, shown: str) -> None:
        main, asked = self.wardrobe.edition.language, self._by_sheet(root)
        for spoken, found in rare.signs(root, main).items():
            self.rare[spoken] |= found
            asked.setdefault((spoken, "song", "normal"), set()).update(found)
        everything: dict[str, set[str]] = defaultdict(set)
        for key, found in asked.items():
            self.demand[key] |= found
            everything[key[0]] |= found
            if "song" in self.wardrobe.roles:  # it covers the book, whatever a reader makes of it
                self.demand[main, *key[1:]] |= found if key[1] == "song" else set()
        self.rows += ((shown, spoken, "".join(found)) for spoken, found in everything.items())

    def _by_sheet(self, root: etree._Element) -> Demand:
        roles = self.wardrobe.roles
        if not roles:
            return {}
        from publish import fonts
        from publish.backends.epub.roles import Reader, signs

        main = self.wardrobe.edition.language
        if self.reader is None:
            self.reader = Reader(self.sheet)
            if "song" in roles:
                own = fonts.FURNITURE | _MARKERS | signs(self.sheet)
                self.demand[main, "song", "normal"] |= own
        found = self.reader.demand(root, main)
        return {key: signs for key, signs in found.items() if key[1] in roles}


def _notices(kit: Kit) -> Notices:
    return tuple(dict.fromkeys((face.source, face.licence, face.notice) for face in kit.faces))


def _report(asked: _Asked, kit: Kit, catalogue: Catalogue, wardrobe: Wardrobe) -> None:
    """Warn of characters that no face here has, by article."""
    if not kit.missing:
        return
    from publish import fonts

    lost: dict[tuple[str, str], set[str]] = defaultdict(set)
    told: set[str] = set()
    pages = wardrobe.edition.name  # the book's own repeat what chapters have
    for shown, spoken, found in sorted(asked.rows, key=lambda row: row[0] == pages):
        gone = kit.missing.get(spoken, frozenset()) & {*found}
        lost[shown, spoken] |= gone - told if shown == pages else gone
        told |= gone
    rows = [
        fonts.Missing(shown, spoken, "".join(sorted(found)))
        for (shown, spoken), found in lost.items()
        if found
    ]
    wardrobe.shop.report(*fonts.missing_findings(rows, catalogue))


def _spans(
    items: Sequence[Document], found: Mapping[str, set[str]], kit: Kit, language: str
) -> list[Document]:
    drawn = {
        spoken: frozenset(signs) - kit.missing.get(spoken, frozenset())
        for spoken, signs in found.items()
    }
    made = []
    for item in items:
        if any(drawn.values()) and rare.holds(item.content):
            root = parse(item.content)
            rare.mark(root, language, drawn)
            made.append(dataclasses.replace(item, content=document(root), deflated=b""))
        else:
            made.append(item)
    return made


def _sheet(sheet: str, kit: Kit, found: Mapping[str, set[str]], wardrobe: Wardrobe) -> str:
    """Return the style sheet with the faces, and with what names them."""
    main, roles = wardrobe.edition.language, wardrobe.roles
    before, after = "", "".join(_rare_rules(kit, found, main))
    if roles:
        from publish.backends.epub.roles import foreign, lead

        before = "".join(_text_rules(kit, main)) if "song" in roles else ""
        for spoken in _foreign(kit, main):
            families = {role: _families(kit, spoken, main, role) for role in roles}
            after += foreign(sheet, spoken, families)
        sheet = lead(sheet, {role: kit.families(main, role) for role in roles})
    charset, _, rest = sheet.partition("\n")  # nothing may stand before it
    whole = {kit.stacks[main, role][0] for role in roles if kit.stacks.get((main, role))}
    faces = "".join(_face_rule(face, ranged=face.family not in whole) for face in kit.faces)
    css = f"{charset}\n{faces}{before}{rest}{after}"
    return wardrobe.target.stylesheet(css, [face.family for face in kit.faces])


def _foreign(kit: Kit, main: str) -> list[str]:
    return sorted({spoken for spoken, _ in kit.stacks if spoken != main})


def _families(kit: Kit, language: str, main: str, role: str) -> str:
    """Return a role's families for a language, then those of the book's."""
    own = kit.stacks.get((language, role), ())
    names = dict.fromkeys((*own, *kit.stacks.get((main, role), ()))) if own else own
    return ", ".join(f'"{name}"' for name in names)


def _text_rules(kit: Kit, main: str) -> Iterator[str]:
    """Yield the rules for text that no rule of the layout gives a face."""
    own = kit.families(main, "song")
    yield f"body {{ font-family: {own}, serif; }}\n"
    for spoken in _foreign(kit, main):
        families = _families(kit, spoken, main, "song")
        yield f'[lang="{spoken}"] {{ font-family: {families}, serif; }}\n'
        yield f'[lang="{spoken}"] [lang="{main}"] {{ font-family: {own}, serif; }}\n'


def _rare_rules(kit: Kit, found: Mapping[str, set[str]], main: str) -> Iterator[str]:
    for spoken in sorted(found):
        if families := kit.families(spoken, "song"):
            yield f".{rare.name(spoken, main)} {{ font-family: {families}, serif; }}\n"


def _face_rule(face: CutFace, *, ranged: bool) -> str:
    limits = f" unicode-range: {ranges(face.characters)};" if ranged else ""
    weight = f" font-weight: {face.weight};" if face.weight != "normal" else ""
    return (
        f'@font-face {{ font-family: "{face.family}";{weight}'
        f' src: url("../{file_name(face)}");{limits} }}\n'
    )


def file_name(face: CutFace) -> str:
    """Return the name of a face's file below the package's folder."""
    return f"{FONTS}{face.object[:16]}{face.suffix}"


def ranges(characters: str) -> str:
    """Return characters as ``unicode-range`` lists them.

    >>> ranges("acdb\U00020bb7")
    'U+61-64, U+20BB7'
    """
    rows = enumerate(sorted(map(ord, characters)))
    made = []
    for _, group in groupby(rows, lambda row: row[1] - row[0]):
        codes = [code for _, code in group]
        made.append(f"U+{codes[0]:X}" + (f"-{codes[-1]:X}" if len(codes) > 1 else ""))
    return ", ".join(made)
