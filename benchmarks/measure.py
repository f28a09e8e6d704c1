"""Runs a command and tells what it cost: CPU, wall, and the peak memory of all its processes."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    command: Sequence[str | Path],
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    limit: float = float("inf"),
) -> Cost:
    """Run a command to its end, or for a number of seconds; what it leaves running is ended.

    Memory is the sum of the proportional (else resident) sets. Not every program waits for its
    children (Chromium does not), so CPU is what the system tells of those waited for, or the sum
    of what was seen of each process while it ran, whichever is more.
    """
    with tempfile.TemporaryFile() as err:
        started = time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env={**environment(), **(env or {})},
            stdout=subprocess.DEVNULL,
            stderr=err,
        )
        seen = _Seen()
        watcher = threading.Thread(
            target=_watch, args=(process.pid, seen, started + limit), daemon=True
        )
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        watcher.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        err.seek(0)
        text = err.read().decode(errors="replace")
    end(seen.cpu)
    if wall >= limit:
        text += f"\nstopped after {limit:g} s"
    cpu = max(usage.ru_utime + usage.ru_stime, sum(seen.cpu.values()))
    return Cost(cpu, wall, seen.peak, process.returncode, text)


def environment() -> dict[str, str]:
    """Return the environment, in which compiled code is kept, as it is where publish is used."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def total(costs: Sequence[Cost]) -> Cost:
    """Return the cost of commands run one after the other; status and words are the last one's."""
    return Cost(
        sum(cost.cpu for cost in costs),
        sum(cost.wall for cost in costs),
        max(cost.peak for cost in costs),
        costs[-1].status,
        costs[-1].stderr,
    )


@dataclass(slots=True)
class _Seen:
    """The highest memory in MB, and the CPU seconds of each process at the last look."""

    peak: float = 0.0
    cpu: dict[psutil.Process, float] = field(default_factory=dict)


def _watch(pid: int, seen: _Seen, until: float) -> None:
    while True:
        try:
            root = psutil.Process(pid)
            family = [root, *root.children(recursive=True)]
            if root.status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.Error:
            return
        seen.peak = max(seen.peak, sum(map(_memory, family)) / 1e6)
        for process in family:
            seen.cpu[process] = _cpu(process) or seen.cpu.get(process, 0.0)
        if time.monotonic() >= until:
            end(family)
        time.sleep(INTERVAL)


def _memory(process: psutil.Process) -> int:
    try:
        return int(getattr(process.memory_full_info(), "pss", 0)) or int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def end(processes: Iterable[psutil.Process]) -> None:
    """Kill those that still run."""
    for process in processes:
        try:
            process.kill()
        except psutil.Error:
            continue
