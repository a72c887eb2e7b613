"""Variances of means of articles that are not independent."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Clustered(NamedTuple):
    """A variance, and the smallest number of clusters over the clusterings."""

    variance: float
    clusters: int


def clustered_variance(influence: NDArray[np.float64], clusterings: Sequence[NDArray[np.int64]]) -> Clustered:
    """The variance of the sum of influence values, by clusters.

    Args:
        influence: float array (articles,), which sums to about 0.
        clusterings: none, one or two int arrays (articles,) of cluster numbers.

    See Cameron, Gelbach and Miller (2011), Robust inference with multiway clustering.
    """
    if not clusterings:
        return _one_way(influence, np.arange(len(influence)))
    ways = [_one_way(influence, clusters) for clusters in clusterings]
    fewest = min(way.clusters for way in ways)
    if len(ways) == 1:
        return ways[0]
    both = np.unique(np.column_stack(clusterings), axis=0, return_inverse=True)[1].ravel()
    variance = sum(way.variance for way in ways) - _one_way(influence, both).variance
    return Clustered(max(variance, *(way.variance for way in ways)), fewest)


def _one_way(influence: NDArray[np.float64], clusters: NDArray[np.int64]) -> Clustered:
    names, numbers = np.unique(clusters, return_inverse=True)
    sums = np.bincount(numbers, weights=influence, minlength=len(names))
    size = len(names)
    return Clustered(float(size / max(size - 1, 1) * (sums**2).sum()), size)
