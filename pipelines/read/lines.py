"""JSON Lines: one article a line, so that a damaged line costs one article."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pipelines.engines.base import Row, Unreadable
from pipelines.read.files import checked_encoding, find_files

if TYPE_CHECKING:
    from collections.abc import Iterator


class LinesReader:
    """Reads JSON Lines, plain or compressed.

    Args:
        path: files, globs or folders.
        encoding: of the files.

    Raises:
        ConfigError: unknown encoding.
    """

    def __init__(self, path: list[str], *, encoding: str = "utf-8") -> None:
        self.path, self.encoding = path, checked_encoding(encoding)

    def rows(self) -> Iterator[Row | Unreadable]:
        """Yield one row for each line that is not blank."""
        for file in find_files(self.path, (".jsonl", ".ndjson")):
            with file.open() as stream:
                for number, line in enumerate(stream, start=1):
                    if line.decode("utf-8", "replace").strip(" \t\r\n\ufeff"):
                        yield self._row(f"{file.path}:{number}", line)

    def _row(self, place: str, line: bytes) -> Row | Unreadable:
        try:
            values = json.loads(line.decode(self.encoding).lstrip("\ufeff"))
        except UnicodeDecodeError as error:
            return Unreadable(place, f"not {self.encoding} at byte {error.start} of the line")
        except (ValueError, RecursionError) as error:
            return Unreadable(place, f"not JSON: {error}")
        return Row(place, values) if isinstance(values, dict) else Unreadable(place, "not a JSON object")

    def fingerprint(self) -> str:
        """The names, sizes and times of the files."""
        return repr([file.stamp() for file in find_files(self.path, (".jsonl", ".ndjson"))])
