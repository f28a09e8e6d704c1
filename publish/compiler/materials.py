"""What editions are made of, gathered once for all of them: fair copies and figures."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from publish import figures
from publish.compiler.copies import fair_copies
from publish.config import Config
from publish.config.figures import FigureSettings
from publish.diagnostics import Diagnostic, Place, Severity, note
from publish.model import Archive, Article, FairCopy, Figure
from publish.workshop import Workshop

Key = tuple[str, str]  # article id, address as written
TRACKING = "tracking-pixel"  # the code of a picture that no reader would miss
_ADVICE = {  # by the code of the loss
    "offline": "publish fetch fetches it when the network is on",
    "refused": "[figures.mirrors] may name an address to fetch it from",
    "outside": "copy the picture into the project",
    "no-address": "write its address between the brackets",
    "unsupported": "save it as JPEG or PNG",
    "too-many-pixels": "make it smaller, or raise figures.max_source_pixels",
    "too-large": "make it smaller, or raise figures.max_bytes",
}
_BESIDE = "put the picture beside the article, or below static/"


@dataclass(frozen=True)
class Materials:
    """Fair copies by article; figures by article and address, None where one is lost.

    Codes in ``lost`` are those of figures.Lost.
    """

    copies: Mapping[str, FairCopy]
    figures: Mapping[Key, Figure | None]
    lost: Mapping[Key, str] = field(default_factory=dict)  # why
    owed: frozenset[Key] = frozenset()  # lost ones that the network may still give
    local: Mapping[Key, tuple[Path, ...]] = field(default_factory=dict)  # files looked for

    def anchors(self, article: str) -> Mapping[str, str]:
        """Return the ids that links into an article may mean."""
        return dict(self.copies[article].anchors)

    def watched(self, articles: Container[str]) -> frozenset[Path]:
        """Return the local files that figures of articles were, or would have been, read from."""
        return frozenset(
            path for key, paths in self.local.items() if key[0] in articles for path in paths
        )

    def misses(self) -> bool:
        """Tell whether a figure that readers would miss is lost."""
        return any(code != TRACKING for code in self.lost.values())

    def lost_remotely(self, articles: Container[str]) -> bool:
        """Tell whether the network still owes a figure to one of the articles."""
        return any(key[0] in articles for key in self.owed)


def gather(
    articles: Sequence[Article],
    archive: Archive,
    config: Config,
    settings: FigureSettings,
    shop: Workshop,
    *,
    leads: bool,
) -> Materials:
    """Return fair copies and figures of articles; what is wrong with them goes to the reporter.

    ``leads`` also fetches the lead pictures that the front matter names.
    """
    copies = fair_copies(articles, config, shop)
    for article in articles:
        shop.report(*copies[article.id].findings)
    by_id = {article.id: article for article in articles}
    requests: dict[Key, figures.Request] = {}
    roots = _roots(archive)
    lines: dict[Key, int] = {}
    for article in articles:
        path = Path(article.path)
        folders = (str(path.parent), str(path.with_suffix("")))
        confine = (archive.root, archive.site)
        for key, line in _uses(article, copies, leads):
            if key not in requests:
                requests[key] = figures.Request(key[1], folders, roots, confine)
                lines[key] = line
    found = figures.prepare(requests.values(), settings, shop)
    made: dict[Key, Figure | None] = {}
    lost: dict[Key, str] = {}
    owed: set[Key] = set()
    places = ((key, figures.places(request, settings)) for key, request in requests.items())
    local = {key: files for key, files in places if files}
    for key, request in requests.items():
        result = found[request]
        if isinstance(result, Figure):
            made[key] = result
            continue
        made[key] = None
        lost[key] = result.code
        remote = figures.is_remote(request, settings)
        if remote and result.code != TRACKING:
            owed.add(key)
        article = by_id[key[0]]
        place = Place(article.shown, lines[key] or _header_line(article, key[1]))
        shop.report(_lost(result, key[1], place, settings, remote=remote))
    return Materials(copies, made, lost, frozenset(owed), local)


def _uses(
    article: Article, copies: Mapping[str, FairCopy], leads: bool
) -> Iterable[tuple[Key, int]]:
    """Yield the pictures of an article with their lines, 0 for that of the front matter."""
    if leads and article.cover:
        yield (article.id, article.cover), 0
    for use in copies[article.id].figures:
        yield (article.id, use.address), use.line


def _header_line(article: Article, address: str) -> int:
    """Return the line of the front matter on which an address stands, else the first."""
    try:
        with Path(article.path).open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(islice(file, article.body_line), 1):
                if address in line:
                    return number
    except OSError:
        pass
    return 1


def _roots(archive: Archive) -> tuple[str, ...]:
    """Return the folders that a path from the site's root may start from, best first."""
    site = Path(archive.site)
    folders = (str(site / name) for name in ("static", "source", "assets", "public"))
    return (*folders, archive.root, archive.site)


def _lost(
    result: figures.Lost, address: str, place: Place, settings: FigureSettings, *, remote: bool
) -> Diagnostic:
    shown = figures.brief(address) or "a picture without an address"
    if result.code == TRACKING:
        return note("figure-pixel", f"{shown}: {result.message}", place)
    severity = Severity.ERROR if settings.missing == "error" else Severity.WARNING
    advice = _ADVICE.get(result.code, "publish fetch tries again" if remote else "")
    if result.code == "not-found" and not remote:
        advice = _BESIDE
    help_line = "; ".join(filter(None, ("the book shows a placeholder", advice)))
    return Diagnostic("figure-lost", severity, f"{shown}: {result.message}", place, help_line)
