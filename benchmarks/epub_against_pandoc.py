"""Our EPUB against pandoc's, on the same issues of a weekly, in one run.

    python benchmarks/epub_against_pandoc.py [--issues 160 407] [--figures 160] [-j 1] [--repeat 3]

Needs the shared corpora beside the repository (or PUBLISH_SHARED), pypandoc_binary and psutil.
Without figures, both read copies of the issues from which pictures have been taken out; with
figures, pandoc reads copies whose addresses lead to the figure server, and we read the issues as
they are, with the same server named as a mirror.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measure import HEAD, Cost, measure

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("PUBLISH_SHARED", ROOT.parent / "shared"))
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>", re.I)
MORE = "\n\n多出来的一段，为的是看改了一期要花多少。\n"
ADDRESS = re.compile(r"(!\[[^\]]*\]\(|<img\b[^>]*?src=[\"'])https?://", re.I)


def issues(count: int) -> list[Path]:
    """Return the first issues of the weekly, by number."""
    found = (SHARED / "corpora" / "weekly-full").glob("issue-*.md")
    return sorted(found, key=lambda path: int(path.stem.split("-")[1]))[:count]


def copy(paths: list[Path], folder: Path, change: re.Pattern[str], by: str) -> list[Path]:
    """Write changed copies of issues."""
    folder.mkdir(parents=True)
    made = []
    for path in paths:
        target = folder / path.name
        target.write_text(change.sub(by, path.read_text(encoding="utf-8")), encoding="utf-8")
        made.append(target)
    return made


@contextmanager
def figure_server() -> Iterator[str]:
    """Run the figure server as a process of its own; give its address."""
    server = SHARED / "tools" / "figure_server.py"
    process = subprocess.Popen(
        [sys.executable, str(server), "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
    finally:
        process.terminate()
        process.wait()


def pandoc(paths: list[Path], out: Path) -> Cost:
    """Make an EPUB with pandoc."""
    import pypandoc

    program = pypandoc.get_pandoc_path()
    title = "title=Weekly"
    return measure([program, "-f", "gfm", "-t", "epub3", "--toc", "-M", title, "-o", out, *paths])


def ours(folder: Path, out: Path, cache: Path, jobs: int, mirror: str = "") -> Cost:
    """Make an EPUB with publish."""
    env = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cache)}
    if mirror:
        env["PUBLISH_FIGURES__MIRRORS"] = f'{{"https://" = "{mirror}", "http://" = "{mirror}"}}'
    python = [sys.executable, "-m", "publish", "epub"]
    cost = measure(
        [*python, folder, "-o", out, "-j", str(jobs), "--refresh"]
        if not mirror
        else [*python, folder, "-o", out, "-j", str(jobs)],
        env=env,
    )
    if cost.status:
        raise SystemExit(f"publish failed ({cost.status}):\n{cost.stderr}")
    return cost


def middle(costs: list[Cost]) -> Cost:
    """Return the run of median CPU."""
    return sorted(costs, key=lambda cost: cost.cpu)[len(costs) // 2]


def without_figures(count: int, jobs: int, repeat: int, work: Path) -> None:
    """Compare text alone."""
    folder = work / f"plain-{count}"
    paths = copy(issues(count), folder, PICTURE, "")
    theirs, mine = [], []
    for turn in range(repeat):
        theirs.append(pandoc(paths, work / "pandoc.epub"))
        cache = work / f"cache-{count}-{turn}"
        mine.append(ours(folder, work / "ours.epub", cache, jobs))
        shutil.rmtree(cache)
    base = middle(theirs)
    print(f"\n### {count} issues, no figures (medians of {repeat})\n\n{HEAD}")
    print(base.row("pandoc"))
    print(middle(mine).row(f"publish -j {jobs}", base), flush=True)
    spread = [cost.cpu for cost in mine]
    print(
        f"\npublish CPU: {min(spread):.1f} to {max(spread):.1f}, mean {statistics.mean(spread):.1f}"
    )


def with_figures(count: int, jobs: int, work: Path) -> None:
    """Compare with pictures from the figure server: cold, with these kept, and after an edit."""
    with figure_server() as address:
        paths = copy(issues(count), work / f"rich-{count}", ADDRESS, rf"\g<1>{address}")
        source = work / f"source-{count}"
        copy(issues(count), source, re.compile(r"\Z(?!\Z)"), "")
        cache = work / f"cache-rich-{count}"
        cold = ours(source, work / "ours-rich.epub", cache, jobs, address)
        figures_only = cache / "publish" / "v1"
        for stage in ("copy", "chapter", "ledger"):
            shutil.rmtree(figures_only / stage, ignore_errors=True)
        warm = ours(source, work / "ours-rich.epub", cache, jobs, address)
        with sorted(source.iterdir())[count // 8].open("a", encoding="utf-8") as file:
            file.write(MORE)
        edited = ours(source, work / "ours-rich.epub", cache, jobs, address)
        base = pandoc(paths, work / "pandoc-rich.epub")
    print(f"\n### {count} issues with figures\n\n{HEAD}")
    print(base.row("pandoc"))
    print(cold.row(f"publish -j {jobs}, cold", base))
    print(warm.row(f"publish -j {jobs}, figures in the cache", base))
    print(edited.row(f"publish -j {jobs}, one issue edited", base), flush=True)


def main() -> None:
    """Run what the flags ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--issues", type=int, nargs="*", default=[160, 407])
    parser.add_argument("--figures", type=int, nargs="*", default=[160])
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for count in given.issues:
            without_figures(count, given.jobs, given.repeat, Path(folder))
        for count in given.figures:
            with_figures(count, given.jobs, Path(folder))


if __name__ == "__main__":
    main()
