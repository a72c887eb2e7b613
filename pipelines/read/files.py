"""The files that the paths of a config name: local or remote; single files, globs or folders."""

from __future__ import annotations

import glob
import itertools
import lzma
import zlib
from collections import Counter
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

READER_OF_SUFFIX = {
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
}
COMPRESSIONS = {".gz", ".bz2", ".xz", ".zst"}


class SourceFile(NamedTuple):
    """A file, and the folder of the config that contains it."""

    filesystem: Any
    path: str
    root: str

    @property
    def suffix(self) -> str:
        """The file's ending, without that of a compression."""
        path = PurePosixPath(self.path)
        return (path.with_suffix("") if path.suffix in COMPRESSIONS else path).suffix.lower()

    @property
    def relative(self) -> PurePosixPath:
        """The file's path below the folder."""
        return PurePosixPath(self.path).relative_to(self.root)

    @contextmanager
    def open(self) -> Iterator[Any]:
        """Open a binary stream of the file's content, decompressed.

        Raises:
            InputError: the file cannot be read, or its compression is damaged.
        """
        try:
            with self.filesystem.open(self.path, "rb", compression="infer") as stream:
                yield stream
        except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
            cause = str(error) or type(error).__name__
            raise InputError(self.path, f"cannot be read ({cause})", "Check or remove the file") from error

    def stamp(self) -> tuple[object, ...]:
        """The path, size and time of the file, which change when the file does."""
        info = self.filesystem.info(self.path)
        changed = info.get("mtime") or info.get("ETag") or info.get("LastModified")
        return self.path, info["size"], str(changed)


def find_files(paths: Sequence[str], suffixes: Collection[str] = READER_OF_SUFFIX) -> list[SourceFile]:
    """List the files that the paths name, each once, in the order of the paths and then of their names.

    Args:
        paths: of files, globs or folders; a folder is searched to any depth.
        suffixes: endings of the files to list from a folder; a file that is itself a path is always listed.

    Raises:
        InputError: a path names nothing, or a folder has no such file.
    """
    files: dict[str, SourceFile] = {}
    for path in paths:
        for file in _files_of(path, suffixes):
            files.setdefault(file.path, file)
    return list(files.values())


def detect_reader(paths: Sequence[str]) -> str:
    """The name of the reader for the paths, from the endings of their files.

    Raises:
        InputError: the paths name nothing, an unknown kind of file, or files of several kinds.
    """
    counts: Counter[str] = Counter()
    for file in find_files(paths):
        if file.suffix not in READER_OF_SUFFIX:
            known = ", ".join(READER_OF_SUFFIX)
            raise InputError(file.path, "not a known kind of file", f"Known: {known}; or set articles.reader")
        counts[READER_OF_SUFFIX[file.suffix]] += 1
    if len(counts) > 1:
        kinds = ", ".join(f"{count} for '{name}'" for name, count in counts.most_common())
        raise InputError(paths[0], f"files of several kinds: {kinds}", "Set articles.reader to one of them")
    return next(iter(counts))


def _root_of_glob(pattern: str) -> str:
    """The folder before a glob's first wildcard."""
    fixed = itertools.takewhile(lambda part: not glob.has_magic(part), PurePosixPath(pattern).parts)
    return str(PurePosixPath(*fixed))


def _files_of(path: str, suffixes: Collection[str]) -> list[SourceFile]:
    import fsspec

    filesystem, inner = fsspec.core.url_to_fs(path)
    if filesystem.isfile(inner):
        return [SourceFile(filesystem, inner, str(PurePosixPath(inner).parent))]
    if filesystem.isdir(inner):
        files = [SourceFile(filesystem, name, inner) for name in sorted(filesystem.find(inner))]
        files = [file for file in files if file.suffix in suffixes]
        if not files:
            raise InputError(path, f"no {', '.join(suffixes)} in this folder", "Check articles.path")
        return files
    matches = sorted(filesystem.glob(inner)) if any(wildcard in inner for wildcard in "*?[") else []
    root = _root_of_glob(inner)
    files = [SourceFile(filesystem, match, root) for match in matches if filesystem.isfile(match)]
    if not files:
        cure = "Check articles.path, or set articles.reader: hub for a dataset of the hub"
        raise InputError(path, "no such file or folder", cure)
    return files
