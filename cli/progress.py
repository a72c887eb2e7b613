"""A progress bar on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from types import TracebackType

    from pipelines.stages import Stage


SPEED_PERIOD = 600
"""Seconds over which the speed is measured that the remaining time is made from: work comes in blocks of a
minute."""
WAITING = "waiting"
"""The field of a line that has no units but names what the run waits for."""


class Count(MofNCompleteColumn):
    """How many units are done, of how many; nothing for a line without units."""

    def render(self, task: Task) -> Text:
        """The count as text."""
        return Text() if task.fields.get(WAITING) else super().render(task)


class Remaining(TimeRemainingColumn):
    """The remaining time; nothing for a line without units."""

    def render(self, task: Task) -> Text:
        """The time as text."""
        return Text() if task.fields.get(WAITING) else super().render(task)


class ProgressBar:
    """One line for each stage, as a `pipelines.progress.Progress`."""

    def __init__(self, hidden: bool = False) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<10}"),
            BarColumn(),
            Count(),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            Remaining(),
            console=Console(stderr=True),
            disable=hidden,
            speed_estimate_period=SPEED_PERIOD,
        )
        self._task: TaskID | None = None
        self._waiting: TaskID | None = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_stage()
        self._end_waiting()
        if self._bar.live.is_started:
            self._bar.stop()

    def begin(self, stage: Stage, total: int | None) -> None:
        """Add a line for the stage, unless there is nothing to do."""
        self._end_stage()
        self._end_waiting()
        self._bar.start()
        self._task = None if total == 0 else self._bar.add_task(stage.name, total=total, unit=stage.unit)

    def advance(self, amount: int) -> None:
        """Add to the count of the current line."""
        self._end_waiting()
        if self._task is not None:
            self._bar.advance(self._task, amount)

    def wait(self, what: str) -> None:
        """Show a line that names what the run waits for, until something is done."""
        self._end_waiting()
        self._bar.start()
        self._waiting = self._bar.add_task(what, total=None, unit="", **{WAITING: True})

    def _end_waiting(self) -> None:
        if self._waiting is not None:
            self._bar.remove_task(self._waiting)
            self._waiting = None

    def _end_stage(self) -> None:
        if self._task is not None:
            task = next(task for task in self._bar.tasks if task.id == self._task)
            done = task.completed if task.fields["unit"] else 1
            self._bar.update(self._task, total=done, completed=done)
            self._bar.stop_task(self._task)
