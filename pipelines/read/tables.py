"""Parquet files, and datasets of the hub, streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pipelines.engines.base import Row, Unreadable
from pipelines.errors import InputError
from pipelines.read.file_reader import FileReader
from pipelines.read.files import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.read.files import SourceFile


BATCH = 1000
"""Records in memory at a time, some 5 MB of articles."""
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""What Hive calls the folder of records without a value."""


class ParquetReader(FileReader):
    """Reads Parquet files; columns that Hive's way of writing keeps in the names of folders too."""

    suffixes = tuple(SUFFIXES["parquet"].split())

    def rows_of(self, file: SourceFile) -> Iterator[Row]:
        """Yield one row for each record.

        Raises:
            InputError: the file is damaged.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        above = _partition(file)
        number = 0
        with file.open() as stream:
            try:
                for batch in pq.ParquetFile(stream).iter_batches(BATCH):
                    for values in batch.to_pylist():
                        number += 1
                        yield Row(f"{file.path}:row {number}", above | values)
            except pa.ArrowException as error:
                cause = f"not Parquet, or damaged after {number} rows ({' '.join(str(error).split())})"
                raise InputError(file.path, cause, "Check or remove the file") from error


def _partition(file: SourceFile) -> dict[str, str]:
    """The columns in the names of the folders above a file, such as `outlet=Folha`."""
    pairs = (folder.split("=", 1) for folder in file.relative.parent.parts if "=" in folder)
    return {name: unquote(value) for name, value in pairs if value != NO_VALUE}


class HubReader:
    """Reads datasets of the hub.

    Args:
        path: ids of the datasets.
        name: of their configuration; None for the only one.
        split: to read.
        revision: branch, tag or commit; None for the default branch.
        offline: never ask the hub.
    """

    def __init__(
        self,
        path: list[str],
        *,
        name: str | None = None,
        split: str = "train",
        revision: str | None = None,
        offline: bool = False,
    ) -> None:
        self.path, self.name, self.split, self.revision, self.offline = path, name, split, revision, offline

    def rows(self) -> Iterator[Row | Unreadable]:
        """Yield one row for each record.

        Raises:
            InputError: the datasets cannot be read, or `offline` is set.
        """
        if self.offline:
            raise InputError(
                self.path[0], "a dataset of the hub, and --offline is set", "Save it as Parquet first"
            )
        for dataset in self.path:
            yield from _streamed(dataset, dataset, name=self.name, split=self.split, revision=self.revision)

    def fingerprint(self) -> str:
        """The options: a dataset of the hub changes only with its revision."""
        return repr((self.path, self.name, self.split, self.revision))


def _streamed(place: str, source: str, split: str = "train", **options: Any) -> Iterator[Row]:
    """Stream the rows of a dataset, without a copy on disk.

    Args:
        place: of the dataset, for errors.
        source: name for `datasets.load_dataset`.
        split: to read.
        options: for `datasets.load_dataset`.

    Raises:
        InputError: the dataset cannot be read.
    """
    import datasets

    try:
        dataset = datasets.load_dataset(source, split=split, streaming=True, **options)
        for number, values in enumerate(dataset, start=1):
            yield Row(f"{place}:row {number}", values)
    except GeneratorExit:
        raise
    except Exception as error:  # datasets raises what its many back ends do
        cause = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            place, f"cannot be read ({cause})", "Check the file, or the id, split and revision"
        ) from error
