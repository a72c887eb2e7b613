"""What the readers of files share: they read one after the other, and a damaged one costs itself alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from pipelines.engines.base import Row, Unreadable
from pipelines.errors import InputError
from pipelines.read.files import find_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pipelines.read.files import SourceFile

EMPTY = "no article in it"
"""Why a file, or a line of one, without any record is named."""


class FileReader(ABC):
    """A reader of files; each kind says how it reads one, in `rows_of`.

    Args:
        path: files, globs or folders.
    """

    suffixes: Collection[str]
    """Endings of the files to read in folders."""

    def __init__(self, path: list[str]) -> None:
        self.path = path

    def files(self) -> list[SourceFile]:
        """The files that the paths name.

        Raises:
            InputError: a path names nothing, or a folder has no such file.
        """
        return find_files(self.path, self.suffixes)

    def rows(self) -> Iterator[Row | Unreadable]:
        """Yield the rows of each file; of an empty one, or one of several that cannot be read, its name.

        Raises:
            InputError: the only file cannot be read, or a package is needed that is not installed.
        """
        files = self.files()
        for file in files:
            row = None
            try:
                for row in self.rows_of(file):
                    yield row
            except InputError as error:
                if len(files) == 1 or error.cure.startswith("Install"):
                    raise
                yield Unreadable(file.path, error.cause)
            else:
                if row is None:
                    yield Unreadable(file.path, EMPTY)

    @abstractmethod
    def rows_of(self, file: SourceFile) -> Iterator[Row | Unreadable]:
        """Yield the rows of a file.

        Raises:
            InputError: the file cannot be read.
        """

    def fingerprint(self) -> str:
        """The names, sizes and times of the files."""
        return repr([file.stamp() for file in self.files()])
