"""Differences between each group of articles and its reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.compare.estimates import SIDES, Contrast, contrast
from pipelines.compare.groups import ALL, REST, Comparison, comparisons
from pipelines.compare.units import Values, side
from pipelines.compare.views import fragile, same

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from pipelines.compare.clusters import Side
    from pipelines.compare.groups import Grouping
    from pipelines.compare.stance import Block, Groups
    from pipelines.compare.units import Frame
    from pipelines.compare.views import View
    from pipelines.config import Compare

    _Both = tuple[Values | None, Values | None]

SIGNIFICANT = 0.05
"""Largest share of false discoveries accepted among the significant differences: the field's usual 5 %."""
FEW_CLUSTERS = "only {} clusters of articles that are not independent: no test"
UNREACHABLE = "too few articles for any difference to be significant"


def difference_rows(block: Block, frame: Frame, settings: Compare) -> Iterator[dict[str, Any]]:
    """One row for each comparison of groups whose reference has enough articles.

    Args:
        block: an actor, target and grouping.
        frame: groupings, clusters and copies.
        settings: references, and the minimum size.
    """
    if block.grouping.by == ALL:
        return
    readings = iter(block.views)
    view, groups = next(readings)
    main = Sides(groups)
    del groups
    of_pair: dict[Comparison, _Difference] = {}
    for pair in comparisons(block.grouping, settings.reference):
        group, reference = main.of(pair)
        if reference is not None and len(reference.article) >= settings.minimum_articles:
            of_pair[pair] = _Difference(frame, settings.minimum_articles, view, group, reference)
    for view, groups in readings:
        sides = Sides(groups)
        for pair, difference in of_pair.items():
            difference.add(view, sides.of(pair), main.of(pair))
    for pair, difference in of_pair.items():
        row = block.cell(pair.group)._asdict() | {"reference": reference_name(block.grouping, pair)}
        yield row | difference.row


def reference_name(grouping: Grouping, pair: Comparison) -> str:
    """The name of what a group is compared with."""
    return REST if pair.reference is None else grouping.names[pair.reference]


class Sides:
    """The values of each group of a grouping, and of all others together.

    Args:
        groups: the units of each group, by its number.
    """

    def __init__(self, groups: Groups) -> None:
        self._groups = {group: Values(of.article, of.net, of.probable) for group, of in groups.items()}
        if not groups:
            return
        every = Values._make(np.concatenate(columns) for columns in zip(*self._groups.values(), strict=True))
        # By article, so that sums do not depend on the groups' names.
        order = np.argsort(every.article, kind="stable")
        owners = np.repeat(list(groups), [len(units.article) for units in groups.values()])
        self._every, self._owners = every.only(order), owners[order]

    def of(self, pair: Comparison) -> _Both:
        """The values of a group, and of its reference; None of a side without any."""
        group = self._groups.get(pair.group)
        if pair.reference is not None or not self._groups:
            return group, None if pair.reference is None else self._groups.get(pair.reference)
        rest = self._every.only(self._owners != pair.group)
        return group, rest if len(rest.article) else None


class _Difference:
    """A comparison of two groups, in the evidence as it is and then in each other view.

    Args:
        frame: for the clusters.
        minimum: articles of a group that is compared.
        view: the first.
        group, reference: what is compared, in that view.
    """

    def __init__(
        self, frame: Frame, minimum: int, view: View, group: Values | None, reference: Values
    ) -> None:
        self._frame, self._minimum = frame, minimum
        self._others: list[tuple[str, int | None]] = []
        self._outcome = self._between(view, group, reference)
        number = 0 if group is None else len(group.article)
        self._row: dict[str, Any] = {"articles": number, "reference_articles": len(reference.article)}
        if group is None or self._outcome is None:
            self._row["note"] = f"{number or 'no'} articles, fewer than {minimum}"
        else:
            self._row |= estimates(self._outcome) | {
                "paired_stories": paired_stories(group, reference, frame),
                "validated": all(frame.all_validated(of.article) for of in (group, reference)),
            }  # fmt: skip

    def add(self, view: View, sides: _Both, main: _Both) -> None:
        """Compare the groups in another view; `main` are they in the first."""
        if self._outcome is not None and (view.probable or not all(map(same, sides, main))):
            other = self._between(view, *sides)
            self._others.append((view.name, None if other is None else _state(other)))

    @property
    def row(self) -> dict[str, Any]:
        """What the table says of the comparison."""
        if self._outcome is None:
            return self._row
        return self._row | {"fragile": fragile(_state(self._outcome), self._others)}

    def _between(self, view: View, group: Values | None, reference: Values | None) -> Contrast | None:
        if group is None or reference is None:
            return None
        if min(len(group.article), len(reference.article)) < self._minimum:
            return None
        first, second = (side(of, self._frame, probable=view.probable) for of in (group, reference))
        return contrast(first, second)


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


def paired_stories(first: Values | None, second: Values | None, frame: Frame) -> int:
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
