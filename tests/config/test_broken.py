"""Three hundred broken configs: each is refused in lines of at most 300 characters, or taken as it is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cli.main import LONGEST_LINE, _one_line
from pipelines.config import load_config
from pipelines.errors import PolystanceError
from pipelines.job.models import Models
from tests.cli.conftest import Polystance, polystance
from tests.samples import write_config

__all__ = ["polystance"]

WHOLE = """\
name: {name}
pivot: {pivot}
articles:
  path: {path}
  columns: {columns}
  reader: {reader}
  options: {options}
  filter: {filter}
actors:
  - name: {actor}
    aliases:
      ru: {alias}
targets: {targets}
translation:
  models: {models}
find: {find}
stance:
  engine: {judge}
compare:
  by: {by}
execution:
  executor: {executor}
"""
SOUND = {
    "name": "small", "pivot": "en", "path": "articles.jsonl", "columns": "{}", "reader": "lines", "options": "{}",
    "filter": "{}", "actor": "Putin", "alias": "[Путин]", "targets": "[deployment]", "models": "{}", "find": "{}",
    "judge": "polystance", "by": "[language]", "executor": "local",
}  # fmt: skip
VALUES = {
    "int": "!!int x", "float": "!!float x", "octal": "0x_", "itself": "&a [*a]", "digits": "9" * 5000,
    "at": "@x", "percent": "%y", "colon": "a: b: c",
    "quote": "'open", "python": "!!python/object:os.system x", "alias": "*nothing", "brace": "{", "key": "{[a]: b}",
    "binary": "!!binary x", "stamp": "!!timestamp 5", "set": "!!set {a, b}", "null": "~", "control": "a\x07b",
    "long": "x" * 5000, "module": "nowhere.module:Class", "merge": "{<<: 5}",
}  # fmt: skip
DEEP = {"deep": "[" * 1500 + "]" * 1500, "open": "[" * 1500}
"""Values that the parser refuses, whatever key they are of; it takes a second for each."""


def broken(key: str) -> list[tuple[str, str]]:
    """A name and the text of each config with a broken value of one key."""
    values = VALUES | DEEP if key == "name" else VALUES
    return [(f"{key}-{name}", WHOLE.format_map(SOUND | {key: value})) for name, value in values.items()]


def test_there_are_three_hundred() -> None:
    assert len(SOUND) * len(VALUES) >= 300


def test_the_config_that_is_spoilt_is_sound(tmp_path: Path) -> None:
    write_config(tmp_path, translation={}, stance={})
    path = tmp_path / "sound.yaml"
    path.write_text(WHOLE.format_map(SOUND), encoding="utf-8")
    Models(load_config(path), offline=True).check()


@pytest.mark.parametrize("key", SOUND)
def test_no_broken_config_ends_in_an_exception_of_python(tmp_path: Path, key: str) -> None:
    write_config(tmp_path, translation={}, stance={})
    path, refused = tmp_path / "broken.yaml", 0
    configs = broken(key)
    for name, text in configs:
        path.write_text(text, encoding="utf-8")
        try:
            Models(load_config(path), offline=True).check()
        except PolystanceError as error:
            refused += 1
            lines = [_one_line(line, LONGEST_LINE) for line in f"polystance: {error}".split("\n")]
            assert all(0 < len(line) <= LONGEST_LINE for line in lines), name
        except Exception as error:
            pytest.fail(f"{name}: {type(error).__name__}: {error}"[:300])
    assert refused > len(configs) // 2


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("raise SystemExit(0)", "cannot import"),
        ("import nowhere_at_all", "No module named"),
        ("1 / 0", "division by zero"),
        ("Engine = 5", "is not a class"),
        ("Other = int", "has no attribute"),
        ("class Engine: pass", "has no fingerprint, rows"),
        ("def (", "invalid syntax"),
    ],
)
def test_a_private_engine_that_is_wrong_is_one_line(
    polystance: Polystance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, said: str
) -> None:
    config = write_config(tmp_path, translation={}, stance={})
    name = f"private_{abs(hash(module))}"
    (tmp_path / f"{name}.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    done = polystance("check", config, "--set", f"articles.reader={name}:Engine")
    assert (done.code, len(done.stderr.splitlines())) == (2, 1)
    assert said in done.stderr


@pytest.mark.parametrize("actors", ["[Lula, Putin]", "Lula", "[{name: Lula}]"])
def test_names_and_a_path_alone_are_taken_as_meant(tmp_path: Path, actors: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"name: a\narticles: news.csv\nactors: {actors}\ntargets: amnesty\n", encoding="utf-8")
    config = load_config(path)
    assert config.articles.path == [str(tmp_path / "news.csv")]
    assert config.actors[0].name == "Lula"
    assert [target.name for target in config.targets] == ["amnesty"]
    assert yaml.safe_load(path.read_text())["articles"] == "news.csv"
