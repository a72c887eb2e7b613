"""The tables as CSV, Markdown, LaTeX and Excel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from pipelines.atomic import whole
from pipelines.records import Rejection

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.compare.tables import Tables

NUMBER = "%.4f"
"""Format of numbers in CSV: four decimals. Not tuned; a share of 10,000 articles is still exact."""
ROWS_IN_MARKDOWN = 1000
"""Rows of a table in Markdown. Not tuned; bounds the file, the CSV file has all."""
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet read a cell as a formula (OWASP, CSV Injection)."""
SUMMARIES = ("stance", "coverage", "differences")
CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""Written into workbooks, which would otherwise differ between two runs of the same input."""


def write_tables(tables: Tables, folder: Path) -> None:
    """Write each table as .csv and .md, the summaries also as .tex and in comparison.xlsx.

    Numbers have four decimals in CSV and two in LaTeX. In CSV, text that a spreadsheet would read as a
    formula is prefixed with an apostrophe.
    """
    for name, table in tables._asdict().items():
        write_csv(table, folder / f"{name}.csv")
        with whole(folder / f"{name}.md") as path:
            path.write_text(markdown(table), encoding="utf-8")
    for name in SUMMARIES:
        with whole(folder / f"{name}.tex") as path:
            table = getattr(tables, name)
            path.write_text(table.to_latex(index=False, escape=True, float_format="%.2f", na_rep=""), "utf-8")
    with whole(folder / "comparison.xlsx") as path:
        _write_workbook(tables, path)


def write_rejected(rejections: Iterable[Rejection], path: Path) -> None:
    """Write each article that a stage could not use, with the reason."""
    write_csv(pd.DataFrame(sorted(set(rejections)), columns=list(Rejection._fields)), path)


def write_csv(table: pd.DataFrame, path: Path, encoding: str = "utf-8") -> None:
    """Write a table, completely or not at all."""
    safe = table.copy()
    for column in safe.select_dtypes(exclude="number"):
        safe[column] = safe[column].map(_safe_cell)
    with whole(path) as temporary:
        safe.to_csv(temporary, index=False, float_format=NUMBER, lineterminator="\n", encoding=encoding)


def markdown(table: pd.DataFrame, rows: int = ROWS_IN_MARKDOWN) -> str:
    """The first rows of a table as Markdown, with the number of omitted rows."""
    shown = table.head(rows).astype(object).where(table.head(rows).notna(), "")
    cells = shown.map(lambda cell: _in_one_line(cell) if isinstance(cell, str) else cell)
    of_text = [i for i, column in enumerate(table) if not pd.api.types.is_numeric_dtype(table[column])]
    text: str = cells.to_markdown(
        index=False, floatfmt=".2f", disable_numparse=of_text if len(table) else True
    )
    more = len(table) - rows
    return text + (f"\n\n{more} more rows in the CSV file of the same name.\n" if more > 0 else "\n")


def _safe_cell(cell: object) -> object:
    """A cell that no spreadsheet reads as a formula, and whose line breaks no parser reads as rows."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r", "\n")
    return f"'{text}" if cell.startswith(FORMULA_MARKS) else text


def _in_one_line(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(escaped.split())


def _write_workbook(tables: Tables, path: Path) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with (
        path.open("wb") as stream,
        pd.ExcelWriter(stream, engine="xlsxwriter", engine_kwargs={"options": options}) as workbook,
    ):
        workbook.book.set_properties({"created": CREATED})
        for name in SUMMARIES:
            table = getattr(tables, name)
            table.to_excel(workbook, sheet_name=name, index=False, freeze_panes=(1, 0))
            sheet = workbook.sheets[name]
            sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
            sheet.autofit()
