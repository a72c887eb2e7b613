"""Shards may be worked on anywhere: the work can be pickled, and gives the same in other processes."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.job import Done, Job
from pipelines.job.executors import LocalExecutor
from pipelines.job.store import Shard
from pipelines.run import find_shard, judge_shard, translate_shard
from pipelines.stages import Stage
from tests.conftest import SmallRun
from tests.fakes import ProcessExecutor
from tests.samples import tables

FakesConfig = Callable[..., Path]


def process_of(shard: int) -> tuple[int, int]:
    return shard, os.getpid()


@pytest.mark.parametrize("work", [translate_shard, find_shard, judge_shard])
def test_the_work_on_a_shard_is_picklable_with_its_job(
    small_run: SmallRun, work: Callable[[Job, Shard], Done]
) -> None:
    job = Job(load_config(small_run.config_file), small_run.folder, offline=True)
    again, job_again = pickle.loads(pickle.dumps((work, job)))
    assert again is work
    assert (job_again.config, job_again.folder, job_again.offline) == (job.config, job.folder, True)
    assert job_again.models is not job.models


def test_the_local_executor_works_in_this_process_and_the_other_one_elsewhere() -> None:
    assert list(LocalExecutor().run(process_of, [3, 1])) == [(3, os.getpid()), (1, os.getpid())]
    results = list(ProcessExecutor().run(process_of, [3, 1]))
    assert [shard for shard, _ in results] == [3, 1]
    assert os.getpid() not in {process for _, process in results}


class Counting:
    """Progress as numbers."""

    def __init__(self) -> None:
        self.totals: dict[str, int | None] = {}
        self.done: dict[str, int] = {}

    def begin(self, stage: Stage, total: int | None) -> None:
        self.stage = stage.name
        self.totals[self.stage], self.done[self.stage] = total, 0

    def advance(self, amount: int) -> None:
        self.done[self.stage] += amount

    def wait(self, what: str) -> None:
        assert what


def test_a_run_in_other_processes_gives_the_same_tables_progress_and_models(
    fakes_config: FakesConfig, tmp_path: Path, journal: Path
) -> None:
    path = fakes_config(execution={"shard_size": 1})
    here, elsewhere = Counting(), Counting()
    local = pipeline.run(load_config(path), tmp_path / "local", progress=here)
    built = journal.read_text().count("judge built")
    config = load_config(path, ["execution.executor=tests.fakes:ProcessExecutor"])
    spread = pipeline.run(config, tmp_path / "spread", progress=elsewhere)
    assert journal.read_text().count("judge built") > built + 1  # those of the other processes too
    assert tables(tmp_path / "spread") == tables(tmp_path / "local")
    assert spread.manifest["counts"] == local.manifest["counts"]
    assert (elsewhere.totals, elsewhere.done) == (here.totals, here.done)
    assert here.done["judge"] == here.totals["judge"] == 7  # judgements
    translator, _ = spread.manifest["models"]
    assert translator["load_seconds"] is not None


def test_the_seconds_that_a_judge_took_to_load_are_in_the_manifest(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    manifest = pipeline.run(load_config(fakes_config()), tmp_path / "out").manifest
    assert manifest["models"][-1]["load_seconds"] is not None
