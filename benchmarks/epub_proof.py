"""EPUBs of all the shared archives before EPUBCheck, Ace, the shared lint and a real reader.

    python benchmarks/epub_proof.py [NAME ...] [--stages build check lint read ace table]
                                    [--folder F] [--every 10]

Needs the shared corpora beside the repository (or PUBLISH_SHARED), Java, Node and Chromium.
Pictures come from the shared figure server as a mirror. Every archive is made in its own script
and in the other one, two also vertically; and so are the sample books. Of the weekly every tenth
issue is taken, all with ``--every 1``. Books and results stay in a folder (.publish/proof), so
that a stage can be run alone, for the books named, and the table be printed of what there is.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("PUBLISH_SHARED", ROOT.parent / "shared")).resolve()
sys.path.insert(0, str(ROOT / "tests"))
from epub_against_pandoc import figure_server, issues  # noqa: E402
from linting import Fault, faults, manuscripts  # noqa: E402

PROJECT = """\
[project]
title = "{title}"
author = "{author}"
publisher = "样书"
rights = "只供试验"

[books.book]
title = "{title}"
description = "试验用的书。"
to = "epub"
{more}"""


@dataclass(frozen=True)
class Archive:
    """An archive of the shared corpora, and what a user would say of a book of it."""

    title: str
    author: str
    other: str  # edition in the other script
    subject: str = ""  # if its articles have neither dates nor tags
    vertical: bool = False
    more: str = ""  # of its table in publish.toml
    corpus: str = ""  # whose it is, if not of its own name


@dataclass(frozen=True)
class Book:
    """One EPUB."""

    name: str
    archive: str
    words: tuple[str, ...]  # of the command
    lint: tuple[str, ...]  # flags of the lint


CHINESE = 'select = [{ language = "zh-Hans" }]\n'
ARCHIVES = {
    "seed": Archive("梁文锋", "佚名", "zh-Hant-TW"),
    "weekly": Archive("科技爱好者周刊选", "阮一峰", "zh-Hant-TW", "科技"),
    "weekly-full": Archive("科技爱好者周刊", "阮一峰", "zh-Hant-TW", "科技", corpus="weekly"),
    "news-mainroad": Archive("新闻", "众人", "zh-Hant-TW"),
    "hexo-huli-tw": Archive("胡立的部落格", "胡立", "zh-Hans"),
    "hugo-coderzh": Archive("代码之美", "coderzh", "zh-Hant-HK"),
    "loveit-shortcodes": Archive("LoveIt", "Dillon", "zh-Hant-TW"),
    "loveit-zh": Archive(
        "LoveIt", "Dillon", "zh-Hant-TW", more=CHINESE, corpus="loveit-shortcodes"
    ),
    "mdbook-trpl-zh": Archive("Rust 程序设计语言", "Steve Klabnik", "zh-Hant", "编程"),
    "novel-hongloumeng": Archive("红楼梦", "曹雪芹", "zh-Hant-TW", "小说", vertical=True),
    "classics-hant": Archive("論語與小學", "孔子弟子", "zh-Hans", vertical=True),
}
SAMPLES: dict[str, tuple[str, ...]] = {
    "zi-yu-zhi.zh-Hans": ("--converted",),
    "zi-yu-zhi.zh-Hant-TW": ("--phrases",),
    "zi-yu-zhi.zh-Hant-HK": ("--phrases",),
    "zazhi": (),
    "zi-yu-zhi-zhipai": ("--phrases",),
}
# What the lint says, and why it stays: names of books, point, how often at most, reason.
EXPLAINED = (
    (r"classics-hant\.zh-Hans.*", 12, 1, "rare characters that have no simplified form"),
    (r"news-mainroad|zazhi|loveit-shortcodes", 12, 1, "articles of both scripts, or of languages"),
    (r"loveit-.*\.zh-Hant-TW", 12, 1, "listings, which are not converted"),
    (r"loveit-.*", 43, 2, "a fence inside a shortcode that shows it whole"),
    (r"zi-yu-zhi-zhipai", 43, 2, "listings of two lines of columns each are parted"),
    (r"zi-yu-zhi-zhipai", 55, 2, "an apostrophe is no quotation mark"),
    (r"zi-yu-zhi.*|zazhi", 11, 1, "the lint compares dates as texts, and one is RFC 2822"),
    (r"zi-yu-zhi.*|zazhi", 44, 18, "formulas, readings and a header in JSON, taken for text"),
    (r"zi-yu-zhi.*|zazhi", 45, 1, "a space that the source has, beside a shortcode"),
)


def books() -> dict[str, Book]:
    """Return all books by name."""
    found = [Book(name, "", (), flags) for name, flags in SAMPLES.items()]
    for name, archive in ARCHIVES.items():
        editions: list[tuple[str, tuple[str, ...]]] = [
            ("", ()),
            (f".{archive.other}", ("--edition", archive.other)),
        ]
        for suffix, words in editions:
            flags = ("--converted",) if suffix else ()
            found.append(Book(name + suffix, name, words, flags))
            if archive.vertical:
                vertical = (*words, "--writing", "vertical")
                found.append(Book(f"{name}{suffix}.v", name, vertical, flags))
    return {book.name: book for book in found}


class Proof:
    """A folder of books, and what was found of each."""

    def __init__(self, folder: Path, every: int) -> None:
        self.folder, self.every = folder, every
        for name in ("books", "results", "ace"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def path(self, book: Book) -> Path:
        """Return where a book is."""
        return self.folder / "books" / f"{book.name}.epub"

    def result(self, book: Book) -> dict[str, Any]:
        """Return what is known of a book."""
        file = self.folder / "results" / f"{book.name}.json"
        known: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return known

    def keep(self, book: Book, stage: str, value: object) -> None:
        """Keep what was found."""
        file = self.folder / "results" / f"{book.name}.json"
        text = json.dumps(self.result(book) | {stage: value}, ensure_ascii=False, indent=1)
        file.write_text(text, encoding="utf-8")

    def project(self, name: str) -> Path:
        """Return the folder of an archive with a publish.toml, made if it is not there."""
        archive, folder = ARCHIVES[name], self.folder / "archives" / name
        corpus = SHARED / "corpora" / (archive.corpus or name)
        if not folder.exists() and name == "weekly-full":
            (folder / "content").mkdir(parents=True)
            for path in issues(10_000)[:: self.every]:
                shutil.copy(path, folder / "content")
        elif not folder.exists():
            shutil.copytree(corpus, folder)
        text = PROJECT.format(title=archive.title, author=archive.author, more=archive.more)
        about = corpus / "SOURCE.txt"
        told = about.read_text("utf-8") if about.exists() else ""
        if source := re.search(r"https?://\S+", told):
            text += f'source = "{source[0]}"\n'
        if (date := re.search(r"\d{4}-\d\d-\d\d", told)) and archive.subject:
            text += f'date = {date[0]}\nsubjects = ["{archive.subject}"]\n'
        (folder / "publish.toml").write_text(text, encoding="utf-8")
        return folder

    def sources(self, book: Book) -> list[Path]:
        """Return the articles of a book."""
        folder = self.project(book.archive) if book.archive else ROOT / "content"
        found: list[Path] = manuscripts(folder)
        return [p for p in found if book.archive != "loveit-zh" or p.name.endswith(".zh-cn.md")]

    # ---- stages

    def build(self, wanted: Sequence[Book]) -> None:
        """Make books."""
        with figure_server() as address:
            mirrors = f'{{"https://" = "{address}", "http://" = "{address}"}}'
            env = {
                "PUBLISH_FIGURES__MIRRORS": mirrors,
                "XDG_CACHE_HOME": str(self.folder / "cache"),
            }
            for book in (book for book in wanted if book.archive):
                folder = str(self.project(book.archive))
                words = ["-C", folder, "epub", "book", "-o", str(self.path(book)), *book.words]
                self._publish(book, words, env)
        if any(not book.archive for book in wanted):
            output = self.folder / "samples"
            self._publish(
                None, ["-C", str(ROOT), "build"], {"PUBLISH_PROJECT__OUTPUT": str(output)}
            )
            for book in (book for book in wanted if not book.archive):
                shutil.copy(output / f"{book.name}.epub", self.path(book))

    def _publish(self, book: Book | None, words: Sequence[str], more: Mapping[str, str]) -> None:
        started = time.monotonic()
        env = {**os.environ, "PYTHONPATH": str(ROOT), **more}
        command = [sys.executable, "-m", "publish", *words, "--json"]
        done = subprocess.run(command, check=False, env=env, capture_output=True, text=True)
        name = book.name if book else "samples"
        (self.folder / "results" / f"{name}.log").write_text(done.stdout + done.stderr, "utf-8")
        print(f"{name}: status {done.returncode}, {time.monotonic() - started:.0f} s", flush=True)

    def check(self, wanted: Sequence[Book]) -> None:
        """Run EPUBCheck."""
        self._tool(wanted, "check", lambda book: ["sh", "reader/epubcheck.sh", self.path(book)])

    def ace(self, wanted: Sequence[Book]) -> None:
        """Run Ace."""
        reports = self.folder / "ace"
        self._tool(
            wanted,
            "ace",
            lambda book: ["sh", "reader/ace.sh", self.path(book), reports / book.name],
        )

    def read(self, wanted: Sequence[Book]) -> None:
        """Open books in the shared reader, and turn pages to the end."""
        self._tool(wanted, "read", lambda book: ["node", "reader/reader.mjs", self.path(book)])

    def _tool(
        self, wanted: Sequence[Book], stage: str, command: Callable[[Book], list[str | Path]]
    ) -> None:
        for book in wanted:
            started = time.monotonic()
            env = {**os.environ, "READER_TIMEOUT": "1800", "PYTHON": sys.executable}
            words, tools = command(book), SHARED / "tools"
            done = subprocess.run(
                words, check=False, cwd=tools, env=env, capture_output=True, text=True
            )
            said = _said(stage, done)
            self.keep(book, stage, said)
            print(f"{book.name}: {stage}: {said} ({time.monotonic() - started:.0f} s)", flush=True)

    def lint(self, wanted: Sequence[Book]) -> None:
        """Run the shared lint; what it says of lost text is looked for in the book."""
        for book in wanted:
            found = faults(SHARED, self.path(book), self.sources(book), book.lint)
            left = [f for f in found if f.is_ours and not self._is_own_source(book, f)]
            points: dict[str, list[str]] = {}
            for fault in left:
                points.setdefault(str(fault.point), []).append(fault.evidence)
            unexplained = sorted(
                int(p) for p, said in points.items() if not _reason(book.name, int(p), len(said))
            )
            self.keep(book, "lint", {"left": points, "unexplained": unexplained})
            told = {p: (len(e), e[0][:90]) for p, e in points.items()}
            print(f"{book.name}: lint: unexplained {unexplained}; {told}", flush=True)

    def _is_own_source(self, book: Book, fault: Fault) -> bool:
        """Tell whether a link is said to lead out that leads to the source of the whole book."""
        if fault.point != 50 or not book.archive:
            return False
        config = self.folder / "archives" / book.archive / "publish.toml"
        source = re.search('^source = "(.*)"$', config.read_text("utf-8"), re.M)
        return source is not None and fault.evidence.endswith(f": {source[1]}")

    def table(self, wanted: Sequence[Book]) -> None:
        """Print what is known."""
        print("\n| book | MB | EPUBCheck | Ace | reader | lint, explained | lint, not explained |")
        print("|---|---|---|---|---|---|---|")
        reasons = set()
        for book in wanted:
            known, size = self.result(book), self.path(book).stat().st_size / 1e6
            lint = known.get("lint", {"left": {}, "unexplained": ["not run"]})
            explained = [p for p in lint["left"] if int(p) not in lint["unexplained"]]
            reasons |= {
                (int(p), _reason(book.name, int(p), len(lint["left"][p]))) for p in explained
            }
            cells = [str(known.get(stage, "not run")) for stage in ("check", "ace", "read")]
            some = [", ".join(map(str, row)) or "none" for row in (explained, lint["unexplained"])]
            print(f"| {book.name} | {size:.1f} | {' | '.join((*cells, *some))} |")
        for point, reason in sorted(reasons):
            print(f"\n{point}: {reason}.")


def _said(stage: str, done: subprocess.CompletedProcess[str]) -> str:
    """Return in short what a tool said."""
    if stage == "read":
        try:
            told = json.loads(done.stdout)
        except json.JSONDecodeError:
            return f"failed: {done.stderr[-200:]}"
        sections = told.get("sections", {})
        words = (
            f"{told.get('pages')} pages, {sections.get('visited')} of {sections.get('total')} files"
        )
        return f"{words}; {', '.join(told['faults'])}" if told.get("faults") else words
    lines = (done.stdout.strip() or done.stderr.strip()[-300:]).splitlines()
    if done.returncode == 0:
        return "clean"
    return f"{done.returncode}: " + " / ".join(line.strip() for line in lines[:3])


def _reason(name: str, point: int, count: int) -> str:
    for names, explained, most, reason in EXPLAINED:
        if point == explained and count <= most and re.fullmatch(names, name):
            return reason
    return ""


def _chosen(names: Sequence[str]) -> Iterator[Book]:
    every = books()
    unknown = [name for name in names if name not in every]
    if unknown:
        raise SystemExit(f"no such book: {', '.join(unknown)}\nthere are: {', '.join(every)}")
    yield from (every[name] for name in names or every)


def main() -> None:
    """Run the stages asked for."""
    stages = ("build", "check", "lint", "read", "ace", "table")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--stages", nargs="+", choices=stages, default=stages)
    parser.add_argument("--folder", type=Path, default=ROOT / ".publish" / "proof")
    parser.add_argument("--every", type=int, default=10, help="of the weekly, one issue in so many")
    given = parser.parse_args()
    proof, wanted = Proof(given.folder.resolve(), given.every), list(_chosen(given.names))
    for stage in given.stages:
        made = (
            wanted if stage == "build" else [book for book in wanted if proof.path(book).exists()]
        )
        getattr(proof, stage)(made)


if __name__ == "__main__":
    main()
