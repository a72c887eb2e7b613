"""The whole job: the seven stages, top to bottom."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pipelines.config.yaml_text import dump_yaml
from pipelines.find import find
from pipelines.job import Job
from pipelines.job.controlling import control_judge
from pipelines.job.copies import copies_of
from pipelines.job.losses import refuse_lost
from pipelines.job.manifest import FILE, Clock, manifest_of
from pipelines.job.places import NOTES
from pipelines.job.plan import nothing_read
from pipelines.job.reading import read_articles, refuse_other_articles
from pipelines.job.rejections import rejections_of, remarks_of
from pipelines.job.results import (
    CONTROLS,
    begin_results,
    judged_reading,
    mark_results,
    move_stale_results,
    result_files,
)
from pipelines.job.shards import run_shards
from pipelines.job.stories import join_stories, remove_stories, stored_stories
from pipelines.job.texts import PassageTexts, article_texts
from pipelines.job.utterances import match_utterances, stored_utterances
from pipelines.judge import judge
from pipelines.judge.controls import COLUMNS
from pipelines.narrate import narrate
from pipelines.read.notes import Notes
from pipelines.read.unread import left_out_remarks
from pipelines.stages import COMPARE, FIND, JUDGE, NARRATE, REPORT, STORIES, TRANSLATE, stages_until
from pipelines.stories import outlines
from pipelines.text.languages import base_language
from pipelines.translate import translate, untranslatable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from pipelines.coding.results import Results
    from pipelines.compare.tables import Tables
    from pipelines.config import RunConfig
    from pipelines.errors import InputError
    from pipelines.job.manifest import Manifest
    from pipelines.job.store import Reading, Shard
    from pipelines.progress import Progress
    from pipelines.records import (
        Article,
        Judgement,
        Narration,
        Outline,
        Passage,
        Rejection,
        TranslatedArticle,
    )
    from pipelines.report.stories import Stories
    from pipelines.stages import Stage


NARRATION = "narration_evidence"
"""The table of narrated sentences."""


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
            job.store.clear(_result_files())
        refuse_other_articles(job, limit)
        job.store.write_text("config.yaml", dump_yaml(config.model_dump(mode="json")))
        reading = read_articles(job, limit)
        if not reading.shards:
            raise _nothing_read(job, reading)
        with job.workers():
            run_sharded(job, clock, stages, reading.shards)
        refuse_lost(job)
        if JUDGE in stages:
            control_judge(job, reading)
        codes = read_results(job, reading) if COMPARE in stages else None
        tables = compare_judgements(job, clock, reading, codes) if codes else None
        if tables and codes and REPORT in stages:
            report_tables(job, clock, reading, tables, codes)
        else:
            move_stale_results(job.store, config, reading, _result_files())
        remarks = [*left_out_remarks(config.articles), *_remarks(job, reading, tables, codes)]
        return Outcome(folder, write_manifest(job, clock, reading), tables, remarks)


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
        return Outcome(output or folder, made, tables, _remarks(job, reading, tables, codes))


def run_sharded(job: Job, clock: Clock, stages: Collection[Stage], shards: Sequence[Shard]) -> None:
    """The stages from 2 to 5 that are among these."""
    if TRANSLATE in stages:
        run_shards(job, clock, TRANSLATE, translate_shard, shards)
    if FIND in stages:
        run_shards(job, clock, FIND, find_shard, shards)
    if STORIES in stages:
        find_stories(job, clock, shards)
    if JUDGE in stages:
        run_shards(job, clock, JUDGE, judge_shard, shards)
    if JUDGE in stages and job.config.stance.narration:
        run_shards(job, clock, NARRATE, narrate_shard, shards)


def translate_shard(
    job: Job, shard: Shard, articles: Sequence[Article]
) -> Iterator[TranslatedArticle | Rejection]:
    """Stage 2 on articles of one shard."""
    pivot, translator = job.config.pivot, job.models.held_translator(shard.language)
    if translator is None and base_language(shard.language) != base_language(pivot):
        return job.counted(untranslatable(articles, shard.language, pivot))
    return job.counted(translate(articles, translator))


def find_shard(job: Job, _: Shard, articles: Sequence[TranslatedArticle]) -> Iterator[Passage]:
    """Stage 3 on articles of one shard."""
    config, counted = job.config, job.counted(articles)
    return find(counted, config.actors, config.targets, config.pivot, config.find, job.models.near)


def find_stories(job: Job, clock: Clock, shards: Sequence[Shard]) -> None:
    """Stage 4 on all shards."""
    if job.models.story_encoder is None:
        remove_stories(job.store)
        return
    run_shards(job, clock, STORIES, outline_shard, shards)
    kept = [shard for shard in shards if shard.number not in job.lost]
    join_stories(job.store, kept, job.config.stories.days)
    match_utterances(job.store, kept, job.models.story_encoder)


def outline_shard(job: Job, shard: Shard, articles: Sequence[TranslatedArticle]) -> Iterator[Outline]:
    """Stage 4 on articles of one shard: what their stories are found by."""
    encoder = job.models.story_encoder
    assert encoder is not None, "the stage is not run"
    actors: dict[str, set[str]] = {}
    for passage in job.store.passages(shard.number):
        actors.setdefault(passage.article_id, set()).add(passage.actor)
    return outlines(job.counted(articles), actors, encoder)


def judge_shard(job: Job, _: Shard, passages: Sequence[Passage]) -> Iterator[Judgement | Rejection]:
    """Stage 5 on passages of one shard."""
    targets, stance = job.config.targets, job.config.stance
    minima = stance.minimum_probability, stance.minimum_agreement
    return job.counted(judge(passages, targets, job.models.held_judge(), *minima, job.config.pivot))


def narrate_shard(
    job: Job, shard: Shard, articles: Sequence[TranslatedArticle]
) -> Iterator[Narration | Rejection]:
    """The part of stage 5 about the articles' authors, on articles of one shard."""
    config, counted = job.config, job.counted(articles)
    minima = config.stance.minimum_probability, config.stance.minimum_agreement
    asked = config.actors, config.targets, job.models.held_judge()
    taken = {(passage.article_id, passage.start) for passage in job.store.passages(shard.number)}
    return narrate(counted, *asked, minima, config.pivot, config.find, taken)


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

    shards, stories = reading.shards, stored_stories(job.store)
    with _stage(job, clock, COMPARE):
        articles = article_frame(job.store, shards, copies_of(job.store, reading), stories)
        articles = articles.sort_values("id", kind="stable", ignore_index=True)
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
            stories,
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
            begin_results(job.store, _result_files())
        rejections = list(rejections_of(job.store, reading))
        write_tables(tables, folder / COMPARE.folder, texts)
        stories = stories_of(job, reading)
        for name, table in stories.tables._asdict().items():
            write_table(name, table, folder / COMPARE.folder)
        if job.config.stance.narration:
            sentences = narration_evidence(job.store, reading.shards, stories.articles)
            write_csv(NARRATION, sentences, folder / COMPARE.folder / f"{NARRATION}.csv")
        write_rejected(rejections, folder / "rejected.csv")
        about = manifest_of(job, clock, reading)
        write_pages(tables, about, rejections, folder, texts, translation, codes.tables, stories)
    if output is None:
        mark_results(job.store, job.config, reading)


def stories_of(job: Job, reading: Reading) -> Stories:
    """Stage 6 on stories: the tables, and the articles that they are about."""
    from pipelines.compare.frames import article_frame
    from pipelines.compare.story_frames import headlines, made_story_tables
    from pipelines.report.stories import Stories

    articles = article_frame(job.store, reading.shards, copies_of(job.store, reading))
    stories, utterances = stored_stories(job.store), stored_utterances(job.store)
    by, pivot = job.config.compare.by, job.config.pivot
    tables = made_story_tables(job.store, reading.shards, articles, stories, utterances, by, pivot)
    articles["story"] = articles["id"].map(stories)
    return Stories(tables, articles, partial(headlines, job.store, reading.shards))


def write_manifest(job: Job, clock: Clock, reading: Reading) -> Manifest:
    """Write the rejections and, as the last file of a run to whatever stage, the manifest, and return it."""
    from pipelines.report import write_rejected

    write_rejected(rejections_of(job.store, reading), job.folder / "rejected.csv")
    written = manifest_of(job, clock, reading)
    job.store.write_text(FILE, json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    return written


@contextmanager
def _stage(job: Job, clock: Clock, stage: Stage) -> Iterator[None]:
    """Show, log and time a stage that has no shards."""
    job.progress.begin(stage, None)
    job.log_stage(stage)
    with clock.timed(stage):
        yield


def _remarks(job: Job, reading: Reading, tables: Tables | None, codes: Results | None) -> Sequence[str]:
    """What the user must know of what was read, rejected and left out of the tables, a line each."""
    from pipelines.audit import stored_audit
    from pipelines.compare.remarks import cluster_remarks, remarks

    sizes = [*Counter(stored_stories(job.store).values()).values()] if tables is not None else []
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


def _nothing_read(job: Job, reading: Reading) -> InputError:
    from pipelines.report import write_rejected

    rejections, rejected = list(rejections_of(job.store, reading)), job.folder / "rejected.csv"
    write_rejected(rejections, rejected)
    cure = f"See {rejected}" if rejections else ""
    left_out = Notes.of(job.store.read_json(NOTES)).left_out
    return nothing_read(job.config.articles.path, rejections, cure, left_out=left_out)


def _result_files() -> list[str]:
    from pipelines.compare.stories import StoryTables
    from pipelines.compare.tables import Tables

    return result_files([*Tables._fields, *StoryTables._fields, NARRATION])
