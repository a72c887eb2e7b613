"""The cells of CSV files and workbooks as text, row by row, with the numbers that a spreadsheet shows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import InputError
from pipelines.read.csv_records import LONGEST_FIELD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DELIMITED = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
DELIMITERS = "\t,;|"
HEADER = re.compile(r"(?:^|[\t,;|\ufeff])\s*\"?item\"?\s*(?:[\t,;|]|$)", re.IGNORECASE)
"""A line with the column name `item`, from which the delimiter is read."""
SAVE_AS = "Save it as CSV UTF-8 or as an Excel workbook"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Cells(NamedTuple):
    """A row's cells without white space around them, and its place as errors show it."""

    place: str
    cells: list[str]


def read_cells(path: Path) -> Iterator[Iterator[Cells]]:
    """Yield the rows of each table in a file, blank ones included: one of a CSV file, more of a workbook.

    A cell with a formula has the value that it was saved with; one with an error is empty.

    Raises:
        InputError: no such file, it is empty, or it is neither CSV nor a workbook.
    """
    if not path.is_file():
        raise InputError(str(path), "no such file", "Check the path")
    if path.stat().st_size == 0:
        raise InputError(str(path), "the file is empty", "Remove it, or give the file that was coded")
    if path.suffix.lower() in WORKBOOKS:
        yield from _of_workbook(path)
    elif path.suffix.lower() in DELIMITED:
        yield _of_text(path)
    else:
        raise InputError(
            str(path), f"'{path.suffix}' is no sheet", f"Known: {', '.join(DELIMITED + WORKBOOKS)}"
        )


def _of_workbook(path: Path) -> Iterator[Iterator[Cells]]:
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        tables = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
    except python_calamine.CalamineError as error:
        raise InputError(str(path), f"cannot be read ({error})", "Open and save it again in Excel") from error
    for name, table in tables.items():
        yield (
            Cells(f"{path}: sheet '{name}', row {number}", [_text(value) for value in row])
            for number, row in enumerate(table, start=1)
        )


def _text(value: object) -> str:
    """A cell's value as it is shown: a whole number without its point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _of_text(path: Path) -> Iterator[Cells]:
    text = _decoded(path)
    csv.field_size_limit(LONGEST_FIELD)
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    offset = 0
    if first.lower().startswith("sep=") and len(first) == len("sep=") + 1:  # Excel's own first line
        text, offset = text.split(first, 1)[1].lstrip("\r").removeprefix("\n"), 1
        delimiter = first[-1]
    else:
        header = next((line for line in lines if HEADER.search(line)), first)
        delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = offset
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cause = f"not CSV ({error})"
            raise InputError(f"{path}: row {number}", cause, "Correct the quotation marks there") from error
        yield Cells(f"{path}: row {number}", [cell.strip() for cell in cells])


def _decoded(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or an 8-bit encoding of Windows.

    Items, column names and codes are ASCII, which all encodings of the third kind share; other characters may
    come out wrong.
    """
    content = path.read_bytes()
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\0" in text:
        raise InputError(str(path), "not a text file, or in an unknown encoding", SAVE_AS)
    return text
