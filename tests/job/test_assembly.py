"""Which model serves a language."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from pipelines.job.assembly import (
    build_translator,
    check_engines,
    marian_model,
    nearest_languages,
    translation_hops,
)

from pipelines.config import load_config
from pipelines.engines.base import ModelIdentity, Translation
from pipelines.engines.hub import identify
from pipelines.errors import ConfigError
from pipelines.text.languages import normalise_language
from pipelines.translate.hops import TwoHops


def hops(config_file: Path, language: str, *overrides: str) -> list[tuple[str, str, str | None]]:
    """(source, target, model) of each hop."""
    config = load_config(config_file, overrides)
    return [(hop.source, hop.target, hop.model.model) for hop in translation_hops(config, language)]


def test_the_built_in_table_has_sixty_languages_and_their_own_spelling() -> None:
    from pipelines.job.assembly import _marian_models

    table = _marian_models()
    assert len({source for source, target in table if target == "en"}) >= 60
    assert all(normalise_language(code) == code for pair in table for code in pair)
    assert all(model.startswith("Helsinki-NLP/opus-") for model in table.values())


def test_the_config_comes_before_the_table(config_file: Path, marian_folder: Path) -> None:
    assert hops(config_file, "pt") == [("pt", "en", str(marian_folder))]
    assert hops(config_file, "ru") == [("ru", "en", marian_model("ru", "en"))]


def test_a_script_falls_back_to_its_language(config_file: Path) -> None:
    assert hops(config_file, "zh-Hant") == [("zh-Hant", "en", marian_model("zh", "en"))]


def test_another_pivot_is_reached_directly_or_through_english(config_file: Path) -> None:
    assert hops(config_file, "en", "pivot=es") == [("en", "es", marian_model("en", "es"))]
    first, second = hops(config_file, "ko", "pivot=es")
    assert first == ("ko", "en", marian_model("ko", "en"))
    assert second == ("en", "es", marian_model("en", "es"))
    assert isinstance(build_translator(load_config(config_file, ["pivot=es"]), "ko", offline=True), TwoHops)


def test_two_hops_translate_one_after_the_other_and_keep_the_flags_of_both() -> None:
    class Adding:
        def __init__(self, mark: str) -> None:
            self.mark = mark

        def identity(self) -> ModelIdentity:
            return ModelIdentity("adding", self.mark, size=1)

        def fetch(self) -> None: ...

        def load(self) -> None: ...

        def translate(self, sentences: list[str], language: str) -> list[Translation]:
            return [Translation(f"{sentence}{self.mark}{language}", (self.mark,)) for sentence in sentences]

    both = TwoHops(Adding("1"), Adding("2"))
    assert both.translate(["a", "b"], "ko") == [("a1ko2en", ("1", "2")), ("b1ko2en", ("1", "2"))]
    assert (both.identity().name, both.identity().size) == ("1 + 2", 2)


def test_a_language_without_a_model_has_no_hop_and_its_nearest_are_told(config_file: Path) -> None:
    assert hops(config_file, "tlh") == []
    assert "ru" in nearest_languages("be", "en") or "uk" in nearest_languages("be", "en")


def test_ctranslate2_is_the_default_where_it_is_installed(config_file: Path) -> None:
    config = load_config(config_file, ["translation.engine=null"])
    expected = "ctranslate2" if find_spec("ctranslate2") else "marian"
    assert translation_hops(config, "ru")[0].model.engine == expected


def test_options_of_one_engine_do_not_reach_another(config_file: Path) -> None:
    config = load_config(
        config_file, ["translation.options.beam_size=2", "translation.models.pt={engine: bergamot}"]
    )
    assert translation_hops(config, "pt")[0].model.options == {}
    assert translation_hops(config, "ru")[0].model.options == {"beam_size": 2}


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlanguage: pt\nlicense: cc-by-4.0\n---\n# Model", "cc-by-4.0"),
        ("# No header", "see the model's page"),
        ("---\n: [\n---\n", "see the model's page"),
    ],
)
def test_the_licence_is_that_of_the_models_card(marian_folder: Path, card: str, licence: str) -> None:
    path = marian_folder / "README.md"
    path.write_text(card, encoding="utf-8")
    assert identify("marian", str(marian_folder), {}).licence == licence
    path.unlink()


def test_a_calibration_that_is_not_there_is_told_before_any_work(config_file: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml: no such calibration\. Fit one"):
        check_engines(load_config(config_file, ["stance.calibration=none.yaml"]), offline=True)
