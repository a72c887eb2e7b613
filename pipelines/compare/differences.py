"""Differences in net stance between each group of articles and its reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.compare.groups import ALL
from pipelines.compare.resampling import bootstrap, cell_rng, interval, net_stance, permutation_p_value
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.compare.groups import Cell, Counts, Groups
    from pipelines.config import Compare

REST = "rest"  # the reference of a grouping without one in the config: all articles outside the group
SIGNIFICANT = 0.05
"""Largest share of false discoveries accepted among the significant differences: the field's usual 5 %."""


def difference_rows(counts: Counts, groups: Groups, settings: Compare) -> Iterator[dict[str, Any]]:
    """One row for each cell outside the reference group; none for a grouping of a single group.

    Args:
        counts: for each cell int array (4,): articles that support, oppose, are neutral and are unclear.
        groups: the groups of the articles by grouping.
        settings: groupings, reference, minimum size, replicates and seed.
    """
    references: dict[str, str] = dict(settings.reference.items())
    for cell, labels in counts.items():
        if cell.group_by == ALL or len(groups[cell.group_by]) == 1:
            continue
        reference = references.get(cell.group_by)
        if cell.group == reference:
            continue
        # Each article is in one group of a grouping, so the rest are all articles less the group's.
        other = (
            counts.get(cell._replace(group=reference), np.zeros_like(labels))
            if reference
            else counts[cell._replace(group_by=ALL, group=ALL)] - labels
        )
        sides = labels[: len(LABELS)], other[: len(LABELS)]
        yield cell._asdict() | {"reference": reference or REST} | _difference(cell, *sides, settings)


def _difference(
    cell: Cell, group: NDArray[np.int64], reference: NDArray[np.int64], settings: Compare
) -> dict[str, Any]:
    sizes = {"articles": int(group.sum()), "reference_articles": int(reference.sum())}
    if min(sizes.values()) < settings.minimum_articles:
        return sizes
    rng = cell_rng(settings.seed, "difference", *cell)
    difference = float(net_stance(group) - net_stance(reference))
    spread = bootstrap(group, settings.replicates, rng) - bootstrap(reference, settings.replicates, rng)
    low, high = interval(spread, difference)
    p_value = permutation_p_value(group, reference, settings.replicates, rng)
    return sizes | {"difference": difference, "low": low, "high": high, "p_value": p_value}


def with_q_values(differences: pd.DataFrame) -> pd.DataFrame:
    """Add q-values over all tested differences (Benjamini and Hochberg 1995), and which are significant.

    Args:
        differences: the table, with an empty `p_value` in rows that were not tested; it is changed in place.

    Returns:
        The same table; `q_value` and `significant` stay empty in rows that were not tested.
    """
    tested = differences["p_value"].notna()
    if tested.any():
        from scipy.stats import false_discovery_control

        q_values = false_discovery_control(differences.loc[tested, "p_value"].astype(float))
        differences.loc[tested, "q_value"] = q_values
        differences["significant"] = differences["significant"].astype(object)
        differences.loc[tested, "significant"] = [bool(q < SIGNIFICANT) for q in q_values]
    return differences
