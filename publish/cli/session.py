"""What every command needs: flags that all share, the configuration, the workshop."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from publish import config
from publish.cache import LAYOUT_VERSION, Cache
from publish.config import Loaded
from publish.config.figures import FigureSettings
from publish.console import Console, Manner
from publish.diagnostics import Place, SetupError, UsageError, error
from publish.workshop import Workshop
from publish.workshop.workers import executor


@dataclass(frozen=True)
class Flags:
    """The flags that every command takes."""

    folder: str = ""
    config: str = ""
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    progress: bool = True
    json: bool = False
    offline: bool = False
    jobs: int = 0
    strict: bool = False
    refresh: bool = False
    dry_run: bool = False


_COMMON: tuple[Callable[..., Any], ...] = (
    click.option("-C", "folder", metavar="FOLDER", help="Work as if started in FOLDER."),
    click.option("-c", "--config", metavar="FILE", help="Use FILE instead of publish.toml."),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
    click.option("-v", "--verbose", is_flag=True, help="Say more: notes, and all warnings."),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), help="Colours."),
    click.option("--no-progress", is_flag=True, help="Show no progress bars."),
    click.option("--json", is_flag=True, help="Write JSON lines to stdout."),
    click.option("--offline", is_flag=True, help="Never touch the network."),
    click.option("-j", "--jobs", type=click.IntRange(1, 256), metavar="N", help="Use N processes."),
    click.option("--strict", is_flag=True, help="Fail where something is lost."),
    click.option("--refresh", is_flag=True, help="Fetch figures and make books anew."),
    click.option("--dry-run", is_flag=True, help="Say what would be made, and stop."),
)
_NAMES = {"no_progress": "progress"}


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared flags; it gets a Session as its first argument."""

    @functools.wraps(command)
    @click.pass_context
    def wrapped(context: click.Context, /, **given: Any) -> Any:
        flags = context.find_object(Flags) or Flags()
        return command(Session(_update(flags, given)), **given)

    return common_options(wrapped)


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared flags as they are."""
    for option in reversed(_COMMON):
        command = option(command)
    return command


def flags_of(given: dict[str, Any]) -> Flags:
    """Return the flags that were given before the command's name."""
    return _update(Flags(), given)


def _update(flags: Flags, given: dict[str, Any]) -> Flags:
    """Take the shared flags out of what click gives, and lay them over those of the group."""
    changes: dict[str, Any] = {}
    for name in (*Flags.__dataclass_fields__, "no_progress"):
        value = given.pop(name, None)
        if value not in (None, False, ""):
            changes[_NAMES.get(name, name)] = name != "no_progress" and value
    return replace(flags, **changes)


class Session:
    """One run of a command: its flags, console, configuration and workshop."""

    def __init__(self, flags: Flags) -> None:
        self.flags = flags
        self.console = Console(
            Manner(
                verbosity=-1 if flags.quiet else int(flags.verbose),
                color={"always": True, "never": False}.get(flags.color),
                progress=flags.progress,
                json=flags.json,
            )
        )
        if flags.folder:
            try:
                os.chdir(flags.folder)
            except OSError as problem:
                raise UsageError(
                    error("folder", f"-C {flags.folder}: {problem.strerror}")
                ) from None

    def load(self, book: dict[str, Any] | None = None, what: tuple[str, ...] = ()) -> Loaded:
        """Return the configuration; ``book`` holds flags that win over every book's own keys.

        The project is that of the files or folders named, else of the current folder.
        """
        file = Path(self.flags.config).absolute() if self.flags.config else self._find(what)
        if self.flags.config and file and not file.is_file():
            raise UsageError(error("config-missing", "no such file", Place(self.flags.config)))
        root = file.parent if file else Path.cwd()
        loaded = config.load(root, file, dict(os.environ))
        if book:
            names = loaded.config.books
            flags = {"defaults": book, "books": dict.fromkeys(names, book)}
            loaded = config.load(root, file, dict(os.environ), flags)
        return loaded

    def _find(self, what: tuple[str, ...]) -> Path | None:
        paths = [Path(word).expanduser() for word in what]
        if paths and all(path.exists() for path in paths):
            start = paths[0].resolve()
            return config.find(start if start.is_dir() else start.parent)
        return config.find(Path.cwd())

    def cache_folder(self, loaded: Loaded) -> Path:
        """Return where results are kept: in the project, else in the user's cache folder."""
        if loaded.config.project.cache:
            return (loaded.root / loaded.config.project.cache).absolute()
        if loaded.file:
            return loaded.root / ".publish" / "cache"
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        return Path(home) / "publish"

    def figure_settings(self, loaded: Loaded) -> FigureSettings:
        """Return the figure settings of a configuration, flags laid over it."""
        table = loaded.config.figures
        values = {
            name: getattr(table, name)
            for name in table.__struct_fields__
            if name in FigureSettings.__dataclass_fields__ and name != "mirrors"
        }
        if self.flags.strict:
            values["missing"] = "error"
        mirrors = tuple(sorted(table.mirrors.items()))
        return FigureSettings(
            **values,
            mirrors=mirrors,
            base_url=loaded.config.project.url,
            refresh=self.flags.refresh,
        )

    @contextlib.contextmanager
    def shop(self, loaded: Loaded) -> Iterator[Workshop]:
        """Give the workshop; connections, workers and bars end with it."""
        from publish.workshop.network import HttpFetcher, OfflineFetcher

        settings = self.figure_settings(loaded)
        jobs = self.flags.jobs or os.cpu_count() or 1
        kept = self.cache_folder(loaded)
        _check_writable(kept)
        fetcher = OfflineFetcher() if self.flags.offline else HttpFetcher.of(settings)
        crew = executor(jobs)
        store = Cache(kept)
        try:
            yield Workshop(store, self.console, fetcher, crew, jobs, _epoch())
        except KeyboardInterrupt:
            crew.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            fetcher.close()
            crew.shutdown()
            self.console.close()


def unwritable(problem: OSError) -> UsageError:
    """Return what to say of a place, named by the user, where nothing can be written."""
    place = Place(str(problem.filename)) if problem.filename else None
    return UsageError(error("unwritable", f"cannot write: {problem.strerror}", place))


def shown(path: Path) -> str:
    """Return a path as seen from the current folder, where that is shorter."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _check_writable(folder: Path) -> None:
    """Refuse a cache folder in which nothing may be written.

    Raises:
        SetupError: it is one.
    """
    for path in (folder / LAYOUT_VERSION, folder, *folder.parents):
        if os.path.lexists(path):
            if not (path.is_dir() and os.access(path, os.W_OK | os.X_OK)):
                raise SetupError(
                    error(
                        "cache-unwritable",
                        f"results cannot be kept in {folder}",
                        Place(str(path)),
                        "choose another folder: PUBLISH_PROJECT__CACHE=FOLDER",
                    )
                )
            return


def _epoch() -> datetime | None:
    """Return SOURCE_DATE_EPOCH (reproducible-builds.org), if set.

    Raises:
        UsageError: it is no number of seconds.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return None
    try:
        return datetime.fromtimestamp(int(given), UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            error("epoch", f"SOURCE_DATE_EPOCH is {given!r}, which is no number of seconds")
        ) from None
