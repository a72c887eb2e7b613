"""A run whose folder is in a store: worked on in a local copy, which is brought to the store file by file.

The store is what counts. A file of it is complete once a mark with its digest is there, in the folder MARKS;
the mark of a file that is about to change is removed first. So what was half written when a process died is
never believed, on stores that write an object whole or not at all and on others. See docs/reliability.md.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from pipelines.addresses import answered, place_of, understood
from pipelines.atomic import whole
from pipelines.errors import InputError
from pipelines.hashing import DIGEST_CHARACTERS, sha256
from pipelines.job import places
from pipelines.job.lease import Lease
from pipelines.job.log import FILE as LOG
from pipelines.stages import RECORDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipelines.addresses import Place

AT_A_TIME = 64
"""Files that are asked for at once: fsspec fetches them side by side, if the store allows it."""
MARKS = ".committed"
"""Folder of the marks, `.committed/FILE/DIGEST` for each complete file."""
ADDRESS = ".address"
"""File of a local copy that names what it is a copy of."""
LAST = ("tables/made_from.json", "manifest.json")
"""Files that say that others are complete, and so are written after them."""


def address_of(folder: Path) -> str | None:
    """The address that a folder is a copy of; None if it is a place of its own."""
    try:
        return (folder / ADDRESS).read_text(encoding="utf-8")
    except OSError:
        return None


def shown_place(folder: Path) -> str:
    """A run's folder, or one directly in it, as users name it: an address, if it is a copy."""
    above = address_of(folder.parent)
    return address_of(folder) or (f"{above}/{folder.name}" if above else str(folder))


class Mirror:
    """The two sides of a run in a store: its local copy, and the store.

    Args:
        folder: the local copy; see `pipelines.job.staging`.
        address: of the run in the store.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self._lease: Lease | None = None
        self._logged = -1

    @classmethod
    def of(cls, folder: Path) -> Mirror | None:
        """The mirror of a folder; None if it is a place of its own."""
        address = address_of(folder)
        return cls(folder, address) if address else None

    @cached_property
    def _store(self) -> Place:
        return place_of(self.address)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the run in the store during the block: before it the copy becomes as the store, after it the
        store as the copy.

        Raises:
            InputError: another process is writing there, or the store cannot be used.
        """
        files, root = self._store
        answered(self.address, lambda: files.exists(f"{root}/{LOG}"))
        lease = Lease(place_of(self.address, own=True), self.address)
        with ExitStack() as stack:
            with understood(self.address):
                stack.enter_context(lease.held(self._push_log))
                self.pull()
            self._lease = lease
            try:
                yield
                self.push()
                self.remove_gone()
            finally:
                self._lease = None
                with suppress(Exception):  # a log that lags behind is no reason to stop
                    self._push_log()

    def look(self) -> None:
        """Make the copy as the store is, to read it.

        Raises:
            InputError: no run is there, or the store cannot be used.
        """
        if not answered(self.address, self._names):
            raise InputError(self.address, "nothing is there", "Give the address of a run")
        with understood(self.address):
            self.pull()

    def pull(self, below: str = "") -> None:
        """Make the copy, or a folder of it, as the store is.

        Args:
            below: the folder; empty for all.
        """
        names, marks = self._names(below), self._marks(below)
        if not marks and places.INDEX in names:
            self._adopt(names)
            return
        complete = {
            name: digests[0] for name, digests in marks.items() if name in names and len(digests) == 1
        }
        self._fetch(complete)
        if LOG in names:
            self._get([LOG])
        for name in self._local(below) - complete.keys():
            (self.folder / name).unlink()

    def fetch(self, number: int) -> None:
        """Bring the parts of a shard from the store, unless this process holds the run and so has them."""
        if self._lease is None:
            parts = [str(places.part_path(Path(), stage, number)) for stage in RECORDED]
            marks = {name: digests for name in parts for digests in self._marks(name).values()}
            self._fetch({name: digests[0] for name, digests in marks.items() if len(digests) == 1})

    def push_part(self, path: Path) -> None:
        """Bring one part to the store."""
        name = path.relative_to(self.folder).as_posix()
        self._put([name], self._marks(name))

    def push(self) -> None:
        """Bring all files but parts to the store that are not there as they are here."""
        marks = self._marks()
        names = sorted(name for name in self._local() if not places.PART.fullmatch(PurePosixPath(name).name))
        changed = [name for name in names if marks.get(name) != [self._digest(name)]]
        last = [name for name in LAST if name in changed]
        self._remove(self._paths_of_marks(last, marks))
        self._put([name for name in changed if name not in last], marks)
        for name in last:
            self._put([name], {})

    def remove_gone(self) -> None:
        """Remove from the store what the run has removed from the copy."""
        marks = self._marks()
        gone = sorted(marks.keys() - self._local())
        self._remove(self._paths_of_marks(gone, marks))
        self._remove(sorted(f"{self._store.path}/{name}" for name in self._names() & set(gone)))

    def _adopt(self, names: set[str]) -> None:
        """Take over a run that was copied to the store by other means, without marks."""
        files = sorted(name for name in names if not name.startswith("."))
        self._get(files)
        self._mark([name for name in files if name != LOG])

    def _fetch(self, complete: Mapping[str, str]) -> None:
        """Bring files from the store that are not here; one that is not as its mark says is not believed."""
        due = [name for name, digest in complete.items() if self._digest(name) != digest]
        for start in range(0, len(due), AT_A_TIME):
            names = due[start : start + AT_A_TIME]
            self._get(names)
            for name in names:
                if self._digest(name) != complete[name]:
                    (self.folder / name).unlink()
                    warnings.warn(f"{self.address}/{name}: damaged; made again", stacklevel=1)

    def _get(self, names: Sequence[str]) -> None:
        with ExitStack() as stack:
            paths = [stack.enter_context(whole(self.folder / name)) for name in names]
            remote = [f"{self._store.path}/{name}" for name in names]
            self._store.filesystem.get(remote, list(map(str, paths)))

    def _put(self, names: Sequence[str], marks: Mapping[str, Sequence[str]]) -> None:
        """Write files to the store, without a mark while they are written."""
        if self._lease:
            self._lease.check()
        if not names:
            return
        self._remove(self._paths_of_marks(names, marks))
        remote = [f"{self._store.path}/{name}" for name in names]
        self._make_folders(remote)
        self._store.filesystem.put([str(self.folder / name) for name in names], remote)
        self._mark(names)

    def _mark(self, names: Sequence[str]) -> None:
        marks = self._paths_of_marks(names, {name: [self._digest(name) or ""] for name in names})
        self._make_folders(marks)
        self._store.filesystem.pipe({path: PurePosixPath(path).name.encode() for path in marks})

    def _remove(self, paths: Sequence[str]) -> None:
        if paths:
            self._store.filesystem.rm(list(paths))

    def _make_folders(self, paths: Sequence[str]) -> None:
        """Make the folders of paths, if the store has folders: object stores, which are asynchronous, do not,
        and some of them would make a bucket of a misspelt one."""
        if not self._store.filesystem.async_impl:
            for folder in sorted({str(PurePosixPath(path).parent) for path in paths}):
                self._store.filesystem.makedirs(folder, exist_ok=True)

    def _push_log(self) -> None:
        """Bring the log to the store if it has grown. It has no mark: it is read as far as it is there."""
        path = self.folder / LOG
        if path.is_file() and (size := path.stat().st_size) != self._logged:
            self._store.filesystem.put_file(str(path), f"{self._store.path}/{LOG}")
            self._logged = size

    def _names(self, below: str = "") -> set[str]:
        """The files in the store, relative to the run."""
        files, root = self._store
        files.invalidate_cache()
        with suppress(FileNotFoundError):
            return {path[len(root) :].strip("/") for path in files.find(f"{root}/{below}".rstrip("/"))}
        return set()

    def _marks(self, below: str = "") -> dict[str, list[str]]:
        """The digests of the complete files; more than one if a process died between two."""
        marks: dict[str, list[str]] = defaultdict(list)
        for mark in self._names(f"{MARKS}/{below}"):
            name, _, digest = mark.removeprefix(f"{MARKS}/").rpartition("/")
            marks[name].append(digest)
        return dict(marks)

    def _paths_of_marks(self, names: Iterable[str], marks: Mapping[str, Sequence[str]]) -> list[str]:
        root = f"{self._store.path}/{MARKS}"
        return [f"{root}/{name}/{digest}" for name in names for digest in marks.get(name, ())]

    def _local(self, below: str = "") -> set[str]:
        """The files of the copy, but for the log and for hidden ones, which are of this machine alone."""
        paths = {path.relative_to(self.folder) for path in (self.folder / below).rglob("*") if path.is_file()}
        shown = {path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts)}
        return shown - {LOG}

    def _digest(self, name: str) -> str | None:
        """The digest of a file of the copy; None if there is none."""
        path = self.folder / name
        return sha256(path)[:DIGEST_CHARACTERS] if path.is_file() else None
