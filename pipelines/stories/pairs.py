"""How alike two articles are: the evidence that they report the same event."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.stories.terms import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from pipelines.records import Outline

SCALE = 2048
"""Steps in 1 to which embeddings are rounded. Sums of their products are whole numbers below 2**24, which
floats of 32 bits hold exactly, so a cosine depends on no order of summing; it moves by under 0.002."""

STORED = "<i2"
"""The numbers of an embedding as bytes: 16 bits, the least significant first on every machine."""
CENTRED = 10
"""Articles of mean 0 that are added to the mean of the articles; not tuned."""
FEW = 20
"""Pairs of cosine 0 that are added to the mean of the articles' pairs; not tuned."""
WEIGHTS = (10.7, 24.2, 9.7, 6.2, 3.6)
INTERCEPT = -19.2
"""Log-odds for each unit of evidence: a logistic regression without negative weights, on six made-up days of
news and the samples of the quickstart, which count half as much as these (benchmarks/fit_stories.py). Words
besides names and numbers had no weight there, nor had the cosine of the embeddings as they are."""
NAMES_BESIDES, NUMBERS_BESIDES = 1.0, 0.5
"""Names, and numbers, of the weight of one that two articles have, which no article has and which are added
to those of the one with less of them: what two articles with few of them share, or do not, says less. Half or
twice as much change little on the days that the weights were fitted on."""
PAIRS = 1 << 14
"""Pairs whose evidence is computed at a time; changes memory only."""


class Described(NamedTuple):
    """Articles as they are compared: embeddings int16 (n, 384), codes and weights of the terms of each."""

    embeddings: NDArray[np.int16]
    codes: Sequence[NDArray[np.int64]]
    weights: Sequence[NDArray[np.float64]]

    @classmethod
    def of(cls, outlines: Sequence[Outline]) -> Described:
        """The articles of these outlines, in their order."""
        embeddings = np.frombuffer(b"".join(outline.embedding for outline in outlines), STORED)
        return cls(
            embeddings.reshape(len(outlines), -1),
            [np.array(outline.terms, np.int64) for outline in outlines],
            [np.array(outline.weights, np.float64) for outline in outlines],
        )

    def with_later(self, later: Described) -> Described:
        """These articles and later ones."""
        embeddings = np.concatenate([self.embeddings, later.embeddings])
        return Described(embeddings, [*self.codes, *later.codes], [*self.weights, *later.weights])

    def only(self, first: int) -> Described:
        """The articles from the place `first` on."""
        return Described(self.embeddings[first:], self.codes[first:], self.weights[first:])


def rounded(embeddings: NDArray[np.float32]) -> NDArray[np.int16]:
    """Embeddings, rows of length 1, in steps of 1 / SCALE."""
    return np.rint(embeddings * SCALE).astype(STORED)


def cosines(one: NDArray[np.int16], other: NDArray[np.int16]) -> NDArray[np.float32]:
    """The cosine of each embedding with each other one, float32 (n, m)."""
    products: NDArray[np.float32] = one.astype(np.float32) @ other.astype(np.float32).T
    return products / np.float32(SCALE**2)


def scores(of: Described, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """The log-odds that each pair reports one event, float64 (pairs,)."""
    odds: NDArray[np.float64] = np.round(evidence(of, first, second) @ np.array(WEIGHTS) + INTERCEPT, 6)
    return odds


def evidence(of: Described, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """What each pair of articles has in common, float64 (pairs, 5), aligned with WEIGHTS.

    The cosine of what their embeddings have besides the topic; how much of one topic all these articles are;
    the share of the weight of names, in the article with less of it, that is in both; and of numbers that
    share, and the share that is not in both, as a number below 0: two articles without numbers have nothing
    that speaks for one event or against it. A name or number weighs by how rare it is among these articles
    (inverse document frequency).

    Args:
        of: all articles of the window.
        first, second: int arrays (pairs,), places of the two articles of each pair.
    """
    names, numbers = _matrices(of)
    embeddings, topicality = _centred(of.embeddings), _topicality(of.embeddings)
    blocks = []
    for a, b in zip(_blocks(first), _blocks(second), strict=True):
        shared, _ = _shares(names, a, b, NAMES_BESIDES)
        same, other = _shares(numbers, a, b, NUMBERS_BESIDES)
        cosine, topic = _cosine(embeddings, a, b), np.full(len(a), topicality)
        blocks.append(np.stack([cosine, topic, shared, same, -other], axis=1))
    return np.concatenate(blocks)


def _shares(
    matrix: csr_array, first: NDArray[np.int64], second: NDArray[np.int64], besides: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What is in both articles, and what is in one alone, of the weight of the terms of the one with less."""
    weights = matrix.sum(axis=1)
    both, least = (
        matrix[first].minimum(matrix[second]).sum(axis=1),
        np.minimum(weights[first], weights[second]),
    )
    below = least + besides * np.log((1 + matrix.shape[0]) / 2)
    return both / below, (least - both) / below


def _centred(embeddings: NDArray[np.int16]) -> NDArray[np.int16]:
    """Embeddings without what these articles have in common, of length 1 again.

    Articles of one topic are all alike; what parts its events is what is left. The mean of few articles may
    be one event's, so as many as CENTRED of mean 0 are added.
    """
    rest = embeddings - embeddings.sum(axis=0, dtype=np.int64) / (len(embeddings) + CENTRED)
    lengths = np.sqrt(np.square(rest).sum(axis=1, keepdims=True))
    centred: NDArray[np.int16] = np.rint(rest / np.maximum(lengths, 1) * SCALE).astype(STORED)
    return centred


def _topicality(embeddings: NDArray[np.int16]) -> float:
    """The mean cosine of two of these articles, FEW pairs of 0 added: 0.1 in a day's news, 0.6 in a topic."""
    total = embeddings.sum(axis=0, dtype=np.int64)
    pairs = len(embeddings) * (len(embeddings) - 1)
    return float((total @ total / SCALE**2 - len(embeddings)) / (pairs + FEW))


def _cosine(
    embeddings: NDArray[np.int16], first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The cosine of the embeddings of each pair."""
    one, other = embeddings[first].astype(np.int32), embeddings[second].astype(np.int32)
    products: NDArray[np.float64] = np.einsum("ij,ij->i", one, other) / SCALE**2
    return products


def _blocks(places: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return np.array_split(places, len(places) // PAIRS + 1)


def _matrices(of: Described) -> list[csr_array]:
    """The weights of terms, one matrix (articles, terms) for each kind."""
    from scipy.sparse import csr_array

    rows = np.repeat(np.arange(len(of.codes)), [len(codes) for codes in of.codes])
    codes, weights = np.concatenate(of.codes), np.concatenate(of.weights)
    distinct, columns, having = np.unique(codes, return_inverse=True, return_counts=True)
    values = weights * np.log((1 + len(of.codes)) / having[columns])
    shape = len(of.codes), len(distinct)
    kinds = [codes % KINDS == kind for kind in range(KINDS)]
    return [csr_array((values[own], (rows[own], columns[own])), shape) for own in kinds]
