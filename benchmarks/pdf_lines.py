"""Our Chinese lines against plain WeasyPrint, Typst and Chromium: the same text, one measure.

    python benchmarks/pdf_lines.py [--corpora weekly] [--ways typst] [--han 60000] [--keep DIR]

Books of four archives without their pictures, as many articles as make the wanted number of Han:
composed by publish; by publish with ``pdf.setting = "plain"``, which is WeasyPrint's own breaking;
by Typst, and by Chromium. Both of these get the text as publish compiles it, from its EPUB, as one
HTML file (Typst through pandoc), with the page, type area, size, pitch and indent of our A5, in
Noto Serif CJK of the same region. All are measured by ``pdf_meter.py`` of the shared tools; ours
without front matter, which the others have not, and the composed book also whole.
What is missing or fails is told.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from epub_against_pandoc import PICTURE, ROOT, SHARED, copy
from measure import Cost, measure, total
from pdf_against_peers import (
    COMPILE,
    CSS,
    FONT,
    LEADING,
    LIMIT,
    MARGIN,
    MONO,
    PAGE,
    TYPST,
    chromium,
    printing,
    versions,
)
from pdf_against_peers import Job as Peer
from scratch import scratch

METER = SHARED / "tools" / "pdf_meter.py"
CORPORA = {  # folder -> its articles
    "weekly": "docs/*.md",
    "news-mainroad": "content/**/*.md",
    "novel-hongloumeng": "ch/*.md",
    "hexo-huli-tw": "source/_posts/*.md",
}
HAN = re.compile("[\u3400-\u9fff]")
FACES = {"zh-Hant-TW": "TC", "zh-Hant-HK": "HK", "zh-Hans": "SC"}  # of Noto Serif CJK
MORE = """
html { text-autospace: normal; text-spacing-trim: trim-start; line-break: strict }
blockquote { margin: 0 2em } li p, blockquote p { text-indent: 0 }
ul, ol { margin: 0; padding-left: 2em } table { border-collapse: collapse }
"""


@dataclass(frozen=True, slots=True)
class Job:
    """A book to be set: articles, the same text as one HTML file, its language, a folder."""

    articles: Path
    html: Path
    language: str
    work: Path

    @property
    def face(self) -> str:
        """The face of the text."""
        return FONT[:-2] + next((f for tag, f in FACES.items() if tag in self.language), "SC")

    def out(self, way: str) -> Path:
        """The PDF of a way."""
        return self.work / f"{way}.pdf"


def ours(job: Job, way: str) -> Cost:
    """Make the book with publish, from the articles and with a cold cache."""
    words: list[str | Path] = [job.articles, "-o", job.out(way), "-j", "1"]
    command: list[str | Path] = [sys.executable, "-m", "publish", "pdf", *words]
    return measure(command, env=environment(job.work / f"cache-{way}", way), limit=LIMIT)


def environment(cache: Path, way: str = "") -> dict[str, str]:
    """Return what publish finds in its environment."""
    settings = {
        "PYTHONPATH": str(ROOT),
        "XDG_CACHE_HOME": str(cache),
        "XDG_CONFIG_HOME": "/dev/null",
    }
    return settings | ({"PUBLISH_DEFAULTS__PDF__SETTING": "plain"} if way == "plain" else {})


def by_typst(job: Job, way: str) -> Cost:
    """Make the book with pandoc and Typst."""
    import pypandoc

    names = ("head.typ", "meta.yaml", "book.typ", "loose.html")
    head, meta, source, loose = (job.work / name for name in names)
    # What pandoc makes of sections are blocks, in which Typst begins no page.
    text = job.html.read_text(encoding="utf-8")
    loose.write_text(re.sub(r"</?(?:section|header|div|aside)\b[^>]*>", "", text), "utf-8")
    head.write_text(TYPST, encoding="utf-8")
    meta.write_text(MARGIN, encoding="utf-8")
    values = {
        "papersize": "a5",
        "mainfont": job.face,
        "codefont": MONO,
        "fontsize": f"{PAGE.size:g}pt",
        "linestretch": f"{LEADING / PAGE.size / 0.65:.3f}",
    }
    variables = [f"--variable={name}={value}" for name, value in values.items()]
    words = ["-f", "html", "-t", "typst", "-s", "-H", head, "--metadata-file", meta, "-o", source]
    language = {"TC": "zh-TW", "HK": "zh-HK"}.get(job.face[-2:], "zh-CN")
    first = [pypandoc.get_pandoc_path(), *words, "-M", f"lang={language}", *variables, loose]
    costs = [measure([str(word) for word in first], cwd=job.work, limit=LIMIT)]
    if not costs[0].status:
        command: list[str | Path] = [sys.executable, "-c", COMPILE, source, job.out(way)]
        costs.append(measure(command, cwd=job.work, limit=LIMIT))
    return total(costs)


def in_chromium(job: Job, way: str) -> Cost:
    """Print the HTML file."""
    peer = Peer(job.articles, job.work, 1)
    cost = measure(printing(peer), cwd=job.work, limit=LIMIT)
    if peer.out.exists():
        peer.out.rename(job.out(way))
    return cost


WAYS: dict[str, tuple[str, Callable[[Job, str], Cost]]] = {
    "composed": ("publish", ours),
    "plain": ("WeasyPrint, plain", ours),
    "typst": ("pandoc → Typst", by_typst),
    "chromium": ("Chromium", in_chromium),
}


# ---- the text


def prepared(corpus: str, han: int, work: Path) -> Job:
    """Return a book of the first articles of an archive that hold so many Han."""
    folder = work / corpus
    paths: list[Path] = []
    count = 0
    for path in sorted((SHARED / "corpora" / corpus).glob(CORPORA[corpus])):
        if count < han:
            paths.append(path)
            count += len(HAN.findall(path.read_text(encoding="utf-8")))
    copy(paths, folder / "articles", PICTURE, "")
    made = folder / "book.epub"
    words: list[str | Path] = [folder / "articles", "-o", made, "-j", "1"]
    command: list[str | Path] = [sys.executable, "-m", "publish", "epub", *words]
    cost = measure(command, env=environment(folder / "cache"))
    if cost.status:
        raise SystemExit(f"publish failed ({cost.status}):\n{cost.stderr}")
    language, sections = chapters(made)
    html = folder / "book.html"
    html.write_text(document(language, sections), encoding="utf-8")
    return Job(folder / "articles", html, language, folder)


def chapters(book: Path) -> tuple[str, list[str]]:
    """Return an EPUB's language, and the bodies of its chapters in order."""
    with zipfile.ZipFile(book) as file:
        package = file.read("EPUB/content.opf").decode()
        places = dict(re.findall(r'<item id="([^"]+)" href="([^"]+)"', package))
        places |= {b: a for a, b in re.findall(r'<item href="([^"]+)" id="([^"]+)"', package)}
        names = [places[name] for name in re.findall(r'<itemref idref="([^"]+)"', package)]
        texts = [file.read(f"EPUB/{name}").decode() for name in names]
    language = re.search(r"<dc:language[^>]*>([^<]+)", package)
    bodies = [
        text.partition("<body")[2].partition(">")[2].partition("</body>")[0] for text in texts
    ]
    return language[1] if language else "zh-Hans", [b for b in bodies if 'class="chapter"' in b]


def document(language: str, sections: Sequence[str]) -> str:
    """Return chapters as one HTML file with a style sheet for printing."""
    style = CSS + MORE
    for tag, region in FACES.items():
        face = f'"{FONT[:-2]}{region}", serif'
        style += f":lang({tag}) {{ font-family: {face} }}\n"
    style += f'pre, code, pre :lang(zh) {{ font-family: "{MONO}", monospace }}\n'
    body = re.sub(r' epub:type="[^"]*"', "", "\n".join(sections))
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"/><title>Book</title>'
        f"<style>{style}</style></head><body>{body}</body></html>"
    )


# ---- what came of it


def body(path: Path) -> Path:
    """Return a copy of one of our books without the pages before its page 1."""
    made = path.with_name(f"{path.stem}-text.pdf")
    with pikepdf.open(path) as pdf:
        first = next(
            (number for number, page in enumerate(pdf.pages) if page.label == "1"),
            0,
        )
        del pdf.pages[:first]
        pdf.save(made)
    return made


def metered(path: Path, text: str) -> dict[str, Any]:
    """Return what the meter says of a PDF, and how far its lines are stretched."""
    command = [sys.executable, str(METER), str(path), "--format", "json"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    [found] = json.loads(said)
    found["stretch"] = stretch(path)
    found["source_spaces"] = spaces(text)
    return dict(found)


def stretch(path: Path) -> float:
    """Return the 99.9th percentile of lines' greatest gap between two Han, in em.

    Of lines at the size of the text whose Han stand apart, as drawn (/ActualText left out).
    """
    sys.path.append(str(METER.parent))
    meter: Any = importlib.import_module("pdf_meter")
    buffer = io.BytesIO()
    with pikepdf.open(path) as pdf:
        meter.scan(pdf)
        pdf.save(buffer)
    gaps: list[float] = []
    with pypdfium2.PdfDocument(buffer) as book:
        for number, page in enumerate(book):
            signs = list(meter.glyphs(page))
            for line in meter.page_lines(number, signs, PAGE.size, False):
                between = [
                    (b.u0 - a.u1) / PAGE.size
                    for a, b in zip(line.g, line.g[1:], strict=False)
                    if HAN.match(a.ch) and HAN.match(b.ch)
                ]
                if between and 0.01 < max(between) < 2:
                    gaps.append(max(between))
    gaps.sort()
    return gaps[int(0.999 * (len(gaps) - 1))] if gaps else 0.0


def spaces(html: str) -> float:
    """Return the spaces between Han of a text, per 10,000 Han."""
    words = unescape(re.sub(r"<[^>]*>", "", re.sub(r"(?s)<style>.*?</style>", "", html)))
    between = re.findall(r"(?<=[\u3400-\u9fff])[ \u00a0]+(?=[\u3400-\u9fff])", words)
    return 1e4 * len(between) / max(1, len(HAN.findall(words)))


def percent(value: float | None) -> str:
    """Return a share as the table shows it."""
    return "–" if value is None else f"{100 * value:.2f} %"


ROWS: dict[str, Callable[[dict[str, Any]], str]] = {
    "pages": lambda m: str(m["pages"]),
    "lines judged": lambda m: str(m["lines_judged"]),
    "ragged": lambda m: percent(m["ragged_share"]),
    "beyond the measure": lambda m: percent(m["beyond_share"]),
    "short, p99, em": lambda m: f"{m['short_p99_em']:.2f}",
    "stretch, p99.9, em": lambda m: f"{m['stretch']:.3f}",
    "forbidden at line start, end": lambda m: (
        f"{m['forbidden_line_start']}, {m['opening_mark_at_line_end']}"
    ),
    "dash or ellipsis parted": lambda m: str(m["broken_dash_or_ellipsis"]),
    "last lines of one character": lambda m: str(m["one_character_last_line"]),
    "pairs left at 2 em, compressed": lambda m: f"{m['pair_2em']}, {m['pair_compressed']}",
    "line starts untrimmed, trimmed": lambda m: (
        f"{m['line_open_untrimmed']}, {m['line_open_trimmed']}"
    ),
    "marks at line end full, half, hung": lambda m: ", ".join(
        map(str, m["line_end_mark_full_half_hung"])
    ),
    "Han-Latin gap present": lambda m: percent(1 - (m["han_latin_none"] or 0)),
    "of it over .35 em": lambda m: percent(m["han_latin_wide"]),
    "spaces between Han per 10,000, PDFium": lambda m: str(m["pdfium_spaces_per_10000_han"]),
    "the same, poppler": lambda m: str(m["pdftotext_spaces_per_10000_han"]),
    "the same, in the source": lambda m: f"{m['source_spaces']:.2f}",
    "fallback faces (Japanese)": lambda m: str(len(m["japanese_named_fonts"])),
    "CPU s": lambda m: f"{m['cpu']:.1f}" if "cpu" in m else "–",
}


def compare(corpus: str, ways: Sequence[str], han: int, work: Path) -> None:
    """Set one archive in all ways and print the table."""
    job = prepared(corpus, han, work)
    text = job.html.read_text(encoding="utf-8")
    columns: dict[str, dict[str, Any]] = {}
    failed: list[str] = []
    for way in ways:
        name, make = WAYS[way]
        cost = make(job, way)
        path = job.out(way)
        if cost.status or not path.exists():
            failed.append(f"{name} failed ({cost.status}):\n{cost.stderr[-500:]}")
            continue
        if way == "composed":
            columns[f"{name}, whole book"] = metered(path, text)
        columns[name] = metered(body(path) if make is ours else path, text) | {"cpu": cost.cpu}
        print(f"{corpus}, {way}: {cost.cpu:.1f} s", file=sys.stderr, flush=True)
    articles = len(list(job.articles.iterdir()))
    print(f"\n### {corpus}: {articles} articles, {len(HAN.findall(text)) / 1000:.0f},000 Han")
    print(f"\n| | {' | '.join(columns)} |\n{'|---' * (len(columns) + 1)}|")
    for label, cell in ROWS.items():
        print(f"| {label} | {' | '.join(cell(found) for found in columns.values())} |")
    print("\n".join(f"\n{words}" for words in failed), flush=True)


def main() -> None:
    """Run what the flags ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", nargs="*", choices=list(CORPORA), default=list(CORPORA))
    parser.add_argument("--ways", nargs="*", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--han", type=int, default=60_000)
    parser.add_argument("--keep", type=Path, help="a folder in which all PDFs stay")
    given = parser.parse_args()
    ways = [way for way in given.ways if way != "chromium" or chromium()]
    print(versions(ways))
    with scratch() as work:
        for corpus in given.corpora:
            compare(corpus, ways, given.han, given.keep.resolve() if given.keep else work)
    if len(ways) < len(given.ways):
        print("\nChromium was not run: no chromium on the path")


if __name__ == "__main__":
    main()
