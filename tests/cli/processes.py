"""The command line in a process of its own, for what one process cannot show: how fast it starts, how it dies."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds until what is waited for must have happened."""


def started(*arguments: object, room: int | None = None) -> subprocess.Popen[str]:
    """The process, just started; its output can be read as text.

    Args:
        arguments: of `polystance`.
        room: bytes that a file of it may have; None for no limit.
    """

    def set_up() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a background job ignores it
        if room is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=set_up,
    )


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for the condition; fail at once if the process ends before, and after a minute."""
    patience = time.monotonic() + PATIENCE
    while not condition():
        if process.poll() is not None:
            raise AssertionError(f"ended with {process.returncode}: {process.communicate()[1]}")
        if time.monotonic() > patience:
            process.kill()
            raise AssertionError(f"nothing happened in {PATIENCE} s: {process.communicate()[1]}")
        time.sleep(0.01)
