"""The utterances of a run: which passages render the same one, in Parquet files beside the stories.

The sentences of an actor in a story are compared with each other alone. So they are divided into pieces by a
digest of both names, each with a file of its own, and the executor works on the pieces that have changed.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import InputError
from pipelines.hashing import DIGEST_CHARACTERS, code_digest, fingerprint
from pipelines.job import places
from pipelines.job.pieces import piece_table, remove_pieces, run_pieces, write_piece
from pipelines.job.scratch import scratch_database
from pipelines.job.sealed import DamagedError, opened
from pipelines.job.stories import story_days
from pipelines.stages import FIND, STORIES
from pipelines.stories.utterances import Quoted, spoken, utterances

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.job import Job
    from pipelines.job.store import Shard, Store

PASSAGE, UTTERANCE, GROUP = "passage_id", "utterance", "spoken"
"""Columns of a file; the last is a digest of all sentences of the actor in the story."""
PASSAGES = 100
"""Of the run, for each piece at most; some half are quoted. A piece's files take 3 ms of a processor, and its
sentences some hundred times that. A few hundred articles have a piece for each of several workers."""
AT_A_TIME = 1_000
"""Articles of a day that are read at a time; changes memory only."""
SCHEMA = (
    "CREATE TABLE stories (article TEXT PRIMARY KEY, story TEXT) WITHOUT ROWID",
    "CREATE TABLE quoted (piece INTEGER, story TEXT, actor TEXT, passage_id TEXT, article_id TEXT, text TEXT,"
    " PRIMARY KEY (piece, story, actor, passage_id)) WITHOUT ROWID",
)
QUOTE = (
    "INSERT OR REPLACE INTO quoted SELECT piece(story, :actor), story, :actor, :id, article, :pivot"
    " FROM stories WHERE article = :article_id AND :voice = 'quoted'"
)
SORTED = (
    "SELECT piece, passage_id, article_id, story, actor, text FROM quoted"
    " ORDER BY piece, story, actor, passage_id"
)


class _Plan(NamedTuple):
    """The fingerprint of each piece by its number, as text, and the sentences of each that is due."""

    fingerprints: dict[str, str]
    due: dict[int, int]


def match_utterances(job: Job, shards: Sequence[Shard]) -> None:
    """Find which quoted passages of a story render the same utterance, and store it, unless that is done.

    What an actor says in a story is compared again only if one of these passages is new, changed or gone.
    Memory is that of one piece: the sentences are sorted in a temporary file.

    Args:
        job: of the run, with passages and stories.
        shards: of the run.

    Raises:
        ShardsLostError: workers were lost too often.
    """
    store, digest = job.store, _digest(job.store, shards)
    stored = store.read_json(places.UTTERANCES)
    if stored.get("fingerprint") == digest and _are_whole(store, stored):
        return
    (store.folder / places.UTTERANCES).unlink(missing_ok=True)
    # A power of two, so that the sentences of a piece were in one piece, or in some whole ones, before.
    of = 1 << (sum(part.records for part in store.parts(FIND, shards)) // PASSAGES).bit_length()
    with scratch_database(store.folder / STORIES.folder, "quoted") as database:
        _fill(database, store, shards, of)
        plan = _planned(database, store, of)
    run_pieces(job, STORIES, match_piece, sorted(plan.due, key=lambda number: -plan.due[number]))
    for path, (number, among) in places.utterances(store.folder).items():
        if among != of or str(number) not in plan.fingerprints:
            path.unlink()
    remove_pieces(store.folder)
    made = {"fingerprint": digest, "of": of, "pieces": plan.fingerprints}
    store.write_json(places.UTTERANCES, made)


def match_piece(job: Job, number: int) -> None:
    """Compare the sentences of a piece, and store which are of one utterance."""
    import pyarrow as pa

    store, encoder = job.store, job.models.story_encoder
    assert encoder is not None, "the stage is not run"
    table, about = piece_table(store, places.piece_path(store.folder, STORIES, "quoted", number))
    kept = _kept(store, about["before"])
    rows, due = list[tuple[str, str, str]](), dict[str, list[Quoted]]()
    for group in spoken(Quoted(**row) for row in table.to_pylist()):
        name = fingerprint(code_digest("stories"), group)
        known = [kept.get(row.passage_id, ("", "")) for row in group]
        if all(of == name for of, _ in known):
            rows += [(row.passage_id, first, name) for row, (_, first) in zip(group, known, strict=True)]
        else:
            due[name] = group
    for name, (sentences, firsts) in zip(due, utterances(due.values(), encoder), strict=True):
        rows += [(row.passage_id, first, name) for row, first in zip(sentences, firsts, strict=True)]
    columns = [pa.array(column, pa.string()) for column in zip(*sorted(rows), strict=True)]
    path = places.utterance_path(store.folder, number, about["of"])
    made_from = {"fingerprint": about["fingerprint"]}
    write_piece(store, path, pa.table(columns, [PASSAGE, UTTERANCE, GROUP]), made_from)


def stored_utterances(store: Store) -> dict[str, str]:
    """The id of the first passage of the utterance that each quoted passage renders, by the passage's id.

    Raises:
        InputError: the utterances are damaged or unfinished.
    """
    by_passage: dict[str, str] = {}
    stored, paths = store.read_json(places.UTTERANCES), places.utterances(store.folder)
    if (paths or stored) and not _are_whole(store, stored):
        place, cause = str(store.folder / STORIES.folder), "the utterances are damaged or unfinished"
        raise InputError(place, cause, "Make them again: polystance run CONFIG")
    for path in (path for path, (_, among) in paths.items() if among == stored.get("of")):
        with opened(path) as (file, _):
            columns = file.read([PASSAGE, UTTERANCE]).to_pydict()
            by_passage.update(zip(columns[PASSAGE], columns[UTTERANCE], strict=True))
    return by_passage


def _digest(store: Store, shards: Sequence[Shard]) -> str:
    """The digest of everything that the utterances depend on."""
    digest = hashlib.sha256(code_digest("stories").encode())
    for part in store.parts(FIND, shards):
        digest.update(part.fingerprint.encode())
    for _, about in story_days(store):
        digest.update(about["fingerprint"].encode())
    return digest.hexdigest()[:DIGEST_CHARACTERS]


def _are_whole(store: Store, stored: Mapping[str, object]) -> bool:
    """Whether the files are there that the JSON file names, and no others."""
    pieces, of = stored.get("pieces"), stored.get("of")
    there = {
        str(number): _made_from(path)
        for path, (number, among) in places.utterances(store.folder).items()
        if among == of
    }
    return there == pieces


def _fill(database: sqlite3.Connection, store: Store, shards: Sequence[Shard], of: int) -> None:
    """Bring all quoted sentences that are in a story into the database."""
    database.create_function("piece", 2, partial(_piece, of), deterministic=True)
    for statement in SCHEMA:
        database.execute(statement)
    for file, _ in story_days(store):
        for batch in file.iter_batches(AT_A_TIME, columns=["article_id", "story"]):
            rows = batch.to_pylist()
            database.executemany("INSERT OR REPLACE INTO stories VALUES (:article_id, :story)", rows)
    for shard in shards:
        table = store.table(FIND, [shard], ["id", "article_id", "actor", "pivot", "voice"])
        database.executemany(QUOTE, table.to_pylist())


def _piece(of: int, story: str, actor: str) -> int:
    """The piece that has the sentences of an actor in a story."""
    return int(fingerprint(story, actor), 16) % of


def _planned(database: sqlite3.Connection, store: Store, of: int) -> _Plan:
    """The pieces, after the sentences of those that are due are written to files."""
    import pyarrow as pa

    plan, before = _Plan({}, {}), places.utterances(store.folder)
    for number, group in groupby(database.execute(SORTED), key=lambda row: int(row[0])):
        rows = [Quoted(*row) for _, *row in group]
        plan.fingerprints[str(number)] = made_from = fingerprint(code_digest("stories"), rows)
        path = places.utterance_path(store.folder, number, of)
        known = _made_from(path) if path in before else ""
        if known == made_from:
            continue
        if known is None:
            store.set_aside(path)
        plan.due[number] = len(rows)
        earlier = list(_earlier(before, store.folder, number, of))
        about = {"fingerprint": made_from, "of": of, "before": earlier}
        columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        target = places.piece_path(store.folder, STORIES, "quoted", number)
        write_piece(store, target, pa.table(columns, list(Quoted._fields)), about)
    return plan


def _earlier(before: Mapping[Path, tuple[int, int]], folder: Path, number: int, of: int) -> Iterator[str]:
    """The names of the files, of this run or one before, that may have stories of a piece."""
    for among in sorted({among for _, among in before.values()}):
        step = min(among, of)
        paths = (places.utterance_path(folder, other, among) for other in range(number % step, among, step))
        yield from (path.name for path in paths if path in before)


def _kept(store: Store, names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The group and the utterance of each passage in files, as far as they are there and intact."""
    kept: dict[str, tuple[str, str]] = {}
    for name in names:
        with suppress(DamagedError, FileNotFoundError):
            columns = piece_table(store, store.folder / STORIES.folder / name)[0].to_pydict()
            names_and_firsts = zip(columns[GROUP], columns[UTTERANCE], strict=True)
            kept.update(zip(columns[PASSAGE], names_and_firsts, strict=True))
    return kept


def _made_from(path: Path) -> object:
    """The fingerprint of a file; None if it is damaged."""
    with suppress(DamagedError), opened(path) as (_, about):
        return about.get("fingerprint")
    return None
