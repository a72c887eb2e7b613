"""`run.log`: a line of JSON for each event of a run, safe to follow while it is written."""

from __future__ import annotations

import json
import os
import platform
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "run.log"
RUN, STAGE, PART, LOST, DAMAGED, END = "run", "stage", "part", "lost", "damaged", "end"
USAGE = "usage"
"""The events: a run and a stage begin, a part is written, a shard was lost, a file damaged, the run ends;
requests to a server were made."""
DONE, STOPPED = "done", "stopped"
"""How a run ends; one whose process was killed has no line that says so."""


class RunLog:
    """Adds lines to a run's log; each is written by one call, so that no reader sees half of it.

    Args:
        folder: of the run.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def write(self, event: str, **about: object) -> None:
        """Add a line.

        Args:
            event: RUN, STAGE, PART, LOST, DAMAGED, END or USAGE.
            about: what JSON can write.

        Raises:
            OSError: the file cannot be written.
        """
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": time, "event": event, **about}, ensure_ascii=False)
        with self.path.open("ab", buffering=0) as stream:
            stream.write(f"{line}\n".encode("utf-8", "replace"))

    @contextmanager
    def of_run(self, *, anew: bool = False, **about: object) -> Iterator[None]:
        """Log the beginning and the end of the block as those of a run.

        Args:
            anew: remove the lines of earlier runs.
            about: the run.
        """
        if anew:
            self.path.unlink(missing_ok=True)
        self._end_line()
        self.write(RUN, process=os.getpid(), host=platform.node(), **about)
        try:
            yield
        except BaseException as error:
            with suppress(OSError):  # the disk may be full: the error itself is what is reported
                self.write(END, outcome=STOPPED, cause=" ".join(f"{type(error).__name__}: {error}".split()))
            raise
        self.write(END, outcome=DONE)

    def _end_line(self) -> None:
        """End the last line if it was cut: the disk was full, or the machine lost power."""
        with self.path.open("ab+") as stream:
            if stream.tell():
                stream.seek(-1, os.SEEK_END)
                if stream.read() != b"\n":
                    stream.write(b"\n")


def events(folder: Path) -> list[dict[str, Any]]:
    """The events of the last run in a folder, from RUN on; empty if there is no log.

    Lines that are not events, such as a last one that is cut, are left out.
    """
    of_run: list[dict[str, Any]] = []
    for event in all_events(folder):
        if event["event"] == RUN:
            of_run = []
        of_run.append(event)
    return of_run if of_run and of_run[0]["event"] == RUN else []


def all_events(folder: Path) -> Iterator[dict[str, Any]]:
    """The events of all runs in a folder since it was made or begun anew."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return
    yield from (event for line in lines if (event := _event(line)) is not None)


def _event(line: str) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
        datetime.fromisoformat(event["time"]).astimezone(UTC)
        return event if isinstance(event["event"], str) else None
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None
