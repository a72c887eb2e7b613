"""Judgements joined with their passages and articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.records import LABELS

if TYPE_CHECKING:
    import pandas as pd


def judgements_in_context(
    articles: pd.DataFrame, passages: pd.DataFrame, judgements: pd.DataFrame
) -> pd.DataFrame:
    """One row for each judgement with its passage and article, sorted by article and place in it.

    Args:
        articles: one row each, with a column for each grouping.
        passages: one row each, with the fields of `Passage`.
        judgements: one row each, with the fields of `Judgement`.

    Returns:
        The columns of all three; `flags` is one text, separated by spaces.

    Raises:
        MergeError: two passages or two articles have the same id.
    """
    joined = judgements.merge(passages, left_on="passage_id", right_on="id", validate="many_to_one").merge(
        articles, left_on="article_id", right_on="id", suffixes=("", "_article"), validate="many_to_one"
    )
    joined["flags"] = joined["flags"].map(" ".join)
    order = ["language", "article_id", "start", "actor", "target"]
    return joined.sort_values(order, kind="stable", ignore_index=True)


def article_labels(evidence: pd.DataFrame) -> pd.DataFrame:
    """One label for each article, actor and target, from its passages.

    The label is the stance that more of the passages take; neutral if both are taken equally often or no
    clear passage takes one; unclear if no passage is clear.
    """
    import pandas as pd

    counts = evidence.groupby(["article_id", "actor", "target", "label"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=[*LABELS, "unclear"], fill_value=0)
    supports, opposes = counts["supports"], counts["opposes"]
    none_clear = counts[list(LABELS)].sum(axis=1) == 0
    label = np.select(
        [none_clear, supports > opposes, opposes > supports], ["unclear", "supports", "opposes"], "neutral"
    )
    return pd.DataFrame({"label": label}, index=counts.index).reset_index()
