"""The nearest right name for a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(wrong: str, right: Iterable[str]) -> str:
    """Return the right name most like the wrong one, or "" if none is near."""
    names = {name.lower(): name for name in right}
    found = difflib.get_close_matches(wrong.lower(), names, n=1, cutoff=0.5)
    return names[found[0]] if found else ""


def suggestion(wrong: str, right: Iterable[str]) -> str:
    """Return a line of help: the nearest name, or the list of all."""
    names = sorted(set(right))
    near = nearest(wrong, names)
    if near:
        return f"did you mean {near!r}?"
    return f"known: {', '.join(names)}" if names else ""
