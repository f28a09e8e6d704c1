"""Runs a command and tells what it cost: CPU, wall, and the peak memory of all its processes."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

INTERVAL = 0.03  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU of the command and all its children (user + system) and wall in s; memory in MB."""

    cpu: float
    wall: float
    peak: float
    status: int
    stderr: str

    def row(self, name: str, base: Cost | None = None) -> str:
        """Return a row of a Markdown table, with ratios to a baseline."""
        ratio = f"{self.cpu / base.cpu:.2f} | {self.peak / base.peak:.2f}" if base else "1 | 1"
        return f"| {name} | {self.cpu:.1f} | {self.wall:.1f} | {self.peak:.0f} | {ratio} |"


HEAD = """| run | CPU s | wall s | peak MB, all processes | CPU ratio | memory ratio |
|---|---|---|---|---|---|"""


def measure(
    command: Sequence[str | Path], cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Cost:
    """Run a command to its end; memory is the sum of the proportional (else resident) sets."""
    with tempfile.TemporaryFile() as err:
        started = time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdout=subprocess.DEVNULL,
            stderr=err,
        )
        peak = [0.0]
        watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        watcher.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        err.seek(0)
        text = err.read().decode(errors="replace")
    return Cost(usage.ru_utime + usage.ru_stime, wall, peak[0], process.returncode, text)


def _watch(pid: int, peak: list[float]) -> None:
    while True:
        try:
            root = psutil.Process(pid)
            family = [root, *root.children(recursive=True)]
        except psutil.Error:
            return
        if root.status() == psutil.STATUS_ZOMBIE:
            return
        peak[0] = max(peak[0], sum(map(_memory, family)) / 1e6)
        time.sleep(INTERVAL)


def _memory(process: psutil.Process) -> int:
    try:
        return int(getattr(process.memory_full_info(), "pss", 0)) or int(process.memory_info().rss)
    except psutil.Error:
        return 0
