"""The comparison tables, as data frames with the columns that the documentation fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from pipelines.compare.units import OUTCOMES
from pipelines.judge.controls import COLUMNS as CONTROL_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COLUMNS = {
    "stance": [
        *("actor", "target", "group_by", "group", "articles_with_actor", "articles", "copies", "passages"),
        *("passages_per_article", "clusters", "deff", *OUTCOMES, "any_supports", "any_opposes", "mixed"),
        *("net", "low", "high", "agreement", "suspect", "held_back", "fragile", "validated", "note"),
    ],
    "coverage": [
        *("actor", "group_by", "group", "articles", "copies", "articles_with_actor", "mention_rate", "low"),
        *("high", "clusters", "passages", "quoted_share", "quoted_text", "share_of_voice"),
        "first_position",
    ],
    "differences": [
        *("actor", "target", "group_by", "group", "reference", "articles", "reference_articles", "clusters"),
        *("paired_stories", "difference", "low", "high", "p_value", "q_value", "significant", "fragile"),
        *("validated", "note"),
    ],
    "coverage_differences": [
        *("actor", "group_by", "group", "reference", "articles", "reference_articles", "clusters"),
        *("difference", "low", "high", "p_value", "q_value", "significant", "note"),
    ],
    "invariance": [
        *("actor", "target", "compared", "language", "reference", "stories", "pairs", "agreement", "low"),
        *("high", "alpha", "lean", "lean_low", "lean_high", "note"),
    ],
    "words": [
        *("group_by", "group", "reference", "actor", "kind", "word", "articles", "articles_with_word"),
        *("occurrences", "rate", "reference_rate", "log_odds", "low", "high", "z", "q_value", "significant"),
        "note",
    ],
    "timeline": [
        *("actor", "target", "language", "reference", "period", "stories", "story_articles"),
        *("reference_story_articles", "mention_rate", "reference_mention_rate", "articles"),
        *("reference_articles", "net", "reference_net", "clusters", "difference", "low", "high", "p_value"),
        *("q_value", "significant", "change", "change_q_value", "validated", "note"),
    ],
    "narration": [
        *("about", "subject", "group_by", "group", "articles", "sentences", "clusters", "favourable"),
        *("unfavourable", "neutral", "unclear", "net", "low", "high", "note"),
    ],
    "evidence": [
        *("article_id", "language", "outlet", "published", "title", "url", "story", "actor", "target"),
        *("about", "label", "supports", "opposes", "neutral", "agreement", "voice", "matched", "position"),
        *("start", "source", "pivot", "context", "flags", "article_label"),
    ],
    "controls": CONTROL_COLUMNS,
}


TEXTS = ["fragile", "note", "word"]
"""Columns of remarks, in which nothing to say is an empty text."""


class Tables(NamedTuple):
    """The tables of stage 6."""

    stance: pd.DataFrame
    coverage: pd.DataFrame
    differences: pd.DataFrame
    coverage_differences: pd.DataFrame
    invariance: pd.DataFrame
    words: pd.DataFrame
    timeline: pd.DataFrame
    narration: pd.DataFrame
    controls: pd.DataFrame
    evidence: pd.DataFrame


def table(name: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The rows as the table of this name in COLUMNS; a column that a row lacks is empty."""
    made = pd.DataFrame(list(rows), columns=COLUMNS[name])
    for column in made.columns.intersection(TEXTS):
        made[column] = made[column].astype(object).fillna("")
    return made
