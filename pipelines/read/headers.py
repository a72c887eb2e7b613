"""The header of a table: the first row, below a preamble, or given in the config."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.errors import ConfigError, InputError
from pipelines.read.columns import column_key, columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.read.files import SourceFile

LOOKED_AT = 50
"""Rows in which a header is looked for; preambles of databases have three to ten."""
DELIMITERS = "\t,;|"
SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=(.)"?\s*')
"""What Excel writes above a table to name the delimiter."""


class Header(NamedTuple):
    """What is known of a table's header: the rows above it, its columns, and one name that is in it."""

    skip: int | None = None
    names: list[str] | None = None
    text: str = "text"

    @classmethod
    def checked(cls, skip: int | None, names: list[str] | None, columns: Mapping[str, Any] | None) -> Header:
        """The header of these options.

        Args:
            skip: rows above the header, or above the first record if there is none; None to look for it.
            names: of the columns of a table without header.
            columns: from field to column.

        Raises:
            ConfigError: a negative `skip`, or `names` that are empty or repeat.
        """
        if skip is not None and skip < 0:
            raise ConfigError("articles: options.skip", f"{skip} rows", "Give 0 or more")
        if names is not None and (not names or len(set(names)) < len(names)):
            raise ConfigError("articles: options.names", "no names, or one twice", "Give each column its own")
        return cls(skip, names, column_key(columns_of(columns or {}, ["text"])["text"][0]))

    def row(self, rows: Sequence[Sequence[Any]]) -> int | None:
        """The number of the header's row: the first with the text's column; None if no row has it."""
        if self.skip is not None:
            return self.skip
        return next((number for number, row in enumerate(rows[:LOOKED_AT]) if self.is_in(row)), None)

    def is_in(self, row: Sequence[Any]) -> bool:
        """Whether a row has the name of the text's column."""
        return any(column_key(cell) == self.text for cell in row)


def named_columns(file: SourceFile, names: Iterable[str]) -> list[str]:
    """The names of a table's columns; empty for those without.

    Raises:
        InputError: a name appears twice.
    """
    columns = [" ".join(name.split()) for name in names]
    while columns and not columns[-1]:
        columns.pop()
    repeated = [name for name, count in Counter(columns).items() if count > 1 and name]
    if repeated:
        cause = f"the column '{min(repeated)}' appears twice in the header"
        raise InputError(file.path, cause, "Give each column its own name")
    return columns


class Start(NamedTuple):
    """How a file of delimited text begins: its columns, and the lines above the first record."""

    delimiter: str
    columns: list[str]
    lines: int

    @property
    def is_spaced(self) -> bool:
        """Whether a space is written after each delimiter."""
        return len(self.columns) > 1 and all(name.startswith(" ") for name in self.columns[1:])


def start_of(lines: Sequence[str], header: Header, delimiter: str | None = None) -> Start:
    """Find delimiter and header in the first lines of a file.

    Args:
        lines: each with its end; at least one.
        header: what is known of it.
        delimiter: if it is known; else the one with which a row has the text's column, or the most frequent
            of tab, comma, semicolon and bar in the first row.
    """
    separator = SEPARATOR_LINE.fullmatch(lines[0])
    first = 1 if separator and len(lines) > 1 else 0
    if separator and delimiter is None:
        delimiter = separator[1]
    skip = max(header.skip or 0, first)
    top = lines[min(skip, len(lines) - 1)]
    likely = sorted(DELIMITERS, key=top.count, reverse=True)
    candidates = [delimiter] if delimiter else likely
    if header.names is not None:
        return Start(candidates[0], header.names, skip)
    if header.skip is None:
        for candidate in candidates:
            rows, ends = _rows(lines[first:], candidate)
            row = header.row(rows)
            if row is not None:
                return Start(candidate, rows[row], first + ends[row])
    rows, ends = _rows(lines[skip:], candidates[0])
    return Start(candidates[0], rows[0] if rows else [], skip + (ends[0] if ends else 0))


def _rows(lines: Sequence[str], delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The first rows, and the number of lines up to the end of each."""
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in reader:
            if len(rows) >= LOOKED_AT:
                break
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        pass  # what is above a damaged row is enough
    return rows, ends
