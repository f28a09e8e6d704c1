"""What editions are made of, gathered once for all of them: fair copies and figures."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Materials:
    """Fair copies by article; figures by article and address, None where one is lost.

    Codes in ``lost`` are those of figures.Lost.
    """

    copies: Mapping[str, FairCopy]
    figures: Mapping[Key, Figure | None]
    lost: Mapping[Key, str] = field(default_factory=dict)  # why
    local: Mapping[Key, tuple[Path, ...]] = field(default_factory=dict)  # files looked for

    def anchors(self, article: str) -> Mapping[str, str]:
        """Return the ids that links into an article may mean."""
        return dict(self.copies[article].anchors)

    def watched(self, articles: Container[str]) -> frozenset[Path]:
        """Return the local files that figures of articles were, or would have been, read from."""
        return frozenset(
            path for key, paths in self.local.items() if key[0] in articles for path in paths
        )

    def lost_remotely(self, articles: Container[str]) -> bool:
        """Tell whether the network still owes a figure to one of the articles."""
        return any(
            key[0] in articles and not self.local.get(key) and code != TRACKING
            for key, code in self.lost.items()
        )


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
    wanted = {key: line for article in articles for key, line in _uses(article, copies, leads)}
    by_id = {article.id: article for article in articles}
    requests = {key: _request(key, archive, by_id) for key in wanted}
    found = figures.prepare(requests.values(), settings, shop)
    made: dict[Key, Figure | None] = {}
    lost: dict[Key, str] = {}
    local = {key: figures.places(request) for key, request in requests.items()}
    shown = {article.id: article.shown for article in articles}
    for key, request in requests.items():
        result = found[request]
        if isinstance(result, Figure):
            made[key] = result
            continue
        made[key] = None
        lost[key] = result.code
        shop.report(_lost(result, key, Place(shown[key[0]], wanted[key]), settings))
    return Materials(copies, made, lost, local)


def _uses(
    article: Article, copies: Mapping[str, FairCopy], leads: bool
) -> Iterable[tuple[Key, int]]:
    for use in reversed(copies[article.id].figures):  # so that the first use's line stays
        yield (article.id, use.address), use.line
    if leads and article.cover:
        yield (article.id, article.cover), 1


def _request(key: Key, archive: Archive, articles: Mapping[str, Article]) -> figures.Request:
    path = Path(articles[key[0]].path)
    site = Path(archive.site)
    return figures.Request(
        address=key[1],
        folders=(str(path.parent), str(path.with_suffix(""))),
        roots=(
            str(site / "static"),
            str(site / "source"),
            str(site / "assets"),
            str(site / "public"),
            archive.root,
            archive.site,
        ),
        confine=(archive.root, archive.site),
    )


def _lost(result: figures.Lost, key: Key, place: Place, settings: FigureSettings) -> Diagnostic:
    if result.code == TRACKING:
        return note("figure-pixel", f"{key[1]}: {result.message}", place)
    severity = Severity.ERROR if settings.missing == "error" else Severity.WARNING
    return Diagnostic(
        "figure-lost",
        severity,
        f"{key[1] or 'a picture without an address'}: {result.message}",
        place,
        "the book shows a placeholder; publish fetch tries again",
    )
