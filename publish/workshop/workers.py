"""Executors: in this process, or in processes that end with their parent.

multiprocessing is imported only when a process is started: a build with nothing to do starts none.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from publish.diagnostics import SetupError, error

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

R = TypeVar("R")


class InProcess(Executor):
    """Does work at once, in this process and thread."""

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """Run the function now; its result or exception is in the future."""
        future: Future[R] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as problem:
            future.set_exception(problem)
        return future

    def map(
        self,
        fn: Callable[..., R],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = None,
    ) -> Iterator[R]:
        """Apply the function lazily, in order."""
        return map(fn, *iterables)


class Processes(Executor):
    """Worker processes, started (by spawn) only when the first work arrives."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            import multiprocessing
            from concurrent.futures import ProcessPoolExecutor

            self._pool = ProcessPoolExecutor(
                self.jobs,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_end_with_parent,
            )
        return self._pool

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """Hand work to a worker."""
        pool = self._started()  # and with it a tracker, which lets Ctrl-C through again
        with _unheard():
            return pool.submit(fn, *args, **kwargs)

    def map(
        self,
        fn: Callable[..., R],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = None,
    ) -> Iterator[R]:
        """Spread work over the workers; results come in order.

        Raises:
            SetupError: a worker was killed, as the system does when memory runs out.
        """
        rows = zip(*iterables, strict=False)
        chunks = iter(lambda: list(islice(rows, chunksize)), [])
        return self._results([self.submit(_each, fn, chunk) for chunk in chunks], timeout)

    def _results(self, futures: list[Future[list[R]]], timeout: float | None) -> Iterator[R]:
        try:
            for future in futures:
                yield from future.result(timeout)
        except BrokenExecutor:
            # Nothing is cancelled here: the pool is about to fail every future, and trips over
            # one that is cancelled meanwhile, never to end (seen with Python 3.11).
            raise SetupError(
                error(
                    "worker-lost",
                    "a worker was killed, as the system does when memory runs out",
                    help="fewer workers need less memory: -j 1",
                )
            ) from None
        except BaseException:
            for future in futures:
                future.cancel()
            raise

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers."""
        if self._pool is not None:
            self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)
            self._pool = None


def executor(jobs: int) -> Executor:
    """Return an executor for a number of jobs; one job needs no process."""
    return InProcess() if jobs <= 1 else Processes(jobs)


def _each(fn: Callable[..., R], rows: list[tuple[Any, ...]]) -> list[R]:
    return [fn(*row) for row in rows]


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Hear Ctrl-C only afterwards.

    Processes started meanwhile never hear it, not even while they are still importing; and a
    pool that is interrupted half way through starting one would wait for it for ever.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # which processes inherit
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
        if heard:
            signal.raise_signal(signal.SIGINT)


def _end_with_parent() -> None:
    """Exit when the parent is gone, however it went.

    ProcessPoolExecutor's workers otherwise outlive a parent killed by SIGKILL.
    """
    import multiprocessing
    from multiprocessing import connection

    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end-with-parent").start()
