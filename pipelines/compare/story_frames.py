"""The tables on stories, from what the stages stored."""

from __future__ import annotations

import tempfile
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from pipelines.compare.frames import passage_frame
from pipelines.compare.renderings import Rendering
from pipelines.compare.stories import StoryTables, story_tables
from pipelines.records import NOT_IN_TEXT
from pipelines.stages import FIND, READ, STORIES, TRANSLATE
from pipelines.stories.pairs import STORED
from pipelines.stories.sayings import in_marks, saying
from pipelines.text.embed import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import pandas as pd

    from pipelines.job.store import Shard, Store

BYTES = DIMENSIONS * np.dtype(STORED).itemsize
"""Of a stored embedding."""


def made_story_tables(
    store: Store,
    shards: Sequence[Shard],
    articles: pd.DataFrame,
    utterances: Mapping[str, str],
    by: Sequence[str],
    pivot: str,
) -> StoryTables:
    """The tables on stories of a run; all empty if it did not look for stories.

    Args:
        store: of the run.
        shards: of the run.
        articles: see `article_frame`; with `story` as it was found.
        utterances: the utterance that each quoted passage renders, by its id.
        by: groupings of the config.
        pivot: language code of the translations.
    """
    return story_tables(
        articles,
        passage_frame(store, shards, articles)[["article", "actor", "about"]],
        _renderings(store, shards, articles, utterances, pivot),
        _titles(store, shards, articles),
        by,
    )


def _renderings(
    store: Store,
    shards: Sequence[Shard],
    articles: pd.DataFrame,
    utterances: Mapping[str, str],
    pivot: str,
) -> Iterator[Rendering]:
    """The passages that render utterances with several passages."""
    shared = {utterance for utterance, count in Counter(utterances.values()).items() if count > 1}
    columns = ["id", "article_id", "actor", "source", "pivot"]
    about = articles[["id", "story", "language", "outlet", "published"]]
    for shard in shards if shared else ():
        rows = store.table(FIND, [shard], columns).to_pylist()
        rows = [row for row in rows if utterances.get(row["id"]) in shared]
        of = about[about["id"].isin([row["article_id"] for row in rows])].set_index("id")
        known = of.to_dict("index")
        for row in rows:
            if row["article_id"] not in known:
                continue
            story, language, outlet, published = map(_text, known[row["article_id"]].values())
            said = saying(row["pivot"], pivot)
            yield Rendering(
                utterances[row["id"]], row["id"], row["article_id"], story, row["actor"], language, outlet,
                published, row["source"], row["pivot"], said.words, said.direct or in_marks(row["source"]),
                said.verb,
            )  # fmt: skip


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _titles(store: Store, shards: Sequence[Shard], articles: pd.DataFrame) -> dict[str, tuple[str, str, str]]:
    """The article nearest to the mean of each story of several, and its headline in pivot and source."""
    chosen = {article: story for story, article in _central(store, shards, articles)}
    titles = {}
    for shard in shards:
        known = [id_ for id_ in store.table(READ, [shard], ["id"])["id"].to_pylist() if id_ in chosen]
        sentences = store.sentences(shard.number) if known and store.part(TRANSLATE, shard.number) else {}
        for article in known:
            first = next(iter(sentences.get(article, ())), None)
            titles[chosen[article]] = (article, first.pivot if first else "", first.source if first else "")
    return titles


def _central(store: Store, shards: Sequence[Shard], articles: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Each story of several articles, and the article that is nearest to their mean.

    The embeddings are brought into the order of the stories in a temporary file: they, or the sums of all
    stories, would be most of what a report needs memory for.
    """
    own = articles.loc[articles["story"].duplicated(keep=False) & articles["story"].notna(), ["id", "story"]]
    own = own.sort_values(["story", "id"], ignore_index=True)
    with tempfile.TemporaryFile(buffering=0) as file:
        for place, embedding in _embeddings(store, shards, own["id"]):
            file.seek(place * BYTES)
            file.write(embedding)
        for story, places in own.groupby("story", sort=False).indices.items():
            file.seek(int(places[0]) * BYTES)
            read = np.frombuffer(file.read(len(places) * BYTES), STORED)
            embeddings = read.reshape(len(places), -1).astype(np.int64)
            nearness = embeddings @ embeddings.sum(axis=0)
            yield str(story), str(own["id"].iloc[places[0] + int(nearness.argmax())])


def headlines(store: Store, shards: Sequence[Shard], ids: Collection[str]) -> dict[str, str]:
    """The titles in the pivot of some articles, by their ids; an article without a title has none."""
    among, titles = set(ids), dict[str, str]()
    for shard in shards:
        known = among.intersection(store.table(READ, [shard], ["id"])["id"].to_pylist()) if among else set()
        sentences = store.sentences(shard.number) if known and store.part(TRANSLATE, shard.number) else {}
        for article in known:
            first = next(iter(sentences.get(article, ())), None)
            if first and first.start == NOT_IN_TEXT:
                titles[article] = first.pivot
    return titles


def _embeddings(store: Store, shards: Sequence[Shard], ids: pd.Series[str]) -> Iterator[tuple[int, bytes]]:
    """The embedding of each article that has one, and its place among some ids."""
    import pyarrow as pa
    import pyarrow.compute as pc

    among = pa.array(ids, pa.string())
    for shard in shards if len(ids) else ():
        if store.part(STORIES, shard.number) is None:
            continue
        table = store.table(STORIES, [shard], ["article_id", "embedding"])
        places = pc.index_in(table["article_id"], among).to_pylist()
        for place, embedding in zip(places, table["embedding"].to_pylist(), strict=True):
            if place is not None:
                yield place, embedding
