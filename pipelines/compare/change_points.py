"""Points of change: from which period on the stories of a series differ from those before.

For each split between two periods the two-sample t statistic, of which the largest in absolute value is
taken; its p-value is the share of permutations of the stories over the periods whose own largest is as large
(permutation tests for changes: Antoch and Hušková 2001; maximally selected statistics: Hothorn and Zeileis
2008). So the choice of the split is paid for, whatever the distribution of the values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_PERIODS = 6
"""With fewer, a change looks like a single period that stands out."""
PERMUTATIONS = 9_999
"""At most; the smallest p-value, 0.0001, is significant as the only one of 400 series."""
EXCEEDANCES = 20
"""Permutations as extreme as the series after which no more are drawn (Besag and Clifford 1991): p is known
within a fifth, and below 0.002 none is saved."""
SEED = 20_241_024
"""Fixed, so that a series has the same p-value in each run and beside whatever other series."""
VALUES_AT_ONCE = 2_000_000
"""Numbers permuted at a time: 16 MB."""
ROUNDING = 1e-9
"""Relative difference at which two statistics are equal."""


class Change(NamedTuple):
    """The first of the periods after a change, the mean after it minus that before it, and its p-value."""

    period: int
    difference: float
    p_value: float


def change_point(values: NDArray[np.float64], periods: NDArray[np.int64], fewest: int) -> Change | None:
    """The likeliest point of change of a series; None if it is too short, or has one value throughout.

    Args:
        values: float array (stories,), sorted by period.
        periods: int array (stories,), not decreasing.
        fewest: stories that there must be on each side of a split.
    """
    present, starts = np.unique(periods, return_index=True)
    if len(present) < FEWEST_PERIODS or np.ptp(values) < ROUNDING:
        return None
    size = len(values)
    allowed = (starts >= fewest) & (size - starts >= fewest)
    if not allowed.any():
        return None
    centred = values - values.mean()
    # With the same values in any order, |t| grows with the between-groups sum of squares.
    weights = np.where(allowed, size / np.maximum(starts * (size - starts), 1), 0.0)
    observed = _between(centred[None, :], starts, weights)[0]
    split = int(np.where(allowed, observed, -1.0).argmax())
    before, after = np.split(values, [starts[split]])
    p_value = _p_value(centred, starts, weights, float(observed[split]))
    return Change(int(present[split]), float(after.mean() - before.mean()), p_value)


def _between(
    rows: NDArray[np.float64], starts: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The between-groups sum of squares of each split, (rows, periods), of values with mean 0."""
    sums = np.add.reduceat(rows, starts, axis=1)
    before = np.cumsum(sums, axis=1) - sums
    return np.asarray(np.square(before) * weights)


def _p_value(
    centred: NDArray[np.float64], starts: NDArray[np.int64], weights: NDArray[np.float64], observed: float
) -> float:
    random = np.random.default_rng(SEED)
    drawn = exceeded = 0
    while drawn < PERMUTATIONS:
        # A series without a change seldom needs many, so each batch doubles what was drawn.
        rows = min(PERMUTATIONS - drawn, max(1, VALUES_AT_ONCE // len(centred)), max(drawn, 4 * EXCEEDANCES))
        permuted = random.permuted(np.tile(centred, (rows, 1)), axis=1)
        largest = _between(permuted, starts, weights).max(axis=1)
        exceeding = np.flatnonzero(largest >= observed * (1 - ROUNDING))
        if exceeded + len(exceeding) >= EXCEEDANCES:
            return EXCEEDANCES / (drawn + int(exceeding[EXCEEDANCES - exceeded - 1]) + 1)
        exceeded += len(exceeding)
        drawn += rows
    return (exceeded + 1) / (PERMUTATIONS + 1)
