"""JSON Lines: one article a line, so that a damaged line costs one article."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pipelines.engines.base import Row, Unreadable
from pipelines.read.decoding import checked_encoding, decoded_lines, encoding_of
from pipelines.read.file_reader import FileReader
from pipelines.read.files import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.read.files import SourceFile

BLANK = " \t\r\n\ufeff"


class LinesReader(FileReader):
    """Reads JSON Lines, plain or compressed.

    Args:
        path: files, globs or folders.
        encoding: of the files; None to find it in each.

    Raises:
        ConfigError: unknown encoding.
    """

    suffixes = tuple(SUFFIXES["lines"].split())

    def __init__(self, path: list[str], *, encoding: str | None = None) -> None:
        super().__init__(path)
        self.encoding = checked_encoding(encoding)

    def rows_of(self, file: SourceFile) -> Iterator[Row | Unreadable]:
        """Yield one row for each line that is not blank."""
        encoding = encoding_of(file, self.encoding)
        with file.open() as stream:
            for number, line in enumerate(decoded_lines(stream, encoding), start=1):
                place = f"{file.path}:{number}"
                if isinstance(line, UnicodeDecodeError):
                    yield Unreadable(place, f"not {encoding} at byte {line.start} of the line")
                elif line.strip(BLANK):
                    yield _row(place, line)


def _row(place: str, line: str) -> Row | Unreadable:
    try:
        values = json.loads(line.strip(BLANK))
    except (ValueError, RecursionError) as error:
        return Unreadable(place, f"not JSON: {error}")
    return Row(place, values) if isinstance(values, dict) else Unreadable(place, "not a JSON object")
