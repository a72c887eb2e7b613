"""What the engines that run a MarianMT checkpoint share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

from pydantic import PositiveInt  # noqa: TC002  (read when options are checked)

from pipelines.engines.base import Translation
from pipelines.engines.hub import fetch, identify
from pipelines.errors import ModelError
from pipelines.translate.cutting import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.engines.base import ModelIdentity


class MarianCheckpoint(ABC):
    """A checkpoint and how it decodes; an engine adds `load`, `_fits` and `_generated`."""

    engine = ""

    def __init__(
        self,
        model: str | None,
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

    @property
    def settings(self) -> dict[str, object]:
        """What changes the translations beside the model."""
        return {
            "beam_size": self.beam_size,
            "max_length": self.max_length,
            "pivot": self.pivot,
            "no_repeat_ngram_size": self.no_repeat_ngram_size,
        }

    def identity(self) -> ModelIdentity:
        """The model's name, revision and hashes; what is not here yet is not fetched for it."""
        return identify(self.engine, self.model, self.settings)

    def fetch(self) -> None:
        """Fetches the model from the hub where it is not here yet."""
        fetch(self.model, self.offline, self.place)

    @abstractmethod
    def load(self) -> None:
        """Fetches the model where needed, and loads it."""

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:  # noqa: ARG002
        """One translation for each sentence, in order; `cut` marks those that were too long."""
        self.load()
        pieces = [cut(sentence, self._fits) for sentence in sentences]
        distinct = list(dict.fromkeys(piece for cuts in pieces for piece in cuts))
        translated = dict(zip(distinct, self._generated(distinct), strict=True))
        return [
            Translation(" ".join(translated[piece] for piece in cuts), ("cut",) if len(cuts) > 1 else ())
            for cuts in pieces
        ]

    def alternatives(self) -> list[Self]:
        """The same loaded model decoding otherwise, for sentences that it got wrong."""
        return [self._with(no_repeat_ngram_size=3), self._with(no_repeat_ngram_size=3, beam_size=1)]

    def _with(self, **settings: int) -> Self:
        other = object.__new__(type(self))
        other.__dict__ |= self.__dict__ | settings
        return other

    @abstractmethod
    def _fits(self, piece: str) -> bool:
        """Whether the model takes the piece whole."""

    @abstractmethod
    def _generated(self, pieces: list[str]) -> list[str]:
        """One translation for each piece, in order."""
