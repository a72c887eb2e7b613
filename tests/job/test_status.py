"""The log of a run, and what it says of how far the run is."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.errors import InputError
from pipelines.job.log import RUN, RunLog, events
from pipelines.job.status import run_status
from pipelines.stages import STAGES
from tests.samples import ARTICLES, write_lines

FakesConfig = Callable[..., Path]
HERE = {"host": platform.node(), "process": os.getpid()}
NO_PROCESS = 2**22 + 1  # above the largest number that Linux gives a process


def test_a_log_has_a_line_for_each_stage_and_part(fakes_config: FakesConfig, tmp_path: Path) -> None:
    config = load_config(fakes_config(translator={"fails_on": "quinta"}))
    pipeline.run(config, tmp_path / "out")
    lines = [json.loads(line) for line in (tmp_path / "out" / "run.log").read_text().splitlines()]
    assert (lines[0]["event"], lines[0]["until"]) == ("run", "report")
    assert (lines[-1]["event"], lines[-1]["outcome"]) == ("end", "done")
    assert [line["stage"] for line in lines if line["event"] == "stage"] == [stage.name for stage in STAGES]
    parts = {(line["stage"], line["language"]): line for line in lines if line["event"] == "part"}
    assert len(parts) == 10
    assert parts["translate", "pt"]["rejected"] == 1
    assert parts["translate", "pt"]["model"] == "translator of pt"
    assert parts["translate", "en"]["model"] is None
    assert parts["judge", "en"]["seconds"] >= 0


def test_a_finished_run_is_done_and_its_rejections_are_counted(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    config_file = fakes_config(translator={"fails_on": "quinta"})
    write_lines(config_file.parent / "articles.jsonl", [*ARTICLES, {"id": "empty", "text": ""}])
    pipeline.run(load_config(config_file), tmp_path / "out")
    status = run_status(tmp_path / "out")
    assert (status.state, status.name) == ("done", "small")
    assert [rejection.stage for rejection in status.rejections] == ["read", "translate"]
    assert all(stage.is_over and stage.shards == (stage.due or stage.shards) for stage in status.stages)
    assert [stage.units for stage in status.stages[:3]] == [4, 4, 4]


def test_an_interrupted_run_is_stopped_and_a_second_one_has_less_to_do(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    cut = {"execution": {"shard_size": 1}}
    with pytest.raises(KeyboardInterrupt):
        pipeline.run(
            load_config(fakes_config(judge={"interrupts_on": "CONDENOU O the"}, **cut)), tmp_path / "out"
        )
    status = run_status(tmp_path / "out")
    assert (status.state, status.cause) == ("stopped", "KeyboardInterrupt:")
    judging = status.stages[-1]
    assert (judging.stage, judging.is_over, judging.shards, judging.due) == ("judge", False, 2, 4)
    pipeline.run(load_config(fakes_config(**cut)), tmp_path / "out")
    assert [stage.due for stage in run_status(tmp_path / "out").stages if stage.due is not None] == [
        0,
        0,
        0,
        2,
    ]


def log_of(folder: Path, *lines: dict[str, Any]) -> Path:
    """A log with one event a second."""
    timed = [{"time": f"2024-10-24T12:00:{second:02}+00:00", **line} for second, line in enumerate(lines)]
    write_lines(folder / "run.log", timed)
    return folder


def test_the_rate_is_that_of_the_units_done_and_the_rest_follows_from_it(tmp_path: Path) -> None:
    stage = {"event": "stage", "stage": "translate", "shards": 3, "of": 3, "units": 60}
    part = {"event": "part", "stage": "translate", "units": 20}
    status = run_status(log_of(tmp_path, {"event": "run", **HERE}, stage, part, {"event": "other"}, part))
    (translating,) = status.stages
    assert status.state == "running"
    assert (translating.units, translating.seconds, translating.rate) == (40, 3.0, 40 / 3)
    assert translating.remaining is not None
    assert translating.remaining.total_seconds() == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("process", "state"),
    [
        (HERE, "running"),
        (HERE | {"process": NO_PROCESS}, "killed"),
        (HERE | {"host": "other"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_a_run_without_an_end_is_as_alive_as_its_process(
    tmp_path: Path, process: dict[str, Any], state: str
) -> None:
    assert run_status(log_of(tmp_path, {"event": "run", **process})).state == state


def test_a_folder_without_a_log_has_no_status(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no run\.log"):
        run_status(tmp_path)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=30)))
def test_a_damaged_line_costs_itself_and_the_next_run_begins_on_its_own_line(
    tmp_path_factory: pytest.TempPathFactory, damaged: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("log")
    (folder / "run.log").write_bytes(b"\n".join(damaged))
    with RunLog(folder).of_run(name="new"):
        pass
    assert [event["event"] for event in events(folder)] == [RUN, "end"]
