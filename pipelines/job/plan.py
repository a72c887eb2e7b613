"""The plan of a run, made without loading a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import InputError
from pipelines.job.expenses import expected_usage
from pipelines.job.models import Models
from pipelines.job.survey import Survey
from pipelines.read import read_rows
from pipelines.read.copies import find_copies
from pipelines.read.decoding import text_encodings
from pipelines.read.notes import Notes
from pipelines.records import Article, Rejection
from pipelines.stages import READ
from pipelines.text.languages import base_language
from pipelines.text.normalise import normalise
from pipelines.translate.table import nearest_languages, translation_hops

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.config import Actor, RunConfig
    from pipelines.engines.base import Model, ModelIdentity, Usage
    from pipelines.progress import Progress


class LanguagePlan(NamedTuple):
    """One language of the articles, and the engine and model that will translate it."""

    language: str
    articles: int
    engine: str
    model: ModelIdentity | None
    gap: bool
    """Whether nothing translates the language, so that its articles will be rejected."""
    nearest: tuple[str, ...] = ()
    """The most similar languages with a model, if there is a gap."""


class Plan(NamedTuple):
    """The languages, models and problems that a run of a config will meet."""

    languages: list[LanguagePlan]
    stance: ModelIdentity
    rejections: list[Rejection]
    shared_aliases: list[str]
    copies: int
    """Articles that carry the text of another one."""
    survey: Survey
    notes: Notes
    usage: dict[str, Usage]
    """What servers will be asked for, by role, estimated; empty if none is."""


def make_plan(config: RunConfig, progress: Progress, *, offline: bool) -> Plan:
    """Read the articles, and find the model for each of their languages.

    Args:
        config: of the run.
        progress: shows the progress.
        offline: never ask the hub.

    Raises:
        ConfigError: an engine or option does not exist.
        InputError: the articles cannot be read.
        ModelError: an engine's package is not installed.
    """
    models = Models(config, offline=offline)
    models.check()
    survey, notes = Survey(config), Notes(encodings=text_encodings(config.articles))
    rejections = []
    progress.begin(READ, None)

    def articles() -> Iterator[Article]:
        for record in read_rows(models.reader.rows(), config.articles, notes):
            if isinstance(record, Article):
                survey.add(record)
                progress.advance(1)
                yield record
            else:
                rejections.append(record)

    copies = len(find_copies(articles()))
    counts = survey.languages.most_common()
    if not counts:
        raise nothing_read(config.articles.path, rejections, left_out=notes.left_out)
    languages = [_language_plan(models, language, articles) for language, articles in counts]
    stance = models.judge.identity()
    usage = dict(expected_usage(models, survey))
    return Plan(languages, stance, rejections, shared_aliases(config.actors), copies, survey, notes, usage)


def nothing_read(
    paths: Sequence[str], rejections: Sequence[Rejection], cure: str = "", *, left_out: int = 0
) -> InputError:
    """The error of a run without articles; `left_out` is how many the config's filter left out."""
    reason = f"the first: {rejections[0].reason}" if rejections else "there is none"
    if left_out and not rejections:
        reason, cure = f"articles.filter leaves out all {left_out}", "Correct articles.filter"
    cure = cure or ("Correct the files" if rejections else "Check articles.path and articles.filter")
    return InputError(", ".join(paths), f"no usable article ({reason})", cure)


def named_models(models: Models, languages: Iterable[str]) -> dict[str, Model]:
    """The models of the languages and, under `stance`, the judge; languages without a model are left out.

    Raises:
        ConfigError: unknown engine or option.
        ModelError: an engine's package is not installed.
    """
    translators = {language: models.translator(language) for language in languages}
    available: dict[str, Model] = {
        language: model for language, model in translators.items() if model is not None
    }
    return available | {"stance": models.judge}


def shared_aliases(actors: Sequence[Actor]) -> list[str]:
    """Messages, one for each alias that belongs to more than one actor."""
    owners: dict[tuple[str, str], set[str]] = {}
    for actor in actors:
        for language, aliases in (actor.aliases or {"all": [actor.name]}).items():
            for alias in aliases:
                owners.setdefault((language, normalise(alias)), set()).add(actor.name)
    return [
        f"'{alias}' ({language}) belongs to {' and '.join(sorted(names))}"
        for (language, alias), names in owners.items()
        if len(names) > 1
    ]


def _language_plan(models: Models, language: str, articles: int) -> LanguagePlan:
    pivot, translation = models.config.pivot, models.config.translation
    if language == pivot:
        return LanguagePlan(language, articles, "none: the pivot", None, gap=False)
    translator = models.translator(language)
    if translator is None and base_language(language) == base_language(pivot):
        return LanguagePlan(language, articles, "none: the pivot in another script", None, gap=False)
    if translator is None:
        near = tuple(nearest_languages(language, pivot))
        return LanguagePlan(language, articles, "none", None, gap=True, nearest=near)
    engine = translation_hops(translation, language, pivot)[0].model.engine
    return LanguagePlan(language, articles, str(engine), translator.identity(), gap=False)
