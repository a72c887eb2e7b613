"""A run that is killed or stopped from outside is resumed by the same command."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Polystance
from tests.cli.processes import started, wait_until
from tests.samples import copies, tables, write_lines

FakesConfig = Callable[..., Path]
PAUSE = 0.05
"""Seconds that the model takes for a shard: long enough to be caught between two."""


def slow_config(fakes_config: FakesConfig) -> Path:
    """A config of twelve articles in each of two languages, one in a shard."""
    config_file = fakes_config(translator={"pause": PAUSE}, execution={"shard_size": 1})
    write_lines(config_file.parent / "articles.jsonl", copies(6))
    return config_file


def parts(folder: Path) -> int:
    """Of the stage translate."""
    return len(list((folder / "translated").glob("part-*.parquet")))


def test_a_killed_run_resumes_and_gives_the_same_tables(
    polystance: Polystance, fakes_config: FakesConfig, tmp_path: Path
) -> None:
    config_file, killed, whole = slow_config(fakes_config), tmp_path / "killed", tmp_path / "whole"
    with started("run", config_file, "--output", killed) as process:
        wait_until(lambda: parts(killed) >= 14, process)  # articles in the pivot language come first
        process.send_signal(signal.SIGKILL)
    assert 14 <= parts(killed) < 24
    assert not (killed / "judgements").exists()
    for folder in (killed, whole):
        done = polystance("run", config_file, "--output", folder, "--quiet")
        assert done.code == 0, done.stderr
    assert tables(killed) == tables(whole)
    assert not list(killed.rglob("*.unfinished"))


def test_control_c_ends_with_1_and_a_line(fakes_config: FakesConfig, tmp_path: Path) -> None:
    with started("run", slow_config(fakes_config), "--output", tmp_path / "out") as process:
        wait_until(lambda: parts(tmp_path / "out") >= 14, process)
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "polystance: stopped" in messages
    assert "Traceback" not in messages
