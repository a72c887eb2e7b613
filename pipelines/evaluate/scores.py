"""Measures of labels and probabilities, each with an interval, and their differences between judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.evaluate.reliability import (
    biases,
    calibration_error,
    class_bias,
    confidence_and_right,
    debiased_calibration_error,
)
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.evaluate.answers import Answers

REPLICATES = 1000
"""Replicates of the bootstrap; a usual number for percentile intervals. Not tuned; bounds time."""
SEED = 1
"""Seed of the bootstrap, so that a repeated evaluation gives the same intervals."""
COVERAGE = 0.8
"""Share of the rows, the surest, on which `risk` is measured. Not tuned; the curve has all coverages."""
ROUNDING = 1e-9
"""Tolerance in rows when a share of them is compared, against rounding errors of the weights' sum."""
TAIL = 2.5
"""Percent cut from each end of the replicates: 95 % intervals."""


def macro_f1(
    expected: NDArray[np.int64], predicted: NDArray[np.int64], weights: NDArray[np.float64] | None = None
) -> float:
    """Mean F1, in [0, 1], of the labels that occur in `expected`.

    Args:
        expected: int array (rows,).
        predicted: int array (rows,).
        weights: float array (rows,); None for equal weights.
    """
    weights = np.ones(len(expected)) if weights is None else weights
    scores = [_f1(expected, predicted, label, weights) for label in np.unique(expected)]
    return float(np.mean(scores))


def _f1(
    expected: NDArray[np.int64], predicted: NDArray[np.int64], label: int, weights: NDArray[np.float64]
) -> float:
    right = weights[(expected == label) & (predicted == label)].sum()
    claimed, true = weights[predicted == label].sum(), weights[expected == label].sum()
    return float(2 * right / (claimed + true)) if claimed + true else 0.0


def scores(answers: Answers) -> dict[str, Any]:
    """Measure labels and probabilities, each measure with its 95% interval by a bootstrap over documents.

    Returns:
        name -> {value, low, high}, in [0, 1], for

        - accuracy and macro_f1;
        - polarity, the share of rows with a stance whose likelier side is right;
        - calibration_error, the expected calibration error of the predicted label in ten bins of equal width
          (Guo et al. 2017); if no row is neutral, that of the likelier stance;
        - class_bias, the mean over classes of |mean probability - share in the gold|;
        - risk, the share of wrong labels among the 80% of the rows whose label is surest.

        calibration_error_debiased, see `debiased_calibration_error`: a value without interval, since a
        resample has more chance to subtract than it knows of. bias, see `biases`. per_class, label ->
        precision, recall, f1, rows. confusion, expected label -> predicted label -> rows.
    """
    point = _measures(answers, np.ones(len(answers.expected)))
    replicates = [_measures(answers, weights) for weights in _resamples(answers.documents)]
    report: dict[str, Any] = {"rows": len(answers.expected)}
    report |= {
        name: _with_interval(value, [r.get(name) for r in replicates]) for name, value in point.items()
    }
    if answers.probabilities is not None:
        debiased = debiased_calibration_error(*confidence_and_right(answers))
        report["calibration_error_debiased"] = {"value": round(debiased, 4)}
    return report | {
        "bias": biases(answers),
        "per_class": _per_class(answers),
        "confusion": _confusion(answers),
    }


def differences(answers: Answers, other: Answers) -> dict[str, dict[str, float]]:
    """Measures of one judge less those of another, paired: both on the same resampled documents.

    Args:
        answers: of a judge.
        other: of another judge to the same rows.

    Returns:
        name -> {value, low, high}, in [-1, 1], of the measures that both have.
    """
    ones = np.ones(len(answers.expected))
    point = _less(_measures(answers, ones), _measures(other, ones))
    replicates = [
        _less(_measures(answers, weights), _measures(other, weights))
        for weights in _resamples(answers.documents)
    ]
    return {name: _with_interval(value, [r.get(name) for r in replicates]) for name, value in point.items()}


def _less(measures: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {name: value - other[name] for name, value in measures.items() if name in other}


def _resamples(documents: Sequence[str]) -> list[NDArray[np.float64]]:
    """Weights of the rows, float arrays (rows,), in which whole documents are drawn with replacement."""
    groups = np.unique(np.array(documents), return_inverse=True)[1]
    size = int(groups.max()) + 1
    drawn = np.random.default_rng(SEED).multinomial(size, np.full(size, 1 / size), size=REPLICATES)
    return [weights[groups].astype(float) for weights in drawn]


def _with_interval(value: float, replicates: Sequence[float | None]) -> dict[str, float]:
    """The value and its percentile interval; a replicate may lack the measure."""
    known = [replicate for replicate in replicates if replicate is not None]
    low, high = np.percentile(known, [TAIL, 100 - TAIL])
    return {"value": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def _measures(answers: Answers, weights: NDArray[np.float64]) -> dict[str, float]:
    expected, predicted, three = answers[:3]
    measures = {
        "accuracy": float(np.average(expected == predicted, weights=weights)),
        "macro_f1": macro_f1(expected, predicted, weights),
    }
    stance = (expected < 2) & (weights > 0)
    sides = _sides(answers)
    if sides is not None and stance.any():
        measures["polarity"] = float(np.average((sides == expected)[stance], weights=weights[stance]))
    if three is None:
        return measures
    measures["calibration_error"] = calibration_error(*confidence_and_right(answers), weights)
    measures["class_bias"] = float(np.abs(class_bias(answers, weights)).mean())
    measures["risk"] = risk(answers, weights, COVERAGE)
    return measures


def _sides(answers: Answers) -> NDArray[np.int64] | None:
    """The likelier stance of each row, int array (rows,); None if the answers do not say."""
    if answers.probabilities is not None:
        sides: NDArray[np.int64] = answers.probabilities[:, :2].argmax(axis=1)
        return sides
    return answers.predicted if (answers.predicted < 2).all() else None


def risk(answers: Answers, weights: NDArray[np.float64], coverage: float) -> float:
    """Share, in [0, 1], of wrong labels among the rows whose label is surest.

    Args:
        answers: with probabilities.
        weights: float array (rows,).
        coverage: share of the rows to measure, in [0, 1].
    """
    order = np.argsort(-answers.sureness, kind="stable")
    covered = np.cumsum(weights[order]) <= coverage * weights.sum() + ROUNDING
    covered[0] = True
    chosen = order[covered]
    return float(np.average((answers.predicted != answers.expected)[chosen], weights=weights[chosen] + 1e-12))


def _per_class(answers: Answers) -> dict[str, dict[str, float]]:
    report = {}
    ones = np.ones(len(answers.expected))
    for label in np.unique(answers.expected):
        right = int(((answers.expected == label) & (answers.predicted == label)).sum())
        claimed, true = int((answers.predicted == label).sum()), int((answers.expected == label).sum())
        report[LABELS[label]] = {
            "precision": round(right / claimed, 4) if claimed else 0.0,
            "recall": round(right / true, 4),
            "f1": round(_f1(answers.expected, answers.predicted, label, ones), 4),
            "rows": true,
        }
    return report


def _confusion(answers: Answers) -> dict[str, dict[str, int]]:
    counts = np.zeros((3, 3), dtype=int)
    np.add.at(counts, (answers.expected, answers.predicted), 1)
    return {
        LABELS[row]: dict(zip(LABELS, map(int, counts[row]), strict=True))
        for row in np.unique(answers.expected)
    }
