"""Stage 1 of a run: rows become stored shards of articles."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import InputError
from pipelines.job.copies import stored_copies, write_copies
from pipelines.job.places import FOLDERS, NOTES
from pipelines.job.rejected import RejectedParts
from pipelines.job.shards import write_shards
from pipelines.read import read_rows
from pipelines.read.decoding import text_encodings
from pipelines.read.notes import Notes
from pipelines.read.sample import sampled
from pipelines.records import Article
from pipelines.stages import READ

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.job import Job
    from pipelines.job.store import Reading
    from pipelines.records import Rejection


def read_articles(job: Job, limit: int | None) -> Reading:
    """The shards of the articles, none if none is usable; from the store if the same input was read before.

    Args:
        job: of the run.
        limit: articles to read at most; None for all.

    Raises:
        ConfigError: a mapped column is in no row.
        InputError: the articles cannot be read, or were changed meanwhile.
    """
    expected = job.freshness.reading(limit)
    reading = job.store.reading(expected)
    if reading is None:
        _read(job, limit, expected)
        reading = job.store.reading(expected)
    if reading is None:
        raise InputError(str(job.folder), "another program changes files of this run", "Run it again")
    if stored_copies(job.store, expected, repair=True) is None:
        write_copies(job.store, reading.shards, expected)
    return reading


def refuse_other_articles(job: Job, limit: int | None) -> None:
    """Refuse a folder that holds a run of other articles, whose results the run would replace.

    Articles that were added to the same files are no others, nor are the same files under another path. A
    folder of which the articles are in a part that a run writes is refused too.

    Raises:
        InputError: another run is there, or the articles are.
    """
    own = {job.folder.resolve(), *(job.folder.resolve() / name for name in FOLDERS)}
    inside = next((path for path in job.config.articles.path if Path(path).resolve() in own), None)
    if inside is not None:
        cause = f"articles.path names '{inside}', where the run writes its own files"
        raise InputError(str(job.folder), cause, "Give another folder with --output")
    stored = job.store.read_yaml("config.yaml").get("articles", {}).get("path", job.config.articles.path)
    reading = job.store.reading()
    if reading is None or stored == job.config.articles.path:
        return
    if reading.part.fingerprint != job.freshness.reading(limit):
        cause = f"holds a run of other articles ({', '.join(stored)})"
        cure = "Give another folder with --output, another name, or --fresh to replace that run"
        raise InputError(str(job.folder), cause, cure)


def _read(job: Job, limit: int | None, fingerprint: str) -> None:
    job.progress.begin(READ, None)
    job.log_stage(READ)
    start = time.perf_counter()
    rejections = RejectedParts(job.folder, fingerprint)
    notes = Notes(encodings=text_encodings(job.config.articles))
    articles = _accepted(read_rows(job.models.reader.rows(), job.config.articles, notes), rejections)
    shards = list(write_shards(job, sampled(articles, limit)))
    job.store.write_json(NOTES, notes.stored())
    job.store.end_reading(fingerprint, shards, time.perf_counter() - start, rejections.end())


def _accepted(records: Iterable[Article | Rejection], rejections: RejectedParts) -> Iterator[Article]:
    """Yield the articles; the rejections are written."""
    for record in records:
        if isinstance(record, Article):
            yield record
        else:
            rejections.add(record)
