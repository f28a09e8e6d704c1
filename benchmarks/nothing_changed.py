"""What a build with nothing to do costs: medians of many runs, beside Python's own start.

    python benchmarks/nothing_changed.py [--issues 407] [--runs 20] [--to pdf] [-j 2]

The issues of a weekly, with front matter, become one book; then the same command runs again and
again, in turn with an empty program and one that imports the two libraries that every command
needs. All but the beginning of each issue is put into a comment: there are as many bytes to read,
but the PDF, which has to be made first, is one of a page an issue. CPU is user + system, and more
to be relied on than wall where others work too.
Needs the shared corpora beside the repository (or PUBLISH_SHARED).
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from epub_against_pandoc import PICTURE, ROOT, issues
from measure import environment
from scratch import scratch

FRONT = '---\ntitle: "周刊：第 {} 期"\ndate: 2024-01-01T08:00:00+08:00\ntags: [周刊]\n---\n\n'
SHOWN = 400  # characters of an issue, at most, that are in the book


def write(count: int, folder: Path) -> None:
    """Write copies of issues with front matter, most of each in a comment."""
    folder.mkdir()
    for number, path in enumerate(issues(count), 1):
        text = PICTURE.sub("", path.read_text(encoding="utf-8")).replace("--", "==")
        head, rest = text[:SHOWN].rpartition("\n\n")[0], text[SHOWN:]
        whole = f"{FRONT.format(number)}{head}\n\n<!-- {rest}\n-->\n"
        (folder / path.name).write_text(whole, encoding="utf-8")


def run(command: list[str], env: Mapping[str, str]) -> tuple[float, float, str]:
    """Run a command; return CPU and wall in seconds, and what it said."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"failed ({process.returncode}):\n{said}")
    return usage.ru_utime + usage.ru_stime, wall, said


def compare(count: int, runs: int, to: str, jobs: int, work: Path) -> None:
    """Make the book, run all in turn, and print the table."""
    write(count, work / "articles")
    env = environment() | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(work / "cache")}
    words = [to, str(work / "articles"), "-o", str(work / f"archive.{to}"), "-j", str(jobs)]
    ours = [sys.executable, "-m", "publish", *words]
    run(ours, env)
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import click, msgspec'": [sys.executable, "-c", "import click, msgspec"],
        f"publish {to}, nothing changed": ours,
    }
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            cpu, wall, said = run(command, env)
            costs[name].append((cpu, wall))
            if command is ours and "1 fresh" not in said:
                raise SystemExit(f"something was made:\n{said}")
    print(f"\n### {count} issues, nothing changed (medians of {runs})\n")
    print("| run | CPU s | wall s | least CPU s | least wall s |\n|---|---|---|---|---|")
    for name, found in costs.items():
        cpus, walls = zip(*found, strict=True)
        middles = f"{statistics.median(cpus):.2f} | {statistics.median(walls):.2f}"
        print(f"| {name} | {middles} | {min(cpus):.2f} | {min(walls):.2f} |")


def main() -> None:
    """Run what the flags ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--issues", type=int, default=407)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--to", choices=("pdf", "epub"), default="pdf")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    given = parser.parse_args()
    with scratch() as work:
        compare(given.issues, given.runs, given.to, given.jobs, work)


if __name__ == "__main__":
    main()
