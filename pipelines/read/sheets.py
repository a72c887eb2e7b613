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
from pipelines.read.headers import Header, named_columns

if TYPE_CHECKING:
    from collections.abc import Iterator


class ExcelReader(FileReader):
    """Reads workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods.

    Args:
        path: files, globs or folders.
        columns: from field to column.
        sheet: name of the sheet; by default all with the header of the first that has the text's column.
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

        content = file.content()
        try:
            workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
            names = [self.sheet] if self.sheet else workbook.sheet_names
            sheets = {
                name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names
            }
        except (CalamineError, OSError, ValueError) as error:
            yield Unreadable(file.path, _cause(content, error))
            return
        tables = {name: [[_plain(cell) for cell in row] for row in sheet] for name, sheet in sheets.items()}
        headers = {name: self._header(file, cells) for name, cells in tables.items() if _is_filled(cells)}
        with_text = (columns for columns, _ in headers.values() if self.header.is_in(columns))
        first = next(with_text, next((columns for columns, _ in headers.values()), []))
        for name, (columns, start) in headers.items():
            if columns != first:
                yield Unreadable(
                    f"{file.path}:{name}", "a sheet with other columns; name one with options.sheet"
                )
                continue
            for number, row in enumerate(tables[name][start:], start=start + 1):
                if any(value is not None for value in row):
                    values = {column: value for column, value in zip(columns, row, strict=False) if column}
                    yield Row(f"{file.path}:{name}:row {number}", values)

    def _header(self, file: SourceFile, cells: list[list[Any]]) -> tuple[list[str], int]:
        """The columns of a sheet, and the number of rows above the first record."""
        if self.header.names is not None:
            return self.header.names, self.header.skip or 0
        row = self.header.row(cells) or 0
        header = cells[row] if row < len(cells) else []
        return named_columns(file, ("" if cell is None else str(cell) for cell in header)), row + 1


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


def _is_filled(cells: list[list[Any]]) -> bool:
    return any(cell is not None for row in cells for cell in row)


def _cause(content: bytes, error: Exception) -> str:
    """Why a file is no workbook, as far as its first bytes say."""
    start = content[:1000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if not content:
        return "an empty file"
    if start.startswith(b"<"):
        return "a web page or XML under the name of a workbook; open it in a spreadsheet and save it as .xlsx"
    if b"\0" not in start and not start.startswith((b"pk", b"\xd0\xcf")):
        return "text under the name of a workbook; if it is a table, name it .csv"
    return f"damaged, encrypted or without that sheet ({error})"


def _plain(cell: Any) -> Any:
    """A cell's value; None if it is empty, whole numbers without a point, midnight as a date alone."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    return None if isinstance(cell, str) and not cell.strip() else cell
