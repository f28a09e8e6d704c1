"""How a PDF under way ends before its time: Ctrl-C, and processes that are killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from pdfs import need_faces

ROOT = Path(__file__).resolve().parent.parent
OLD = b"%PDF-1.7\n% the book of yesterday"
CHAPTERS = 60
SENTENCE = "字排在行里，行排在页里，页折成帖，帖订成书，一本书就这样站起来。"
LONG = 60.0  # seconds in which anything at all should have happened


@pytest.fixture(scope="session", autouse=True)
def _faces() -> None:
    need_faces()


@dataclass
class Work:
    """A PDF being made in a folder of its own, by two workers."""

    folder: Path
    cache: Path
    process: subprocess.Popen[str]

    @property
    def book(self) -> Path:
        return self.folder / "out" / "a.pdf"

    def galleys(self) -> int:
        return len(list(self.cache.glob("publish/v*/galley/*/*")))

    def workers(self) -> list[psutil.Process]:
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # others come and go
                if "spawn_main" in " ".join(child.cmdline()):
                    found.append(child)
        return found

    def until(self, done: Callable[[], bool]) -> None:
        """Wait until something is so, and the work not over yet."""
        end = time.monotonic() + LONG
        while not done():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < end
            time.sleep(0.02)

    def ended(self) -> tuple[int, str]:
        """Return the exit status and what was said; nothing is left behind, the old book whole."""
        said, told = self.process.communicate(timeout=LONG)
        assert said == ""
        assert self.book.read_bytes() == OLD
        return self.process.returncode, told.strip()

    def beside(self) -> list[str]:
        """Return what lies beside the book."""
        return [path.name for path in self.book.parent.iterdir() if path != self.book]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all: the faces are cut once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def work(tmp_path: Path, cache: Path, request: pytest.FixtureRequest) -> Iterator[Work]:
    """A PDF whose first new galleys are there."""
    for number in range(CHAPTERS):
        text = "\n\n".join([f"# 篇{number}", request.node.name, *[SENTENCE * 8] * 12])
        (tmp_path / f"{number:02}.md").write_text(text, encoding="utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.pdf").write_bytes(OLD)
    # Behind a shell's "&" interrupts are ignored, also by what is started from there.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "publish", "pdf", ".", "-o", "out/a.pdf", "-j", "2"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, before)
    made = Work(tmp_path, cache, process)
    try:
        yield made
    finally:
        with contextlib.suppress(ProcessLookupError):  # nobody is left
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def under_way(work: Work) -> list[psutil.Process]:
    """Wait for the first galleys; return the workers."""
    before = work.galleys()
    work.until(lambda: work.galleys() > before and len(work.workers()) == 2)
    return work.workers()


def all_gone(workers: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(workers, timeout=LONG)
    return not alive


def test_workers_end_when_the_command_is_killed(work: Work) -> None:
    workers = under_way(work)
    work.process.kill()
    work.process.wait()
    assert all_gone(workers)
    assert work.ended()[0] == -signal.SIGKILL


@pytest.mark.parametrize("whom", ["all", "command"])
def test_an_interrupted_book_leaves_nothing_but_the_old_one(work: Work, whom: str) -> None:
    """A terminal interrupts every process of the command; kill(1) this one alone."""
    workers = under_way(work)
    interrupt = os.killpg if whom == "all" else os.kill
    interrupt(work.process.pid, signal.SIGINT)
    assert work.ended() == (130, "publish: interrupted")
    assert work.beside() == []
    assert all_gone(workers)


def test_workers_that_only_begin_are_interrupted_without_a_word(work: Work) -> None:
    work.until(lambda: bool(work.workers()))
    os.killpg(work.process.pid, signal.SIGINT)
    assert work.ended() == (130, "publish: interrupted")
    assert work.beside() == []


def test_a_worker_that_is_killed_fails_the_book(work: Work) -> None:
    workers = under_way(work)
    workers[0].kill()
    status, told = work.ended()
    assert status == 3
    assert "worker-lost" in told
    assert "Traceback" not in told
    assert work.beside() == []
    assert all_gone(workers)
