"""Fit of a calibration on a judge's readings of labelled passages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.evaluate.scores import macro_f1
from pipelines.judge.calibration import Calibration, Linear, Step, design

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FOLDS = 5
"""Folds of documents: each calibration is fitted on 80 % of them. The usual number; not tuned."""
SEED = 1
"""Seed of the folds, so that a repeated fit gives the same scores."""
PENALTY = 1.0
"""Factor of half the squared weights of standardised regressors. Not tuned; bounds weights from few rows."""
TILTS = np.arange(-0.4, 1.25, 0.1)
"""Nats; candidates of the tilt. Those of the shipped calibrations, 0.3 and 0.5, lie well inside."""
WORDINGS = 3
"""Wordings of each stance in a calibration; on DSE macro-F1 is 0.640 with three and 0.628 with six."""
STEPS = (1,)
"""Numbers of wordings after which clear pairs are decided; after one, four pairs in five of NTREX are."""
NUMBERS = 40
"""Most numbers that are fitted. Not tuned; bounds overfitting, the smaller gold file has 1,461 rows."""
ABSENT = 0.5
"""Rows that a label without any counts as, so that no constant is infinite; the usual half. Not tuned."""
CHANGED = 0.003
"""Share of a step's pairs whose label may change; out of fold 99.8 % of the labels on gold then stay."""


class Examples(NamedTuple):
    """Readings of labelled passages.

    Attributes:
        readings: float array (rows, wordings, features).
        labels: int array (rows,) of indices into LABELS.
        sided: bool array (rows,): the row is of a file without neutral passages, so it shows which side a
            stance takes, and not how often there is one.
        documents: document of each row.
    """

    readings: NDArray[np.float64]
    labels: NDArray[np.int64]
    sided: NDArray[np.bool_]
    documents: Sequence[str]

    def only(self, chosen: NDArray[np.bool_]) -> Examples:
        """The chosen rows.

        Args:
            chosen: bool array (rows,).
        """
        documents = [name for name, wanted in zip(self.documents, chosen, strict=True) if wanted]
        return Examples(self.readings[chosen], self.labels[chosen], self.sided[chosen], documents)


def folds(documents: Sequence[str], seed: int = SEED) -> NDArray[np.int64]:
    """The fold of each row, int array (rows,); rows of one document share a fold."""
    names = sorted(set(documents))
    order = np.random.default_rng(seed).permutation(len(names))
    fold_of = {names[position]: n % FOLDS for n, position in enumerate(order)}
    return np.array([fold_of[name] for name in documents])


def fit(
    examples: Examples, names: Sequence[str], *, wordings: int = WORDINGS, balanced: bool = True
) -> Calibration:
    """Fit a calibration on all the examples.

    Weights come from rows in which the two stances count alike. The constants are then fitted again on the
    rows as they are, so that the mean probability of each class is its share in the files with neutral
    passages. For the labels the tilt takes this back, and adds one number to both stances: else a text that
    says little would be given the gold's commoner stance.

    Args:
        examples: of all three labels, if any is not `sided`.
        names: names of the features.
        wordings: number of wordings of each stance to use.
        balanced: give the two stances equal weight, however frequent each is in the gold.
    """
    readings = examples.readings[:, :wordings]
    columns, balance = design(readings), np.ones(len(readings))
    if balanced:
        balance = _balance(examples.labels, examples.sided)
    even = Linear(tuple(names), _weights(columns, examples.labels, examples.sided, balance))
    whole, labels = readings[~examples.sided], examples.labels[~examples.sided]
    shift = _shift(even.log_odds(whole), labels)
    linear = even.shifted(shift)
    supports, opposes = _tilt(even.log_odds(whole), labels) - shift
    of_wordings = [_shift(linear.log_odds(whole[:, [w]]), labels) for w in range(readings.shape[1])]
    shifts = tuple((float(first), float(second)) for first, second in of_wordings)
    tilt = float(supports), float(opposes)
    full = Calibration(linear, tilt, readings.shape[1], wording_shifts=shifts)
    return replace(full, steps=tuple(_steps(full, readings, linear.log_odds(readings))))


def _balance(labels: NDArray[np.int64], sided: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weight of each row, float array (rows,): the two stances weigh the same in either kind of rows.

    Otherwise the judge would lean to the gold's more frequent stance if a text is silent.
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
    from scipy.optimize import minimize  # slow to import, and only a fit needs it

    mean, deviation = columns.mean(axis=0), columns.std(axis=0)
    mean[-1], deviation[-1] = 0.0, 1.0
    deviation[deviation == 0] = 1.0
    scaled = (columns - mean) / deviation
    one_hot = np.eye(3)[labels]
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
        slope = scaled.T @ (balance[:, None] * (three - one_hot)) + penalty * weights
        return float(value), slope.ravel()

    solution = minimize(loss, np.zeros(columns.shape[1] * 3), jac=True, method="L-BFGS-B").x.reshape(-1, 3)
    weights = solution / deviation[:, None]
    weights[-1] -= mean[:-1] @ weights[:-1]
    against_neutral: NDArray[np.float64] = weights[:, :2] - weights[:, [2]]
    return against_neutral


def _shift(odds: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Nats to add to log-odds so that each mean probability is its label's share: float array (2,).

    It is the maximum of the likelihood over the two constants alone.
    """
    from scipy.optimize import minimize

    if not len(labels):
        return np.zeros(2)
    counts = np.maximum(np.bincount(labels, minlength=3), ABSENT)
    shares = counts / counts.sum()

    def loss(shift: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        three = np.column_stack([odds + shift, np.zeros(len(odds))])
        total = np.logaddexp.reduce(three, axis=1)
        means = np.exp(three[:, :2] - total[:, None]).mean(axis=0)
        return float(total.mean() - shares[:2] @ shift), means - shares[:2]

    shift: NDArray[np.float64] = minimize(loss, np.zeros(2), jac=True, method="BFGS", tol=1e-8).x
    return shift


def _tilt(odds: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Nats to add to the log-odds of both stances for the highest macro-F1 of the labels."""
    if not len(labels):
        return 0.0
    neutral = np.zeros((len(odds), 1))
    macro_f1s = [macro_f1(labels, np.hstack([odds + t, neutral]).argmax(axis=1)) for t in TILTS]
    return float(TILTS[int(np.argmax(macro_f1s))])


def _steps(full: Calibration, readings: NDArray[np.float64], odds: NDArray[np.float64]) -> list[Step]:
    """Early decisions that change few of the labels that all wordings give."""
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
