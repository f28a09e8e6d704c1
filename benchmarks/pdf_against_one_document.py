"""Our PDF against one WeasyPrint document with the same CSS, faces and tags, in one run.

    python benchmarks/pdf_against_one_document.py [--issues 40 160] [-j 2]

Without pictures: cold, nothing changed but the book bound again, and one issue edited so that it
grows by two pages. Needs the shared corpora beside the repository (or PUBLISH_SHARED).
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from epub_against_pandoc import PICTURE, ROOT, copy, issues
from measure import HEAD, Cost, measure

MORE = "\n\n" + "多出来的一段，为的是让这一期长两页，看后面的页码是不是都跟着改。" * 60 + "\n"


def run(*words: str | Path, cache: Path) -> Cost:
    """Run Python with the checkout and a cache of its own."""
    env = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cache)}
    cost = measure([sys.executable, *words], env=env)
    if cost.status:
        raise SystemExit(f"failed ({cost.status}):\n{cost.stderr}")
    return cost


def compare(count: int, jobs: int, work: Path) -> None:
    """Compare one document with chapters set apart."""
    folder = work / f"plain-{count}"
    copy(issues(count), folder, PICTURE, "")
    cache, out = work / f"cache-{count}", work / "ours.pdf"
    ours = ("-m", "publish", "pdf", folder, "-o", out, "-j", str(jobs))
    base = run(
        ROOT / "benchmarks" / "one_document.py", folder, work / "one.pdf", cache=work / "other"
    )
    cold = run(*ours, cache=cache)
    fresh = run(*ours, cache=cache)
    shutil.rmtree(cache / "publish" / "v1" / "ledger")
    again = run(*ours, cache=cache)
    with sorted(folder.iterdir())[count // 8].open("a", encoding="utf-8") as file:
        file.write(MORE)
    edited = run(*ours, cache=cache)
    print(f"\n### {count} issues, no figures\n\n{HEAD}")
    print(base.row("one WeasyPrint document, tagged"))
    print(cold.row(f"publish -j {jobs}, cold", base))
    print(again.row("bound again, nothing set", base))
    print(edited.row("one issue edited, two pages more", base))
    print(fresh.row("nothing changed", base))
    print(f"\nedited: {edited.cpu / cold.cpu:.3f} of cold CPU; wall {cold.wall / base.wall:.2f}")
    print(f"size: {out.stat().st_size / 1e6:.1f} MB against {_size(work / 'one.pdf'):.1f} MB")


def _size(path: Path) -> float:
    return path.stat().st_size / 1e6


def main() -> None:
    """Run what the flags ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--issues", type=int, nargs="*", default=[40, 160])
    parser.add_argument("-j", "--jobs", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for count in given.issues:
            compare(count, given.jobs, Path(folder))


if __name__ == "__main__":
    main()
