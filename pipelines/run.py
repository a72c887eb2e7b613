"""The whole job: the six stages, top to bottom."""

from __future__ import annotations

import time
from collections import defaultdict
from functools import partial
from itertools import count, islice
from typing import TYPE_CHECKING, NamedTuple

import pipelines
from pipelines.config.yaml_text import dump_yaml
from pipelines.errors import InputError
from pipelines.job import manifest
from pipelines.job.assembly import build_executor, build_reader, check_engines
from pipelines.job.shards import FOLDER_OF_STAGE, ShardWorker, stored_controls
from pipelines.job.store import Shard, Store, fingerprint
from pipelines.progress import Progress, Silent
from pipelines.read import read
from pipelines.records import Article, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.compare.tables import Tables
    from pipelines.config import RunConfig
    from pipelines.engines.base import Reader

STAGES = ("read", "translate", "find", "judge", "compare", "report")


class Outcome(NamedTuple):
    """What a run gave; `tables` is None where it stopped before comparing."""

    folder: Path
    manifest: manifest.Manifest
    tables: Tables | None


def run(
    config: RunConfig,
    folder: Path,
    limit: int | None = None,
    until: str = "report",
    fresh: bool = False,
    offline: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Runs the stages in order, each only as far as its results are not there yet.

    Args:
        config: of the run.
        folder: to write to.
        limit: read only so many articles.
        until: the last stage to run.
        fresh: remove what an earlier run left in the folder.
        offline: never ask the hub.
        progress: told how far the work is.

    Raises:
        ConfigError: an engine or option does not exist.
        InputError: the articles cannot be read, or none of them is of use.
        ModelError: a model is not to be had.
    """
    progress = progress or Silent()
    stages = STAGES[: STAGES.index(until) + 1]
    check_engines(config, offline)
    store = Store(folder)
    with store.lock():
        if fresh:
            store.clear()
        store.write_text("config.yaml", dump_yaml(config.model_dump(mode="json")))
        record = manifest.Record(config.name)
        shards = _read(config, store, limit, offline, progress)
        worker = ShardWorker(config, folder, offline, progress.advance)
        executor = build_executor(config.execution.executor)
        for stage in stages[1:4]:
            pending = worker.pending(stage)
            progress.begin(stage, _amount(store, stage, [worker.shards[number] for number in pending]))
            for done in executor.run(partial(worker.do, stage), pending):
                record.note_loading(done.loaded)
            _check_some_came_through(store, stage, shards)
            if stage == "judge":
                worker.check_judge()
        tables = None
        if "compare" in stages:
            tables = _compare(config, store, shards, record, progress)
        written = record.written(config, store, worker)
        if tables is not None and "report" in stages:
            written = _report(config, store, worker, tables, record, progress)
        return Outcome(folder, written, tables)


def report(config: RunConfig, folder: Path, progress: Progress | None = None) -> Outcome:
    """Runs stages 5 and 6 again on what is stored; no model is loaded.

    Raises:
        InputError: the folder holds no finished judgements.
    """
    progress = progress or Silent()
    store = Store(folder)
    with store.lock():
        complete = store.shards()
        judged = complete and all(store.part("judgements", shard.number) for shard in complete[0])
        if not complete or not judged:
            cure = "Finish it first: polystance run CONFIG"
            raise InputError(str(folder), "no finished run in this folder", cure)
        record = manifest.Record(config.name)
        tables = _compare(config, store, complete[0], record, progress)
        worker = ShardWorker(config, folder, offline=True)
        return Outcome(folder, _report(config, store, worker, tables, record, progress), tables)


def _read(
    config: RunConfig, store: Store, limit: int | None, offline: bool, progress: Progress
) -> list[Shard]:
    """Stage 1, unless the same input was read before."""
    reader = build_reader(config, offline)
    settings = config.articles, config.execution.shard_size, limit
    expected = fingerprint(pipelines.__version__, settings, reader.fingerprint())
    complete = store.shards(expected)
    if complete is None:
        progress.begin("read", None)
        start = time.perf_counter()
        store.begin_reading()
        rejected: list[Rejection] = []
        shards = list(_written_shards(config, store, reader, limit, rejected, progress))
        store.end_reading(expected, shards, time.perf_counter() - start, rejected)
        complete = store.shards(expected)
    if complete is None or not complete[0]:
        from pipelines.report import write_rejected

        rejections = complete[1].rejections if complete else ()
        write_rejected(rejections, store.folder / "rejected.csv")
        reason = f"the first: {rejections[0].reason}" if rejections else "there is none"
        cure = f"See {store.folder / 'rejected.csv'}" if rejections else "Check articles.path"
        raise InputError(", ".join(config.articles.path), f"no article of use ({reason})", cure)
    return complete[0]


def _written_shards(
    config: RunConfig,
    store: Store,
    reader: Reader,
    limit: int | None,
    rejected: list[Rejection],
    progress: Progress,
) -> Iterator[Shard]:
    """Articles, written to parts of one language each; rejected ones are put in the list."""
    waiting: dict[str, list[Article]] = defaultdict(list)
    numbers = count()

    def written(language: str) -> Shard:
        articles = waiting.pop(language)
        shard = Shard(next(numbers), language, len(articles), fingerprint(articles))
        store.write_part("articles", shard.number, articles, shard.fingerprint)
        return shard

    settings = config.articles
    records = read(reader.rows(), settings.columns, settings.language, settings.max_characters)
    for article in islice(_accepted(records, rejected), limit):
        language = article.language or config.pivot
        waiting[language].append(article)
        progress.advance(1)
        if len(waiting[language]) == config.execution.shard_size:
            yield written(language)
    for language in sorted(waiting):
        yield written(language)


def _accepted(records: Iterator[Article | Rejection], rejected: list[Rejection]) -> Iterator[Article]:
    for record in records:
        if isinstance(record, Article):
            yield record
        else:
            rejected.append(record)


def _amount(store: Store, stage: str, shards: list[Shard]) -> int:
    """How many articles, or passages when judging, a stage has to do."""
    if stage != "judge":
        return sum(shard.articles for shard in shards)
    parts = [store.part(FOLDER_OF_STAGE["find"], shard.number) for shard in shards]
    return sum(part.records for part in parts if part)


def _check_some_came_through(store: Store, stage: str, shards: list[Shard]) -> None:
    """Raises InputError where a stage rejected all that it was given."""
    parts = [store.part(FOLDER_OF_STAGE[stage], shard.number) for shard in shards]
    rejections = [rejection for part in parts if part for rejection in part.rejections]
    if rejections and not any(part and part.records for part in parts):
        cause = f"stage {stage} could use no article (the first: {rejections[0].reason})"
        raise InputError(str(store.folder), cause, "Give another model, or other articles")


def _compare(
    config: RunConfig, store: Store, shards: list[Shard], record: manifest.Record, progress: Progress
) -> Tables:
    """Stage 5."""
    from pipelines.compare import compare
    from pipelines.compare.frames import article_frame

    progress.begin("compare", None)
    with record.timed("compare"):
        return compare(
            article_frame(store, shards),
            store.table("passages", shards).to_pandas(),
            store.table("judgements", shards).to_pandas(),
            [actor.name for actor in config.actors],
            [target.name for target in config.targets],
            config.compare,
            stored_controls(store),
        )


def _report(
    config: RunConfig,
    store: Store,
    worker: ShardWorker,
    tables: Tables,
    record: manifest.Record,
    progress: Progress,
) -> manifest.Manifest:
    """Stage 6; the manifest is written last, when all is there."""
    from pipelines.report import write_pages, write_rejected, write_tables

    progress.begin("report", None)
    rejections = manifest.rejections(store)
    with record.timed("report"):
        write_tables(tables, store.folder / "tables")
        write_rejected(rejections, store.folder / "rejected.csv")
        write_pages(tables, record.so_far(config, store, worker), rejections, store.folder)
    return record.written(config, store, worker)
