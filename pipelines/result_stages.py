"""The stages 6 and 7, which make the tables and pages of all shards, and what else a run writes."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from pipelines.heap import tight_heap, trim_heap
from pipelines.job.copies import copies_of
from pipelines.job.manifest import FILE, manifest_of
from pipelines.job.places import NOTES
from pipelines.job.plan import nothing_read
from pipelines.job.rejections import rejections_of, remarks_of
from pipelines.job.results import CONTROLS, begin_results, mark_results, result_files
from pipelines.job.stories import story_table
from pipelines.job.texts import PassageTexts, article_texts
from pipelines.job.utterances import stored_utterances
from pipelines.judge.controls import COLUMNS
from pipelines.read.notes import Notes
from pipelines.stages import COMPARE, REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipelines.coding.results import Results
    from pipelines.compare.tables import Tables
    from pipelines.job import Job
    from pipelines.job.manifest import Clock, Manifest
    from pipelines.job.store import Reading
    from pipelines.report.stories import Stories
    from pipelines.stages import Stage

NARRATION = "narration_evidence"
"""The table of narrated sentences."""


def read_results(job: Job, reading: Reading) -> Results:
    """What people's codes say of the judgements, if `polystance code read` has read any."""
    from pipelines.coding import stored_results

    return stored_results(job.store, reading.shards)


def compare_judgements(job: Job, clock: Clock, reading: Reading, codes: Results) -> Tables:
    """Stage 6 on all shards."""
    import pandas as pd

    from pipelines.audit import stored_audit
    from pipelines.compare import compare
    from pipelines.compare.frames import article_frame, judgement_frame, passage_frame
    from pipelines.compare.narration_frames import narration_frame

    shards = reading.shards
    with _stage(job, clock, COMPARE):
        articles = article_frame(job.store, shards, copies_of(job.store, reading), story_table(job.store))
        return compare(
            articles,
            passage_frame(job.store, shards, articles),
            judgement_frame(job.store, shards),
            [actor.name for actor in job.config.actors],
            [target.name for target in job.config.targets],
            job.config.compare,
            pd.DataFrame(job.store.read_json(CONTROLS).get("rows", []), columns=COLUMNS),
            (job.config.stance.minimum_probability, job.config.stance.minimum_agreement),
            codes.languages,
            stored_audit(job.store, shards),
            partial(article_texts, job.store, shards),
            job.config.pivot,
            narration_frame(job.store, shards) if job.config.stance.narration else None,
        )


def report_tables(
    job: Job,
    clock: Clock,
    reading: Reading,
    tables: Tables,
    codes: Results,
    output: Path | None = None,
    translation: Path | None = None,
) -> None:
    """Stage 7: the files that people open, in the run's folder or another one."""
    from pipelines.compare.narration_frames import narration_evidence
    from pipelines.report import write_csv, write_pages, write_rejected, write_table, write_tables

    folder = output or job.folder
    with _stage(job, clock, REPORT), PassageTexts(job.store, reading.shards) as texts:
        if output is None:
            begin_results(job.store, tables_and_pages())
        rejections = list(rejections_of(job.store, reading))
        write_tables(tables, folder / COMPARE.folder, texts)
        stories = stories_of(job, reading)
        for name, table in stories.tables._asdict().items():
            write_table(name, table, folder / COMPARE.folder)
        if job.config.stance.narration:
            sentences = narration_evidence(job.store, reading.shards, stories.articles)
            write_csv(NARRATION, sentences, folder / COMPARE.folder / f"{NARRATION}.csv")
        stories = stories.shown()
        trim_heap()
        write_rejected(rejections, folder / "rejected.csv")
        about = manifest_of(job, clock, reading)
        write_pages(tables, about, rejections, folder, texts, translation, codes.tables, stories)
    if output is None:
        mark_results(job.store, job.config, reading)


def stories_of(job: Job, reading: Reading) -> Stories:
    """Stage 6 on stories: the tables, and the articles that they are about."""
    from pipelines.compare.frames import STORY, article_frame
    from pipelines.compare.story_frames import headlines, made_story_tables
    from pipelines.report.stories import Stories

    store, shards, config = job.store, reading.shards, job.config
    articles = article_frame(store, shards, copies_of(store, reading), story_table(store))
    articles["story"] = articles.get(STORY)
    utterances = stored_utterances(store)
    tables = made_story_tables(store, shards, articles, utterances, config.compare.by, config.pivot)
    return Stories(tables, articles, partial(headlines, store, shards))


def write_manifest(job: Job, clock: Clock, reading: Reading) -> Manifest:
    """Write the rejections and, as the last file of a run to whatever stage, the manifest, and return it."""
    from pipelines.report import write_rejected

    write_rejected(rejections_of(job.store, reading), job.folder / "rejected.csv")
    written = manifest_of(job, clock, reading)
    job.store.write_text(FILE, json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    return written


@contextmanager
def _stage(job: Job, clock: Clock, stage: Stage) -> Iterator[None]:
    """Show, log and time a stage that has no shards, and whose memory grows with the corpus."""
    job.progress.begin(stage, None)
    job.log_stage(stage)
    with clock.timed(stage), tight_heap():
        yield


def remarks_on(job: Job, reading: Reading, tables: Tables | None, codes: Results | None) -> Sequence[str]:
    """What the user must know of what was read, rejected and left out of the tables, a line each."""
    from pipelines.audit import stored_audit
    from pipelines.compare.remarks import cluster_remarks, remarks

    stories = story_table(job.store)["story"] if tables is not None else None
    sizes = [] if stories is None else stories.value_counts().field("counts").to_pylist()
    stale = f"the codes were read before these judgements were made: polystance code read {job.folder}"
    audited = f"the audit is of earlier judgements, and left out: polystance audit {job.folder}"
    is_old = tables is not None and stored_audit(job.store, reading.shards) is None
    return [
        *([stale] if codes and codes.stale else []),
        *([audited] if is_old else []),
        *remarks_of(job.store, reading),
        *(remarks(tables, job.config.compare) if tables else ()),
        *cluster_remarks({"story": sizes, "outlet": []}, job.config.compare.cluster),
    ]


def refuse_nothing(job: Job, reading: Reading) -> None:
    """Refuse to go on without an article; what was rejected is written.

    Raises:
        InputError: there is none.
    """
    from pipelines.report import write_rejected

    if reading.shards:
        return
    rejections, rejected = list(rejections_of(job.store, reading)), job.folder / "rejected.csv"
    write_rejected(rejections, rejected)
    cure = f"See {rejected}" if rejections else ""
    left_out = Notes.of(job.store.read_json(NOTES)).left_out
    raise nothing_read(job.config.articles.path, rejections, cure, left_out=left_out)


def tables_and_pages() -> list[str]:
    """The files that the last two stages write; see `result_files`."""
    from pipelines.compare.stories import StoryTables
    from pipelines.compare.tables import Tables

    return result_files([*Tables._fields, *StoryTables._fields, NARRATION])
