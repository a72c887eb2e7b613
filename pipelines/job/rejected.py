"""The rejections of the stage read: parts beside its articles, so that no file holds them all."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from pipelines.atomic import whole
from pipelines.job import places
from pipelines.job.sealed import DamagedError, opened, write_parquet
from pipelines.records import Rejection, arrow_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS = 10_000
"""Rejections of a part: some 200 KB; changes no result."""


class RejectedParts:
    """Takes the rejections of a reading one by one, and writes a part for every ROWS of them.

    Args:
        folder: of the run.
        fingerprint: of the reading.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder, self._fingerprint = folder, fingerprint
        self._rows: list[Rejection] = []
        self._parts = 0
        self.count = 0

    def add(self, rejection: Rejection) -> None:
        """Take one more."""
        self._rows.append(rejection)
        self.count += 1
        if len(self._rows) == ROWS:
            self._write()

    def end(self) -> int:
        """Write what is left, remove the parts of an earlier reading, and return how many there were."""
        if self._rows:
            self._write()
        for number, path in places.rejected(self._folder).items():
            if number >= self._parts:
                path.unlink()
        return self.count

    def _write(self) -> None:
        import pyarrow as pa

        rows = [rejection._asdict() for rejection in self._rows]
        table = pa.Table.from_pylist(rows, schema=arrow_schema(Rejection))
        with whole(places.rejected_path(self._folder, self._parts)) as temporary:
            write_parquet(table, temporary, {"fingerprint": self._fingerprint})
        self._rows, self._parts = [], self._parts + 1


def stored_rejections(folder: Path, fingerprint: str, rejected: int) -> Iterator[Rejection]:
    """The rejections of a reading, in its order.

    Args:
        folder: of the run.
        fingerprint: of the reading.
        rejected: how many there are.

    Raises:
        DamagedError: a part is missing, damaged, or of another reading.
    """
    for file in _parts(folder, fingerprint, rejected):
        for batch in file.iter_batches():
            yield from (Rejection(**row) for row in batch.to_pylist())


def are_whole(folder: Path, fingerprint: str, rejected: int) -> bool:
    """Whether the rejections of a reading are as they were written; see `stored_rejections`."""
    try:
        rows: int = sum(file.metadata.num_rows for file in _parts(folder, fingerprint, rejected))
    except DamagedError:
        return False
    return rows == rejected


def damaged_rejections(folder: Path) -> Iterator[Path]:
    """The parts that are damaged."""
    for path in places.rejected(folder).values():
        try:
            with opened(path):
                continue
        except DamagedError:
            yield path


def _parts(folder: Path, fingerprint: str, rejected: int) -> Iterator[Any]:
    """The `pyarrow.parquet.ParquetFile` of each part.

    Raises:
        DamagedError: a part is missing, damaged, or of another reading.
    """
    for number in count():
        if rejected <= 0:
            return
        path = places.rejected_path(folder, number)
        try:
            with opened(path) as (file, about):
                if about.get("fingerprint") != fingerprint or not file.metadata.num_rows:
                    raise DamagedError(path)
                rejected -= file.metadata.num_rows
                yield file
        except FileNotFoundError as error:
            raise DamagedError(path) from error
