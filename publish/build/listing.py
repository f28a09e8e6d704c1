"""Lists what stands in the output folder: the OPDS catalogue, its pages and pictures.

The ledger says what each book is, so that nothing is compiled or opened for a catalogue. A book
that could not be made anew is listed as the old file that still stands; one that does not stand,
or that somebody else put in its place, is not. What is unchanged is not touched.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from publish import cache, share
from publish.build import ledger, outputs
from publish.build.outputs import Output
from publish.diagnostics import Diagnostic, Place, UsageError, error, warning
from publish.model import Card
from publish.workshop import Workshop

if TYPE_CHECKING:
    from publish.build.plan import Plan
    from publish.opds.books import Picture, Publication
    from publish.opds.shelves import Catalogue

STAGE = "opds"
VERSION = "1"
NAME = "catalog"  # of both roots, and of the folder of all else
ROOTS = (f"{NAME}.xml", f"{NAME}.json")
PICTURES = ("covers", "thumbnails")
_PAGES = {".xml", ".json"}
THUMBNAIL = 300  # pixels of height
_OURS = (b"http://opds-spec.org/", b"application/opds")  # feeds, and documents of publications


@dataclass(frozen=True, slots=True)
class Listed:
    """The catalogue of a folder."""

    roots: tuple[Path, ...]
    books: int  # entries: an edition in all its formats is one
    fresh: bool  # nothing had to be written
    failed: bool = False


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What was written: from what, which books by path, and each file's size and moment."""

    inputs: str
    listed: tuple[str, ...]
    files: tuple[tuple[str, int, int], ...]
    books: int


@dataclass(frozen=True, slots=True)
class _Standing:
    """A book in the folder."""

    path: str  # below the folder, POSIX
    entry: ledger.Entry


def check(folder: Path, planned: Iterable[Output]) -> None:
    """Refuse to write over what is no catalogue, and books that would stand among its pages.

    Raises:
        UsageError: naming every collision.
    """
    findings: list[Diagnostic] = []
    for output in planned:
        inside = _below(output.path, folder).casefold()
        if inside in ROOTS or inside.startswith(f"{NAME}/"):
            message = f"{output.manuscript.title!r} would stand among the files of the catalogue"
            advice = f"give the book another output: {NAME}/ is the folder of the OPDS catalogue"
            findings.append(error("output-collision", message, Place(str(output.path)), advice))
    for path in _others(folder):
        message = "there is another kind of file here, and it is not overwritten"
        advice = "the OPDS catalogue has this name: move the file, or build without it"
        findings.append(error("output-refused", message, Place(str(path)), advice))
    if findings:
        raise UsageError(*findings)


def _others(folder: Path) -> Iterator[Path]:
    """Yield what stands in the places of a catalogue, and is none."""
    roots = [path for path in _roots(folder) if os.path.lexists(path)]
    yield from (path for path in roots if not _is_ours(path))
    pages = folder / NAME
    if os.path.lexists(pages) and not pages.is_dir():
        yield pages
    elif not roots:  # where there is one, a spoilt page is made anew
        pages_there = (path for path in pages.rglob("*") if path.suffix in _PAGES)
        yield from (path for path in pages_there if not _is_ours(path))


def planned(plan: Plan) -> Listed:
    """Return what a dry run tells: how many books there would be."""
    books = {(o.manuscript.name, o.edition.name) for o in plan.outputs if o.backend != "cover"}
    return Listed(_roots(plan.folder), len(books), fresh=False)


def write(plan: Plan, shop: Workshop, *, force: bool = False) -> Listed:
    """Write the catalogue of the output folder, or leave it if it tells what is there already."""
    folder, key = plan.folder, cache.digest(STAGE, VERSION, str(plan.folder))
    old = shop.cache.load(STAGE, key, _Shelf)
    standing = list(_standing(plan, old.listed if old else (), shop))
    opds = plan.loaded.config.opds
    project = plan.loaded.config.project
    inputs = cache.digest(
        share.program(),
        (opds.title, opds.url, project.title, project.author, project.publisher, project.language),
        [(one.path, one.entry.digest or one.entry.written, one.entry.card) for one in standing],
    )
    if old and old.inputs == inputs and not force and _unchanged(folder, old):
        return Listed(_roots(folder), old.books, fresh=True)
    try:
        books, files = _write(folder, _catalogue(plan, standing), shop)
    except OSError as problem:
        place = Place(str(problem.filename or folder))
        shop.report(error("output-unwritable", f"cannot write: {problem.strerror}", place))
        return Listed(_roots(folder), 0, fresh=False, failed=True)
    names = tuple(one.path for one in standing)
    shop.cache.store(STAGE, key, _Shelf(inputs, names, tuple(_moments(folder, files)), books))
    return Listed(_roots(folder), books, fresh=False)


def belongings(folder: Path) -> Iterator[Path]:
    """Yield every file of a catalogue that stands in a folder, known by what it holds.

    Pictures are told by their place, where the catalogue's other files stand.
    """
    roots = [path for path in _roots(folder) if path.is_file() and _is_ours(path)]
    yield from roots
    if not roots:
        return
    pages = folder / NAME
    for path in sorted(pages.rglob("*")):
        inside = path.relative_to(pages).parts
        if not path.is_file():
            continue
        picture = len(inside) > 1 and inside[0] in PICTURES and path.suffix in {".jpg", ".png"}
        if picture or (path.suffix in _PAGES and _is_ours(path)):
            yield path


def _standing(plan: Plan, before: Sequence[str], shop: Workshop) -> Iterator[_Standing]:
    """Yield the books of a plan that stand, and after a partial one those listed before.

    Print covers are no books.
    """
    paths = {output.path: None for output in plan.outputs}
    if plan.partial:
        paths |= dict.fromkeys(plan.folder / name for name in before)
    for path in paths:
        inside = _below(path, plan.folder)
        entry = ledger.look_up(shop.cache, path) if inside else None
        if entry and entry.card.backend != "cover" and ledger.stands(entry, path):
            yield _Standing(inside, entry)


def _catalogue(plan: Plan, standing: Sequence[_Standing]) -> Catalogue:
    """Return what there is to list, without pictures."""
    from publish import locales
    from publish.opds import books, shelves, words

    project, opds = plan.loaded.config.project, plan.loaded.config.opds
    found = [(one.entry.card, books.File(one.path, one.entry.size)) for one in standing]
    publications = books.gather(found)
    language = locales.normalise(project.language) or _most(found)
    title = opds.title or project.title or words.words(language).catalogue
    names = [project.author] if isinstance(project.author, str) else project.author
    author = next(filter(None, [*names, project.publisher]), title)
    return shelves.Catalogue(title, author, language, publications, opds.url)


def _most(found: Iterable[tuple[Card, object]]) -> str:
    """Return the language of most books."""
    languages = [card.language for card, _ in found]
    return max(languages, key=languages.count, default="")


def _write(folder: Path, catalogue: Catalogue, shop: Workshop) -> tuple[int, list[str]]:
    """Put all files in their places, the roots last; return the number of entries, and names."""
    from dataclasses import replace

    from publish.opds import atom, shelves, webpub

    written: list[str] = []

    def put(name: str, data: bytes) -> None:
        _put(folder / name, data)
        written.append(name)

    dressed = []
    for one in catalogue.publications:
        pictures = _pictures(one, folder, shop)
        for picture, data in pictures:
            put(picture.path, data)
        dressed.append(replace(one, pictures=tuple(picture for picture, _ in pictures)))
    catalogue = replace(catalogue, publications=tuple(dressed))
    for one in catalogue.publications:
        put(atom.document(one) + atom.SUFFIX, atom.entry(one, catalogue))
        put(atom.document(one) + webpub.SUFFIX, webpub.entry(one, catalogue))
    for page in reversed(shelves.arrange(catalogue)):
        put(page.path + atom.SUFFIX, atom.feed(page, catalogue))
        put(page.path + webpub.SUFFIX, webpub.feed(page, catalogue))
    _tidy(folder, set(written))
    return len(catalogue.publications), written


def _pictures(one: Publication, folder: Path, shop: Workshop) -> list[tuple[Picture, bytes]]:
    """Return the cover and its thumbnail."""
    from publish.opds.books import Picture

    cover = one.card.cover
    if cover is None:
        return []
    suffix = ".png" if cover.media_type == "image/png" else ".jpg"
    path = f"{NAME}/{PICTURES[0]}/{one.name}{suffix}"
    data = shop.cache.read_object(cover.object) or _same(folder / path, cover.object)
    if data is None:
        message = f"{one.card.title!r} is listed without its cover, which is not in the cache"
        shop.report(warning("cover-lost", message, help="--refresh draws it anew"))
        return []
    whole = Picture(path, cover.media_type, cover.width, cover.height)
    small, bytes_ = _thumbnail(whole, cover.object, data, shop)
    suffix = ".png" if small.media_type == "image/png" else ".jpg"
    path = f"{NAME}/{PICTURES[1]}/{one.name}{suffix}"
    small = Picture(path, small.media_type, small.width, small.height)
    return [(whole, data), (small, bytes_)]


def _same(path: Path, object_: str) -> bytes | None:
    """Return the bytes of a cover that stands already."""
    return path.read_bytes() if ledger.file_digest(path) == object_ else None


def _thumbnail(cover: Picture, object_: str, data: bytes, shop: Workshop) -> tuple[Picture, bytes]:
    """Return a cover made small: kept, as decoding many covers takes its time."""
    from publish.figures import pictures
    from publish.opds.books import Picture

    width = max(1, round(cover.width * THUMBNAIL / cover.height))
    key = cache.digest(pictures.VERSION, object_, width)
    found = shop.cache.load("thumbnail", key, pictures.Picture)
    if found is None:
        recipe = pictures.Recipe(width * THUMBNAIL, max(width, THUMBNAIL), 82)
        found = pictures.derive(data, recipe, cover.width * cover.height)
        shop.cache.store("thumbnail", key, found)
    return Picture("", found.media_type, found.width, found.height), found.data


def _put(path: Path, data: bytes) -> None:
    """Write a file, if it holds anything else: whole, but without waiting for the disk."""
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    with outputs.whole(path, durable=False) as file:
        file.write(data)


def _tidy(folder: Path, written: set[str]) -> None:
    """Remove pages and pictures of books that are listed no more, and folders left empty."""
    for path in list(belongings(folder)):
        if path.relative_to(folder).as_posix() not in written:
            path.unlink()
            for parent in path.relative_to(folder).parents[:-1]:
                with contextlib.suppress(OSError):  # it holds something else, and stays
                    (folder / parent).rmdir()


def _unchanged(folder: Path, shelf: _Shelf) -> bool:
    names = [name for name, _, _ in shelf.files]
    try:
        return tuple(_moments(folder, names)) == shelf.files
    except OSError:
        return False


def _moments(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    for name in names:
        status = (folder / name).stat()
        yield name, status.st_size, status.st_mtime_ns


def _roots(folder: Path) -> tuple[Path, ...]:
    return tuple(folder / name for name in ROOTS)


def _below(path: Path, folder: Path) -> str:
    """Return a path as seen from a folder above it, POSIX; "" if it is not."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else ""


def _is_ours(path: Path) -> bool:
    """Tell whether a file is a feed, or the document of a publication."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return any(mark in data for mark in _OURS)
