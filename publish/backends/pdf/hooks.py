"""Puts functions of ours in the place of the engine's, for a while, and knows when not to.

Written for WeasyPrint 70: `moved` compares what others of this package rely on.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import weasyprint

MAJOR = "70."  # of the engine that this is written for


def moved(signatures: Mapping[tuple[Any, str], str]) -> str:
    """Return what is not where it was in the engine, or "" if all is.

    Args:
        signatures: what a module or class holds, by name -> its parameters, parted by spaces.
    """
    version = str(weasyprint.__version__)
    if not version.startswith(MAJOR):
        return f"WeasyPrint {version}"
    for (holder, name), parameters in signatures.items():
        found = getattr(holder, name, None)
        if found is None or list(inspect.signature(found).parameters) != parameters.split():
            return f"{holder.__name__}.{name}"
    return ""


@contextmanager
def replaced(holder: Any, **ours: Any) -> Iterator[None]:
    """Let a module, class or object hold something else under these names."""
    before = {name: getattr(holder, name) for name in ours}
    for name, function in ours.items():
        setattr(holder, name, function)
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(holder, name, function)
