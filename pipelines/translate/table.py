"""The models that translate a language to the pivot: those of the config, else of the built-in table."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from pipelines.config import TranslationModel
from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from pipelines.config import Translation

MARIAN_ENGINES = ("ctranslate2", "marian")
BRIDGE = "en"
"""English, which most MarianMT models translate from or to: between two languages without a common model."""
UNLIKE = 60
"""Distance by langcodes, from 0 to 134, above which a language is no useful neighbour; not tuned."""
NEAREST_SHOWN = 3
"""Languages named in a message at most."""


class Hop(NamedTuple):
    """One model, from one language to another."""

    source: str
    target: str
    model: TranslationModel


def translation_hops(settings: Translation, language: str, pivot: str) -> list[Hop]:
    """The models that translate a language to the pivot: one, two or, if there are none, an empty list.

    The config's entry for the language comes first, then the built-in table of MarianMT models, then two of
    its models with English between them.

    Args:
        settings: the section `translation` of the config.
        language: code of the language to translate from.
        pivot: code of the language to translate to.
    """
    own = settings.models.get(language) or settings.models.get(base_language(language))
    engine = (own and own.engine) or settings.engine or default_engine()
    shared = settings.options if engine == (settings.engine or default_engine()) else {}
    options = shared | (own.options if own else {})
    fallback = own.fallback if own else None

    def hop(source: str, target: str, model: str | None) -> Hop:
        return Hop(
            source, target, TranslationModel(engine=engine, model=model, options=options, fallback=fallback)
        )

    of_all = settings.model if engine == (settings.engine or default_engine()) else None
    model = (own and own.model) or of_all
    if model or engine not in MARIAN_ENGINES:
        return [hop(language, pivot, model)]
    direct = marian_model(language, pivot)
    if direct:
        return [hop(language, pivot, direct)]
    first, second = marian_model(language, BRIDGE), marian_model(BRIDGE, pivot)
    if first and second:
        return [hop(language, BRIDGE, first), hop(BRIDGE, pivot, second)]
    return []


def default_engine() -> str:
    """The engine for MarianMT models if the config names none."""
    return "ctranslate2" if find_spec("ctranslate2") else "marian"


def marian_model(source: str, target: str) -> str | None:
    """The hub id of the built-in table for one language to another; None if it has no such model."""
    table = marian_models()
    return table.get((source, target)) or table.get((base_language(source), base_language(target)))


def nearest_languages(language: str, pivot: str) -> list[str]:
    """The languages most like this one that the built-in table translates to the pivot; at most three."""
    import langcodes

    known = [source for source, target in marian_models() if target == pivot and source != language]
    distances = {code: langcodes.tag_distance(language, code) for code in known}
    return sorted((code for code in known if distances[code] <= UNLIKE), key=distances.__getitem__)[
        :NEAREST_SHOWN
    ]


@cache
def marian_models() -> dict[tuple[str, str], str]:
    """The built-in table: (source, target) to the hub id of a MarianMT model."""
    text = files(__package__).joinpath("marian_models.csv").read_text("utf-8")
    return {(row["source"], row["target"]): row["model"] for row in csv.DictReader(text.splitlines())}
