"""Memory that was freed goes back to the system."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import numpy as np
import pytest

from pipelines.heap import tight_heap

BLOCK, BLOCKS, KEPT = 1 << 18, 400, 20
"""Bytes of a block, the blocks, and of how many one is kept: 100 MB, of which 5 MB are."""
HAS_GLIBC = os.name == "posix" and hasattr(ctypes.CDLL(None), "mallopt")


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


@pytest.mark.skipif(not HAS_GLIBC, reason="the C library gives nothing back")
def test_blocks_between_those_that_stay_are_given_back() -> None:
    np.ones(4 * BLOCK, np.uint8)  # after which glibc keeps what is as large as this
    with tight_heap():
        before = resident()
        blocks = [np.ones(BLOCK, np.uint8) for _ in range(BLOCKS)]
        assert resident() - before > BLOCK * BLOCKS * 0.9
        kept = blocks[::KEPT]
        del blocks
        assert resident() - before < BLOCK * len(kept) * 2
