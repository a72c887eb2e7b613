"""Means of groups of articles from pseudo-outcomes, their differences, and the uncertainty of both."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.coding.estimator import NET
from pipelines.compare.clusters import clustered_variance
from pipelines.compare.estimates import FEWEST_CLUSTERS, TAIL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.coding.estimator import Outcomes, Passages

FEWEST_GAPS = 10
"""Passages coded twice below which a gap between coders is not looked for. Not tuned."""
CHANCE = 2.0
"""Standard errors beyond which coders differ by more than chance: about 5 % of equal coders do."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """All judged passages with their pseudo-outcomes.

    `article`: int array (passages,) of article numbers from 0. `gap`: float array (passages,), the net of the
    first coder less that of the second, NaN unless both coded the passage and nobody settled it. `settled`:
    bool array (passages,), whether the code is adjudicated. `clusterings`: int arrays (articles,). `article`
    is a place in them.
    """

    passages: Passages
    outcomes: Outcomes
    article: NDArray[np.int64]
    gap: NDArray[np.float64]
    settled: NDArray[np.bool_]
    clusterings: tuple[NDArray[np.int64], ...]


class Group(NamedTuple):
    """The passages of a group, by article.

    `articles`: int array (n,) of article numbers, the first of those that are copies of each other; `net`:
    float array (n,), the mean of each one's pseudo-outcomes; `weights`: float array (n,), which sums to 1;
    `influence`: float array (n,), what each adds to the weighted mean, with sum 0. `shares`: float array
    (5,), the mean over articles for each of CODES. `machine` is the mean of the machine's labels. `noise` is
    the part of the variance that comes from coding a sample, `plain` the same of as many plainly drawn codes
    without a machine. `uncoded` is the weight of the passages of which nothing of the same language or label
    was coded, in [0, 1].
    """

    articles: NDArray[np.int64]
    net: NDArray[np.float64]
    weights: NDArray[np.float64]
    influence: NDArray[np.float64]
    shares: NDArray[np.float64]
    machine: float
    passages: int
    coded: int
    noise: float
    plain: float
    uncoded: float
    languages: NDArray[np.int64]


class Estimate(NamedTuple):
    """A corrected mean or difference with its 95 % interval; `p_value` is NaN if clusters are too few.

    `gain` is the number of plainly drawn codes that each code is worth with the machine's labels.
    """

    value: float
    low: float
    high: float
    p_value: float
    clusters: int
    deff: float
    gain: float


def group_of(
    corpus: Corpus,
    rows: NDArray[np.int64],
    unit: NDArray[np.int64] | None = None,
    *,
    by_language: bool = False,
) -> Group:
    """The group of these passages; each of its articles weighs one, or each of its languages.

    Args:
        corpus: that the passages are in.
        rows: their positions, at least one.
        unit: int array (articles,), the same number for articles that count as one; None if none do.
        by_language: give every language the same weight, and within it every article.
    """
    articles, place = np.unique(corpus.article[rows], return_inverse=True)
    sizes = np.bincount(place)
    _, first, member, copies = np.unique(
        articles if unit is None else unit[articles],
        return_index=True,
        return_inverse=True,
        return_counts=True,
    )
    passages, values = corpus.passages, corpus.outcomes.values[rows]
    language = np.zeros(len(articles), dtype=np.int64)
    if by_language:
        language[place] = passages.language[rows]
    _, stratum, members = np.unique(language[first], return_inverse=True, return_counts=True)
    weights = 1 / (len(members) * members[stratum])
    net = np.bincount(member, weights=np.bincount(place, weights=values @ NET) / sizes) / copies
    weight = (weights[member] / copies[member] / sizes)[place]
    return Group(
        articles[first],
        net,
        weights,
        weights * (net - (np.bincount(stratum, weights=net) / members)[stratum]),
        weight @ values,
        float(weight @ NET[passages.label[rows]]),
        len(rows),
        int(passages.coded[rows].sum()),
        *_coding_noise(corpus, rows, weight),
        float(weight @ ~corpus.outcomes.represented[rows]),
        np.unique(passages.language[rows]),
    )


def _coding_noise(
    corpus: Corpus, rows: NDArray[np.int64], weight: NDArray[np.float64]
) -> tuple[float, float]:
    """The variance from coding a sample only, as it is and for plainly drawn codes; NaN without codes."""
    coded = corpus.passages.coded[rows]
    represented = corpus.outcomes.weights[rows][coded]
    if not len(represented):
        return math.nan, math.nan
    own = weight[coded]
    noise = np.square(own * corpus.outcomes.corrections[rows][coded]) @ (1 - 1 / represented.clip(min=1))
    shares = represented / represented.sum()
    net = NET[corpus.passages.code[rows][coded]]
    mean = float((shares * own) @ net / (shares @ own))
    plain = shares @ np.square(own * len(rows) * (net - mean)) * (1 / len(net) - 1 / len(rows))
    return float(noise), float(plain)


def _gain(sides: Sequence[Group]) -> float:
    """How many plainly drawn codes have the noise of one; NaN if everything is coded.

    Plain noise is s (1 / n - 1 / N) for n of N passages, solved here for the n that has this noise.
    """
    sampled = [side for side in sides if side.coded < side.passages]
    of_codes = sum(side.plain / (1 - side.coded / side.passages) for side in sampled)
    of_all = sum(side.plain / (side.passages / side.coded - 1) for side in sampled)
    left = sum(side.noise for side in sampled) + of_all
    return of_codes / left if left > 0 else math.nan


def estimate(corpus: Corpus, group: Group, reference: Group | None = None) -> Estimate:
    """The net stance of a group, or its difference from a reference group with no article in common.

    The variance is that of the articles' influences, summed within clusters over both sides, so that a story
    which both sides tell pairs itself; a systematic gap between coders is added. The t interval has as many
    degrees of freedom as the clusters' squared sums show (Satterthwaite 1946): a few codes that weigh much
    give few.

    Args:
        corpus: what both groups were made from.
        group: at least one article.
        reference: at least one article, or None for the group's own net stance.
    """
    sides = [(group, 1)] if reference is None else [(group, 1), (reference, -1)]
    most = float(len(sides))
    value = min(max(sum(sign * float(side.weights @ side.net) for side, sign in sides), -most), most)
    influence = np.concatenate([sign * side.influence for side, sign in sides])
    articles = np.concatenate([side.articles for side, _ in sides])
    clusterings = [clusters[articles] for clusters in corpus.clusterings]
    clustered = clustered_variance(influence, clusterings)
    count = clustered.clusters
    sampling = max(clustered.variance, least_variance(count))
    variance = sampling + _coder_variance(corpus, [side for side, _ in sides])
    independent = clustered_variance(influence, []).variance
    degrees = min(
        [count - 1.0, *(_degrees(influence, c) for c in clusterings or [np.arange(len(influence))])]
    )
    half = _t_quantile(degrees) * math.sqrt(variance) if degrees >= 1 else math.inf
    return Estimate(
        value,
        max(value - half, -most),
        min(value + half, most),
        _p_value(value / math.sqrt(variance), degrees) if count >= FEWEST_CLUSTERS else math.nan,
        count,
        clustered.variance / independent if independent > 0 else 1.0,
        _gain([side for side, _ in sides]),
    )


def least_variance(clusters: int) -> float:
    """The variance of a mean of this many clusters that all say the same, half a cluster added per stance."""
    return 1 / (clusters * (clusters + 1.5))


def _degrees(influence: NDArray[np.float64], clusters: NDArray[np.int64]) -> float:
    """2 V^2 / Var(V), at least 1: the variance of V is estimated from the clusters' squared sums."""
    squares = np.square(np.bincount(np.unique(clusters, return_inverse=True)[1], weights=influence))
    spread = float(np.square(squares - squares.mean()).sum())
    return max(2 * float(squares.sum()) ** 2 / spread, 1.0) if spread > 0 else math.inf


def _coder_variance(corpus: Corpus, sides: Sequence[Group]) -> float:
    """The variance between coders of what they add to the estimate; 0 if they differ by no more than chance.

    What differs at random from passage to passage is in the spread of the codes already. Both sides are coded
    by the same people, so a habit that is the same in all languages cancels in a difference.
    """
    gap = spread = 0.0
    unsettled = []
    every = np.flatnonzero(corpus.passages.coded)
    for sign, side in zip((1, -1), sides, strict=False):
        coded = every[np.isin(corpus.passages.language[every], side.languages)]
        gaps = corpus.gap[coded]
        gaps = gaps[~np.isnan(gaps)]
        if len(gaps) < FEWEST_GAPS:
            return 0.0
        gap += sign * float(gaps.mean())
        spread += float(gaps.var(ddof=1)) / len(gaps)
        unsettled.append(1 - float(corpus.settled[coded].mean()))
    if gap**2 <= CHANCE**2 * spread or gap == 0:
        return 0.0
    # A gap between two coders has twice the variance of one coder.
    return (gap**2 - spread) / 2 * float(np.mean(unsettled)) ** 2


def _t_quantile(degrees: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 1 - TAIL))


def _p_value(statistic: float, degrees: float) -> float:
    from scipy.special import stdtr

    return float(2 * stdtr(degrees, -abs(statistic)))
