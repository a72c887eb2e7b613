"""Memory that was freed goes back to the system."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import pytest

HAS_GLIBC = os.name == "posix" and hasattr(ctypes.CDLL(None), "mallopt")
PROGRAM = """
import os
from pathlib import Path
import numpy as np
from pipelines.heap import tight_heap

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") // 2**20

np.ones(2**20, np.uint8)  # after which glibc keeps what is as large as this
with tight_heap():
    before = resident()
    blocks = [np.ones(2**18, np.uint8) for _ in range(400)]
    full = resident()
    kept = blocks[::20]
    del blocks
    print(full - before, resident() - before)
"""
"""In a process of its own: in one that has free memory already, blocks are taken from that."""


@pytest.mark.skipif(not HAS_GLIBC, reason="the C library gives nothing back")
def test_blocks_between_those_that_stay_are_given_back() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)
    full, left = map(int, ended.stdout.split())
    assert full >= 90
    assert left <= 10  # MB, of which 5 are in use
