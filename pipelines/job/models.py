"""The engines of a run: each is built once, and one model is in memory at a time."""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pipelines.engines.base import LoadReporting, Metered
from pipelines.engines.cache import cache_folder
from pipelines.engines.registry import build
from pipelines.find.targets import near
from pipelines.job.memory import AnswerMemory, EmbeddingMemory, TranslationMemory
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.read.decoding import checked_encoding
from pipelines.read.files import detect_reader
from pipelines.text.embed import Encoder
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
    from pipelines.engines.base import (
        Executor,
        Model,
        ModelIdentity,
        Reader,
        StanceJudge,
        Translator,
        Usage,
    )
    from pipelines.find import Near
    from pipelines.translate.table import Hop


ENCODED = "en"
"""The language of the sentence encoder."""


@dataclass(frozen=True)
class Translating:
    """The role of translating one language to the pivot."""

    language: str


@dataclass(frozen=True)
class Judging:
    """The role of judging stance."""


Role = Translating | Judging


class Models:
    """Builds the engines of a config, and keeps one model in memory at a time.

    Args:
        config: of the run.
        offline: never ask the hub.
    """

    def __init__(self, config: RunConfig, *, offline: bool) -> None:
        self.config, self.offline = config, offline
        self.identities: dict[Role, ModelIdentity | None] = {}
        """Of the roles used so far; None for a role that needs no model or has none."""
        self.loading: dict[Role, float] = defaultdict(float)
        """Seconds spent on loading models since this was last emptied."""
        self.waiting: Callable[[str], None] = _silent
        """Told what the run waits for."""
        self.on_usage: Callable[[Role, Usage], None] = lambda role, usage: None  # noqa: ARG005
        """Told what the requests of a role to a server cost."""
        self.metered: dict[Role, Metered] = {}
        """The engines whose answers cost something."""
        self._built: dict[Role, Model | None] = {}
        self._held: Role | None = None

    def check(self) -> None:
        """Build every engine that the config names, so that a wrong option is an error before any work.

        Raises:
            ConfigError: unknown engine or option, or a calibration that is missing or not for this judge.
            InputError: no such articles.
            ModelError: an engine's package is not installed.
        """
        _ = self.reader, self.executor
        judge = self.judge
        if self.config.stance.calibration is not None and isinstance(judge, CalibratedJudge):
            _ = judge.rule  # reads the file
        for language in self.config.translation.models:
            self.translator(language)

    @cached_property
    def reader(self) -> Reader:
        """The reader of the config's articles.

        Raises:
            ConfigError: unknown engine or option.
            InputError: no such files.
        """
        articles = self.config.articles
        name = articles.reader or detect_reader(articles.path)
        arguments: dict[str, object] = {
            "path": articles.path,
            "offline": self.offline,
            "columns": articles.columns,
        }
        if articles.encoding is not None and "encoding" not in articles.options:
            arguments["encoding"] = checked_encoding(articles.encoding)
        return cast("Reader", build("reader", name, articles.options, "articles", **arguments))

    @cached_property
    def executor(self) -> Executor:
        """The executor of the config.

        Raises:
            ConfigError: unknown engine.
        """
        execution = self.config.execution
        arguments = execution.model_dump(include={"workers", "threads", "gpus", "address"})
        return cast("Executor", build("executor", execution.executor, {}, "execution.executor", **arguments))

    @cached_property
    def near(self) -> Near | None:
        """The targets that a text is close to in meaning; None if the config or the pivot has no use for it.

        Raises:
            ModelError: a package is not installed.
        """
        if not self.config.find.near or base_language(self.config.pivot) != ENCODED:
            return None
        return partial(near, self._encoder("find.near"))

    @cached_property
    def story_encoder(self) -> Encoder | None:
        """The encoder of articles for their stories; None if the config or the pivot has no use for it.

        Raises:
            ModelError: a package is not installed.
        """
        if not self.config.stories.join or base_language(self.config.pivot) != ENCODED:
            return None
        return self._encoder("stories.join")

    @property
    def judge(self) -> StanceJudge:
        """The stance judge, not loaded.

        Raises:
            ConfigError: unknown engine or option.
            ModelError: the engine's package is not installed.
        """
        return cast("StanceJudge", self._engine(Judging()))

    def _encoder(self, place: str) -> Encoder:
        path = _memory_path(self.config.stance.memory, "embeddings.sqlite")
        return Encoder(EmbeddingMemory(path) if path else None, place=place)

    def translator(self, language: str) -> Translator | None:
        """The translator of a language, not loaded; None for the pivot and if no model is known.

        The engine is wrapped in the translation memory, which answers for known sentences, and in the checks,
        which try again if a translation looks wrong.

        Raises:
            ConfigError: unknown engine or option, or the engine does not know the language.
            ModelError: the engine's package is not installed.
        """
        return cast("Translator | None", self._engine(Translating(language)))

    def identity(self, role: Role) -> ModelIdentity | None:
        """The identity of a role's model, downloaded if needed; None if the role has no model.

        Raises:
            ModelError: the model cannot be downloaded.
        """
        if role not in self.identities:
            engine = self._engine(role)
            if engine is not None:
                self.waiting(f"fetching the model of {_named(role)}")
                engine.fetch()
            self.identities[role] = None if engine is None else engine.identity()
        return self.identities[role]

    def held_judge(self) -> StanceJudge:
        """The judge, loaded or ready to load itself; the model of another role is dropped first.

        Raises:
            ModelError: the model cannot be loaded.
        """
        self._hold(Judging())
        self.waiting(f"loading the model of {_named(Judging())}")
        judge = self.judge
        if not isinstance(judge, LoadReporting):  # else it loads its model itself, for the first new question
            start = time.perf_counter()
            judge.load()
            self.loading[Judging()] += time.perf_counter() - start
        return judge

    def held_translator(self, language: str) -> Translator | None:
        """The translator of a language; the model of another role is dropped first."""
        self._hold(Translating(language))
        translator = self.translator(language)
        if translator is not None:
            self.waiting(f"loading the model of {_named(Translating(language))}")
        return translator

    def _hold(self, role: Role) -> None:
        if self._held is not None and self._held != role:
            self._built.pop(self._held, None)
            gc.collect()
        self._held = role

    def _engine(self, role: Role) -> Model | None:
        if role not in self._built:
            build_role = self._build_judge if isinstance(role, Judging) else self._build_translator
            self._built[role] = build_role(role)  # type: ignore[arg-type]
        return self._built[role]

    def _note_loading(self, role: Role, seconds: float) -> None:
        self.loading[role] += seconds

    def _meter(self, role: Role, engine: object) -> None:
        if isinstance(engine, Metered):
            engine.on_usage = lambda usage: self.on_usage(role, usage)
            self.metered[role] = engine

    def _build_judge(self, role: Judging) -> StanceJudge:
        stance = self.config.stance
        path = _memory_path(stance.memory, "answers.sqlite")
        arguments = {
            "model": stance.model, "offline": self.offline, "calibration": stance.calibration,
            "memory": AnswerMemory(path) if path else None,
        }  # fmt: skip
        judge = build("stance", stance.judge, stance.options, "stance", **arguments)
        if isinstance(judge, LoadReporting):
            judge.on_load = partial(self._note_loading, role)
        self._meter(role, judge)
        return cast("StanceJudge", judge)

    def _build_translator(self, role: Translating) -> Translator | None:
        if role.language == self.config.pivot or self._differs_in_script_alone(role.language):
            return None
        hops = translation_hops(self.config.translation, role.language, self.config.pivot)
        translators = [self._hop_translator(hop, role) for hop in hops]
        if len(translators) == 2:
            return TwoHops(*translators)
        return translators[0] if translators else None

    def _differs_in_script_alone(self, language: str) -> bool:
        """Whether a language is the pivot in another script (zh-Hant), which is read as it is."""
        return (
            base_language(language) == base_language(self.config.pivot)
            and language not in self.config.translation.models
        )

    def _hop_translator(self, hop: Hop, role: Translating) -> Translator:
        place = f"translation.models.{hop.source}"
        translator = self._remembering(hop, hop.model, role, place)
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
            self._remembering(hop, fallback, role, f"{place}.fallback") if fallback else None,
            self._glossary(hop),
        )

    def _glossary(self, hop: Hop) -> Glossary | None:
        """The words wanted of a model that translates a language to the pivot directly; None without any."""
        glossary = self.config.translation.glossary
        entries = glossary.get(hop.source) or glossary.get(base_language(hop.source))
        if not entries or hop.target != self.config.pivot:
            return None
        return Glossary(entries, hop.source, hop.target)

    def _remembering(self, hop: Hop, model: TranslationModel, role: Role, place: str) -> Translator:
        engine = build(
            "translator", model.engine or default_engine(), model.options, place=place, model=model.model,
            language=base_language(hop.source), pivot=hop.target, offline=self.offline,
        )  # fmt: skip
        self._meter(role, engine)
        path = _memory_path(self.config.translation.memory, "translations.sqlite")
        memory = TranslationMemory(path) if path else None
        return RememberingTranslator(engine, memory, partial(self._note_loading, role))


def _silent(_: str) -> None:
    """Say nothing."""


def _named(role: Role) -> str:
    return "stance" if isinstance(role, Judging) else f"translation from {role.language}"


def _memory_path(setting: bool | str, name: str) -> Path | None:
    """The file of a memory; None if the setting turns it off."""
    if setting is False:
        return None
    return cache_folder() / name if setting is True else Path(setting).expanduser()
