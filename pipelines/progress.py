"""The progress of a run, shown to a person or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipelines.stages import Stage


class Progress(Protocol):
    """What a run reports its progress to."""

    def begin(self, stage: Stage, total: int | None) -> None:
        """Begin a stage of `total` units; None if their number is unknown."""

    def advance(self, amount: int) -> None:
        """Count `amount` more units as done."""

    def wait(self, what: str) -> None:
        """Name what the run waits for, such as loading a model, until the next unit is done."""


class Silent:
    """A `Progress` that shows nothing."""

    def begin(self, stage: Stage, total: int | None) -> None:
        """Do nothing."""

    def advance(self, amount: int) -> None:
        """Do nothing."""

    def wait(self, what: str) -> None:
        """Do nothing."""
