"""Which engine and model serve a config; nothing here loads a model."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from pipelines.config import TranslationModel
from pipelines.engines.readers.files import detect_reader
from pipelines.engines.registry import build
from pipelines.languages import base_language

if TYPE_CHECKING:
    from pipelines.config import RunConfig
    from pipelines.engines.base import Executor, Reader, StanceJudge, Translator


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


def translation_model(config: RunConfig, language: str) -> TranslationModel | None:
    """Engine, model and options for a language; None where nothing translates it.

    What the config says of the language comes first, then the built-in table of MarianMT models.
    """
    models = config.translation.models
    given = models.get(language) or models.get(base_language(language))
    engine = (given and given.engine) or config.translation.engine
    model = given.model if given else None
    options = (config.translation.options if engine == config.translation.engine else {}) | (
        given.options if given else {}
    )
    if engine == "marian" and model is None:
        table = marian_models()
        model = table.get((language, config.pivot)) or table.get((base_language(language), config.pivot))
        if model is None:
            return None
    return TranslationModel(engine=engine, model=model, options=options)


def build_translator(config: RunConfig, language: str, offline: bool = False) -> Translator | None:
    """The translator for a language; None for the pivot language and where there is no model.

    Raises:
        ConfigError: unknown engine or option, or the engine does not know the language.
        ModelError: the engine's package is not installed.
    """
    model = translation_model(config, language)
    if language == config.pivot or model is None or model.engine is None:
        return None
    translator = build(
        "translator",
        model.engine,
        model.options,
        place=f"translation.models.{language}",
        model=model.model,
        language=base_language(language),
        pivot=config.pivot,
        offline=offline,
    )
    return cast("Translator", translator)


def build_judge(config: RunConfig, offline: bool = False) -> StanceJudge:
    """The stance judge of the config.

    Raises:
        ConfigError: unknown engine or option.
        ModelError: the engine's package is not installed.
    """
    stance = config.stance
    judge = build("stance", stance.engine, stance.options, "stance", model=stance.model, offline=offline)
    return cast("StanceJudge", judge)


def build_executor(name: str) -> Executor:
    """The executor of that name.

    Raises:
        ConfigError: unknown engine.
    """
    return cast("Executor", build("executor", name, {}, "execution.executor"))


def check_engines(config: RunConfig, offline: bool = False) -> None:
    """Builds every engine that the config names, so that a wrong option is told before any work.

    Raises:
        ConfigError: unknown engine or option.
        InputError: no such articles.
        ModelError: an engine's package is not installed.
    """
    build_reader(config, offline)
    build_judge(config, offline)
    build_executor(config.execution.executor)
    for language in config.translation.models:
        build_translator(config, language, offline)


@cache
def marian_models() -> dict[tuple[str, str], str]:
    """(source, target) -> hub id of a MarianMT model."""
    text = files("pipelines").joinpath("data/marian_models.csv").read_text("utf-8")
    return {(row["source"], row["target"]): row["model"] for row in csv.DictReader(text.splitlines())}
