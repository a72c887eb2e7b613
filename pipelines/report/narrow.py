"""The form of a table that fits a page or a terminal, which says what it leaves out."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from tabulate import tabulate

from pipelines.report.formats import EXCEL, shown, shown_together
from pipelines.report.glossary import entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.report.glossary import Entry

ROWS = 1000
"""Rows of a table in Markdown and LaTeX, which is about twenty pages. Not tuned; the CSV file has all."""

RIGHT_TO_LEFT = {"R", "AL"}
"""Directions of Hebrew and of Arabic characters."""
LEFT_TO_RIGHT = "\u200e"
"""A mark without a form; after Arabic it keeps what follows on its right."""


class Block(NamedTuple):
    """Rows that share a heading; each row has one cell for each head of the form."""

    heading: tuple[str, ...]
    rows: list[list[str]]


class Narrow(NamedTuple):
    """A table as text: one line a cell, without control characters, not yet escaped for any format.

    `numeric` says for each head if its cells are numbers; `left_out` are the columns of the table that are
    not shown, `more` the number of its rows that are not.
    """

    name: str
    caption: str
    heading: tuple[str, ...]
    heads: list[str]
    numeric: list[bool]
    blocks: list[Block]
    notes: list[str]
    left_out: list[str]
    more: int

    def omissions(self) -> list[str]:
        """What the form leaves out, as lines; none if it leaves out nothing."""
        file = f"tables/{self.name}.csv"
        lines = []
        if self.left_out:
            lines.append(f"columns left out: {', '.join(self.left_out)}; all are in {file}")
        if self.more:
            lines.append(f"{self.more} more rows in {file}")
        return lines


def narrow(
    name: str,
    table: pd.DataFrame,
    rows: int = ROWS,
    heads: Sequence[str] | None = None,
    total: int | None = None,
) -> Narrow:
    """The narrow form of a table.

    Args:
        name: of the table; glossary.yaml has its narrow columns. A column that the table lacks is not shown.
        table: any columns; those that the form does not show are named in `left_out`.
        rows: the most that are shown.
        heads: those shown, of the form's; None for all.
        total: rows of the whole table, if `table` has only its first ones.
    """
    of = entry(name, table)
    columns = {head: parts for head, parts in of.narrow.items() if heads is None or head in heads}
    visible = {*of.heading, *of.notes, *(part for parts in columns.values() for part in parts)}
    notes: dict[str, int] = {}
    return Narrow(
        name=name,
        caption=of.caption,
        heading=of.heading,
        heads=list(columns),
        numeric=[of.columns[parts[0]].kind in EXCEL for parts in columns.values()],
        blocks=_blocks(table.head(rows), of, columns, notes),
        notes=[f"[{number}] {note}" for note, number in notes.items()],
        left_out=[column for column in of.columns if column not in visible],
        more=max(0, (len(table) if total is None else total) - rows),
    )


def markdown(name: str, table: pd.DataFrame, rows: int = ROWS, total: int | None = None) -> str:
    """The narrow form of a table in Markdown, with its notes and what it leaves out below it."""
    form = narrow(name, table, rows, total=total)
    cells = [
        [in_markdown(cell) for cell in (*block.heading, *row)] for block in form.blocks for row in block.rows
    ]
    alignment = ["left"] * len(form.heading) + ["right" if number else "left" for number in form.numeric]
    text = tabulate(
        cells, [*form.heading, *form.heads], tablefmt="pipe", disable_numparse=True, colalign=alignment
    )
    notes = [in_markdown(note) for note in form.notes]
    return "\n\n".join([text, *notes, *form.omissions()]) + "\n"


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows of text as a table in Markdown."""
    cells = [[in_markdown(cell) for cell in row] for row in rows]
    return str(tabulate(cells, [*map(in_markdown, heads)], tablefmt="pipe", disable_numparse=True))


def _blocks(
    table: pd.DataFrame, of: Entry, columns: Mapping[str, tuple[str, ...]], notes: dict[str, int]
) -> list[Block]:
    """The rows by heading, in the order in which headings first appear; `notes` are numbered on the way."""
    blocks: dict[tuple[str, ...], Block] = {}
    for row in table.to_dict("records"):
        heading = tuple(shown(row[column], of.columns[column].kind) for column in of.heading)
        cells = [
            shown_together([row[part] for part in parts], [of.columns[part] for part in parts])
            for parts in columns.values()
        ]
        cells[0] += "".join(_mark(cells[0], column, row[column], notes) for column in of.notes)
        blocks.setdefault(heading, Block(heading, [])).rows.append(cells)
    return list(blocks.values())


def _mark(marked: str, column: str, value: object, notes: dict[str, int]) -> str:
    """The mark of a note after a text, such as [1]; empty if there is no note."""
    text = "" if pd.api.types.is_bool(value) and not value else shown(value, "text")
    if not text:
        return ""
    note = text if column == "note" else f"{column}: {text}"
    right_to_left = any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in marked)
    return f" {LEFT_TO_RIGHT * right_to_left}[{notes.setdefault(note, len(notes) + 1)}]"


def in_markdown(text: str) -> str:
    """The text with what Markdown or HTML would read as its own escaped."""
    for character in "\\|`*[]_$":
        text = text.replace(character, f"\\{character}")
    return text.replace("<", "&lt;")
