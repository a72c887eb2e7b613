"""Configs: defaults, languages, overrides, paths, and the way back to YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.config import RunConfig, json_schema, load_config
from pipelines.config.yaml_text import dump_yaml, parse_yaml
from pipelines.errors import ConfigError

CONFIGS = Path(__file__).parents[2] / "configs"
SMALL = """\
name: small
articles: {path: news.jsonl}
actors: [{name: Putin}]
targets: [{name: deployment}]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def loaded(path: Path, text: str, *overrides: str) -> RunConfig:
    path.write_text(text, encoding="utf-8")
    return load_config(path, overrides)


def test_four_keys_are_enough(path: Path) -> None:
    config = loaded(path, SMALL)
    assert (config.pivot, config.translation.engine, config.stance.judge) == ("en", None, "polystance")
    assert config.targets[0].wording == "deployment"


def test_language_codes_are_written_in_one_way_wherever_they_stand(path: Path) -> None:
    text = SMALL.replace("name: Putin", "name: Putin, aliases: {por: [P]}")
    config = loaded(path, text + "pivot: por\ntranslation: {models: {pt-BR: a/b}}")
    assert config.pivot == "pt"
    assert list(config.translation.models) == ["pt"]
    assert list(config.actors[0].aliases) == ["pt"]


def test_the_language_of_the_reference_is_written_as_in_the_tables(path: Path) -> None:
    assert loaded(path, SMALL + "compare: {reference: {language: por}}").compare.reference == {
        "language": "pt"
    }


def test_a_byte_order_mark_does_no_harm(path: Path) -> None:
    assert loaded(path, "\ufeff" + SMALL).name == "small"


@pytest.mark.parametrize("code", ["no", "'no'", "NO"])
def test_no_is_norwegian_and_not_false(path: Path, code: str) -> None:
    config = loaded(path, SMALL + f"translation: {{models: {{{code}: a/b}}}}")
    assert config.translation.models["no"].model == "a/b"


def test_a_date_is_text_and_true_is_true() -> None:
    text = "{day: 2024-10-24, yes: on, sure: true}"
    assert parse_yaml(text, "here") == {"day": "2024-10-24", "yes": "on", "sure": True}


@pytest.mark.parametrize("text", ["012", "1_000", "1:30", "9:11.5", "0x1F", "1e3", "+", ".", "1.2.3", "=1"])
def test_what_is_no_plain_number_is_text(text: str) -> None:
    assert parse_yaml(text, "here") == text


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-12", -12), ("+7", 7), ("0.5", 0.5), (".5", 0.5), ("2.", 2.0), ("1.5e+3", 1500.0), ("-.inf", -float("inf"))],
)  # fmt: skip
def test_a_plain_number_is_a_number(text: str, value: float) -> None:
    assert parse_yaml(text, "here") == value


def test_a_section_merged_from_an_anchor_is_read_and_may_be_overridden() -> None:
    text = "a: &shared {x: 1, y: 2}\nb: {<<: *shared, y: 3}\n"
    assert parse_yaml(text, "here")["b"] == {"x": 1, "y": 3}


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", "x:\n  - {a: 1,\n     a: 2}\n"])
def test_a_key_that_is_given_twice_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^here:3: (x\.0\.)?a: the key is given twice"):
        parse_yaml(text, "here")


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("find.context=2", ("find", "context"), 2),
        ("stance.minimum_probability=0.7", ("stance", "minimum_probability"), 0.7),
        ("compare.by=[outlet, month]", ("compare", "by"), ["outlet", "month"]),
        ("name=no", ("name",), "no"),
        ("translation.options={beam_size: 1}", ("translation", "options"), {"beam_size": 1, "batch_size": 8}),
        ("translation.options.beam_size=1", ("translation", "options"), {"beam_size": 1, "batch_size": 8}),
        ("stance.options.text=a=b", ("stance", "options"), {"text": "a=b"}),
    ],
)
def test_an_override_is_yaml_and_leaves_its_neighbours(
    path: Path, override: str, key: tuple[str, ...], value: object
) -> None:
    found: Any = loaded(path, SMALL + "translation: {options: {batch_size: 8}}", override)
    for part in key:
        found = getattr(found, part)
    assert found == value


def test_the_last_of_two_overrides_holds(path: Path) -> None:
    assert loaded(path, SMALL, "find.context=1", "find.context=2").find.context == 2


def test_paths_in_the_file_are_relative_to_the_file(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pt-en").mkdir()
    (tmp_path / "nli").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    config = loaded(path, SMALL + "translation: {models: {pt: pt-en}}\nstance: {model: nli}")
    assert config.articles.path == [str(tmp_path / "news.jsonl")]
    assert config.translation.models["pt"].model == str(tmp_path / "pt-en")
    assert config.stance.model == str(tmp_path / "nli")


def test_paths_in_an_override_are_relative_to_the_working_directory(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere" / "nli").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "elsewhere")
    config = loaded(path, SMALL, "articles.path=[a.csv, 's3://bucket/b.csv']", "stance.model=nli")
    assert config.articles.path == [str(tmp_path / "elsewhere" / "a.csv"), "s3://bucket/b.csv"]
    assert config.stance.model == str(tmp_path / "elsewhere" / "nli")


def test_a_model_of_the_hub_keeps_its_name(path: Path) -> None:
    config = loaded(path, SMALL + "translation: {models: {pt: org/model@main}}")
    assert config.translation.models["pt"].model == "org/model@main"


@pytest.mark.parametrize("overrides", [(), ("articles.path=org/news",)])
def test_a_data_set_of_the_hub_keeps_its_name(path: Path, overrides: tuple[str, ...]) -> None:
    text = SMALL.replace("path: news.jsonl", "path: org/news, reader: hub")
    assert loaded(path, text, *overrides).articles.path == ["org/news"]


@pytest.mark.parametrize("sample", ["quickstart.yaml", "nk_troops.yaml"])
def test_a_sample_loads_and_comes_back_equal_from_the_resolved_yaml(path: Path, sample: str) -> None:
    config = load_config(CONFIGS / sample)
    assert loaded(path, dump_yaml(config.model_dump(mode="json"))) == config


# PyYAML does not bring back the line ends of Unicode (U+0085, U+2028, U+2029).
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1) | (
    st.sampled_from(
        [
            "no",
            "null",
            "~",
            "012",
            "1_000",
            "1:30",
            "2024-10-24",
            "=",
            "<<",
            "1e3",
            "+.inf",
            "0o12",
            "y",
            "- a",
            "a: b",
            "#",
        ]
    )
)


@settings(deadline=None)
@given(st.text("+-.0123456789eE_:x~<=nutrl", min_size=1, max_size=6))
def test_text_that_looks_like_a_number_reads_back_as_text(text: str) -> None:
    assert parse_yaml(dump_yaml([text]), "here") == [text]


@settings(deadline=None)
@given(
    st.recursive(
        WORDS | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none(), st.lists, max_leaves=4
    )
)
def test_dumped_yaml_reads_back_equal(value: object) -> None:
    assert parse_yaml(dump_yaml({"key": value}), "here") == {"key": value}


def test_the_stored_json_schema_is_the_one_of_the_code() -> None:
    assert (CONFIGS / "polystance.schema.json").read_text(encoding="utf-8") == json_schema()
