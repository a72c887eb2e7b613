"""CSV and TSV: one article a row, so that a damaged row costs one article."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from pipelines.engines.base import Row, Unreadable
from pipelines.engines.readers.files import SourceFile, find_files

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_FIELD = 2**31 - 1


class DelimitedReader:
    """Reads CSV and TSV with a header row, plain or compressed."""

    def __init__(self, path: list[str], encoding: str = "utf-8", delimiter: str | None = None) -> None:
        self.path, self.encoding, self.delimiter = path, encoding, delimiter

    def rows(self) -> Iterator[Row | Unreadable]:
        """One row for each record below the header."""
        csv.field_size_limit(LONGEST_FIELD)
        for file in find_files(self.path, (".csv", ".tsv")):
            with file.open() as raw:
                encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
                yield from self._rows(file, io.TextIOWrapper(raw, encoding, "surrogateescape", newline=""))

    def _rows(self, file: SourceFile, stream: io.TextIOWrapper) -> Iterator[Row | Unreadable]:
        header = stream.readline()
        delimiter = self.delimiter or max("\t,;|", key=header.count)
        columns = next(csv.reader([header], delimiter=delimiter), [])
        for number, fields in enumerate(csv.reader(stream, delimiter=delimiter), start=2):
            place = f"{file.path}:row {number}"
            if not fields:
                continue
            if len(fields) != len(columns):
                yield Unreadable(place, f"{len(fields)} fields under {len(columns)} columns")
            elif any("\udc80" <= mark <= "\udcff" for mark in "".join(fields)):
                yield Unreadable(place, f"not {self.encoding}")
            else:
                yield Row(place, dict(zip(columns, fields, strict=True)))

    def fingerprint(self) -> str:
        """Names, sizes and times of the files."""
        return repr([file.stamp() for file in find_files(self.path, (".csv", ".tsv"))])
