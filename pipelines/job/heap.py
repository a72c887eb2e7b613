"""What the process keeps of memory that it has freed: as little as the C library allows."""

from __future__ import annotations

import ctypes
import os

MMAP_THRESHOLD = -3
"""The number of that parameter of glibc's `mallopt`."""
OWN_PAGES = 1 << 17
"""Bytes from which a block has pages of its own, which go back to the system when it is freed: the default of
glibc, which raises it to 32 MB with the blocks that are freed; columns of data then leave holes behind."""


def tighten_heap() -> None:
    """Give back what is free, and from now on what is freed, as far as the C library can.

    For the stages whose memory grows with the corpus. Models allocate and free the same blocks again and
    again, and are faster if these are kept.
    """
    if os.name != "posix":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt") and hasattr(library, "malloc_trim"):
        library.mallopt(MMAP_THRESHOLD, OWN_PAGES)
        library.malloc_trim(0)
