"""The data frames of stored articles, passages and judgements for the comparison, without their texts.

They are read shard by shard, and values that many rows share are in memory once.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from pipelines.records import Narration, Passage
from pipelines.stages import FIND, JUDGE, NARRATE, READ, TRANSLATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from pipelines.job.store import Shard, Store
    from pipelines.stages import Stage

TEXTS = ("source", "pivot", "context")
"""The columns of passages that stay on disk."""
EVIDENCE = (
    "article_id", "language", "outlet", "published", "title", "url", "about", "subject", "label",
    "favourable", "unfavourable", "neutral", "start", "source", "pivot", "flags",
)  # fmt: skip
"""The columns of `narration_evidence.csv`."""
CALLED = {"supports": "favourable", "opposes": "unfavourable"}
COLUMNS = ["id", "language", "outlet", "published", "title", "story", "url"]


def article_frame(store: Store, shards: Sequence[Shard], copies: Mapping[str, str]) -> pd.DataFrame:
    """One row for each translated article.

    Args:
        store: of the run.
        shards: of the articles.
        copies: the id of each copy and of the first article with its text.

    Returns:
        COLUMNS; further columns; `characters`, the length of its text; and `copy_of`, the id of the first
        article of all that share the text, its own if there is none. Articles that share a text and have no
        story get one: the story that one of them has, else one of their own.
    """
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
    return _with_copies(pd.concat(frames, ignore_index=True), copies)


def passage_frame(store: Store, shards: Sequence[Shard]) -> pd.DataFrame:
    """One row for each passage: the fields of `Passage` but TEXTS.

    Args:
        store: of the run.
        shards: in the order of the rows.
    """
    return _frame(store, FIND, shards, [f.name for f in fields(Passage) if f.name not in TEXTS])


def judgement_frame(store: Store, shards: Sequence[Shard]) -> pd.DataFrame:
    """One row for each judgement: the fields of `Judgement`.

    Args:
        store: of the run.
        shards: in the order of the rows.
    """
    return _frame(store, JUDGE, shards)


def narration_frame(store: Store, shards: Sequence[Shard]) -> pd.DataFrame:
    """One row for each narrated sentence and subject: the fields of `Narration` but its texts and flags."""
    import pandas as pd

    named = [field.name for field in fields(Narration) if field.name not in (*TEXTS, "flags")]
    made = [shard for shard in shards if store.part(NARRATE, shard.number) is not None]
    return _frame(store, NARRATE, made, named) if made else pd.DataFrame(columns=named)


def narration_evidence(
    store: Store, shards: Sequence[Shard], articles: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """The narrated sentences with their texts and what is known of their articles, a shard at a time.

    Args:
        store: of the run.
        shards: in the order of the rows.
        articles: one row each: id, language, outlet, published, title, url.
    """
    of_article = articles[["id", "language", "outlet", "published", "title", "url"]]
    for shard in shards:
        if store.part(NARRATE, shard.number) is not None:
            rows = store.table(NARRATE, [shard]).to_pandas()
            rows["flags"] = rows["flags"].map(" ".join)
            rows["label"] = rows["label"].replace(CALLED)
            joined = of_article.merge(rows, left_on="id", right_on="article_id", how="inner")
            yield joined.drop(columns="id").rename(columns=CALLED)[list(EVIDENCE)]


def _frame(
    store: Store, stage: Stage, shards: Sequence[Shard], columns: Sequence[str] | None = None
) -> pd.DataFrame:
    import pandas as pd

    known: dict[Any, Any] = {}
    frames: list[pd.DataFrame] = []
    for shard in shards:
        table = store.table(stage, [shard], columns)
        frame = {}
        for name, column in zip(table.column_names, table.columns, strict=True):
            if str(column.type) in ("double", "int64"):
                frame[name] = column.to_pandas()
            else:
                values = (tuple(v) if isinstance(v, list) else v for v in column.to_pylist())
                frame[name] = pd.Series([known.setdefault(v, v) for v in values], dtype=object)
        frames.append(pd.DataFrame(frame))
    return pd.concat(frames, ignore_index=True)


def _with_copies(frame: pd.DataFrame, copies: Mapping[str, str]) -> pd.DataFrame:
    """The frame with `copy_of`, and `story` filled from it."""
    frame["copy_of"] = [copies.get(id_, id_) for id_ in frame["id"]]
    shared = frame["copy_of"].isin(set(copies.values()))
    last_first = frame[shared & frame["story"].notna()].sort_values(["published", "id"], ascending=False)
    story_of = {first: f"copies of {first}" for first in copies.values()}
    story_of |= dict(zip(last_first["copy_of"], last_first["story"], strict=True))
    missing = shared & frame["story"].isna()
    frame.loc[missing, "story"] = [story_of[first] for first in frame.loc[missing, "copy_of"]]
    return frame
