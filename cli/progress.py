"""A progress bar on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from types import TracebackType

    from pipelines.stages import Stage


class ProgressBar:
    """One line for each stage, as a `pipelines.progress.Progress`."""

    def __init__(self, hidden: bool = False) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=hidden,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_stage()
        if self._bar.live.is_started:
            self._bar.stop()

    def begin(self, stage: Stage, total: int | None) -> None:
        """Add a line for the stage, unless there is nothing to do."""
        self._end_stage()
        self._bar.start()
        self._task = None if total == 0 else self._bar.add_task(stage.name, total=total, unit=stage.unit)

    def advance(self, amount: int) -> None:
        """Add to the count of the current line."""
        if self._task is not None:
            self._bar.advance(self._task, amount)

    def _end_stage(self) -> None:
        if self._task is not None:
            task = next(task for task in self._bar.tasks if task.id == self._task)
            done = task.completed if task.fields["unit"] else 1
            self._bar.update(self._task, total=done, completed=done)
            self._bar.stop_task(self._task)
