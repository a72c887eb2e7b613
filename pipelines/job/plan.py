"""What a config would do, found without loading a model."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from pipelines.job.assembly import (
    build_judge,
    build_reader,
    build_translator,
    check_engines,
    nearest_languages,
    translation_hops,
)
from pipelines.read import read
from pipelines.records import Article, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.config import RunConfig
    from pipelines.engines.base import ModelIdentity
    from pipelines.progress import Progress


class LanguagePlan(NamedTuple):
    """One language of the articles, and what will translate it."""

    language: str
    articles: int
    engine: str
    model: ModelIdentity | None
    gap: bool
    """True where nothing translates the language: its articles will be rejected."""
    nearest: tuple[str, ...] = ()
    """The languages most like it that have a model, where there is a gap."""


class Plan(NamedTuple):
    """What a run of a config will do."""

    languages: list[LanguagePlan]
    stance: ModelIdentity
    rejections: list[Rejection]
    shared_aliases: list[str]


def make_plan(config: RunConfig, offline: bool, progress: Progress) -> Plan:
    """Reads the articles, and finds the model for each of their languages.

    Raises:
        ConfigError: an engine or option does not exist.
        InputError: the articles cannot be read.
        ModelError: an engine's package is not installed.
    """
    check_engines(config, offline)
    settings = config.articles
    rows = build_reader(config, offline).rows()
    counts: Counter[str] = Counter()
    rejections = []
    progress.begin("read", None)
    for record in read(rows, settings.columns, settings.language, settings.max_characters):
        if isinstance(record, Article):
            counts[record.language or config.pivot] += 1
            progress.advance(1)
        else:
            rejections.append(record)
    languages = [_language_plan(config, language, count, offline) for language, count in counts.most_common()]
    stance = build_judge(config, offline).identity()
    return Plan(languages, stance, rejections, shared_aliases(config))


def models_of(config: RunConfig, languages: Iterable[str], offline: bool) -> dict[str, ModelIdentity]:
    """The models for the languages and, under `stance`, of the judge."""
    translators = {language: build_translator(config, language, offline) for language in languages}
    found = {language: model.identity() for language, model in translators.items() if model is not None}
    return found | {"stance": build_judge(config, offline).identity()}


def shared_aliases(config: RunConfig) -> list[str]:
    """Aliases that stand for more than one actor, each as a line for a person."""
    from pipelines.text.normalise import normalise

    owners: dict[tuple[str, str], set[str]] = {}
    for actor in config.actors:
        for language, aliases in (actor.aliases or {"all": [actor.name]}).items():
            for alias in aliases:
                owners.setdefault((language, normalise(alias)), set()).add(actor.name)
    return [
        f"'{alias}' ({language}) stands for {' and '.join(sorted(names))}"
        for (language, alias), names in owners.items()
        if len(names) > 1
    ]


def _language_plan(config: RunConfig, language: str, articles: int, offline: bool) -> LanguagePlan:
    if language == config.pivot:
        return LanguagePlan(language, articles, "none: the pivot", None, gap=False)
    translator = build_translator(config, language, offline)
    if translator is None:
        near = tuple(nearest_languages(language, config.pivot))
        return LanguagePlan(language, articles, "none", None, gap=True, nearest=near)
    engine = translation_hops(config, language)[0].model.engine
    return LanguagePlan(language, articles, str(engine), translator.identity(), gap=False)
