"""Reads an archive: every file an Article, every fault a finding, nothing lost in silence."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from publish.cache import Cache
from publish.content import tree
from publish.content.keeping import Entry, Made, Shelf, Source
from publish.content.tree import Found, Shown, Tree, counted, visible
from publish.diagnostics import Diagnostic, Place, UsageError, error, warning
from publish.model import Archive, Article, Section

_SECTION = re.compile(r"_index(?:\.[\w-]+)?\.(?:md|markdown|html?)")
Listed = dict[str, tuple[int, Entry]]  # by path below the root


def read(root: Path, *, shown: Shown | None = None, drafts: bool = False) -> Archive:
    """Return the articles of a folder, or of one file, in the order of their paths.

    A site of Hugo, Hexo, Jekyll, mdBook or GitBook is known by its shape: its articles are
    looked for where they are kept, and it becomes the archive's ``site``. Drafts are left out
    unless ``drafts``; dates in the future, and past dates of expiry, change nothing, for no
    clock is read. An article that cannot be read is left out, with an error among the findings.

    Args:
        root: folder or file.
        shown: how messages name a path; by default from the working folder, if it is below it.
        drafts: take drafts too.

    Raises:
        UsageError: there is no such file or folder.
    """
    return read_all((root,), shown=shown, drafts=drafts)


def read_all(
    roots: Iterable[Path],
    *,
    shown: Shown | None = None,
    drafts: bool = False,
    store: Cache | None = None,
) -> Archive:
    """Return the articles of several folders and files as one archive, none of them twice.

    Its root is the nearest folder that holds them all, so that ids stay distinct.

    Args:
        roots: folders and files.
        shown: see `read`.
        drafts: take drafts too.
        store: where it is kept what files gave, for the next time their bytes are the same.

    Raises:
        UsageError: one of them is not there.
    """

    def show(path: Path) -> str:
        return visible(shown(path) if shown else _from_here(path))

    trees = []
    given = tuple(roots)
    for root in given:
        if not root.exists():
            message = f"there is no file or folder {visible(str(root))}"
            raise UsageError(error("path-missing", message))
        trees.append(tree.survey(root, show))
    whole = _join(trees) if len(trees) > 1 else trees[0]
    shelf = Shelf(store, [str(drafts), show(whole.root), *map(str, given)])
    archive = _Reader(whole, show, drafts, shelf).archive()
    shelf.close()
    return archive


def _from_here(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _join(trees: list[Tree]) -> Tree:
    root = Path(os.path.commonpath([one.root for one in trees]))
    sites = {one.site for one in trees}
    joined = Tree(root, sites.pop() if len(sites) == 1 else tree.site(root))
    files: dict[Path, Found] = {}
    for one in trees:
        joined.findings += one.findings
        for file in one.files:
            files[file.path] = Found(file.path, file.path.relative_to(root).as_posix())
    joined.files = sorted(files.values(), key=lambda file: file.below.split("/"))
    return joined


class _Reader:
    """The reading of one tree."""

    def __init__(self, whole: Tree, shown: Shown, drafts: bool, shelf: Shelf) -> None:
        self.tree, self.shown, self.drafts, self.shelf = whole, shown, drafts, shelf
        self.findings: list[Diagnostic] = list(whole.findings)
        self.sections: dict[str, Section] = {}
        self.drafted: list[str] = []
        self.empty: list[str] = []
        self.paged: list[str] = []  # pages of sections that have text

    def archive(self) -> Archive:
        """Read every file."""
        listed = self._summary()
        ids = tree.identities(self.tree.files)
        articles = []
        for file in self.tree.files:
            if _SECTION.fullmatch(file.path.name) and not self._alone(file):
                self._section(file, ids[file.below])
            elif one := self._article(file, ids[file.below], listed):
                articles.append(one)
        self._weigh_folders(listed, ids)
        self._count("left-out-draft", self.drafted, "drafts", "--drafts takes them in")
        self._count("left-out-empty", self.empty, "empty")
        self._count("left-out-section-text", self.paged, "text of sections' pages (not the titles)")
        articles.sort(key=lambda one: one.id.split("/"))
        return Archive(
            root=str(self.tree.root),
            site=str(self.tree.site),
            articles=tuple(articles),
            sections=tuple(self.sections[key] for key in sorted(self.sections)),
            findings=tuple(self.findings),
        )

    def _alone(self, file: Found) -> bool:
        return len(self.tree.files) == 1 and "/" not in file.below

    def _count(self, code: str, names: list[str], what: str, help: str = "") -> None:
        if names:
            found = counted(code, names, what, self.tree.root, self.shown)
            self.findings.append(replace(found, help=help))

    def _bytes(self, path: Path) -> bytes | None:
        try:
            with path.open("rb", buffering=0) as file:  # half the time, and there are hundreds
                return file.read()
        except OSError as problem:
            message = f"the file cannot be read: {problem.strerror}"
            self.findings.append(error("unreadable", message, Place(self.shown(path))))
            return None

    def _article(self, file: Found, id: str, listed: Listed) -> Article | None:
        data = self._bytes(file.path)
        if not data:
            if data is not None:
                self.empty.append(file.below)
            return None
        position, entry = listed.get(file.below, (None, None))
        shown = self.shown(file.path)
        source = Source(file, id, shown, data, self.tree.root.name, entry, position)
        made = self.shelf.take(source, f"article {self.drafts}", self._read_article)
        self.findings += made.findings
        if made.reason == "draft":
            self.drafted.append(file.below)
        return made.article

    def _read_article(self, source: Source) -> Made:
        from publish.content import articles  # and parsers, which nothing that is kept needs

        return articles.read(source, drafts=self.drafts)

    def _section(self, file: Found, id: str) -> None:
        """Take the title and weight of a folder from its ``_index.md``."""
        data = self._bytes(file.path)
        if data is None:
            return
        folder = id.rpartition("/")[0]
        counts = folder not in self.sections or file.path.stem == "_index"
        source = Source(file, id, self.shown(file.path), data)
        made = self.shelf.take(source, f"section {counts}", partial(_read_section, counts=counts))
        self.findings += made.findings
        if made.has_text:
            self.paged.append(file.below)
        if made.section:
            self.sections[folder] = made.section

    def _summary(self) -> Listed:
        """Keep the files that a SUMMARY.md at the root lists, if there is one."""
        own = next((file for file in self.tree.files if file.below == "SUMMARY.md"), None)
        data = self._bytes(own.path) if own and len(self.tree.files) > 1 else None
        if own is None or data is None:
            return {}
        from publish.content import summary
        from publish.content.text import decode

        shown = self.shown(own.path)
        text, found = decode(data, shown)
        book = summary.read(text or "")
        if not book.entries:
            return {}  # an article that only is called so
        self.findings += found
        files = {file.below: file for file in self.tree.files if file is not own}
        listed: Listed = {}
        missing: list[Entry] = []
        for position, entry in enumerate(book.entries, 1):
            if below := summary.resolve(entry.path, files):
                listed.setdefault(below, (position, entry))
            else:
                missing.append(entry)
        if missing:
            number = "1 file is" if len(missing) == 1 else f"{len(missing)} files are"
            names = ", ".join(visible(entry.path) for entry in missing[:5])
            message = f"{number} listed but not there: {names}{' …' if len(missing) > 5 else ''}"
            place = Place(shown, missing[0].line)
            self.findings.append(warning("summary-missing", message, place))
        unlisted = [below for below in files if below not in listed]
        self._count("left-out-unlisted", unlisted, "not listed in SUMMARY.md")
        self.tree.files = [files[below] for below in files if below in listed]
        if book.title:
            self.sections[""] = Section("", book.title)
        return listed

    def _weigh_folders(self, listed: Listed, ids: dict[str, str]) -> None:
        """Give a folder the place of its first chapter, so that SUMMARY.md orders folders too."""
        if not listed:
            return
        from publish.content import titles

        for below, (position, _) in sorted(listed.items(), key=lambda item: item[1][0]):
            folders = ids[below].split("/")[:-1]
            for depth in range(1, len(folders) + 1):
                folder = "/".join(folders[:depth])
                known = self.sections.get(folder)
                if known is None:
                    title = titles.from_name(folders[depth - 1])
                    self.sections[folder] = Section(folder, title, position)
                elif known.weight is None:
                    self.sections[folder] = replace(known, weight=position)


def _read_section(source: Source, *, counts: bool) -> Made:
    from publish.content import sections

    return sections.read(source, counts=counts)
