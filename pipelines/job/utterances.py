"""The utterances of a run: which passages render the same one, in a Parquet file beside the stories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.atomic import whole
from pipelines.hashing import code_digest, fingerprint
from pipelines.job.places import UTTERANCES
from pipelines.job.sealed import DamagedError, opened, write_parquet
from pipelines.job.stories import stored_stories
from pipelines.stages import FIND
from pipelines.stories.utterances import Quoted, spoken, utterances

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.job.store import Shard, Store
    from pipelines.text.embed import Encoder


PASSAGE, UTTERANCE, GROUP = "passage_id", "utterance", "spoken"
"""Columns of the file; the last is a digest of all sentences of the actor in the story."""


def match_utterances(store: Store, shards: Sequence[Shard], encoder: Encoder) -> None:
    """Find which quoted passages of a story render the same utterance, and store it, unless that is done.

    What an actor says in a story is compared again only if one of these passages is new, changed or gone.

    Args:
        store: of the run, with passages and stories.
        shards: of the run.
        encoder: of sentences in the pivot language.
    """
    stories = stored_stories(store)
    made_from = [part.fingerprint for part in store.parts(FIND, shards)]
    digest = fingerprint(code_digest("stories"), made_from, sorted(stories.items()))
    columns, about = _stored(store) or ({}, {})
    if about.get("fingerprint") == digest:
        return
    names = zip(columns[GROUP], columns[UTTERANCE], strict=True) if GROUP in columns else ()
    kept = dict(zip(columns.get(PASSAGE, ()), names, strict=False))
    rows, due = list[tuple[str, str, str]](), dict[str, list[Quoted]]()
    for group in spoken(_quoted(store, shards, stories)):
        name = fingerprint(code_digest("stories"), group)
        known = [kept.get(row.passage_id, ("", "")) for row in group]
        if all(of == name for of, _ in known):
            rows += [(row.passage_id, first, name) for row, (_, first) in zip(group, known, strict=True)]
        else:
            due[name] = group
    for name, (sentences, firsts) in zip(due, utterances(due.values(), encoder), strict=True):
        rows += [(row.passage_id, first, name) for row, first in zip(sentences, firsts, strict=True)]
    _write(store, sorted(rows), digest)


def stored_utterances(store: Store) -> dict[str, str]:
    """The id of the first passage of the utterance that each quoted passage renders, by the passage's id."""
    columns, _ = _stored(store) or ({PASSAGE: [], UTTERANCE: []}, {})
    return dict(zip(columns[PASSAGE], columns[UTTERANCE], strict=True))


def _quoted(store: Store, shards: Sequence[Shard], stories: Mapping[str, str]) -> Iterator[Quoted]:
    columns = ["id", "article_id", "actor", "pivot", "voice"]
    for shard in shards:
        for row in store.table(FIND, [shard], columns).to_pylist():
            if row["voice"] == "quoted" and row["article_id"] in stories:
                yield Quoted(
                    row["id"], row["article_id"], stories[row["article_id"]], row["actor"], row["pivot"]
                )


def _stored(store: Store) -> tuple[dict[str, list[str]], Mapping[str, Any]] | None:
    """The columns of the file and what it says of itself; None if it is missing or damaged."""
    path = store.folder / UTTERANCES
    try:
        with opened(path) as (file, about):
            return file.read().to_pydict(), about
    except FileNotFoundError:
        return None
    except DamagedError:
        store.set_aside(path)
        return None


def _write(store: Store, rows: Sequence[tuple[str, str, str]], digest: str) -> None:
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else ((), (), ())
    table = pa.table([pa.array(column, pa.string()) for column in columns], [PASSAGE, UTTERANCE, GROUP])
    with whole(store.folder / UTTERANCES) as temporary:
        write_parquet(table, temporary, {"fingerprint": digest})
