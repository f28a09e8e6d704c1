"""A scratch folder that goes, with all that was started meanwhile, however the benchmark ends.

A process of its own waits for the end of the benchmark, be it by a signal, and then ends every
process that still runs with the scratch folder as its TMPDIR, and removes the folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from measure import end


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that is also TMPDIR to all processes started meanwhile."""
    folder = tempfile.mkdtemp(prefix="publish-benchmark-")
    janitor = subprocess.Popen(
        [sys.executable, __file__, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # what ends the benchmark's group must not end it
    )
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = folder
    try:
        yield Path(folder)
    finally:
        os.environ.pop("TMPDIR")
        if before is not None:
            os.environ["TMPDIR"] = before
        assert janitor.stdin is not None
        janitor.stdin.close()
        janitor.wait()


def _clean(folder: str) -> None:
    benchmark = os.getppid()
    sys.stdin.read()  # ends with the benchmark
    while left := [p for p in psutil.process_iter() if p.pid != benchmark and _is_of(p, folder)]:
        end(left)
        psutil.wait_procs(left, timeout=5)
    shutil.rmtree(folder, ignore_errors=True)


def _is_of(process: psutil.Process, folder: str) -> bool:
    try:
        return bool(process.environ().get("TMPDIR") == folder)
    except (psutil.Error, OSError):
        return False


if __name__ == "__main__":
    _clean(sys.argv[1])
