"""How many processors this process may use."""

from __future__ import annotations

import os

THREADS = "OMP_NUM_THREADS"
"""The variable that limits the threads of a process: libraries read it, Slurm, Ray and executors set it."""


def processors() -> int:
    """The number that THREADS gives, by default all processors that this process may run on."""
    limit = os.environ.get(THREADS, "").partition(",")[0].strip()
    if limit.isdecimal() and int(limit) > 0:
        return int(limit)
    affinity = getattr(os, "sched_getaffinity", None)  # absent on macOS and Windows
    return len(affinity(0)) if affinity else os.cpu_count() or 1
