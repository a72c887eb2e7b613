"""Variance of means over articles that are not independent: of one story, or of one outlet.

The variance is the cluster-robust one that is unbiased for equal correlations of none, and its degrees of
freedom are Satterthwaite's (CR2: Bell and McCaffrey 2002; Imbens and Kolesár 2016). With three outlets on
each side, the textbook's K / (K - 1) and K - 1 degrees call twice as many differences significant as they
should.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Codes = NDArray[np.int64]


class Clustered(NamedTuple):
    """A variance, the number of clusters that it rests on, and its degrees of freedom."""

    variance: float
    clusters: int
    degrees: float


class Side(NamedTuple):
    """The articles of one group: values (n,), and their cluster in each clustering, each (n,)."""

    values: Values
    clusterings: Sequence[Codes]

    @property
    def size(self) -> int:
        """The number of articles."""
        return len(self.values)


def clustered_variance(influence: Values, clusterings: Sequence[Codes]) -> Clustered:
    """The variance of a sum of influences that correlate within clusters.

    V = K / (K - 1) times the sum over clusters of their squared sums, with K - 1 degrees; for two clusterings
    V(first) + V(second) - V(both) (Cameron, Gelbach and Miller 2011).

    Args:
        influence: float array (n,), what each article adds to the estimate, with sum 0.
        clusterings: none, one or two int arrays (n,); without any, each article is a cluster.
    """
    each = []
    for codes in _with_crossing(clusterings or [np.arange(len(influence))]):
        _, numbers = np.unique(codes, return_inverse=True)
        count = int(numbers.max()) + 1
        squares = float(np.square(np.bincount(numbers, influence)).sum())
        each.append(Clustered(count / max(count - 1, 1) * squares, count, count - 1))
    return _two_way(each)


def difference_variance(
    first: Side, second: Side, spreads: tuple[float, float], clusterings: Sequence[Codes]
) -> Clustered:
    """The variance of the difference of two means; a cluster that is on both sides pairs itself.

    Args:
        first, second: the two groups.
        spreads: variance of an article on each side, for the degrees of freedom.
        clusterings: one or two int arrays (n of the first + n of the second,).
    """
    return _two_way([_cr2(first, second, spreads, codes) for codes in _with_crossing(clusterings)])


def _cr2(first: Side, second: Side, spreads: tuple[float, float], codes: Codes) -> Clustered:
    """CR2 for a saturated regression on two groups, in closed form, by each cluster's share of its group."""
    names, numbers = np.unique(codes, return_inverse=True)
    count = len(names)
    sums, diagonal, directions, trace = np.zeros(count), np.zeros(count), [], 0.0
    for side, sign, spread, own in (
        (first, 1, spreads[0], numbers[: first.size]),
        (second, -1, spreads[1], numbers[first.size :]),
    ):
        members = np.bincount(own, minlength=count)
        # A cluster that is a whole group has residuals of sum 0 and gives no information.
        left = 1 - members / side.size
        scale = np.divide(1, np.sqrt(left), out=np.zeros(count), where=left > 0) / side.size
        sums += sign * scale * np.bincount(own, side.values - side.values.mean(), minlength=count)
        diagonal += spread * np.square(scale) * members
        directions.append(np.sqrt(spread / side.size) * scale * members)
        trace += spread / side.size
    cross = sum(np.square(direction) for direction in directions)
    squares = np.square(diagonal).sum() - 2 * (diagonal * cross).sum()
    squares += sum(float(a @ b) ** 2 for a in directions for b in directions)
    degrees = trace**2 / squares if squares > 0 else 1.0
    return Clustered(float(np.square(sums).sum()), count, max(float(degrees), 1.0))


def design_effect(side: Side) -> tuple[float, int]:
    """How much wider clusters make the variance of a mean than as many independent articles; at least 1.

    The effect is that of an intraclass correlation which is estimated from the clusters and one cluster more
    of correlation one half: two or three clusters say next to nothing about how alike their articles are.

    Args:
        side: the articles of a group, with one or two clusterings.

    Returns:
        The design effect, and the number of clusters.
    """
    each = [_one_way_effect(side, codes) for codes in _with_crossing(side.clusterings)]
    effect = each[0][0] if len(each) == 1 else each[0][0] + each[1][0] - each[2][0]
    single = each[:2]
    return max(effect, *(value for value, _ in single)), min(count for _, count in single)


PRIOR_CORRELATION, PRIOR_CLUSTERS = 0.5, 1
"""Halfway between none and copies; benchmarks/intervals.py shows the coverage that one such cluster gives."""


def _one_way_effect(side: Side, codes: Codes) -> tuple[float, int]:
    _, numbers = np.unique(codes, return_inverse=True)
    members = np.bincount(numbers)
    count = len(members)
    excess = float(np.square(members).sum()) / side.size - 1
    if excess <= 0:
        return 1.0, count
    residuals = side.values - side.values.mean()
    independent = float(np.square(residuals).sum())
    if independent == 0 or count == 1:
        return 1 + PRIOR_CORRELATION * excess, count
    left = 1 - members / side.size
    clustered = float((np.square(np.bincount(numbers, residuals)) / left).sum())
    ratio = clustered / (independent * side.size / (side.size - 1))
    correlation = min(max((ratio - 1) / excess, 0), 1)
    both = (count * correlation + PRIOR_CLUSTERS * PRIOR_CORRELATION) / (count + PRIOR_CLUSTERS)
    return 1 + both * excess, count


def _with_crossing(clusterings: Sequence[Codes]) -> list[Codes]:
    """One clustering, or two and their crossing."""
    if len(clusterings) < 2:
        return list(clusterings)
    first, second = clusterings
    return [first, second, first * (int(second.max(initial=0)) + 1) + second]


def _two_way(each: Sequence[Clustered]) -> Clustered:
    """V(first) + V(second) - V(both), and at least either; the fewest clusters and degrees."""
    if len(each) == 1:
        return each[0]
    first, second, both = each
    variance = max(first.variance + second.variance - both.variance, first.variance, second.variance)
    return Clustered(variance, min(first.clusters, second.clusters), min(first.degrees, second.degrees))
