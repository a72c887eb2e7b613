"""Tables as the page shows them: estimates first, each number a link to its passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from pipelines.report.formats import EXCEL, plain, shown, shown_together
from pipelines.report.glossary import entry
from pipelines.report.links import evidence_link

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MOST = 100
"""Rows of one table on the page. Not tuned; bounds the page, the CSV files have all."""
GROUP = {"group": ("group_by", "group")}
INTERVAL = {"95% interval": ("low", "high")}
PAIR = {"actor and target": ("actor", "target")}
TESTED = {
    "difference": ("difference",), **INTERVAL, "reference": ("reference",), "n": ("articles",),
    "n of reference": ("reference_articles",), "q": ("q_value",), "significant": ("significant",),
}  # fmt: skip
COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "stance": {
        **GROUP, "net": ("net",), **INTERVAL, "articles": ("articles",), "passages": ("passages",),
        "supports": ("supports",), "opposes": ("opposes",), "neutral": ("neutral",), "unclear": ("unclear",),
        "suspect": ("suspect",), "validated": ("validated",), "fragile": ("fragile",), "note": ("note",),
    },
    "differences": {**PAIR, **GROUP, **TESTED, "validated": ("validated",), "fragile": ("fragile",),
    "note": ("note",)},
    "coverage_differences": {"actor": ("actor",), **GROUP, **TESTED, "note": ("note",)},
    "coverage": {
        "actor": ("actor",), **GROUP, "mention rate": ("mention_rate",), **INTERVAL,
        "articles": ("articles",),
        "with actor": ("articles_with_actor",), "passages": ("passages",), "quoted": ("quoted_share",),
        "in quotation marks": ("quoted_text",), "share of voice": ("share_of_voice",),
    },
    "timeline": {
        **PAIR, "period": ("period",), "difference": ("difference",), **INTERVAL, "net": ("net",),
        "language": ("language",), "reference": ("reference",), "net of reference": ("reference_net",),
        "n": ("articles",), "n of reference": ("reference_articles",), "stories": ("stories",),
        "q": ("q_value",), "significant": ("significant",), "change": ("change",), "note": ("note",),
    },
    "narration": {
        "about": ("about",), **GROUP, "net": ("net",), **INTERVAL, "articles": ("articles",),
        "sentences": ("sentences",), "favourable": ("favourable",), "unfavourable": ("unfavourable",),
        "neutral": ("neutral",), "unclear": ("unclear",), "note": ("note",),
    },
    "invariance": {
        **PAIR, "agreement": ("agreement",), **INTERVAL, "compared": ("compared",), "language": ("language",),
        "reference": ("reference",), "pairs": ("pairs",), "lean": ("lean",),
        "95% of lean": ("lean_low", "lean_high"), "alpha": ("alpha",), "note": ("note",),
    },
    "words": {
        "word": ("word",), **GROUP, "actor": ("actor",), "in articles": ("articles_with_word",),
        "per 1,000": ("rate",), "rest": ("reference_rate",), "log-odds": ("log_odds",), **INTERVAL,
        "q": ("q_value",), "significant": ("significant",), "note": ("note",),
    },
    "omissions": {
        "kind": ("kind",), **GROUP, "title": ("title",), "has": ("covered",), "of": ("articles",),
        "others have": ("rest_covered",), "of others": ("rest_articles",), "gap": ("difference",),
        **INTERVAL, "q": ("q_value",),
    },
    "controls": {
        "control": ("control",), "share": ("share",), **INTERVAL, "judgements": ("judgements",),
        "acceptable": ("acceptable",), "met": ("met",), "not asked": ("not_asked",),
    },
    "rejected": {"article": ("article_id",), "stage": ("stage",), "reason": ("reason",)},
}  # fmt: skip
"""Heads of each table and the columns that they show. Estimates come before counts: a phone shows the
first."""
LINKED = {"net", "difference", "mention rate", "passages"}
UNLINKED = {"narration", "timeline"}
"""Tables of which no view of the passages shows a row."""
WORDS = {"note", "fragile", "reason", "control", "title"}


class Head(NamedTuple):
    """The head of a column."""

    name: str
    number: bool
    words: bool


class Cell(NamedTuple):
    """A cell: its text, the number that it sorts by (None for its text), and the view of its passages."""

    text: str
    value: float | None
    link: str


class Row(NamedTuple):
    """A row; `new` if another grouping begins with it."""

    cells: list[Cell]
    new: bool


class PageTable(NamedTuple):
    """A table; `more` is the number of rows that only `file` has, `note` one that all rows share."""

    caption: str
    heads: list[Head]
    rows: list[Row]
    more: int
    file: str
    note: str = ""


def page_table(name: str, table: pd.DataFrame, caption: str = "", without: Collection[str] = ()) -> PageTable:
    """A table for the page; columns that it lacks or that say nothing are left out.

    Args:
        name: of the table, in COLUMNS.
        table: its rows; the first MOST are shown.
        caption: what it shows; by default as the glossary says.
        without: heads that are not shown.
    """
    note, table = _shared_note(table)
    about = entry(name, table)
    columns = {
        head: parts
        for head, parts in COLUMNS[name].items()
        if head not in without
        and set(parts) <= set(about.columns)
        and (parts[0] not in {"note", "fragile"} or table[parts[0]].astype(bool).any())
    }
    heads = [
        Head(head, about.columns[parts[0]].kind in EXCEL, head in WORDS) for head, parts in columns.items()
    ]
    linked = set() if name in UNLINKED else LINKED
    rows, before = [], None
    for record in table.head(MOST).to_dict("records"):
        cells = []
        for head, parts in columns.items():
            of = [about.columns[part] for part in parts]
            value = record[parts[0]]
            number = float(value) if of[0].kind in EXCEL and pd.notna(value) else None
            text = shown_together([record[part] for part in parts], of) or "–" * (of[0].kind in EXCEL)
            cells.append(Cell(text, number, evidence_link(record) if head in linked and text else ""))
        rows.append(Row(cells, before not in (None, record.get("group_by"))))
        before = record.get("group_by")
    more = max(0, len(table) - MOST)
    return PageTable(caption or about.caption or name, heads, rows, more, f"tables/{name}.csv", note)


def _shared_note(table: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """A note that all rows share, and the table without it."""
    if (
        "note" not in table
        or len(table) < 2
        or table["note"].nunique(dropna=False) != 1
        or not table["note"].iloc[0]
    ):
        return "", table
    return plain(str(table["note"].iloc[0])), table.assign(note="")


def as_share(value: Any) -> str:
    """A share in whole percent, or a dash."""
    return shown(value, "share") or "–"
