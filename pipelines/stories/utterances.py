"""One utterance in the words of several articles: quoted whole, cut, merged, indirect, or translated twice.

Two sentences of an actor in articles on one story are compared as they stand, since what is quoted is often
too short to be known by itself: by their embeddings, and by the words of the one with fewer that both have.
"""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import regex

from pipelines.find.grammar import grammar_of
from pipelines.stories.pairs import cosines, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from pipelines.text.embed import Encoder

SAME = 0.95
"""Cosine plus SHARED times the share of words, from which two sentences may be of one utterance. Of 52 pairs
by hand with one speaker (benchmarks/data/renderings.tsv), 92 % of those it joins are one utterance, and it
joins 92 % of those that are."""
SHARED = 0.5
"""Weight of the share of words beside the cosine; with 0.7 or 1, more sentences on one topic are joined."""
FEWEST = 2
"""Words that two sentences share at least, if not all words are shared; not tuned."""
STEM = 5
"""Letters of a word that count, so that its forms are one: deliver, delivers, delivery; not tuned."""
MOST = 2_000
"""Sentences of an actor in a story that are compared, the earliest; bounds time and memory."""
AT_A_TIME = 100
"""Groups of sentences that are embedded in one call; changes speed only."""
WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’]\p{L}+)?")
_FUNCTION_WORDS = (
    "a an the of to in on and or but for with by from at as is are was were be been has have had will would "
    "shall should may might can could not no nor that this these those it its we our us i my me you your he "
    "his him she her they their them who whom which what when where there so if than then do does did"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""English words that say nothing of what was said."""


class Quoted(NamedTuple):
    """A sentence in which an actor speaks, in the pivot language."""

    passage_id: str
    article_id: str
    story: str
    actor: str
    text: str


def spoken(quoted: Iterable[Quoted]) -> Iterator[list[Quoted]]:
    """The sentences of each actor in each story, sorted by id.

    Args:
        quoted: in any order.
    """
    rows = sorted(quoted, key=lambda row: (row.story, row.actor, row.passage_id))
    for _, group in groupby(rows, key=lambda row: (row.story, row.actor)):
        yield list(group)


def utterances(
    groups: Iterable[Sequence[Quoted]], encoder: Encoder
) -> Iterator[tuple[Sequence[Quoted], list[str]]]:
    """Each group, and for each of its sentences the id of the first sentence of the same utterance.

    Args:
        groups: see `spoken`.
        encoder: of sentences in the pivot language.
    """
    remaining = iter(groups)
    while batch := list(islice(remaining, AT_A_TIME)):
        # A sentence alone is compared with none.
        several = [group[:MOST] if len(group) > 1 else () for group in batch]
        embeddings = rounded(encoder.embed([row.text for group in several for row in group]))
        ends = np.cumsum([len(group) for group in several])
        for group, compared, end in zip(batch, several, ends.tolist(), strict=True):
            firsts = list(range(len(group)))
            if compared:
                firsts[: len(compared)] = _firsts(compared, embeddings[end - len(compared) : end])
            yield group, [group[first].passage_id for first in firsts]


def _firsts(sentences: Sequence[Quoted], embeddings: NDArray[np.int16]) -> list[int]:
    """For each sentence the place of the first one of its utterance."""
    from scipy.cluster.hierarchy import DisjointSet

    joined = DisjointSet(range(len(sentences)))
    for a, b in pairs(likeness(sentences, embeddings), [row.article_id for row in sentences]):
        joined.merge(a, b)
    firsts = list(range(len(sentences)))
    for subset in joined.subsets():
        for place in subset:
            firsts[place] = min(subset)
    return firsts


def likeness(sentences: Sequence[Quoted], embeddings: NDArray[np.int16]) -> NDArray[np.float64]:
    """How alike the sentences of one actor are, float64 (n, n), in [-1, 1.5].

    Args:
        sentences: of the actor.
        embeddings: theirs, rounded, int16 (n, 384).
    """
    words = [_words(row) for row in sentences]
    shared = np.array([[_share(one, other) for other in words] for one in words])
    return cosines(embeddings, embeddings) + SHARED * shared


def pairs(alike: NDArray[np.float64], articles: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The sentences that are of one utterance: of two articles, the best match of one in the other.

    Args:
        alike: float array (n, n), see `likeness`.
        articles: the id of the article of each sentence; within one, every match counts.
    """
    names = sorted(set(articles))
    places = {name: np.flatnonzero([article == name for article in articles]) for name in names}
    for number, one in enumerate(names):
        own = places[one]
        block = np.triu(alike[np.ix_(own, own)], 1)
        yield from ((int(own[a]), int(own[b])) for a, b in zip(*np.nonzero(block >= SAME), strict=True))
        for other in names[number + 1 :]:
            block = alike[np.ix_(own, places[other])]
            best = (block == block.max(axis=1, keepdims=True)) | (block == block.max(axis=0, keepdims=True))
            joined = np.nonzero((block >= SAME) & best)
            yield from ((int(own[a]), int(places[other][b])) for a, b in zip(*joined, strict=True))


def _words(row: Quoted) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of content words and of all words, without the speaker, the verb of speaking and numbers."""
    grammar = grammar_of("en")
    text = grammar.speech.sub(" ", row.text) if grammar else row.text
    speaker = {word[:STEM].casefold() for word in WORD.findall(row.actor)}
    words = [word.casefold() for word in WORD.findall(text)]
    content = frozenset(word[:STEM] for word in words if word not in FUNCTION_WORDS) - speaker
    return content, frozenset(word[:STEM] for word in words) - speaker


def _share(one: tuple[frozenset[str], ...], other: tuple[frozenset[str], ...]) -> float:
    """The share of the words of the sentence with fewer that both have.

    If one has fewer than FEWEST content words, as “What we do is our business”, all its words count.
    """
    content = min(len(one[0]), len(other[0])) >= FEWEST
    first, second = (words[0 if content else 1] for words in (one, other))
    both = len(first & second)
    if both < FEWEST and first != second:
        return 0.0
    return both / max(1, min(len(first), len(second)))
