"""The stories of a run's articles: a Parquet file for each day, beside the outlines they are found by.

A day's file carries the fingerprint of its outlines and of the stories in the days that it sees, so that new
articles make their own day again and those whose window they are in.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.atomic import whole
from pipelines.errors import InputError
from pipelines.hashing import code_digest, fingerprint
from pipelines.job import places
from pipelines.job.scratch import scratch_path
from pipelines.job.sealed import DamagedError, opened, write_parquet
from pipelines.records import Outline
from pipelines.stages import STORIES
from pipelines.stories.days import Window, day_of, ordinal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import pyarrow as pa

    from pipelines.job.store import Shard, Store

DAY_COLUMN = "day"
OPEN_FILES = 256
"""Days whose outlines are written at a time; changes speed only."""
MOST_DAYS = 100_000
"""Of a run: more than the dates that articles may have."""


def join_stories(store: Store, shards: Sequence[Shard], days: int) -> None:
    """Join the outlines day by day, and store each day's stories, unless that is done.

    Memory is that of one day and of the articles that it is compared with: the outlines are sorted by day in
    temporary files.

    Args:
        store: of the run, with the outlines of all shards.
        shards: of the run.
        days: see `Window`.
    """
    window, before = Window(days), list[tuple[int, str]]()
    written = set[Path]()
    for day, outlines in _by_day(store, shards):
        seen = [digest for number, digest in before if number >= window.least(day)]
        own = fingerprint(code_digest("stories"), [_row(outline) for outline in outlines])
        digest = fingerprint(own, seen)
        path = store.folder / STORIES.folder / f"day-{day}.parquet"
        stories = _stored(store, path, digest)
        if stories is None:
            stories = window.join(day, outlines)
            _write(path, outlines, stories, digest)
        else:
            window.add(day, outlines, stories)
        # Without what the day saw itself: a change that moves no article ends with its window.
        before.append((ordinal(day), fingerprint(own, stories)))
        written.add(path)
    remove_stories(store, keep=written)


def remove_stories(store: Store, keep: Collection[Path] = ()) -> None:
    """Remove the stories of all days but those to keep; without any, the utterances too."""
    for path in places.days(store.folder):
        if path not in keep:
            path.unlink()
    if not keep:
        for path in (store.folder / places.UTTERANCES, *places.utterances(store.folder)):
            path.unlink(missing_ok=True)


def story_table(store: Store) -> pa.Table:
    """The columns `article_id` and `story`, a row for each article; empty before the stage stories.

    Raises:
        InputError: the stories of a day are damaged.
    """
    import pyarrow as pa

    days = [file.read(["article_id", "story"]) for file, _ in story_days(store)]
    return pa.concat_tables([_table((), ()), *days])


def story_days(store: Store) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """The open Parquet file of each day, with the columns article_id and story, and what it says of itself.

    Raises:
        InputError: the stories of a day are damaged.
    """
    for path in places.days(store.folder):
        try:
            with opened(path) as of_day:
                yield of_day
        except DamagedError as error:
            raise InputError(str(path), "damaged", "Make it again: polystance run CONFIG") from error


def outlines_of(table: pa.Table) -> list[Outline]:
    """The outlines in the rows of a table, sorted by date and id."""
    outlines = [
        Outline(**{**row, "terms": tuple(row["terms"]), "weights": tuple(row["weights"])})
        for row in table.to_pylist()
    ]
    return sorted(outlines, key=lambda outline: (outline.published or "", outline.article_id))


def _by_day(store: Store, shards: Sequence[Shard]) -> Iterator[tuple[str, list[Outline]]]:
    """The outlines of each day, days and articles in order, those without a day last."""
    import pyarrow.dataset as ds

    with scratch_path(store.folder / STORIES.folder, "days") as temporary:
        schema = store.table(STORIES, ()).schema.append(_day_field())
        ds.write_dataset(
            _with_days(store, shards), temporary, format="parquet", schema=schema, partitioning=[DAY_COLUMN],
            partitioning_flavor="hive", max_open_files=OPEN_FILES, max_partitions=MOST_DAYS,
            use_threads=False,
        )  # fmt: skip
        # A letter comes after all digits, so undated after all dates.
        for folder in sorted(temporary.iterdir(), key=lambda path: path.name):
            yield folder.name.partition("=")[2], outlines_of(ds.dataset(folder, format="parquet").to_table())


def _with_days(store: Store, shards: Sequence[Shard]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for shard in shards:
        table = store.table(STORIES, [shard])
        days = [day_of(published) for published in table["published"].to_pylist()]
        yield from table.append_column(_day_field(), pa.array(days, pa.string())).to_batches()


def _day_field() -> pa.Field:
    import pyarrow as pa

    return pa.field(DAY_COLUMN, pa.string())


def _row(outline: Outline) -> tuple[object, ...]:
    embedding = blake2b(outline.embedding, digest_size=16).hexdigest()
    return outline.article_id, outline.published, outline.story, embedding, outline.terms, outline.weights


def _stored(store: Store, path: Path, digest: str) -> list[str] | None:
    """The stories of a day's articles, in their order; None if they are to be found again."""
    try:
        with opened(path) as (file, about):
            known = about.get("fingerprint")
            stories: list[str] = file.read(["story"])["story"].to_pylist()
    except FileNotFoundError:
        return None
    except DamagedError:
        store.set_aside(path)
        return None
    return stories if known == digest else None


def _write(path: Path, outlines: Sequence[Outline], stories: Sequence[str], digest: str) -> None:
    with whole(path) as temporary:
        table = _table([outline.article_id for outline in outlines], stories)
        write_parquet(table, temporary, {"fingerprint": digest})


def _table(ids: Sequence[str], stories: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    return pa.table({"article_id": pa.array(ids, pa.string()), "story": pa.array(stories, pa.string())})
