"""What the engine says, as findings; and what it trips over, as faults of the text."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Iterator

from publish.diagnostics import BackendError, Diagnostic, Place, PublishError, error, warning

BASE = "http://book.invalid/"  # where addresses of a tree are looked up: in our hands alone
_POSITION = re.compile(r" at (\d+):(\d+)")


class Listener(logging.Handler):
    """Gives on what the engine warns of."""

    def __init__(self, take: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._take = take

    def emit(self, record: logging.LogRecord) -> None:
        """Take a message."""
        self._take(record.getMessage())


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Turn what the engine trips over into a fault of the text that it was given."""
    try:
        yield
    except (PublishError, MemoryError):
        raise
    except RecursionError:
        raise BackendError(
            error("pdf-nesting", "lists or quotations are nested too deeply for a page")
        ) from None
    except Exception as problem:
        text = f"the engine cannot set this: {type(problem).__name__} {problem}".rstrip()
        hint = "look for what is unusual in the text, and in the style sheets of the layout"
        raise BackendError(error("pdf-engine", text, help=hint)) from problem


def finding(message: str, shown: str) -> Diagnostic:
    """Return what the engine logged as a finding.

    Args:
        message: of the engine.
        shown: the style sheet that it is reading; "" if none.
    """
    text = message.replace(BASE, "")
    if shown:
        at = _POSITION.search(text)
        place = Place(shown, *(map(int, at.groups()) if at else ()))
        return warning("layout-css", _POSITION.sub("", text), place)
    if text.startswith(".notdef"):
        return warning("font-missing", text)
    if text.startswith("Failed to load image"):
        return warning("pdf-picture", text)
    if text.startswith("No anchor"):
        return warning("pdf-link", text)
    return warning("pdf-engine", text)
