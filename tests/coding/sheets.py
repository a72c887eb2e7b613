"""Sheets filled in by made-up coders, and what they should be read as."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from pipelines.coding import load_design, read_codes

CODES = ("supports", "opposes", "neutral", "unclear", "not_about")
Codes = dict[tuple[str, str], str]
"""The code of each item and coder."""


def codes_of(run_dir: Path) -> Codes:
    """What the coders of a run's first sheet think: any code, but always the same."""
    items = load_design(run_dir).items
    return {
        (item.item, str(coder)): CODES[(ord(item.item[0]) + coder) % len(CODES)]
        for item in items
        for coder in item.coders
    }


def filled(run_dir: Path, written: Callable[[str], str] = str) -> pd.DataFrame:
    """sheet.csv with the codes of both coders, as they write them."""
    table = pd.read_csv(run_dir / "coding" / "sheet.csv", dtype=str, keep_default_na=False)
    codes = codes_of(run_dir)
    for coder in ("1", "2"):
        code = [codes.get((item, coder), "") for item in table["item"]]
        table[f"code_{coder}"] = [written(one) if one else "" for one in code]
    return table


def saved(table: pd.DataFrame, path: Path, **options: object) -> Path:
    """The table as a CSV file."""
    table.to_csv(path, index=False, **options)  # type: ignore[call-overload]
    return path


def as_read(run_dir: Path, *sheets: Path) -> Codes:
    """What is read of the sheets."""
    codes = read_codes(run_dir, sheets)
    assert not codes.duplicated(["item", "coder"]).any()
    return {(row.item, row.coder): row.code for row in codes.itertuples()}  # type: ignore[misc]
