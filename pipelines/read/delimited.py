"""CSV and TSV: one article a row, so that a damaged row costs one article."""

from __future__ import annotations

import csv
import io
import itertools
from typing import TYPE_CHECKING, Any

from pipelines.engines.base import Row, Unreadable
from pipelines.errors import ConfigError, InputError
from pipelines.read.files import SourceFile, checked_encoding, find_files
from pipelines.read.headers import LOOKED_AT, Header, start_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_FIELD = 2**31 - 1
"""Characters of a field at most: all that the csv module accepts on every platform, since its default,
131,072, is less than `articles.max_characters`."""
SUFFIXES = (".csv", ".tsv")


class DelimitedReader:
    """Reads CSV and TSV, plain or compressed.

    The header is the first row with the name of the text's column, so a preamble above it is passed over.

    Args:
        path: files, globs or folders.
        encoding: of the files.
        columns: from field to column.
        delimiter: one character; by default the most frequent of tab, comma, semicolon and bar in the header.
        skip: lines above the header, or above the first record if there is none.
        names: of the columns of a file without header.

    Raises:
        ConfigError: unknown encoding, a delimiter that is not one character, a negative `skip`, or `names` that
            repeat.
    """

    def __init__(
        self,
        path: list[str],
        columns: dict[str, Any] | None = None,
        *,
        encoding: str = "utf-8",
        delimiter: str | None = None,
        skip: int | None = None,
        names: list[str] | None = None,
    ) -> None:
        if delimiter is not None and len(delimiter) != 1:
            cause = f"the delimiter '{delimiter}' is not one character"
            raise ConfigError("articles: options.delimiter", cause, "Give one, such as ';'")
        self.path, self.encoding, self.delimiter = path, checked_encoding(encoding), delimiter
        self.header = Header.checked(skip, names, columns)

    def rows(self) -> Iterator[Row | Unreadable]:
        """Yield one row for each record below the header."""
        csv.field_size_limit(LONGEST_FIELD)
        encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        for file in find_files(self.path, SUFFIXES):
            with file.open() as raw, io.TextIOWrapper(raw, encoding, "surrogateescape", newline="") as stream:
                yield from self._rows(file, stream)

    def _rows(self, file: SourceFile, stream: io.TextIOWrapper) -> Iterator[Row | Unreadable]:
        lines = list(itertools.islice(stream, LOOKED_AT))
        if not lines:
            return
        delimiter, columns, above = start_of(lines, self.header, self.delimiter)
        repeated = {column for column in columns if columns.count(column) > 1}
        if repeated:
            cause = f"the column '{min(repeated)}' appears twice in the header"
            raise InputError(file.path, cause, "Give each column its own name")
        reader = csv.reader(itertools.chain(lines[above:], stream), delimiter=delimiter, strict=True)
        while True:
            place = f"{file.path}:line {above + reader.line_num + 1}"
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Unreadable(place, f"not CSV: {error}")
                continue
            if fields:
                yield self._row(place, columns, fields)

    def _row(self, place: str, columns: list[str], fields: list[str]) -> Row | Unreadable:
        if len(fields) != len(columns):
            return Unreadable(place, f"{len(fields)} fields under {len(columns)} columns")
        if any("\udc80" <= character <= "\udcff" for character in "".join(fields)):
            return Unreadable(place, f"not {self.encoding}")
        return Row(place, dict(zip(columns, fields, strict=True)))

    def fingerprint(self) -> str:
        """The names, sizes and times of the files."""
        return repr([file.stamp() for file in find_files(self.path, SUFFIXES)])
