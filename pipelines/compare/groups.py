"""Groups of articles, and the counts of their labels, which every table shares."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

ALL = "all"  # the grouping, and its only group, of all articles
UNKNOWN = "unknown"  # the group of articles without the field that they are grouped by
DAY, MONTH, YEAR = 10, 7, 4
"""Characters of an ISO 8601 date that name its day, month and year."""

Groups = dict[str, list[str]]
"""The names of the groups of each grouping, in the order of the tables."""


class Cell(NamedTuple):
    """The actor, target and group of articles of one row of a table."""

    actor: str
    target: str
    group_by: str
    group: str


Counts = dict[Cell, "NDArray[np.int64]"]
"""For each cell int array (4,): articles that support, oppose, are neutral and are unclear."""


def with_groups(articles: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Articles with one column for each grouping and for all, prefixed by `by_`."""
    import pandas as pd

    day = articles["published"].fillna("").where(lambda s: s.str.match(r"\d{4}-\d{2}-\d{2}"), "")
    times = {"day": day.str[:DAY], "month": day.str[:MONTH], "year": day.str[:YEAR]}
    columns = {ALL: pd.Series(ALL, index=articles.index), **times}
    groups = {f"by_{name}": columns[name] if name in columns else articles[name] for name in [ALL, *by]}
    return articles.assign(
        **{name: values.fillna("").replace("", UNKNOWN) for name, values in groups.items()}
    )


def group_names(articles: pd.DataFrame, by: Iterable[str]) -> Groups:
    """The groups of each grouping, sorted by name."""
    return {name: sorted(articles[f"by_{name}"].unique()) for name in by}


def label_counts(
    labels: pd.DataFrame,
    articles: pd.DataFrame,
    actors: Sequence[str],
    targets: Sequence[str],
    groups: Groups,
) -> Counts:
    """Articles of each label in each cell, in the order of the tables; a cell without articles has zeros.

    Args:
        labels: one row for each article, actor and target: article_id, actor, target, label.
        articles: with a column for each grouping.
        actors: names, in the order of the tables.
        targets: names, in the order of the tables.
        groups: the groups of the articles by grouping.
    """
    names = [(by, group) for by, members in groups.items() for group in members]
    cells = (Cell(actor, target, *name) for actor, target, name in product(actors, targets, names))
    counts: Counts = dict.fromkeys(cells, np.zeros(len(LABELS) + 1, dtype=np.int64))
    joined = labels.merge(articles, left_on="article_id", right_on="id")
    for by in groups:
        sizes = joined.groupby(["actor", "target", f"by_{by}", "label"]).size().unstack(fill_value=0)
        sizes = sizes.reindex(columns=[*LABELS, "unclear"], fill_value=0)
        for (actor, target, group), row in zip(sizes.index, sizes.to_numpy(), strict=True):
            cell = Cell(actor, target, by, group)
            if cell in counts:
                counts[cell] = row
    return counts
