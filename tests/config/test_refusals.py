"""What is refused of a config, and the line, key, cause and cure that its error names."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.config import load_config
from pipelines.errors import ConfigError

WHOLE = """\
# Comments and empty lines count.

name: small
articles:
  path: news.jsonl
actors:
  - name: Putin
    aliases:
      all: [Vladimir Putin, Putin]
      ru: [Путин]
  - name: Yoon
targets:
  - {name: deployment, kind: policy}
  - name: weapons
translation:
  models:
    pt: org/model
    ko: {engine: marian, model: org/other}
compare:
  by:
    - language
    - outlet
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def refusal(path: Path, text: str, *overrides: str) -> str:
    """The message, with the file's bare name."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides)
    return str(caught.value).replace(str(path), "config.yaml")


def test_the_config_that_the_table_spoils_is_sound(path: Path) -> None:
    path.write_text(WHOLE, encoding="utf-8")
    assert load_config(path).name == "small"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        # unknown keys
        ("targets:", "goals: 1\ntargets:", "12: goals: unknown key. Known: name, articles, pivot"),
        ("compare:", "compere:", "19: compere: unknown key. Did you mean 'compare'?"),
        ("    aliases:", "    alias:", "8: actors.0.alias: unknown key. Did you mean 'aliases'?"),
        ("kind: policy", "kin: policy", "13: targets.0.kin: unknown key. Did you mean 'kind'?"),
        ("engine: marian", "engin: marian", "18: translation.models.ko.engin: unknown key. Did you mean 'engine'?"),
        # wrong types and values
        ("path: news.jsonl", "path: 5", "5: articles.path: should be a list, got 5"),
        ("[Путин]", "[Путин, 5]", "10: actors.0.aliases.ru.1: should be text, got 5. Write text, in quotation marks"),
        ("[Путин]", "['']", "10: actors.0.aliases.ru.0: an alias without a letter or sign. Remove it"),
        ("[Путин]", "", "10: actors.0.aliases.ru: no value is given. Give one, or remove the key"),
        ("- name: Yoon", "- 5", "11: actors.1: should be a section of `key: value` lines, got 5"),
        ("kind: policy", "kind: planet", "13: targets.0.kind: input should be 'general', 'policy'"),
        ("    - outlet", "    - planet", "22: compare.by.1: nothing to group by is called 'planet'"),
        ("  by:", "  cluster: [town]\n  by:", "20: compare.cluster.0: input should be 'story' or 'outlet', got 'town'"),
        ("  by:", "  pool: papers\n  by:", "20: compare.pool: input should be 'articles' or 'languages', got 'papers'"),
        ("  by:", "  reference: {planet: en}\n  by:", "20: compare.reference.planet: nothing to group by is called 'planet'"),
        ("  models:", "  memory: [1]\n  models:", "16: translation.memory: neither true, false nor a file's path"),
        ("name: small", "name: ../small", "3: name: should be letters, digits and signs of"),
        # missing keys: the line of the section
        ("name: small", "", "4: name: required, but not given. Add it; configs/quickstart.yaml shows how"),
        ("  path: news", "  reader: news", "4: articles.path: required, but not given"),
        ("- name: Yoon", "- pronouns: he", "11: actors.1.name: required, but not given"),
        ("{name: deployment, ", "{", "13: targets.0.name: required, but not given"),
        # unknown languages, and one language twice
        ("      ru:", "      xx:", "10: actors.0.aliases.xx: unknown language 'xx'. Give a BCP 47 code such as"),
        ("    ko:", "    klingon:", "18: translation.models.klingon: unknown language 'klingon'"),
        ("name: small", "name: small\npivot: 00-AAA-00A", "4: pivot: unknown language '00-AAA-00A'"),
        ("    ko:", "    pt-BR:", "18: translation.models.pt-BR: 'pt' and 'pt-BR' are the same language"),
        # repeated keys and names
        ("targets:", "name: other\ntargets:", "12: name: the key is given twice, first on line 3. Keep one"),
        ("kind: policy", "name: x", "13: targets.0.name: the key is given twice. Keep one of them"),
        ("      ru:", "      all:", "10: actors.0.aliases.all: the key is given twice, first on line 9"),
        ("name: Yoon", "name: Putin", "11: actors.1.name: the name 'Putin' is given twice. Give each its own"),
        ("name: weapons", "name: deployment", "14: targets.1.name: the name 'deployment' is given twice"),
        # not YAML
        ("[Путин]", "[Путин", "11: a list without its closing bracket, or without a comma. Add it"),
        ("  path:", "\tpath:", "5: a tab before a key. Indent with spaces"),
        ("news.jsonl", "news: today.jsonl", "5: a colon and a space inside a value. Put quotation marks"),
        ("small", "@small", "3: a value that begins with @. Put quotation marks around the value"),
        ("small", "'small", "23: a quotation mark or bracket that is never closed. Close it"),
        ("small", "!!int x", "3: a value that does not fit its tag"),
        ("small", "!odd x", "3: a value that begins with !. Put quotation marks"),
        ("small", "small\x07", "3: a character that YAML does not allow. Remove it; it may be invisible"),
        ("small", "*small", "3: a value that begins with * refers to something that has no such name. Put quotation"),
        ("targets:", "---\ntargets:", "12: a line of --- begins a second document. Remove what is below it"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_with_its_line_key_cause_and_cure(
    path: Path, right: str, wrong: str, message: str
) -> None:
    assert WHOLE.count(right) >= 1
    assert refusal(path, WHOLE.replace(right, wrong, 1)).startswith(f"config.yaml:{message}")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("find.context", "not of the form KEY=VALUE. Write for example --set find.context=1"),
        ("=1", "not of the form KEY=VALUE"),
        (
            "find.context=[",
            "find.context: a value that is missing or begins with a sign of YAML. Put quotation",
        ),
        ("find.context=two", "find.context: input should be a valid integer"),
        ("find.contxt=1", "find.contxt: unknown key. Did you mean 'context'?"),
        ("translation.models.xx=a/b", "translation.models.xx: unknown language 'xx'"),
        ("compare={by: [planet]}", "compare.by.0: nothing to group by is called 'planet'"),
        ("actors=[{name: A}, {nam: B}]", "actors.1.nam: unknown key. Did you mean 'name'?"),
        ("actors=[{name: A, name: B}]", "actors.0.name: the key is given twice. Keep one of them"),
        ("articles=5", "articles: should be a section of `key: value` lines, got 5"),
    ],
)
def test_a_wrong_override_is_reported_with_itself_as_the_place(
    path: Path, override: str, message: str
) -> None:
    assert refusal(path, WHOLE, override).startswith(f"--set {override}: {message}")


def test_what_an_override_leaves_keeps_its_line(path: Path) -> None:
    text = WHOLE.replace("kind: policy", "kind: planet")
    assert refusal(path, text, "targets=[{name: x}]", "articles.reader=5", "find.context=1").startswith(
        "--set articles.reader=5: articles.reader: should be text"
    )
    assert refusal(path, text, "translation.models.pt=a/b").startswith("config.yaml:13: targets.0.kind: ")


def test_the_later_of_two_overrides_is_the_place(path: Path) -> None:
    assert refusal(path, WHOLE, "find.context=one", "find.context=two").startswith("--set find.context=two: ")


def test_all_mistakes_are_reported_at_once_each_in_a_line_of_its_own(path: Path) -> None:
    lines = refusal(path, "name: small\nfind:\n  context: two\npivot: xx\n").splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["config.yaml:1", "articles"],
        ["config.yaml:4", "pivot"],
        ["config.yaml:1", "actors"],
        ["config.yaml:3", "find.context"],
        ["config.yaml:1", "targets"],
    ]


def test_a_mistake_behind_an_anchor_is_reported_at_a_line_of_the_file(path: Path) -> None:
    text = WHOLE.replace("ru: [Путин]", "ru: &names [Путин, 5]\n      uk: *names")
    assert [line.split(": ")[:2] for line in refusal(path, text).splitlines()] == [
        ["config.yaml:10", "actors.0.aliases.ru.1"],
        ["config.yaml:11", "actors.0.aliases.uk.1"],
    ]


def test_a_list_that_holds_itself_is_refused(path: Path) -> None:
    assert refusal(path, WHOLE.replace("[Путин]", "&names [*names]")).startswith(
        "config.yaml:10: actors.0.aliases.ru.0: "
    )


def test_an_empty_path_is_refused_since_it_would_be_the_working_directory(path: Path) -> None:
    assert refusal(path, WHOLE.replace("news.jsonl", "''")).startswith("config.yaml:5: articles.path")


@pytest.mark.parametrize("alias", ["' '", "'\u200b'"])
def test_an_invisible_alias_is_refused_since_it_would_be_found_everywhere(path: Path, alias: str) -> None:
    assert "config.yaml:10: actors.0.aliases.ru.0: " in refusal(path, WHOLE.replace("Путин]", f"{alias}]"))


@pytest.mark.parametrize("name", ["../elsewhere", ".hidden", "a/b", "''"])
def test_a_name_that_is_no_folder_name_is_refused(path: Path, name: str) -> None:
    assert refusal(path, WHOLE.replace("small", name)).startswith("config.yaml:3: name: ")


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just a word\n"])
def test_a_file_without_keys_is_refused(path: Path, text: str) -> None:
    assert refusal(path, text).startswith("config.yaml:1: not a mapping of keys to values")


def test_a_file_that_is_absent_or_not_utf8_is_refused(path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_config(path)
    path.write_bytes(b"name: \xff")
    with pytest.raises(ConfigError, match="not UTF-8 at byte 6"):
        load_config(path)
