"""Tables of Excel and LibreOffice, and of SQLite: one article a row."""

from __future__ import annotations

import io
import sqlite3
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from pipelines.engines.base import Row, Unreadable
from pipelines.errors import ConfigError, InputError
from pipelines.read.file_reader import FileReader
from pipelines.read.files import SUFFIXES, SourceFile
from pipelines.read.headers import Header

if TYPE_CHECKING:
    from collections.abc import Iterator


class ExcelReader(FileReader):
    """Reads workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods.

    Args:
        path: files, globs or folders.
        columns: from field to column.
        sheet: name of the sheet; by default all with the same header as the first that is not empty.
        skip: rows above the header, or above the first record if there is none; by default the header is the
            first row with the name of the text's column.
        names: of the columns of a table without header.

    Raises:
        ConfigError: a negative `skip`, or `names` that repeat.
    """

    suffixes = tuple(SUFFIXES["excel"].split())

    def __init__(
        self,
        path: list[str],
        columns: dict[str, Any] | None = None,
        *,
        sheet: str | None = None,
        skip: int | None = None,
        names: list[str] | None = None,
    ) -> None:
        super().__init__(path)
        self.sheet, self.header = sheet, Header.checked(skip, names, columns)

    def rows_of(self, file: SourceFile) -> Iterator[Row | Unreadable]:
        """Yield one row for each that is not empty below the header."""
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            workbook = CalamineWorkbook.from_filelike(io.BytesIO(file.content()))
            names = [self.sheet] if self.sheet else workbook.sheet_names
            tables = {
                name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names
            }
        except (CalamineError, OSError, ValueError) as error:
            yield Unreadable(file.path, f"damaged, encrypted or without that sheet ({error})")
            return
        first: list[str] | None = None
        for name, table in tables.items():
            cells = [[_plain(cell) for cell in row] for row in table]
            if not any(any(cell is not None for cell in row) for row in cells):
                continue
            columns, start = self._header(cells)
            if first is not None and columns != first:
                yield Unreadable(
                    f"{file.path}:{name}", "a sheet with other columns; name one with options.sheet"
                )
                continue
            first = columns
            for number, row in enumerate(cells[start:], start=start + 1):
                if any(value is not None for value in row):
                    values = {column: value for column, value in zip(columns, row, strict=False) if column}
                    yield Row(f"{file.path}:{name}:row {number}", values)
        if first is None:
            yield Unreadable(file.path, "no article in it")

    def _header(self, cells: list[list[Any]]) -> tuple[list[str], int]:
        """The columns of a sheet, and the number of rows above the first record."""
        if self.header.names is not None:
            return self.header.names, self.header.skip or 0
        row = self.header.row(cells) or 0
        header = cells[row] if row < len(cells) else []
        return ["" if cell is None else str(cell).strip() for cell in header], row + 1


class SqliteReader(FileReader):
    """Reads a table of an SQLite database.

    Args:
        path: files, globs or folders.
        table: its name; by default the only one.

    Raises:
        ConfigError: not a name.
    """

    suffixes = tuple(SUFFIXES["sqlite"].split())

    def __init__(self, path: list[str], *, table: str | None = None) -> None:
        if table is not None and not table.strip():
            raise ConfigError("articles: options.table", "an empty name", "Give the name of a table")
        super().__init__(path)
        self.table = table

    def rows_of(self, file: SourceFile) -> Iterator[Row | Unreadable]:
        """Yield one row for each of the table."""
        content = file.content()
        if not content:  # for which `deserialize` raises MemoryError
            raise InputError(file.path, "an empty file", "Check or remove the file")
        connection = sqlite3.connect(":memory:")
        try:
            connection.deserialize(content)  # works in archives and elsewhere, and writes nothing
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            table = self.table or _only_table(connection, file)
            quoted = '"' + table.replace('"', '""') + '"'
            cursor = connection.execute(f"SELECT * FROM {quoted}")  # noqa: S608  (quoted above)
            columns = [column[0] for column in cursor.description]
            for number, row in enumerate(cursor, start=1):
                yield Row(f"{file.path}:{table}:row {number}", dict(zip(columns, row, strict=True)))
        except sqlite3.Error as error:
            cause = f"not an SQLite database, or a damaged one ({error})"
            raise InputError(file.path, cause, "Check or remove the file") from error
        finally:
            connection.close()


def _only_table(connection: sqlite3.Connection, file: SourceFile) -> str:
    query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
    names = sorted(name for (name,) in connection.execute(query))
    if len(names) == 1:
        return str(names[0])
    cause = (
        f"several tables: {', '.join(names)}; name one with options.table"
        if names
        else "a database without tables"
    )
    raise InputError(file.path, cause, "Or leave only one table in the file")


def _plain(cell: Any) -> Any:
    """A cell's value; None if it is empty, whole numbers without a point, midnight as a date alone."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    return None if isinstance(cell, str) and not cell.strip() else cell
