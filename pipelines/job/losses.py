"""Shards that were lost: which are tried again, and which are given up."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import TYPE_CHECKING

from pipelines.job import log
from pipelines.job.trials import Trial

if TYPE_CHECKING:
    from pipelines.engines.base import Lost
    from pipelines.job import Job
    from pipelines.stages import Stage

MOST_LOSSES = 3
"""Losses of a shard after which it is given up, if no article is their cause."""
MOST_SHARDS = 10
"""Shards that may be lost before any is done: more, and it is the engine that is at fault. Not tuned."""


class ShardsLostError(Exception):
    """Shards could not be done, so that tables would lack their articles; the run may be tried again."""


class Losses:
    """Counts how often the shards of one stage are lost.

    Args:
        job: of the run; gets the shards that are given up.
        stage: that the shards are lost in.
    """

    def __init__(self, job: Job, stage: Stage) -> None:
        self.job, self.stage = job, stage
        self.is_any_done = False
        self.pending: list[int] = []
        self.counts = Counter[int]()

    def add(self, lost: Lost) -> None:
        """Count a loss, and log it.

        Raises:
            ShardsLostError: no shard can be done.
        """
        self.job.store.log.write(log.LOST, stage=self.stage.name, shard=lost.shard, cause=lost.cause)
        self.counts[lost.shard] += 1
        if len(self.counts) > MOST_SHARDS and not self.is_any_done:
            raise ShardsLostError(f"stage {self.stage.name} fails on every shard; on the last, {lost.cause}")
        trial = Trial(self.job.folder, self.stage, lost.shard)
        blamed = sum(trial.ends.values())  # losses for which an article is the cause
        if self.counts[lost.shard] - blamed < MOST_LOSSES and not trial.is_over:
            self.pending.append(lost.shard)
            return
        trial.clear()
        self.give_up(lost)

    def give_up(self, lost: Lost) -> None:
        """Leave a shard out of this stage and those after it."""
        self.job.lost[lost.shard] = cause = f"{self.stage.name}: {lost.cause}"
        warnings.warn(f"shard {lost.shard} is given up ({cause})", stacklevel=1)

    def again(self) -> list[int]:
        """The shards that were lost since the last call, and are not given up."""
        pending, self.pending = self.pending, []
        return pending


def refuse_lost(job: Job) -> None:
    """Refuse to compare without the articles of shards that were given up.

    Raises:
        ShardsLostError: there are such shards.
    """
    if job.lost:
        shard, cause = next(iter(job.lost.items()))
        raise ShardsLostError(f"{len(job.lost)} shards could not be done; the first: {shard}, {cause}")
