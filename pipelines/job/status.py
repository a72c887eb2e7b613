"""How far a run is, from its log and its parts; another process may be at work on it."""

from __future__ import annotations

import platform
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pipelines.errors import InputError
from pipelines.job.lease import is_alive
from pipelines.job.log import DONE, END, PART, STAGE, events
from pipelines.job.rejections import rejections_of
from pipelines.job.store import Store
from pipelines.stages import NARRATE, STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.records import Rejection

State = Literal["running", "done", "stopped", "killed", "unknown"]


class StageStatus(NamedTuple):
    """How far the last run is with one stage.

    `shards` of `due` ones are done, and `units` of `units_due`; `due` and `units_due` are None if they are
    unknown, and for a stage without shards. `seconds` is the time from its beginning to its last part.
    """

    stage: str
    unit: str
    is_over: bool
    shards: int
    due: int | None
    units: int
    units_due: int | None
    seconds: float

    @property
    def rate(self) -> float | None:
        """Units a second, with the loading of models; None before the first part."""
        return self.units / self.seconds if self.units and self.seconds > 0 else None

    @property
    def remaining(self) -> timedelta | None:
        """The time until the stage ends, at its rate so far; None if that is unknown."""
        if self.is_over or self.rate is None or self.units_due is None:
            return None
        return timedelta(seconds=(self.units_due - self.units) / self.rate)


class RunStatus(NamedTuple):
    """How far the last run in a folder is.

    `heard` is the time of the last event; `cause` why the run was stopped; `until` its last stage.
    """

    name: str
    state: State
    started: datetime
    heard: datetime
    cause: str
    until: str
    stages: tuple[StageStatus, ...]
    rejections: tuple[Rejection, ...]


def run_status(folder: Path) -> RunStatus:
    """How far the last run in a folder is.

    Raises:
        InputError: the folder has no log of a run.
    """
    log = events(folder)
    if not log:
        cure = "Give a folder that `polystance run` wrote; a run of an earlier version has no run.log"
        raise InputError(str(folder), "no run.log of a run in this folder", cure)
    begin, end = log[0], log[-1]
    store = Store(folder)
    reading = store.reading()
    return RunStatus(
        name=str(begin.get("name", folder.name)),
        state=_state(begin, end),
        started=_time(begin),
        heard=_time(end),
        cause=str(end.get("cause", "")) if end["event"] == END else "",
        until=str(begin.get("until", STAGES[-1].name)),
        stages=_stages(log),
        rejections=tuple(rejections_of(store, reading)) if reading else (),
    )


def _state(begin: dict[str, Any], end: dict[str, Any]) -> State:
    if end["event"] == END:
        return "done" if end.get("outcome") == DONE else "stopped"
    if begin.get("host") != platform.node() or not isinstance(begin.get("process"), int):
        return "unknown"
    return "running" if is_alive(begin["process"]) else "killed"


def _stages(log: Sequence[dict[str, Any]]) -> tuple[StageStatus, ...]:
    begun = [event for event in log if event["event"] == STAGE]
    is_over = log[-1]["event"] == END and log[-1].get("outcome") == DONE
    return tuple(
        _stage(event, [part for part in log if _is_part(part, event)], is_over or number + 1 < len(begun))
        for number, event in enumerate(begun)
    )


def _stage(begin: dict[str, Any], parts: Sequence[dict[str, Any]], is_over: bool) -> StageStatus:
    name = str(begin.get("stage"))
    seconds = (_time(parts[-1]) - _time(begin)).total_seconds() if parts else 0.0
    return StageStatus(
        stage=name,
        unit=next((stage.unit for stage in (*STAGES, NARRATE) if stage.name == name), ""),
        is_over=is_over,
        shards=len(parts),
        due=_number(begin, "shards"),
        units=sum(_number(part, "units") or 0 for part in parts),
        units_due=_number(begin, "units"),
        seconds=seconds,
    )


def _is_part(event: dict[str, Any], begin: dict[str, Any]) -> bool:
    return event["event"] == PART and event.get("stage") == begin.get("stage")


def _number(event: dict[str, Any], key: str) -> int | None:
    value = event.get(key)
    return value if isinstance(value, int) else None


def _time(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["time"]).astimezone(UTC)
