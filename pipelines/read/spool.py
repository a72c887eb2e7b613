"""Texts in a temporary file, so that a corpus need not fit in memory."""

from __future__ import annotations

import tempfile
from array import array
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path


class Spool:
    """Texts by number, in a file that is gone when the `with` block ends.

    Args:
        folder: of the file; None for the system's folder of temporary files.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  (closed by __exit__)
        self._ends = array("Q", [0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def append(self, text: str) -> None:
        """Add a text, whose number is that of texts before it."""
        self._file.seek(self._ends[-1])
        self._ends.append(self._ends[-1] + self._file.write(text.encode()))

    def __getitem__(self, number: int) -> str:
        start, end = self._ends[number], self._ends[number + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode()
