"""The utterances of a run: which passages render the same one, in a Parquet file beside the stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.atomic import whole
from pipelines.hashing import code_digest, fingerprint
from pipelines.job.places import UTTERANCES
from pipelines.job.sealed import DamagedError, opened, write_parquet
from pipelines.job.stories import stored_stories
from pipelines.stages import FIND
from pipelines.stories.utterances import Quoted, utterances

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.job.store import Shard, Store
    from pipelines.text.embed import Encoder


def match_utterances(store: Store, shards: Sequence[Shard], encoder: Encoder) -> None:
    """Find which quoted passages of a story render the same utterance, and store it, unless that is done.

    Args:
        store: of the run, with passages and stories.
        shards: of the run.
        encoder: of sentences in the pivot language.
    """
    import pyarrow as pa

    stories = stored_stories(store)
    made_from = [part.fingerprint for part in store.parts(FIND, shards)]
    digest = fingerprint(code_digest("stories"), made_from, sorted(stories.items()))
    if _stored(store, digest) is not None:
        return
    rows = list(utterances(_quoted(store, shards, stories), encoder))
    columns = zip(*rows, strict=True) if rows else ((), ())
    names = ["passage_id", "utterance"]
    table = pa.table([pa.array(column, pa.string()) for column in columns], names)
    with whole(store.folder / UTTERANCES) as temporary:
        write_parquet(table, temporary, {"fingerprint": digest})


def stored_utterances(store: Store) -> dict[str, str]:
    """The id of the first passage of the utterance that each quoted passage renders, by the passage's id."""
    return _stored(store, None) or {}


def _quoted(store: Store, shards: Sequence[Shard], stories: Mapping[str, str]) -> Iterator[Quoted]:
    columns = ["id", "article_id", "actor", "pivot", "voice"]
    for shard in shards:
        for row in store.table(FIND, [shard], columns).to_pylist():
            if row["voice"] == "quoted" and row["article_id"] in stories:
                yield Quoted(
                    row["id"], row["article_id"], stories[row["article_id"]], row["actor"], row["pivot"]
                )


def _stored(store: Store, digest: str | None) -> dict[str, str] | None:
    """The stored utterances; None if they are missing, damaged, or not those of the digest given."""
    path = store.folder / UTTERANCES
    try:
        with opened(path) as (file, about):
            known, columns = about.get("fingerprint"), file.read().to_pydict()
    except FileNotFoundError:
        return None
    except DamagedError:
        store.set_aside(path)
        return None
    if digest not in (None, known):
        return None
    return dict(zip(columns["passage_id"], columns["utterance"], strict=True))
