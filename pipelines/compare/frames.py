"""Data frames of the stored articles for the comparison, without their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.stages import READ, TRANSLATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from pipelines.job.store import Shard, Store

COLUMNS = ["id", "language", "outlet", "published", "title", "story", "url"]


def article_frame(store: Store, shards: Sequence[Shard]) -> pd.DataFrame:
    """One row for each translated article: COLUMNS, and `characters`, the length of its text."""
    import pandas as pd
    import pyarrow.compute as pc

    frames: list[pd.DataFrame] = []
    for shard in shards:
        table = store.table(READ, [shard], [*COLUMNS, "text"])
        frame = table.drop_columns("text").to_pandas()
        frame["characters"] = pc.utf8_length(table["text"]).to_pandas()
        translated = store.table(TRANSLATE, [shard], ["article_id"])["article_id"].to_pylist()
        frames.append(frame[frame["id"].isin(translated)])
    return pd.concat(frames, ignore_index=True)
