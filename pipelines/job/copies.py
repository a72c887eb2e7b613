"""The copies among a run's articles, in a Parquet file beside the parts of the stage read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.atomic import whole
from pipelines.read.copies import find_copies
from pipelines.stages import READ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.job.store import Shard, Store

FILE = f"{READ.folder}/copies.parquet"
FINGERPRINT = b"polystance"
"""Key of the reading's fingerprint in the file's schema."""


def write_copies(store: Store, shards: Sequence[Shard], fingerprint: str) -> None:
    """Find the copies among the stored articles, and store the id of each with that of the first.

    Args:
        store: of the run.
        shards: of all its articles.
        fingerprint: of the reading.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    articles = (article for shard in shards for article in store.articles(shard.number))
    copies = find_copies(articles, store.folder)
    columns = [pa.array(list(ids), pa.string()) for ids in (copies, copies.values())]
    table = pa.table(columns, ["article_id", "copy_of"], metadata={FINGERPRINT: fingerprint})
    with whole(store.folder / FILE) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def stored_copies(store: Store, fingerprint: str | None = None) -> dict[str, str] | None:
    """The id of each copy and of the first article with its text; see `find_copies`.

    Args:
        store: of the run.
        fingerprint: of the reading; None for any.

    Returns:
        None if the file is missing or damaged, or belongs to another reading.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(store.folder / FILE)
        columns = table["article_id"].to_pylist(), table["copy_of"].to_pylist()
    except (FileNotFoundError, pa.ArrowInvalid, KeyError):
        return None
    known = (table.schema.metadata or {}).get(FINGERPRINT, b"").decode()
    return None if fingerprint not in (None, known) else dict(zip(*columns, strict=True))
