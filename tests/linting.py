"""What the shared lint says of a book, and whether what it misses in the text is there."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """One fault that the lint finds, by the point of its list."""

    point: int
    evidence: str
    is_ours: bool  # no mistake of the lint's: see `faults`


def faults(
    shared: Path, book: Path, sources: Sequence[Path], words: Sequence[str] = (), points: str = ""
) -> list[Fault]:
    """Return what the shared lint finds wrong with a book.

    The lint aligns texts and can lose its way: what it calls lost is looked for once more, letter
    by letter, in the whole book. It knows no link definition whose address is on the next line,
    and of the author's spaces only those of plain text.

    Args:
        shared: the folder of the shared tools and corpora.
        book: the EPUB.
        sources: its articles.
        words: how it was converted, such as ``--converted``.
        points: some of the list, "43,44"; all if "".
    """
    some = ["--points", points] if points else []
    done = subprocess.run(
        [sys.executable, shared / "tools" / "epub_lint.py", book, *some,
         "--json", "--all", *words, "--manuscript", *sources],
        capture_output=True,
        text=True,
    )  # fmt: skip
    told = json.loads(done.stdout)["points"]
    found = [(p["id"], e) for p in told if p["result"] == "fail" for e in p["evidence"]]
    fold = folded if words else str
    everything = letters(fold(html.unescape(re.sub(r"<[^>]+>", "", texts(book)))))
    lines: dict[str, list[str]] = {}
    for path in sources:
        lines.setdefault(path.name, path.read_text(encoding="utf-8-sig").split("\n"))
    raw = fold("\n".join(path.read_text(encoding="utf-8-sig") for path in sources))
    return [
        Fault(
            point,
            evidence,
            not (point == 44 and is_there(evidence, everything, lines, fold))
            and not (point == 45 and is_authors_space(evidence, raw, fold)),
        )
        for point, evidence in found
    ]


def folded(text: str) -> str:
    """Return text in Simplified, as a common ground for comparing."""
    import opencc

    return str(opencc.OpenCC("tw2sp").convert(text))


def letters(text: str) -> str:
    """Return the letters of a text."""
    return re.sub(r"[\W\d_]", "", text).casefold()


def is_there(
    evidence: str, everything: str, lines: dict[str, list[str]], fold: Callable[[str], str]
) -> bool:
    """Tell whether a text that the lint calls lost is in the book, or is no text."""
    match = re.match(r"(.*?):(\d+): [^:]*: (.*)", evidence)
    if not match:
        return False
    near = lines[match[1]][max(0, int(match[2]) - 2) : int(match[2]) + 1]
    labels = set(re.findall(r"\]\[([^\]]+)\]", near[1] if len(near) > 1 else ""))
    if any(re.fullmatch(r"\s*\[[^\]]+\]:\s*", line) for line in near):
        return True
    pieces = [letters(fold(p)) for p in re.sub(r"… \(\d+ letters\)$", "", match[3]).split("…")]
    if any(piece in letters(label) for piece in pieces for label in labels):
        return True
    if "nbspnbsp" in match[3] or "spanspan" in match[3]:
        return True  # markup that stands in the source as text in the midst of raw HTML
    return all(piece in everything for piece in pieces if len(piece) > 1)


def is_authors_space(evidence: str, raw: str, fold: Callable[[str], str]) -> bool:
    """Tell whether a space between two Han is the author's: in a title, or beside markup."""
    match = re.search(r"space in (.)'(.*)'(.)$", evidence)
    if not match:
        return False
    before, after = fold(match[1]), fold(match[3])
    between = r"(?:[\s\u3000\u00a0]|<[^>]*>|&nbsp;|\]\([^)]*\)|\]\[[^\]]*\]|[\[\]*_`])+"
    return re.search(re.escape(before) + between + re.escape(after), raw) is not None


def texts(book: Path) -> str:
    """Return the documents of a book as they are written."""
    with zipfile.ZipFile(book) as opened:
        pages = [n for n in opened.namelist() if n.endswith(".xhtml")]
        return "\n".join(opened.read(name).decode() for name in pages)


def manuscripts(source: Path) -> list[Path]:
    """Return the article files: lists of contents, drafts and unlisted pages are none."""
    return [
        path
        for path in sorted(source.rglob("*.md"))
        if path.name not in ("SUMMARY.md", "README.md", "_index.md", "PREFACE.md")
        and not path.name.startswith("_index.")
        and not _is_draft(path)
    ]


def _is_draft(path: Path) -> bool:
    """Tell whether the header says so; an example in the text may say it too."""
    header, _, _ = path.read_text(encoding="utf-8-sig").removeprefix("---").partition("\n---")
    return "\ndraft: true" in header
