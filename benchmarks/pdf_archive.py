"""What the PDF of a whole archive with pictures costs: cold, unchanged, and after an edit.

    python benchmarks/pdf_archive.py [--issues 407] [--runs 1] [-j 2]

All issues of a weekly as one book; pictures come from the figure server over loopback. Cold, the
pictures are fetched and prepared as well; what these take alone is measured by publish fetch with
a cache of its own. That WeasyPrint is not imported where nothing changed is read from Python's
list of imports in a further run; the status is 1 if it is.
Needs the shared corpora beside the repository (or PUBLISH_SHARED).
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from epub_against_pandoc import ROOT, figure_server, issues
from measure import Cost, measure
from scratch import scratch

MORE = "\n\n" + "多出来的一段，为的是让这一期长两页，看后面的页码是不是都跟着改。" * 46 + "\n"
HEAD = (
    "| run | wall s | CPU s | peak MB, all processes | pages | MB | CPU, of cold |\n"
    "|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, slots=True)
class Bench:
    """Articles, a folder for caches and the book, the figure server's address, jobs."""

    articles: Path
    work: Path
    address: str
    jobs: int

    @property
    def out(self) -> Path:
        """The book."""
        return self.work / "archive.pdf"

    def pdf(self, *flags: str) -> Cost:
        """Make the book; the flags are Python's."""
        words = ("pdf", self.articles, "-o", self.out, "-j", str(self.jobs))
        return self._run("cache", flags, words)

    def fetch(self) -> Cost:
        """Fetch and prepare the pictures alone, into a cache of their own."""
        cost = self._run("other", (), ("fetch", self.articles, "-j", str(self.jobs)))
        shutil.rmtree(self.work / "other")
        return cost

    def _run(self, cache: str, flags: tuple[str, ...], words: tuple[str | Path, ...]) -> Cost:
        mirrors = f'{{"https://" = "{self.address}", "http://" = "{self.address}"}}'
        env = {
            "PYTHONPATH": str(ROOT),
            "XDG_CACHE_HOME": str(self.work / cache),
            "PUBLISH_FIGURES__MIRRORS": mirrors,
        }
        command = [sys.executable, *flags, "-m", "publish", *words]
        cost = measure(command, cwd=self.work, env=env)
        if cost.status:
            raise SystemExit(f"failed ({cost.status}):\n{cost.stderr}")
        return cost


def pages(path: Path) -> int:
    """Return the number of pages of a PDF."""
    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


def row(name: str, cost: Cost, cold: Cost, out: Path | None = None) -> str:
    """Return a row of the table."""
    book = f"{pages(out)} | {out.stat().st_size / 1e6:.1f}" if out else "– | –"
    spent = f"{cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak:.0f}"
    return f"| {name} | {spent} | {book} | {cost.cpu / cold.cpu:.3f} |"


def run(bench: Bench, count: int) -> bool:
    """Run all and print the table; return whether an unchanged book imports WeasyPrint."""
    cold = bench.pdf()
    rows = [row(f"publish pdf -j {bench.jobs}, cold", cold, cold, bench.out)]
    fresh = bench.pdf()
    rows.append(row("nothing changed", fresh, cold, bench.out))
    imports = bench.pdf("-X", "importtime").stderr
    if "import time:" not in imports:
        raise SystemExit("Python listed no imports")
    engine = re.search(r"\| +weasyprint$", imports, re.MULTILINE) is not None
    before = pages(bench.out)
    with sorted(bench.articles.iterdir())[count // 8].open("a", encoding="utf-8") as file:
        file.write(MORE)
    edited = bench.pdf()
    more = pages(bench.out) - before
    rows.append(row(f"one issue edited, {more:+d} pages", edited, cold, bench.out))
    fetched = bench.fetch()
    rows.append(row("publish fetch, cold: pictures alone", fetched, cold))
    print(f"\n### {count} issues with pictures\n\n{HEAD}")
    print("\n".join(rows))
    print(f"\ncold without what fetch takes: {cold.cpu - fetched.cpu:.1f} s of CPU")
    print(f"nothing changed: {fresh.wall:.2f} s; WeasyPrint imported: {'yes' if engine else 'no'}")
    print(f"publish said: {cold.stderr.strip().splitlines()[-1]}", flush=True)
    return engine


def main() -> None:
    """Run what the flags ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--issues", type=int, default=407)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    given = parser.parse_args()
    engine = False
    with scratch() as work, figure_server() as address:
        for turn in range(given.runs):
            bench = Bench(work / f"articles-{turn}", work / f"run-{turn}", address, given.jobs)
            bench.articles.mkdir()
            bench.work.mkdir()
            for path in issues(given.issues):
                shutil.copyfile(path, bench.articles / path.name)
            engine |= run(bench, given.issues)
            shutil.rmtree(bench.work)
    sys.exit(engine)


if __name__ == "__main__":
    main()
