"""The page of words: those that each group uses more than the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.report.formats import plain
from pipelines.report.page_tables import PageTable, page_table
from pipelines.report.stories import group_of
from pipelines.report.story_grids import text_of

if TYPE_CHECKING:
    import pandas as pd

    from pipelines.report.labels import Labels

GROUPS = 60
"""Groups on the page; tables/words.csv has all."""
FIRST = 10
"""Words of a group that are in its line."""
NAME, SPEECH = "name", "speech"


class Word(NamedTuple):
    """A word of a line, with the actor if it is a verb of speaking."""

    text: str
    actor: str
    significant: bool


class WordGroup(NamedTuple):
    """A group: its clearest words, names and verbs of speaking, and all of its rows."""

    name: str
    by: str
    words: list[Word]
    names: list[Word]
    verbs: list[Word]
    significant: int
    table: PageTable


def word_page(words: pd.DataFrame, labels: Labels) -> dict[str, Any]:
    """The groups of the table in its order.

    Args:
        words: the table.
        labels: of the report.
    """
    made = []
    groups = list(words.groupby(["group_by", "group"], sort=False))
    for (by, _), rows in groups[:GROUPS]:
        name = group_of(rows.iloc[0].to_dict(), labels)
        kind = rows["kind"]
        made.append(
            WordGroup(
                name, plain(str(by)), _line(rows[~kind.isin([NAME, SPEECH])]), _line(rows[kind == NAME]),
                _line(rows[kind == SPEECH]),
                int(rows["significant"].astype(bool).sum()),
                page_table("words", rows, labels["pages"]["words_of"].format(group=name), without={"group"}),
            )
        )  # fmt: skip
    return {"all": made, "more": len(groups) - len(made)}


def _line(rows: pd.DataFrame) -> list[Word]:
    return [
        Word(plain(str(row["word"])), text_of(row["actor"]), bool(row["significant"]))
        for row in rows[rows["word"].astype(str) != ""].head(FIRST).to_dict("records")
    ]
