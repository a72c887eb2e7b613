"""A run's folder: its lock, its small files, and what is damaged in it or not the run's own."""

from __future__ import annotations

import errno
import json
import warnings
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from pipelines.addresses import place_of
from pipelines.atomic import whole
from pipelines.config.yaml_text import parse_yaml
from pipelines.errors import InputError, PolystanceError
from pipelines.job import log, places
from pipelines.job.lease import FILE as LOCK
from pipelines.job.lease import Lease
from pipelines.job.mirror import Mirror, shown_place
from pipelines.job.scratch import remove
from pipelines.job.sealed import DamagedError, seal_json, unseal_json
from pipelines.stages import RECORDED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from pipelines.stages import Stage

UNLOCKABLE = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP}
"""Error numbers of a file system that cannot lock files, as some that several machines share."""


class RunFolder:
    """Reads and writes the files of one run besides its parts.

    Args:
        folder: of the run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = log.RunLog(folder)
        self.mirror = Mirror.of(folder)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Lock the folder against a second process, and set aside what is damaged besides the parts.

        Where the system cannot lock a file, or the run is in a store, a lease is the lock.

        Raises:
            InputError: another process is writing to the folder, or it cannot be written.
        """
        with ExitStack() as stack:
            self._lock_file(stack)
            if self.mirror:
                stack.enter_context(self.mirror.held())
            stack.enter_context(self._named_errors())
            self._tidy()
            yield

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        """In errors, the address stands for the folder that is a copy of it."""
        try:
            yield
        except PolystanceError as error:
            if self.mirror is None:
                raise
            parts = (error.place, error.cause, error.cure)
            raise type(error)(
                *(part.replace(str(self.folder), self.mirror.address) for part in parts)
            ) from error

    def _lock_file(self, stack: ExitStack) -> None:
        import filelock

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.folder / LOCK, timeout=0, fallback_to_soft=False)
            stack.enter_context(lock)
        except filelock.Timeout as error:
            cure = "Wait for it, or give another folder with --output"
            place, holder = shown_place(self.folder), self._holder()
            raise InputError(place, f"another run is writing to this folder{holder}", cure) from error
        except OSError as error:
            if error.errno in UNLOCKABLE:
                lease = Lease(place_of(str(self.folder)), str(self.folder))
                stack.enter_context(lease.held())
                return
            cause = f"cannot be written ({error.strerror})"
            raise InputError(str(self.folder), cause, "Give another folder with --output") from error

    def _holder(self) -> str:
        """Who writes to the folder, by its log."""
        events = log.events(self.folder)
        if not events or events[-1]["event"] == log.END:
            return ""
        run = events[0]
        return f" (process {run.get('process')} on {run.get('host')}, since {run['time'][:19]} UTC)"

    def clear(self, results: Iterable[str]) -> None:
        """Remove all that a run wrote, and nothing else.

        Args:
            results: paths of the tables and pages, relative to the folder.
        """
        for stage in RECORDED:
            self.remove_parts(stage, keep=())
        for path in places.rejected(self.folder).values():
            path.unlink()
        paths = (*places.days(self.folder), *places.utterances(self.folder))
        stories = [str(path.relative_to(self.folder)) for path in paths]
        for path in (self.folder / name for name in (*places.FILES, *stories, *results)):
            if path.is_dir():
                self.set_aside(path)
            elif path.name != log.FILE:  # of this run
                path.unlink(missing_ok=True)
        if self.mirror:
            self.mirror.remove_gone()

    def set_aside(self, path: Path) -> None:
        """Rename a damaged file, and say so in one line and in the log."""
        aside = places.set_aside(path)
        self.log.write(log.DAMAGED, file=str(path.relative_to(self.folder)), aside=aside.name)
        warnings.warn(f"{path}: damaged; set aside as {aside.name} and made again", stacklevel=1)

    def write_text(self, name: str, text: str) -> None:
        """Write a file whole or not at all; to a store go all files but parts that have changed, too."""
        with whole(self.folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
        if self.mirror:
            self.mirror.push()

    def write_json(self, name: str, value: Mapping[str, Any]) -> None:
        """Write a JSON object with a digest of it, whole or not at all."""
        self.write_text(name, json.dumps(seal_json(value), ensure_ascii=False, indent=1))

    def read_json(self, name: str) -> dict[str, Any]:
        """The JSON object in a file; empty if the file is missing, damaged or holds something else."""
        try:
            return unseal_json((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, DamagedError):
            return {}

    def read_yaml(self, name: str) -> dict[str, Any]:
        """The mapping in a YAML file; empty if the file is missing, damaged or holds something else."""
        try:
            stored = parse_yaml((self.folder / name).read_text(encoding="utf-8"), name)
        except (OSError, ValueError, PolystanceError):
            return {}
        return stored if isinstance(stored, dict) else {}

    def remove_parts(self, stage: Stage, keep: Collection[int]) -> None:
        """Remove a stage's parts but those of the shards to keep."""
        for number, path in places.parts(self.folder, stage).items():
            if number not in keep and path.is_file():
                path.unlink()

    def _tidy(self) -> None:
        """Remove what a killed process left, and set aside what is in the place of a file and is none."""
        for leftover in places.leftovers(self.folder):
            remove(leftover)
        for path in places.misplaced(self.folder):
            self.set_aside(path)
        for name in places.JSON_FILES:
            path = self.folder / name
            try:
                unseal_json(path.read_text(encoding="utf-8"))
            except FileNotFoundError:
                continue
            except (OSError, UnicodeDecodeError, DamagedError):
                self.set_aside(path)
