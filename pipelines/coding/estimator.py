"""What people's codes and the machine's labels say together of every passage.

A corrected mean is a plain mean of pseudo-outcomes, one for each passage: what is expected of it by its
language and machine label, plus, if people coded it, the weighted difference between their code and that
expectation. The mean is right however wrong the machine is; a better machine makes narrower intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CODES = ("supports", "opposes", "neutral", "unclear", "not_about")
"""What a person can say of a passage; the first four are the labels of the machine, too."""
NET = np.array([1.0, -1.0, 0.0, 0.0, 0.0])
"""What each code adds to a net stance.

Unclear and not about the target add nothing and stay among the passages that a mean is over, as the machine's
neutral and unclear do in the uncorrected tables: then the two differ by wrong labels alone. Leaving such
codes out would compare other passages in each language, since how many there are depends on the translation.
"""
UNCODED = -1
"""The code of a passage that nobody coded."""
SHRINKAGE = 2.0
"""Codes that the shares of all languages count for beside those of one, and those of all labels beside one.
On the data of benchmarks/correction.py, 0.01, 2 and 8 have errors within 2 % of each other."""
SMOOTHING = 0.5
"""Codes added to each share of all passages: Jeffreys' prior, as in compare."""

Method = Literal["dsl", "ppi++"]


@dataclass(frozen=True, slots=True)
class Passages:
    """The judged passages of a run, as arrays (passages,).

    `language`, `label`, `code` and `cluster` are numbers from 0; `label` is the machine's and `code` a
    person's, both as positions in CODES, `code` UNCODED if nobody coded the passage. `probability` is that of
    having been drawn for coding, in (0, 1], and is read for coded passages only. `cluster` is the story or,
    without one, the article.
    """

    language: NDArray[np.int64]
    label: NDArray[np.int64]
    code: NDArray[np.int64]
    probability: NDArray[np.float64]
    cluster: NDArray[np.int64]

    @property
    def coded(self) -> NDArray[np.bool_]:
        """Which passages people coded."""
        coded: NDArray[np.bool_] = self.code != UNCODED
        return coded

    @property
    def method(self) -> Method:
        """`ppi++` if all coded passages of each language were drawn with equal probability, else `dsl`."""
        coded = self.coded
        for language in np.unique(self.language[coded]):
            probability = self.probability[coded & (self.language == language)]
            if not np.allclose(probability, probability[0], rtol=1e-6):
                return "dsl"
        return "ppi++"


class Outcomes(NamedTuple):
    """Pseudo-outcomes, and how much of them the codes are.

    `values`: float array (passages, 5), in the order of CODES; rows sum to 1. `weights`: float array
    (passages,), the passages that a coded one represents, 0 if it is uncoded. `corrections`: float array
    (passages,), what the code adds to the net, 0 if it is uncoded. `represented`: bool array (passages,),
    whether any passage of the same language and, for `dsl`, machine label was coded.
    """

    values: NDArray[np.float64]
    weights: NDArray[np.float64]
    corrections: NDArray[np.float64]
    represented: NDArray[np.bool_]
    method: Method


def pseudo_outcomes(passages: Passages) -> Outcomes:
    """The pseudo-outcome of each passage for each code: g + R / pi (y - g).

    See Egami, Hinck, Stewart and Wei (2023), Using imperfect surrogates for downstream inference, and for
    equal probabilities Angelopoulos, Duchi and Zrnic (2023), PPI++.
    """
    method = passages.method
    strata = passages.language * len(CODES) + passages.label if method == "dsl" else passages.language
    weights = _weights(passages, strata)
    expected = cross_fitted(passages, weights) if method == "dsl" else power_tuned(passages)
    corrections = weights[:, None] * (np.eye(len(CODES))[passages.code.clip(min=0)] - expected)
    represented = np.bincount(strata, weights=weights)[strata] > 0
    return Outcomes(expected + corrections, weights, corrections @ NET, represented, method)


def _weights(passages: Passages, strata: NDArray[np.int64]) -> NDArray[np.float64]:
    """1 / pi of coded passages, scaled to sum to the passages of their stratum: skipped rows do no harm."""
    weights = np.zeros(len(passages.code))
    weights[passages.coded] = 1 / passages.probability[passages.coded]
    represented = np.bincount(strata, weights=weights)
    scale = np.bincount(strata) / np.where(represented > 0, represented, 1)
    return weights * scale[strata]


def cross_fitted(passages: Passages, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shares of the codes among passages of the same language and machine label, without its own cluster.

    Args:
        passages: arrays (passages,).
        weights: float array (passages,), 0 for uncoded passages.

    Returns:
        float array (passages, 5); rows sum to 1.
    """
    names, shares = _shares_without_each(passages, weights)
    if not len(names):
        names = np.array([-1])
    place = np.searchsorted(names, passages.cluster).clip(max=len(names) - 1)
    without = np.where(names[place] == passages.cluster, place, -1)
    expected: NDArray[np.float64] = shares[without, passages.language, passages.label]
    return expected


def code_shares(passages: Passages, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shares of the codes for each language and machine label: float array (languages, 4, 5)."""
    shares: NDArray[np.float64] = _shares_without_each(passages, weights)[1][-1]
    return shares


def _shares_without_each(
    passages: Passages, weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The clusters with codes, and the shares without each of them and, last, with all.

    The shares, float array (clusters + 1, languages, 4, 5), are those in a language, shrunk to those in all
    languages, these to those of all labels.
    """
    coded = passages.coded
    names, cluster = np.unique(passages.cluster[coded], return_inverse=True)
    size = (len(names) + 1, int(passages.language.max()) + 1, len(CODES) - 1, len(CODES))
    at = (cluster, passages.language[coded], passages.label[coded])
    codes, represented = np.zeros(size[1:3]), np.zeros(size[1:3])
    np.add.at(codes, at[1:], 1.0)
    np.add.at(represented, at[1:], weights[coded])
    # Weights of mean 1, so that what is added counts as codes.
    scaled = weights[coded] * codes[at[1:]] / represented[at[1:]]
    own = np.zeros(size)
    np.add.at(own, (*at, passages.code[coded]), scaled)
    others = own.sum(axis=0) - own
    overall = _shares(others.sum(axis=(1, 2)) + SMOOTHING)
    pooled = _shares(others.sum(axis=1) + SHRINKAGE * overall[:, None])
    return names, _shares(others + SHRINKAGE * pooled[:, None])


def _shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = counts / counts.sum(axis=-1, keepdims=True)
    return shares


def power_tuned(passages: Passages) -> NDArray[np.float64]:
    """The mean code of each language, plus lambda times what the machine's label adds to its mean.

    Returns:
        float array (passages, 5); rows sum to 1. A mean over a language of the pseudo-outcomes that are made
        of it is the estimate of PPI++.
    """
    machine, people = np.eye(len(CODES))[passages.label], np.eye(len(CODES))[passages.code.clip(min=0)]
    expected = np.zeros(machine.shape)
    coded = passages.coded
    if coded.any():
        expected += people[coded].mean(axis=0)  # of a language without codes
    for language in np.unique(passages.language[coded]):
        of_language = passages.language == language
        both = of_language & coded
        rest = int(of_language.sum() - both.sum())
        tuned = power(people[both] @ NET, machine[both] @ NET, machine[of_language & ~coded] @ NET)
        # PPI++ takes the machine's mean over the uncoded only, here it is over all passages.
        slope = tuned * (1 + both.sum() / rest) if rest else 0.0
        centred = machine[of_language] - machine[both].mean(axis=0)
        expected[of_language] = people[both].mean(axis=0) + slope * centred
    return expected


def power(
    codes: NDArray[np.float64], labels: NDArray[np.float64], uncoded_labels: NDArray[np.float64]
) -> float:
    """Lambda of PPI++: how much weight the machine's labels get, in [0, 1].

    Args:
        codes: float array (n,), the net stance of each code.
        labels: float array (n,), the net stance of the machine's label of the same passages.
        uncoded_labels: float array (N,), the same of the passages without a code.

    Returns:
        Cov(codes, labels) / ((1 + n / N) Var(labels)), clipped; 0 if the labels do not vary.
    """
    every = np.concatenate([labels, uncoded_labels])
    if len(every) < 2 or not len(uncoded_labels) or not every.any() or np.ptp(every) == 0:
        return 0.0
    covariance = float(np.mean((codes - codes.mean()) * (labels - labels.mean())))
    ratio = 1 + len(codes) / len(uncoded_labels)
    return float(np.clip(covariance / (ratio * np.var(every, ddof=1)), 0, 1))
