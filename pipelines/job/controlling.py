"""The controls of a run's judge, asked once for its judgements and stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.job.results import CONTROLS
from pipelines.judge import pair_of
from pipelines.judge.controls import controls, is_stance
from pipelines.stages import JUDGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.engines.base import Pair
    from pipelines.job import Job
    from pipelines.job.store import Reading, Shard
    from pipelines.records import Label


def control_judge(job: Job, reading: Reading) -> None:
    """Run the controls of the judge on a sample of its judgements and store them, unless that is done."""
    shards = reading.shards
    expected, parts = job.freshness.controls(shards), job.store.state(reading)
    stored = job.store.read_json(CONTROLS)
    if (stored.get("fingerprint"), stored.get("parts")) == (expected, parts):
        return
    size = job.config.stance.controls
    judged = _judged_stances(job, shards) if size else []
    targets = [(target.wording, target.kind) for target in job.config.targets]
    rows = controls(judged, job.models.held_judge(), size, targets=targets) if judged else []
    job.store.write_json(CONTROLS, {"fingerprint": expected, "parts": parts, "rows": rows})


def _judged_stances(job: Job, shards: Sequence[Shard]) -> list[tuple[Pair, Label]]:
    """The question and label of each judgement that takes a side, sorted by the ids of the passages."""
    targets = {target.name: target for target in job.config.targets}
    stances = []
    for shard in shards:
        passages = {passage.id: passage for passage in job.store.passages(shard.number)}
        for row in job.store.table(JUDGE, [shard]).to_pylist():
            if is_stance(row["label"]):
                pair = pair_of(passages[row["passage_id"]], targets[row["target"]], job.config.pivot)
                stances.append((row["passage_id"], row["target"], pair, row["label"]))
    return [(pair, label) for _, _, pair, label in sorted(stances)]
