"""Judgements joined with their passages and articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


REPEATED = ("title", "url", "story", "outlet", "published")
"""Texts of an article that each of its passages has in the table."""
NOT_ABOUT = "none"
"""`about` of a passage that is about none of the targets of its row; it has no judgement."""


def evidence_rows(
    articles: pd.DataFrame, passages: pd.DataFrame, judgements: pd.DataFrame, targets: Sequence[str]
) -> pd.DataFrame:
    """One row for each passage and target with its judgement, if it has one, and its article.

    Args:
        articles: one row each.
        passages: one row each, with the fields of `Passage`.
        judgements: one row each, with the fields of `Judgement`.
        targets: names.

    Returns:
        The columns of all three, sorted by article and place in it. `about` is that of the row's target;
        `label` is empty without a judgement; `position` is in [0, 1] of the article; `flags` is one text;
        `article` is the article's place in the frame; `article_label` is information that decides nothing.

    Raises:
        MergeError: two passages or two articles have the same id.
    """
    import pandas as pd

    # Texts of a few values, and those of articles, are codes before they are repeated for each passage.
    abouts = [dict(about) for about in passages["about"]]
    passages = passages.drop(columns="about").assign(flags=passages["flags"].map(" ".join))
    pairs = pd.concat(
        [
            passages.assign(target=name, about=[about.get(name, NOT_ABOUT) for about in abouts])
            for name in targets
        ]
    )
    del abouts
    articles = articles.assign(
        article=range(len(articles)),
        **{name: articles[name].astype("category") for name in REPEATED if name in articles},
    ).rename(columns={"id": "article_id"})
    judgements = judgements.rename(columns={"passage_id": "id"})
    joined = pairs.merge(judgements, on=["id", "target"], how="left", validate="one_to_one").drop(
        columns="id"
    )
    del pairs
    joined = joined.merge(articles, on="article_id", suffixes=("", "_article"), validate="many_to_one")
    joined["label"] = joined["label"].fillna("")
    for column in ("choice", "confidence"):  # absent in judgements that were not made by this version
        joined[column] = joined.get(column)
    joined["position"] = joined["start"].clip(lower=0) / joined["characters"]
    order = ["language", "article_id", "start", "actor", "target"]
    rows = joined.sort_values(order, kind="stable", ignore_index=True)
    del joined
    labels = article_labels(rows[rows["label"] != ""])
    key = ["article_id", "actor", "target"]
    of_row = labels.set_index(key)["article_label"].reindex(pd.MultiIndex.from_frame(rows[key]))
    rows["article_label"] = of_row.astype(object).fillna("").to_numpy()
    return rows


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
    return pd.DataFrame({"article_label": label}, index=counts.index).reset_index()
