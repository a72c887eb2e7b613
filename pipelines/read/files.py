"""The files that the paths of a config name: local or remote; single files, globs, folders or archives."""

from __future__ import annotations

import glob
import itertools
import lzma
import zipfile
import zlib
from collections import Counter
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.addresses import answered, is_address, is_unreachable, place_of
from pipelines.errors import InputError
from pipelines.read.closed_folders import folders_of_runs, refuse_closed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

SUFFIXES = {
    "lines": ".jsonl .ndjson",
    "csv": ".csv .tsv",
    "parquet": ".parquet",
    "text": ".txt",
    "html": ".html .htm .xhtml",
    "json": ".json",
    "excel": ".xlsx .xlsm .xlsb .xls .ods",
    "sqlite": ".sqlite .sqlite3 .db",
    # What databases call .doc is often RTF or HTML; only a .zip that cannot be opened is read as a file.
    "documents": ".docx .doc .rtf .pdf .xml .rss .atom .nitf .tei .warc .zip",
}
READER_OF_SUFFIX = {suffix: reader for reader, suffixes in SUFFIXES.items() for suffix in suffixes.split()}
SEVERAL_KINDS = "files"
"""The reader of files of several kinds."""
LISTS = {"thumbs.db", "ehthumbs.db", "desktop.ini"}
"""What Windows puts into folders."""
COMPRESSIONS = {".gz", ".bz2", ".xz", ".zst"}
LARGEST = 1 << 28
"""Bytes of a file that is read whole, 256 MiB: more than the largest export of a database, and a bound for a
file that is small only as long as it is compressed."""
DAMAGED = (EOFError, OSError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
"""What opening a damaged, encrypted or otherwise unreadable file raises; RuntimeError is zipfile's for a
password, and covers its NotImplementedError for an unknown compression."""


class SourceFile(NamedTuple):
    """A file, and the folder of the config that contains it; `member` is its name if it is in an archive."""

    filesystem: Any
    path: str
    root: str
    member: str | None = None

    @property
    def suffix(self) -> str:
        """The file's ending, without that of a compression."""
        path = PurePosixPath(self.path)
        return (path.with_suffix("") if path.suffix in COMPRESSIONS else path).suffix.lower()

    @property
    def relative(self) -> PurePosixPath:
        """The file's path below the folder."""
        return PurePosixPath(self.path).relative_to(self.root)

    @property
    def reader(self) -> str | None:
        """The name of the reader of such files; None for an unknown ending."""
        return READER_OF_SUFFIX.get(self.suffix)

    @property
    def is_hidden(self) -> bool:
        """Whether the file, or a folder above it, is hidden or a program's own: `._a.txt`, `~$a.docx`."""
        parts = self.relative.parts
        return any(part.startswith((".", "~$", "__MACOSX")) for part in parts) or parts[-1].lower() in LISTS

    @contextmanager
    def open(self) -> Iterator[Any]:
        """Open a binary stream of the file's content, decompressed.

        Raises:
            InputError: the file cannot be read, or its compression is damaged.
            OSError: its store does not answer: that is no reason to go on without the file.
        """
        try:
            with self.filesystem.open(self.member or self.path, "rb", compression="infer") as stream:
                yield stream
        except DAMAGED as error:
            if is_unreachable(error):
                raise
            cause = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise InputError(self.path, f"cannot be read ({cause})", "Check or remove the file") from error

    def content(self) -> bytes:
        """The whole content, decompressed.

        Raises:
            InputError: the file cannot be read, or is larger than LARGEST.
        """
        with self.open() as stream:
            content: bytes = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise InputError(self.path, f"larger than {LARGEST >> 20} MiB", "Split the file")
        return content

    def stamp(self) -> tuple[object, ...]:
        """The path, size and time of the file, which change when the file does."""
        try:
            info = self.filesystem.info(self.member or self.path)
        except FileNotFoundError:  # a link that leads nowhere
            return self.path, None, None
        changed = info.get("mtime") or info.get("ETag") or info.get("LastModified") or info.get("CRC")
        return self.path, info["size"], str(changed)


def find_files(
    paths: Sequence[str | SourceFile], suffixes: Collection[str] = READER_OF_SUFFIX
) -> list[SourceFile]:
    """List the files that the paths name, each once, in the order of the paths and then of their names.

    Args:
        paths: of files, globs or folders; a folder is searched to any depth, and so is a .zip. A file
            that was found before stands for itself.
        suffixes: endings of the files to list from a folder or archive; a file that is itself a path is
            always listed. Hidden files are listed only if they are themselves a path.

    Raises:
        InputError: a path names nothing, or a folder has no such file.
    """
    files: dict[str, SourceFile] = {}
    for path in paths:
        for file in [path] if isinstance(path, SourceFile) else _chosen(path, suffixes):
            files.setdefault(file.path, file)
    return list(files.values())


def detect_reader(paths: Sequence[str]) -> str:
    """The name of the reader for the paths, from the endings of their files.

    Raises:
        InputError: the paths name nothing, or a file of an unknown kind.
    """
    counts: Counter[str] = Counter()
    for file in find_files(paths):
        if file.reader is None:
            known = ", ".join(READER_OF_SUFFIX)
            raise InputError(file.path, "not a known kind of file", f"Known: {known}; or set articles.reader")
        counts[file.reader] += 1
    return next(iter(counts)) if len(counts) == 1 else SEVERAL_KINDS


def run_folders(path: str) -> list[str]:
    """The folders of runs below the folder that a path names: what runs write is no article.

    Raises:
        InputError: the path names nothing.
    """
    return _runs_among(_named(path), is_whole=not glob.has_magic(path))


def _runs_among(files: Sequence[SourceFile], is_whole: bool) -> list[str]:
    """The folders of runs above some of the files; `is_whole` if these are all files of a folder."""
    names = {file.path for file in files}
    is_there = names.__contains__ if is_whole else files[0].filesystem.isfile
    return folders_of_runs(names, files[0].root, is_there)


def _root_of_glob(pattern: str) -> str:
    """The folder before a glob's first wildcard."""
    fixed = itertools.takewhile(lambda part: not glob.has_magic(part), PurePosixPath(pattern).parts)
    return str(PurePosixPath(*fixed))


def _chosen(path: str, suffixes: Collection[str]) -> list[SourceFile]:
    files = listed(path)
    if len(files) == 1 and files[0].path == _stripped(path):
        return files
    chosen = [file for file in files if not file.is_hidden]
    if not glob.has_magic(path) or any(file.member for file in chosen):
        chosen = [file for file in chosen if file.suffix in suffixes]
    if not chosen:
        cause = (
            f"no {', '.join(suffixes)} in this folder" if len(suffixes) < 9 else "no article in this folder"
        )
        raise InputError(path, cause, "Check articles.path")
    return chosen


def _stripped(path: str) -> str:
    return place_of(path).path


def listed(path: str) -> list[SourceFile]:
    """Every file that a path names, those in archives instead of the archives.

    Raises:
        InputError: there is none, or the path is an address that cannot be used.
    """
    files = answered(path, lambda: _named(path)) if is_address(path) else _named(path)
    runs = tuple(f"{folder}/" for folder in _runs_among(files, is_whole=not glob.has_magic(path)))
    return [member for file in files if not file.path.startswith(runs) for member in _members(file)]


def _named(path: str) -> list[SourceFile]:
    filesystem, inner = place_of(path)
    if filesystem.isfile(inner):
        names, root = [inner], str(PurePosixPath(inner).parent)
    elif filesystem.isdir(inner):
        if not is_address(path):
            refuse_closed(inner)
        names, root = sorted(filesystem.find(inner)), inner
    else:
        matches = sorted(filesystem.glob(inner)) if glob.has_magic(inner) else []
        names, root = [match for match in matches if filesystem.isfile(match)], _root_of_glob(inner)
    if not names:
        if is_address(path):  # `isfile` and `isdir` are false if the store does not answer; this says why
            filesystem.info(_root_of_glob(inner))
        if filesystem.isdir(inner):
            raise InputError(path, "no article in this folder", "Check articles.path")
        cure = "Check articles.path, or set articles.reader: hub for a dataset of the hub"
        raise InputError(path, "no such file or folder", cure)
    return [SourceFile(filesystem, name, root) for name in names]


def _members(file: SourceFile) -> list[SourceFile]:
    """The files in an archive; the file itself if it is none, or one that cannot be opened."""
    if file.suffix != ".zip" or file.is_hidden:
        return [file]
    from fsspec.implementations.zip import ZipFileSystem

    try:
        archive = ZipFileSystem(file.filesystem.open(file.path), skip_instance_cache=True)
        names = sorted(archive.find(""))
    except (*DAMAGED, ValueError):
        return [file]
    return [SourceFile(archive, f"{file.path}/{name}", file.root, name) for name in names]
