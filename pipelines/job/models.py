"""The engines of a run: each is built once, and one model is in memory at a time."""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

from pipelines.engines.base import LoadReporting, Metered
from pipelines.engines.registry import build
from pipelines.find.targets import NearTargets
from pipelines.job.memory import AnswerMemory, EmbeddingMemory, memory_path
from pipelines.job.translators import TranslatorBuilder
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.read.decoding import checked_encoding
from pipelines.read.files import detect_reader
from pipelines.text.embed import Encoder
from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.config import RunConfig
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
    from pipelines.find.finders import Finders


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
        self.waiting: Callable[[str], None] = lambda _: None
        """Told what the run waits for."""
        self.on_usage: Callable[[Role, Usage], None] = lambda role, usage: None  # noqa: ARG005
        """Told what the requests of a role to a server cost."""
        self.metered: dict[Role, Metered] = {}
        """The engines whose answers cost something."""
        self.finders: dict[str, Finders] = {}
        """Of names and targets, by language: building them takes as long as finding in several articles."""
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
        return NearTargets(self._encoder("find.near"))

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
        path = memory_path(self.config.stance.memory, "embeddings.sqlite")
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
        path = memory_path(stance.memory, "answers.sqlite")
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
        on_load, on_build = partial(self._note_loading, role), partial(self._meter, role)
        return TranslatorBuilder(self.config, on_load, on_build, offline=self.offline).built(role.language)


def _named(role: Role) -> str:
    return "stance" if isinstance(role, Judging) else f"translation from {role.language}"
