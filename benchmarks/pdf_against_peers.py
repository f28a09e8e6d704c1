"""Our PDF against those of pandoc with Typst, pandoc with WeasyPrint, and Chromium, in one run.

    python benchmarks/pdf_against_peers.py [--issues 160] [--runs 1] [-j 2] [--peers chromium]

The same issues of a weekly without pictures, as one file with contents: publish with a cold cache
and its default layout; the others with the same page, type area, size and pitch, chapters on new
pages, paragraphs indented, folios. Chromium prints the very HTML file that pandoc makes for
WeasyPrint, so pandoc's time is part of its cost. Needs what epub_against_pandoc.py needs, the
fonts named below, typst, and for Chromium a system's one; what is missing or fails is told.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pikepdf
import pypdfium2
from epub_against_pandoc import PICTURE, ROOT, copy, issues, middle
from measure import Cost, measure, total
from scratch import scratch

sys.path.insert(0, str(ROOT))

from publish.backends.pdf.facts import page

PAGE = page({})  # what publish takes when nothing is asked
FONT, MONO = "Noto Serif CJK SC", "Noto Sans Mono CJK SC"
LIMIT = 3600.0  # seconds that a run may take

CSS = f"""
@page {{
  size: {PAGE.width:.2f}pt {PAGE.height:.2f}pt;
  margin: {PAGE.top:.2f}pt {PAGE.outer:.2f}pt {PAGE.bottom:.2f}pt {PAGE.inner:.2f}pt;
  @bottom-center {{ content: counter(page); font: 9pt "{FONT}" }}
}}
html {{ font: {PAGE.size:g}pt/{PAGE.pitch:g}pt "{FONT}", serif }}
body {{ margin: 0; text-align: justify; orphans: 2; widows: 2; overflow-wrap: anywhere }}
h1 {{ break-before: page; font-size: 16pt; line-height: 1.5 }}
h1, h2, h3, h4 {{ break-after: avoid }}
p {{ margin: 0; text-indent: 2em }}
a {{ color: inherit; text-decoration: none }}
pre, code {{ font-family: "{MONO}", monospace; font-size: 8.75pt }}
pre {{ white-space: pre-wrap }}
nav a::after {{ content: leader(".") target-counter(attr(href), page) }}
"""

# Typst's leading is from the baseline to the top of the capitals below, 0.733 em in this face
LEADING = PAGE.pitch - 0.733 * PAGE.size
TYPST = f"""
#set par(spacing: {LEADING:.2f}pt, first-line-indent: (amount: 2em, all: true))
#show heading.where(level: 1): it => pagebreak(weak: true) + it
"""
MARGIN = (
    f"margin:\n  top: {PAGE.top:.2f}pt\n  right: {PAGE.outer:.2f}pt\n"
    f"  bottom: {PAGE.bottom:.2f}pt\n  left: {PAGE.inner:.2f}pt\n"
)
COMPILE = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2])"


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be made, and where: articles, a folder for what comes between, jobs."""

    articles: Path
    work: Path
    jobs: int

    @property
    def out(self) -> Path:
        """The book."""
        return self.work / "book.pdf"


Commands = list[list[str | Path]]


def ours(job: Job) -> Commands:
    """Return our command; the cache is in the work folder and thus cold."""
    words = ["pdf", job.articles, "-o", job.out, "-j", str(job.jobs)]
    return [[sys.executable, "-m", "publish", *words]]


def pandoc(job: Job, to: str, out: Path, *words: str | Path) -> list[str | Path]:
    """Return pandoc's command for one document with contents."""
    import pypandoc

    paths = sorted(job.articles.iterdir(), key=lambda path: int(path.stem.split("-")[1]))
    common = ("-f", "gfm", "-s", "--toc", "--toc-depth=2", "-M", "title=Weekly", "-M", "lang=zh-CN")
    return [pypandoc.get_pandoc_path(), *common, "-t", to, "-o", out, *words, *paths]


def by_typst(job: Job) -> Commands:
    """Return the commands of pandoc and Typst."""
    head, meta, source = (job.work / name for name in ("head.typ", "meta.yaml", "book.typ"))
    head.write_text(TYPST, encoding="utf-8")
    meta.write_text(MARGIN, encoding="utf-8")
    values = {
        "papersize": "a5",
        "mainfont": FONT,
        "codefont": MONO,
        "fontsize": f"{PAGE.size:g}pt",
        "linestretch": f"{LEADING / PAGE.size / 0.65:.3f}",
    }
    words = [f"--variable={name}={value}" for name, value in values.items()]
    return [
        pandoc(job, "typst", source, "-H", head, "--metadata-file", meta, *words),
        [sys.executable, "-c", COMPILE, source, job.out],
    ]


def html(job: Job) -> list[str | Path]:
    """Return pandoc's command for book.html."""
    sheet = job.work / "book.css"
    sheet.write_text(CSS, encoding="utf-8")
    return pandoc(job, "html5", job.work / "book.html", "--css", sheet.as_uri())


def by_weasyprint(job: Job) -> Commands:
    """Return the commands of pandoc and WeasyPrint, which writes no tags unless asked."""
    return [html(job), [sys.executable, "-m", "weasyprint", job.work / "book.html", job.out]]


def chromium() -> str:
    """Return the program, or nothing."""
    return shutil.which("chromium") or shutil.which("google-chrome") or ""


def by_chromium(job: Job) -> Commands:
    """Return the commands of pandoc and Chromium."""
    return [html(job), printing(job)]


def printing(job: Job) -> list[str | Path]:
    """Return Chromium's command for book.html; it may not go to the network."""
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-breakpad",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={job.work / 'profile'}",
        "--no-pdf-header-footer",
        "--generate-pdf-document-outline",
        f"--print-to-pdf={job.out}",
    ]
    return [chromium(), *flags, (job.work / "book.html").as_uri()]


PEERS: dict[str, Callable[[Job], Commands]] = {
    "publish": ours,
    "typst": by_typst,
    "weasyprint": by_weasyprint,
    "chromium": by_chromium,
}
NAMES = {
    "publish": "publish -j {jobs}, cold",
    "typst": "pandoc → Typst",
    "weasyprint": "pandoc → WeasyPrint",
    "chromium": "pandoc → Chromium",
}
HEAD = (
    "| run | wall s | CPU s | peak MB, all processes | pages | MB | Han, thousands | tagged "
    "| outline | wall ratio | CPU ratio | memory ratio |\n" + "|---" * 12 + "|"
)


@dataclass(frozen=True, slots=True)
class Book:
    """What was made: size in MB, characters that are Han, entries of the outline."""

    pages: int
    size: float
    han: int
    tagged: bool
    outline: int

    def cells(self) -> str:
        """Return cells of a Markdown table."""
        tagged = "yes" if self.tagged else "no"
        han = f"{self.han / 1000:.1f}"
        return f"{self.pages} | {self.size:.1f} | {han} | {tagged} | {self.outline}"


def read(path: Path) -> Book:
    """Look into a PDF."""
    with pikepdf.open(path) as pdf:
        tagged = "/StructTreeRoot" in pdf.Root
    with pypdfium2.PdfDocument(path) as document:
        han, outline = 0, sum(1 for _ in document.get_toc(max_depth=9))
        for leaf in document:
            words = leaf.get_textpage()
            han += sum("\u4e00" <= sign <= "\u9fff" for sign in words.get_text_range())
            words.close()
            leaf.close()
        return Book(len(document), path.stat().st_size / 1e6, han, tagged, outline)


def absent(peer: str) -> str:
    """Return why a peer cannot be run here, or nothing."""
    if peer == "chromium" and not chromium():
        return "no chromium on the path"
    if peer == "publish" or not shutil.which("fc-list"):
        return ""
    found = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=False)
    return "" if FONT in found.stdout else f"the system has no {FONT}"


def run(peer: str, job: Job) -> tuple[Cost, Book | None]:
    """Run a peer's commands one after the other; there is no book where one fails."""
    env = {
        "PYTHONPATH": str(ROOT),
        "XDG_CACHE_HOME": str(job.work / "cache"),
        "XDG_CONFIG_HOME": str(job.work / "config"),
    }
    costs: list[Cost] = []
    for command in PEERS[peer](job):
        costs.append(measure(command, cwd=job.work, env=env, limit=LIMIT))
        if costs[-1].status:
            return total(costs), None
    return total(costs), read(job.out) if job.out.exists() else None


def row(peer: str, jobs: int, cost: Cost, book: Book | None, base: Cost | None) -> str:
    """Return a row of the table, with ratios to ours."""
    spent = f"{cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak:.0f}"
    pairs = ((cost.wall, base.wall), (cost.cpu, base.cpu), (cost.peak, base.peak)) if base else ()
    ratios = " | ".join(f"{one / other:.2f}" for one, other in pairs) or "– | – | –"
    cells = book.cells() if book else f"**no book**, status {cost.status} | – | – | – | –"
    return f"| {NAMES[peer].format(jobs=jobs)} | {spent} | {cells} | {ratios} |"


def compare(peers: Sequence[str], count: int, runs: int, jobs: int, work: Path) -> None:
    """Run all peers, turn by turn, and print the runs of median CPU."""
    articles = work / "articles"
    copy(issues(count), articles, PICTURE, "")
    results: dict[str, list[tuple[Cost, Book | None]]] = {peer: [] for peer in peers}
    for turn in range(runs):
        for peer in peers:
            job = Job(articles, work / f"{peer}-{turn}", jobs)
            job.work.mkdir()
            results[peer].append(run(peer, job))
            shutil.rmtree(job.work, ignore_errors=True)
            print(f"{peer}: {results[peer][-1][0].wall:.1f} s", file=sys.stderr, flush=True)
    medians = {peer: middle([cost for cost, _ in found]) for peer, found in results.items()}
    print(f"\n### {count} issues, no figures ({f'medians of {runs}' if runs > 1 else 'one run'})")
    print(f"\n{HEAD}")
    words = []
    for peer, found in results.items():
        cost = medians[peer]
        book = next(book for spent, book in found if spent is cost)
        print(row(peer, jobs, cost, book, medians.get("publish")))
        if book is None:
            last = cost.stderr.strip().splitlines()[-8:]
            words.append(f"\n{NAMES[peer].format(jobs=jobs)} failed:\n" + "\n".join(last))
    print("\n".join(words), flush=True)


def versions(peers: Sequence[str]) -> str:
    """Return the versions of the programs."""
    import pypandoc

    told = [f"pandoc {pypandoc.get_pandoc_version()}"]
    told += [f"{name} {version(name)}" for name in ("typst", "weasyprint") if name in peers]
    if "chromium" in peers:
        asked = [chromium(), "--version"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        told.append(" ".join(said.split()[:2]))
    return ", ".join(told)


def main() -> None:
    """Run what the flags ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--issues", type=int, default=160)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS))
    given = parser.parse_args()
    missing = {peer: why for peer in given.peers if (why := absent(peer))}
    peers = [peer for peer in given.peers if peer not in missing]
    print(versions(peers))
    with scratch() as work:
        compare(peers, given.issues, given.runs, given.jobs, work)
    for peer, why in missing.items():
        print(f"\n{NAMES[peer].format(jobs=given.jobs)} was not run: {why}")


if __name__ == "__main__":
    main()
