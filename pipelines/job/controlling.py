"""The controls of a run's judge, asked once for its judgements and stored."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipelines.engines.base import Negatable, Pair
from pipelines.heap import tight_heap
from pipelines.job import places
from pipelines.job.pieces import piece_table, remove_pieces, run_pieces, write_piece
from pipelines.job.results import CONTROLS
from pipelines.judge import PAIRS_AT_A_TIME, pair_of
from pipelines.judge.controls import answers, control_rows, sampled, used_controls
from pipelines.records import LABELS
from pipelines.stages import JUDGE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pipelines.job import Job
    from pipelines.job.store import Reading, Shard
    from pipelines.judge.controls import Control
    from pipelines.records import Label


def control_judge(job: Job, reading: Reading) -> None:
    """Run the controls of the judge on a sample of its judgements and store them, unless that is done."""
    expected, parts = job.freshness.controls(reading.shards), job.store.state(reading)
    stored = job.store.read_json(CONTROLS)
    if (stored.get("fingerprint"), stored.get("parts")) == (expected, parts):
        return
    size = job.config.stance.controls
    with tight_heap():
        judged = _sample(job, reading.shards, size) if size else []
    rows = control_rows(_controls(job), [label for _, label in judged], _asked(job, judged)) if judged else []
    job.store.write_json(CONTROLS, {"fingerprint": expected, "parts": parts, "rows": rows})


def ask_again(job: Job, number: int) -> None:
    """Ask the judge the questions of a piece with the change of each control, and store its labels."""
    import pyarrow as pa

    table, _ = piece_table(job.store, _path(job, "asked", number))
    pairs = [Pair(**row) for row in table.to_pylist()]
    judge = job.models.held_judge()
    labels = {control.name: answers(control, pairs, judge) for control in _controls(job)}
    columns = {name: pa.array(of_control, pa.string()) for name, of_control in labels.items()}
    write_piece(job.store, _path(job, "answered", number), pa.table(columns), {})


def _controls(job: Job) -> list[Control]:
    targets = [(target.wording, target.kind) for target in job.config.targets]
    return used_controls(targets, can_negate=isinstance(job.models.judge, Negatable))


def _asked(job: Job, judged: Sequence[tuple[Pair, Label]]) -> Mapping[str, Sequence[Label | None]]:
    """What the executor gets as answers, by control."""
    import pyarrow as pa

    starts = range(0, len(judged), PAIRS_AT_A_TIME)
    for number, start in enumerate(starts):
        rows = [pair._asdict() for pair, _ in judged[start : start + PAIRS_AT_A_TIME]]
        schema = pa.schema([(name, pa.string()) for name in Pair._fields])
        write_piece(job.store, _path(job, "asked", number), pa.Table.from_pylist(rows, schema), {})
    run_pieces(job, JUDGE, ask_again, range(len(starts)))
    labels: dict[str, list[Label | None]] = defaultdict(list)
    for number in range(len(starts)):
        table, _ = piece_table(job.store, _path(job, "answered", number))
        for name, of_piece in table.to_pydict().items():
            labels[name] += of_piece
    remove_pieces(job.folder)
    return labels


def _sample(job: Job, shards: Sequence[Shard], size: int) -> list[tuple[Pair, Label]]:
    """The question and label of some judgements that take a side, the same whatever the shards are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    tables = []
    for shard in shards:
        table = job.store.table(JUDGE, [shard], ["passage_id", "target", "label"])
        stances = table.filter(pc.is_in(table["label"], pa.array(LABELS[:2])))
        tables.append(stances.append_column("shard", pa.array([shard.number] * len(stances), pa.int64())))
    ordered = pa.concat_tables(tables).sort_by([("passage_id", "ascending"), ("target", "ascending")])
    rows = ordered.take(pa.array(sampled(len(ordered), size), pa.int64())).to_pylist()
    ids, targets = {row["passage_id"] for row in rows}, {target.name: target for target in job.config.targets}
    numbers = sorted({row["shard"] for row in rows})
    passages = {p.id: p for number in numbers for p in job.store.passages(number) if p.id in ids}
    return [
        (pair_of(passages[row["passage_id"]], targets[row["target"]], job.config.pivot), row["label"])
        for row in rows
    ]


def _path(job: Job, name: str, number: int) -> Path:
    return places.piece_path(job.folder, JUDGE, name, number)
