"""A lease: the lock of a place where no file can be locked, which ends by itself if its holder is gone."""

from __future__ import annotations

import getpass
import json
import os
import platform
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import BaseModel

from pipelines.errors import InputError, ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.addresses import Place

FILE = ".lock"
TERM = timedelta(seconds=120)
"""Time after its last renewal that a lease ends: long enough for a store that stumbles and for clocks that
differ by a minute; what a run waits if another machine died."""
PERIOD = 20.0
"""Seconds between renewals: five may fail."""
WATCH = 1.5 * PERIOD
"""Seconds for which a lease that seems to have ended is watched: whose clock is behind still renews it."""
READS = 3
"""Times that what is no lease is read again, a second apart: it may be about to be written."""
HERE = platform.node()


class LostLeaseError(ServerError):
    """Another process has taken the place, since this one was not heard of for too long."""


class Holder(BaseModel):
    """Who holds a lease; times are UTC."""

    token: str
    user: str
    host: str
    process: int
    since: datetime
    renewed: datetime

    @property
    def has_ended(self) -> bool:
        """Whether the lease has ended, if the clock here and that of its holder agree."""
        return datetime.now(UTC) - self.renewed > TERM

    @property
    def is_gone(self) -> bool:
        """Whether its process is one of this machine that has ended."""
        return self.host == HERE and self.process != os.getpid() and not is_alive(self.process)

    def __str__(self) -> str:
        seconds = max(0, round((datetime.now(UTC) - self.renewed).total_seconds()))
        who = f"{self.user} on {self.host}, process {self.process}"
        return f"{who}, since {self.since:%Y-%m-%d %H:%M:%S} UTC, heard of {seconds} s ago"


class Lease:
    """The right to write to a place, for as long as it is renewed.

    Args:
        place: a folder.
        address: of the place, for errors.
    """

    def __init__(self, place: Place, address: str) -> None:
        self._files, self._path = place.filesystem, f"{place.path.rstrip('/')}/{FILE}"
        self.address = address
        self._token = uuid4().hex
        self._since = self._renewed = datetime.now(UTC)

    @contextmanager
    def held(self, beat: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Hold the lease during the block, and renew it.

        Args:
            beat: called at each renewal; its errors are passed over.

        Raises:
            InputError: somebody else holds it.
        """
        self._take()
        ended = threading.Event()
        thread = threading.Thread(target=self._renew, args=(ended, beat), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(PERIOD)
            with suppress(Exception):  # if the store does not answer, the lease ends by itself
                if self._is_own():
                    self._files.rm_file(self._path)

    def check(self) -> None:
        """Make sure that nobody else has taken the place.

        Raises:
            LostLeaseError: the lease could not be renewed for as long as it lasts.
        """
        if datetime.now(UTC) - self._renewed > TERM and not self._is_own():
            cause = f"another process took over after {TERM.seconds} s in which this one was not heard of"
            raise LostLeaseError(self.address, cause, "")

    def _take(self) -> None:
        holder = self._holder()
        for _ in range(READS):
            if holder is not None or not self._files.exists(self._path):
                break
            time.sleep(1.0)
            holder = self._holder()
        if holder is not None and not self._is_silent(holder):
            left = max(0, round((TERM - (datetime.now(UTC) - holder.renewed)).total_seconds()))
            cure = f"Wait for it, or give another --output; if it is gone, its lease ends in {left} s"
            raise InputError(self.address, f"another run is writing here ({holder})", cure)
        if holder is not None or self._files.exists(self._path):
            self._files.rm_file(self._path)
        try:
            self._write("create")
        except FileExistsError as error:
            raise self._taken() from error
        # Where a store cannot create exclusively, the last of two that were equally fast has it.
        if not self._is_own():
            raise self._taken()

    def _is_silent(self, holder: Holder) -> bool:
        """Whether a holder is gone, or its lease has ended and is not renewed while it is watched."""
        if holder.is_gone or not holder.has_ended:
            return holder.is_gone
        time.sleep(WATCH)
        again = self._holder()
        return again is None or again.renewed == holder.renewed

    def _taken(self) -> InputError:
        cause = f"another run has just begun to write here ({self._holder() or 'it did not say who'})"
        return InputError(self.address, cause, "Wait for it, or give another --output")

    def _renew(self, ended: threading.Event, beat: Callable[[], None]) -> None:
        while not ended.wait(PERIOD):
            with suppress(Exception):  # the next time may succeed; `check` counts
                if self._is_own():
                    self._write("overwrite")
            with suppress(Exception):
                beat()

    def _write(self, mode: str) -> None:
        now = datetime.now(UTC)
        holder = Holder(
            token=self._token, user=_user(), host=HERE, process=os.getpid(), since=self._since, renewed=now
        )
        self._files.pipe_file(self._path, holder.model_dump_json().encode(), mode=mode)
        self._renewed = now

    def _is_own(self) -> bool:
        holder = self._holder()
        return holder is not None and holder.token == self._token

    def _holder(self) -> Holder | None:
        """Who holds the lease; None if nobody, or if what is in its place is no lease."""
        self._files.invalidate_cache()
        try:
            return Holder.model_validate(json.loads(self._files.cat_file(self._path)))
        except (FileNotFoundError, ValueError):
            return None


def is_alive(process: int) -> bool:
    """Whether a process of this machine is at work."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # there, and another user's
        return True
    return True


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without a name for its user
        return str(os.getuid())
