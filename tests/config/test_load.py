"""Configs: what is refused and how it is told, overrides, paths, and the way back to YAML."""

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


def refusal(path: Path, text: str, *overrides: str) -> str:
    """The message, without the path of the file."""
    with pytest.raises(ConfigError) as caught:
        loaded(path, text, *overrides)
    return str(caught.value).replace(str(path), "config.yaml")


def test_four_keys_are_enough(path: Path) -> None:
    config = loaded(path, SMALL)
    assert (config.pivot, config.translation.engine, config.stance.engine) == ("en", None, "nli")
    assert config.targets[0].wording == "deployment"


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ("compere: {}", "config.yaml: compere: unknown key. Did you mean 'compare'?"),
        ("find: {contxt: 1}", "config.yaml: find.contxt: unknown key. Did you mean 'context'?"),
        (
            "translation: {models: {pt: {modle: a/b}}}",
            "config.yaml: translation.models.pt.modle: unknown key. Did you mean 'model'?",
        ),
        (
            "find: {zzz: 1}",
            "config.yaml: find.zzz: unknown key. Known: resolve, ignore_diacritics, context, context_characters",
        ),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_one(path: Path, added: str, message: str) -> None:
    assert refusal(path, SMALL + added) == message


@pytest.mark.parametrize(
    ("added", "where", "got"),
    [
        ("find: {context: two}", "find.context", "'two'"),
        ("find: {context: -1}", "find.context", "-1"),
        ("stance: {minimum_probability: 1.5}", "stance.minimum_probability", "1.5"),
        ("compare: {by: [planet]}", "compare.by.0", "'planet'"),
        ("compare: {reference: {planet: en}}", "compare.reference.planet", "'planet'"),
        ("translation: 5", "translation", "5"),
        ("execution: [1]", "execution", "[1]"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_itself(path: Path, added: str, where: str, got: str) -> None:
    message = refusal(path, SMALL + added)
    assert message.startswith(f"config.yaml: {where}: ")
    assert f"got {got}" in message


def test_all_missing_keys_are_told_at_once(path: Path) -> None:
    lines = refusal(path, "name: small\n").splitlines()
    assert [line.split(": ")[1] for line in lines] == ["articles", "actors", "targets"]
    assert all("required, but not given" in line for line in lines)


@pytest.mark.parametrize("name", ["../elsewhere", ".hidden", "a/b", "''"])
def test_a_name_that_is_no_folder_name_is_refused(path: Path, name: str) -> None:
    assert refusal(path, SMALL.replace("small", name)).startswith("config.yaml: name: ")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (SMALL + "translation: {models: {xx: a/b}}", "translation.models.xx"),
        (SMALL.replace("name: Putin", "name: Putin, aliases: {xx: [P]}"), "actors.0.aliases.xx"),
        (SMALL + "pivot: xx", "pivot"),
    ],
)
def test_an_unknown_language_is_refused_wherever_it_stands(path: Path, text: str, where: str) -> None:
    assert refusal(path, text).startswith(f"config.yaml: {where}: unknown language 'xx'")


def test_a_malformed_language_tag_is_told_as_an_unknown_language(path: Path) -> None:
    assert "unknown language '00-AAA-00A'" in refusal(path, SMALL + "pivot: 00-AAA-00A")


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


@pytest.mark.parametrize(
    "text",
    [
        SMALL + "translation: {models: {pt: a/b, por: c/d}}",
        SMALL.replace("name: Putin", "name: Putin, aliases: {pt: [P], pt-BR: [Q]}"),
    ],
)
def test_two_codes_of_one_language_are_refused_and_neither_is_dropped(path: Path, text: str) -> None:
    assert "pt" in refusal(path, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SMALL.replace("{name: Putin}", "{name: Putin}, {name: Putin}"), "actors: the name 'Putin'"),
        (SMALL.replace("{name: deployment}", "{name: a}, {name: a}"), "targets: the name 'a'"),
    ],
)
def test_a_repeated_name_is_refused(path: Path, text: str, message: str) -> None:
    assert f"{message} stands twice" in refusal(path, text)


@pytest.mark.parametrize("alias", ["''", "' '", "'\u200b'"])
def test_an_empty_alias_is_refused_since_it_would_be_found_everywhere(path: Path, alias: str) -> None:
    assert "actors.0.aliases" in refusal(
        path, SMALL.replace("name: Putin", f"name: Putin, aliases: [{alias}]")
    )


def test_an_empty_path_is_refused_since_it_would_be_the_working_directory(path: Path) -> None:
    assert "articles.path" in refusal(path, SMALL.replace("news.jsonl", "''"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SMALL + "name: other\n", "config.yaml:5:1: the key 'name' stands twice. Mend the YAML there"),
        ("name: {\n", "config.yaml:2:1: expected the node content, but found '<stream end>'"),
        ("name: [a,\n\tb]\n", "config.yaml:2:1: found character '\\t' that cannot start any token"),
    ],
)
def test_bad_yaml_is_told_with_line_and_column(path: Path, text: str, message: str) -> None:
    assert refusal(path, text).startswith(message)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just a word\n"])
def test_a_file_without_keys_is_refused(path: Path, text: str) -> None:
    assert refusal(path, text).startswith("config.yaml: not a mapping of keys to values")


def test_a_file_that_is_absent_or_not_utf8_is_refused(path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_config(path)
    path.write_bytes(b"name: \xff")
    with pytest.raises(ConfigError, match="not UTF-8 at byte 6"):
        load_config(path)


def test_a_byte_order_mark_does_no_harm(path: Path) -> None:
    assert loaded(path, "\ufeff" + SMALL).name == "small"


@pytest.mark.parametrize("code", ["no", "'no'", "NO"])
def test_no_is_norwegian_and_not_false(path: Path, code: str) -> None:
    config = loaded(path, SMALL + f"translation: {{models: {{{code}: a/b}}}}")
    assert config.translation.models["no"].model == "a/b"


def test_a_date_is_text_and_true_is_true() -> None:
    assert parse_yaml("{day: 2024-10-24, yes: on, sure: true}", "here") == {
        "day": "2024-10-24",
        "yes": "on",
        "sure": True,
    }


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


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("find.context", "--set find.context: not of the form KEY=VALUE"),
        ("=1", "--set =1: not of the form KEY=VALUE"),
        ("find.context=[", "--set find.context=[:1:2: expected the node content"),
        ("find.contxt=1", "config.yaml: find.contxt: unknown key. Did you mean 'context'?"),
        ("find.context=two", "config.yaml: find.context: "),
    ],
)
def test_a_wrong_override_is_told(path: Path, override: str, message: str) -> None:
    assert refusal(path, SMALL, override).startswith(message)


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
    st.sampled_from(["no", "null", "~", "012", "1_000", "1:30", "2024-10-24", "=", "<<", "- a", "a: b", "#"])
)


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
