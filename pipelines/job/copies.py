"""The copies among a run's articles, in a Parquet file beside the parts of the stage read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.atomic import whole
from pipelines.job.sealed import DamagedError, opened, write_parquet
from pipelines.read.copies import find_copies
from pipelines.stages import READ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.job.store import Reading, Shard, Store

FILE = f"{READ.folder}/copies.parquet"


def write_copies(store: Store, shards: Sequence[Shard], fingerprint: str) -> None:
    """Find the copies among the stored articles, and store the id of each with that of the first.

    Args:
        store: of the run.
        shards: of all its articles.
        fingerprint: of the reading.
    """
    import pyarrow as pa

    copies = _find(store, shards)
    columns = [pa.array(list(ids), pa.string()) for ids in (copies, copies.values())]
    table = pa.table(columns, ["article_id", "copy_of"])
    with whole(store.folder / FILE) as temporary:
        write_parquet(table, temporary, {"fingerprint": fingerprint})


def stored_copies(
    store: Store, fingerprint: str | None = None, *, repair: bool = False
) -> dict[str, str] | None:
    """The id of each copy and of the first article with its text; see `find_copies`.

    Args:
        store: of the run.
        fingerprint: of the reading; None for any.
        repair: set a damaged file aside.

    Returns:
        None if the file is missing or damaged, or belongs to another reading.
    """
    path = store.folder / FILE
    try:
        with opened(path) as (file, about):
            known = about["fingerprint"]
            table = file.read()
        columns = table["article_id"].to_pylist(), table["copy_of"].to_pylist()
    except FileNotFoundError:
        return None
    except (DamagedError, KeyError, TypeError):
        if repair:
            store.set_aside(path)
        return None
    return None if fingerprint not in (None, known) else dict(zip(*columns, strict=True))


def copies_of(store: Store, reading: Reading) -> dict[str, str]:
    """The copies among the articles of a reading, found again if they are not stored or damaged."""
    stored = stored_copies(store, reading.part.fingerprint)
    return _find(store, reading.shards) if stored is None else stored


def _find(store: Store, shards: Sequence[Shard]) -> dict[str, str]:
    articles = (article for shard in shards for article in store.articles(shard.number))
    return find_copies(articles, store.folder)
