"""CSV and TSV: one article a row, so that a damaged row costs one article."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from pipelines.engines.base import Row, Unreadable
from pipelines.errors import ConfigError, InputError
from pipelines.read.csv_records import csv_records
from pipelines.read.decoding import UTF_8, checked_encoding, encoding_of, is_wide
from pipelines.read.files import SourceFile, find_files

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_COLUMNS = 10_000
"""A header with more is no header: the file has another delimiter, or holds something else."""
LONGEST_HEADER = 100_000  # characters of a header of several lines, in which a quotation is closed
SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=(.)"?\s*')
"""What Excel writes above a table to name the delimiter."""
SUFFIXES = (".csv", ".tsv")


class DelimitedReader:
    """Reads CSV and TSV with a header row, plain or compressed.

    Args:
        path: files, globs or folders.
        encoding: of the files; None to find it in each.
        delimiter: one character; by default the most frequent of tab, comma, semicolon and bar in the header.

    Raises:
        ConfigError: unknown encoding, or a delimiter that is not one character.
    """

    def __init__(self, path: list[str], *, encoding: str | None = None, delimiter: str | None = None) -> None:
        if delimiter is not None and len(delimiter) != 1:
            cause = f"the delimiter '{delimiter}' is not one character"
            raise ConfigError("articles: options.delimiter", cause, "Give one, such as ';'")
        self.path, self.encoding, self.delimiter = path, checked_encoding(encoding), delimiter

    def rows(self) -> Iterator[Row | Unreadable]:
        """Yield one row for each record below the header."""
        for file in find_files(self.path, SUFFIXES):
            encoding = encoding_of(file, self.encoding)
            encoding = "utf-8-sig" if encoding == UTF_8 else encoding
            errors = "replace" if is_wide(encoding) else "surrogateescape"
            with file.open() as raw, io.TextIOWrapper(raw, encoding, errors, newline="") as stream:
                yield from self._rows(file, stream, encoding.removesuffix("-sig"))

    def _rows(self, file: SourceFile, stream: io.TextIOWrapper, encoding: str) -> Iterator[Row | Unreadable]:
        header, above = stream.readline(), 1
        delimiter = self.delimiter
        if separator := SEPARATOR_LINE.fullmatch(header):
            delimiter = delimiter or separator[1]
            header, above = stream.readline(), 2
        while header.count('"') % 2 and len(header) < LONGEST_HEADER and (line := stream.readline()):
            header, above = header + line, above + 1
        delimiter = delimiter or max("\t,;|", key=header.count)
        columns = self._columns(file, header, delimiter)
        for record in csv_records(stream, delimiter, len(columns)):
            place = f"{file.path}:line {record.line + above}"
            if record.damage:
                yield Unreadable(place, record.damage)
            elif any("\udc80" <= character <= "\udcff" for character in "".join(record.fields)):
                yield Unreadable(place, f"not {encoding}")
            else:
                fields = zip(columns, record.fields, strict=True)
                yield Row(place, {column: field for column, field in fields if column})

    def _columns(self, file: SourceFile, header: str, delimiter: str) -> list[str]:
        """The names of the columns; empty for those without."""
        if header.count(delimiter) >= MOST_COLUMNS:
            cause = f"{header.count(delimiter) + 1} columns in the first line"
            raise InputError(file.path, cause, "Give articles.options.delimiter, or a file with a header row")
        names = next(csv.reader(io.StringIO(header, newline=""), delimiter=delimiter), [])
        columns = [" ".join(name.split()) for name in names]
        while columns and not columns[-1]:
            columns.pop()
        repeated = [name for name, count in Counter(columns).items() if count > 1 and name]
        if repeated:
            cause = f"the column '{min(repeated)}' appears twice in the header"
            raise InputError(file.path, cause, "Give each column its own name")
        return columns

    def fingerprint(self) -> str:
        """The names, sizes and times of the files."""
        return repr([file.stamp() for file in find_files(self.path, SUFFIXES)])
