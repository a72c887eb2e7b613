"""Second ways from a language to the pivot: other models, or the translation back and forth again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipelines.config import TranslationModel
from pipelines.errors import PolystanceError
from pipelines.job.models import Models
from pipelines.text.languages import base_language
from pipelines.translate.table import MARIAN_ENGINES, translation_hops

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.config import RunConfig
    from pipelines.engines.base import ModelIdentity, Translation, Translator
    from pipelines.records import Sentence

EITHER_WAY = ("llm",)
"""Engines whose models translate between any two languages, so that one serves both ways."""


class Way(NamedTuple):
    """A second way of translating a language.

    `back` translates the pivot to the language, and `again` that to the pivot once more; without `back`,
    `again` translates the source. `name` is for the tables.
    """

    name: str
    language: str
    again: Translator
    back: Translator | None = None

    def translate(self, sentences: Sequence[Sentence], pivot: str) -> list[Translation]:
        """The second translation of each sentence, in order; with `back`, of a sentence of the pivot, too."""
        if self.back is None:
            return self.again.translate([sentence.source for sentence in sentences], self.language)
        back = self.back.translate([sentence.pivot for sentence in sentences], pivot)
        return self.again.translate([translation.text for translation in back], self.language)

    def of_the_pivot(self) -> Way:
        """The same for articles of the pivot, which are translated to the language and from there again."""
        return self._replace(name=f"through {self.language}, {self.name}")


def second_way(config: RunConfig, other: RunConfig, language: str, *, offline: bool) -> Way | str:
    """The first of these that there is, or in one line why there is none.

    The translation of `other`, if it is not the run's; the fallback that the config names for the language;
    the run's translation translated back to the language, and from there to the pivot again.

    Args:
        config: of the run.
        other: the same but for its translation.
        language: code of the language, not the pivot.
        offline: never ask the hub.

    Raises:
        PolystanceError: the translation of `other` cannot be used.
    """
    first = _fetched(config, language, offline=offline)
    if first is None:
        return "no translator brings it to the pivot"
    if other.translation != config.translation:
        second = _fetched(other, language, offline=offline)
        if second is not None and second.identity() != first.identity():
            return Way(_name(second.identity()), language, second)
    models = other.translation.models
    own = models.get(language) or models.get(base_language(language))
    if own is not None and own.fallback is not None:
        second = _fetched(_with_models(other, {language: own.fallback}), language, offline=offline)
        if second is not None:
            return Way(_name(second.identity()), language, second)
    try:
        return _back_and_forth(config, other, language, first, offline=offline)
    except PolystanceError as error:
        return f"no second translator: {error}"


def _back_and_forth(
    config: RunConfig, other: RunConfig, language: str, first: Translator, *, offline: bool
) -> Way | str:
    """The translation of the pivot back to the language and forth again."""
    cure = (
        f"give one by --set translation.models.{language}, or one back by translation.models.{config.pivot}"
    )
    given = other.translation.models.get(config.pivot)
    model = given or _reversed(translation_hops(config.translation, language, config.pivot)[0].model)
    if model is None:
        return f"no second translator: {cure}"
    backwards = _with_models(other, {config.pivot: model}).model_copy(
        update={"pivot": base_language(language)}
    )
    back = _fetched(backwards, config.pivot, offline=offline)
    if back is None:
        return f"no second translator: {cure}"
    return Way(f"back by {_name(back.identity())}", language, first, back)


def _reversed(model: TranslationModel) -> TranslationModel | None:
    """What an engine translates in the other direction with; None if that cannot be known.

    The built-in table has the MarianMT models of both directions; an engine without a model has its own.
    """
    one_way = model.model is not None and model.engine not in EITHER_WAY
    if one_way and model.engine not in MARIAN_ENGINES:
        return None
    name = None if one_way else model.model
    return TranslationModel(engine=model.engine, model=name, options=model.options)


def _with_models(config: RunConfig, models: Mapping[str, TranslationModel]) -> RunConfig:
    """The config with these models of its languages alone, and without a glossary, which is of the run's."""
    translation = config.translation.model_copy(update={"models": dict(models), "glossary": {}})
    return config.model_copy(update={"translation": translation})


def _fetched(config: RunConfig, language: str, *, offline: bool) -> Translator | None:
    translator = Models(config, offline=offline).translator(language)
    if translator is not None:
        translator.fetch()
    return translator


def _name(identity: ModelIdentity) -> str:
    return f"{identity.engine} {identity.name}"
