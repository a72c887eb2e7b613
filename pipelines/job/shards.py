"""Division of articles into shards, and the work on each shard."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING

from pipelines.errors import InputError
from pipelines.hashing import fingerprint
from pipelines.job.losses import Losses
from pipelines.job.pieces import results
from pipelines.job.rejections import of_stage
from pipelines.job.store import Shard
from pipelines.job.work import work_on
from pipelines.stages import FIND, JUDGE, READ

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.job import Job
    from pipelines.job.manifest import Clock
    from pipelines.job.work import Make
    from pipelines.records import Article
    from pipelines.stages import Stage

LEAST = 0.5
"""Articles of a shard at least, but for a language's last one; a share of `execution.shard_size`."""
ENDS = 1 / 8
"""One article in this share of `execution.shard_size` is one to end at. With LEAST, for 200: shards have 122
articles on average, and one article more among 20,000 changes 1.02 shards, 2 at most (60 places); with 1/6
or 1/4, up to 8."""


def write_shards(job: Job, articles: Iterable[Article]) -> Iterator[Shard]:
    """Write the articles to parts of one language each, and yield the shards in the order of writing.

    Shards that an earlier reading has stored keep their numbers, and with these the parts of later stages: an
    article more or less costs the shard that it is in, since the others end where they did.
    """
    buffers: dict[str, list[Article]] = defaultdict(list)
    stored, size = job.store.begin_reading(), job.config.execution.shard_size
    taken = set(stored.values())
    free = (number for number in count() if number not in taken)

    def write(language: str) -> Shard:
        buffer = buffers.pop(language)
        digest = fingerprint(buffer)
        number = stored.get(digest)
        shard = Shard(next(free) if number is None else number, language, len(buffer), digest)
        if number is None:
            job.store.write_part(READ, shard.number, buffer, digest)
        job.log_part(READ, shard, shard.articles)
        return shard

    for article in articles:
        language = article.language or job.config.pivot
        buffers[language].append(article)
        job.progress.advance(1)
        if _ends_shard(article, len(buffers[language]), size):
            yield write(language)
    for language in sorted(buffers):
        yield write(language)


def _ends_shard(article: Article, articles: int, most: int) -> bool:
    """Whether a shard of so far `articles`, with this one as its last, is complete.

    It ends at an article whose id says so, wherever the shard began. So after one article more or less the
    next shards soon have the same articles as before.

    See Muthitacharoen, Chen and Mazières 2001, A low-bandwidth network file system, for cutting by content.
    """
    if articles < most * LEAST:
        return articles == most
    digest = sha256(article.id.encode("utf-8", "surrogatepass")).digest()
    return articles == most or int.from_bytes(digest[:8], "big") % max(2, int(most * ENDS)) == 0


def run_shards(job: Job, clock: Clock, stage: Stage, make: Make, shards: Sequence[Shard]) -> None:
    """Have the executor make the stage's part of each shard for which it is due.

    Shards that are lost are tried again article by article. One that is lost MOST_LOSSES times, and no single
    article is the cause, is left out here and in the stages after; see `refuse_lost`.

    Args:
        job: passed to `make`.
        clock: gets the seconds of loading models.
        stage: that is to be run.
        make: what the stage makes of a shard.
        shards: of the run.

    Raises:
        InputError: the stage rejected every article.
    """
    kept = [shard for shard in shards if shard.number not in job.lost]
    due = {shard.number: shard for shard in job.freshness.due(stage, kept)}
    units = {number: _units(job, stage, shard) for number, shard in due.items()}
    job.progress.begin(stage, sum(units.values()))
    job.log_stage(stage, shards=len(due), of=len(shards), units=sum(units.values()))
    work = partial(work_on, make, stage, job, due)
    whole, one_by_one = partial(work, False), partial(work, True)
    for done in results(job, Losses(job, stage), list(due), whole, one_by_one):
        clock.add_loading(done.loading)
        job.progress.advance(done.unseen)
        job.log_part(stage, due[done.shard], units[done.shard], done)
    if job.store.mirror:
        job.store.mirror.pull(stage.folder)  # what was made on other machines
    _refuse_all_rejected(job, stage, shards)


def _refuse_all_rejected(job: Job, stage: Stage, shards: Sequence[Shard]) -> None:
    rejections = of_stage(job.store, stage, shards)
    first = None if any(part.records for part in job.store.parts(stage, shards)) else next(rejections, None)
    if first:
        cause = f"stage {stage.name} could use no article (the first: {first.reason})"
        raise InputError(str(job.folder), cause, "Give another model, or other articles")


def _units(job: Job, stage: Stage, shard: Shard) -> int:
    """The number of articles, or of judgements to make, of a shard."""
    if stage != JUDGE:
        return shard.articles
    if job.store.part(FIND, shard.number) is None:
        return 0
    return sum(len(about) for about in job.store.table(FIND, [shard], ["about"])["about"].to_pylist())
