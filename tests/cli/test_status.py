"""`polystance status`, seen from another shell."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Polystance
from tests.cli.processes import started, wait_until
from tests.samples import ARTICLES, copies, write_lines

FakesConfig = Callable[..., Path]


def test_a_finished_run_shows_its_stages_and_what_it_rejected(
    polystance: Polystance, fakes_config: FakesConfig, tmp_path: Path
) -> None:
    config_file = fakes_config(translator={"fails_on": "quinta"})
    write_lines(config_file.parent / "articles.jsonl", [*ARTICLES, {"id": "bad", "text": ""}])
    assert polystance("run", config_file, "--output", tmp_path / "out").code == 0
    done = polystance("status", tmp_path / "out")
    lines = done.stdout.splitlines()
    assert (done.code, done.stderr, lines[0]) == (0, "", "small: done")
    assert lines[2] == "read       done: 2 shards, 4 articles" + lines[2].partition("articles")[2]
    assert any(line.startswith("translate  done: 2 of 2 shards, 4 of 4 articles") for line in lines)
    assert "rejected: 2" in lines
    assert "  1 translate: RuntimeError: out of memory" in lines


def test_a_run_at_work_is_running_and_a_killed_one_is_gone(
    polystance: Polystance, fakes_config: FakesConfig, tmp_path: Path
) -> None:
    config_file, folder = (
        fakes_config(translator={"pause": 0.2}, execution={"shard_size": 1}),
        tmp_path / "out",
    )
    write_lines(config_file.parent / "articles.jsonl", copies(20))
    with started("run", config_file, "--output", folder) as process:
        wait_until(lambda: len(list((folder / "translated").glob("part-*.parquet"))) >= 42, process)
        at_work = polystance("status", folder).stdout.splitlines()
        process.send_signal(signal.SIGKILL)
    assert at_work[0] == "small: running"
    assert at_work[3].startswith("translate  at work: ")
    assert "; ends in " in at_work[3]
    assert "its process is gone" in polystance("status", folder).stdout.splitlines()[0]


def test_a_folder_of_no_run_is_refused(polystance: Polystance, tmp_path: Path) -> None:
    done = polystance("status", tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert "no run.log of a run in this folder" in done.stderr
