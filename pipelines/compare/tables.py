"""The comparison tables, as data frames with the columns that the documentation fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from pipelines.judge.controls import COLUMNS as CONTROL_COLUMNS
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = {
    "stance": [
        *("actor", "target", "group_by", "group", "articles", "passages", "unclear", *LABELS),
        *("net", "low", "high", "agreement", "suspect", "held_back"),
    ],
    "coverage": [
        *("actor", "group_by", "group", "articles", "articles_with_actor", "mention_rate", "passages"),
        *("quoted_share", "first_position"),
    ],
    "differences": [
        *("actor", "target", "group_by", "group", "reference", "articles", "reference_articles"),
        *("difference", "low", "high", "p_value", "q_value", "significant"),
    ],
    "evidence": [
        *("article_id", "language", "outlet", "published", "title", "url", "story", "actor", "target"),
        *(
            "about",
            "label",
            "supports",
            "opposes",
            "neutral",
            "agreement",
            "voice",
            "matched",
            "position",
            "start",
        ),
        *("source", "pivot", "context", "flags"),
    ],
    "controls": CONTROL_COLUMNS,
}


class Tables(NamedTuple):
    """The tables of stage 5."""

    stance: pd.DataFrame
    coverage: pd.DataFrame
    differences: pd.DataFrame
    controls: pd.DataFrame
    evidence: pd.DataFrame


def table(name: str, rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """The rows as the table of this name in COLUMNS; a column that a row lacks is empty."""
    return pd.DataFrame(list(rows), columns=COLUMNS[name])
