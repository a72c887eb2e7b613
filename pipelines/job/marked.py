"""Files of a run in a store: one is complete once a mark with its digest is there.

The mark of a file that is about to change is removed first. So what was half written when a process died is
never believed, on stores that write an object whole or not at all and on others.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack, suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipelines.atomic import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pipelines.addresses import Place

MARKS = ".committed"
"""Folder of the marks, `.committed/FILE/DIGEST` for each complete file."""
Marks = dict[str, list[str]]
"""The digests of files by their names; more than one if a process died between two."""


class MarkedFiles:
    """The files in one folder of a store; names are relative to it.

    Args:
        place: the folder.
        copy: the folder of this machine that files are taken from and brought to, under the same names.
    """

    def __init__(self, place: Place, copy: Path) -> None:
        self._files, self._root = place
        self._copy = copy

    def names(self, below: str = "") -> set[str]:
        """The files there, with and without a mark, and the marks.

        Args:
            below: a folder in it; empty for all.
        """
        self._files.invalidate_cache()
        with suppress(FileNotFoundError):
            paths = self._files.find(self._path(below).rstrip("/"))
            return {path[len(self._root) :].strip("/") for path in paths}
        return set()

    def marks(self, below: str = "") -> Marks:
        """The marks of the files in a folder, or of one file."""
        marks: Marks = defaultdict(list)
        for mark in self.names(f"{MARKS}/{below}"):
            name, _, digest = mark.removeprefix(f"{MARKS}/").rpartition("/")
            marks[name].append(digest)
        return dict(marks)

    def get(self, names: Sequence[str]) -> None:
        """Bring files from the store, whole or not at all."""
        with ExitStack() as stack:
            paths = [str(stack.enter_context(whole(self._copy / name))) for name in names]
            self._files.get(list(map(self._path, names)), paths)

    def put(self, digests: Mapping[str, str], marks: Marks) -> None:
        """Bring files to the store.

        Args:
            digests: of the files, by name.
            marks: that they have so far.
        """
        if digests:
            self.unmark(digests, marks)
            self.put_unmarked(list(digests))
            self.mark(digests)

    def put_unmarked(self, names: Sequence[str]) -> None:
        """Bring files to the store that need no mark."""
        paths = list(map(self._path, names))
        self._make_folders(paths)
        self._files.put([str(self._copy / name) for name in names], paths)

    def mark(self, digests: Mapping[str, str]) -> None:
        """Mark files as complete."""
        marks = {self._path(f"{MARKS}/{name}/{digest}"): digest.encode() for name, digest in digests.items()}
        self._make_folders(marks)
        self._files.pipe(marks)

    def unmark(self, names: Iterable[str], marks: Marks) -> None:
        """Remove the marks of files."""
        self.remove([f"{MARKS}/{name}/{digest}" for name in names for digest in marks.get(name, ())])

    def remove(self, names: Sequence[str]) -> None:
        """Remove files."""
        if names:
            self._files.rm(list(map(self._path, names)))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _make_folders(self, paths: Iterable[str]) -> None:
        """Make the folders of paths, if the store has folders.

        Object stores, which are asynchronous, have none, and some would make a bucket of a misspelt one.
        """
        if not self._files.async_impl:
            for folder in sorted({str(PurePosixPath(path).parent) for path in paths}):
                self._files.makedirs(folder, exist_ok=True)
