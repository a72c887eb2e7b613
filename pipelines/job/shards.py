"""Division of articles into shards, and the work on each shard."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from pipelines.errors import InputError
from pipelines.hashing import fingerprint
from pipelines.job.store import Shard
from pipelines.stages import FIND, JUDGE, READ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pipelines.job import Done, Job
    from pipelines.job.manifest import Clock
    from pipelines.records import Article
    from pipelines.stages import Stage


def write_shards(job: Job, articles: Iterable[Article]) -> Iterator[Shard]:
    """Write the articles to parts of one language each, and yield the shards in the order of writing."""
    buffers: dict[str, list[Article]] = defaultdict(list)
    numbers = count()

    def write(language: str) -> Shard:
        buffer = buffers.pop(language)
        shard = Shard(next(numbers), language, len(buffer), fingerprint(buffer))
        job.store.write_part(READ, shard.number, buffer, shard.fingerprint)
        return shard

    for article in articles:
        language = article.language or job.config.pivot
        buffers[language].append(article)
        job.progress.advance(1)
        if len(buffers[language]) == job.config.execution.shard_size:
            yield write(language)
    for language in sorted(buffers):
        yield write(language)


def run_shards(
    job: Job, clock: Clock, stage: Stage, work: Callable[[Job, Shard], Done], shards: Sequence[Shard]
) -> None:
    """Run the work on the shards whose part of the stage is due, through the executor.

    Args:
        job: passed to `work`.
        clock: gets the seconds of loading models.
        stage: that the work belongs to.
        work: writes the stage's part of one shard; a module-level function, so that it can be pickled.
        shards: of the run.

    Raises:
        InputError: the stage rejected every article.
    """
    due = {shard.number: shard for shard in job.freshness.due(stage, shards)}
    job.progress.begin(stage, sum(_units(job, stage, shard) for shard in due.values()))
    for done in job.models.executor.run(partial(_work_on, work, job, due), list(due)):
        clock.add_loading(done.loading)
        job.progress.advance(done.unseen)
    parts = job.store.parts(stage, shards)
    rejections = [rejection for part in parts for rejection in part.rejections]
    if rejections and not any(part.records for part in parts):
        cause = f"stage {stage.name} could use no article (the first: {rejections[0].reason})"
        raise InputError(str(job.folder), cause, "Give another model, or other articles")


def _work_on(work: Callable[[Job, Shard], Done], job: Job, due: Mapping[int, Shard], number: int) -> Done:
    return work(job, due[number])


def _units(job: Job, stage: Stage, shard: Shard) -> int:
    """The number of articles, or of judgements to make, of a shard."""
    if stage != JUDGE:
        return shard.articles
    if job.store.part(FIND, shard.number) is None:
        return 0
    return sum(len(about) for about in job.store.table(FIND, [shard], ["about"])["about"].to_pylist())
