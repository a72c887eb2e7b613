"""Processes that translate with a Firefox Translations model.

`fxtranslate` keeps Python's lock while it computes, ends with a panic if another thread uses its object, and
panics on some damaged files. In processes of its own it uses all cores, and neither stops the run. Where
processes may not start others, in those of an executor, it works in the one that it is in.
"""

from __future__ import annotations

import os
import signal
import threading
import weakref
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import cache
from multiprocessing import current_process, get_context, parent_process
from typing import TYPE_CHECKING, Any

from pipelines.translate.firefox import MODEL, SHORTLIST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.translate.firefox import FirefoxModel

PIECES_AT_A_TIME = 4
"""Pieces that a process gets at a time: few, so that none is idle at the end; changes speed only."""


class FirefoxWorkers:
    """Translates pieces in `number` processes, each with the model in its memory.

    Args:
        files: of the model.
        number: of processes.
    """

    def __init__(self, files: FirefoxModel, number: int) -> None:
        self.files, self.number = files, number
        self._pool: ProcessPoolExecutor | None = None
        self._own: _Engine | None = None

    def start(self) -> None:
        """Start the processes, and load the model in one of them; a second call does nothing.

        Raises:
            ModelError: the model cannot be loaded.
        """
        if self._pool is not None or self._own is not None:
            return
        try:
            if current_process().daemon:
                self._own = _Engine(self.files)
            else:
                self._pool = self._started()
        except RuntimeError as error:
            raise self.files.damaged(MODEL, str(error)) from error

    def _started(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(self.number, get_context("spawn"), _prepare, (replace(self.files),))
        weakref.finalize(self, pool.shutdown, cancel_futures=True)
        pool.submit(_load).result()
        return pool

    def translate(self, pieces: Sequence[str]) -> list[str]:
        """Translations of the pieces, in order.

        Raises:
            RuntimeError: the engine fails on one of them.
        """
        self.start()
        if self._own is not None:
            return [self._own.translate(piece) for piece in pieces]
        assert self._pool is not None
        try:
            return list(self._pool.map(_translation, pieces, chunksize=PIECES_AT_A_TIME))
        except BrokenProcessPool as error:
            self._pool = None
            raise RuntimeError("a process of the translation engine has died") from error


class _Engine:
    """`fxtranslate` with a model; only the thread that made it may use it."""

    def __init__(self, files: FirefoxModel) -> None:
        from fxtranslate import Translator

        model, (source, target) = files.read(MODEL), map(files.read, files.vocabularies)
        shortlist = files.read(SHORTLIST) if SHORTLIST in files.names else None
        self._translator = _guarded(lambda: Translator(model, source, target, shortlist))

    def translate(self, piece: str) -> str:
        text: str = _guarded(lambda: self._translator.translate(piece))
        return text


_of_this_process: Callable[[], _Engine]


def _prepare(files: FirefoxModel) -> None:
    """Prepare a new process, which ends with the one that started it and leaves Ctrl-C to it."""
    global _of_this_process
    _of_this_process = cache(lambda: _Engine(files))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a panic writes its backtrace there


def _exit_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)


def _load() -> None:
    _of_this_process()


def _translation(piece: str) -> str:
    return _of_this_process().translate(piece)


def _guarded(work: Callable[[], Any]) -> Any:
    """The result of `work`; RuntimeError for any failure, as a panic is no Exception and cannot be sent."""
    try:
        return work()
    except BaseException as error:
        raise RuntimeError(str(error)) from None
