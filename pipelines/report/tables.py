"""The tables as CSV, Markdown, LaTeX and Excel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pipelines.atomic import whole
from pipelines.records import Rejection
from pipelines.report.csv_files import write_csv
from pipelines.report.evidence import NAME as EVIDENCE
from pipelines.report.evidence import Evidence
from pipelines.report.latex import latex
from pipelines.report.narrow import ROWS, markdown, narrow
from pipelines.report.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.compare.tables import Tables
    from pipelines.report.evidence import Texts


def write_tables(tables: Tables, folder: Path, texts: Texts | None = None) -> None:
    """Write each table: all of it as .csv and in comparison.xlsx, its narrow form as .md and .tex.

    The narrow forms name the columns and count the rows that they leave out. The evidence, sentences of
    articles, has none in LaTeX.

    Args:
        tables: of the comparison.
        folder: to write to.
        texts: of the passages; None if the evidence has them.
    """
    by_name = {name: table for name, table in tables._asdict().items() if name != EVIDENCE}
    for name, table in by_name.items():
        write_table(name, table, folder)
    evidence = Evidence(tables.evidence, texts)
    write_csv(EVIDENCE, evidence, folder / f"{EVIDENCE}.csv")
    _write(folder / f"{EVIDENCE}.md", markdown(EVIDENCE, evidence.first(), ROWS, len(evidence)))
    with whole(folder / "comparison.xlsx") as path:
        write_workbook(by_name, path, evidence)


def _write(path: Path, text: str) -> None:
    with whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_table(name: str, table: pd.DataFrame, folder: Path) -> None:
    """Write one table: all of it as .csv, its narrow form as .md and .tex."""
    write_csv(name, table, folder / f"{name}.csv")
    _write(folder / f"{name}.md", markdown(name, table))
    _write(folder / f"{name}.tex", latex(narrow(name, table)))


def write_rejected(rejections: Iterable[Rejection], path: Path) -> None:
    """Write each article that a stage could not use, with the reason."""
    rows = pd.DataFrame(sorted(set(rejections)), columns=list(Rejection._fields))
    write_csv("rejected", rows, path)
