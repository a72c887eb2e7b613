"""polystance status: how far a run is, seen from another shell."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import counted, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.job.status import RunStatus, StageStatus
    from pipelines.records import Rejection

REASONS_SHOWN = 5
"""Reasons of rejections, the commonest first; rejected.csv has all."""
STATES = {
    "running": "running",
    "done": "done",
    "stopped": "stopped; the same command resumes",
    "killed": "its process is gone; the same command resumes",
    "unknown": "on another machine",
}


def status(
    run_dir: Annotated[
        str, typer.Argument(metavar="RUN_DIR", help="The folder or address of a run.", show_default=False)
    ],
) -> None:
    """Show how far a run is, at what rate, when its stage ends, and what was rejected; changes nothing."""
    set_up(offline=True)
    from rich.console import Console

    from pipelines.job.staging import viewed
    from pipelines.job.status import run_status

    console = Console()
    for line in _lines(run_status(viewed(run_dir)), datetime.now(UTC)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _lines(run: RunStatus, now: datetime) -> Iterator[str]:
    cause = f" ({run.cause})" if run.cause else ""
    yield f"{run.name}: {STATES[run.state]}{cause}"
    heard = f"last heard of {_duration(now - run.heard)} ago"
    yield f"started {_clock(run.started)}, {heard}; runs until {run.until}"
    for stage in run.stages:
        yield f"{stage.stage:<10} {_progress(stage, run.heard, now if run.state == 'running' else None)}"
    yield from _rejected(run.rejections)


def _progress(stage: StageStatus, heard: datetime, now: datetime | None) -> str:
    if stage.due == 0:
        return "nothing to do"
    done = "done" if stage.is_over else "at work" if now else "not done"
    if stage.due is None and not stage.shards:
        return done
    of = "" if stage.due is None else f" of {stage.due}"
    units = "" if stage.units_due is None else f" of {stage.units_due}"
    shards = f"{stage.shards}{of} shards" if of else counted(stage.shards, "shards")
    articles = f"{stage.units}{units} {stage.unit}" if units else counted(stage.units, stage.unit)
    line = f"{done}: {shards}, {articles}"
    if stage.rate:
        line = f"{line}, {stage.rate:.3g} {stage.unit}/s"
    if now and stage.remaining is not None:
        left = max(stage.remaining - (now - heard), timedelta())
        line = f"{line}; ends in {_duration(left)}, at {_clock(now + left)}"
    return line


def _rejected(rejections: Sequence[Rejection]) -> Iterator[str]:
    yield f"rejected: {len(rejections)}"
    reasons = Counter((rejection.stage, rejection.reason) for rejection in rejections)
    for (stage, reason), count in reasons.most_common(REASONS_SHOWN):
        yield f"  {count} {stage}: {' '.join(reason.split())}"
    if len(reasons) > REASONS_SHOWN:
        yield f"  and {len(reasons) - REASONS_SHOWN} other reasons"


def _clock(time: datetime) -> str:
    """The time on this machine's clock, with the date if it is another day's."""
    local = time.astimezone()
    is_today = local.date() == datetime.now().astimezone().date()
    return local.strftime("%H:%M:%S" if is_today else "%Y-%m-%d %H:%M:%S")


def _duration(time: timedelta) -> str:
    seconds = max(0, round(time.total_seconds()))  # a clock may have been set back
    if seconds < 100:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
