"""Commands around a project: doctor, init, new, clean, completion."""

from __future__ import annotations

import contextlib
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import click

from publish.cli.session import Session, common, unwritable
from publish.config import FILE_NAME, Loaded
from publish.diagnostics import Place, UsageError, error

TEMPLATE = """\
# What publish makes of this folder. Every key has a default; see docs/configuration.md.

[project]
title = {title}
language = "zh-Hans"          # of articles that do not say theirs
content = {content}           # folder of the articles
# author = "…"

[defaults]                    # any key of a book
to = ["epub", "pdf"]
editions = ["source"]         # also zh-Hans, zh-Hant, zh-Hant-TW, zh-Hant-HK
layout = "classic"            # or magazine

[books.all]
title = {title}
# select = [{{ path = ["weekly/**"] }}, {{ tag = ["排版"] }}]
# exclude = [{{ tag = ["广告"] }}]
# split = "month"             # year quarter month week folder tag category, or a number
# parts = "folder"
# date = 2024-03-05           # of publication; else that of the newest article
# source = "https://example.com/"
# subjects = ["排版"]

# [figures.mirrors]           # a URL prefix -> where to fetch it instead
# "https://example.com/" = "http://127.0.0.1:8000/"
"""

ARTICLE = """\
---
title: "{title}"
date: {date}
tags: []
draft: true
---

"""


@click.command()
@common
def doctor(session: Session) -> int:
    """Tell whether this machine has what books need, and what to install if not."""
    from publish import doctor as room

    loaded = session.load()
    status = 0
    for finding in room.examine(loaded.root if loaded.file else None, session.cache_folder(loaded)):
        mark = "ok " if finding.ok else ("no " if finding.needed else "-- ")
        text = f"{mark} {finding.name:24} {finding.detail}"
        text += f"\n      {finding.remedy}" if finding.remedy and not finding.ok else ""
        session.console.result(text, {"type": "check", **finding.record()})
        if finding.needed and not finding.ok:
            status = 3
    return status


@click.command()
@click.argument("where", default=".")
@common
def init(session: Session, where: str) -> int:
    """Make WHERE (a folder) a project: write a publish.toml that says what can be set."""
    root = Path(where)
    content = next((n for n in ("content", "source/_posts", "src") if (root / n).is_dir()), "")
    if not content and not any(root.glob("*.md")):
        content = "content"
    name = root.resolve().name or "文集"
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    text = TEMPLATE.format(title=quoted, content=f'"{content or "."}"')
    _write_new(session, root / FILE_NAME, text)
    try:
        (root / content).mkdir(exist_ok=True)
    except OSError as problem:
        raise unwritable(problem) from None
    session.console.inform(f"next: publish new {content or '.'}/first.md, then publish build")
    return 0


def _write_new(session: Session, file: Path, text: str) -> None:
    """Write a file where there is none, and tell its path.

    Raises:
        UsageError: there is one, or none can be written there.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError as problem:
        if problem.filename != str(file):
            raise unwritable(problem) from None  # a file where a folder should be
        raise UsageError(
            error("exists", "there is one already; it is left as it is", Place(str(file)))
        ) from None
    except OSError as problem:
        raise unwritable(problem) from None
    session.console.result(str(file), {"type": "file", "path": str(file)})


@click.command()
@click.argument("path")
@click.option("--title", default="", help="Title of the article; its file name if left out.")
@common
def new(session: Session, path: str, title: str) -> int:
    """Write a new article at PATH, with front matter, as a draft."""
    file = Path(path if Path(path).suffix else f"{path}.md")
    if not title:
        stem = file.parent.name if file.stem == "index" else file.stem
        title = re.sub(r"[-_]+", " ", stem).strip()
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    escaped = title.replace("\\", "\\\\").replace('"', '\\"')
    _write_new(session, file, ARTICLE.format(title=escaped, date=now))
    session.console.inform("a draft: books take it when its line draft is gone, or with --drafts")
    return 0


@click.command()
@click.option(
    "--books", is_flag=True, help="Remove the finished books as well, and their catalogue."
)
@common
def clean(session: Session, books: bool) -> int:
    """Remove the cache: fetched figures and kept results. Books are left unless named."""
    loaded = session.load()
    cache = session.cache_folder(loaded)
    doomed = [path for path in cache.glob("v*") if re.fullmatch(r"v\d+", path.name)]
    kept = [cache, *(parent for parent in cache.parents[:1] if parent.name == ".publish")]
    if books:
        from publish.build import listing

        folder = _books(loaded)
        found = (path for path in folder.rglob("*") if path.is_file())
        doomed += sorted(path for path in found if path.suffix in {".epub", ".pdf"})
        doomed += listing.belongings(folder)
        kept += [*(path for path in folder.rglob("*") if path.is_dir()), folder]
    if not doomed:
        session.console.inform("there is nothing to remove")
    for path in doomed:
        files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
        size = sum(one.stat().st_size for one in files)
        if not session.flags.dry_run:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        session.console.result(str(path), {"type": "removed", "path": str(path), "size": size})
    if not session.flags.dry_run:
        for path in sorted(kept, key=lambda path: -len(path.parts)):
            with contextlib.suppress(OSError):  # it holds something else, and stays
                path.rmdir()
    return 0


def _books(loaded: Loaded) -> Path:
    """Return the folder of finished books, if it is theirs alone.

    Raises:
        UsageError: there is no project, or the folder holds the project or its articles.
    """
    if loaded.file is None:
        raise UsageError(error("no-project", f"--books needs a project with a {FILE_NAME}"))
    from publish.build import content_root

    folder = (loaded.root / loaded.config.project.output).resolve()
    others = (loaded.root.resolve(), content_root(loaded).resolve())
    if any(other.is_relative_to(folder) for other in others):
        raise UsageError(
            error(
                "output-shared",
                f"{folder} holds more than books: nothing was removed",
                Place(loaded.origin(("project", "output"))),
                "remove the books by hand, or let project.output name a folder for them alone",
            )
        )
    return folder


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print a script that completes commands and flags in SHELL.

    eval "$(publish completion bash)"
    """
    from click.shell_completion import get_completion_class

    from publish.cli import root_command

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(root_command(), {}, "publish", "_PUBLISH_COMPLETE").source())
    return 0
