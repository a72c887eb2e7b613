"""Tables as CSV that Excel and pandas read alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from pipelines.atomic import whole
from pipelines.report.glossary import entry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DECIMALS = "%.4f"
"""Format of numbers: four decimals. Not tuned; a share of 10,000 articles is still exact."""
SIGNIFICANT_DIGITS = "%.4g"
"""Format of p-values, which four decimals would make zero."""
GUARDED = re.compile(
    # First characters that make a spreadsheet read a cell as a formula (OWASP, CSV Injection).
    r"[=+\-@\t\n\r＝＋－＠]"
    # Words that pandas.read_csv takes for a missing value, such as the country code of Namibia.
    r"|(?:#N/A|#N/A N/A|#NA|-?1\.#IND|1\.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null|-nan|-NaN)\Z"
)
NAMES = ("actor", "target", "group_by", "group", "reference")
"""Columns of names, which are text even if one looks like a number."""
LINE_ENDS = re.compile("\r\n?")
"""Parsers end a row at a lone carriage return, even within quotation marks."""


def write_csv(name: str, table: pd.DataFrame | Iterable[pd.DataFrame], path: Path) -> None:
    """Write a table, completely or not at all.

    UTF-8 with a byte-order mark, without which Excel takes another encoding; rows end with a line feed.
    Numbers have four decimals, p-values four significant digits. Text that a spreadsheet would read as a
    formula, or pandas as a missing value, has an apostrophe before it.

    Args:
        name: of the table in the glossary, which says what kind of values a column has.
        table: any columns; or its rows in several frames, of which one is in memory at a time.
        path: of the file.
    """
    frames = [table] if isinstance(table, pd.DataFrame) else table
    with whole(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as stream:
        for number, frame in enumerate(frames):
            safe = _safe(name, frame)
            safe.to_csv(stream, index=False, header=number == 0, float_format=DECIMALS, lineterminator="\n")


def _safe(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table with its cells as they are written."""
    safe = table.copy()
    for column in entry(name, table).columns.values():
        values = table[column.name]
        if not pd.api.types.is_numeric_dtype(values):
            safe[column.name] = values.map(_safe_cell)
        elif column.kind == "p":
            safe[column.name] = values.map(lambda p: SIGNIFICANT_DIGITS % p, na_action="ignore")
        elif column.kind == "count" and (values.isna() | (values % 1 == 0)).all():
            # A count that is absent in one row would make all of them floats.
            safe[column.name] = values.astype("Int64")
    return safe


def _safe_cell(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    text = LINE_ENDS.sub("\n", cell).replace("\0", "\ufffd")
    return f"'{text}" if GUARDED.match(text) else text


def read_csv(path: Path) -> pd.DataFrame:
    """A table that `write_csv` wrote; columns of text that look like numbers become numbers, names do not."""
    table = pd.read_csv(path, encoding="utf-8-sig", dtype=dict.fromkeys(NAMES, str))
    for column in table.select_dtypes(["object", "string"]):
        table[column] = table[column].map(_unguarded)
    return table


def _unguarded(cell: object) -> object:
    """A cell without the apostrophe that `_safe_cell` put before it."""
    guarded = isinstance(cell, str) and cell.startswith("'") and GUARDED.match(cell[1:])
    return cell[1:] if guarded and isinstance(cell, str) else cell
