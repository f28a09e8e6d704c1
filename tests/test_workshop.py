"""Workers: the same results in any number of them, and none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from publish.cache import Cache
from publish.diagnostics import ContentError, Silent, error
from publish.workshop import Workshop
from publish.workshop.network import OfflineFetcher
from publish.workshop.workers import executor

PARENT = """
import sys, time
from publish.workshop.workers import executor
from test_workshop import slow
if __name__ == "__main__":
    crew = executor(2)
    futures = [crew.submit(slow, 60) for _ in range(2)]
    time.sleep(60)
"""


def double(number: int) -> int:
    return number * 2


def slow(seconds: int) -> None:
    time.sleep(seconds)


def failing(number: int) -> int:
    raise ContentError(error("bad", f"number {number}"))


def shop(folder: Path, jobs: int) -> Workshop:
    return Workshop(Cache(folder), Silent(), OfflineFetcher(), executor(jobs), jobs)


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order(tmp_path: Path, jobs: int) -> None:
    at_work = shop(tmp_path, jobs)
    assert list(at_work.spread("x", double, range(20), chunk=3)) == list(range(0, 40, 2))
    at_work.executor.shutdown()


@pytest.mark.parametrize("jobs", [1, 2])
def test_errors_keep_their_findings(tmp_path: Path, jobs: int) -> None:
    at_work = shop(tmp_path, jobs)
    with pytest.raises(ContentError) as caught:
        list(at_work.spread("x", failing, [1]))
    assert caught.value.findings[0].code == "bad"
    at_work.executor.shutdown()


def test_small_work_starts_no_process(tmp_path: Path) -> None:
    at_work = shop(tmp_path, 2)
    assert list(at_work.spread("x", double, [1], small=True)) == [2]
    assert not [one for one in psutil.Process().children() if "spawn_main" in str(one.cmdline())]


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    paths = [str(Path(__file__).parent.parent), str(Path(__file__).parent)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    parent = subprocess.Popen([sys.executable, str(script)], env=env)
    try:
        workers = _workers(parent.pid)
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        gone, alive = psutil.wait_procs(workers, timeout=20)
        assert gone
        assert not alive
    finally:
        parent.kill()
        parent.wait()


def _workers(pid: int) -> list[psutil.Process]:
    """Wait until both workers are there."""
    for _ in range(200):
        children = psutil.Process(pid).children(recursive=True)
        spawned = [one for one in children if "spawn_main" in " ".join(one.cmdline())]
        if len(spawned) >= 2:
            return spawned
        time.sleep(0.1)
    raise AssertionError("the workers did not start")
