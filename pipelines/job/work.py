"""The work of a stage on one shard, on all its articles together or one by one."""

from __future__ import annotations

import errno
import platform
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pipelines.atomic import FULL
from pipelines.engines.base import Lost
from pipelines.errors import InputError, PolystanceError
from pipelines.job import places
from pipelines.job.store import Store
from pipelines.job.trials import Trial
from pipelines.records import Article, Passage, Rejection, TranslatedArticle
from pipelines.stages import FIND, JUDGE, NARRATE, READ, RECORDED, STORIES, TRANSLATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pipelines.job import Done, Job
    from pipelines.job.store import Shard
    from pipelines.stages import Stage

    Make = Callable[[Job, Shard, Sequence[Any]], Iterable[Any]]
    """A stage on a shard: what it reads of the shard becomes records and rejections. A module-level function,
    so that it can be pickled."""

INPUT: dict[Stage, Callable[[Store, int], Sequence[Any]]] = {
    TRANSLATE: Store.articles,
    FIND: Store.translated,
    STORIES: Store.translated,
    JUDGE: Store.passages,
    NARRATE: Store.translated,
}
"""What each stage reads of a shard."""
UNWRITABLE = {*FULL, errno.EROFS}
"""Error numbers of a disk that takes nothing more."""


def work_on(
    make: Make, stage: Stage, job: Job, due: Mapping[int, Shard], one_by_one: bool, number: int
) -> Done | Lost:
    """Make the stage's part of a shard.

    Args:
        make: the stage.
        stage: its name and place.
        job: of the run.
        due: the shards by their numbers.
        one_by_one: give each article to the stage alone, and reject those on which it fails.
        number: of the shard.

    Returns:
        The shard as lost if the stage fails on it.

    Raises:
        PolystanceError: it concerns the run, not this shard.
        OSError: the disk is full or can no longer be written, which concerns the run, too.
    """
    shard = due[number]
    if job.store.mirror:
        job.store.mirror.fetch([places.part_path(job.folder, of, number) for of in RECORDED])
    if job.store.part(READ, number) is None:
        cause = f"{platform.node()} sees no part of shard {number} in it"
        cure = "All nodes must have the folder at the same path; or give an address, such as s3://bucket/run"
        raise InputError(str(job.folder), cause, cure)
    try:
        items = INPUT[stage](job.store, number)
        records = _one_by_one(make, stage, job, shard, items) if one_by_one else make(job, shard, items)
        done = job.write(stage, shard, records if items else (), _units(stage, shard, items))
    except Exception as error:
        if concerns_the_run(error):
            raise
        return Lost(number, cause_of(error))
    if one_by_one:
        Trial(job.folder, stage, number).clear()
    return done


def _one_by_one(make: Make, stage: Stage, job: Job, shard: Shard, items: Sequence[Any]) -> Iterator[Any]:
    trial = Trial(job.folder, stage, shard.number)
    for article_id, of_article in groupby(items, _article_of):
        if trial.is_guilty(article_id):
            yield Rejection(article_id, stage.name, trial.reason)
            continue
        with trial.of(article_id):  # a fault of the file that notes it is none of the article
            try:
                records = list(make(job, shard, list(of_article)))
            except Exception as error:
                if concerns_the_run(error):
                    raise
                records = [Rejection(article_id, stage.name, cause_of(error))]
        yield from records


def _units(stage: Stage, shard: Shard, items: Sequence[Any]) -> int:
    """The number of units of progress: articles, or judgements to make."""
    return sum(len(passage.about) for passage in items) if stage == JUDGE else shard.articles


def _article_of(item: Article | TranslatedArticle | Passage) -> str:
    if isinstance(item, Passage):
        return item.article_id
    return (item if isinstance(item, Article) else item.article).id


def concerns_the_run(error: Exception) -> bool:
    """Whether an error is none of the shard at work: the next shard would fail, too."""
    return isinstance(error, PolystanceError) or (isinstance(error, OSError) and error.errno in UNWRITABLE)


def cause_of(error: Exception) -> str:
    """An error in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())
