"""Means over articles and their differences, with intervals and p-values that depend on no seed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.compare.clusters import Clustered, design_effect, difference_variance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.compare.clusters import Side, Values

SIDES = (1.0, -1.0, 0.0)
"""What an article that supports, opposes or is neutral adds to the net stance."""
YES_NO = (1.0, 0.0)
"""What an article with and without a mention adds to the mention rate."""
SMOOTHING = 0.5
"""Articles added at each value: Jeffreys' prior. Without it, five articles that all oppose would have an
interval of width zero."""
TAIL = 0.025
"""Share beyond each end of an interval: the field's usual 95 %."""
NORMAL = 1.959964
"""The quantile of the normal distribution that leaves out TAIL."""
NORMAL_BEYOND = 10_000
"""Articles; with more, the normal interval is within a hundredth of its width of the exact one."""
FEWEST_CLUSTERS = 6
"""With fewer, no test of a difference: the degrees of freedom are below 5 and the variance a guess."""
ROUNDING = 1e-9
"""Distance from a whole value at which an article counts as having it."""


class Estimate(NamedTuple):
    """A mean with its 95 % interval; `deff` is the design effect, `clusters` what the interval rests on."""

    mean: float
    low: float
    high: float
    clusters: int
    deff: float


class Contrast(NamedTuple):
    """A difference of two means with its 95 % interval and two-sided p-value; NaN without a test."""

    difference: float
    low: float
    high: float
    p_value: float
    clusters: int
    reachable: bool
    """Whether any outcome of so many articles would have a p-value below 0.05."""


def estimate(side: Side, support: Sequence[float] = SIDES) -> Estimate:
    """The mean of a group and its interval.

    If each article has one of the values of `support`, the interval is that of the exact distribution of a
    sum of draws from the group's shares, half an article added to each; the draws are the articles divided by
    the design effect. Its ends are mid-p quantiles (Lancaster 1961). Otherwise it is a t interval over
    so many articles, and no narrower than a normal one whose variance has the same articles added. Either way
    it holds the mean.

    Args:
        side: the articles of the group, at least one, values within the range of `support`.
        support: the values that one passage can have.
    """
    mean = float(side.values.mean())
    deff, clusters = design_effect(side) if side.clusterings else (1.0, side.size)
    size = max(1, round(side.size / deff))
    shares = _shares(side.values, support)
    if shares is not None:
        low, high = exact_interval(shares, size, support)
    else:
        sampled = _t_quantile(max(size - 1, 1)) * math.sqrt(_sample_variance(side.values) / size)
        half = max(sampled, NORMAL * math.sqrt(_smoothed(side.values, support, size) / size))
        low, high = mean - half, mean + half
    return Estimate(
        mean, max(min(low, mean), min(support)), min(max(high, mean), max(support)), clusters, deff
    )


def exact_interval(shares: NDArray[np.float64], size: int, support: Sequence[float]) -> tuple[float, float]:
    """The central 95 % of the mean of draws from smoothed shares.

    Args:
        shares: float array (values,), of the articles with each value of `support`; sums to 1.
        size: number of draws.
        support: (1, -1, 0) or (1, 0).
    """
    smoothed = (shares * size + SMOOTHING) / (size + SMOOTHING * len(shares))
    values = np.array(support)
    if size > NORMAL_BEYOND:
        centre = float(smoothed @ values)
        half = NORMAL * math.sqrt(float(smoothed @ np.square(values) - centre**2) / size)
        return centre - half, centre + half
    lowest = int(min(support))
    places = (int(max(support)) - lowest) * size + 1
    one = np.zeros(places)
    one[(values - lowest).astype(int)] = smoothed
    # The power of the transform is the transform of the convolution of so many; exact to 1e-15.
    probabilities = np.fft.irfft(np.fft.rfft(one) ** size, places)
    middle = np.cumsum(probabilities) - probabilities / 2
    low, high = np.interp([TAIL, 1 - TAIL], middle, np.arange(places))
    return float(low) / size + lowest, float(high) / size + lowest


def contrast(first: Side, second: Side, support: Sequence[float] = SIDES) -> Contrast:
    """The difference of two groups' means, by Welch's test or, with clusters, the cluster-robust t test.

    The variance of an article on each side is the larger of the sample's and the smoothed one (half an
    article added to each value). Clusters scale it by the ratio of the cluster-robust variance to that of
    independent articles; a cluster that is on both sides, such as a story in two languages, pairs itself.
    The variance is never below that of as many clusters that are all alike, half a cluster added to each
    value.

    Args:
        first, second: the groups, each of at least one article.
        support: the values that one passage can have.
    """
    difference = float(first.values.mean() - second.values.mean())
    raw = [_sample_variance(side.values) for side in (first, second)]
    spreads = [
        max(sample, _smoothed(side.values, support, side.size))
        for sample, side in zip(raw, (first, second), strict=True)
    ]
    independent = spreads[0] / first.size + spreads[1] / second.size
    clusterings = [np.concatenate(pair) for pair in zip(first.clusterings, second.clusterings, strict=True)]
    if any(len(np.unique(codes)) < len(codes) for codes in clusterings):
        robust = difference_variance(first, second, (spreads[0], spreads[1]), clusterings)
        unsmoothed = raw[0] / first.size + raw[1] / second.size
        # If all articles of a side are alike, their clusters show no correlation; take them to be copies.
        ratio = (
            robust.variance / unsmoothed if unsmoothed > 0 else (first.size + second.size) / robust.clusters
        )
        # Clusters that differ alike between the sides do not make the difference certain.
        floor = _smoothed(np.zeros(robust.clusters), support, robust.clusters) / robust.clusters
        clustered = Clustered(max(independent * ratio, floor), robust.clusters, robust.degrees)
    else:
        clustered = Clustered(independent, first.size + second.size, _welch(spreads, first.size, second.size))
    if clustered.clusters < FEWEST_CLUSTERS:
        return Contrast(difference, math.nan, math.nan, math.nan, clustered.clusters, reachable=False)
    half = _t_quantile(clustered.degrees) * math.sqrt(clustered.variance)
    width = max(support) - min(support)
    low, high = max(difference - half, -width), min(difference + half, width)
    p_value = _p_value(difference, clustered)
    return Contrast(
        difference, low, high, p_value, clustered.clusters, _reachable(first, second, support, clustered)
    )


def _reachable(first: Side, second: Side, support: Sequence[float], clustered: Clustered) -> bool:
    """Whether total separation of so many articles would have a p-value below 0.05."""
    ends = max(support), min(support)
    variance = sum(
        _smoothed(np.full(side.size, end), support, side.size) / side.size
        for side, end in zip((first, second), ends, strict=True)
    )
    extreme = Clustered(variance, clustered.clusters, min(clustered.degrees, first.size + second.size - 2))
    return _p_value(ends[0] - ends[1], extreme) < 2 * TAIL


def _p_value(difference: float, clustered: Clustered) -> float:
    """Two-sided p-value of a difference under the t distribution."""
    if difference == 0:
        return 1.0
    from scipy.special import stdtr

    return float(2 * stdtr(clustered.degrees, -abs(difference) / math.sqrt(clustered.variance)))


def _t_quantile(degrees: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 1 - TAIL))


def _welch(spreads: Sequence[float], first: int, second: int) -> float:
    """Degrees of freedom of the difference of two independent means (Welch 1947)."""
    parts = spreads[0] / first, spreads[1] / second
    below = sum(part**2 / max(size - 1, 1) for part, size in zip(parts, (first, second), strict=True))
    return sum(parts) ** 2 / below


def _sample_variance(values: Values) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _smoothed(values: Values, support: Sequence[float], size: int) -> float:
    """The variance of an article's value, half an article added at each value of the support.

    Args:
        values: float array (n,).
        support: the values added.
        size: independent articles that the n are worth.
    """
    added, weight = np.array(support), size / len(values)
    total = size + SMOOTHING * len(added)
    mean = (values.sum() * weight + added.sum() * SMOOTHING) / total
    squares = np.square(values - mean).sum() * weight + np.square(added - mean).sum() * SMOOTHING
    return float(squares / total)


def _shares(values: Values, support: Sequence[float]) -> Values | None:
    """The share of each value of the support, or None if an article has another value."""
    counts = np.array([np.count_nonzero(np.abs(values - value) < ROUNDING) for value in support])
    return counts / len(values) if counts.sum() == len(values) else None
