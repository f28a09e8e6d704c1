"""What went wrong, where, and what to do about it; and the exceptions that carry it.

A diagnostic is a value: rooms return or raise them, only the console prints them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol


class Severity(StrEnum):
    """How bad a finding is. An error means that something the user asked for is not made."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a source file; line and column count from 1, and 0 means unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return ``file``, ``file:line`` or ``file:line:column``, as far as known."""
        parts = [self.file]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a stable code such as ``figure-lost``, a sentence, a place, a line of help."""

    code: str
    severity: Severity
    message: str
    place: Place | None = None
    help: str = ""

    def at(self, place: Place) -> Diagnostic:
        """Return the same finding at another place."""
        return replace(self, place=place)

    def __str__(self) -> str:
        """Return the finding as one or two lines of plain text."""
        where = f"{self.place}: " if self.place else ""
        text = f"{where}{self.severity}[{self.code}]: {self.message}"
        return f"{text}\n  help: {self.help}" if self.help else text


def note(code: str, message: str, place: Place | None = None, help: str = "") -> Diagnostic:
    """Return a finding that needs no action."""
    return Diagnostic(code, Severity.NOTE, message, place, help)


def warning(code: str, message: str, place: Place | None = None, help: str = "") -> Diagnostic:
    """Return a finding that the user should look at; the book is still made."""
    return Diagnostic(code, Severity.WARNING, message, place, help)


def error(code: str, message: str, place: Place | None = None, help: str = "") -> Diagnostic:
    """Return a finding that kept something from being made."""
    return Diagnostic(code, Severity.ERROR, message, place, help)


def has_errors(findings: Iterable[Diagnostic]) -> bool:
    """Tell whether any of the findings is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)


class Reporter(Protocol):
    """Where findings and progress go; the console implements it, tests collect with it."""

    def report(self, finding: Diagnostic) -> None:
        """Take one finding."""

    def begin(self, stage: str, total: int | None = None) -> None:
        """Start a stage of ``total`` steps; None if their number is not known."""

    def advance(self, stage: str, steps: int = 1, text: str = "") -> None:
        """Take steps forward in a stage, with the name of what was done."""

    def end(self, stage: str) -> None:
        """Finish a stage."""


class Silent:
    """A reporter that keeps findings and shows nothing."""

    def __init__(self) -> None:
        self.findings: list[Diagnostic] = []

    def report(self, finding: Diagnostic) -> None:
        """Keep the finding."""
        self.findings.append(finding)

    def begin(self, stage: str, total: int | None = None) -> None:
        """Show nothing."""

    def advance(self, stage: str, steps: int = 1, text: str = "") -> None:
        """Show nothing."""

    def end(self, stage: str) -> None:
        """Show nothing."""


class PublishError(Exception):
    """Base of what publish raises on purpose: findings, and the exit status they lead to."""

    exit_status = 70

    def __init__(self, *findings: Diagnostic) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings

    def __reduce__(self) -> tuple[type[PublishError], tuple[Diagnostic, ...]]:
        """Survive the way home from a worker process."""
        return type(self), self.findings


class ContentError(PublishError):
    """Something in the articles or their figures."""

    exit_status = 1


class BackendError(PublishError):
    """A backend could not make a book."""

    exit_status = 1


class UsageError(PublishError):
    """A flag, a name or a configuration key that cannot be meant."""

    exit_status = 2


class SetupError(PublishError):
    """Something is missing on this machine."""

    exit_status = 3
