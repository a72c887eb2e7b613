"""Stage 5: tables that compare languages and outlets, made from judgements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.compare.coverage import coverage_rows
from pipelines.compare.differences import difference_rows, with_q_values
from pipelines.compare.evidence import NOT_ABOUT, article_labels, evidence_rows
from pipelines.compare.groups import ALL, group_names, label_counts, with_groups
from pipelines.compare.stance import stance_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from pipelines.compare.tables import Tables
    from pipelines.config import Compare

__all__ = ["compare"]


def compare(
    articles: pd.DataFrame,
    passages: pd.DataFrame,
    judgements: pd.DataFrame,
    actors: Sequence[str],
    targets: Sequence[str],
    settings: Compare,
    controls: pd.DataFrame | None = None,
) -> Tables:
    """All tables; rows follow the order of actors, targets, groupings and the groups' names.

    Args:
        articles: one row each: id, language, outlet, published, story, characters.
        passages: one row each, with the fields of `Passage`.
        judgements: one row each, with the fields of `Judgement`; `passage_id` refers to `passages`.
        actors: names, in the order of the tables.
        targets: names, in the order of the tables.
        settings: groupings, reference, minimum size, replicates and seed.
        controls: the rows of the table of controls, passed on unchanged; None for none.
    """
    from pipelines.compare.tables import COLUMNS, Tables, table

    grouped = with_groups(articles, settings.by)
    groups = group_names(grouped, [ALL, *settings.by])
    evidence = evidence_rows(grouped, passages, judgements, targets)
    judged = evidence[evidence["label"] != ""].reset_index(drop=True)
    counts = label_counts(article_labels(judged), grouped, actors, targets, groups)
    held_back = evidence[evidence["about"] == NOT_ABOUT].reset_index(drop=True)
    return Tables(
        table("stance", stance_rows(judged, held_back, counts, settings)),
        table("coverage", coverage_rows(grouped, passages, actors, groups)),
        with_q_values(table("differences", difference_rows(counts, groups, settings))),
        table("controls", []) if controls is None else controls,
        evidence[COLUMNS["evidence"]],
    )
