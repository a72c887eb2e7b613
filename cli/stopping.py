"""Ctrl-C and SIGTERM end a command within seconds, whatever it is computing."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from contextlib import contextmanager
from shlex import join
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNALS = (signal.SIGINT, signal.SIGTERM)
GRACE = 4.0
"""Seconds that a stopped command gets to end by itself, of the five in which it is promised to end: a batch
that a library is computing cannot be interrupted. Files are written whole or not at all: nothing is lost."""
STOPPED = 1
"""The exit code."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Within the block, SIGTERM raises KeyboardInterrupt, as Ctrl-C does.

    If the block has not ended GRACE seconds later, or a second signal comes, the process exits. Python calls
    a handler only between two of its own instructions; the number of a signal is written to a pipe at once,
    and a thread reads it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread gets signals
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    ended = threading.Event()
    # In the background of a shell, Ctrl-C is ignored and remains so.
    heeded = [number for number in SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
    handlers = {number: signal.signal(number, signal.default_int_handler) for number in heeded}
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    watch = threading.Thread(target=_exit_after_signal, args=(reading, ended), daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        signal.set_wakeup_fd(before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        os.close(writing)


def stopped(cause: str = "") -> str:
    """The line that says that a command was stopped, by what, and how it resumes.

    Args:
        cause: such as `by ValueError: ...`.
    """
    return f"stopped{cause and ' '}{cause}. Resume with: {resuming_command()}"


def resuming_command() -> str:
    """The command that was given, without --fresh, which would begin anew."""
    return join(["polystance", *(argument for argument in sys.argv[1:] if argument != "--fresh")])


def _exit_after_signal(reading: int, ended: threading.Event) -> None:
    """Read the numbers of signals until the pipe ends; after a signal, exit unless the process does."""
    while number := os.read(reading, 1):
        if number[0] in SIGNALS:
            break
    else:
        os.close(reading)
        return
    deadline = time.monotonic() + GRACE
    select.select([reading], [], [], GRACE)  # a second signal, or the end of the block
    if ended.is_set():
        time.sleep(max(0.0, deadline - time.monotonic()))  # threads of a library may keep Python from exiting
    else:
        print(f"polystance: {stopped()}", file=sys.stderr, flush=True)
    os._exit(STOPPED)
