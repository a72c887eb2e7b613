"""Each mistake ends with an exit code and one line that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Polystance
from tests.conftest import SmallRun

FakesConfig = Callable[..., Path]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["run", "nowhere.yaml"], "nowhere.yaml: no such file. Give the path of a config"),
        (["--set", "articles.path=nowhere.jsonl"], "nowhere.jsonl: no such file or folder. Check articles.path"),
        (["--set", "artikles.path=x"], "artikles: unknown key. Did you mean 'articles'?"),
        (["--set", "find.context=two"], "find.context: input should be a valid integer"),
        (["--set", "articles.columns.text=body"], "no column 'body' in"),
        (["--set", "translation.models.xx=a"], "translation.models.xx: unknown language 'xx'. Give a BCP 47 code"),
        (["--set", "articles.language=klingon"], "articles.language: unknown language 'klingon'"),
        (["--set", "translation.models.pt.engine=marianne"], "unknown translator engine 'marianne'. Did you mean 'marian'?"),
        (["--set", "articles.path=empty"], "no article in this folder. Check articles.path"),
        (["--set", "translation.models.pt=nobody/nothing", "--offline"], "model 'nobody/nothing' is not on this machine"),
        (["--set", "broken"], "--set broken: not of the form KEY=VALUE"),
        (["--executor", "slurm"], "unknown executor engine 'slurm'"),
        (["--until", "sunset"], "Invalid value for '--until': 'sunset' is not one of read, translate"),
        (["--ofline"], "No such option: --ofline (Possible options: --offline). See polystance run --help"),
        (["run", "empty"], "empty: a folder, not a file. Give the path of the config in it"),
        (["run"], "Missing argument 'CONFIG'. See polystance run --help"),
    ],
)  # fmt: skip
def test_each_mistake_ends_with_2_and_a_line_that_says_what_to_do(
    polystance: Polystance,
    small_run: SmallRun,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    line: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    if arguments[0] != "run":
        arguments = ["run", str(small_run.config_file), "--output", "out", *arguments]
    done = polystance(*arguments)
    assert (done.code, done.stdout) == (2, "")
    assert line in done.stderr
    assert "Traceback" not in done.stderr
    assert [row for row in done.stderr.splitlines() if row.startswith("polystance: ") and line in row]
    others = [row for row in done.stderr.splitlines() if not row.startswith(("  read ", "  translate "))]
    assert len(others) == 1


def test_an_error_that_was_not_foreseen_ends_with_1_and_a_traceback_only_if_asked(
    polystance: Polystance, small_run: SmallRun, tmp_path: Path
) -> None:
    reader = "articles.reader=tests.fakes:BrokenReader"
    arguments = ("run", small_run.config_file, "--set", reader, "--output", tmp_path / "out")
    done = polystance(*arguments)
    assert done.code == 1
    assert "stopped by RuntimeError: a private fault" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in polystance(*arguments, "--verbose").stderr


def test_an_interrupted_run_ends_with_1(
    polystance: Polystance, fakes_config: FakesConfig, tmp_path: Path
) -> None:
    config_file = fakes_config(judge={"interrupts_on": "CONDENOU"})
    done = polystance("run", config_file, "--output", tmp_path / "out")
    assert (done.code, done.stdout) == (1, "")
    assert "polystance: stopped" in done.stderr
    assert "Traceback" not in done.stderr
