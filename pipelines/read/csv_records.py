"""The records of delimited text, so that damage costs one record and not those after it."""

from __future__ import annotations

import csv
import re
from collections import deque
from contextlib import suppress
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


MOST_MARKS = 500
"""Quotation marks of a line that is read with marks not doubled; bounds the time on hostile lines."""
NEVER_CLOSED = "a quotation mark that is never closed"
NOT_DOUBLED = "a quotation mark inside a field that is not written twice"


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


def csv_records(lines: Iterable[str], delimiter: str, width: int, spaced: bool = False) -> Iterator[Record]:
    """Yield the records of a table, and one with its damage for each that is damaged.

    A row whose quotation marks are no CSV is read as other programs write it: with `\\"` for a mark in a
    field, or with the mark alone. Rows of empty fields are passed over.

    A quotation that is never closed takes in the records below it, up to the next quotation mark. So if a
    record of several lines is damaged or has a wrong number of fields, and one of its lines is a whole record
    in itself, the damage ends before that line.

    Args:
        lines: below the header, each with its end.
        delimiter: one character.
        width: number of columns.
        spaced: whether a space after the delimiter is no part of a field.
    """
    csv.field_size_limit(LONGEST_FIELD)
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=delimiter, strict=True, skipinitialspace=spaced)
    escaping = csv.reader(source, delimiter=delimiter, strict=True, escapechar="\\")
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
            damage = f"not CSV: {NOT_DOUBLED if 'expected after' in str(error) else NEVER_CLOSED}"
        if damage is None and not any(fields):
            continue
        fields = _without_empty_ends(fields, width)
        if damage is None and len(fields) != width:
            damage = f"{len(fields)} fields under {width} columns"
        if damage and (other := _otherwise(source, escaping, delimiter, width)):
            fields, damage = other, None
        if damage:
            whole = _first_whole(source.record, delimiter, width)
            if whole is not None:
                damage = f"not CSV: {NEVER_CLOSED}"
                source.begin(keep=whole)
        yield Record(line, fields, damage)


def _otherwise(source: _Lines, escaping: Iterator[list[str]], delimiter: str, width: int) -> list[str] | None:
    """The fields of a damaged record if it is whole in another way of writing marks; None if it is not.

    The record's lines are then those that were read; else they stay as they were.
    """
    first, count = source.record[0], len(source.record)
    if any('\\"' in line for line in source.record):
        source.begin(keep=0)
        with suppress(csv.Error, StopIteration):
            fields = _without_empty_ends(next(escaping), width)
            if len(fields) == width:
                return fields
        source.begin(keep=0)
        for _ in range(count):
            next(source)
    undoubled = _undoubled(first, delimiter, width)
    if undoubled:
        source.begin(keep=1)
    return undoubled


def _undoubled(line: str, delimiter: str, width: int) -> list[str] | None:
    """The fields of a line in which marks inside a field are not doubled; None if it has not `width` fields.

    A mark closes a field only before a delimiter or the end. If that is wrong anywhere, there are more
    fields. A field that continues below its line leaves an odd number of marks.
    """
    line = line.rstrip("\r\n")
    marks = line.count('"')
    if marks % 2 or marks > MOST_MARKS:
        return None
    field = re.compile(rf'"(.*?)"(?={re.escape(delimiter)}|$)|([^{re.escape(delimiter)}]*)')
    fields: list[str] = []
    place = 0
    while place <= len(line) and len(fields) <= width:
        match = field.match(line, place)
        assert match  # the second form matches anything
        fields.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        place = match.end() + 1
    return fields if len(fields) == width else None


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
