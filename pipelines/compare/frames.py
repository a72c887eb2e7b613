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
EVENT, STORY = "depends_on", "found_story"
"""Columns: one number for all articles that are not independent of each other, see `events`; and the story
that was found, given in the input or not."""
PASSAGES = ["actor", "start", "voice", "matched", "about", "flags"]
"""The columns of passages that are compared or counted; the others stay on disk."""


def article_frame(
    store: Store, shards: Sequence[Shard], copies: Mapping[str, str], stories: pa.Table | None = None
) -> pd.DataFrame:
    """One row for each translated article, sorted by id.

    Args:
        store: of the run.
        shards: of the articles.
        copies: the id of each copy and of the first article with its text.
        stories: the columns `article_id` and `story`, in the input or as it was found; None or empty if none
            were looked for.

    Returns:
        COLUMNS; further columns; `characters`, the length of its text; `copy_of`, the id of the first
        article of all that share the text, its own if there is none; and with `stories` STORY and EVENT.
        Articles that share a text and have no story get one: the story that one of them has, else one of
        their own.
    """
    import pandas as pd
    import pyarrow.compute as pc

    frames: list[pd.DataFrame] = []
    for shard in shards:
        table = store.table(READ, [shard], [*COLUMNS, "text", "extra"])
        table = table.filter(
            pc.is_in(table["id"], store.table(TRANSLATE, [shard], ["article_id"])["article_id"])
        )
        frame = table.drop_columns(["text", "extra"]).to_pandas()
        further = pd.DataFrame([dict(extra) for extra in table["extra"].to_pylist()], index=frame.index)
        frame = pd.concat([frame, further], axis=1)
        frame["characters"] = pc.utf8_length(table["text"]).to_numpy().astype("int32")
        frames.append(frame)
    articles = pd.concat(frames, ignore_index=True)
    del frames
    articles = _with_copies(articles.sort_values("id", kind="stable", ignore_index=True), copies)
    if stories is not None and len(stories):
        places = pc.index_in(_ids(articles), stories["article_id"])
        articles[STORY] = pc.take(stories["story"], places).to_pandas()
        articles[EVENT] = events(articles)
    return articles


def _ids(articles: pd.DataFrame) -> pa.Array:
    import pyarrow as pa

    return pa.array(articles["id"], pa.string())


def events(articles: pd.DataFrame) -> NDArray[np.int64]:
    """The articles that depend on each other: of one story, or with one text, directly or through others.

    Args:
        articles: one row each: copy_of, and STORY, empty for one that is alone.

    Returns:
        For each article the place of the first one that it depends on, int array (n,); -1 if there is no
        other.
    """
    import numpy as np
    import pandas as pd
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = len(articles)
    if not size:
        return np.zeros(0, np.int64)
    story, names = pd.factorize(articles[STORY])
    story = np.where(story < 0, len(names) + np.arange(size), story)
    copy = pd.factorize(articles["copy_of"])[0]
    # The stories are nodes from 0 on, the texts after them; an article joins its two.
    graph = coo_array(
        (np.ones(size, np.int8), (story, len(names) + size + copy)), (len(names) + 2 * size,) * 2
    )
    together = connected_components(graph, directed=False)[1][story]
    _, first, component, members = np.unique(
        together, return_index=True, return_inverse=True, return_counts=True
    )
    return np.where(members > 1, first, -1)[component].astype(np.int64)


def passage_frame(
    store: Store, shards: Sequence[Shard], articles: pd.DataFrame, columns: Sequence[str] = PASSAGES
) -> pd.DataFrame:
    """One row for each passage: `article`, the place of its article, and other columns.

    Args:
        store: of the run.
        shards: in the order of the rows.
        articles: one row each: id.
        columns: some of PASSAGES.
    """
    import pyarrow as pa

    numbers: dict[str, dict[Any, int]] = {}
    article_ids: list[pa.Array] = []

    def parts() -> Iterator[dict[str, Any]]:
        for shard in shards:
            table = store.table(FIND, [shard], ["article_id", *columns])
            article_ids.extend(table["article_id"].chunks)
            yield _columns(table.select(columns), numbers)

    frame = _frame(parts(), numbers)
    # Once for all shards, since the articles are put into a hash table for it.
    frame["article"] = _places(pa.chunked_array(article_ids, pa.string()), _ids(articles))
    return frame


def judgement_frame(store: Store, shards: Sequence[Shard]) -> pd.DataFrame:
    """One row for each judgement: `passage`, the place of its passage, and the other fields of `Judgement`.

    Args:
        store: of the run.
        shards: in the order of the rows.
    """

    numbers: dict[str, dict[Any, int]] = {}

    def columns() -> Iterator[dict[str, Any]]:
        before = 0
        for shard in shards:
            table, ids = store.table(JUDGE, [shard]), store.table(FIND, [shard], ["id"])["id"]
            passage = before + _places(table["passage_id"], ids)
            yield {"passage": passage} | _columns(table.drop_columns("passage_id"), numbers)
            before += len(ids)

    return _frame(columns(), numbers)


def _places(values: pa.ChunkedArray, among: pa.Array | pa.ChunkedArray) -> NDArray[np.int32]:
    """The place of each value in `among`; -1 if it is not there."""
    import pyarrow.compute as pc

    places: NDArray[np.int32] = pc.fill_null(pc.index_in(values, among), -1).to_numpy()
    return places


def _columns(table: pa.Table, numbers: dict[str, dict[Any, int]]) -> dict[str, Any]:
    """Numbers as they are, places in 32 bits; texts as categories; lists by the numbers of their values.

    Args:
        table: of a shard.
        numbers: of the lists so far, as tuples, by column; those of this table are added.
    """
    import numpy as np
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
            of = numbers.setdefault(name, {})
            made[name] = np.array([of.setdefault(tuple(v), len(of)) for v in column.to_pylist()], np.int32)
    return made


def _frame(parts: Iterable[Mapping[str, Any]], numbers: Mapping[str, Mapping[Any, int]]) -> pd.DataFrame:
    """The columns of all parts, one after the other; those in `numbers`, see `_columns`, as categories."""
    import numpy as np
    import pandas as pd
    from pandas.api.types import union_categoricals

    each = list(parts)
    frame = {}
    for name in each[0]:
        columns = [part[name] for part in each]
        if name in numbers:
            known = pd.Index([*numbers[name]], dtype=object, tupleize_cols=False)
            frame[name] = pd.Series(pd.Categorical.from_codes(np.concatenate(columns), known))
        elif isinstance(columns[0], pd.Categorical):
            frame[name] = pd.Series(union_categoricals(columns, sort_categories=True))
        else:
            frame[name] = pd.Series(np.concatenate(columns))
    return pd.DataFrame(frame, copy=False)


def _with_copies(articles: pd.DataFrame, copies: Mapping[str, str]) -> pd.DataFrame:
    """The articles with `copy_of`, and `story` filled from it."""
    articles["copy_of"] = articles["id"]
    copied = articles["id"].isin(list(copies))
    articles.loc[copied, "copy_of"] = articles.loc[copied, "id"].map(copies)
    shared = articles["copy_of"].isin(set(copies.values()))
    last_first = articles[shared & articles["story"].notna()].sort_values(
        ["published", "id"], ascending=False
    )
    story_of = {first: f"copies of {first}" for first in copies.values()}
    story_of |= dict(zip(last_first["copy_of"], last_first["story"], strict=True))
    missing = shared & articles["story"].isna()
    articles.loc[missing, "story"] = [story_of[first] for first in articles.loc[missing, "copy_of"]]
    return articles
