"""The documents of the spine: cover, title page, parts, chapters, colophon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from publish import layouts
from publish.backends.epub import pagebreaks
from publish.backends.epub.documents import FIGURES, Desk, Document, page
from publish.backends.epub.splitting import split
from publish.backends.epub.targets import Target
from publish.backends.epub.text import line, quoted, visible
from publish.backends.epub.words import numbered
from publish.layouts import Layout
from publish.model import Chapter, Edition, EditionPart, Figure
from publish.pagination import PageStart


@dataclass(frozen=True, slots=True)
class Piece:
    """A chapter, or one file's worth of it."""

    chapter: Chapter
    number: int  # from 1
    xhtml: bytes

    @property
    def id(self) -> str:
        """Return the manifest id, which is the stem of the file's name too."""
        return self.chapter.id if self.number == 1 else f"{self.chapter.id}-{self.number}"


@dataclass(frozen=True, slots=True)
class Setting:
    """What every page of a book is made with."""

    edition: Edition
    layout: Layout
    desk: Desk
    target: Target
    starts: Mapping[str, Sequence[PageStart]] = field(default_factory=dict)  # by chapter and part

    @property
    def has_cover_page(self) -> bool:
        """Tell whether the cover has a page of its own, besides being the book's picture."""
        return self.edition.cover is not None and self.target.cover_page

    def render(self, template: str, language: str, **more: Any) -> bytes:
        """Return a template of the layout, filled in."""
        context: dict[str, Any] = {
            "edition": self.edition,
            "chapter": None,
            "part": None,
            "t": layouts.labels(language),
            "target": "epub",
            "figure_src": lambda figure: f"../{FIGURES}{figure.name}",
            "fonts": (),
            "generator": layouts.generator(),
            "conversion": layouts.notice(self.edition),
        }
        return layouts.render(self.layout, template, **context | more).encode()


def documents(setting: Setting, pieces: Mapping[str, Sequence[Piece]]) -> Iterator[Document]:
    """Yield the documents of the spine, in order, without navigation and colophon."""
    edition, desk = setting.edition, setting.desk
    t = layouts.labels(edition.language)
    if edition.cover is not None and setting.has_cover_page:
        yield page(desk, "cover", t.cover, _cover(edition, edition.cover.figure, t))
    yield page(desk, "titlepage", edition.title, _own(setting, "titlepage.xhtml"))
    titles = Counter((line(edition.title), t.cover, t.contents, t.colophon))
    for part in edition.parts:
        if visible(part.title):
            body = pagebreaks.before(setting.starts.get(part.id, ()))
            body += _own(setting, "part.xhtml", part=part)
            yield page(desk, part.id, _unique(part.title, titles, edition.language), body)
        for chapter in part.chapters:
            title = _unique(chapter.title, titles, edition.language)
            for piece in pieces[chapter.id]:
                yield _chapter(setting, part, piece, len(pieces[chapter.id]), title)


def colophon(setting: Setting, faces: Sequence[tuple[str, str, str]] = ()) -> Iterator[Document]:
    """Yield the colophon: with the sources of very many articles it takes several files.

    Args:
        setting: as of all pages.
        faces: that the book holds: family, licence, copyright.
    """
    title = layouts.labels(setting.edition.language).colophon
    for number, body in enumerate(split(_own(setting, "colophon.xhtml", fonts=faces)), 1):
        if number == 1:
            yield page(setting.desk, "colophon", title, body)
        else:
            again = numbered(title, number, setting.edition.language)
            headed = b"<div>" + _continued(again) + body + b"</div>"
            yield page(setting.desk, f"colophon-{number}", again, headed)


def _continued(title: str) -> bytes:
    """Return the heading of a second file: each file has one, for those who listen."""
    return f'<h1 class="continued">{quoted(title)}</h1>'.encode()


def _own(setting: Setting, template: str, **more: Any) -> bytes:
    return setting.render(template, setting.edition.language, **more)


def _unique(title: str, seen: Counter[str], language: str) -> str:
    """Return a title that no other file has."""
    title = line(title)
    key = " ".join(title.split())
    seen[key] += 1
    return title if seen[key] == 1 else numbered(title, seen[key], language)


def _cover(edition: Edition, figure: Figure, t: layouts.Labels) -> bytes:
    alt = quoted(f"{t.cover}{t.colon}{line(edition.title)}")
    return (
        '<section epub:type="cover" class="cover">'
        f'<img src="../{FIGURES}{cover_name(figure)}" alt="{alt}" role="doc-cover"'
        f' width="{figure.width}" height="{figure.height}"/></section>'
    ).encode()


def _chapter(
    setting: Setting, part: EditionPart, piece: Piece, pieces: int, title: str
) -> Document:
    """Return one file of a chapter: the opener in the first, the closer in the last."""
    chapter = piece.chapter
    language = chapter.language or setting.edition.language
    attributes = 'epub:type="chapter" role="doc-chapter" class="chapter"'
    if piece.number == 1:
        opener = setting.render("opener.xhtml", language, chapter=chapter, part=part)
        attributes += f' id="{quoted(chapter.id)}"'
        if f'id="{chapter.id}-title"'.encode() in opener:
            attributes += f' aria-labelledby="{quoted(chapter.id)}-title"'
    else:
        title = numbered(title, piece.number, language)
        again = numbered(line(chapter.title), piece.number, language)
        opener = _continued(again)
    if language != setting.edition.language:
        attributes += f' lang="{quoted(language)}" xml:lang="{quoted(language)}"'
    closer = b""
    if piece.number == pieces and chapter.origin:
        closer = setting.render("closer.xhtml", language, chapter=chapter, part=part)
    starts = setting.starts.get(chapter.id, ())
    start = f"<section {attributes}>\n".encode()
    if piece.number == 1:
        start = pagebreaks.before(starts) + start
    if piece.number == pieces:
        closer = pagebreaks.behind(starts) + closer
    body = b"".join((start, opener, b"\n", piece.xhtml, b"\n", closer, b"\n</section>"))
    return page(setting.desk, piece.id, title, body, shown=chapter.shown)


def cover_name(figure: Figure) -> str:
    """Return the file name of the cover's picture."""
    return "cover.png" if figure.media_type == "image/png" else "cover.jpg"
