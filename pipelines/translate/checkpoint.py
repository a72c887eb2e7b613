"""The base of the engines that run a MarianMT checkpoint."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import PositiveInt  # noqa: TC002  (read when options are checked)

from pipelines.engines.hub import WEIGHTS, fetch, identify
from pipelines.errors import ModelError
from pipelines.translate.cutting import translated_in_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.engines.base import ModelIdentity, Translation

HYPOTHESES = 4
"""Hypotheses of the beam from which one is chosen; 4 is the usual size of a beam."""


class MarianCheckpoint(ABC):
    """A checkpoint and its decoding options; an engine adds `load`, `_fits` and `_generated`.

    Args:
        model: hub id, id@revision or local folder.
        pivot: code of the language to translate to.
        offline: never ask the hub.
        beam_size: hypotheses of the beam search; None for the model's own.
        max_length: tokens of a sentence or translation at most; None for the model's positions.
        no_repeat_ngram_size: no n-gram of this many tokens twice; 0 for no limit.
        place: of the model's name in the config, for errors.

    Raises:
        ModelError: no model is given.
    """

    engine = ""
    weights: ClassVar[Sequence[str]] = WEIGHTS

    def __init__(
        self,
        model: str | None,
        *,
        pivot: str,
        offline: bool,
        beam_size: PositiveInt | None,
        max_length: PositiveInt | None,
        no_repeat_ngram_size: int,
        place: str,
    ) -> None:
        if model is None:
            cure = "Give a hub id or a local folder as model"
            raise ModelError(place, f"engine '{self.engine}' needs a model", cure)
        self.model, self.pivot, self.offline, self.place = model, pivot, offline, place
        self.beam_size, self.max_length = beam_size, max_length
        self.no_repeat_ngram_size = no_repeat_ngram_size
        self.rank = 0  # of the hypothesis that is given, from the best

    @property
    def settings(self) -> dict[str, object]:
        """The options that change the translations."""
        settings: dict[str, object] = {
            "beam_size": self.beam_size,
            "max_length": self.max_length,
            "pivot": self.pivot,
            "no_repeat_ngram_size": self.no_repeat_ngram_size,
        }
        if self.rank:
            settings["rank"] = self.rank
        return settings

    def identity(self) -> ModelIdentity:
        """The model's name, revision and hashes; nothing is downloaded for it."""
        return identify(self.engine, self.model, self.settings, self.weights)

    def fetch(self) -> None:
        """Download the model if needed and verify its files."""
        fetch(self.model, self.offline, self.place, self.weights)

    @abstractmethod
    def load(self) -> None:
        """Download the model if needed, and load it."""

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:  # noqa: ARG002
        """Translate each sentence, in order; `cut` marks those that were too long."""
        self.load()
        return translated_in_pieces(sentences, self._fits, self._generated)

    def alternatives(self) -> list[Self]:
        """The same loaded model with other decoding, for sentences that it got wrong.

        First no 3-gram is repeated, which ends loops; then the beam is dropped as well.
        """
        return [self._with(no_repeat_ngram_size=3), self._with(no_repeat_ngram_size=3, beam_size=1)]

    def hypotheses(self) -> list[Self]:
        """The same loaded model, giving the second to fourth best hypothesis of a beam of four or more."""
        beams = max(HYPOTHESES, self.beam_size or 0)
        return [self._with(rank=rank, beam_size=beams) for rank in range(1, HYPOTHESES)]

    def _with(self, **settings: int) -> Self:
        other = object.__new__(type(self))
        other.__dict__ |= self.__dict__ | settings
        return other

    @abstractmethod
    def _fits(self, piece: str) -> bool:
        """Whether the piece is short enough for the model."""

    @abstractmethod
    def _generated(self, pieces: list[str]) -> list[str]:
        """Translations of the pieces, in order."""
