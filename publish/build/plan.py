"""What a build would make: archive, books, editions and files, before any work begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from publish import backends, cache, chinese, content, fonts, layouts
from publish.build import ledger
from publish.build.outputs import Output, check, stem
from publish.collect import collect
from publish.compiler import settle_languages
from publish.config import BookSettings, Loaded, settle, suggestion
from publish.diagnostics import (
    ContentError,
    Diagnostic,
    Place,
    UsageError,
    error,
)
from publish.layouts import Layout
from publish.model import Archive
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


def read_archive(
    loaded: Loaded, what: tuple[Path, ...], shop: Workshop, *, drafts: bool
) -> Archive:
    """Return the articles of a project, or of the files and folders named.

    Raises:
        UsageError: there is nothing of that name.
    """
    roots = what or (content_root(loaded),)
    here = Path.cwd()

    def shown(path: Path) -> str:
        for base in (here, loaded.root):
            if path.is_relative_to(base):
                return str(path.relative_to(base))
        return str(path)

    archive = content.read_all(roots, shown=shown, drafts=drafts)
    shop.report(*archive.findings)
    return settle_languages(archive, loaded.config.project.language, shop)


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
        place = Place(loaded.origin(("project", "content")))
        raise UsageError(error("content-missing", f"there is no folder {named!r}", place))
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
    known = {name: _layout(name, loaded) for name in _layout_names(books)}
    phrases = _phrases(books, loaded, shop)
    outputs: list[Output] = []
    for book in books:
        try:
            outputs += _outputs(book, archive, loaded, request, shop)
        except ContentError as problem:
            shop.report(*problem.findings)
            failed = True
    check(outputs, [Path(article.path) for article in archive.articles])
    project = loaded.root if loaded.file else None
    return Plan(loaded, archive, tuple(outputs), known, fonts.load(project), phrases, failed)


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


def _layout_names(books: tuple[BookSettings, ...]) -> set[str]:
    editions = {edition.layout for book in books for edition in book.editions}
    return {book.layout for book in books} | editions - {""}


def _layout(name: str, loaded: Loaded) -> Layout:
    return layouts.find(name, loaded.root if loaded.file else None)


def _phrases(
    books: tuple[BookSettings, ...], loaded: Loaded, shop: Workshop
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Read the phrase files of the editions.

    Raises:
        UsageError: a file is missing or cannot be read.
    """
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for edition in {edition.name: edition for book in books for edition in book.editions}.values():
        phrases: list[tuple[str, str]] = []
        for name in edition.phrases:
            path = loaded.root / name
            try:
                text = path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as problem:
                place = Place(loaded.origin(("editions", edition.name, "phrases")))
                raise UsageError(
                    error("phrases-unreadable", f"cannot read {name}: {problem}", place)
                ) from None
            read, findings = chinese.read_phrases(text, name)
            shop.report(*findings)
            phrases += read
        found[edition.name] = tuple(phrases)
    return found


def _outputs(
    book: BookSettings, archive: Archive, loaded: Loaded, request: Request, shop: Workshop
) -> list[Output]:
    manuscripts = collect(archive, book, shop.epoch)
    to = request.to or book.to
    for name in to:
        backends.backend(name)  # an unknown one is refused before work begins
    single = len(manuscripts) * len(book.editions) * len(to) == 1
    return [
        Output(
            manuscript,
            book,
            edition,
            name,
            edition.layout or book.layout,
            _path(stem(manuscript, book, edition), name, loaded, request, single=single),
        )
        for manuscript in manuscripts
        for edition in book.editions
        for name in to
    ]


def _path(name: str, to: str, loaded: Loaded, request: Request, *, single: bool) -> Path:
    """Return where a file goes: -o names a file, or a folder (the rule of cp)."""
    suffix = backends.backend(to).suffix
    if request.output:
        given = Path(request.output).expanduser().absolute()
        if given.suffix.lower() == suffix and not given.is_dir():
            if single:
                return given
            raise UsageError(
                error(
                    "output-single",
                    f"{request.output} is one file, and more than one would be made",
                    help="give -o a folder, or choose one book, edition and format",
                )
            )
        if given.suffix.lower() in {".epub", ".pdf"} and not given.is_dir():
            if not single:
                return given.with_suffix(suffix)
            raise UsageError(
                error("output-suffix", f"{request.output} is no name for {suffix} files")
            )
        return given / f"{name}{suffix}"
    folder = loaded.root / loaded.config.project.output if loaded.file else Path.cwd()
    return (folder / f"{name}{suffix}").absolute()


def inputs(plan: Plan, output: Output) -> str:
    """Return the digest of all that a book is made of, but for the pictures it finds."""
    made = backends.backend(output.backend)
    config = plan.loaded.config
    return cache.digest(
        ledger.engine(),
        made.version,
        plan.layouts[output.layout].digest,
        plan.catalogue.fingerprint,
        [(a.id, a.digest, a.language) for a in output.manuscript.articles],
        cache.digest(replace(output.manuscript, parts=())),
        [(part.title, [a.id for a in part.articles]) for part in output.manuscript.parts],
        output.edition,
        plan.phrases.get(output.edition.name, ()),
        cache.encode(options(output)),
        (config.text, config.figures, config.project.url),
        ledger.file_digest(plan.loaded.root / output.book.cover) if output.book.cover else "",
    )


def options(output: Output) -> dict[str, object]:
    """Return what a book's table says to its backend."""
    import msgspec

    table = {"pdf": output.book.pdf, "epub": output.book.epub}.get(output.backend)
    if table is None:
        return {}
    found: dict[str, object] = msgspec.structs.asdict(table)
    return {key: value for key, value in found.items() if value is not None}
