"""What the page shows of one story as grids: articles by day, and quotations by outlet."""

from __future__ import annotations

from datetime import date, timedelta
from textwrap import shorten
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.report.formats import plain
from pipelines.report.labels import language_name
from pipelines.report.passages import DATE

if TYPE_CHECKING:
    from collections.abc import Container

    import pandas as pd

    from pipelines.report.labels import Labels

PERIODS = 14
"""Columns of a timeline; a longer story has several days in one."""
COLUMNS, ROWS = 16, 25
"""Outlets and quotations of the grid of a story."""
WIDTH = 160
"""Characters of a quotation in it: three lines."""


class Line(NamedTuple):
    """A row of a timeline or a grid: its name, where it leads, and its cells."""

    name: str
    link: str
    cells: list[Any]


class Grid(NamedTuple):
    """Heads and rows of numbers or marks; `more` rows and `more_columns` are not shown."""

    heads: list[str]
    rows: list[Line]
    more: int = 0
    more_columns: int = 0


def text_of(value: object) -> str:
    """A text of an article in one line; empty if it has none."""
    return plain(value) if isinstance(value, str) else ""


def day_of(published: object) -> str:
    """YYYY-MM-DD, or nothing."""
    match = DATE.match(published) if isinstance(published, str) else None
    return match.group() if match else ""


def timeline(articles: pd.DataFrame, labels: Labels) -> Grid:
    """Articles by language and day, or by several days if there are more than PERIODS."""
    days = articles["published"].map(day_of)
    known = {day: parsed for day in days.unique() if (parsed := _parsed(day))}
    if not known:
        return Grid([], [])
    first, last = min(known.values()), max(known.values())
    step = -(-((last - first).days + 1) // PERIODS)
    number = ((last - first).days // step) + 1
    heads = []
    for place in range(number):
        day = first + timedelta(days=place * step)
        heads.append(f"{day.day} {labels['months'][day.month - 1][:3]}" + " …" * (step > 1))
    rows = []
    for code, own in days.groupby(articles["language"].map(text_of), sort=True):
        cells = [0] * number
        for published in own:
            if published in known:
                cells[(known[published] - first).days // step] += 1
        rows.append(Line(language_name(labels, str(code)), "", cells))
    return Grid(heads, rows)


def _parsed(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None


def quotation_grid(
    quotations: pd.DataFrame,
    renderings: pd.DataFrame | None,
    covering: pd.Series[Any],
    linked: Container[str],
) -> Grid:
    """Quotations of a story by outlets that cover it: `direct`, `reported`, or empty if it is not there.

    Args:
        quotations: rows of the table on the story.
        renderings: of these; None if there are none.
        covering: the outlet of each article on the story.
        linked: quotations that are on the page.
    """
    outlets = sorted(filter(None, covering.dropna().unique()))
    if renderings is None:
        return Grid([], [])
    columns = outlets[:COLUMNS]
    by_quotation = dict(list(renderings.groupby("quotation")))
    rows = []
    for row in quotations.head(ROWS).to_dict("records"):
        own = by_quotation[row["quotation"]]
        direct = own.groupby("outlet")["direct"].any().to_dict()
        cells = [direct.get(outlet) for outlet in columns]
        marks = ["" if cell is None else "direct" if cell else "reported" for cell in cells]
        said = shorten(_said(plain(str(row["wording"])), own), WIDTH, placeholder=" …")
        link = f"#{row['quotation']}" if row["quotation"] in linked else ""
        rows.append(Line(f"{plain(str(row['actor']))}: {said}", link, marks))
    more = max(0, len(quotations) - ROWS), max(0, len(outlets) - COLUMNS)
    return Grid([plain(str(name)) for name in columns], rows, *more)


def _said(wording: str, renderings: pd.DataFrame) -> str:
    """The wording in quotation marks, or the sentence that reports it if nobody has it in them."""
    if renderings["direct"].any():
        return f"“{wording}”"
    sentences = [plain(text) for text in renderings["pivot"]]
    return next((text for text in sentences if wording in text), wording)
