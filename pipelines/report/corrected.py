"""What codes of people put in the place of the machine's numbers, for sentences about a coded run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report.csv_files import NAMES, read_csv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from pipelines.compare.tables import Tables

ESTIMATES = {
    "stance": ("net", "low", "high"),
    "differences": ("difference", "low", "high", "p_value", "q_value", "significant"),
}
"""The columns of each table that codes correct; they have the same names in the corrected one."""


def read_corrected(folder: Path) -> dict[str, pd.DataFrame]:
    """The four tables that codes make, by name; none if they are not there.

    Args:
        folder: of the tables.
    """
    names = ("corrected", "corrected_differences", "agreement", "confusion")
    paths = {name: folder / f"{name}.csv" for name in names}
    if not all(path.is_file() for path in paths.values()):
        return {}
    return {name: read_csv(path) for name, path in paths.items()}


def as_people_code(tables: Tables, corrected: Mapping[str, pd.DataFrame]) -> Tables:
    """The tables with the estimates of codes in the rows that people have checked.

    A checked row without a corrected estimate has none: what the machine says there was found wanting.

    Args:
        tables: of the comparison.
        corrected: as `read_corrected` gives them; empty without codes.
    """
    if not corrected:
        return tables
    return tables._replace(
        stance=_replaced(tables.stance, corrected["corrected"], ESTIMATES["stance"]),
        differences=_replaced(
            tables.differences, corrected["corrected_differences"], ESTIMATES["differences"]
        ),
    )


def _replaced(machine: pd.DataFrame, people: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The machine's rows, in which the columns of checked ones are those of people."""
    names = [name for name in NAMES if name in machine]
    joined = machine[names].merge(people, on=names, how="left", validate="one_to_one")
    checked = (machine["validated"].astype(str) == "True").to_numpy()
    table = machine.reset_index(drop=True)
    for column in (*columns, "note"):
        table[column] = table[column].astype(object).where(~checked, joined[column])
    numbers = [column for column in columns if column != "significant"]
    table[numbers] = table[numbers].astype(float)
    table["note"] = table["note"].fillna("")
    table["fragile"] = table["fragile"].where(~checked, "")
    return table
