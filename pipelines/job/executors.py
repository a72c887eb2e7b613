"""Executors on this machine: they run the work on shards, in this process or in others."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Self

from pipelines.engines.base import Lost
from pipelines.engines.threads import THREADS, processors

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from multiprocessing.connection import Connection

    from pipelines.engines.base import Result


PR_SET_PDEATHSIG = 1
"""Of linux/prctl.h: the signal that a process gets when the one that started it ends."""


class LocalExecutor:
    """Runs shards in this process one after the other, or in several processes.

    As a context manager it keeps the processes, and what their work has loaded, from one run to the next.

    Args:
        workers: processes; None for this one alone. An error in native code, or a lack of memory, then ends
            one of them and not the run.
        threads: of each process; by default its share of the processors.
    """

    def __init__(self, workers: int | None = None, threads: int | None = None) -> None:
        self.workers, self.threads = workers, threads or max(1, processors() // (workers or 1))
        self._idle: list[_Worker] = []
        self._busy: dict[Any, _Worker] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _end([*self._idle, *self._busy.values()])
        self._idle.clear()

    def run(self, work: Callable[[int], Result], shards: Sequence[int]) -> Iterator[Result | Lost]:
        """Yield the result of each shard when it is done, or how it was lost."""
        if self.workers is None:
            return map(work, shards)
        return self._run_in_workers(pickle.dumps(work), shards, self.workers)

    def _run_in_workers(self, work: bytes, shards: Sequence[int], workers: int) -> Iterator[Result | Lost]:
        remaining = iter(shards)
        try:
            while True:
                for shard in islice(remaining, workers - len(self._busy)):
                    worker = self._idle.pop() if self._idle else _Worker(self.threads)
                    self._busy[worker.pipe] = worker
                    worker.begin(work, shard)
                if not self._busy:
                    return
                for pipe in wait(list(self._busy)):
                    result = self._busy[pipe].result()
                    worker = self._busy.pop(pipe)
                    if isinstance(result, Lost):
                        _end([worker])  # it may have little memory left, if it has not ended
                    else:
                        self._idle.append(worker)
                    yield result
        finally:
            _end(self._busy.values())
            self._busy.clear()


class _Worker:
    """A process that works on one shard at a time.

    Args:
        threads: of the process.
    """

    def __init__(self, threads: int) -> None:
        context = multiprocessing.get_context("spawn")  # libraries with threads do not survive a fork
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, threads), daemon=True)
        self.process.start()
        theirs.close()
        self._work = b""
        self._shard = -1

    def begin(self, work: bytes, shard: int) -> None:
        """Have the process work on a shard.

        Args:
            work: pickled; sent only if it is not that of the shard before.
            shard: its number.
        """
        new = None if work is self._work else work
        self._work, self._shard = work, shard
        with suppress(OSError):  # it has ended, which its result will say
            self.pipe.send((new, shard))

    def result(self) -> Any:
        """Wait for the result of the work, or for the end of the process, which loses the shard.

        Raises:
            Exception: from the work.
        """
        try:
            result = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            return Lost(self._shard, f"its process ended ({_cause(self.process.exitcode or 0)})")
        if isinstance(result, BaseException):
            raise result
        return result


def _end(workers: Collection[_Worker]) -> None:
    """End processes at once, whatever they compute, and those that they have started.

    No file of a run is ever half written.
    """
    for worker in workers:
        worker.process.kill()
        assert worker.process.pid, "it was started"
        with suppress(OSError):  # it ended before it had a group
            os.killpg(worker.process.pid, signal.SIGKILL)
    for worker in workers:
        worker.process.join()
        worker.pipe.close()


def attempt(work: Callable[[Any], Any], given: Any) -> Any:
    """The result of the work on what is given, or the error that it raises, as one that can be pickled."""
    try:
        return work(given)
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))  # noqa: S301  (made here)
        except Exception:
            return RuntimeError(f"{type(error).__name__}: {error}")
        return error


def _serve(pipe: Connection, threads: int) -> None:
    """Work on the shards whose numbers come through the pipe, in a process of its own."""
    os.setsid()  # so that what it starts can be ended with it; the run ends its workers, Ctrl-C does not
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_end_with_run, daemon=True).start()
    os.environ[THREADS] = str(threads)
    work: Any = None
    with suppress(EOFError):
        while True:
            pickled, shard = pipe.recv()
            work = attempt(pickle.loads, pickled) if pickled else work
            pipe.send(work if isinstance(work, Exception) else attempt(work, shard))


def _end_with_run() -> None:
    """End this process once the run's own has ended, even if that was killed.

    Linux does it, too, and even while a library computes that lets no thread of Python have a turn.
    """
    run = multiprocessing.parent_process()
    assert run is not None
    run.join()
    os._exit(1)


def _cause(code: int) -> str:
    """What an exit code says."""
    if code >= 0:
        return f"exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
    return f"{name}, perhaps for lack of memory" if name == "SIGKILL" else name
