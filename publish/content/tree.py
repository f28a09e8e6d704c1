"""Finds the articles of a folder: where they begin, which files they are, what is passed over."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from publish.diagnostics import Diagnostic, Place, error, note, warning

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
WEBPAGE = (".html", ".htm")
ARTICLE = MARKDOWN + WEBPAGE
OTHER = (
    *(".org", ".rst", ".txt", ".adoc", ".asciidoc", ".textile", ".tex", ".typ", ".wiki", ".mdx"),
    *(".docx", ".doc", ".odt", ".rtf", ".epub", ".ipynb", ".pdc", ".xhtml"),
)
_HUGO = ("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json")
_SITES = (
    *_HUGO,
    *("config.toml", "config.yaml", "config.yml", "config.json", "config", "_config.yml"),
    *("_config.yaml", "book.toml", "book.json", "mkdocs.yml"),
)
_ROOTS = ("content", "source/_posts", "_posts")  # of Hugo, Hexo and Jekyll
_MACHINERY = frozenset(
    (
        *("node_modules", "__pycache__", "_site", "_includes", "_layouts", "_sass", "_data"),
        *("_plugins", "_book", "_discarded"),
    )
)
_SITE_MACHINERY = frozenset(
    ("themes", "public", "resources", "archetypes", "layouts", "static", "assets")
)
_TO_SITE = 3  # folders that are climbed from the content root to the site
_ABOUT = re.compile(
    r"(?:readme|changelog|contributing|code_of_conduct|license|licence|security|authors)"
    r"(?:[._-][\w-]+)?\.(?:md|markdown)",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is to be read: its path, and its path below the root (POSIX, as on disk)."""

    path: Path
    below: str


@dataclass(slots=True)
class Tree:
    """What a folder holds."""

    root: Path
    site: Path
    files: list[Found] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)


Shown = Callable[[Path], str]


def visible(text: str) -> str:
    """Return a path as one line of text, whatever the file system allows in names."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def survey(given: Path, shown: Shown) -> Tree:
    """Return the tree below a folder; a file is a tree of itself. Sorted by path."""
    given = Path(os.path.abspath(given))  # noqa: PTH100 - resolve() would follow symlinks
    if not given.is_dir():
        tree = Tree(given.parent, site(given.parent), [Found(given, given.name)])
        if given.suffix.lower() not in (*ARTICLE, ".txt"):
            tree.files.clear()
            message = f"{given.suffix or 'a file without a suffix'} is no format that can be read"
            advice = f"articles are {', '.join(ARTICLE)}"
            tree.findings.append(error("format-unknown", message, Place(shown(given)), advice))
        return tree
    root = content_root(given)
    tree = Tree(root, site(root))
    _Walk(tree, shown).run()
    tree.files.sort(key=lambda file: (file.below.split("/"), file.below))
    _leave_out_about(tree, shown)
    return tree


def content_root(folder: Path) -> Path:
    """Return where the articles of a site begin; a folder that is no site's is its own root."""
    names = {path.name for path in folder.iterdir()}
    if "SUMMARY.md" in names:
        return folder
    marked = not names.isdisjoint(_SITES)
    own = any(
        name.lower().endswith(ARTICLE) and not _ABOUT.fullmatch(name) and not name.startswith(".")
        for name in names
    )
    if (folder / "src" / "SUMMARY.md").is_file() and (marked or not own):
        return folder / "src"
    if (marked or not own) and folder.name != "source":  # Hexo's own, pages and posts
        for name in _ROOTS:
            if (folder / name).is_dir() and not (folder / name).is_symlink():
                return folder / name
    return folder


def site(root: Path) -> Path:
    """Return the folder that holds ``static/``, ``source/`` or the configuration of a site."""
    folder = root
    for _ in range(_TO_SITE + 1):
        if (folder / "static").is_dir() or any((folder / name).is_file() for name in _SITES):
            return folder
        if folder != root and (folder / "source") in (root, *root.parents):
            return folder
        if folder.parent == folder:
            break
        folder = folder.parent
    for name, depth in (("content", 1), ("_posts", 1), ("src", 1)):
        for at in (root, *list(root.parents)[: _TO_SITE - 1]):
            if at.name == name:
                return at.parents[depth - 1]
    return root


class _Walk:
    """Walks a tree without following links; counts what it passes over."""

    def __init__(self, tree: Tree, shown: Shown) -> None:
        self.tree, self.shown = tree, shown
        self.real = os.path.realpath(tree.root)
        self.hidden: list[str] = []
        self.other: list[str] = []
        self.machinery: list[str] = []
        self.linked: list[str] = []
        self.of_site = any((tree.root / name).is_file() for name in _SITES)

    def run(self) -> None:
        waiting = [""]
        while waiting:
            below = waiting.pop()
            folder = self.tree.root / below if below else self.tree.root
            try:
                with os.scandir(folder) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name)
            except OSError as problem:
                self._error(folder, f"the folder cannot be read: {problem.strerror}")
                continue
            for entry in listed:
                inner = f"{below}/{entry.name}" if below else entry.name
                if self._take(entry, inner, top=not below):
                    waiting.append(inner)
        self._notes()

    def _take(self, entry: os.DirEntry[str], below: str, *, top: bool) -> bool:
        """Take a file up, or tell that an entry is a folder to walk."""
        name, path = entry.name, Path(entry.path)
        if name.startswith((".", "~$", "#")) or name.endswith("~"):
            self.hidden.append(below)
            return False
        if entry.is_symlink():
            self._link(path, name, below)
            return False
        if entry.is_dir(follow_symlinks=False):
            if name in _MACHINERY or (top and self.of_site and name in _SITE_MACHINERY):
                self.machinery.append(below)
                return False
            return True
        suffix = path.suffix.lower()
        if suffix in ARTICLE and stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
            if _CONTROLS.search(name) and not _encodable(below):
                self._error(path, "the name is not UTF-8", "rename the file")
            else:
                self.tree.files.append(Found(path, below))
        elif suffix in OTHER:
            self.other.append(below)
        return False

    def _link(self, path: Path, name: str, below: str) -> None:
        place = Place(visible(self.shown(path)))
        try:
            target = os.path.realpath(path, strict=True)
        except OSError:
            message = "a symbolic link that leads nowhere, or in a circle; left out"
            self.tree.findings.append(warning("link-broken", message, place))
            return
        if not path.is_dir() and path.suffix.lower() not in ARTICLE:
            return
        if target == self.real or target.startswith(self.real.rstrip(os.sep) + os.sep):
            self.linked.append(below)  # what it leads to is read where it is
            return
        message = "a symbolic link that leads out of the folder; not followed"
        advice = "name the folder it leads to on the command line, or copy it here"
        self.tree.findings.append(warning("link-outside", message, place, advice))

    def _error(self, path: Path, message: str, help: str = "") -> None:
        place = Place(visible(self.shown(path)))
        self.tree.findings.append(error("unreadable", message, place, help))

    def _notes(self) -> None:
        self._note("left-out-hidden", self.hidden, "hidden or temporary")
        self._note("left-out-format", self.other, "of formats that are not read")
        self._note("left-out-machinery", self.machinery, "of the site's machinery")
        self._note("left-out-link", self.linked, "links to what is read already")

    def _note(self, code: str, names: list[str], what: str) -> None:
        if names:
            self.tree.findings.append(counted(code, names, what, self.tree.root, self.shown))


def counted(code: str, names: Iterable[str], what: str, root: Path, shown: Shown) -> Diagnostic:
    """Return one note about all that was passed over for one reason."""
    listed = sorted(map(visible, names))
    number = "1 is" if len(listed) == 1 else f"{len(listed)} are"
    rest = " …" if len(listed) > 5 else ""
    message = f"{number} left out, {what}: {', '.join(listed[:5])}{rest}"
    return note(code, message, Place(visible(shown(root))))


def _encodable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _leave_out_about(tree: Tree, shown: Shown) -> None:
    """Leave out README and its like at the top: they tell of the archive, unless they are all."""
    if (tree.root / "SUMMARY.md").is_file():
        return
    about = [file for file in tree.files if "/" not in file.below and _ABOUT.fullmatch(file.below)]
    if about and len(about) < len(tree.files):
        gone = {file.below for file in about}
        tree.files = [file for file in tree.files if file.below not in gone]
        what = "telling of the archive"
        tree.findings.append(counted("left-out-about", gone, what, tree.root, shown))


def identities(files: list[Found]) -> dict[str, str]:
    """Return an id for every path below the root: NFC, one line, numbered where two are equal."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    normal = {file.below: visible(unicodedata.normalize("NFC", file.below)) for file in files}
    for below in sorted(normal, key=lambda below: (below != normal[below], below)):
        name, number = normal[below], 2
        stem, dot, suffix = name.rpartition(".")
        while name in taken:
            name, number = f"{stem}~{number}{dot}{suffix}", number + 1
        taken.add(name)
        ids[below] = name
    return ids
