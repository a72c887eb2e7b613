"""The records of delimited text, so that damage costs one record and not those after it."""

from __future__ import annotations

import csv
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST_FIELD = 2**31 - 1
"""Characters of a field at most: all that the csv module accepts on every platform, since its default,
131,072, is less than `articles.max_characters`."""
LONGEST_RECORD = 2_000_000
"""Characters of a record of several lines, at most. Ten times an article's; bounds how far the end of a
quotation
that is never closed is looked for."""


class Record(NamedTuple):
    """The fields of a record, or why it has none; `line` is its first one, counted from 1."""

    line: int
    fields: list[str]
    damage: str | None = None


class _Lines:
    """Lines that can be put back; `next` ends a record that becomes too long."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.rest = iter(lines)
        self.back: deque[str] = deque()
        self.record: list[str] = []
        self.size, self.number = 0, 0
        """Characters of the record's lines so far, and the number of lines before it."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.size > LONGEST_RECORD:
            raise StopIteration
        line = self.back.popleft() if self.back else next(self.rest)
        self.record.append(line)
        self.size += len(line)
        return line

    def begin(self, keep: int | None = None) -> None:
        """Begin a record; with `keep`, after that many lines of the last one, the others being put back."""
        keep = len(self.record) if keep is None else keep
        self.back.extendleft(reversed(self.record[keep:]))
        self.number += keep
        self.record, self.size = [], 0


def csv_records(lines: Iterable[str], delimiter: str, width: int) -> Iterator[Record]:
    """Yield the records of a table, and one with its damage for each that is damaged.

    A quotation that is never closed takes in the records below it, up to the next quotation mark. So if a
    record
    of several lines is damaged or has a wrong number of fields, and one of its lines is a whole record in
    itself,
    the damage ends before that line.

    Args:
        lines: below the header, each with its end.
        delimiter: one character.
        width: number of columns.
    """
    csv.field_size_limit(LONGEST_FIELD)
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        source.begin()
        line = source.number + 1
        damage: str | None = None
        fields: list[str] = []
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            damage = f"not CSV: {error}"
        if damage is None and not fields:
            continue
        fields = _without_empty_ends(fields, width)
        if damage is None and len(fields) != width:
            damage = f"{len(fields)} fields under {width} columns"
        if damage:
            whole = _first_whole(source.record, delimiter, width)
            if whole is not None:
                damage = f"not CSV: a quotation mark that is never closed, or {damage}"
                source.begin(keep=whole)
        yield Record(line, fields, damage)


def _without_empty_ends(fields: list[str], width: int) -> list[str]:
    """The fields without the empty ones beyond the columns that spreadsheets write."""
    return fields[:width] if len(fields) > width and not any(fields[width:]) else fields


def _first_whole(record: list[str], delimiter: str, width: int) -> int | None:
    """The place of the first line, below the first one, that is a record in itself."""
    for place, line in enumerate(record[1:], start=1):
        try:
            fields = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            continue
        if len(_without_empty_ends(fields, width)) == width:
            return place
    return None
