"""Articles of one day joined to the stories before them, and to each other: average linkage on pair scores.

As in news clustering online (Miranda et al. 2018, Multilingual Clustering of Streaming News), what came
before is settled, so later articles do not move earlier ones. Each day is a batch (Linger and Hajaiej 2020,
Batch Clustering for Multilingual News Streaming), in which clusters are merged from the likeliest pair down.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from pipelines.stories.pairs import cosines, scores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from pipelines.stories.pairs import Described

NEIGHBOURS = 50
"""Nearest articles that an article is compared with; in larger stories, each has that many of its own story.
Bounds time and memory if thousands of articles report one event."""
LEAST_COSINE = 0.25
"""Of the embeddings of two articles that are compared; none of 2,345 made-up pairs of one story has less."""
FLOOR = -6.0
"""Log-odds of a pair that is not compared, and the least of one that is, so that a single bad pair cannot
part two good clusters; not tuned."""
CEILING = 6.0
"""The most, so that a pair of copies cannot join two stories."""
THRESHOLD = -2.25
"""Mean log-odds from which two clusters are one story: the one, in quarters, with which the samples of the
quickstart, joined day by day, fall into their four stories. On the two made-up days of 500 articles that were
fitted on, B-cubed precision is 0.97 and 0.96 at -2, 0.96 and 0.93 at -2.5 (benchmarks/fit_stories.py)."""
UNDATED_THRESHOLD = 0.5
"""The same for articles without a day, which may be of any time, so that two are less likely of one event:
the least, in halves, with which B-cubed precision on a made-up month without dates is over 0.97."""
ROWS = 512
"""Articles whose cosines are computed at a time; changes memory only."""


def join(of: Described, settled: Sequence[int | None], threshold: float = THRESHOLD) -> list[int]:
    """The clusters of articles.

    Args:
        of: the articles of a window, in the order of publication.
        settled: of each article, the number of the story that it is known to be in, 0 or more; None for one
            that is to be joined.
        threshold: mean log-odds from which two clusters are one story.

    Returns:
        A number of each article's cluster: that of the settled story, or a new one, below 0.
    """
    pairs = list(candidates(of, np.array([number is None for number in settled])))
    first, second = (np.concatenate(side) for side in zip(*pairs, strict=True)) if pairs else (EMPTY, EMPTY)
    clusters = Clusters(settled)
    clusters.add(first, second, np.clip(scores(of, first, second), FLOOR, CEILING))
    return clusters.merged(threshold)


EMPTY: NDArray[np.int64] = np.empty(0, np.int64)


def candidates(
    of: Described, free: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Each pair of a free article and one of its nearest, once, the first before the second."""
    rows = np.flatnonzero(free)
    for start in range(0, len(rows), ROWS):
        block = rows[start : start + ROWS]
        near = cosines(of.embeddings[block], of.embeddings)
        near[np.arange(len(block)), block] = -1
        if near.shape[1] > NEIGHBOURS:
            least = np.partition(near, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS, None]
            near[near < least] = -1
        row, other = np.nonzero(near >= LEAST_COSINE)
        one = block[row]
        # If both are free and each is near the other, the pair comes twice; the graph takes it once.
        yield np.minimum(one, other), np.maximum(one, other)


class Clusters:
    """Clusters of articles, and the sums of the scores between them above FLOOR."""

    def __init__(self, settled: Sequence[int | None]) -> None:
        self.of = list(range(len(settled)))
        first: dict[int, int] = {}
        self.settled: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}
        for place, number in enumerate(settled):
            root = place if number is None else first.setdefault(number, place)
            self.members.setdefault(root, []).append(place)
            self.of[place] = root
            if number is not None:
                self.settled[root] = number
        self.sums: dict[int, dict[int, float]] = {root: {} for root in self.members}

    def add(self, first: NDArray[np.int64], second: NDArray[np.int64], score: NDArray[np.float64]) -> None:
        """Add the scores of pairs; a pair that comes twice counts once."""
        seen: set[tuple[int, int]] = set()
        for one, other, value in zip(first.tolist(), second.tolist(), score.tolist(), strict=True):
            a, b = self.of[one], self.of[other]
            if (one, other) in seen or a == b:
                continue
            seen.add((one, other))
            for root, neighbour in ((a, b), (b, a)):
                self.sums[root][neighbour] = self.sums[root].get(neighbour, 0.0) + value - FLOOR

    def merged(self, threshold: float = THRESHOLD) -> list[int]:
        """The number of each article's cluster after all merges of a mean score from the threshold on."""
        heap = [
            (-mean, a, b)
            for a, row in self.sums.items()
            for b in row
            if a < b and (mean := self._mean(a, b)) >= threshold
        ]
        heapq.heapify(heap)
        while heap:
            negative, a, b = heapq.heappop(heap)
            # An entry is stale if one of its clusters has grown or is gone.
            if b not in self.sums.get(a, ()) or -negative != self._mean(a, b):
                continue
            if a in self.settled and b in self.settled:
                continue
            for other in self._merge(a, b):
                one, two = min(a, other), max(a, other)
                if (mean := self._mean(one, two)) >= threshold:
                    heapq.heappush(heap, (-mean, one, two))
        return self._numbers()

    def _mean(self, a: int, b: int) -> float:
        """The mean score of the pairs between two clusters, those not compared at FLOOR."""
        sizes = sorted((len(self.members[a]), len(self.members[b])))
        return round(self.sums[a][b] / (sizes[0] * min(sizes[1], NEIGHBOURS)) + FLOOR, 6)

    def _merge(self, a: int, b: int) -> list[int]:
        """Merge the second cluster into the first, whose neighbours are returned."""
        self.members[a] += self.members.pop(b)
        if b in self.settled:
            self.settled[a] = self.settled.pop(b)
        row = self.sums.pop(b)
        for other, value in row.items():
            del self.sums[other][b]
            if other != a:
                self.sums[a][other] = self.sums[a].get(other, 0.0) + value
                self.sums[other][a] = self.sums[a][other]
        return list(self.sums[a])

    def _numbers(self) -> list[int]:
        numbers = [0] * len(self.of)
        for root, members in self.members.items():
            for place in members:
                numbers[place] = self.settled.get(root, -1 - min(members))
        return numbers
