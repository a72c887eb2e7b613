"""The tables as one Excel workbook, with a sheet that explains their columns."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import xlsxwriter

from pipelines.report.evidence import NAME as EVIDENCE
from pipelines.report.formats import EXCEL
from pipelines.report.glossary import Column, entry, explained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from pipelines.report.evidence import Evidence
    from pipelines.report.glossary import Entry

CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""Written into workbooks, which would otherwise differ between two runs of the same input."""
ROWS = 50_000
"""Rows of a table in its sheet, below Excel's 1,048,575: this many of evidence take ten seconds to write."""
CELL = 32_767
"""UTF-16 units that a cell of Excel holds."""
CUT = " [cut: all of it is in the CSV file of this table]"
ROWS_MEASURED, NARROWEST, WIDEST = 200, 8, 60
"""Rows that decide the width of a column, and its bounds in characters. Not tuned."""
GLOSSARY = "columns"
GLOSSARY_HEADS = ["table", "column", "meaning", "unit", "range"]
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


class Sheet(NamedTuple):
    """A sheet to write: a sample of its rows, their number, and all of them in one or several frames."""

    name: str
    entry: Entry
    sample: pd.DataFrame
    rows: int
    frames: Iterable[pd.DataFrame]


def write_workbook(tables: Mapping[str, pd.DataFrame], path: Path, evidence: Evidence | None = None) -> None:
    """Write a sheet for each table and one that explains every column.

    Numbers keep their full precision below their format: shares are percent, net stances have a sign and two
    decimals. A cell beyond Excel's 32,767 characters is cut and says so; a table of more than ROWS rows is
    cut, and its last row says how many are missing.

    Args:
        tables: by name.
        path: of the file.
        evidence: a further table, which comes after the others.
    """
    tables = {**tables, **({} if evidence is None else {EVIDENCE: evidence.first()})}
    entries = {name: entry(name, table) for name, table in tables.items()}
    with path.open("wb") as stream, xlsxwriter.Workbook(stream, OPTIONS) as book:
        book.set_properties({"created": CREATED})
        head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        formats = {kind: book.add_format({"num_format": code}) for kind, code in EXCEL.items()}
        for name, table in tables.items():
            rows, frames = (
                (len(evidence), evidence)
                if evidence is not None and name == EVIDENCE
                else (len(table), [table])
            )
            sheet = Sheet(name, entries[name], table.head(ROWS_MEASURED), rows, frames)
            _write_sheet(book.add_worksheet(name), sheet, head, formats)
        about = [list(row) for row in explained({name: of.columns for name, of in entries.items()})]
        texts = {head: Column(head, "text", "", "", "") for head in GLOSSARY_HEADS}
        glossary = pd.DataFrame(about, columns=GLOSSARY_HEADS)
        form = entry(GLOSSARY, glossary)._replace(columns=texts)
        sheet = Sheet(GLOSSARY, form, glossary.head(ROWS_MEASURED), len(glossary), [glossary])
        _write_sheet(book.add_worksheet(GLOSSARY), sheet, head, formats)


def _write_sheet(sheet: Worksheet, of: Sheet, head: Format, formats: Mapping[str, Format]) -> None:
    columns = list(of.entry.columns.values())
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, min(of.rows, ROWS)), len(columns) - 1)
    writers = [_writer(sheet, formats.get(column.kind)) for column in columns]
    for index, column in enumerate(columns):
        sheet.set_column(index, index, _width(column.name, of.sample[column.name]))
        sheet.write_string(0, index, column.name, head)
    rows = chain.from_iterable(frame.itertuples(index=False, name=None) for frame in of.frames)
    for number, row in enumerate(islice(rows, ROWS), start=1):
        for index, (write, value) in enumerate(zip(writers, row, strict=True)):
            write(number, index, value)
    if of.rows > ROWS:
        sheet.write_string(ROWS + 1, 0, f"{of.rows - ROWS} more rows in {of.name}.csv", head)


def _writer(sheet: Worksheet, number_format: Format | None) -> Callable[[int, int, Any], None]:
    """What writes a value of a column: text never as a formula or link, nothing for an absent value."""

    def write(row: int, index: int, value: Any) -> None:
        if isinstance(value, str):
            if value:
                sheet.write_string(row, index, _fitting(value))
        elif pd.isna(value):
            return
        elif pd.api.types.is_bool(value):
            sheet.write_boolean(row, index, bool(value))
        else:
            sheet.write_number(row, index, value, number_format)

    return write


def _fitting(text: str) -> str:
    """The text, cut to what a cell holds."""
    if 2 * len(text) <= CELL:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * CELL:
        return text
    return units[: 2 * (CELL - len(CUT))].decode("utf-16-le", "ignore") + CUT


def _width(head: str, values: pd.Series[Any]) -> int:
    """The width of a column in characters; numbers are shorter than their heads."""
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    # Two more for the button of the filter.
    return min(max(len(head) + 2, longest + 1, NARROWEST), WIDEST)
