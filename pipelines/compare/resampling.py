"""Uncertainty of a net stance: bootstrap intervals and permutation tests over articles.

Each article has one label, so a resample of articles is fully described by its count of each label, and
thousands of resamples of a million articles cost no more than of ten.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMOOTHING = 0.5  # articles added to each label: Jeffreys' prior, see bootstrap
CONFIDENCE = 0.95  # share of the replicates that an interval holds: the field's usual level
ROUNDING = 1e-12  # largest difference of two net stances taken as equal: errors of float64 are below 1e-15


class Interval(NamedTuple):
    """A 95% interval."""

    low: float
    high: float


def net_stance(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Net stance: the share that supports minus the share that opposes.

    Args:
        counts: int array (..., 3) of articles that support, oppose and are neutral; each row sums to
            more than 0.

    Returns:
        float array (...,), in [-1, 1].
    """
    supports, opposes, neutral = counts[..., 0], counts[..., 1], counts[..., 2]
    # Added by name, since numpy takes three times as long to sum over an axis of three.
    net: NDArray[np.float64] = (supports - opposes) / (supports + opposes + neutral)
    return net


def bootstrap(counts: NDArray[np.int64], replicates: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Net stance of resamples of a group's articles.

    Articles are drawn from the group's shares of the three labels with half an article added to each
    (Jeffreys' prior): without it, five articles that all oppose would have an interval of width zero.

    Args:
        counts: int array (3,) of articles that support, oppose and are neutral.
        replicates: number of resamples.
        rng: source of randomness.

    Returns:
        float array (replicates,), in [-1, 1].
    """
    smoothed = counts + SMOOTHING
    return net_stance(rng.multinomial(counts.sum(), smoothed / smoothed.sum(), size=replicates))


def interval(replicates: NDArray[np.float64], estimate: float) -> Interval:
    """The percentile interval, widened if needed to hold the estimate.

    Args:
        replicates: float array (replicates,) of the statistic on resamples.
        estimate: the statistic on the articles themselves, in the same unit.

    See Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(replicates, [tail, 1 - tail])
    return Interval(min(float(low), estimate), max(float(high), estimate))


def permutation_p_value(
    group: NDArray[np.int64], other: NDArray[np.int64], replicates: int, rng: np.random.Generator
) -> float:
    """The share of random assignments of the articles to the two groups that differ as much as the two do.

    Args:
        group, other: int arrays (3,) of articles that support, oppose and are neutral.
        replicates: number of random assignments.
        rng: source of randomness.

    Returns:
        A two-sided p-value in (0, 1]; see Phipson and Smyth (2010) on why it is never 0.
    """
    observed = abs(float(net_stance(group) - net_stance(other)))
    both = group + other
    first = rng.multivariate_hypergeometric(both, int(group.sum()), size=replicates)
    differences = np.abs(net_stance(first) - net_stance(both - first))
    return float((1 + np.sum(differences >= observed - ROUNDING)) / (1 + replicates))


def cell_rng(seed: int, *cell: str) -> np.random.Generator:
    """The random generator of one cell, which depends on no other cell."""
    digest = hashlib.sha256("\x1f".join((str(seed), *cell)).encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, dtype=np.uint32))
