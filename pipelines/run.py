"""The whole job: the seven stages, top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipelines.config.yaml_text import dump_yaml
from pipelines.job import Job
from pipelines.job.controlling import control_judge
from pipelines.job.losses import refuse_lost
from pipelines.job.manifest import Clock, manifest_of
from pipelines.job.reading import read_articles, refuse_other_articles
from pipelines.job.results import judged_reading, move_stale_results
from pipelines.read.unread import left_out_remarks
from pipelines.result_stages import (
    compare_judgements,
    read_results,
    refuse_nothing,
    remarks_on,
    report_tables,
    tables_and_pages,
    write_manifest,
)
from pipelines.shard_stages import run_sharded
from pipelines.stages import COMPARE, JUDGE, REPORT, stages_until

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from pipelines.compare.tables import Tables
    from pipelines.config import RunConfig
    from pipelines.job.manifest import Manifest
    from pipelines.job.store import Reading
    from pipelines.progress import Progress
    from pipelines.stages import Stage


class Outcome(NamedTuple):
    """The results of a run; `tables` is None if it ended before the stage compare.

    `remarks` say what the tables leave out.
    """

    folder: Path
    manifest: Manifest
    tables: Tables | None
    remarks: Sequence[str] = ()


def run(
    config: RunConfig,
    folder: Path,
    *,
    limit: int | None = None,
    until: str = "report",
    fresh: bool = False,
    offline: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Run the stages in order; each does only what is missing, so a run that was stopped resumes.

    Args:
        config: the checked config.
        folder: the run's folder, which holds its results.
        limit: articles to read at most; None for all.
        until: the name of the last stage to run.
        fresh: remove what an earlier run left in the folder.
        offline: use no network.
        progress: what to report progress to; None for silence.

    Raises:
        ConfigError: an engine or option does not exist.
        InputError: the articles cannot be read, or none of them can be used.
        ModelError: a model is unavailable.
        ShardsLostError: some shards cannot be done.
    """
    stages = stages_until(until)
    job, clock = Job(config, folder, offline=offline, progress=progress), Clock()
    job.models.check()
    with job.store.lock(), job.store.log.of_run(anew=fresh, name=config.name, until=until):
        if fresh:
            job.store.clear(tables_and_pages())
        refuse_other_articles(job, limit)
        job.store.write_text("config.yaml", dump_yaml(config.model_dump(mode="json")))
        reading = read_articles(job, limit)
        refuse_nothing(job, reading)
        with job.workers():
            run_sharded(job, clock, stages, reading.shards)
            refuse_lost(job)
            if JUDGE in stages:
                control_judge(job, reading)
        return _compared(job, clock, stages, reading)


def report(
    config: RunConfig,
    folder: Path,
    progress: Progress | None = None,
    *,
    output: Path | None = None,
    translation: Path | None = None,
) -> Outcome:
    """Run the stages compare and report again on stored judgements; no model is loaded.

    Args:
        config: the checked config; its groupings may differ from those of the run.
        folder: the run's folder.
        progress: what to report progress to; None for silence.
        output: another folder for tables and report; the run's own then stay as they are. None for its own.
        translation: labels of the report in another language; None for English.

    Raises:
        InputError: the folder holds no finished judgements, or the translation cannot be used.
    """
    job, clock = Job(config, folder, offline=True, progress=progress), Clock()
    with job.store.lock(), job.store.log.of_run(name=config.name, until=REPORT.name):
        reading = judged_reading(job.store)
        codes = read_results(job, reading)
        tables = compare_judgements(job, clock, reading, codes)
        report_tables(job, clock, reading, tables, codes, output, translation)
        made = manifest_of(job, clock, reading) if output else write_manifest(job, clock, reading)
        return Outcome(output or folder, made, tables, remarks_on(job, reading, tables, codes))


def _compared(job: Job, clock: Clock, stages: Collection[Stage], reading: Reading) -> Outcome:
    """The outcome of a run, after those of the last two stages that are among these."""
    codes = read_results(job, reading) if COMPARE in stages else None
    tables = compare_judgements(job, clock, reading, codes) if codes else None
    if tables and codes and REPORT in stages:
        report_tables(job, clock, reading, tables, codes)
    else:
        move_stale_results(job.store, job.config, reading, tables_and_pages())
    remarks = [*left_out_remarks(job.config.articles), *remarks_on(job, reading, tables, codes)]
    return Outcome(job.folder, write_manifest(job, clock, reading), tables, remarks)
