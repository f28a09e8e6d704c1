"""What a build would make: archive, books, editions and files, before any work begins."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from publish import backends, cache, content, fonts, layouts, locales, share
from publish.build import listing
from publish.build.languages import settle_languages
from publish.build.outputs import Output, check, stem
from publish.build.phrases import read_phrases
from publish.collect import collect
from publish.config import BookSettings, EditionSettings, Loaded, place, settle, suggestion
from publish.diagnostics import (
    ContentError,
    Diagnostic,
    Place,
    PublishError,
    UsageError,
    error,
)
from publish.layouts import Layout
from publish.model import HORIZONTAL, WRITINGS, Archive
from publish.workshop import Workshop

CONTENT_FOLDERS = ("content", "source/_posts", "_posts", "posts", "src", "docs")


@dataclass(frozen=True)
class Request:
    """What is asked of a build, flags included."""

    what: tuple[str, ...] = ()  # names of books, or article files and folders; () is all books
    to: tuple[str, ...] = ()  # backends; () is what each book says
    output: str = ""  # a file or a folder
    force: bool = False  # also books that are fresh
    strict: bool = False
    offline: bool = False
    dry_run: bool = False
    opds: bool = False  # write the catalogue of the output folder


@dataclass(frozen=True)
class Plan:
    """Everything that will be made, and from what."""

    loaded: Loaded
    archive: Archive
    outputs: tuple[Output, ...]
    layouts: dict[str, Layout]
    catalogue: fonts.Catalogue
    phrases: dict[str, tuple[tuple[str, str], ...]]  # of editions, by name
    failed: bool  # a book or an article is missing from the plan
    folder: Path  # of the finished books
    partial: bool  # the project has, or may have, other books, or these in other formats


def read_archive(
    loaded: Loaded, what: tuple[Path, ...], shop: Workshop, *, drafts: bool
) -> Archive:
    """Return the articles of a project, or of the files and folders named.

    Raises:
        UsageError: there is nothing of that name.
    """
    roots = what or (content_root(loaded),)
    bases = tuple(os.path.join(base, "") for base in (Path.cwd(), loaded.root))  # noqa: PTH118

    def shown(path: Path) -> str:
        text = os.path.join(path, "")  # noqa: PTH118 - of every article
        base = next((base for base in bases if text.startswith(base)), "")
        return text.removeprefix(base).rstrip(os.sep) or "."

    archive = content.read_all(roots, shown=shown, drafts=drafts, store=shop.cache)
    shop.report(*archive.findings)
    return settle_languages(archive, locales.normalise(loaded.config.project.language), shop)


def content_root(loaded: Loaded) -> Path:
    """Return the folder of a project's articles.

    Raises:
        UsageError: the folder that the configuration names is not there.
    """
    named = loaded.config.project.content
    if named:
        path = loaded.root / named
        if path.exists():
            return path
        where = loaded.place(("project", "content"))
        raise UsageError(error("content-missing", f"there is no folder {named!r}", where))
    if loaded.file is None:
        return loaded.root
    found = (loaded.root / name for name in CONTENT_FOLDERS if (loaded.root / name).is_dir())
    return next(found, loaded.root)


def make(loaded: Loaded, request: Request, shop: Workshop) -> Plan:
    """Return what a build would make; faults of single books are reported and leave them out.

    Raises:
        UsageError: names that mean nothing, or output files that collide.
    """
    books, paths = _chosen(loaded, request)
    archive = read_archive(loaded, paths, shop, drafts=any(book.drafts for book in books))
    failed = any(finding.severity == "error" for finding in archive.findings)
    known = _layouts(books, loaded)
    phrases = read_phrases(books, loaded, shop)
    outputs: list[Output] = []
    for book in books:
        try:
            outputs += _outputs(book, archive, known, loaded, request, shop)
        except ContentError as problem:
            shop.report(*_placed(problem, book, loaded))
            failed = True
        except UsageError as problem:
            raise UsageError(*_placed(problem, book, loaded)) from None
    check(outputs, [Path(article.path) for article in archive.articles])
    folder = _folder(loaded, request)
    if request.opds:
        listing.check(folder, outputs)
    project = loaded.root if loaded.file else None
    return Plan(
        loaded=loaded,
        archive=archive,
        outputs=tuple(outputs),
        layouts=known,
        catalogue=fonts.load(project),
        phrases=phrases,
        failed=failed,
        folder=folder,
        partial=bool(request.what or request.to or failed or loaded.file is None),
    )


def _chosen(loaded: Loaded, request: Request) -> tuple[tuple[BookSettings, ...], tuple[Path, ...]]:
    """Return the books asked for, and the paths if articles were named instead."""
    books = {book.name: book for book in settle(loaded)}
    paths: list[Path] = []
    named: list[BookSettings] = []
    findings: list[Diagnostic] = []
    for word in request.what:
        if word in books:
            named.append(books[word])
        elif (path := Path(word).expanduser()).exists():
            paths.append(path.resolve())
        else:
            findings.append(
                error(
                    "what-unknown",
                    f"{word!r} is neither a book of this project nor a file or folder",
                    help=suggestion(word, [*filter(None, books), *_entries(word)]),
                )
            )
    if named and paths:
        findings.append(error("what-mixed", "name books, or files and folders, not both"))
    if findings:
        raise UsageError(*findings)
    if paths:
        return (_loose(loaded),), tuple(paths)
    return tuple(named) or tuple(books.values()), ()


def _entries(word: str) -> list[str]:
    """Return what stands beside a path that does not exist."""
    parent = Path(word).expanduser().parent
    try:
        return [str(parent / entry.name) for entry in parent.iterdir()]
    except OSError:
        return []


def _loose(loaded: Loaded) -> BookSettings:
    """Return the settings for articles that are named on the command line."""
    config = replace_books(loaded)
    return settle(config)[0]


def replace_books(loaded: Loaded) -> Loaded:
    """Return a configuration without its named books: the defaults alone."""
    import msgspec

    project = msgspec.structs.replace(loaded.config.project, title="")
    return replace(loaded, config=msgspec.structs.replace(loaded.config, books={}, project=project))


_KEYS = {  # of the book, on which a finding's code hangs
    "article-unknown": "articles",
    "no-articles": "select",
    "backend-unknown": "to",
    "layout-unknown": "layout",
    "layout-option": "layout",
    "title-placeholder": "title",
    "output-placeholder": "output",
}


def _placed(problem: PublishError, book: BookSettings, loaded: Loaded) -> list[Diagnostic]:
    """Return findings with the line of the book's key that they are about, where it is known."""
    placed = []
    for finding in problem.findings:
        key = _KEYS.get(finding.code, "")
        where = finding.place or (place(loaded, book.name, key) if key else None)
        placed.append(finding if where is None else finding.at(where))
    return placed


def _layouts(books: tuple[BookSettings, ...], loaded: Loaded) -> dict[str, Layout]:
    """Return the layouts of the books and their editions.

    Raises:
        UsageError: there is none of a name.
    """
    project = loaded.root if loaded.file else None
    found: dict[str, Layout] = {}
    for book in books:
        for name in {book.layout, *(edition.layout or book.layout for edition in book.editions)}:
            try:
                found[name] = found.get(name) or layouts.find(name, project)
            except UsageError as problem:
                raise UsageError(*_placed(problem, book, loaded)) from None
    return found


def _outputs(
    book: BookSettings,
    archive: Archive,
    known: Mapping[str, Layout],
    loaded: Loaded,
    request: Request,
    shop: Workshop,
) -> list[Output]:
    manuscripts = collect(archive, book, shop.epoch)
    to = request.to or book.to
    for name in to:
        backends.backend(name)  # an unknown one is refused before work begins
    wanted = book.epub.page_list
    paged = "pdf" in to if wanted is None else wanted
    single = len(manuscripts) * len(book.editions) * len(to) == 1
    return [
        Output(
            manuscript,
            book,
            edition,
            name,
            edition.layout or book.layout,
            _path(stem(manuscript, book, edition), name, loaded, request, single=single),
            name == "epub" and paged,
            _asked(book, edition, known[edition.layout or book.layout]),
        )
        for manuscript in manuscripts
        for edition in book.editions
        for name in to
    ]


def _asked(book: BookSettings, edition: EditionSettings, layout: Layout) -> str:
    """Return the writing asked for: the edition's word is over the book's, that over the layout's.

    Raises:
        UsageError: the layout's word cannot be meant.
    """
    own = layout.options.get("writing", HORIZONTAL)
    if own not in WRITINGS:
        text = f"layout {layout.name!r}: writing = {own!r} cannot be meant"
        raise UsageError(error("layout-option", text, help=suggestion(str(own), WRITINGS)))
    return edition.writing or book.writing or str(own)


def writing(output: Output) -> str:
    """Return how a book is set: in columns only if that was asked for and its backend can."""
    can = getattr(backends.backend(output.backend), "vertical", False)
    return output.writing if can else HORIZONTAL


def writing_place(loaded: Loaded, output: Output) -> Place | None:
    """Return where the writing of a book was asked for; None if its layout did."""
    key = ("editions", output.edition.name, "writing")
    own = loaded.place(key) if output.edition.writing else None
    return own or place(loaded, output.book.name, "writing")


def _path(name: str, to: str, loaded: Loaded, request: Request, *, single: bool) -> Path:
    """Return where a file goes: -o names a file, or a folder (the rule of cp)."""
    suffix = backends.backend(to).suffix
    if not _names_file(request):
        return _plain(_folder(loaded, request) / f"{name}{suffix}")
    given = Path(request.output).expanduser()
    if not single:
        raise UsageError(
            error(
                "output-single",
                f"{request.output} is one file, and more than one would be made",
                help="give -o a folder, or choose one book, edition and format",
            )
        )
    if given.suffix.lower() != f".{suffix.rpartition('.')[2]}":
        raise UsageError(
            error(
                "output-suffix",
                f"{request.output} is no name for .{suffix.rpartition('.')[2]} files",
                help=f"such as {given.stem}{suffix}; the name of a folder ends in /",
            )
        )
    return _plain(given)


def _folder(loaded: Loaded, request: Request) -> Path:
    """Return the folder of the finished books."""
    if request.output:
        given = Path(request.output).expanduser()
        return _plain(given.parent if _names_file(request) else given)
    return _plain(loaded.root / loaded.config.project.output if loaded.file else Path.cwd())


def _names_file(request: Request) -> bool:
    given = Path(request.output).expanduser()
    is_folder = given.is_dir() or request.output.endswith("/") or not _is_file_name(given)
    return bool(request.output) and not is_folder


def _is_file_name(path: Path) -> bool:
    """Tell whether -o means a file: there is one, or the name ends as files' names do."""
    return path.is_file() or bool(re.fullmatch(r"\.[A-Za-z]{2,5}\d?", path.suffix))


def _plain(path: Path) -> Path:
    """Return an absolute path without ``..``, so that one file has one name."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow symlinks


def inputs(plan: Plan, output: Output) -> str:
    """Return the digest of all that a book is made of, but for the pictures it finds.

    Those are watched (see ``ledger.Entry``).
    """
    made = backends.backend(output.backend)
    config = plan.loaded.config
    return cache.digest(
        share.program(),
        made.version,
        plan.layouts[output.layout].digest,
        plan.catalogue.fingerprint,
        [(a.id, a.digest, a.language) for a in output.manuscript.articles],
        cache.digest(replace(output.manuscript, parts=())),
        [(part.title, [a.id for a in part.articles]) for part in output.manuscript.parts],
        output.edition,
        plan.phrases.get(output.edition.name, ()),
        writing(output),
        cache.encode(options(output)),
        (config.text, config.figures, config.project.url),
        inputs(plan, printed(output)) if output.paged else "",
    )


def printed(output: Output) -> Output:
    """Return the PDF whose pages an EPUB lists."""
    return replace(output, backend="pdf", paged=False)


def fuller(output: Output) -> Output | None:
    """Return an EPUB made alone as it is when its PDF is made beside it, if it would be another.

    One that lies there from such a build is as good, and is left alone.
    """
    book = output.book
    alone = output.backend == "epub" and not output.paged and book.epub.page_list is None
    return replace(output, paged=True) if alone and "pdf" in book.to else None


def options(output: Output) -> dict[str, object]:
    """Return what a book's table says to its backend."""
    import msgspec

    book = output.book
    table = {"pdf": book.pdf, "cover": book.pdf, "epub": book.epub}.get(output.backend)
    if table is None:
        return {}
    found: dict[str, object] = msgspec.structs.asdict(table)
    found.pop("page_list", None)  # see `Output.paged`
    if output.backend == "cover":  # with the hyphens that the user gives it
        found["isbn"] = output.manuscript.identifier or None
    return {key: value for key, value in found.items() if value is not None}
