"""What a run spent on servers: noted in its log at once, so that a killed run has it too."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from pipelines.engines.base import Usage
from pipelines.job.log import USAGE, all_events
from pipelines.job.models import Judging

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.job.log import RunLog
    from pipelines.job.models import Role

DIGITS = 6
"""Decimals of a cost: a short answer can cost a hundred thousandth of a dollar."""
_USAGE = TypeAdapter(Usage)


def note_usage(log: RunLog, role: Role, usage: Usage) -> None:
    """Add what requests cost to the log of a run."""
    if usage.requests:
        log.write(USAGE, role=_named(role), **asdict(usage))


def usage_by_role(folder: Path) -> dict[str, dict[str, Any]]:
    """What was spent in a folder since its run was begun anew, by role; empty for nothing."""
    totals: dict[str, Usage] = defaultdict(Usage)
    for event in all_events(folder):
        if event["event"] == USAGE:
            try:
                totals[str(event["role"])] += _USAGE.validate_python(event)
            except (ValueError, KeyError):
                continue
    return {
        role: asdict(usage) | {"cost": round(usage.cost, DIGITS)} for role, usage in sorted(totals.items())
    }


def _named(role: Role) -> str:
    return "stance" if isinstance(role, Judging) else f"translation from {role.language}"
