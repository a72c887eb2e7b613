"""The tables as CSV, Markdown, LaTeX and Excel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pipelines.atomic import whole
from pipelines.records import Rejection
from pipelines.report.csv_files import write_csv
from pipelines.report.latex import latex
from pipelines.report.narrow import markdown, narrow
from pipelines.report.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.compare.tables import Tables

NOT_IN_LATEX = {"evidence"}
"""Sentences of articles, which no paper prints by the thousand."""


def write_tables(tables: Tables, folder: Path) -> None:
    """Write each table: all of it as .csv and in comparison.xlsx, its narrow form as .md and .tex.

    The narrow forms name the columns and count the rows that they leave out.
    """
    by_name = tables._asdict()
    for name, table in by_name.items():
        write_table(name, table, folder)
    with whole(folder / "comparison.xlsx") as path:
        write_workbook(by_name, path)


def write_table(name: str, table: pd.DataFrame, folder: Path) -> None:
    """Write one table: all of it as .csv, its narrow form as .md and .tex."""
    write_csv(name, table, folder / f"{name}.csv")
    with whole(folder / f"{name}.md") as path:
        path.write_text(markdown(name, table), encoding="utf-8")
    if name not in NOT_IN_LATEX:
        with whole(folder / f"{name}.tex") as path:
            path.write_text(latex(narrow(name, table)), encoding="utf-8")


def write_rejected(rejections: Iterable[Rejection], path: Path) -> None:
    """Write each article that a stage could not use, with the reason."""
    rows = pd.DataFrame(sorted(set(rejections)), columns=list(Rejection._fields))
    write_csv("rejected", rows, path)
