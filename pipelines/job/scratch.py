"""Temporary files of a run, in its own folder: there is room, and what a killed process leaves is removed."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from pipelines.atomic import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NUMBERS = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR_WRITE: errno.EFBIG,
    sqlite3.SQLITE_CANTOPEN: errno.EROFS,
    sqlite3.SQLITE_READONLY: errno.EROFS,
}
"""Error numbers of the system for those of SQLite."""


@contextmanager
def scratch_path(folder: Path, name: str) -> Iterator[Path]:
    """A path for a temporary file or folder, removed when the block ends, or when the run next begins.

    Args:
        folder: the run's, or the folder of one of its stages.
        name: of the file or folder, different from those of the other blocks of this process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".{name}.{os.getpid()}{UNFINISHED}"
    remove(path)
    try:
        yield path
    finally:
        remove(path)


@contextmanager
def scratch_database(folder: Path, name: str) -> Iterator[sqlite3.Connection]:
    """An empty SQLite database in a `scratch_path`, of which some 2 MB are in memory.

    Raises:
        OSError: the disk is full, or cannot be written.
    """
    with scratch_path(folder, name) as path:
        try:
            # Nobody else opens it, and some file systems cannot lock.
            address = f"{path.absolute().as_uri()}?nolock=1"
            with closing(sqlite3.connect(address, uri=True)) as database:
                database.execute("PRAGMA journal_mode=OFF")
                database.execute("PRAGMA synchronous=OFF")
                yield database
        except sqlite3.OperationalError as error:
            number = NUMBERS.get(error.sqlite_errorcode, errno.EIO)
            raise OSError(number, str(error), str(path)) from error


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it; nothing if neither is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
