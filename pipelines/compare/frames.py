"""The data frames of stored articles, passages and judgements for the comparison, without their texts.

They are read shard by shard; passages and judgements refer to articles and passages by number, not by id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.stages import FIND, JUDGE, READ, TRANSLATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from pipelines.job.store import Shard, Store

COLUMNS = ["id", "language", "outlet", "published", "title", "story", "url"]
EVENT = "depends_on"
"""The column with one value for all articles that are not independent of each other; see `events`."""
PASSAGES = ["actor", "start", "voice", "matched", "about", "flags"]
"""The columns of passages that are compared or counted; the others stay on disk."""


def article_frame(
    store: Store,
    shards: Sequence[Shard],
    copies: Mapping[str, str],
    stories: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """One row for each translated article.

    Args:
        store: of the run.
        shards: of the articles.
        copies: the id of each copy and of the first article with its text.
        stories: the story of each article, by its id, in the input or as it was found; None or empty if none
            were looked for.

    Returns:
        COLUMNS; further columns; `characters`, the length of its text; `copy_of`, the id of the first
        article of all that share the text, its own if there is none; and with `stories` EVENT. Articles that
        share a text and have no story get one: the story that one of them has, else one of their own.
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
    articles = _with_copies(pd.concat(frames, ignore_index=True), copies)
    return articles.assign(**{EVENT: events(articles, stories)}) if stories else articles


def events(articles: pd.DataFrame, stories: Mapping[str, str]) -> pd.Series[Any]:
    """The articles that depend on each other: of one story, or with one text, directly or through others.

    Args:
        articles: one row each: id, copy_of.
        stories: by article; one that is absent is alone.

    Returns:
        For each article the least id among those that it depends on; missing if there is no other.
    """
    import numpy as np
    import pandas as pd
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    story = articles["id"].map(stories).fillna(articles["id"])
    one, other = pd.factorize(story)[0], pd.factorize(articles["copy_of"])[0]
    size = int(one.max()) + 1
    graph = coo_array((np.ones(len(one)), (one, size + other)), (size + len(one),) * 2)
    of_story = connected_components(graph, directed=False)[1][one]
    groups = articles["id"].groupby(of_story)
    return groups.transform("min").where(groups.transform("size") > 1)


def passage_frame(store: Store, shards: Sequence[Shard], articles: pd.DataFrame) -> pd.DataFrame:
    """One row for each passage: `article`, the place of its article, and what is in PASSAGES.

    Args:
        store: of the run.
        shards: in the order of the rows.
        articles: one row each: id.
    """
    import pyarrow as pa

    ids = pa.array(articles["id"], pa.string())
    known: dict[Any, Any] = {}

    def columns() -> Iterator[dict[str, Any]]:
        for shard in shards:
            table = store.table(FIND, [shard], ["article_id", *PASSAGES])
            yield {"article": _places(table["article_id"], ids)} | _columns(table.select(PASSAGES), known)

    return _frame(columns())


def judgement_frame(store: Store, shards: Sequence[Shard]) -> pd.DataFrame:
    """One row for each judgement: `passage`, the place of its passage, and the other fields of `Judgement`.

    Args:
        store: of the run.
        shards: in the order of the rows.
    """

    def columns() -> Iterator[dict[str, Any]]:
        before = 0
        for shard in shards:
            table, ids = store.table(JUDGE, [shard]), store.table(FIND, [shard], ["id"])["id"]
            passage = before + _places(table["passage_id"], ids)
            yield {"passage": passage} | _columns(table.drop_columns("passage_id"), {})
            before += len(ids)

    return _frame(columns())


def _places(values: pa.ChunkedArray, among: pa.Array | pa.ChunkedArray) -> NDArray[np.int32]:
    """The place of each value in `among`; -1 if it is not there."""
    import pyarrow.compute as pc

    places: NDArray[np.int32] = pc.fill_null(pc.index_in(values, among), -1).to_numpy()
    return places


def _columns(table: pa.Table, known: dict[Any, Any]) -> dict[str, Any]:
    """Numbers as they are, places in 32 bits; texts as categories; lists as tuples, equal ones once."""
    import pandas as pd

    made: dict[str, Any] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = str(column.type)
        if kind == "string":
            values = column.to_pylist()
            made[name] = pd.Categorical(values, pd.Index(sorted({*values} - {None}), dtype=object))
        elif kind in ("double", "int64"):
            made[name] = column.to_numpy().astype("int32" if kind == "int64" else float)
        else:
            made[name] = [known.setdefault(tuple(value), tuple(value)) for value in column.to_pylist()]
    return made


def _frame(parts: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The columns of all parts, one after the other."""
    import numpy as np
    import pandas as pd
    from pandas.api.types import union_categoricals

    each = list(parts)
    frame = {}
    for name in each[0]:
        columns = [part[name] for part in each]
        if isinstance(columns[0], pd.Categorical):
            frame[name] = pd.Series(union_categoricals(columns, sort_categories=True))
        elif isinstance(columns[0], list):
            shared = [value for column in columns for value in column]
            frame[name] = pd.Series(shared, dtype=object)
        else:
            frame[name] = pd.Series(np.concatenate(columns))
    return pd.DataFrame(frame, copy=False)


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
