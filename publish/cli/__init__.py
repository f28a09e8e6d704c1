"""The roof: the words people type."""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
from collections.abc import Sequence
from typing import Any, ClassVar

import click

from publish import __version__
from publish.config import suggestion
from publish.console import Console, Manner
from publish.diagnostics import Diagnostic, Place, PublishError, error

BUG, INTERRUPTED, MISSING, USAGE = 70, 130, 3, 2
_THE_MACHINES = {  # errors of the system that no program can help
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE,
}  # fmt: skip


class _Commands(click.Group):
    """The commands, each imported only when it is typed; a wrong name brings the nearest one."""

    modules: ClassVar[dict[str, str]] = {
        "epub": "make",
        "pdf": "make",
        "cover": "make",
        "build": "make",
        "impose": "press",
        "list": "look",
        "fetch": "look",
        "check": "look",
        "fonts": "look",
        "layouts": "look",
        "config": "look",
        "doctor": "project",
        "init": "project",
        "new": "project",
        "clean": "project",
        "completion": "project",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from importlib import import_module

        if cmd_name not in self.modules:
            return None
        module = import_module(f"publish.cli.{self.modules[cmd_name]}")
        names = {"list": "list_", "config": "config_"}
        found: click.Command = getattr(module, names.get(cmd_name, cmd_name))
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        found = [(name, self.get_command(ctx, name)) for name in self.modules]
        with formatter.section("Commands"):
            formatter.write_dl([(name, c.get_short_help_str(200)) for name, c in found if c])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None:
            help_line = suggestion(name, self.modules)
            if os.path.exists(name):  # noqa: PTH110 (the name may be anything)
                help_line = f"to make a book of it: publish epub {name}"
            raise PublishUsage(
                error("command-unknown", f"no command is called {name!r}", help=help_line)
            )
        return super().resolve_command(ctx, args)


class PublishUsage(click.ClickException):
    """A usage fault found inside click, with our kind of message."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


def root_command() -> click.Group:
    """Return the command that holds all others."""
    from publish.cli.session import common_options, flags_of

    @click.group(
        cls=_Commands,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    @click.version_option(__version__, "--version", "-V", prog_name="publish")
    @common_options
    @click.pass_context
    def root(context: click.Context, /, **given: Any) -> None:
        """Make books of articles: EPUB 3 and typeset PDF, for Chinese first.

        publish epub FOLDER -o book.epub makes a book of a folder of articles; in a project,
        publish build makes all that publish.toml names.
        """
        context.obj = flags_of(given)

    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return its exit status.

    0 done, 1 something in content or a book failed, 2 usage or configuration, 3 something is
    missing on this machine, 70 our own fault, 130 interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = root_command().main(words, prog_name="publish", standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        print("\npublish: interrupted", file=sys.stderr)
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click exits only when nobody reads on
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 (for the flush at exit)
        return 0
    except Exception as problem:
        return _explain(words, problem)
    return status if isinstance(status, int) else 0


def _explain(words: Sequence[str], problem: Exception) -> int:
    """Say what went wrong; return the exit status it leads to."""
    if isinstance(problem, PublishError):
        return _fail(words, *problem.findings, status=problem.exit_status)
    if isinstance(problem, PublishUsage):
        return _fail(words, problem.finding, status=USAGE)
    if isinstance(problem, click.exceptions.NoArgsIsHelpError):
        problem.show()
        return USAGE
    if isinstance(problem, click.ClickException):
        return _fail(words, _from_click(words, problem), status=USAGE)
    if isinstance(problem, OSError) and problem.errno in _THE_MACHINES:
        place = Place(str(problem.filename)) if problem.filename else None
        return _fail(words, error("system", f"{problem.strerror}", place), status=MISSING)
    return _our_fault(words, problem)


def _fail(words: Sequence[str], *findings: Diagnostic, status: int) -> int:
    console = Console(Manner(json="--json" in words))
    for finding in findings:
        console.report(finding)
    return status


def _from_click(words: Sequence[str], problem: click.ClickException) -> Diagnostic:
    command = next((f" {word}" for word in words if word in _Commands.modules), "")
    help_line = f"see publish{command} --help"
    if isinstance(problem, click.NoSuchOption):
        known = problem.ctx.command.params if problem.ctx else []
        names = [word for option in known for word in option.opts if word.startswith("--")]
        help_line = suggestion(problem.option_name, names)
    elif isinstance(problem, click.UsageError) and problem.ctx is not None:
        help_line = f"see {problem.ctx.command_path} --help"
    message = re.split(r" \(?(?:Possible|Did you)", problem.format_message())[0]
    return error("usage", " ".join(message.split()), help=help_line)


def _our_fault(words: Sequence[str], problem: Exception) -> int:
    finding = error(
        "bug",
        f"this is a fault of publish {__version__}, not yours: {type(problem).__name__}: {problem}",
        help="run it again with -v for the details to report",
    )
    _fail(words, finding, status=BUG)
    if "-v" in words or "--verbose" in words:
        traceback.print_exc()
    return BUG
