"""Fits a calibration on what a judge reads in labelled passages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize

from pipelines.evaluate.scores import macro_f1
from pipelines.judge.calibration import Calibration, Linear, Step, design

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FOLDS = 5
PENALTY = 1.0
TILTS = np.arange(-0.4, 1.25, 0.1)
WORDINGS = 3
"""As many of each stance as a calibration asks; with six the embedded model is no better."""
STEPS = (1,)
"""Of wordings, after which clear pairs are decided."""
NUMBERS = 40
"""At most so many are fitted."""
CHANGED = 0.003
"""Share of a step's pairs whose label may differ from that of all wordings."""


class Examples(NamedTuple):
    """Readings of labelled passages.

    Attributes:
        readings: float array (rows, wordings, features).
        labels: int array (rows,) of indices into LABELS.
        sided: bool array (rows,): the row is of a file without neutral passages, so that it tells which side
            a stance takes, and nothing of how often there is one.
        documents: of each row.
    """

    readings: NDArray[np.float64]
    labels: NDArray[np.int64]
    sided: NDArray[np.bool_]
    documents: Sequence[str]

    def only(self, chosen: NDArray[np.bool_]) -> Examples:
        """Those of the rows that are chosen."""
        documents = [name for name, wanted in zip(self.documents, chosen, strict=True) if wanted]
        return Examples(self.readings[chosen], self.labels[chosen], self.sided[chosen], documents)


def folds(documents: Sequence[str], seed: int = 1) -> NDArray[np.int64]:
    """The fold of each row, int array (rows,); rows of one document are in the same."""
    names = sorted(set(documents))
    order = np.random.default_rng(seed).permutation(len(names))
    fold_of = {names[position]: n % FOLDS for n, position in enumerate(order)}
    return np.array([fold_of[name] for name in documents])


def fit(
    examples: Examples, names: Sequence[str], wordings: int = WORDINGS, balanced: bool = True
) -> Calibration:
    """A calibration fitted on all the examples.

    Args:
        examples: of all three labels, where any is not `sided`.
        names: of the features.
        wordings: how many of each stance to use.
        balanced: let the two stances count alike, however common each is in the gold.
    """
    readings = examples.readings[:, :wordings]
    columns, balance = design(readings), np.ones(len(readings))
    if balanced:
        balance = _balance(examples.labels, examples.sided)
    linear = Linear(tuple(names), _weights(columns, examples.labels, examples.sided, balance))
    odds = linear.log_odds(readings)
    tilt = _tilt(odds[~examples.sided], examples.labels[~examples.sided])
    full = Calibration(linear, tilt, readings.shape[1])
    return replace(full, steps=tuple(_steps(full, readings, odds)))


def _balance(labels: NDArray[np.int64], sided: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What each row counts, float array (rows,): the two stances alike in either kind of rows.

    Otherwise the commoner stance of the gold would be given out where the text is silent.
    """
    counts = np.ones(len(labels))
    for kind in (sided, ~sided):
        rows = [kind & (labels == stance) for stance in (0, 1)]
        sizes = [int(chosen.sum()) for chosen in rows]
        if min(sizes):
            for chosen, size in zip(rows, sizes, strict=True):
                counts[chosen] = sum(sizes) / 2 / size
    return counts


def _weights(
    columns: NDArray[np.float64],
    labels: NDArray[np.int64],
    sided: NDArray[np.bool_],
    balance: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Weights of a multinomial logistic regression, float array (columns, 2), against neutral.

    Columns are standardised and their weights penalised by half their squares. A sided row counts by its
    probability among the two stances alone. The last column is constant.
    """
    mean, deviation = columns.mean(axis=0), columns.std(axis=0)
    mean[-1], deviation[-1] = 0.0, 1.0
    deviation[deviation == 0] = 1.0
    scaled = (columns - mean) / deviation
    truth = np.eye(3)[labels]
    penalty = np.full((columns.shape[1], 3), PENALTY)
    penalty[-1] = 0.0

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(-1, 3)
        odds = scaled @ weights
        odds[sided, 2] = -np.inf
        odds -= odds.max(axis=1, keepdims=True)
        three = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
        own = np.maximum(three[np.arange(len(labels)), labels], np.finfo(float).tiny)
        value = -(balance * np.log(own)).sum() + (penalty * weights**2).sum() / 2
        slope = scaled.T @ (balance[:, None] * (three - truth)) + penalty * weights
        return float(value), slope.ravel()

    found = minimize(loss, np.zeros(columns.shape[1] * 3), jac=True, method="L-BFGS-B").x.reshape(-1, 3)
    weights = found / deviation[:, None]
    weights[-1] -= mean[:-1] @ weights[:-1]
    against_neutral: NDArray[np.float64] = weights[:, :2] - weights[:, [2]]
    return against_neutral


def _tilt(odds: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """What is to be added to the log-odds of both stances so that the labels' macro-F1 is highest."""
    if not len(labels):
        return 0.0
    neutral = np.zeros((len(odds), 1))
    reached = [macro_f1(labels, np.hstack([odds + t, neutral]).argmax(axis=1)) for t in TILTS]
    return float(TILTS[int(np.argmax(reached))])


def _steps(full: Calibration, readings: NDArray[np.float64], odds: NDArray[np.float64]) -> list[Step]:
    """Steps that leave all but a few labels as all wordings give them."""
    labels = full.tilted(odds).argmax(axis=1)
    waiting = np.ones(len(labels), dtype=bool)
    steps: list[Step] = []
    step_size = full.linear.weights.size + 1
    for wordings in STEPS:
        if wordings >= readings.shape[1] or full.numbers + len(steps) * step_size + step_size > NUMBERS:
            break
        columns = design(readings[:, :wordings])
        weights = np.linalg.lstsq(columns, odds, rcond=None)[0].astype(np.float64)
        linear = Linear(full.linear.features, weights)
        tilted = full.tilted(columns @ weights)
        ranked = np.sort(tilted, axis=1)
        margins = ranked[:, 2] - ranked[:, 1]
        wrong = (tilted.argmax(axis=1) != labels) & waiting
        margin = _margin(margins[waiting], wrong[waiting])
        steps.append(Step(wordings, linear, margin))
        waiting &= margins <= margin
    return steps


def _margin(margins: NDArray[np.float64], wrong: NDArray[np.bool_]) -> float:
    """The smallest margin above which at most the share CHANGED of the pairs is wrong."""
    order = np.argsort(-margins)
    allowed = np.cumsum(wrong[order]) <= CHANGED * len(margins)
    return float(margins[order][min(int(allowed.sum()), len(margins) - 1)])
