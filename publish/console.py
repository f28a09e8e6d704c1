"""The eaves: findings and progress on the terminal, or as JSON lines.

stdout carries finished paths or JSON lines and nothing else; all other words go to stderr.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TextIO

from publish.diagnostics import Diagnostic, Severity

SHOWN_EACH = 12  # findings of one code that are shown before they are only counted
STAGES = {
    "articles": "reading articles",
    "figures": "fetching figures",
    "chapters": "compiling chapters",
    "books": "binding books",
}
_STYLES = {Severity.NOTE: "36", Severity.WARNING: "33", Severity.ERROR: "31"}


@dataclass(frozen=True, slots=True)
class Manner:
    """How to speak: verbosity -1, 0 or 1; colour, progress bars, JSON."""

    verbosity: int = 0
    color: bool | None = None  # None: if stderr is a terminal and NO_COLOR is not set
    progress: bool = True
    json: bool = False

    def talkative(self) -> Manner:
        """Return the same manner, telling notes too unless asked to be quiet."""
        return replace(self, verbosity=max(self.verbosity, 1) if self.verbosity >= 0 else -1)


class Console:
    """A reporter for people, and for programs that read JSON lines."""

    def __init__(
        self, manner: Manner, out: TextIO | None = None, err: TextIO | None = None
    ) -> None:
        self.manner = manner
        self.out = out or sys.stdout
        self.err = err or sys.stderr
        self.counts: Counter[Severity] = Counter()
        self._seen: set[Diagnostic] = set()
        self._codes: Counter[str] = Counter()
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}
        self.color = _wants_color(manner.color, self.err)

    # Reporter -------------------------------------------------------------------------------

    def report(self, finding: Diagnostic) -> None:
        """Show a finding, once; a flood of one code is cut short and counted."""
        if finding in self._seen:
            return
        self._seen.add(finding)
        self.counts[finding.severity] += 1
        if self.manner.json:
            self.emit({"type": "diagnostic", **as_dict(finding)})
            return
        if not self._is_shown(finding.severity):
            return
        self._codes[finding.code] += 1
        if self._codes[finding.code] <= SHOWN_EACH or self.manner.verbosity > 0:
            self.say(self.painted(finding))

    def begin(self, stage: str, total: int | None = None) -> None:
        """Open a bar for a stage of more than one step."""
        if not self._has_bars() or (total is not None and total < 2):
            return
        if self._bars is None:
            self._bars = _new_bars(self.err, color=self.color)
            self._bars.start()
        self._tasks[stage] = self._bars.add_task(STAGES.get(stage, stage), total=total)

    def advance(self, stage: str, steps: int = 1, text: str = "") -> None:
        """Move the stage's bar."""
        if stage in self._tasks:
            self._bars.advance(self._tasks[stage], steps)

    def end(self, stage: str) -> None:
        """Take the stage's bar away."""
        task = self._tasks.pop(stage, None)
        if task is not None:
            self._bars.remove_task(task)
        if self._bars is not None and not self._tasks:
            self._bars.stop()
            self._bars = None

    # Words ----------------------------------------------------------------------------------

    def say(self, text: str, *, above: int = -1) -> None:
        """Write a line to stderr if the verbosity is above a level."""
        if self.manner.verbosity <= above and above >= 0:
            return
        if self._bars is not None:
            self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            print(text, file=self.err, flush=True)

    def inform(self, text: str) -> None:
        """Write a line of news to stderr, unless asked to be quiet."""
        if self.manner.verbosity >= 0 and not self.manner.json:
            self.say(text)

    def result(self, text: str, record: Mapping[str, object]) -> None:
        """Write a result to stdout: a line of text, or a JSON line."""
        if self.manner.json:
            self.emit(record)
        else:
            print(text, file=self.out, flush=True)

    def emit(self, record: Mapping[str, object]) -> None:
        """Write a JSON line to stdout."""
        print(json.dumps(record, ensure_ascii=False), file=self.out, flush=True)

    def close(self) -> None:
        """Stop the bars, and say how many findings were not shown."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
        self._tasks.clear()
        if self.manner.json:
            return
        for code, count in self._codes.items():
            if count > SHOWN_EACH and self.manner.verbosity <= 0:
                self.say(f"… and {count - SHOWN_EACH} more {code} (all of them: -v)")
        self._codes.clear()

    def tally(self) -> str:
        """Return the number of errors, warnings and notes in words; "" if there are none."""
        parts = [
            plural(self.counts[severity], str(severity))
            for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE)
            if self.counts[severity]
        ]
        return ", ".join(parts)

    def painted(self, finding: Diagnostic) -> str:
        """Return a finding as text, coloured if the terminal is."""
        if not self.color:
            return str(finding)
        style = _STYLES[finding.severity]
        where = f"\x1b[1m{finding.place}:\x1b[0m " if finding.place else ""
        head = f"{where}\x1b[{style}m{finding.severity}[{finding.code}]\x1b[0m: {finding.message}"
        return f"{head}\n  \x1b[36mhelp\x1b[0m: {finding.help}" if finding.help else head

    def _is_shown(self, severity: Severity) -> bool:
        if severity is Severity.ERROR:
            return True
        if severity is Severity.WARNING:
            return self.manner.verbosity >= 0
        return self.manner.verbosity > 0

    def _has_bars(self) -> bool:
        return (
            self.manner.progress
            and not self.manner.json
            and self.manner.verbosity >= 0
            and self.err.isatty()
        )


def as_dict(finding: Diagnostic) -> dict[str, object]:
    """Return a finding as plain values for JSON."""
    place = finding.place
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "file": place.file if place else None,
        "line": place.line or None if place else None,
        "column": place.column or None if place else None,
        "help": finding.help or None,
    }


def plural(number: int, noun: str) -> str:
    """Return a number and its noun: ``1 note``, ``2 notes``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _wants_color(asked: bool | None, stream: TextIO) -> bool:
    if asked is not None:
        return asked
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def _new_bars(stream: TextIO, *, color: bool) -> Any:
    from rich.console import Console as RichConsole
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=RichConsole(file=stream, no_color=not color),
        transient=True,
    )
