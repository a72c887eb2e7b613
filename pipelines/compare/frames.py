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
    """One row for each translated article: COLUMNS, `characters`, the length of its text, and further columns."""
    import pandas as pd
    import pyarrow.compute as pc

    frames: list[pd.DataFrame] = []
    for shard in shards:
        table = store.table(READ, [shard], [*COLUMNS, "text", "extra"])
        frame = table.drop_columns(["text", "extra"]).to_pandas()
        further = pd.DataFrame([dict(extra) for extra in table["extra"].to_pylist()], index=frame.index)
        frame = pd.concat([frame, further], axis=1)
        frame["characters"] = pc.utf8_length(table["text"]).to_pandas()
        translated = store.table(TRANSLATE, [shard], ["article_id"])["article_id"].to_pylist()
        frames.append(frame[frame["id"].isin(translated)])
    return pd.concat(frames, ignore_index=True)
