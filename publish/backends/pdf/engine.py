"""Imports WeasyPrint, without asking a C compiler where its libraries are.

The engine tries several names for each of seven libraries. For those that do not look like a file's
cffi has `ctypes.util.find_library` run ldconfig, gcc and ld: fifty processes, of which nothing
comes where the loader finds a library by its file's name, which the engine tries as well.
"""

# ruff: noqa: E402 - where it is imported from is the point

from __future__ import annotations

import contextlib
import ctypes.util
import sys
from collections.abc import Iterator

__all__ = ["VARIANTS", "FontConfiguration", "URLFetcher", "URLFetcherResponse", "weasyprint"]


@contextlib.contextmanager
def _by_file_name() -> Iterator[None]:
    asked = ctypes.util.find_library
    ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = asked


if sys.platform == "linux":
    with contextlib.suppress(OSError), _by_file_name():  # else once more, as the engine does it
        import weasyprint
import weasyprint
from weasyprint.pdf import VARIANTS
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse
