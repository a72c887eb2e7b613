"""Files that are in the folders of the articles and that no reader reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.read.files import SEVERAL_KINDS, SUFFIXES, listed, run_folders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.config import Articles

SHOWN = 5
"""Files that a remark names; keeps it readable."""


def left_out(paths: Sequence[str]) -> list[str]:
    """The files in the folders and archives of the paths that no reader reads, each with the reason.

    Raises:
        InputError: a path names nothing.
    """
    lines = []
    for path in paths:
        lines += [f"{folder}: the folder of a run" for folder in run_folders(path)]
        for file in listed(path):
            if file.is_hidden:
                lines.append(f"{file.path}: hidden")
            elif file.reader is None:
                lines.append(f"{file.path}: not a known kind of file")
    return list(dict.fromkeys(lines))


def left_out_remarks(articles: Articles) -> list[str]:
    """One line on the files that are left out; none if there are none, or if the reader finds its own files.

    Raises:
        InputError: a path names nothing.
    """
    if articles.reader not in (None, SEVERAL_KINDS, *SUFFIXES):
        return []
    lines = left_out(articles.path)
    more = f"; and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return [f"files left out: {len(lines)} ({'; '.join(lines[:SHOWN])}{more})"] if lines else []
