"""Puts a book's tree together from an edition and the templates of its layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from publish import layouts, locales
from publish.backends.pdf import captions, lines, notes, references, starts
from publish.backends.pdf.faces import Text
from publish.backends.pdf.facts import Page
from publish.backends.pdf.formulas import Formulas
from publish.backends.pdf.trees import Element, make, read
from publish.layouts import Layout
from publish.model import Chapter, Edition, EditionPart, Heading

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LANG = re.compile(r'\slang="([^"]+)"')
OUTLINE = 3  # levels of headings, the chapter's title included, that the outline shows


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents, as the template sees it."""

    id: str
    text: str
    kind: str  # "part", "chapter" or "heading"
    page: str = ""
    authors: tuple[str, ...] = ()
    summary: str = ""
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What every template of a book is filled in with."""

    edition: Edition
    layout: Layout
    page: Page
    options: Mapping[str, object] = field(default_factory=dict)

    def render(self, template: str, language: str, **more: Any) -> Element:
        """Return a template's tree."""
        context: dict[str, Any] = {
            "edition": self.edition,
            "chapter": None,
            "part": None,
            "t": layouts.labels(language),
            "target": "pdf",
            "figure_src": lambda figure: f"figures/{figure.name}",
            "entries": (),
            "fonts": (),
            "generator": layouts.generator(),
            "conversion": layouts.notice(self.edition),
        }
        return read(layouts.render(self.layout, template, **context | more))


def languages(xhtml: str) -> frozenset[str]:
    """Return the languages that elements of a text name."""
    return frozenset(filter(locales.is_tag, _LANG.findall(xhtml)))


def part(draft: Draft, part: EditionPart) -> Text:
    """Return the page that opens a part."""
    root = draft.render("part.xhtml", draft.edition.language, part=part)
    _mark(root, draft, part.title, "", 1)
    return Text("", root, draft.edition.language)


def sources(draft: Draft) -> Text:
    """Return the list of where every chapter comes from."""
    language = draft.edition.language
    root = draft.render("sources.xhtml", language)
    _mark(root, draft, layouts.labels(language).sources, "", 1)
    lines.prepare(root, draft.page)
    return Text("", root, language)


def chapter(
    draft: Draft,
    part: EditionPart,
    chapter: Chapter,
    level: int,
    formulas: Formulas,
    folios: Mapping[str, str] | None = None,
) -> Text:
    """Return a chapter: opener, text, closer.

    Args:
        draft: the book; its edition need hold no chapters.
        part: the part the chapter stands in; it need hold none either.
        chapter: what to set.
        level: of the chapter's title in the outline.
        formulas: takes the drawings of the chapter's formulas.
        folios: those that page references print, by the places that links lead to.
    """
    root = _chapter(draft, part, chapter, level, folios or {})
    language = chapter.language or draft.edition.language
    formulas.set_all(root, language, "")
    return Text("", root, language)


def _chapter(
    draft: Draft, part: EditionPart, chapter: Chapter, level: int, folios: Mapping[str, str]
) -> Element:
    language = chapter.language or draft.edition.language
    root = make("section", id=chapter.id, class_="chapter", lang=language)
    opener = draft.render("opener.xhtml", language, chapter=chapter, part=part)
    text = read(chapter.xhtml)
    text.attrib.pop("lang", None)
    starts.number(text)
    captions.name(text, chapter.id)
    references.write(text, folios, language)
    root.extend((opener, text))
    if chapter.origin:
        root.append(draft.render("closer.xhtml", language, chapter=chapter, part=part))
    notes.to_calls(root)
    lines.prepare(root, draft.page)
    _mark(opener, draft, chapter.title, chapter.kicker, level)
    labels = {heading.id: heading.text for heading in chapter.headings}
    for heading in text.iter():
        if heading.tag not in HEADINGS:
            continue
        depth = int(heading.tag[1])
        label = labels.get(heading.get("id", ""), "")
        if label and depth <= OUTLINE:
            _outline(heading, label, level + depth - 1)
    return root


def _mark(root: Element, draft: Draft, title: str, kicker: str, level: int) -> None:
    """Note on a title what running heads and outline say of it."""
    heading = next(root.iter("h1"), None)
    if heading is None:
        return
    title = title or layouts.labels(draft.edition.language).untitled
    heading.set("data-head", title)
    heading.set("data-book", draft.edition.title)
    heading.set("data-kicker", kicker)
    _outline(heading, title, level)


def _outline(heading: Element, label: str, level: int) -> None:
    heading.set("data-label", " ".join(label.split()))
    heading.set("data-outline", str(level))


def entries(edition: Edition, depth: int) -> tuple[Entry, ...]:
    """Return the contents: parts, chapters, and headings down to a level; without folios.

    Args:
        edition: the book.
        depth: 1 for chapters alone, 0 for no contents at all.
    """
    if not depth:
        return ()
    untitled = layouts.labels(edition.language).untitled
    rows: list[Entry] = []
    for part in edition.parts:
        chapters = tuple(
            Entry(
                chapter.id,
                chapter.title or untitled,
                "chapter",
                authors=chapter.authors,
                summary=chapter.summary,
                entries=_nested([h for h in chapter.headings if h.level <= depth]),
            )
            for chapter in part.chapters
        )
        if part.title:
            rows.append(Entry(part.id, part.title, "part", entries=chapters))
        else:
            rows += chapters
    return tuple(rows)


def figure_entries(edition: Edition) -> tuple[Entry, ...]:
    """Return the list of figures that have captions; without folios."""
    return tuple(
        Entry(uid, caption, "figure")
        for chapter in edition.chapters
        for uid, caption in captions.captions(chapter)
    )


def stand_ins(names: Sequence[str], *, most: int) -> dict[str, str]:
    """Return numbers that stand for the folios of places: all different, of one length.

    Args:
        names: of the places.
        most: the largest folio.
    """
    length = max(len(str(most)), len(str(len(names))))
    return {name: f"{number:0{length}}" for number, name in enumerate(names, 1)}


def _nested(headings: Sequence[Heading]) -> tuple[Entry, ...]:
    """Return headings as a tree by their levels."""
    rows: list[Entry] = []
    at = 0
    while at < len(headings):
        first = headings[at]
        end = at + 1
        while end < len(headings) and headings[end].level > first.level:
            end += 1
        below = _nested(headings[at + 1 : end])
        rows.append(Entry(first.id, first.text, "heading", entries=below))
        at = end
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Matter:
    """What the front matter holds besides title page and colophon."""

    contents: tuple[Entry, ...] = ()
    figures: tuple[Entry, ...] = ()
    half_title: bool = False
    cover: bool = False

    @property
    def places(self) -> tuple[str, ...]:
        """The places whose folios it prints."""
        return tuple(_places((*self.contents, *self.figures)))

    def numbered(self, folios: Mapping[str, str]) -> Matter:
        """Return the same with folios, as far as they are known."""
        return replace(
            self,
            contents=_numbered(self.contents, folios),
            figures=_numbered(self.figures, folios),
        )


def _places(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        yield entry.id
        yield from _places(entry.entries)


def _numbered(entries: Sequence[Entry], folios: Mapping[str, str]) -> tuple[Entry, ...]:
    return tuple(
        replace(e, page=folios.get(e.id, ""), entries=_numbered(e.entries, folios)) for e in entries
    )


def front(draft: Draft, matter: Matter, families: Sequence[tuple[str, str]]) -> tuple[Text, ...]:
    """Return half title, title page, colophon, contents and list of figures."""
    language = draft.edition.language
    words = layouts.labels(language)
    trees = [draft.render("halftitle.xhtml", language)] if matter.half_title else []
    trees.append(draft.render("titlepage.xhtml", language))
    trees.append(draft.render("colophon.xhtml", language, fonts=families))
    for template, entries, label in (
        ("contents.xhtml", matter.contents, words.contents),
        ("figurelist.xhtml", matter.figures, words.figure_list),
    ):
        if entries:
            trees.append(draft.render(template, language, entries=entries))
            heading = next(trees[-1].iter("h1"), None)
            if heading is not None:
                _outline(heading, label, 1)
    for tree in trees:
        lines.prepare(tree, draft.page)
    return tuple(Text(draft.edition.name, tree, language) for tree in trees)


def html(edition: Edition, roots: Sequence[Element], name: str, style: str = "") -> Element:
    """Return a whole document with the book's facts, and a style sheet of its own, in its head."""
    document = make("html", lang=edition.language)
    head = make("head")
    head.append(make("title", edition.title))
    for key, value in _facts(edition):
        head.append(make("meta", name=key, content=value))
    if style:
        head.append(make("style", style))
    main = make("body", class_=name)
    main.extend(roots)
    document.extend((head, main))
    return document


def _facts(edition: Edition) -> Iterator[tuple[str, str]]:
    yield from (("author", author) for author in edition.authors)
    if edition.description or edition.subtitle:
        yield "description", edition.description or edition.subtitle
    if edition.subjects:
        yield "keywords", ", ".join(edition.subjects)
    yield "generator", layouts.generator()
    if edition.published and edition.changed:
        created = edition.published.date().isoformat()
        yield "dcterms.created", created
        yield "dcterms.modified", max(created, edition.changed.date().isoformat())
