"""The columns of a row that hold a field, whatever their case, nesting and number."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipelines.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipelines.engines.base import Row

Columns = dict[str, list[str]]
"""For each field, the columns that hold it, to be joined."""
LISTED = 30  # columns named in an error, so that the line stays readable


def columns_of(mapping: Mapping[str, str | list[str]], fields: Iterable[str]) -> Columns:
    """The columns of each field and of each further name; a field without one has its own name."""
    named = {field: [field] for field in fields} | dict(mapping)
    return {field: [column] if isinstance(column, str) else list(column) for field, column in named.items()}


def value_at(values: Mapping[str, Any], column: str) -> Any:
    """The value of a column, by its name, by its name in other case or space, or by a path (source.title,
    tags.0).

    Returns:
        None if there is no such column.
    """
    if column in values:
        return values[column]
    name = _names(tuple(values)).get(column_key(column))
    if name is not None:
        return values[name]
    first, dot, rest = column.partition(".")
    while dot:
        inner = values.get(first)
        if isinstance(inner, list):
            inner = dict(zip(map(str, range(len(inner))), inner, strict=True))
        if isinstance(inner, dict):
            return value_at(inner, rest)
        more, dot, rest = rest.partition(".")
        first = f"{first}.{more}"
    return None


def is_there(values: Mapping[str, Any], column: str) -> bool:
    """Whether a row has a column, empty or not."""
    return (
        column in values
        or column_key(column) in _names(tuple(values))
        or value_at(values, column) is not None
    )


@lru_cache(1000)
def _names(names: tuple[Any, ...]) -> dict[str, Any]:
    return {column_key(name): name for name in reversed(names)}


def column_key(name: Any) -> str:
    """A column's name without regard to case, spaces and byte-order mark, by which names are compared."""
    return " ".join(str(name).replace("_", " ").split()).strip("\ufeff").casefold()


def _paths(values: Mapping[str, Any]) -> Iterator[str]:
    """The names of the columns; of one that holds an object, the paths into it."""
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from (f"{name}.{inner}" for inner in value)
        else:
            yield str(name)


class Missing:
    """Notes which mapped columns no row has had so far.

    Args:
        columns: of the fields.
        required: fields whose column must be there: those that the config maps, and the text.
    """

    def __init__(self, columns: Columns, required: Sequence[str]) -> None:
        self.missing = {(field, column) for field in required for column in columns[field]}
        self.seen: dict[str, None] = {}
        self.source = ""

    def look(self, row: Row) -> None:
        """Note the columns of a row."""
        self.source = self.source or row.place.rsplit(":", 1)[0]
        self.missing = {key for key in self.missing if not is_there(row.values, key[1])}
        if len(self.seen) < LISTED:
            self.seen |= dict.fromkeys(_paths(row.values))

    def check(self, place: str) -> None:
        """Refuse the columns that no row had.

        Raises:
            ConfigError: there is one.
        """
        if self.missing and self.source:
            field, column = min(self.missing)
            shown = ", ".join(list(self.seen)[:LISTED]) or "none"
            cause = f"no column '{column}' in {self.source}"
            raise ConfigError(f"{place}.columns.{field}", cause, f"Columns there: {shown}")
