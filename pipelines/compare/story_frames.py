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
    stories: Mapping[str, str],
    utterances: Mapping[str, str],
    by: Sequence[str],
    pivot: str,
) -> StoryTables:
    """The tables on stories of a run; all empty if it did not look for stories.

    Args:
        store: of the run.
        shards: of the run.
        articles: see `article_frame`.
        stories: the story of each article, by its id.
        utterances: the utterance that each quoted passage renders, by its id.
        by: groupings of the config.
        pivot: language code of the translations.
    """
    articles = articles.assign(story=articles["id"].map(stories)).sort_values("id", ignore_index=True)
    return story_tables(
        articles,
        passage_frame(store, shards, articles)[["article", "actor", "about"]],
        _renderings(store, shards, articles, utterances, pivot),
        _titles(store, shards, stories),
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
    place = {id_: number for number, id_ in enumerate(articles["id"])}
    about = articles[["story", "language", "outlet", "published"]].to_numpy(dtype=object)
    for shard in shards if shared else ():
        for row in store.table(FIND, [shard], columns).to_pylist():
            utterance = utterances.get(row["id"])
            if utterance not in shared or row["article_id"] not in place:
                continue
            story, *known = about[place[row["article_id"]]]
            language, outlet, published = map(_text, known)
            said = saying(row["pivot"], pivot)
            yield Rendering(
                utterance or "", row["id"], row["article_id"], story, row["actor"], language, outlet,
                published, row["source"], row["pivot"], said.words, said.direct or in_marks(row["source"]),
                said.verb,
            )  # fmt: skip


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _titles(
    store: Store, shards: Sequence[Shard], stories: Mapping[str, str]
) -> dict[str, tuple[str, str, str]]:
    """The article nearest to the mean of each story of several, and its headline in pivot and source."""
    chosen = {article: story for story, article in _central(store, shards, stories)}
    titles = {}
    for shard in shards:
        known = [id_ for id_ in store.table(READ, [shard], ["id"])["id"].to_pylist() if id_ in chosen]
        sentences = store.sentences(shard.number) if known and store.part(TRANSLATE, shard.number) else {}
        for article in known:
            first = next(iter(sentences.get(article, ())), None)
            titles[chosen[article]] = (article, first.pivot if first else "", first.source if first else "")
    return titles


def _central(store: Store, shards: Sequence[Shard], stories: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each story of several articles, and the article that is nearest to their mean.

    The embeddings are brought into the order of the stories in a temporary file: they, or the sums of all
    stories, would be most of what a report needs memory for.
    """
    free, articles = dict[str, int](), 0
    for story, size in Counter(stories.values()).items():
        if size > 1:
            free[story] = articles
            articles += size
    first, ids = dict(free), [""] * articles
    with tempfile.TemporaryFile(buffering=0, dir=store.folder) as file:
        for article, embedding in _embeddings(store, shards):
            story = stories.get(article, "")
            if story in free:
                ids[free[story]] = article
                file.seek(free[story] * BYTES)
                file.write(embedding)
                free[story] += 1
        for story, begin in first.items():
            own = ids[begin : free[story]]
            if own:
                file.seek(begin * BYTES)
                read = np.frombuffer(file.read(len(own) * BYTES), STORED)
                embeddings = read.reshape(len(own), -1).astype(np.int64)
                nearness = embeddings @ embeddings.sum(axis=0)
                yield story, min(zip((-nearness).tolist(), own, strict=True))[1]


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


def _embeddings(store: Store, shards: Sequence[Shard]) -> Iterator[tuple[str, bytes]]:
    """The embedding of each article that has one: none where the stage stories has not run."""
    for shard in shards:
        if store.part(STORIES, shard.number) is None:
            continue
        table = store.table(STORIES, [shard], ["article_id", "embedding"])
        yield from zip(*(column.to_pylist() for column in table.columns), strict=True)
