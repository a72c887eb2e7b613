"""CSV and TSV: one article a row, so that a damaged row costs one article."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Any

from pipelines.engines.base import Row, Unreadable
from pipelines.errors import ConfigError, InputError
from pipelines.read.csv_records import csv_records
from pipelines.read.decoding import UTF_8, checked_encoding, encoding_of, is_wide
from pipelines.read.file_reader import FileReader
from pipelines.read.files import SUFFIXES
from pipelines.read.headers import DELIMITERS, LOOKED_AT, Header, named_columns, start_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.read.files import SourceFile

MOST_COLUMNS = 10_000
"""A header with more is no header: the file has another delimiter, or holds something else."""


class DelimitedReader(FileReader):
    """Reads CSV and TSV, plain or compressed.

    The header is the first row with the name of the text's column, so a preamble above it is passed over.

    Args:
        path: files, globs or folders.
        encoding: of the files; None to find it in each.
        columns: from field to column.
        delimiter: one character; by default the most frequent of tab, comma, semicolon and bar in the header.
        skip: lines above the header, or above the first record if there is none.
        names: of the columns of a file without header.

    Raises:
        ConfigError: unknown encoding, a delimiter that is not one character, a negative `skip`, or `names`
            that repeat.
    """

    suffixes = tuple(SUFFIXES["csv"].split())

    def __init__(
        self,
        path: list[str],
        columns: dict[str, Any] | None = None,
        *,
        encoding: str | None = None,
        delimiter: str | None = None,
        skip: int | None = None,
        names: list[str] | None = None,
    ) -> None:
        if delimiter is not None and len(delimiter) != 1:
            cause = f"the delimiter '{delimiter}' is not one character"
            raise ConfigError("articles: options.delimiter", cause, "Give one, such as ';'")
        super().__init__(path)
        self.encoding, self.delimiter = checked_encoding(encoding), delimiter
        self.header = Header.checked(skip, names, columns)

    def rows_of(self, file: SourceFile) -> Iterator[Row | Unreadable]:
        """Yield one row for each record below the header."""
        encoding = encoding_of(file, self.encoding)
        encoding = "utf-8-sig" if encoding == UTF_8 else encoding
        errors = "replace" if is_wide(encoding) else "surrogateescape"
        with file.open() as raw, io.TextIOWrapper(raw, encoding, errors, newline="") as stream:
            yield from self._records(file, stream, encoding.removesuffix("-sig"))

    def _records(
        self, file: SourceFile, stream: io.TextIOWrapper, encoding: str
    ) -> Iterator[Row | Unreadable]:
        lines = list(itertools.islice(stream, LOOKED_AT))
        if not lines:
            return
        widest = max(lines[0].count(delimiter) for delimiter in self.delimiter or DELIMITERS)
        if widest >= MOST_COLUMNS:
            cause = f"{widest + 1} columns in the first line"
            raise InputError(file.path, cause, "Give articles.options.delimiter, or a file with a header row")
        start = start_of(lines, self.header, self.delimiter)
        columns = named_columns(file, start.columns)
        rest = itertools.chain(lines[start.lines :], stream)
        for record in csv_records(rest, start.delimiter, len(columns), start.is_spaced):
            place = f"{file.path}:line {record.line + start.lines}"
            if record.damage:
                yield Unreadable(place, record.damage)
            elif any("\udc80" <= character <= "\udcff" for character in "".join(record.fields)):
                yield Unreadable(place, f"not {encoding}")
            else:
                fields = zip(columns, record.fields, strict=True)
                yield Row(place, {column: field for column, field in fields if column})
