"""What each column of each table means, and which columns fit a page, from glossary.yaml."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from pipelines.config.yaml_text import packaged_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = "glossary.yaml"
UNKNOWN = "not described"
"""Meaning of a column that the glossary lacks, such as one passed through from the input."""


class Column(NamedTuple):
    """A column of a table; `kind` decides how its values are written (formats.py)."""

    name: str
    kind: str
    meaning: str
    unit: str
    range: str


class Entry(NamedTuple):
    """A table: its columns by name, and its narrow form.

    `heading` are the columns that a block of rows shares; `narrow` maps each head to the one or two columns
    that it shows; `notes` are columns shown as notes below.
    """

    caption: str
    heading: tuple[str, ...]
    narrow: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]
    columns: Mapping[str, Column]


@cache
def glossary() -> dict[str, Entry]:
    """The entry of each table, in the order of the file."""
    content = packaged_yaml(__package__, FILE)
    kinds = content["kinds"]
    return {
        name: Entry(
            caption=table["caption"],
            heading=tuple(table.get("heading", ())),
            narrow={
                head: (shown,) if isinstance(shown, str) else tuple(shown)
                for head, shown in table["narrow"].items()
            },
            notes=tuple(table.get("notes", ())),
            columns={
                column: Column(**({"name": column} | kinds[about["kind"]] | about))
                for column, about in table["columns"].items()
            },
        )
        for name, table in content["tables"].items()
    }


def entry(name: str, table: pd.DataFrame) -> Entry:
    """The entry of a table with exactly its columns, in its order.

    A column that the glossary lacks is text or a number without a meaning; a table that it lacks shows all
    columns in its narrow form.
    """
    known = glossary().get(name)
    if known is None:
        known = Entry(name, (), {}, (), {})
    columns = {name: known.columns.get(name) or _unknown(name, table) for name in map(str, table)}
    fitting = {head: shown for head, shown in known.narrow.items() if columns.keys() >= set(shown)}
    return known._replace(
        heading=tuple(column for column in known.heading if column in columns),
        narrow=fitting or {name: (name,) for name in columns},
        notes=tuple(column for column in known.notes if column in columns),
        columns=columns,
    )


def explained(tables: Mapping[str, Mapping[str, Column]]) -> Iterator[tuple[str, str, str, str, str]]:
    """Table, column, meaning, unit and range of each column of each table."""
    for name, columns in tables.items():
        for column in columns.values():
            yield name, column.name, column.meaning, column.unit, column.range


def guide() -> str:
    """The glossary in Markdown, as docs/guide.md has it."""
    parts = []
    for name, table in glossary().items():
        rows = [
            f"| `{column.name}` | {column.meaning} | {column.unit} | {column.range} |"
            for column in table.columns.values()
        ]
        head = ["| column | meaning | unit | range |", "| --- | --- | --- | --- |"]
        parts.append("\n".join([f"**`tables/{name}.csv`**: {table.caption}.", "", *head, *rows]))
    return "\n\n".join(parts) + "\n"


def _unknown(column: str, table: pd.DataFrame) -> Column:
    kind = "number" if pd.api.types.is_numeric_dtype(table[column]) else "text"
    return Column(column, kind, UNKNOWN, kind, "any")
