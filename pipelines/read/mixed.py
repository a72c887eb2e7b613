"""Files of several kinds, each read by the reader of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.engines.base import Row, Unreadable
from pipelines.engines.registry import build
from pipelines.errors import ConfigError
from pipelines.read.columns import columns_of
from pipelines.read.decoding import checked_encoding
from pipelines.read.file_reader import FileReader
from pipelines.read.files import SUFFIXES, SourceFile, find_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.engines.base import Reader
    from pipelines.read.files import SourceFile

PROSE = ("text", "html", "documents")
"""Readers whose rows have the names of fields, whatever columns the config names."""
ENCODED = ("lines", "csv", "json", *PROSE)
"""Readers with an option `encoding`."""


class FilesReader(FileReader):
    """Reads files of all kinds in the order of their names.

    Args:
        path: files, globs or folders.
        place: of the config, for errors.
        columns: from field to column; they are those of tables and JSON files.
        encoding: of text files; None to find it in each.
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
        super().__init__(path)
        self.place, self.columns, self.options = place, columns or {}, dict(options or {})
        self.ids: set[str] = set()
        self.first_column = {field: names[0] for field, names in columns_of(self.columns, ()).items()}
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

    def files(self) -> list[SourceFile]:
        """The files that the paths name."""
        return find_files(self.path)

    def rows(self) -> Iterator[Row | Unreadable]:
        """Yield the rows of each file; one that cannot be read is one unreadable record."""
        self.ids = set()
        return super().rows()

    def rows_of(self, file: SourceFile) -> Iterator[Row | Unreadable]:
        """Yield the rows of a file; those of prose get ids of their own."""
        name = file.reader or "text"
        for row in self._reader(name, [file]).rows():
            yield self._prose(row, file) if name in PROSE and isinstance(row, Row) else row

    def _reader(self, name: str, files: list[SourceFile]) -> Reader:
        reader: Reader = build(
            "reader",
            name,
            self.options.get(name, {}),
            self.place,
            path=files,
            columns=self.columns,
            offline=True,
        )
        return reader

    def _prose(self, row: Row, file: SourceFile) -> Row:
        """The row under the config's columns, with an id of its own if files differ only in their endings."""
        values = dict(row.values)
        if values.get("id") in self.ids and values["id"] == str(file.relative.with_suffix("")):
            values["id"] = str(file.relative)
        self.ids.add(str(values.get("id")))
        return Row(row.place, {self.first_column.get(name, name): value for name, value in values.items()})
