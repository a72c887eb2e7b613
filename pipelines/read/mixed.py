"""Files of several kinds, each read by the reader of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.engines.base import Row, Unreadable
from pipelines.engines.registry import build
from pipelines.errors import ConfigError, InputError
from pipelines.read.decoding import checked_encoding
from pipelines.read.files import SUFFIXES, SourceFile, find_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.engines.base import Reader
    from pipelines.read.files import SourceFile

PROSE = ("text", "html", "documents")
"""Readers whose rows have the names of fields, whatever columns the config names."""
ENCODED = ("lines", "csv", "json", *PROSE)
"""Readers with an option `encoding`."""


class FilesReader:
    """Reads files of all kinds in the order of their names.

    Args:
        path: files, globs or folders.
        place: of the config, for errors.
        columns: from field to column; they are those of tables and JSON files.
        encoding: of text files; None for the default of each reader.
        options: of each reader by its name, such as {excel: {sheet: Articles}}.

    Raises:
        ConfigError: unknown reader or option.
    """

    def __init__(
        self,
        path: list[str],
        place: str,
        columns: dict[str, Any] | None = None,
        *,
        encoding: str | None = None,
        options: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        self.path, self.place, self.columns, self.options = path, place, columns or {}, dict(options or {})
        for name in self.options:
            if name not in SUFFIXES:
                raise ConfigError(
                    f"{place}: options.options.{name}", "no such reader", f"Known: {', '.join(SUFFIXES)}"
                )
        if encoding is not None:
            for name in ENCODED:
                self.options[name] = {"encoding": checked_encoding(encoding)} | self.options.get(name, {})
        for name in self.options:
            self._reader(name, [])

    def rows(self) -> Iterator[Row | Unreadable]:
        """Yield the rows of each file; one that cannot be read is one unreadable record."""
        ids: set[str] = set()
        for file in find_files(self.path):
            name = file.reader or "text"
            try:
                for row in self._reader(name, [file]).rows():
                    yield self._prose(row, file, ids) if name in PROSE and isinstance(row, Row) else row
            except InputError as error:
                if error.cure.startswith("Install"):
                    raise
                yield Unreadable(file.path, error.cause)

    def fingerprint(self) -> str:
        """The names, sizes and times of the files."""
        return repr([file.stamp() for file in find_files(self.path)])

    def _reader(self, name: str, files: list[SourceFile]) -> Reader:
        reader: Reader = build(
            "reader", name, self.options.get(name, {}), self.place, path=files, offline=True
        )
        return reader

    def _prose(self, row: Row, file: SourceFile, ids: set[str]) -> Row:
        """The row under the config's columns, with an id of its own if files differ only in their endings."""
        values = dict(row.values)
        if values.get("id") in ids and values["id"] == str(file.relative.with_suffix("")):
            values["id"] = str(file.relative)
        ids.add(str(values.get("id")))
        return Row(row.place, {self._column(name): value for name, value in values.items()})

    def _column(self, field: str) -> str:
        """The column that the config reads a field from; of several, the first."""
        column = self.columns.get(field, field)
        return str(column[0] if isinstance(column, list) and column else column)
