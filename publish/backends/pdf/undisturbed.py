"""Room for an engine that nests as deep as a text and makes many objects: stack, and no stops."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")
ROOM = 1 << 16  # values on the stack: see `roomy`
DEEPEST = 20_000  # frames: layout descends with the nesting of the text


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let the engine nest as deep as the text, without stops for garbage.

    Layout makes few cycles that matter and many objects: the collector costs an eighth of it.
    """
    deepest, collecting = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(deepest, DEEPEST))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(deepest)
        if collecting:
            gc.enable()


def unsettled() -> None:
    """Let the collector see again what `settled` hid, and drop what of it is garbage by now."""
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()


def settled() -> None:
    """Hide all that there is from the collector: faces and style sheets stay as they are."""
    gc.freeze()


def roomy(call: Callable[[], T]) -> T:
    """Call something with room for the frames of all that it calls.

    CPython keeps frames in chunks of 16 kB, which it maps and unmaps each time that a call goes
    over the edge of one: if that happens to be the innermost loop, it costs a fifth of the
    processor. A frame that is larger comes with a chunk of twice its size.
    """
    return call()


roomy.__code__ = roomy.__code__.replace(co_stacksize=ROOM)
