"""The rows of the corrected tables: groups of articles of one actor and target, and their references."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.coding.estimator import CODES
from pipelines.coding.means import estimate, group_of
from pipelines.compare.differences import FEW_CLUSTERS, reference_name
from pipelines.compare.estimates import FEWEST_CLUSTERS
from pipelines.compare.groups import ALL, comparisons

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from pipelines.coding.means import Corpus, Group
    from pipelines.compare.groups import Comparison, Grouping
    from pipelines.compare.units import Frame
    from pipelines.config import Compare

FEWEST_CODES = 10
"""Codes of a group below which it has no corrected estimate: with 6 to 10 codes, simulated intervals still
cover 0.95, with fewer down to 0.8. A group that is coded whole has one."""
MOST_UNCODED = 0.01
"""Weight of passages whose language or label nobody coded, above which a group has no corrected estimate: the
machine alone speaks for them, and can be off by their weight times 2."""


class Estimates:
    """The groups of articles of one actor and target.

    Args:
        corpus: all judged passages.
        rows: int array, the positions of those of the actor and target, at least one.
        frame: groupings and copies of the articles.
        settings: references, pooling and minimum size.
        pair: the columns actor and target.
    """

    def __init__(
        self,
        corpus: Corpus,
        rows: NDArray[np.int64],
        frame: Frame,
        settings: Compare,
        pair: Mapping[str, Any],
    ) -> None:
        self.corpus, self.rows, self.frame, self.settings, self.pair = corpus, rows, frame, settings, pair

    def estimates(self) -> Iterator[dict[str, Any]]:
        """The rows of corrected.csv; a group without articles has none."""
        for grouping in self.frame.groupings:
            for number, name in enumerate(grouping.names):
                group = self._group(grouping, number)
                if group is not None:
                    yield {**self.pair, "group_by": grouping.by, "group": name, **self._estimate(group)}

    def differences(self) -> Iterator[dict[str, Any]]:
        """The rows of corrected_differences.csv; a comparison without articles on one side has none."""
        for grouping in self.frame.groupings:
            if grouping.by == ALL:
                continue
            for pair in comparisons(grouping, self.settings.reference):
                group, other = self._group(grouping, pair.group), self._reference(grouping, pair)
                if group is not None and other is not None:
                    names = {"group": grouping.names[pair.group], "reference": reference_name(grouping, pair)}
                    yield {**self.pair, "group_by": grouping.by, **names, **self._difference(group, other)}

    def _estimate(self, group: Group) -> dict[str, Any]:
        row: dict[str, Any] = {
            "articles": len(group.articles), "passages": group.passages, "machine_net": group.machine,
            "coded": group.coded, "note": self._shortage(group),
        }  # fmt: skip
        if row["note"]:
            return row
        whole = estimate(self.corpus, group)
        # Noise can make a share a little less than 0 or more than 1.
        shares = dict(zip(CODES, np.clip(group.shares, 0, 1).tolist(), strict=True))
        return row | shares | {
            "net": whole.value, "low": whole.low, "high": whole.high,
            "clusters": whole.clusters, "deff": whole.deff,
            "method": self.corpus.outcomes.method, "gain": whole.gain,
        }  # fmt: skip

    def _difference(self, group: Group, other: Group) -> dict[str, Any]:
        row: dict[str, Any] = {
            "articles": len(group.articles), "reference_articles": len(other.articles),
            "machine_difference": group.machine - other.machine,
            "coded": group.coded, "reference_coded": other.coded,
            "note": self._shortage(group) or self._shortage(other),
        }  # fmt: skip
        if row["note"]:
            return row
        between = estimate(self.corpus, group, other)
        row |= {
            "difference": between.value, "low": between.low, "high": between.high, "p_value": between.p_value,
            "clusters": between.clusters, "paired_stories": self._paired(group, other),
            "method": self.corpus.outcomes.method, "gain": between.gain,
        }  # fmt: skip
        if between.clusters < FEWEST_CLUSTERS:
            row |= {"low": math.nan, "high": math.nan, "note": FEW_CLUSTERS.format(between.clusters)}
        return row

    def _group(self, grouping: Grouping, number: int) -> Group | None:
        """The passages of a group; None if there is none."""
        codes = grouping.codes[self.corpus.article[self.rows]]
        return self._group_of(grouping, self.rows[codes == number])

    def _reference(self, grouping: Grouping, pair: Comparison) -> Group | None:
        if pair.reference is not None:
            return self._group(grouping, pair.reference)
        codes = grouping.codes[self.corpus.article[self.rows]]
        return self._group_of(grouping, self.rows[codes != pair.group])

    def _group_of(self, grouping: Grouping, rows: NDArray[np.int64]) -> Group | None:
        if not len(rows):
            return None
        unit, copy_of = None, self.frame.copy_of
        if copy_of is not None and "outlet" not in grouping.parts:
            unit = grouping.codes * (int(copy_of.max()) + 1) + copy_of
        by_language = grouping.by == ALL and self.settings.pool == "languages"
        return group_of(self.corpus, rows, unit, by_language=by_language)

    def _paired(self, group: Group, other: Group) -> int:
        """The number of stories with articles on both sides."""
        if self.frame.stories is None:
            return 0
        both = np.intersect1d(self.frame.stories[group.articles], self.frame.stories[other.articles])
        return int((both >= 0).sum())

    def _shortage(self, group: Group) -> str:
        """Why a group has no estimate; empty if it has one."""
        if group.coded < min(FEWEST_CODES, group.passages):
            return f"fewer than {FEWEST_CODES} codes"
        if group.uncoded > MOST_UNCODED:
            return f"{group.uncoded:.0%} of it in a language or under a label without codes"
        least = self.settings.minimum_articles
        return f"fewer than {least} articles" if len(group.articles) < least else ""
