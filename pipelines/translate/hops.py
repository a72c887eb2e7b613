"""Translation in two steps, with English between."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.engines.base import Translation
from pipelines.translate.table import BRIDGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.engines.base import ModelIdentity, Translator


class TwoHops:
    """Translates with one model into English, and with another from there to the pivot.

    The two models are in memory together, the only exception to one at a time.
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
        """Download both models if needed and verify their files."""
        self.first.fetch()
        self.second.fetch()

    def load(self) -> None:
        """Load both models."""
        self.first.load()
        self.second.load()

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        """Translate each sentence, in order, with the flags of both steps."""
        in_bridge = self.first.translate(sentences, language)
        in_pivot = self.second.translate([translation.text for translation in in_bridge], BRIDGE)
        return [
            Translation(second.text, tuple(dict.fromkeys((*first.flags, *second.flags))))
            for first, second in zip(in_bridge, in_pivot, strict=True)
        ]
