"""How a run tells what it is doing."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Shown to a person, or to nobody."""

    def begin(self, stage: str, total: int | None) -> None:
        """A stage begins, with so much to do where that is known."""

    def advance(self, amount: int) -> None:
        """So much more is done."""


class Silent:
    """Tells nobody."""

    def begin(self, stage: str, total: int | None) -> None:
        """Nothing."""

    def advance(self, amount: int) -> None:
        """Nothing."""
