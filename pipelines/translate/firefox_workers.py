"""Processes that translate with a Firefox Translations model.

`fxtranslate` keeps Python's lock while it computes, ends with a panic if another thread uses its object, and
panics on some damaged files. In processes of its own it uses all cores, and neither stops the run.
"""

from __future__ import annotations

import os
import signal
import threading
import weakref
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Any

from pipelines.errors import ModelError
from pipelines.translate.firefox import MODEL, SHORTLIST

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    def start(self) -> None:
        """Start the processes, and load the model in one of them; a second call does nothing.

        Raises:
            ModelError: the model cannot be loaded.
        """
        if self._pool is not None:
            return
        pool = ProcessPoolExecutor(self.number, get_context("spawn"), _prepare, (replace(self.files),))
        weakref.finalize(self, pool.shutdown, cancel_futures=True)
        try:
            pool.submit(_engine).result()
        except RuntimeError as error:
            raise self.files.damaged(MODEL, str(error)) from error
        self._pool = pool

    def translate(self, pieces: Sequence[str]) -> list[str]:
        """Translations of the pieces, in order.

        Raises:
            RuntimeError: the engine fails on one of them.
        """
        self.start()
        assert self._pool is not None
        try:
            return list(self._pool.map(_translation, pieces, chunksize=PIECES_AT_A_TIME))
        except BrokenProcessPool as error:
            self._pool = None
            raise RuntimeError("a process of the translation engine has died") from error


_files: FirefoxModel | None = None
_loaded: Any = None


def _prepare(files: FirefoxModel) -> None:
    """Prepare a new process, which ends with the one that started it and leaves Ctrl-C to it."""
    global _files
    _files = files
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a panic writes its backtrace there


def _exit_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)


def _engine() -> None:
    """Load the model of this process, if it is not loaded yet."""
    global _loaded
    if _loaded is not None:
        return
    from fxtranslate import Translator

    assert _files is not None
    source, target = _files.vocabularies
    shortlist = _files.read(SHORTLIST) if SHORTLIST in _files.names else None
    _loaded = _guarded(
        lambda: Translator(_files.read(MODEL), _files.read(source), _files.read(target), shortlist)
    )


def _translation(piece: str) -> str:
    _engine()
    text: str = _guarded(lambda: _loaded.translate(piece))
    return text


def _guarded(work: Any) -> Any:
    """The result of `work`; RuntimeError for any failure, as a panic is no Exception and cannot be sent."""
    try:
        return work()
    except ModelError:
        raise
    except BaseException as error:
        raise RuntimeError(str(error)) from None
