"""What a judge expects of a memory of its model's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@runtime_checkable
class Answers(Protocol):
    """Answers of models to premises and hypotheses, kept between runs."""

    def known(self, model: str, questions: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[float]]:
        """The answers of a model to those of the questions that it was asked before."""

    def remember(self, model: str, answers: Mapping[tuple[str, str], Sequence[float]]) -> None:
        """Keep answers by their questions."""
