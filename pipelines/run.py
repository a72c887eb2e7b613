"""The whole job: the six stages, top to bottom."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.config.yaml_text import dump_yaml
from pipelines.errors import InputError
from pipelines.find import find
from pipelines.job import Done, Job
from pipelines.job.copies import copies_of, stored_copies, write_copies
from pipelines.job.manifest import FILE, Clock, manifest
from pipelines.job.places import NOTES
from pipelines.job.plan import nothing_read
from pipelines.job.results import (
    CONTROLS,
    begin_results,
    judged_reading,
    mark_results,
    move_stale_results,
    result_files,
)
from pipelines.job.shards import run_shards, write_shards
from pipelines.job.stories import join_stories
from pipelines.job.texts import PassageTexts
from pipelines.judge import judge, pair_of
from pipelines.judge.controls import COLUMNS, controls, is_stance
from pipelines.read import read_rows
from pipelines.read.decoding import text_encodings
from pipelines.read.files import left_out_remarks
from pipelines.read.notes import CAUSES, Notes, causes, rejection_remarks
from pipelines.read.sample import sampled
from pipelines.records import Article, Passage, Rejection
from pipelines.stages import COMPARE, FIND, JUDGE, READ, RECORDED, REPORT, STORIES, TRANSLATE, stages_until
from pipelines.stories import outlines
from pipelines.text.languages import base_language
from pipelines.translate import translate, untranslatable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipelines.coding.results import Results
    from pipelines.compare.tables import Tables
    from pipelines.config import RunConfig
    from pipelines.engines.base import Pair
    from pipelines.job.manifest import Manifest
    from pipelines.job.parts import Part
    from pipelines.job.store import Reading, Shard
    from pipelines.progress import Progress
    from pipelines.records import Label
    from pipelines.stages import Stage

WITHOUT_TEXTS = [f.name for f in fields(Passage) if f.name not in ("source", "pivot", "context")]
"""The columns of passages that comparing needs; their texts stay on disk."""


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
        shards = reading.shards
        if TRANSLATE in stages:
            run_shards(job, clock, TRANSLATE, translate_shard, shards)
        if FIND in stages:
            run_shards(job, clock, FIND, find_shard, shards)
        if STORIES in stages and job.models.story_encoder:
            run_shards(job, clock, STORIES, outline_shard, shards)
            join_stories(job.store, shards, config.stories.days)
        if JUDGE in stages:
            run_shards(job, clock, JUDGE, judge_shard, shards)
            control_judge(job, reading)
        codes = read_results(job, shards) if COMPARE in stages else None
        tables = compare_judgements(job, clock, reading, codes) if codes else None
        if tables and codes and REPORT in stages:
            report_tables(job, clock, reading, tables, codes)
        else:
            move_stale_results(job.store, config, reading, _result_files())
        lines = [*left_out_remarks(config.articles), *_remarks(job, shards, tables, codes)]
        return Outcome(folder, write_manifest(job, clock, shards), tables, lines)


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
        shards = reading.shards
        codes = read_results(job, shards)
        tables = compare_judgements(job, clock, reading, codes)
        report_tables(job, clock, reading, tables, codes, output, translation)
        made = _manifest(job, clock, shards) if output else write_manifest(job, clock, shards)
        return Outcome(output or folder, made, tables, _remarks(job, shards, tables, codes))


def refuse_other_articles(job: Job, limit: int | None) -> None:
    """Refuse a folder that holds a run of other articles, whose results the run would replace.

    Articles that were added to the same files are no others, nor are the same files under another path.

    Raises:
        InputError: another run is there.
    """
    stored = job.store.read_yaml("config.yaml").get("articles", {}).get("path", job.config.articles.path)
    reading = job.store.reading()
    if reading is None or stored == job.config.articles.path:
        return
    if reading.part.fingerprint != job.freshness.reading(limit):
        cause = f"holds a run of other articles ({', '.join(stored)})"
        cure = "Give another folder with --output, another name, or --fresh to replace that run"
        raise InputError(str(job.folder), cause, cure)


def read_articles(job: Job, limit: int | None) -> Reading:
    """Stage 1: the shards of the articles, from the store if the same input was read before."""
    expected = job.freshness.reading(limit)
    reading = job.store.reading(expected)
    if reading is None:
        job.progress.begin(READ, None)
        job.log_stage(READ)
        start = time.perf_counter()
        rejections: list[Rejection] = []
        notes = Notes(encodings=text_encodings(job.config.articles))
        articles = _accepted(read_rows(job.models.reader.rows(), job.config.articles, notes), rejections)
        shards = list(write_shards(job, sampled(articles, limit)))
        job.store.write_json(NOTES, notes.stored())
        job.store.end_reading(expected, shards, time.perf_counter() - start, rejections)
        reading = job.store.reading(expected)
    if reading is not None and stored_copies(job.store, expected, repair=True) is None:
        write_copies(job.store, reading.shards, expected)
    if reading is None or not reading.shards:
        raise _nothing_read(job, reading.part.rejections if reading else ())
    return reading


def translate_shard(job: Job, shard: Shard) -> Done:
    """Stage 2 on one shard."""
    articles, pivot = job.store.articles(shard.number), job.config.pivot
    translator = job.models.held_translator(shard.language)
    if translator is None and base_language(shard.language) != base_language(pivot):
        records: Iterator[Any] = untranslatable(articles, shard.language, pivot)
    else:
        records = job.counted(translate(articles, translator))
    return job.write(TRANSLATE, shard, records, len(articles))


def find_shard(job: Job, shard: Shard) -> Done:
    """Stage 3 on one shard."""
    articles = job.store.translated(shard.number)
    config = job.config
    passages = find(
        job.counted(articles), config.actors, config.targets, config.pivot, config.find, job.models.near
    )
    return job.write(FIND, shard, passages, len(articles))


def outline_shard(job: Job, shard: Shard) -> Done:
    """Stage 4 on one shard: what its articles' stories are found by."""
    articles, encoder = job.store.translated(shard.number), job.models.story_encoder
    assert encoder is not None, "the stage is not run"
    actors: dict[str, set[str]] = {}
    for passage in job.store.passages(shard.number):
        actors.setdefault(passage.article_id, set()).add(passage.actor)
    records = outlines(job.counted(articles), actors, encoder)
    return job.write(STORIES, shard, records, len(articles))


def judge_shard(job: Job, shard: Shard) -> Done:
    """Stage 4 on one shard."""
    passages, stance = job.store.passages(shard.number), job.config.stance
    if not passages:
        return job.write(JUDGE, shard, (), 0)
    minima = stance.minimum_probability, stance.minimum_agreement
    judgements = judge(passages, job.config.targets, job.models.held_judge(), *minima)
    units = sum(len(passage.about) for passage in passages)
    return job.write(JUDGE, shard, job.counted(judgements), units)


def read_results(job: Job, shards: Sequence[Shard]) -> Results:
    """What people's codes say of the judgements, if `polystance code read` has read any."""
    from pipelines.coding import stored_results

    return stored_results(job.store, shards)


def compare_judgements(job: Job, clock: Clock, reading: Reading, codes: Results) -> Tables:
    """Stage 5 on all shards."""
    import pandas as pd

    from pipelines.compare import compare
    from pipelines.compare.frames import article_frame

    job.progress.begin(COMPARE, None)
    job.log_stage(COMPARE)
    shards = reading.shards
    with clock.timed(COMPARE):
        return compare(
            article_frame(job.store, shards, copies_of(job.store, reading)),
            job.store.table(FIND, shards, WITHOUT_TEXTS).to_pandas(),
            job.store.table(JUDGE, shards).to_pandas(),
            [actor.name for actor in job.config.actors],
            [target.name for target in job.config.targets],
            job.config.compare,
            pd.DataFrame(job.store.read_json(CONTROLS).get("rows", []), columns=COLUMNS),
            (job.config.stance.minimum_probability, job.config.stance.minimum_agreement),
            codes.languages,
        )


def _remarks(
    job: Job, shards: Sequence[Shard], tables: Tables | None, codes: Results | None
) -> Sequence[str]:
    """What the user must know of what was read, rejected and left out of the tables, a line each."""
    from pipelines.compare.remarks import remarks

    notes = Notes.of(job.store.read_json(NOTES))
    articles, rejected = Counter[str](), Counter(notes.rejected)
    for shard in shards:
        articles[shard.language] += shard.articles
        for stage in (TRANSLATE, FIND, JUDGE):
            part = job.store.part(stage, shard.number)
            lost = len({rejection.article_id for rejection in part.rejections}) if part else 0
            rejected[shard.language] += lost
            articles[shard.language] -= lost
    stale = f"the codes were read before these judgements were made: polystance code read {job.folder}"
    lines = [
        *([stale] if codes and codes.stale else []),
        *notes.remarks(),
        *rejection_remarks(articles, rejected),
    ]
    if rejections := _rejections(job, shards):
        shown = "; ".join(f"{count} {cause}" for cause, count in causes(rejections)[:CAUSES])
        lines.append(f"rejected for: {shown}")
    return [*lines, *(remarks(tables, job.config.compare) if tables else ())]


def report_tables(
    job: Job,
    clock: Clock,
    reading: Reading,
    tables: Tables,
    codes: Results,
    output: Path | None = None,
    translation: Path | None = None,
) -> None:
    """Stage 6: the files that people open, in the run's folder or another one."""
    from pipelines.report import write_pages, write_rejected, write_tables

    job.progress.begin(REPORT, None)
    job.log_stage(REPORT)
    folder, shards = output or job.folder, reading.shards
    if output is None:
        begin_results(job.store, _result_files())
    with clock.timed(REPORT), PassageTexts(job.store, shards) as texts:
        rejections = _rejections(job, shards)
        write_tables(tables, folder / COMPARE.folder, texts)
        write_rejected(rejections, folder / "rejected.csv")
        about = _manifest(job, clock, shards)
        write_pages(tables, about, rejections, folder, texts, translation, codes.tables)
    if output is None:
        mark_results(job.store, job.config, reading)


def _result_files() -> list[str]:
    from pipelines.compare.tables import Tables

    return result_files(Tables._fields)


def control_judge(job: Job, reading: Reading) -> None:
    """Run the controls of the judge on a sample of its judgements and store them, unless that is done."""
    shards = reading.shards
    expected, parts = job.freshness.controls(shards), job.store.state(reading)
    stored = job.store.read_json(CONTROLS)
    if (stored.get("fingerprint"), stored.get("parts")) == (expected, parts):
        return
    size = job.config.stance.controls
    judged = _judged_stances(job, shards) if size else []
    targets = [(target.wording, target.kind) for target in job.config.targets]
    rows = controls(judged, job.models.held_judge(), size, targets=targets) if judged else []
    job.store.write_json(CONTROLS, {"fingerprint": expected, "parts": parts, "rows": rows})


def write_manifest(job: Job, clock: Clock, shards: Sequence[Shard]) -> Manifest:
    """Write the rejections and, as the last file of a run to whatever stage, the manifest, and return it."""
    from pipelines.report import write_rejected

    write_rejected(_rejections(job, shards), job.folder / "rejected.csv")
    written = _manifest(job, clock, shards)
    job.store.write_text(FILE, json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    return written


def _manifest(job: Job, clock: Clock, shards: Sequence[Shard]) -> Manifest:
    before = job.store.read_json(FILE)
    copies = len(stored_copies(job.store) or ())
    return manifest(job.config, clock, _parts(job, shards), copies, job.models.identities, before)


def _parts(job: Job, shards: Sequence[Shard]) -> dict[Stage, list[Part]]:
    """The parts of each stage that writes them; of reading, one for all shards."""
    reading = job.store.reading()
    parts = {stage: job.store.parts(stage, shards) for stage in RECORDED}
    return parts | {READ: [reading.part] if reading else []}


def _rejections(job: Job, shards: Sequence[Shard]) -> list[Rejection]:
    """The articles that the stages so far rejected."""
    return [
        rejection for parts in _parts(job, shards).values() for part in parts for rejection in part.rejections
    ]


def _accepted(records: Iterator[Article | Rejection], rejections: list[Rejection]) -> Iterator[Article]:
    """Yield the articles; rejections are appended to the list."""
    for record in records:
        if isinstance(record, Article):
            yield record
        else:
            rejections.append(record)


def _nothing_read(job: Job, rejections: Sequence[Rejection]) -> InputError:
    from pipelines.report import write_rejected

    rejected = job.folder / "rejected.csv"
    write_rejected(rejections, rejected)
    return nothing_read(job.config.articles.path, rejections, f"See {rejected}" if rejections else "")


def _judged_stances(job: Job, shards: Sequence[Shard]) -> list[tuple[Pair, Label]]:
    """The question and label of each judgement that takes a side, sorted by the ids of the passages."""
    targets = {target.name: target for target in job.config.targets}
    stances = []
    for shard in shards:
        passages = {passage.id: passage for passage in job.store.passages(shard.number)}
        for row in job.store.table(JUDGE, [shard]).to_pylist():
            if is_stance(row["label"]):
                pair = pair_of(passages[row["passage_id"]], targets[row["target"]])
                stances.append((row["passage_id"], row["target"], pair, row["label"]))
    return [(pair, label) for _, _, pair, label in sorted(stances)]
