"""The files that the paths of a config name: local or remote, one by one, by glob or by folder."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

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

    def open(self) -> Any:
        """A binary stream of its content, decompressed."""
        return self.filesystem.open(self.path, "rb", compression="infer")

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
    files = [SourceFile(filesystem, m, str(PurePosixPath(m).parent)) for m in matches if filesystem.isfile(m)]
    if not files:
        cure = "Check articles.path, or set articles.reader: hub for a data set of the hub"
        raise InputError(path, "no such file or folder", cure)
    return files
