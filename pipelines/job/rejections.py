"""The parts of a run so far, and the articles that its stages rejected."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipelines.errors import InputError
from pipelines.job import places
from pipelines.job.parts import read_rejections
from pipelines.job.rejected import stored_rejections
from pipelines.job.sealed import DamagedError
from pipelines.read.notes import CAUSES, Notes, causes, rejection_remarks
from pipelines.stages import READ, RECORDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.job.parts import Part
    from pipelines.job.store import Reading, Shard, Store
    from pipelines.records import Rejection
    from pipelines.stages import Stage


def parts_of(store: Store, reading: Reading) -> dict[Stage, list[Part]]:
    """The parts of each stage that writes them; of reading, one for all shards."""
    parts = {stage: store.parts(stage, reading.shards) for stage in RECORDED}
    return parts | {READ: [reading.part]}


def rejections_of(store: Store, reading: Reading) -> Iterator[Rejection]:
    """The articles that the stages so far rejected, in the order of the stages.

    Raises:
        InputError: what the stage read rejected is damaged.
    """
    yield from reading.rejections
    rejected = reading.part.rejected - len(reading.rejections)
    try:
        yield from stored_rejections(store.folder, reading.part.fingerprint, rejected)
    except DamagedError as error:
        raise InputError(str(error), "damaged", "Make it again: polystance run CONFIG") from error
    for stage in RECORDED[1:]:
        yield from of_stage(store, stage, reading.shards)


def of_stage(store: Store, stage: Stage, shards: Iterable[Shard]) -> Iterator[Rejection]:
    """The articles that a stage after read has rejected."""
    for shard in shards:
        part = store.part(stage, shard.number)
        if part and part.rejected:
            yield from read_rejections(places.part_path(store.folder, stage, shard.number))


def remarks_of(store: Store, reading: Reading) -> Iterator[str]:
    """What the user must know of what was read and rejected, a line each."""
    notes = Notes.of(store.read_json(places.NOTES))
    articles, rejected = Counter[str](), Counter(notes.rejected)
    for shard in reading.shards:
        articles[shard.language] += shard.articles
        for stage in RECORDED[1:]:
            lost = len({rejection.article_id for rejection in of_stage(store, stage, [shard])})
            rejected[shard.language] += lost
            articles[shard.language] -= lost
    yield from notes.remarks()
    yield from rejection_remarks(articles, rejected)
    if commonest := causes(rejections_of(store, reading))[:CAUSES]:
        shown = "; ".join(f"{count} {cause}" for cause, count in commonest)
        yield f"rejected for: {shown}"
