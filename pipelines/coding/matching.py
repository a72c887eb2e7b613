"""The codes of a run beside the passages that they are codes of."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from pipelines.coding.estimator import CODES, NET, UNCODED
from pipelines.coding.population import KEY as KEY_COLUMNS
from pipelines.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from pipelines.coding.design import Design

KEY = [*KEY_COLUMNS]
"""What a judged passage is known by."""
ADJUDICATED = "adjudicated"
"""The coder whose codes settle what others disagree on."""
CORRECTION = "correction"
"""The part of the codes that corrects; the other is gold for a calibration and never corrects."""
ROUNDING = 1e-12
"""Largest difference of probabilities that are taken as equal: errors of float64 are below 1e-15."""


def answered(codes: pd.DataFrame, design: Design) -> pd.DataFrame:
    """The codes with the probability that an item was drawn and then coded, as a share of its stratum.

    Rows that coders skipped are taken to be skipped at random within their stratum.

    Args:
        codes: one row for each item and coder: item, code, stratum, part, probability of having been drawn.
        design: that drew the items.
    """
    drawn = Counter(item.stratum for item in design.items if item.part == CORRECTION)
    corrects = (codes["part"] == CORRECTION) & codes["code"].fillna("").ne("")
    coded = codes[corrects].drop_duplicates("item")["stratum"].value_counts()
    share = codes["stratum"].map(coded) / codes["stratum"].map(drawn)
    return codes.assign(probability=codes["probability"] * share.fillna(1.0))


def settled_codes(codes: pd.DataFrame) -> pd.DataFrame:
    """One row for each coded item that corrects: KEY, item, code, probability, settled, gap.

    The code is the adjudicated one, else that of the first coder by name. `gap` is the net of the first coder
    less that of the second, NaN with one coder or an adjudicated code.

    Args:
        codes: one row for each item and coder: item, coder, code, probability, part and KEY.

    Raises:
        InputError: a code is unknown, a probability is not in (0, 1], or a coder has two codes for an item.
    """
    codes = codes[(codes["part"] == CORRECTION) & codes["code"].fillna("").ne("")]
    unknown = ~codes["code"].isin(CODES)
    if unknown.any():
        odd = codes[unknown].iloc[0]
        raise InputError(
            f"item {odd['item']}", f"unknown code {odd['code']!r}", f"Codes are {', '.join(CODES)}"
        )
    codes = codes.assign(
        net=lambda rows: NET[_numbers(rows["code"])], by=lambda rows: rows["coder"].astype(str)
    )
    twice = codes.duplicated(["item", "by"])
    if twice.any():
        raise InputError(
            f"item {codes['item'][twice].iloc[0]}", "coded twice by one coder", "Keep one of the codes"
        )
    wrong = ~codes["probability"].between(0, 1 + ROUNDING, inclusive="right")
    if wrong.any():
        place = f"item {codes['item'][wrong].iloc[0]}"
        raise InputError(place, "its probability of selection is not in (0, 1]", "Restore coding/design.json")
    codes = codes.assign(settled=codes["by"] == ADJUDICATED).sort_values(["item", "by"], kind="stable")
    people = codes[~codes["settled"]]
    second = people[people.groupby("item").cumcount() == 1].set_index("item")["net"]
    first = (
        codes.sort_values("settled", ascending=False, kind="stable")
        .drop_duplicates("item")
        .sort_values("item")
    )
    gap = (first["net"] - first["item"].map(second).astype(float)).where(~first["settled"])
    return first.assign(gap=gap)[[*KEY, "item", "code", "probability", "settled", "gap"]]


def with_codes(rows: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """The judged passages, with the settled code of each.

    Args:
        rows: one row for each judged passage, with KEY.
        codes: one row for each item and coder, as in `settled_codes`.

    Returns:
        The same rows in the same order, with code (empty if uncoded), probability, settled and gap.

    Raises:
        InputError: a coded item is no judged passage of the run, or as in `settled_codes`.
    """
    settled = settled_codes(codes)
    joined = rows.merge(settled, on=KEY, how="left", validate="one_to_one")
    absent = set(settled["item"]) - set(joined["item"].dropna())
    if absent:
        cause = (
            f"{len(absent)} coded items are not among the judged passages of the run, such as {min(absent)}"
        )
        raise InputError("coding", cause, "Draw a new sheet: the run has changed since this one was drawn")
    settled_rows = joined["settled"].astype("boolean").fillna(value=False).astype(bool)
    return joined.assign(code=joined["code"].fillna(""), settled=settled_rows)


def code_numbers(rows: pd.DataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The place of each row's code in CODES, UNCODED for an empty one."""
    return _numbers(rows[column])


def _numbers(codes: pd.Series[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    places = dict(zip(CODES, range(len(CODES)), strict=True))
    return np.array([places.get(code, UNCODED) for code in codes], dtype=np.int64)
