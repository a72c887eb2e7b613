"""Shards may be worked on anywhere: the work can be pickled, and gives the same in other processes."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.engines.base import Lost, Result
from pipelines.errors import InputError
from pipelines.job import Job
from pipelines.job.executors import LocalExecutor
from pipelines.job.losses import ShardsLostError
from pipelines.job.work import work_on
from pipelines.shard_stages import find_shard, judge_shard, translate_shard
from pipelines.stages import TRANSLATE, Stage
from tests.cli.processes import started, wait_until
from tests.conftest import SmallRun
from tests.fakes import ProcessExecutor
from tests.samples import tables

FakesConfig = Callable[..., Path]


def process_of(shard: int) -> tuple[int, int]:
    return shard, os.getpid()


def end_of(shard: int) -> int:
    """The shard; but the process that gets shard 3 is killed, and shard 4 is an error of the user's."""
    if shard == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if shard == 4:
        raise InputError("somewhere", "something is missing", "Add it")
    return shard


def end_with_child(note: Path, shard: int) -> int:
    """Start a process, write its number, and be killed as for lack of memory."""
    child = subprocess.Popen(["sleep", "600"])
    note.write_text(f"{child.pid}", encoding="utf-8")
    os.kill(os.getpid(), signal.SIGKILL)
    return shard


def compute(note: Path, shard: int) -> int:
    """Write the number of this process, and compute for hours, so that no other thread has a turn."""
    note.write_text(f"{os.getpid()}", encoding="utf-8")
    return shard + len(str(3**10**9))


def run_of_computing(note: str) -> None:
    list(LocalExecutor(workers=1).run(partial(compute, Path(note)), [1]))


def is_there(note: Path) -> bool:
    """Whether the process of this number lives."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{note.read_text()}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def ends_soon(note: Path) -> bool:
    patience = time.monotonic() + 5
    while is_there(note) and time.monotonic() < patience:
        time.sleep(0.05)
    return not is_there(note)


def tables_and_rejections(folder: Path) -> dict[str, str]:
    return tables(folder) | {"rejected": (folder / "rejected.csv").read_text(encoding="utf-8")}


def read_controls(folder: Path) -> Any:
    return json.loads((folder / "controls.json").read_text(encoding="utf-8"))["rows"]


@pytest.mark.parametrize("make", [translate_shard, find_shard, judge_shard])
def test_the_work_on_a_shard_is_picklable_with_its_job(
    small_run: SmallRun, make: Callable[..., Iterator[Any]]
) -> None:
    job = Job(load_config(small_run.config_file), small_run.folder, offline=True)
    again = pickle.loads(pickle.dumps(partial(work_on, make, TRANSLATE, job, {}, False)))
    assert again.args[0] is make
    job_again = again.args[2]
    assert (job_again.config, job_again.folder, job_again.offline) == (job.config, job.folder, True)
    assert job_again.models is not job.models


def test_the_local_executor_works_in_this_process_and_the_others_elsewhere() -> None:
    assert list(LocalExecutor().run(process_of, [3, 1])) == [(3, os.getpid()), (1, os.getpid())]
    for executor in (ProcessExecutor(), LocalExecutor(workers=1)):
        results = list(executor.run(process_of, [3, 1]))
        assert [shard for shard, _ in results] == [3, 1]
        assert os.getpid() not in {process for _, process in results}


def test_a_killed_worker_costs_its_shard_and_an_error_is_raised_here() -> None:
    executor = LocalExecutor(workers=2)
    results = list(executor.run(end_of, [1, 3, 2, 5]))
    lost = [result for result in results if isinstance(result, Lost)]
    assert {result for result in results if not isinstance(result, Lost)} == {1, 2, 5}
    assert [(loss.shard, "SIGKILL" in loss.cause) for loss in lost] == [(3, True)]
    with pytest.raises(InputError, match="something is missing"):
        list(executor.run(end_of, [4]))


def test_workers_are_kept_from_one_run_to_the_next_but_a_lost_one() -> None:
    with LocalExecutor(workers=1) as executor:
        (first,) = executor.run(process_of, [1])
        (second,) = executor.run(process_of, [2])
        (lost,) = executor.run(end_of, [3])
        (third,) = executor.run(process_of, [3])
        assert first[1] == second[1] != third[1]
        assert isinstance(lost, Lost)
    assert not Path(f"/proc/{third[1]}").exists()


def test_workers_that_are_at_work_when_a_run_is_given_up_do_not_answer_the_next() -> None:
    with LocalExecutor(workers=2) as executor:
        with pytest.raises(InputError):
            list(executor.run(end_of, [4, 5, 6, 7]))
        assert sorted(shard for shard, _ in executor.run(process_of, [8, 9])) == [8, 9]


def test_what_a_worker_has_started_ends_with_it(tmp_path: Path) -> None:
    with LocalExecutor(workers=1) as executor:
        (lost,) = executor.run(partial(end_with_child, tmp_path / "child"), [1])
        assert isinstance(lost, Lost)
    assert ends_soon(tmp_path / "child")


def test_a_worker_ends_with_a_run_that_is_killed_even_while_a_library_computes(tmp_path: Path) -> None:
    note = tmp_path / "worker"
    code = f"from {__name__} import run_of_computing; run_of_computing({str(note)!r})"
    with subprocess.Popen([sys.executable, "-c", code], text=True) as process:
        wait_until(lambda: note.exists() and is_there(note), process)
        time.sleep(0.2)
        process.kill()
    assert ends_soon(note)


def test_a_fault_of_the_file_that_notes_the_article_is_none_of_the_article(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    config = load_config(fakes_config())
    pipeline.run(config, tmp_path / "out", until="translate")
    job = Job(config, tmp_path / "out", offline=True)
    reading = job.store.reading()
    assert reading is not None
    (shard,) = [shard for shard in reading.shards if shard.language == "pt"]
    for path in (tmp_path / "out" / "translated").iterdir():
        path.unlink()
    (tmp_path / "out" / "translated" / f".trial-{shard.number:05d}.json").mkdir()  # cannot be written
    done = work_on(translate_shard, TRANSLATE, job, {shard.number: shard}, True, shard.number)
    assert isinstance(done, Lost)
    assert "IsADirectoryError" in done.cause
    assert job.store.part(TRANSLATE, shard.number) is None


def test_workers_share_the_processors() -> None:
    assert LocalExecutor(workers=1000).threads == 1
    assert LocalExecutor(workers=2, threads=3).threads == 3


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


@pytest.mark.parametrize(
    "override", ["execution.executor=tests.fakes:ProcessExecutor", "execution.workers=2"]
)
def test_a_run_in_other_processes_gives_the_same_tables_progress_and_models(
    fakes_config: FakesConfig, tmp_path: Path, journal: Path, override: str
) -> None:
    path = fakes_config(execution={"shard_size": 1})
    here, elsewhere = Counting(), Counting()
    local = pipeline.run(load_config(path), tmp_path / "local", progress=here)
    built = journal.read_text().count("judge built")
    config = load_config(path, [override])
    spread = pipeline.run(config, tmp_path / "spread", progress=elsewhere)
    assert journal.read_text().count("judge built") > built + 1  # those of the other processes too
    assert tables_and_rejections(tmp_path / "spread") == tables_and_rejections(tmp_path / "local")
    assert read_controls(tmp_path / "spread") == read_controls(tmp_path / "local") != []
    assert spread.manifest["counts"] == local.manifest["counts"]
    assert (elsewhere.totals, elsewhere.done) == (here.totals, here.done)
    assert here.done["judge"] == here.totals["judge"] == local.manifest["counts"]["judgements"] > 0
    translator, _ = spread.manifest["models"]
    assert translator["load_seconds"] is not None


def test_a_worker_builds_each_engine_once(fakes_config: FakesConfig, tmp_path: Path, journal: Path) -> None:
    config = load_config(fakes_config(execution={"shard_size": 1}), ["execution.workers=1"])
    pipeline.run(config, tmp_path / "out", until="judge")
    lines = Counter(journal.read_text().splitlines())
    assert lines["translator of pt built"] == lines["judge built"] == 2  # in the run's process, to name them
    assert lines["translator of pt loaded"] == lines["judge loaded"] == 1  # the controls ask the same judge


def test_the_seconds_that_a_judge_took_to_load_are_in_the_manifest(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    manifest = pipeline.run(load_config(fakes_config()), tmp_path / "out", until="judge").manifest
    assert manifest["models"][-1]["load_seconds"] is not None


@pytest.mark.parametrize("kind", ["translator", "judge"])
def test_an_article_that_crashes_an_engine_costs_itself(
    fakes_config: FakesConfig, tmp_path: Path, kind: str
) -> None:
    crashing = fakes_config(**{kind: {"crashes_on": "Yoon condemns" if kind == "judge" else "soldados"}})
    outcome = pipeline.run(load_config(crashing, ["execution.workers=1"]), tmp_path / "out")
    assert outcome.manifest["counts"]["rejected"] == 1
    _, line = (tmp_path / "out" / "rejected.csv").read_text().splitlines()
    article = "en-1,judge" if kind == "judge" else "pt-2,translate"
    assert line == f"{article},the process at work on it ended 2 times"
    if kind == "translator":  # a judge that fails rejects a passage, and one that crashes an article
        pipeline.run(load_config(fakes_config(translator={"fails_on": "soldados"})), tmp_path / "failing")
        assert tables(tmp_path / "out") == tables(tmp_path / "failing")
    assert not list((tmp_path / "out").rglob(".trial*"))


class LosingExecutor:
    """Loses shard 1 each time."""

    def run(self, work: Callable[[int], Result], shards: Sequence[int]) -> Iterator[Result | Lost]:
        for shard in shards:
            yield Lost(shard, "lost on the way") if shard == 1 else work(shard)


def test_a_shard_that_is_lost_three_times_is_reported_and_the_rest_continues(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    path, folder = fakes_config(execution={"shard_size": 1}), tmp_path / "out"
    losing = load_config(path, [f"execution.executor={__name__}:LosingExecutor"])
    with (
        pytest.warns(UserWarning, match=r"shard 1 is given up \(translate: lost on the way\)"),
        pytest.raises(ShardsLostError, match="1 shards could not be done; the first: 1, translate: lost on"),
    ):
        pipeline.run(losing, folder)
    assert (folder / "run.log").read_text().count('"lost"') == 3
    assert [path.name for path in sorted((folder / "judgements").iterdir())] == [
        "part-00000.parquet", "part-00002.parquet", "part-00003.parquet"
    ]  # fmt: skip
    pipeline.run(load_config(path), folder, until="judge")
    assert len(list((folder / "judgements").iterdir())) == 4


def is_worker(process: str) -> bool:
    return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()


def test_a_stop_ends_the_workers_too(fakes_config: FakesConfig, tmp_path: Path, journal: Path) -> None:
    config = fakes_config(translator={"hangs": True}, execution={"shard_size": 1, "workers": 2})
    with started("run", config, "--output", tmp_path / "out", "--quiet") as process:
        wait_until(lambda: "asked" in journal.read_text(), process)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        (worker, *_) = (child for child in children if is_worker(child))
        os.kill(int(worker), signal.SIGSTOP)  # as if it did not answer
        sent = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, messages = process.communicate(timeout=60)
    assert time.monotonic() - sent < 5
    assert process.returncode == 1
    assert "Resume with: polystance run" in messages
    assert children
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() - sent < 5
        time.sleep(0.05)
