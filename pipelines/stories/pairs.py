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
WEIGHTS = (15.2, 22.7, 6.7, 1.45, 4.0)
INTERCEPT = -22.9
"""Log-odds for each unit of evidence: a logistic regression without negative weights, on two made-up days of
news and the samples of the quickstart, which count alike (benchmarks/fit_stories.py). Words besides names and
numbers had no weight there, nor had the cosine of the embeddings as they are."""
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
    the share of the weight of names, in the article with less of it, that is in both; and of numbers, the
    cosine and that share. A name or number weighs by how rare it is among these articles (inverse document
    frequency).

    Args:
        of: all articles of the window.
        first, second: int arrays (pairs,), places of the two articles of each pair.
    """
    names, numbers = _matrices(of)
    return np.stack(
        [
            _cosine(_centred(of.embeddings), first, second),
            np.full(len(first), _topicality(of.embeddings)),
            _shared(names, first, second),
            _cosine_of_terms(numbers, first, second),
            _shared(numbers, first, second),
        ],
        axis=1,
    )


def _shared(matrix: csr_array, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    weights = matrix.sum(axis=1)
    both = matrix[first].minimum(matrix[second]).sum(axis=1)
    return _ratio(both, np.minimum(weights[first], weights[second]))


def _cosine_of_terms(
    matrix: csr_array, first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.float64]:
    lengths = np.sqrt(matrix.multiply(matrix).sum(axis=1))
    return _ratio(matrix[first].multiply(matrix[second]).sum(axis=1), lengths[first] * lengths[second])


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
    """The cosine of the embeddings of each pair, blockwise."""
    products = [
        np.einsum("ij,ij->i", embeddings[a].astype(np.int32), embeddings[b].astype(np.int32))
        for a, b in zip(_blocks(first), _blocks(second), strict=True)
    ]
    joined: NDArray[np.float64] = np.concatenate(products) / SCALE**2
    return joined


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


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.zeros_like(below), where=below > 0)
