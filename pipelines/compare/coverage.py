"""How often articles have a passage of each actor, and how early in the text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from pipelines.compare.groups import Groups

NOT_NAMED = {
    "articles_with_actor": 0, "passages": 0, "quoted_share": math.nan, "first_position": math.nan,
}  # fmt: skip
"""The values of an actor without a passage in a group: counts of 0, and no share or mean of nothing."""


def coverage_rows(
    articles: pd.DataFrame, passages: pd.DataFrame, actors: Sequence[str], groups: Groups
) -> Iterator[dict[str, Any]]:
    """One row for each actor and group of articles.

    Args:
        articles: one row each: id, characters, and a column for each grouping.
        passages: one row each, with the fields of `Passage`.
        actors: names, in the order of the table.
        groups: the groups of the articles by grouping.
    """
    joined = passages.merge(articles, left_on="article_id", right_on="id")
    named = {by: _named(joined, f"by_{by}") for by in groups}
    sizes = {by: articles.groupby(f"by_{by}").size() for by in groups}
    for actor in actors:
        for by, members in groups.items():
            for group in members:
                row = named[by].get((actor, group), NOT_NAMED)
                size = int(sizes[by][group])
                yield {
                    "actor": actor, "group_by": by, "group": group, "articles": size,
                    "mention_rate": row["articles_with_actor"] / size, **row,
                }  # fmt: skip


def _named(passages: pd.DataFrame, group: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The counts, quoted share and mean first position of each actor and group with a passage."""
    passages = passages.assign(
        quoted=passages["voice"] == "quoted",
        # A title that is not part of the text is at -1.
        position=passages["start"].clip(lower=0) / passages["characters"],
    )
    rows = passages.groupby(["actor", group]).agg(passages=("id_x", "size"), quoted_share=("quoted", "mean"))
    first = passages.groupby(["actor", group, "article_id"])["position"].min().groupby(["actor", group])
    rows["articles_with_actor"] = first.size()
    # Not "mean": it adds up in another order than Series.mean and differs in the last bit.
    rows["first_position"] = first.agg(lambda positions: positions.mean())
    counts: Any = rows.to_dict("index")
    return dict(counts)
