"""A run whose folder is in a store: worked on in a local copy, which is brought to the store file by file.

The store is what counts, the copy is a cache: before work it is made equal to the store, whatever it holds.
See docs/reliability.md.
"""

from __future__ import annotations

import warnings
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property, wraps
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from pipelines.addresses import answered, patiently, place_of, understood
from pipelines.errors import InputError
from pipelines.hashing import DIGEST_CHARACTERS, sha256
from pipelines.job import places
from pipelines.job.lease import Lease
from pipelines.job.log import FILE as LOG
from pipelines.job.marked import MarkedFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pipelines.job.marked import Marks

P = ParamSpec("P")
T = TypeVar("T")
AT_A_TIME = 64
"""Files that are asked for at once: fsspec fetches them side by side, if the store allows it."""
ADDRESS = ".address"
"""File of a local copy that names what it is a copy of."""
LAST = ("tables/made_from.json", "manifest.json")
"""Files that say that others are complete, and so are written after them."""


def patient(method: Callable[Concatenate[Mirror, P], T]) -> Callable[Concatenate[Mirror, P], T]:
    """A method of a mirror that waits for a store that is away; what it does may be done twice."""

    @wraps(method)
    def waiting(self: Mirror, /, *args: P.args, **named: P.kwargs) -> T:
        return patiently(self.address, lambda: method(self, *args, **named))

    return waiting


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
    def _store(self) -> MarkedFiles:
        return MarkedFiles(place_of(self.address), self.folder)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the run in the store during the block.

        Before it the copy becomes as the store, after it the store as the copy.

        Raises:
            InputError: another process is writing there, or the store cannot be used.
        """
        place = place_of(self.address, own=True)  # of the thread that renews the lease
        answered(self.address, lambda: place.filesystem.exists(f"{place.path}/{LOG}"))
        lease, log = Lease(place, self.address), MarkedFiles(place, self.folder)
        with ExitStack() as stack:
            with understood(self.address):
                stack.enter_context(lease.held(lambda: self._push_log(log)))
                self.pull()
                self._store.remove(sorted(name for name in self._store.names() if _is_trial(name)))
            self._lease = lease
            try:
                yield
                self.push()
                self.remove_gone()
            finally:
                self._lease = None
                with suppress(Exception):  # a log that lags behind is no reason to stop
                    self._push_log(self._store)

    def check(self) -> None:
        """Make sure that nobody else has taken the run, if this process holds it.

        Raises:
            LostLeaseError: another process has.
        """
        if self._lease:
            self._lease.check()

    def look(self) -> None:
        """Make the copy as the store is, to read it.

        Raises:
            InputError: no run is there, or the store cannot be used.
        """
        if not answered(self.address, lambda: self._store.names()):
            raise InputError(self.address, "nothing is there", "Give the address of a run")
        with understood(self.address):
            self.pull()

    @patient
    def pull(self, below: str = "") -> None:
        """Make the copy, or a folder of it, as the store is.

        Args:
            below: the folder; empty for all.
        """
        names, marks = self._store.names(below), self._store.marks(below)
        if not marks and places.INDEX in names:
            self._adopt(names)
            return
        complete = {name: digests for name, digests in marks.items() if name in names}
        self._fetch(complete)
        if LOG in names:
            self._store.get([LOG])
        for name in self._local(below) - complete.keys():
            (self.folder / name).unlink()

    @patient
    def fetch(self, paths: Iterable[Path]) -> None:
        """Bring files from the store that are there, unless this process holds the run and so has them."""
        if self._lease is None:
            marks = (self._store.marks(self._name(path)) for path in paths)
            self._fetch({name: digests for of_file in marks for name, digests in of_file.items()})

    @patient
    def push_part(self, path: Path) -> None:
        """Bring one part to the store."""
        name = self._name(path)
        self._put([name], self._store.marks(name))

    @patient
    def push(self) -> None:
        """Bring all files but parts to the store that are not there as they are here."""
        marks = self._store.marks()
        names = sorted(name for name in self._local() if not places.PART.fullmatch(PurePosixPath(name).name))
        changed = [name for name in names if marks.get(name) != [self._digest(name)]]
        last = [name for name in LAST if name in changed]
        self._store.unmark(last, marks)
        self._put([name for name in changed if name not in last], marks)
        for name in last:
            self._put([name], {})

    @patient
    def remove_gone(self) -> None:
        """Remove from the store what the run has removed from the copy."""
        marks = self._store.marks()
        gone = marks.keys() - self._local()
        self._store.unmark(sorted(gone), marks)
        self._store.remove(sorted(self._store.names() & gone))

    @patient
    def share(self, path: Path) -> None:
        """Bring a file to the store that other machines get with `receive`, or remove it there, too."""
        if path.is_file():
            self._store.put_unmarked([self._name(path)])
        else:
            with suppress(FileNotFoundError):
                self._store.remove([self._name(path)])

    @patient
    def receive(self, path: Path) -> None:
        """Bring a file that was shared from the store, if it is there."""
        with suppress(FileNotFoundError):
            self._store.get([self._name(path)])

    def _adopt(self, names: set[str]) -> None:
        """Take over a run that was copied to the store by other means, without marks."""
        files = sorted(name for name in names if not _is_hidden(name))
        self._store.get(files)
        self._store.mark({name: self._digest(name) or "" for name in files if name != LOG})

    def _fetch(self, complete: Marks) -> None:
        """Bring files from the store that are not here; one that is not as its mark says is not believed."""
        due = [name for name, digests in complete.items() if digests != [self._digest(name)]]
        for start in range(0, len(due), AT_A_TIME):
            names = due[start : start + AT_A_TIME]
            self._store.get(names)
            for name in names:
                if complete[name] != [self._digest(name)]:
                    (self.folder / name).unlink()
                    warnings.warn(f"{self.address}/{name}: damaged; made again", stacklevel=1)

    def _put(self, names: Sequence[str], marks: Marks) -> None:
        """Bring files to the store, if the run is still that of this process."""
        self.check()
        self._store.put({name: self._digest(name) or "" for name in names}, marks)

    def _push_log(self, store: MarkedFiles) -> None:
        """Bring the log to the store if it has grown. It has no mark: it is read as far as it is there."""
        path = self.folder / LOG
        if path.is_file() and (size := path.stat().st_size) != self._logged:
            store.put_unmarked([LOG])
            self._logged = size

    def _local(self, below: str = "") -> set[str]:
        """The files of the copy, but for the log and for hidden ones, which are of this machine alone."""
        names = {self._name(path) for path in (self.folder / below).rglob("*") if path.is_file()}
        return {name for name in names if not _is_hidden(name)} - {LOG}

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _digest(self, name: str) -> str | None:
        """The digest of a file of the copy; None if there is none."""
        path = self.folder / name
        return sha256(path)[:DIGEST_CHARACTERS] if path.is_file() else None


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _is_trial(name: str) -> bool:
    return places.TRIAL.fullmatch(PurePosixPath(name).name) is not None
