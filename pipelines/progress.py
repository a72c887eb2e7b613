"""How a run shows how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipelines.stages import Stage


class Progress(Protocol):
    """Shown to a person, or to nobody."""

    def begin(self, stage: Stage, total: int | None) -> None:
        """A stage begins, with this many units to do if that is known."""

    def advance(self, amount: int) -> None:
        """This many more units are done."""


class Silent:
    """Shows nothing."""

    def begin(self, stage: Stage, total: int | None) -> None:
        """Do nothing."""

    def advance(self, amount: int) -> None:
        """Do nothing."""
