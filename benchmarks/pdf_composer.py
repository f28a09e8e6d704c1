"""What composed lines cost the engine: CPU to render and to write one document, beside plain ones.

    python benchmarks/pdf_composer.py [--issues 40] [--runs 3] [--no-tags]

The same articles, compiled as publish does, the same CSS and faces, in one document: by WeasyPrint
alone; with composed lines, on the grid; and with what galleys have besides, no margin boxes, since
heads and folios are set apart. In turn, each in a process of its own. Only render and write are
counted. Needs the shared corpora beside the repository (or PUBLISH_SHARED).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from epub_against_pandoc import PICTURE, ROOT, copy, issues
from measure import environment

WAYS = ("plain", "composed", "galley")


def cost(way: str, folder: Path, out: Path, *, tags: bool) -> tuple[float, float, int]:
    """Return CPU seconds to render and to write, and the pages."""
    # Here, as the checkout is found by those alone that are started with PYTHONPATH.
    import one_document

    from publish.backends.pdf import composer, document, grid, ready, thrift
    from publish.backends.pdf.facts import page
    from publish.backends.pdf.formulas import Formulas
    from publish.backends.pdf.undisturbed import undisturbed
    from publish.cli.session import Flags, Session

    session = Session(Flags(jobs=1, quiet=True))
    loaded = session.load({}, (str(folder),))
    with session.shop(loaded) as shop:
        edition, layout = one_document.compiled(folder, shop, session)
        setup = ready.floor(edition, layout, dict(layout.options), shop).setup
        draft = document.Draft(edition, layout, page(layout.options), layout.options)
        formulas = Formulas(setup.catalogue)
        texts = [
            document.chapter(draft, part, chapter, 1, formulas)
            for part in edition.parts
            for chapter in part.chapters
        ]
        tree, styles = one_document.plain(setup, edition, texts, formulas, shop.cache)
        with ExitStack() as stack:
            stack.enter_context(undisturbed())
            if way != "plain":
                stack.enter_context(thrift.at_work(margins=way == "composed"))
                lines = composer.Composer(setup.manner.punctuation, fit=setup.manner.fitted)
                stack.enter_context(lines.at_work())
                stack.enter_context(grid.Grid(setup.manner.pitch).at_work())
            start = time.process_time()
            made = tree.render(**styles)
            rendered = time.process_time()
            made.write_pdf(out, pdf_tags=tags)
            return rendered - start, time.process_time() - rendered, len(made.pages)


def main() -> None:
    """Run what the flags ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--issues", type=int, default=40)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-tags", action="store_true")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        out = given.folder.with_suffix(".pdf")
        print(*cost(given.way, given.folder, out, tags=not given.no_tags))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "issues"
        copy(issues(given.issues), folder, PICTURE, "")
        env = environment() | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": f"{scratch}/cache"}
        found: dict[str, list[tuple[float, float, int]]] = {way: [] for way in WAYS}
        for _ in range(given.runs):
            for way in WAYS:
                words = [sys.executable, __file__, "--way", way, "--folder", str(folder)]
                words += ["--no-tags"] * given.no_tags
                done = subprocess.run(words, env=env, check=True, capture_output=True, text=True)
                render, write, pages = done.stdout.split()
                found[way].append((float(render), float(write), int(pages)))
    print("| lines | pages | render CPU s | write | both | ratio |\n|---|---|---|---|---|---|")
    whole = {way: statistics.median(r + w for r, w, _ in costs) for way, costs in found.items()}
    for way, costs in found.items():
        render, write = (statistics.median(each[part] for each in costs) for part in (0, 1))
        both, ratio = whole[way], whole[way] / whole["plain"]
        print(f"| {way} | {costs[0][2]} | {render:.1f} | {write:.1f} | {both:.1f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
