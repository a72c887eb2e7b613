"""The articles in JSON text: one value or several, an array, a table of pandas, an answer of an API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.read.columns import is_there

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HOLDERS = (
    "articles",
    "results",
    "response",
    "hits",
    "docs",
    "documents",
    "data",
    "items",
    "records",
    "rows",
    "entries",
)
"""Keys under which APIs and archives put their list of articles: NewsAPI, Event Registry, The Guardian, The
New York Times, Elasticsearch, Solr."""
DEPTH = 3
"""Holders within each other at most, as in Elasticsearch's `hits.hits`, and one more."""
BETWEEN = " \t\r\n\ufeff,"
"""What may be between values: an object a line, objects one after the other, or an array without brackets."""
DECODER = json.JSONDecoder(strict=False)  # a tab or a line end inside a string costs no article


class Damage(NamedTuple):
    """Why a text is no JSON, from a place on."""

    reason: str


def json_values(text: str) -> Iterator[Any]:
    """Yield the values in a text; of a damaged array its items before the damage, and then the damage.

    Texts and numbers after each other are one damage: a line of quotation marks is no million articles.
    """
    bare = 0
    for value in _values(text):
        if isinstance(value, str | int | float | None):
            bare, single = bare + 1, value
            continue
        if bare:
            yield _bare(bare, single)
        bare = 0
        yield value
    if bare:
        yield _bare(bare, single)


def _bare(count: int, value: float | str | None) -> Any:
    return value if count == 1 else Damage(f"not JSON: {count} texts or numbers after each other")


def _values(text: str) -> Iterator[Any]:
    position, between, is_open = 0, BETWEEN, False
    while True:
        while position < len(text) and text[position] in between:
            is_open = is_open and text[position] != "]"
            position += 1
        if position == len(text):
            break
        try:
            value, position = DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            if between != BETWEEN or text[position] != "[":
                yield Damage(f"not JSON: {error}")
                return
            position, between, is_open = position + 1, f"{BETWEEN}]", True
        else:
            yield value
    if is_open:
        yield Damage("not JSON: an array that is never closed, so that more may be missing")


def articles_in(value: Any, texts: Sequence[str]) -> list[Any]:
    """The articles in a value: the value itself, the items of an array, or the rows of a table.

    Args:
        value: of JSON.
        texts: the columns of an article's text, by which tables and unusual holders are recognised.
    """
    if isinstance(value, list):
        return _rows(value[0], value[1:], texts) or value if value else []
    return _of_object(value, texts, DEPTH) or [value] if isinstance(value, dict) else [value]


def _of_object(value: dict[str, Any], texts: Sequence[str], depth: int) -> list[Any]:
    """The articles that an object holds; empty if it is one itself, or none is in it."""
    if _has_text(value, texts):
        return _of_columns(value)
    return _rows(value.get("columns"), value.get("data"), texts) or _of_holders(value, texts, depth)


def _rows(header: Any, rows: Any, texts: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of a table that has its header apart; empty if it is none."""
    if (
        not isinstance(header, list)
        or not isinstance(rows, list)
        or not all(isinstance(r, list) for r in rows)
    ):
        return []
    names = [str(name) for name in header]
    return (
        [dict(zip(names, row, strict=False)) for row in rows]
        if _has_text(dict.fromkeys(names), texts)
        else []
    )


def _of_columns(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table written column by column, each an array or an object; empty if it is none."""
    cells = list(value.values())
    if all(isinstance(column, list) for column in cells) and len({len(column) for column in cells}) == 1:
        return [dict(zip(value, row, strict=True)) for row in zip(*cells, strict=True)]
    if all(isinstance(column, dict) for column in cells) and len({tuple(column) for column in cells}) == 1:
        return [{name: column[key] for name, column in value.items()} for key in cells[0]]
    return []


def _of_holders(value: Mapping[str, Any], texts: Sequence[str], depth: int) -> list[Any]:
    """The articles under a key that holds them; by their ids, if each is under its own."""
    for key in HOLDERS:
        held = value.get(key)
        if isinstance(held, list) and held and all(isinstance(item, dict) for item in held):
            return held
        if isinstance(held, dict) and depth and (inner := _of_object(held, texts, depth - 1)):
            return inner
    held = list(value.values())
    if held and all(isinstance(item, dict) and _has_text(item, texts) for item in held):
        return [{"id": key} | item for key, item in value.items()]
    for item in held:
        if isinstance(item, list) and any(isinstance(one, dict) and _has_text(one, texts) for one in item):
            return item
        if isinstance(item, dict) and depth and (inner := _of_object(item, texts, depth - 1)):
            return inner
    return []


def _has_text(values: Mapping[str, Any], texts: Sequence[str]) -> bool:
    return any(is_there(values, column) for column in texts)
