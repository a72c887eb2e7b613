"""The parts of a run so far, and the articles that its stages rejected."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipelines.job.places import NOTES
from pipelines.read.notes import CAUSES, Notes, causes, rejection_remarks
from pipelines.stages import READ, RECORDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.job.parts import Part
    from pipelines.job.store import Reading, Store
    from pipelines.records import Rejection
    from pipelines.stages import Stage


def parts_of(store: Store, reading: Reading) -> dict[Stage, list[Part]]:
    """The parts of each stage that writes them; of reading, one for all shards."""
    parts = {stage: store.parts(stage, reading.shards) for stage in RECORDED}
    return parts | {READ: [reading.part]}


def rejections_of(store: Store, reading: Reading) -> list[Rejection]:
    """The articles that the stages so far rejected, in the order of the stages."""
    return [
        rejection
        for parts in parts_of(store, reading).values()
        for part in parts
        for rejection in part.rejections
    ]


def remarks_of(store: Store, reading: Reading) -> Iterator[str]:
    """What the user must know of what was read and rejected, a line each."""
    notes = Notes.of(store.read_json(NOTES))
    articles, rejected = Counter[str](), Counter(notes.rejected)
    for shard in reading.shards:
        articles[shard.language] += shard.articles
        for stage in RECORDED[1:]:
            part = store.part(stage, shard.number)
            lost = len({rejection.article_id for rejection in part.rejections}) if part else 0
            rejected[shard.language] += lost
            articles[shard.language] -= lost
    yield from notes.remarks()
    yield from rejection_remarks(articles, rejected)
    if rejections := rejections_of(store, reading):
        shown = "; ".join(f"{count} {cause}" for cause, count in causes(rejections)[:CAUSES])
        yield f"rejected for: {shown}"
