"""Translation in two steps, through a language between."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.engines.base import Translation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.engines.base import ModelIdentity, Translator

BRIDGE = "en"


class TwoHops:
    """Translates with one model into English, and with another from there to the pivot.

    The two models are in memory together, the one exception to one at a time.
    """

    def __init__(self, first: Translator, second: Translator) -> None:
        self.first, self.second = first, second

    def identity(self) -> ModelIdentity:
        """The first model's, with the second's among its settings."""
        first, second = self.first.identity(), self.second.identity()
        size = None if first.size is None or second.size is None else first.size + second.size
        name = f"{first.name} + {second.name}"
        return replace(first, name=name, size=size, settings={**first.settings, "second": second})

    def fetch(self) -> None:
        """Fetches both models."""
        self.first.fetch()
        self.second.fetch()

    def load(self) -> None:
        """Loads both models."""
        self.first.load()
        self.second.load()

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        """One translation for each sentence, in order, with the flags of both steps."""
        between = self.first.translate(sentences, language)
        last = self.second.translate([translation.text for translation in between], BRIDGE)
        return [
            Translation(there.text, tuple(dict.fromkeys((*here.flags, *there.flags))))
            for here, there in zip(between, last, strict=True)
        ]
