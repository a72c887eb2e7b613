"""A translator that remembers its translations."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipelines.engines.base import Alternatives, Gradual, Ranking
from pipelines.hashing import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Protocol

    from pipelines.engines.base import ModelIdentity, Translation, Translator

    class TranslationMemory(Protocol):
        """Translations by model, decoding options and source sentence."""

        def known(self, model: str, sentences: Iterable[str]) -> dict[str, Translation]:
            """Translations of those sentences that the model has translated before, by sentence."""

        def remember(self, model: str, translations: Mapping[str, Translation]) -> None:
            """Store translations by their source sentences."""


class RememberingTranslator:
    """A translator that runs its model only on sentences that the memory lacks.

    Args:
        translator: loaded for the first sentence that the memory lacks.
        memory: None to remember nothing.
        on_load: called with the seconds that loading took.
    """

    def __init__(
        self, translator: Translator, memory: TranslationMemory | None, on_load: Callable[[float], None]
    ) -> None:
        self.translator, self.memory, self.on_load = translator, memory, on_load
        self._loaded = False
        self._model = ""

    def identity(self) -> ModelIdentity:
        """The identity of the model."""
        return self.translator.identity()

    def fetch(self) -> None:
        """Download the model if needed and verify its files."""
        self.translator.fetch()

    def load(self) -> None:
        """Load the model; a second call does nothing."""
        if not self._loaded:
            start = time.perf_counter()
            self.translator.load()
            self.on_load(time.perf_counter() - start)
            self._loaded = True

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        """Translate each sentence, in order."""
        self._model = self._model or fingerprint(self.identity(), language)
        known = self.memory.known(self._model, sentences) if self.memory else {}
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in known]
        if new:
            self.load()
            if isinstance(self.translator, Gradual):
                self.translator.translate_gradually(new, language, self._keeping_in(known))
            else:
                translations = self.translator.translate(new, language)
                self._keeping_in(known)(dict(zip(new, translations, strict=True)))
        return [known[sentence] for sentence in sentences]

    def _keeping_in(self, known: dict[str, Translation]) -> Callable[[dict[str, Translation]], None]:
        def keep(translations: dict[str, Translation]) -> None:
            if self.memory and translations:
                self.memory.remember(self._model, translations)
            known.update(translations)

        return keep

    def alternatives(self) -> list[Translator]:
        """The model's other ways of decoding, each with a memory of its own."""
        if not isinstance(self.translator, Alternatives):
            return []
        return self._remembered(self.translator.alternatives())

    def hypotheses(self) -> list[Translator]:
        """The model's further hypotheses, each with a memory of its own."""
        return self._remembered(self.translator.hypotheses()) if isinstance(self.translator, Ranking) else []

    def _remembered(self, others: Sequence[Translator]) -> list[Translator]:
        return [RememberingTranslator(other, self.memory, self.on_load) for other in others]
