"""The texts of a run's passages, in a temporary file, so that a report needs no memory for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple, Self

from pipelines.read.spool import Spool
from pipelines.records import NOT_IN_TEXT
from pipelines.stages import FIND

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.job.store import Shard, Store
    from pipelines.records import Sentence

TEXTS = ["article_id", "start", "end", "source", "pivot", "context"]


def article_texts(store: Store, shards: Sequence[Shard]) -> Iterator[tuple[str, Sequence[Sentence]]]:
    """The id of each translated article, and its sentences.

    Args:
        store: of the run.
        shards: of the articles.
    """
    for shard in shards:
        yield from store.sentences(shard.number).items()


class PassageText(NamedTuple):
    """A passage and the sentences around it: the texts in the source language, then in the pivot.

    `before` and `after` are empty at the ends of an article. A headline is no sentence before.
    """

    source: str
    pivot: str
    context: str
    before: tuple[str, str]
    after: tuple[str, str]


class PassageTexts:
    """The texts of all passages by number: the place among the passages of all shards, as `Store.table`
    reads them.

    Args:
        store: of the run.
        shards: in the order of the passages.
    """

    def __init__(self, store: Store, shards: Sequence[Shard]) -> None:
        self._store, self._shards = store, shards
        self._spool = Spool()

    def __enter__(self) -> Self:
        for shard in self._shards:
            sentences = self._store.sentences(shard.number)
            for row in self._store.table(FIND, [shard], TEXTS).to_pylist():
                around = neighbours(sentences.get(row["article_id"], ()), row["start"], row["end"])
                text = PassageText(row["source"], row["pivot"], row["context"], *around)
                self._spool.append(json.dumps(text, ensure_ascii=False))
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.__exit__()

    def __getitem__(self, number: int) -> PassageText:
        source, pivot, context, before, after = json.loads(self._spool[number])
        return PassageText(source, pivot, context, tuple(before), tuple(after))


def neighbours(
    sentences: Sequence[Sentence], start: int, end: int
) -> tuple[tuple[str, str], tuple[str, str]]:
    """The sentences before and after a passage, in source and pivot; empty texts if there are none.

    Args:
        sentences: of the article, in reading order.
        start: of the passage in the article's text, in characters; NOT_IN_TEXT for a headline.
        end: of the passage.
    """
    inside = [n for n, s in enumerate(sentences) if _within(s, start, end)]
    if not inside or start == NOT_IN_TEXT:
        return ("", ""), ("", "")
    first, last = inside[0] - 1, inside[-1] + 1
    before = sentences[first] if first >= 0 and sentences[first].start != NOT_IN_TEXT else None
    after = sentences[last] if last < len(sentences) else None
    return _both(before), _both(after)


def _within(sentence: Sentence, start: int, end: int) -> bool:
    return start <= sentence.start and sentence.end <= end


def _both(sentence: Sentence | None) -> tuple[str, str]:
    return (sentence.source, sentence.pivot) if sentence else ("", "")
