"""Which model serves a language."""

from __future__ import annotations

from importlib.util import find_spec

from pipelines.config import Translation, TranslationModel
from pipelines.text.languages import normalise_language
from pipelines.translate.table import marian_model, marian_models, nearest_languages, translation_hops

PLAIN = Translation()


def hops(settings: Translation, language: str, pivot: str = "en") -> list[tuple[str, str, str | None]]:
    """(source, target, model) of each hop."""
    return [(hop.source, hop.target, hop.model.model) for hop in translation_hops(settings, language, pivot)]


def test_the_built_in_table_has_sixty_languages_and_their_own_spelling() -> None:
    table = marian_models()
    assert len({source for source, target in table if target == "en"}) >= 60
    assert all(normalise_language(code) == code for pair in table for code in pair)
    assert all(model.startswith("Helsinki-NLP/opus-") for model in table.values())


def test_the_config_comes_before_the_table() -> None:
    settings = Translation(models={"pt": TranslationModel(model="own/model")})
    assert hops(settings, "pt") == [("pt", "en", "own/model")]
    assert hops(settings, "ru") == [("ru", "en", marian_model("ru", "en"))]


def test_a_script_falls_back_to_its_language() -> None:
    assert hops(PLAIN, "zh-Hant") == [("zh-Hant", "en", marian_model("zh", "en"))]


def test_another_pivot_is_reached_directly_or_through_english() -> None:
    assert hops(PLAIN, "en", "es") == [("en", "es", marian_model("en", "es"))]
    assert hops(PLAIN, "ko", "es") == [
        ("ko", "en", marian_model("ko", "en")),
        ("en", "es", marian_model("en", "es")),
    ]


def test_a_language_without_a_model_has_no_hop_and_its_nearest_are_named() -> None:
    assert hops(PLAIN, "tlh") == []
    assert {"ru", "uk"} & set(nearest_languages("be", "en"))
    assert nearest_languages("tlh", "en") == []


def test_ctranslate2_is_the_default_if_it_is_installed() -> None:
    expected = "ctranslate2" if find_spec("ctranslate2") else "marian"
    assert translation_hops(PLAIN, "ru", "en")[0].model.engine == expected


def test_options_of_one_engine_do_not_reach_another() -> None:
    settings = Translation(options={"beam_size": 2}, models={"pt": TranslationModel(engine="bergamot")})
    assert translation_hops(settings, "pt", "en")[0].model.options == {}
    assert translation_hops(settings, "ru", "en")[0].model.options == {"beam_size": 2}
