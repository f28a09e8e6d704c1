"""Commands around a project: doctor, init, new, clean, completion."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import click

from publish.cli.session import Session, common
from publish.config import FILE_NAME
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
    root.mkdir(parents=True, exist_ok=True)
    file = root / FILE_NAME
    if file.exists():
        raise UsageError(
            error("exists", "there is one already; it is left as it is", Place(str(file)))
        )
    content = next((n for n in ("content", "source/_posts", "src") if (root / n).is_dir()), "")
    if not content and not any(root.glob("*.md")):
        content = "content"
        (root / content).mkdir(exist_ok=True)
    name = root.resolve().name or "文集"
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    file.write_text(TEMPLATE.format(title=quoted, content=f'"{content or "."}"'), encoding="utf-8")
    session.console.result(str(file), {"type": "file", "path": str(file)})
    session.console.inform(f"next: publish new {content or '.'}/first.md, then publish build")
    return 0


@click.command()
@click.argument("path")
@click.option("--title", default="", help="Title of the article; its file name if left out.")
@common
def new(session: Session, path: str, title: str) -> int:
    """Write a new article at PATH, with front matter, as a draft."""
    file = Path(path if Path(path).suffix else f"{path}.md")
    if file.exists():
        raise UsageError(
            error("exists", "there is one already; it is left as it is", Place(str(file)))
        )
    if not title:
        stem = file.parent.name if file.stem == "index" else file.stem
        title = re.sub(r"[-_]+", " ", stem).strip()
    file.parent.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    escaped = title.replace("\\", "\\\\").replace('"', '\\"')
    file.write_text(ARTICLE.format(title=escaped, date=now), encoding="utf-8")
    session.console.result(str(file), {"type": "file", "path": str(file)})
    return 0


@click.command()
@click.option("--books", is_flag=True, help="Remove the folder of finished books as well.")
@common
def clean(session: Session, books: bool) -> int:
    """Remove the cache: fetched figures and kept results. Books are left unless named."""
    loaded = session.load()
    folders = [session.cache_folder(loaded)]
    if books:
        if loaded.file is None:
            raise UsageError(error("no-project", f"--books needs a project with a {FILE_NAME}"))
        folders.append(loaded.root / loaded.config.project.output)
    for folder in folders:
        if not folder.is_dir():
            continue
        size = sum(entry.stat().st_size for entry in folder.rglob("*") if entry.is_file())
        if not session.flags.dry_run:
            shutil.rmtree(folder)
        session.console.result(str(folder), {"type": "removed", "path": str(folder), "size": size})
    return 0


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
