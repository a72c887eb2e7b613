"""Folders among those of the articles that are not to be read: of runs, or closed to the user."""

from __future__ import annotations

import os
from collections import deque
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipelines.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RUN = ("run.log", "config.yaml")
"""Files that are both in the folder of a run."""


def folders_of_runs(names: Iterable[str], root: str, is_there: Callable[[str], bool]) -> list[str]:
    """The folders of runs above some of the files and below the root.

    Args:
        names: paths of files.
        root: the folder that contains them all.
        is_there: whether there is a file of a path.
    """
    top = PurePosixPath(root)
    last = {PurePosixPath(name.rpartition("/")[0]) for name in names}
    above = {folder for path in last for folder in (path, *path.parents) if top in folder.parents}
    return sorted(str(folder) for folder in above if all(is_there(f"{folder}/{name}") for name in RUN))


def refuse_closed(folder: str) -> None:
    """Refuse a folder in which one cannot be listed, since its articles would be missing.

    Raises:
        InputError: there is one.
    """
    try:
        deque(os.walk(folder, onerror=_raise), 0)
    except OSError as error:
        cause, cure = f"cannot be read ({error.strerror})", "Check who may read it"
        raise InputError(str(error.filename), cause, cure) from error


def _raise(error: OSError) -> None:
    raise error
