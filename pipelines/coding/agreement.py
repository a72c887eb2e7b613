"""How well coders agree with each other and with the machine, and what they call what it labels."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.coding.estimator import CODES
from pipelines.coding.matching import ADJUDICATED, CORRECTION, KEY, code_numbers
from pipelines.compare.groups import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

REPLICATES = 2000
"""Resamples of items: 50 are beyond each end of a 95 % interval."""
SEED = 1
"""Of the resamples: the same codes have the same interval."""
CODERS, MACHINE = "coders", "machine and codes"
"""Who is compared: people who coded the same passages, or the machine's labels with people's codes."""
SEEN = {True: f"{MACHINE}, source only", False: f"{MACHINE}, with translation"}
"""The same for passages of which coders saw the source only, and for the others."""


def agreement_rows(coded: pd.DataFrame, codes: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of agreement.csv, for all languages together and for each.

    Alpha is Krippendorff's for nominal data, over all five codes: a passage that people call not about the
    target is an error of the machine, which has no such label. Its interval is a percentile bootstrap over
    items.

    Args:
        coded: the judged passages with their settled codes: KEY, language, label, code.
        codes: one row for each item and coder, with KEY, coder, code, part, source_only.
    """
    codes = codes[(codes["part"] == CORRECTION) & codes["code"].isin(CODES)]
    people = codes[codes["coder"].astype(str) != ADJUDICATED].sort_values([*KEY, "coder"], kind="stable")
    settled = coded[coded["code"] != ""].merge(
        codes.drop_duplicates(KEY)[[*KEY, "source_only"]], on=KEY, how="left", validate="one_to_one"
    )
    by_people = people.merge(
        coded[[*KEY, "language"]], on=KEY, suffixes=("_drawn", ""), validate="many_to_one"
    )
    for language in [ALL, *sorted(coded["language"].unique())]:
        here = settled if language == ALL else settled[settled["language"] == language]
        votes = by_people if language == ALL else by_people[by_people["language"] == language]
        yield {"language": language, "between": CODERS, **_agreement(_between_people(votes))}
        yield {"language": language, "between": MACHINE, **_agreement(_with_machine(here)), "coders": 1}
        if here["source_only"].astype(bool).any():
            for source_only, name in SEEN.items():
                seen = here[here["source_only"].astype(bool) == source_only]
                yield {"language": language, "between": name, **_agreement(_with_machine(seen)), "coders": 1}


def _between_people(votes: pd.DataFrame) -> NDArray[np.int64]:
    """int array (items, 5): how many coders gave each code, of items with two coders or more."""
    places = votes.groupby(KEY, sort=True).ngroup().to_numpy()
    counts = np.zeros((int(places.max(initial=-1)) + 1, len(CODES)), dtype=np.int64)
    np.add.at(counts, (places, code_numbers(votes, "code")), 1)
    twice: NDArray[np.int64] = counts[counts.sum(axis=1) > 1]
    return twice


def _with_machine(rows: pd.DataFrame) -> NDArray[np.int64]:
    """int array (items, 5): the code and the machine's label of each item."""
    each = np.eye(len(CODES), dtype=np.int64)
    both: NDArray[np.int64] = each[code_numbers(rows, "code")] + each[code_numbers(rows, "label")]
    return both


def _agreement(counts: NDArray[np.int64]) -> dict[str, Any]:
    """Alpha, its interval and the mean share of pairs that agree, of int array (items, 5)."""
    if not len(counts):
        return {"items": 0, "coders": 0}
    size = counts.sum(axis=1)
    agreeing = (counts * (counts - 1)).sum(axis=1) / (size * (size - 1))
    times = np.random.default_rng(SEED).multinomial(
        len(counts), np.full(len(counts), 1 / len(counts)), size=REPLICATES
    )
    draws = resampled_alphas(counts, times)
    # A resample in which all codes are the same has no alpha.
    known = draws[~np.isnan(draws)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (math.nan, math.nan)
    return {
        "items": len(counts), "coders": int(size.max()), "alpha": alpha(counts),
        "low": float(low), "high": float(high), "percent": 100 * float(agreeing.mean()),
    }  # fmt: skip


def alpha(counts: NDArray[np.int64]) -> float:
    """Krippendorff's alpha for nominal data; NaN if all codes are the same.

    Args:
        counts: int array (items, codes), how many coders gave each code.

    See Krippendorff (2018), Content Analysis, chapter 12.
    """
    import krippendorff

    if np.count_nonzero(counts[counts.sum(axis=1) > 1].sum(axis=0)) < 2:
        return math.nan
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def resampled_alphas(counts: NDArray[np.int64], times: NDArray[np.int64]) -> NDArray[np.float64]:
    """`alpha` of resamples of the items, all at once.

    Args:
        counts: int array (items, codes), how many coders gave each code, two or more of them.
        times: int array (replicates, items), how often each item is in each resample.

    Returns:
        float array (replicates,); NaN if all codes of a resample are the same.
    """
    size = counts.sum(axis=1)
    observed = times @ ((size**2 - np.square(counts).sum(axis=1)) / (size - 1))
    of_code = times @ counts
    number = of_code.sum(axis=1)
    expected = (number**2 - np.square(of_code).sum(axis=1)) / (number - 1)
    alphas: NDArray[np.float64] = 1 - observed / np.where(expected > 0, expected, np.nan)
    return alphas


def confusion_rows(coded: pd.DataFrame, weights: NDArray[np.float64]) -> Iterator[dict[str, Any]]:
    """The rows of confusion.csv, for all languages together and for each; pairs that do not occur have none.

    Args:
        coded: the judged passages: language, label, code (empty if uncoded).
        weights: float array (passages,), how many passages each coded one represents. `share` is that of all
            passages of the language which the coded ones represent; it sums to 1.
    """
    rows = coded.assign(weight=weights)[coded["code"] != ""]
    for language in [ALL, *sorted(coded["language"].unique())]:
        here = rows if language == ALL else rows[rows["language"] == language]
        by_pair = here.groupby(["code", "label"])["weight"]
        items, shares = by_pair.size().to_dict(), (by_pair.sum() / here["weight"].sum()).to_dict()
        for pair in product(CODES, CODES):
            if pair in items:
                names = {"language": language, "coded": pair[0], "machine": pair[1]}
                yield {**names, "items": items[pair], "share": shares[pair]}
