"""The files that the paths of a config name: local or remote, one by one, by glob or by folder."""

from __future__ import annotations

import codecs
import glob
import itertools
import lzma
import zlib
from collections import Counter
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.errors import ConfigError, InputError

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
    """A file, and the folder given by the user under which it was found."""

    filesystem: Any
    path: str
    root: str

    @property
    def suffix(self) -> str:
        """Its ending without that of a compression."""
        path = PurePosixPath(self.path)
        return (path.with_suffix("") if path.suffix in COMPRESSIONS else path).suffix.lower()

    @property
    def relative(self) -> PurePosixPath:
        """Its path below the folder."""
        return PurePosixPath(self.path).relative_to(self.root)

    @contextmanager
    def open(self) -> Iterator[Any]:
        """A binary stream of its content, decompressed.

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
        """Changes when the file does."""
        info = self.filesystem.info(self.path)
        changed = info.get("mtime") or info.get("ETag") or info.get("LastModified")
        return self.path, info["size"], str(changed)


def find_files(paths: Sequence[str], suffixes: Collection[str] = READER_OF_SUFFIX) -> list[SourceFile]:
    """The files behind the paths, each once, in the order of the paths and then of their names.

    Args:
        paths: of files, globs or folders; a folder is searched to any depth.
        suffixes: those that count in a folder; a file named by itself always does.

    Raises:
        InputError: a path names nothing, or a folder holds no such file.
    """
    found: dict[str, SourceFile] = {}
    for path in paths:
        for file in _behind(path, suffixes):
            found.setdefault(file.path, file)
    return list(found.values())


def detect_reader(paths: Sequence[str]) -> str:
    """The reader engine for the paths, from the endings of the files behind them.

    Raises:
        InputError: they name nothing, or files of several kinds.
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


def checked_encoding(encoding: str) -> str:
    """The encoding, which exists.

    Raises:
        ConfigError: it does not.
    """
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        cure = "Give one such as utf-8, latin-1 or cp1251"
        raise ConfigError("articles: options.encoding", f"unknown encoding '{encoding}'", cure) from error
    return encoding


def _root_of_glob(pattern: str) -> str:
    """The folder before a glob's first wildcard."""
    fixed = itertools.takewhile(lambda part: not glob.has_magic(part), PurePosixPath(pattern).parts)
    return str(PurePosixPath(*fixed))


def _behind(path: str, suffixes: Collection[str]) -> list[SourceFile]:
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
    matches = sorted(filesystem.glob(inner)) if any(mark in inner for mark in "*?[") else []
    root = _root_of_glob(inner)
    files = [SourceFile(filesystem, match, root) for match in matches if filesystem.isfile(match)]
    if not files:
        cure = "Check articles.path, or set articles.reader: hub for a data set of the hub"
        raise InputError(path, "no such file or folder", cure)
    return files
