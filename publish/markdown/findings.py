"""The findings of one article, those of one kind gathered into one."""

from __future__ import annotations

from publish.diagnostics import Diagnostic, Place, Severity


class Findings:
    """Collects diagnostics about one file; repeated ones become one with a count."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self._found: dict[tuple[str, str], tuple[Severity, int, int, str]] = {}

    def note(self, code: str, message: str, line: int = 0, help: str = "") -> None:
        """Keep a finding that needs no action."""
        self._add(Severity.NOTE, code, message, line, help)

    def warning(self, code: str, message: str, line: int = 0, help: str = "") -> None:
        """Keep a finding that the user should look at."""
        self._add(Severity.WARNING, code, message, line, help)

    def _add(self, severity: Severity, code: str, message: str, line: int, help: str) -> None:
        known = self._found.get((code, message))
        if known is None:
            self._found[code, message] = (severity, line, 1, help)
        else:
            first = min(known[1] or line, line or known[1])  # 0 is an unknown line
            self._found[code, message] = (known[0], first, known[2] + 1, known[3])

    def all(self) -> tuple[Diagnostic, ...]:
        """Return what was found, by line."""
        found = [
            Diagnostic(
                code,
                severity,
                message if count == 1 else f"{message} ({count} times, first here)",
                Place(self.shown, line),
                advice,
            )
            for (code, message), (severity, line, count, advice) in self._found.items()
        ]
        return tuple(sorted(found, key=lambda f: (f.place or Place(""), f.code, f.message)))
