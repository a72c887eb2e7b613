"""The memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MMAP_THRESHOLD = -3
"""The number of that parameter of glibc's `mallopt`: bytes from which a block has pages of its own, which go
back to the system when it is freed."""
LEAST, MOST = 1 << 17, 1 << 25
"""Where glibc begins, and where it arrives as large blocks are freed; data then leave holes behind."""


@contextmanager
def tight_heap() -> Iterator[None]:
    """Keep as little as the C library can of what is freed during the block, and of what was free before.

    For work whose memory grows with the corpus. Models allocate and free the same blocks again and again, and
    are faster if these are kept.
    """
    library = _library()
    if library is None:
        yield
        return
    library.mallopt(MMAP_THRESHOLD, LEAST)
    library.malloc_trim(0)
    try:
        yield
    finally:
        library.malloc_trim(0)
        library.mallopt(MMAP_THRESHOLD, MOST)


def trim_heap() -> None:
    """Give back what is free now."""
    library = _library()
    if library is not None:
        library.malloc_trim(0)


def _library() -> ctypes.CDLL | None:
    """The C library, if it is glibc."""
    library = ctypes.CDLL(None) if os.name == "posix" else None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
