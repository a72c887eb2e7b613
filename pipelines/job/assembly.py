"""Which engine and model serve a config; nothing here loads a model."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from pipelines.config import TranslationModel
from pipelines.engines.registry import build
from pipelines.job.cache import cache_folder
from pipelines.job.memory import AnswerMemory, RememberingTranslator, TranslationMemory
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.read.files import detect_reader
from pipelines.text.languages import base_language
from pipelines.text.names import Names
from pipelines.translate.hops import TwoHops
from pipelines.translate.retries import CheckedTranslator

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.config import RunConfig
    from pipelines.engines.base import Executor, Reader, StanceJudge, Translator

MARIAN_ENGINES = ("ctranslate2", "marian")
BRIDGE = "en"
UNLIKE = 60  # of 134, the distance of languages that have nothing in common


def build_reader(config: RunConfig, offline: bool = False) -> Reader:
    """The reader for the config's articles.

    Raises:
        ConfigError: unknown engine or option.
        InputError: no such files.
    """
    articles = config.articles
    name = articles.reader or detect_reader(articles.path)
    reader = build("reader", name, articles.options, "articles", path=articles.path, offline=offline)
    return cast("Reader", reader)


class Hop(NamedTuple):
    """One model, from one language to another."""

    source: str
    target: str
    model: TranslationModel


def translation_hops(config: RunConfig, language: str) -> list[Hop]:
    """The models that bring a language to the pivot, one or two; none where nothing does.

    What the config says of the language comes first, then the built-in table of MarianMT models, then two
    of its models with English between them.
    """
    models = config.translation.models
    given = models.get(language) or models.get(base_language(language))
    engine = (given and given.engine) or config.translation.engine or default_engine()
    shared = config.translation.options if engine == (config.translation.engine or default_engine()) else {}
    options = shared | (given.options if given else {})
    fallback = given.fallback if given else None

    def hop(source: str, target: str, model: str | None) -> Hop:
        return Hop(
            source, target, TranslationModel(engine=engine, model=model, options=options, fallback=fallback)
        )

    if (given and given.model) or engine not in MARIAN_ENGINES:
        return [hop(language, config.pivot, given.model if given else None)]
    direct = marian_model(language, config.pivot)
    if direct:
        return [hop(language, config.pivot, direct)]
    first, second = marian_model(language, BRIDGE), marian_model(BRIDGE, config.pivot)
    if first and second:
        return [hop(language, BRIDGE, first), hop(BRIDGE, config.pivot, second)]
    return []


def build_translator(
    config: RunConfig,
    language: str,
    offline: bool = False,
    on_load: Callable[[float], None] = lambda seconds: None,  # noqa: ARG005
) -> Translator | None:
    """The translator for a language; None for the pivot language and where there is no model.

    Around the engine stand the translation memory, which answers for sentences known from before, and
    the checks, which try again where a translation looks wrong.

    Args:
        config: of the run.
        language: to translate from.
        offline: never ask the hub.
        on_load: told the seconds that loading a model took, when one is loaded.

    Raises:
        ConfigError: unknown engine or option, or the engine does not know the language.
        ModelError: the engine's package is not installed.
    """
    if language == config.pivot:
        return None
    translators = [
        _hop_translator(config, hop, offline, on_load) for hop in translation_hops(config, language)
    ]
    if not translators:
        return None
    return translators[0] if len(translators) == 1 else TwoHops(*translators)


def _hop_translator(
    config: RunConfig, hop: Hop, offline: bool, on_load: Callable[[float], None]
) -> Translator:
    memory = translation_memory(config)

    def engine(model: TranslationModel, place: str) -> Translator:
        built = build(
            "translator",
            model.engine or default_engine(),
            model.options,
            place=place,
            model=model.model,
            language=base_language(hop.source),
            pivot=hop.target,
            offline=offline,
        )
        return RememberingTranslator(built, memory, on_load)

    place = f"translation.models.{hop.source}"
    translator = engine(hop.model, place)
    if not config.translation.check:
        return translator
    fallback = hop.model.fallback
    names = Names.of(config.actors, hop.source, hop.target, config.find.ignore_diacritics)
    other = engine(fallback, f"{place}.fallback") if fallback else None
    return CheckedTranslator(translator, hop.target, names, other)


def translation_memory(config: RunConfig) -> TranslationMemory | None:
    """The memory that the config asks for."""
    path = _memory_path(config.translation.memory, "translations.sqlite")
    return TranslationMemory(path) if path else None


def _memory_path(where: bool | str, name: str) -> Path | None:
    if where is False:
        return None
    return cache_folder() / name if where is True else Path(where).expanduser()


def build_judge(
    config: RunConfig,
    offline: bool = False,
    on_load: Callable[[float], None] = lambda seconds: None,  # noqa: ARG005
) -> StanceJudge:
    """The stance judge of the config.

    Args:
        config: of the run.
        offline: never ask the hub.
        on_load: told the seconds that loading the model took, where the judge tells it.

    Raises:
        ConfigError: unknown engine or option.
        ModelError: the engine's package is not installed.
    """
    stance = config.stance
    provided = {"offline": offline, "calibration": stance.calibration, "memory": answer_memory(config)}
    judge = build("stance", stance.engine, stance.options, "stance", model=stance.model, **provided)
    if hasattr(judge, "on_load"):
        judge.on_load = on_load
    return cast("StanceJudge", judge)


def answer_memory(config: RunConfig) -> AnswerMemory | None:
    """The memory of the judge's answers that the config asks for."""
    path = _memory_path(config.stance.memory, "answers.sqlite")
    return AnswerMemory(path) if path else None


def build_executor(name: str) -> Executor:
    """The executor of that name.

    Raises:
        ConfigError: unknown engine.
    """
    return cast("Executor", build("executor", name, {}, "execution.executor"))


def check_engines(config: RunConfig, offline: bool = False) -> None:
    """Builds every engine that the config names, so that a wrong option is told before any work.

    Raises:
        ConfigError: unknown engine or option, or a calibration that is not to be had or for another judge.
        InputError: no such articles.
        ModelError: an engine's package is not installed.
    """
    build_reader(config, offline)
    judge = build_judge(config, offline)
    if config.stance.calibration is not None and isinstance(judge, CalibratedJudge):
        _ = judge.rule  # reads the file
    build_executor(config.execution.executor)
    for language in config.translation.models:
        build_translator(config, language, offline)


def default_engine() -> str:
    """The engine for MarianMT models where the config names none."""
    return "ctranslate2" if find_spec("ctranslate2") else "marian"


def marian_model(source: str, target: str) -> str | None:
    """The hub id of the built-in table's model from one language to another; None where it has none."""
    table = _marian_models()
    return table.get((source, target)) or table.get((base_language(source), base_language(target)))


def nearest_languages(language: str, pivot: str) -> list[str]:
    """The languages most like this one that the built-in table brings to the pivot; none where none is."""
    import langcodes

    known = [source for source, target in _marian_models() if target == pivot and source != language]
    distances = {code: langcodes.tag_distance(language, code) for code in known}
    return sorted((code for code in known if distances[code] <= UNLIKE), key=distances.__getitem__)[:3]


@cache
def _marian_models() -> dict[tuple[str, str], str]:
    text = files("pipelines.translate").joinpath("marian_models.csv").read_text("utf-8")
    return {(row["source"], row["target"]): row["model"] for row in csv.DictReader(text.splitlines())}
