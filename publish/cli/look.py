"""Commands that look and tell: list, check, fetch, fonts, layouts, config."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from publish.cli.choosing import book_flags, choosing
from publish.cli.session import Session, common, shown, unwritable
from publish.config import FILE_NAME, Loaded
from publish.console import plural
from publish.diagnostics import Severity, UsageError, error

if TYPE_CHECKING:
    from publish.compiler import Materials
    from publish.model import Edition

_WHAT = click.argument("what", nargs=-1, metavar="[WHAT]...")


@click.command("list")
@click.option("--articles", "each", is_flag=True, help="List the articles instead of the books.")
@common
@choosing
@_WHAT
def list_(session: Session, what: tuple[str, ...], each: bool, **given: Any) -> int:
    """List the books that would be made, or the articles there are.

    If the books of the project select nothing, --articles lists all that could be selected.
    """
    from publish import build as house

    choice = book_flags(given)
    loaded = session.load(choice, what)
    console = session.console
    if each:
        console.manner = console.manner.talkative()
    with session.shop(loaded) as shop:
        plan = house.make(loaded, house.Request(what=what), shop)
    if each:
        chosen = {a.id: a for output in plan.outputs for a in output.manuscript.articles}
        if not chosen and not set(choice) - {"drafts"}:
            chosen = {a.id: a for a in plan.archive.articles}
        for article in chosen.values():
            day = article.date.date().isoformat() if article.date else ""
            console.result(
                f"{day:10}  {article.language:10}  {article.id}  {article.title}",
                {
                    "type": "article",
                    "id": article.id,
                    "title": article.title,
                    "date": article.date.isoformat() if article.date else None,
                    "language": article.language,
                    "authors": list(article.authors),
                    "tags": list(article.tags),
                    "categories": list(article.categories),
                    "draft": article.draft,
                },
            )
        return int(plan.failed)
    for output in plan.outputs:
        count = len(output.manuscript.articles)
        console.result(
            f"{output.path.name}  {output.manuscript.title}  ({plural(count, 'article')})",
            {
                "type": "book",
                "path": str(output.path),
                "title": output.manuscript.title,
                "edition": output.edition.name,
                "format": output.backend,
                "articles": [article.id for article in output.manuscript.articles],
            },
        )
    return int(plan.failed)


@click.command()
@common
@choosing
@_WHAT
def fetch(session: Session, what: tuple[str, ...], **given: Any) -> int:
    """Fetch the figures of the articles into the cache, so that books can be made offline."""
    materials = _gather(session, what, given)
    lost = len(materials.lost)
    found = len(materials.figures) - lost
    session.console.inform(f"{found} figures in the cache, {lost} lost")
    return int(lost > 0 and (session.flags.strict or found == 0))


@click.command()
@common
@choosing
@_WHAT
def check(session: Session, what: tuple[str, ...], **given: Any) -> int:
    """Read and compile the articles and tell all that was found, moved or repaired.

    Nothing is written but the cache. Exit status 1 if there are errors, or with --strict
    warnings.
    """
    session.console.manner = session.console.manner.talkative()
    _compiled(session, session.load(book_flags(given), what), what)
    counts = session.console.counts
    session.console.inform(session.console.tally() or "nothing to report")
    strict = session.flags.strict and counts[Severity.WARNING] > 0
    return int(bool(counts[Severity.ERROR] or strict))


def _gather(session: Session, what: tuple[str, ...], given: dict[str, Any]) -> Materials:
    """Gather what the books are made of; the findings go to the console."""
    from publish import build as house
    from publish.build import making

    loaded = session.load(book_flags(given), what)
    with session.shop(loaded) as shop:
        plan = house.make(loaded, house.Request(what=what), shop)
        return making.gather(plan, plan.outputs, session.figure_settings(loaded), shop)


def _compiled(session: Session, loaded: Loaded, what: tuple[str, ...]) -> list[Edition]:
    """Compile every edition of the books; the findings go to the console."""
    from publish import build as house
    from publish.build import making

    settings = session.figure_settings(loaded)
    with session.shop(loaded) as shop:
        plan = house.make(loaded, house.Request(what=what), shop)
        materials = making.gather(plan, plan.outputs, settings, shop)
        return [edition for _, edition in making.editions(plan, plan.outputs, materials, shop)]


@click.command()
@common
@choosing
@_WHAT
def fonts(session: Session, what: tuple[str, ...], **given: Any) -> int:
    """Tell which fonts are found, which editions they cover, and what a book lacks.

    With WHAT, or in a project, every character of the articles is looked up, and those that no
    face draws are named by code point and article.
    """
    from publish import fonts as room

    loaded = session.load(book_flags(given), what)
    console = session.console
    catalogue = room.load(loaded.root if loaded.file else None)
    wanted: dict[str, room.Demand] = {}
    if what or loaded.file:
        wanted = _demands(session, loaded, what)
    told = room.report(catalogue, wanted)
    for family in told.families:
        weights = ", ".join(family.weights) or "not here"
        console.result(
            f"{family.role:7} {'/'.join(family.regions) or '-':12} {family.name:28} {weights}",
            {"type": "family", **asdict(family)},
        )
    for edition in told.editions:
        faces = ", ".join(f"{role}: {name or 'none'}" for role, name in edition.families)
        sets = ", ".join(f"{one.name} {one.any}/{one.total}" for one in edition.sets)
        record = {"type": "edition", **asdict(edition)}
        console.result(f"{edition.language:11} {faces}\n{'':11} {sets}", record)
    for finding in room.missing_findings(told.missing, catalogue):
        console.report(finding)
    if told.install:
        console.inform(f"to have them all: {told.install}")
    if wanted and not told.missing:
        console.inform("every character of these articles has a face")
    console.close()
    return int(bool(told.missing) and session.flags.strict)


def _demands(session: Session, loaded: Loaded, what: tuple[str, ...]) -> dict[str, Any]:
    """Return the characters that the articles ask for, in all editions of their books."""
    from publish.build.characters import demands

    wanted: dict[str, Any] = {}
    for edition in _compiled(session, loaded, what):
        for text, demand in demands(edition).items():
            wanted[text] = {**wanted.get(text, {}), **demand}
    return wanted


@click.group()
def layouts() -> None:
    """List layouts, or copy one into the project to change it."""


@layouts.command("list")
@common
def layouts_list(session: Session) -> int:
    """List the layouts there are."""
    from publish import layouts as room

    loaded = session.load()
    project = loaded.root if loaded.file else None
    for name in room.names(project):
        layout = room.find(name, project)
        session.console.result(
            f"{name:12}  {layout.title}: {layout.description}",
            {"type": "layout", "name": name, "title": layout.title},
        )
    return 0


@layouts.command("eject")
@click.argument("name")
@common
def layouts_eject(session: Session, name: str) -> int:
    """Copy layout NAME into the project's layouts/, to change it.

    Its files win over ours from then on.
    """
    from publish import layouts as room

    loaded = session.load()
    if loaded.file is None:
        raise UsageError(
            error(
                "no-project",
                f"layouts are changed in a project, and there is no {FILE_NAME} here",
                help="begin one: publish init",
            )
        )
    try:
        for path in room.eject(name, loaded.root):
            session.console.result(shown(path), {"type": "file", "path": str(path)})
    except OSError as problem:
        raise unwritable(problem) from None
    return 0


@click.command("config")
@click.option("--origin", is_flag=True, help="Tell where each value comes from.")
@common
def config_(session: Session, origin: bool) -> int:
    """Show the configuration as it is after files, environment and flags."""
    import msgspec

    loaded = session.load()
    values = msgspec.to_builtins(loaded.config)
    for path, value in _leaves(values, ()):
        where = loaded.origin(path)
        if not origin and where == "default" and value in (None, "", [], {}):
            continue
        name = ".".join(path)
        shown = msgspec.json.encode(value).decode()
        session.console.result(
            f"{name} = {shown}" + (f"    # {where}" if origin else ""),
            {"type": "setting", "key": name, "value": value, "origin": where},
        )
    return 0


def _leaves(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif path:
        yield path, value
