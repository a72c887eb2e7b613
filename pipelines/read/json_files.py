"""JSON files: an array of articles, an object that holds one, a table, or a single article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.engines.base import Row, Unreadable
from pipelines.read.columns import columns_of
from pipelines.read.decoding import checked_encoding, decoded
from pipelines.read.file_reader import EMPTY, FileReader
from pipelines.read.files import SUFFIXES, SourceFile
from pipelines.read.json_values import Damage, articles_in, json_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class JsonReader(FileReader):
    """Reads .json files; one that has an object a line is read as such.

    Args:
        path: files, globs or folders.
        columns: from field to column.
        encoding: of the files; None to find it in each.

    Raises:
        ConfigError: unknown encoding.
    """

    suffixes = tuple(SUFFIXES["json"].split())

    def __init__(
        self, path: list[str], columns: dict[str, Any] | None = None, *, encoding: str | None = None
    ) -> None:
        super().__init__(path)
        self.encoding = checked_encoding(encoding)
        self.texts = columns_of(columns or {}, ["text"])["text"]

    def rows_of(self, file: SourceFile) -> Iterator[Row | Unreadable]:
        """Yield one row for each article."""
        try:
            text = decoded(file, file.content(), self.encoding)
        except UnicodeDecodeError as error:
            yield Unreadable(file.path, f"not {error.encoding} at byte {error.start}")
        else:
            yield from rows_in(text, file.path, self.texts)


def rows_in(text: str, place: str, texts: Sequence[str]) -> Iterator[Row | Unreadable]:
    """Yield one row for each article in JSON text.

    Args:
        text: one value, or several.
        place: of the text.
        texts: the columns of an article's text.
    """
    values = [
        article
        for value in json_values(text)
        for article in ([value] if isinstance(value, Damage) else articles_in(value, texts))
    ]
    if not values:
        yield Unreadable(place, EMPTY)
    for number, value in enumerate(values, start=1):
        own = f"{place}:article {number}" if len(values) > 1 else place
        if isinstance(value, Damage):
            yield Unreadable(own, value.reason)
        else:
            yield Row(own, value) if isinstance(value, dict) else Unreadable(own, "not a JSON object")
