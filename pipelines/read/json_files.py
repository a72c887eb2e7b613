"""JSON files: an array of articles, an object that holds one, or a single article."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipelines.engines.base import Row, Unreadable
from pipelines.read.decoding import checked_encoding, decoded
from pipelines.read.file_reader import FileReader
from pipelines.read.files import SUFFIXES, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

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


class JsonReader(FileReader):
    """Reads .json files; one that has an object a line is read as such.

    Args:
        path: files, globs or folders.
        encoding: of the files; None to find it in each.

    Raises:
        ConfigError: unknown encoding.
    """

    suffixes = tuple(SUFFIXES["json"].split())

    def __init__(self, path: list[str], *, encoding: str | None = None) -> None:
        super().__init__(path)
        self.encoding = checked_encoding(encoding)

    def rows_of(self, file: SourceFile) -> Iterator[Row | Unreadable]:
        """Yield one row for each article."""
        try:
            values = list(self._values(file))
        except UnicodeDecodeError as error:
            yield Unreadable(file.path, f"not {error.encoding} at byte {error.start}")
        except (ValueError, RecursionError) as error:
            yield Unreadable(file.path, f"not JSON: {error}")
        else:
            if not values:
                yield Unreadable(file.path, "no article in it")
            for number, value in enumerate(values, start=1):
                place = f"{file.path}:article {number}" if len(values) > 1 else file.path
                is_object = isinstance(value, dict)
                yield Row(place, value) if is_object else Unreadable(place, "not a JSON object")

    def _values(self, file: SourceFile) -> Iterator[Any]:
        text = decoded(file, file.content(), self.encoding).strip()
        decoder = json.JSONDecoder()
        position = 0
        while position < len(text):  # more than one value: an object a line, or objects one after the other
            value, position = decoder.raw_decode(text, position)
            yield from _articles(value)
            while position < len(text) and text[position] in " \t\r\n,":
                position += 1


def _articles(value: Any, depth: int = DEPTH) -> list[Any]:
    """The articles in a value: the items of an array, or of the array that an object holds."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and depth:
        for key in HOLDERS:
            held = value.get(key)
            if isinstance(held, list) and held and all(isinstance(item, dict) for item in held):
                return held
            if isinstance(held, dict) and (inner := _articles(held, depth - 1)) != [held]:
                return inner
    return [value]
