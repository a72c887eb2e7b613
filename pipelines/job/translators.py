"""The translators of a run: one model or two, with the memory in front of each and the checks around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.engines.registry import build
from pipelines.job.memory import TranslationMemory, memory_path
from pipelines.text.languages import base_language
from pipelines.text.names import Names
from pipelines.translate.glossary import Glossary
from pipelines.translate.hops import TwoHops
from pipelines.translate.remembering import RememberingTranslator
from pipelines.translate.retries import CheckedTranslator
from pipelines.translate.table import default_engine, translation_hops

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.config import RunConfig, TranslationModel
    from pipelines.engines.base import Translator
    from pipelines.translate.table import Hop


class TranslatorBuilder:
    """Builds the translators of a config.

    Args:
        config: of the run.
        on_load: told the seconds that a model took to load.
        on_build: told each engine.
        offline: never ask the hub.
    """

    def __init__(
        self,
        config: RunConfig,
        on_load: Callable[[float], None],
        on_build: Callable[[object], None],
        *,
        offline: bool,
    ) -> None:
        self.config, self.offline = config, offline
        self._on_load, self._on_build = on_load, on_build

    def built(self, language: str) -> Translator | None:
        """The translator of a language to the pivot; None for the pivot and if no model is known.

        Raises:
            ConfigError: unknown engine or option, or the engine does not know the language.
            ModelError: the engine's package is not installed.
        """
        if language == self.config.pivot or self._differs_in_script_alone(language):
            return None
        hops = translation_hops(self.config.translation, language, self.config.pivot)
        translators = [self._of_hop(hop) for hop in hops]
        if len(translators) == 2:
            return TwoHops(*translators)
        return translators[0] if translators else None

    def _differs_in_script_alone(self, language: str) -> bool:
        """Whether a language is the pivot in another script (zh-Hant), which is read as it is."""
        return (
            base_language(language) == base_language(self.config.pivot)
            and language not in self.config.translation.models
        )

    def _of_hop(self, hop: Hop) -> Translator:
        place = f"translation.models.{hop.source}"
        translator = self._remembering(hop, hop.model, place)
        if not self.config.translation.check:
            return translator
        fallback = hop.model.fallback
        return CheckedTranslator(
            translator,
            hop.target,
            Names.of(
                self.config.actors,
                hop.source,
                hop.target,
                ignore_diacritics=self.config.find.ignore_diacritics,
            ),
            self._remembering(hop, fallback, f"{place}.fallback") if fallback else None,
            self._glossary(hop),
        )

    def _glossary(self, hop: Hop) -> Glossary | None:
        """The words wanted of a model that translates a language to the pivot directly; None without any."""
        glossary = self.config.translation.glossary
        entries = glossary.get(hop.source) or glossary.get(base_language(hop.source))
        if not entries or hop.target != self.config.pivot:
            return None
        return Glossary(entries, hop.source, hop.target)

    def _remembering(self, hop: Hop, model: TranslationModel, place: str) -> Translator:
        engine = build(
            "translator", model.engine or default_engine(), model.options, place=place, model=model.model,
            language=base_language(hop.source), pivot=hop.target, offline=self.offline,
        )  # fmt: skip
        self._on_build(engine)
        path = memory_path(self.config.translation.memory, "translations.sqlite")
        memory = TranslationMemory(path) if path else None
        return RememberingTranslator(engine, memory, self._on_load)
