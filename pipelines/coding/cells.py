"""The rows of the corrected tables: groups of articles of one actor and target, and their references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.coding.means import FEWEST_CLUSTERS, Corpus, estimate, group_of, shares_of
from pipelines.compare.differences import REST
from pipelines.compare.groups import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from pipelines.coding.means import Group
    from pipelines.compare.groups import Groups
    from pipelines.config import Compare

FEWEST_CODES = 10
"""Codes of a group below which it has no corrected estimate: with 6 to 10 codes, simulated intervals still
cover 0.95, with fewer down to 0.8."""
MOST_UNCODED = 0.01
"""Weight of passages whose language or label nobody coded, above which a group has no corrected estimate: the
machine alone speaks for them, and can be off by their weight times 2."""
TOO_FEW_CLUSTERS = f"fewer than {FEWEST_CLUSTERS} clusters: no p-value"


class Cells:
    """The groups of articles of one actor and target."""

    def __init__(
        self, corpus: Corpus, rows: pd.DataFrame, groups: Groups, settings: Compare, pair: Mapping[str, Any]
    ) -> None:
        self.corpus, self.rows, self.groups, self.settings, self.pair = corpus, rows, groups, settings, pair
        self.members: dict[tuple[str, str], Group] = {}
        for by, names in groups.items():
            column = rows[f"by_{by}"]
            for name in names:
                positions = rows.index[column == name].to_numpy(np.int64)
                if len(positions):
                    self.members[by, name] = group_of(corpus, positions)

    def estimates(self) -> Iterator[dict[str, Any]]:
        """The rows of corrected.csv; a group without articles has none."""
        for (by, name), group in self.members.items():
            row: dict[str, Any] = {
                **self.pair, "group_by": by, "group": name, "articles": len(group.articles),
                "passages": group.passages, "machine_net": group.machine, "coded": group.coded,
                "note": self._shortage(group),
            }  # fmt: skip
            if not row["note"]:
                whole = estimate(self.corpus, group)
                row |= shares_of(group) | {
                    "net": min(max(whole.value, -1), 1), "low": whole.low, "high": whole.high,
                    "clusters": whole.clusters, "deff": whole.deff,
                    "method": self.corpus.outcomes.method, "gain": whole.gain,
                }  # fmt: skip
            yield row

    def differences(self) -> Iterator[dict[str, Any]]:
        """The rows of corrected_differences.csv, without p-values for fewer than 6 clusters."""
        for by, name, reference in references(self.groups, self.settings):
            group, other = self.members.get((by, name)), self._reference(by, name, reference)
            if group is None or other is None:
                continue
            row: dict[str, Any] = {
                **self.pair, "group_by": by, "group": name, "reference": reference,
                "articles": len(group.articles), "reference_articles": len(other.articles),
                "machine_difference": group.machine - other.machine,
                "coded": group.coded, "reference_coded": other.coded,
                "note": self._shortage(group) or self._shortage(other),
            }  # fmt: skip
            if not row["note"]:
                between = estimate(self.corpus, group, other)
                row |= {
                    "difference": between.value, "low": between.low, "high": between.high,
                    "p_value": between.p_value, "clusters": between.clusters,
                    "paired_stories": self._paired(group, other),
                    "method": self.corpus.outcomes.method, "gain": between.gain,
                    "note": "" if between.clusters >= FEWEST_CLUSTERS else TOO_FEW_CLUSTERS,
                }  # fmt: skip
            yield row

    def _reference(self, by: str, name: str, reference: str) -> Group | None:
        if reference != REST or REST in self.groups[by]:
            return self.members.get((by, reference))
        rest = self.rows.index[self.rows[f"by_{by}"] != name].to_numpy(np.int64)
        return group_of(self.corpus, rest) if len(rest) else None

    def _paired(self, group: Group, other: Group) -> int:
        """The number of stories with articles on both sides."""
        rows = self.rows.index.to_numpy(np.int64)
        article, story = self.corpus.article[rows], self.corpus.passages.cluster[rows]
        first, second = (story[np.isin(article, side.articles)] for side in (group, other))
        return len(np.intersect1d(first, second))

    def _shortage(self, group: Group) -> str:
        if group.coded < FEWEST_CODES:
            return f"fewer than {FEWEST_CODES} codes"
        if group.uncoded > MOST_UNCODED:
            return f"{group.uncoded:.0%} of it in a language or under a label without codes"
        least = self.settings.minimum_articles
        return f"fewer than {least} articles" if len(group.articles) < least else ""


def references(groups: Groups, settings: Compare) -> Iterator[tuple[str, str, str]]:
    """Each grouping and group with what it is compared with; two groups without a reference are one row."""
    chosen: dict[str, str] = dict(settings.reference.items())
    for by, names in groups.items():
        if by == ALL or len(names) < 2:
            continue
        if by not in chosen and len(names) == 2:
            yield by, names[0], names[1]
            continue
        reference = chosen.get(by, REST)
        yield from ((by, name, reference) for name in names if name != reference)
