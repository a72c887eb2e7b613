"""The folder that a run is worked on in, for a place that may be an address."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.addresses import MARK, is_address, local_path
from pipelines.engines.cache import cache_folder
from pipelines.errors import InputError
from pipelines.hashing import fingerprint
from pipelines.job.lease import FILE as LOCK
from pipelines.job.mirror import ADDRESS, Mirror

if TYPE_CHECKING:
    from collections.abc import Iterator


def staged(place: str | Path) -> Path:
    """The folder that a run is worked on in: the place itself, or an address's copy in the cache folder.

    Raises:
        InputError: the copy cannot be written.
    """
    if not is_address(place):
        return Path(local_path(str(place))).expanduser().resolve()
    address = str(place) if str(place).endswith(MARK) else str(place).rstrip("/")
    folder = cache_folder() / "runs" / fingerprint(address)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ADDRESS).write_text(address, encoding="utf-8")
    except OSError as error:
        cause = f"the local copy of {address} cannot be written ({error.strerror})"
        raise InputError(str(folder), cause, "Set POLYSTANCE_CACHE to a folder with room") from error
    return folder


def viewed(place: str) -> Path:
    """The folder of a run that is only read; an address's copy is brought up to date first.

    If a process of this machine is at work on the copy, that is left as it is.

    Raises:
        InputError: no run is there, or the store cannot be used.
    """
    import filelock

    folder = staged(place)
    if mirror := Mirror.of(folder):
        with suppress(filelock.Timeout), filelock.FileLock(folder / LOCK, timeout=0):
            mirror.look()
    return folder


@contextmanager
def opened(place: str) -> Iterator[Path]:
    """The folder of a run that other commands than `run` write to; an address has what they wrote afterwards.

    Raises:
        InputError: another process is writing there, or the store cannot be used.
    """
    folder = viewed(place)
    mirror = Mirror.of(folder)
    with mirror.held() if mirror else nullcontext():
        yield folder
