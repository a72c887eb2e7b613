"""A run that is killed or stopped from outside is resumed by the same command."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("holds", ["sleeps", "computes"])
def test_a_signal_ends_a_run_within_five_seconds_with_1_and_the_command_that_resumes(
    fakes_config: FakesConfig, tmp_path: Path, journal: Path, number: signal.Signals, holds: str
) -> None:
    config = fakes_config(translator={"pause": 600.0} if holds == "sleeps" else {"hangs": True})
    with started("run", config, "--output", tmp_path / "out", "--fresh", "--quiet") as process:
        wait_until(lambda: "asked" in journal.read_text(), process)
        sent = time.monotonic()
        process.send_signal(number)
        printed, messages = process.communicate(timeout=60)
    assert time.monotonic() - sent < 5
    assert (process.returncode, printed) == (1, "")
    lines = [line for line in messages.splitlines() if line.startswith("polystance: ")]
    assert lines == [
        f"polystance: stopped. Resume with: polystance run {config} --output {tmp_path / 'out'} --quiet"
    ]
    assert "Traceback" not in messages


@pytest.mark.parametrize("room", [0, 700, 3_000, 7_000])
def test_a_full_disk_ends_a_run_with_1_and_the_run_resumes(
    polystance: Polystance, fakes_config: FakesConfig, tmp_path: Path, room: int
) -> None:
    config, folder = fakes_config(), tmp_path / "out"
    with started("run", config, "--output", folder, room=room) as process:
        printed, messages = process.communicate(timeout=60)
    assert (process.returncode, printed) == (1, ""), messages
    assert "Traceback" not in messages
    assert f"Free some space. Resume with: polystance run {config}" in messages.splitlines()[-1]
    assert not list(folder.rglob("*.unfinished"))
    for again in (folder, tmp_path / "whole"):
        assert polystance("run", config, "--output", again).code == 0
    assert tables(folder) == tables(tmp_path / "whole")
    assert (folder / "rejected.csv").read_bytes() == (tmp_path / "whole" / "rejected.csv").read_bytes()
