"""Differences between each group of articles and its reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.compare.estimates import SIDES, Contrast, contrast
from pipelines.compare.groups import ALL, REST, Comparison, comparisons
from pipelines.compare.units import Units, side
from pipelines.compare.views import fragile, same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from pipelines.compare.clusters import Side
    from pipelines.compare.groups import Grouping
    from pipelines.compare.stance import Block, Groups
    from pipelines.compare.units import Frame
    from pipelines.compare.views import View
    from pipelines.config import Compare

SIGNIFICANT = 0.05
"""Largest share of false discoveries accepted among the significant differences: the field's usual 5 %."""
FEW_CLUSTERS = "only {} clusters of articles that are not independent: no test"
UNREACHABLE = "too few articles for any difference to be significant"


def difference_rows(all_blocks: Iterable[Block], frame: Frame, settings: Compare) -> Iterator[dict[str, Any]]:
    """One row for each actor, target and comparison of groups whose reference has enough articles.

    Args:
        all_blocks: of the comparison.
        frame: groupings, clusters and copies.
        settings: references, and the minimum size.
    """
    for block in all_blocks:
        if block.grouping.by == ALL:
            continue
        views = [(view, Sides(groups)) for view, groups in block.views]
        for pair in comparisons(block.grouping, settings.reference):
            each = [(view, sides.of(pair)) for view, sides in views]
            group, reference = each[0][1]
            if reference is None or len(reference.article) < settings.minimum_articles:
                continue
            row = block.cell(pair.group)._asdict() | {"reference": reference_name(block.grouping, pair)}
            row["articles"] = 0 if group is None else len(group.article)
            row["reference_articles"] = len(reference.article)
            yield row | _difference(each, frame, settings)


def reference_name(grouping: Grouping, pair: Comparison) -> str:
    """The name of what a group is compared with."""
    return REST if pair.reference is None else grouping.names[pair.reference]


class Sides:
    """The units of each group of a grouping, and of all others together.

    Args:
        groups: the units of each group, by its number.
    """

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        if not groups:
            return
        every = Units._make(np.concatenate(columns) for columns in zip(*groups.values(), strict=True))
        # By article, so that sums do not depend on the groups' names.
        order = np.argsort(every.article, kind="stable")
        owners = np.repeat(list(groups), [len(units.article) for units in groups.values()])
        self._every, self._owners = every.only(order), owners[order]

    def of(self, pair: Comparison) -> tuple[Units | None, Units | None]:
        """The units of a group, and of its reference; None of a side without any."""
        group = self._groups.get(pair.group)
        if pair.reference is not None or not self._groups:
            return group, None if pair.reference is None else self._groups.get(pair.reference)
        rest = self._every.only(self._owners != pair.group)
        return group, rest if len(rest.article) else None


def _difference(
    each: Sequence[tuple[View, tuple[Units | None, Units | None]]], frame: Frame, settings: Compare
) -> dict[str, Any]:
    def between(view: View, sides: tuple[Units | None, Units | None]) -> Contrast | None:
        group, reference = sides
        if group is None or reference is None:
            return None
        if min(len(group.article), len(reference.article)) < settings.minimum_articles:
            return None
        first, second = (side(units, frame, probable=view.probable) for units in (group, reference))
        return contrast(first, second)

    main = each[0][1]
    outcome = between(*each[0])
    if outcome is None:
        number = 0 if main[0] is None else len(main[0].article)
        return {"note": f"{number or 'no'} articles, fewer than {settings.minimum_articles}"}
    others = [
        (view.name, between(view, sides))
        for view, sides in each[1:]
        if view.probable or not all(map(same, sides, main))
    ]
    states = [(name, None if other is None else _state(other)) for name, other in others]
    shared = paired_stories(*main, frame)
    return estimates(outcome) | {
        "paired_stories": shared, "fragile": fragile(_state(outcome), states),
        "validated": all(of is not None and frame.all_validated(of.article) for of in main),
    }  # fmt: skip


def estimates(outcome: Contrast) -> dict[str, Any]:
    """The columns of a difference, with a note if it has no test or no hope."""
    row: dict[str, Any] = {
        "difference": outcome.difference, "low": outcome.low, "high": outcome.high,
        "p_value": outcome.p_value, "clusters": outcome.clusters,
    }  # fmt: skip
    if np.isnan(outcome.p_value):
        return row | {"note": FEW_CLUSTERS.format(outcome.clusters)}
    return row if outcome.reachable else row | {"note": UNREACHABLE}


def _state(of: Contrast) -> int:
    """1 or -1 for a difference with a p-value below 0.05, else 0."""
    return int(np.sign(of.difference)) if of.p_value < SIGNIFICANT else 0


def paired_stories(first: Units | None, second: Units | None, frame: Frame) -> int:
    """The number of stories that have articles on both sides."""
    if first is None or second is None or frame.stories is None:
        return 0
    both = np.intersect1d(frame.stories[first.article], frame.stories[second.article])
    return int((both >= 0).sum())


def rate_difference(first: Side, second: Side, support: Sequence[float] = SIDES) -> dict[str, Any]:
    """The columns of a difference of two rates."""
    return estimates(contrast(first, second, support))


def with_q_values(differences: pd.DataFrame) -> pd.DataFrame:
    """Add q-values over all tested differences (Benjamini and Hochberg 1995), and which are significant.

    Differences that no outcome of so many articles could make significant are not among the tested: they
    would only raise the q-values of the others.

    Args:
        differences: the table, with an empty `p_value` in rows that were not tested; it is changed in place.

    Returns:
        The same table; `q_value` and `significant` stay empty in rows that were not tested.
    """
    tested = differences["p_value"].notna() & (differences["note"] != UNREACHABLE)
    if tested.any():
        from scipy.stats import false_discovery_control

        q_values = false_discovery_control(differences.loc[tested, "p_value"].astype(float))
        differences.loc[tested, "q_value"] = q_values
        differences["significant"] = differences["significant"].astype(object)
        differences.loc[tested, "significant"] = [bool(q < SIGNIFICANT) for q in q_values]
    return differences
