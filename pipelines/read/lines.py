"""JSON Lines: one article a line, so that a damaged line costs one article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.engines.base import Row, Unreadable
from pipelines.read.columns import columns_of
from pipelines.read.decoding import checked_encoding, decoded, decoded_lines, encoding_of
from pipelines.read.file_reader import FileReader
from pipelines.read.files import SUFFIXES
from pipelines.read.json_files import rows_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.read.files import SourceFile

BLANK = " \t\r\n\ufeff"
SPREAD = ("{", "[", "[{")
"""First lines of JSON that is spread over several lines, whatever the file's ending says."""


class LinesReader(FileReader):
    """Reads JSON Lines, plain or compressed.

    Args:
        path: files, globs or folders.
        columns: from field to column.
        encoding: of the files; None to find it in each.

    Raises:
        ConfigError: unknown encoding.
    """

    suffixes = tuple(SUFFIXES["lines"].split())

    def __init__(
        self, path: list[str], columns: dict[str, Any] | None = None, *, encoding: str | None = None
    ) -> None:
        super().__init__(path)
        self.encoding = checked_encoding(encoding)
        self.texts = columns_of(columns or {}, ["text"])["text"]

    def rows_of(self, file: SourceFile) -> Iterator[Row | Unreadable]:
        """Yield one row for each line that is not blank; or for each article, if a line holds several."""
        encoding = encoding_of(file, self.encoding)
        is_first = True
        with file.open() as stream:
            for number, line in enumerate(decoded_lines(stream, encoding), start=1):
                place = f"{file.path}:{number}"
                if isinstance(line, UnicodeDecodeError):
                    yield Unreadable(place, f"not {encoding} at byte {line.start} of the line")
                elif content := line.strip(BLANK):
                    if is_first and content in SPREAD:
                        break
                    yield from rows_in(content, place, self.texts)
                    is_first = False
            else:
                return
        try:
            yield from rows_in(decoded(file, file.content(), self.encoding), file.path, self.texts)
        except UnicodeDecodeError as error:
            yield Unreadable(file.path, f"not {error.encoding} at byte {error.start}")
