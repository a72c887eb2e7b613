"""Options as help shows them, several configs, and how soon a wrong config is reported."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from cli.main import app
from pipelines.errors import ConfigError
from tests.cli.processes import ROOT
from tests.cli.test_commands import commands

METAVARS = {
    "CONFIG", "DIR", "N", "KEY=VALUE", "NAME", "NAME,...", "RUN_DIR", "FILE", "STAGE", "GOLD", "CODE", "MODEL",
    "RUN_A", "RUN_B", "SHARE", "NAME,...=N", "<passage|article>",
}  # fmt: skip
HEAVY = ("torch", "transformers", "pandas", "scipy", "pyarrow", "numpy", "rich.progress")
WRONG = """\
name: small
articles: {path: news.jsonl}
actors: [{name: Putin}]
tragets: [{name: deployment}]
"""


def help_of(words: list[str]) -> str:
    """What a command's --help prints."""
    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    return shown.stdout


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_help_names_values_as_the_guide_does(words: list[str]) -> None:
    text = help_of(words)
    assert "RANGE" not in text
    assert " range>" not in text
    options = re.findall(r"^  (?:--[a-z-]+) ([^ ]+)  ", text, re.MULTILINE)
    arguments = re.findall(r"\{(.+?)\}", text.splitlines()[0])
    assert {*options, *arguments} <= METAVARS


@pytest.mark.parametrize("words", [[], *commands()], ids=" ".join)
def test_help_is_in_sentences(words: list[str]) -> None:
    command = typer.main.get_command(app)
    for word in words:
        command = command.commands[word]  # type: ignore[attr-defined]
    texts = [command.help, *(getattr(parameter, "help", None) for parameter in command.params)]
    for text in filter(None, texts):
        assert text[0].isupper(), text
        assert text.rstrip().endswith("."), text


def test_several_configs_run_one_after_the_other(
    config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    other = tmp_path / "other.yaml"
    other.write_text(config_file.read_text().replace("name: small", "name: other"))
    done = CliRunner().invoke(app, ["run", str(config_file), str(other), "--until", "read", "--quiet"])
    assert done.exception is None
    folders = [tmp_path / "outputs" / name for name in ("small", "other")]
    assert done.stdout.splitlines() == [str(folder) for folder in folders]
    assert all((folder / "config.yaml").is_file() for folder in folders)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (WRONG, [], "second.yaml:4: tragets: unknown key. Did you mean 'targets'?"),
        (None, [], "second.yaml: name: 'small' is also the name of config.yaml, and both would write to one folder"),
        (None, ["--output", "out"], "--output out: one folder for 2 configs. Leave it out"),
        ("stance: {engine: nly}", [], "unknown stance engine 'nly'. Did you mean 'nli'?"),
    ],
)  # fmt: skip
def test_no_config_runs_unless_all_of_them_can(
    config_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str | None,
    options: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    first = config_file.read_text()
    if text is not None and text.startswith("stance"):
        text = re.sub(r"stance:\n(  .+\n)+", text + "\n", first).replace("name: small", "name: second")
    (tmp_path / "second.yaml").write_text(text or first)
    done = CliRunner().invoke(app, ["run", "config.yaml", "second.yaml", *options])
    assert isinstance(done.exception, ConfigError)
    assert message in str(done.exception)
    assert "\n" not in str(done.exception)
    assert not (tmp_path / "outputs").exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "config.yaml"],
        ["check", "config.yaml"],
        ["report", "."],
        ["models", "list", "config.yaml"],
        ["models", "pull", "config.yaml"],
        ["evaluate", "stance", "gold.jsonl", "--config", "config.yaml"],
    ],
    ids=" ".join,
)
def test_a_wrong_key_is_reported_before_any_heavy_library_is_imported(
    tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "config.yaml").write_text(WRONG)
    code = (
        "import sys; from cli.main import main\n"
        "try: main()\n"
        f"finally: print(sorted(set(sys.modules) & set({HEAVY})))"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 2
    assert re.fullmatch(
        r"polystance: \S*config\.yaml:4: tragets: unknown key. Did you mean 'targets'\?\n", done.stderr
    )
    assert done.stdout == "[]\n"


def test_a_wrong_key_is_reported_within_a_second(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(WRONG)
    command = [sys.executable, "-m", "cli.main", "run", "config.yaml"]
    before = _child_seconds()
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 2
    assert _child_seconds() - before < 1


def _child_seconds() -> float:
    """CPU seconds of processes that have ended: on a quiet machine they are what a person waits for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
