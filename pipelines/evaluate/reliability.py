"""Measures of probabilities: whether they are as often right as they say, and as frequent as the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.records import LABELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.evaluate.answers import Answers

BINS = 10
"""Bins of confidence, of equal width, for the calibration error. Not tuned; Guo et al. (2017) use 15."""


def confidence_and_right(answers: Answers) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The calibrated probability of each label, float array (rows,), and if it is right, bool array (rows,).

    If the answers are sided, those of the likelier stance.
    """
    known = answers.known_probabilities
    chosen = known.argmax(axis=1) if answers.sided else answers.predicted
    return known[np.arange(len(known)), chosen], chosen == answers.expected


def calibration_error(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64]
) -> float:
    """Mean distance between confidence and accuracy over ten bins of confidence, in [0, 1].

    Args:
        confidence: float array (rows,), in [0, 1].
        right: bool array (rows,).
        weights: float array (rows,).
    """
    gaps = np.bincount(_bins(confidence), weights * (confidence - right), BINS)
    return float(np.abs(gaps).sum() / weights.sum())


def debiased_calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Root mean square distance between confidence and accuracy over ten bins, less chance, in [0, 1].

    From a bin's squared distance its expectation under perfect calibration is subtracted, the variance of
    the accuracy, so that few rows do not read as miscalibration; 0 if nothing is left. A bin of one row,
    whose variance is unknown, is left out.

    Kumar, Liang and Ma (2019): Verified uncertainty calibration. NeurIPS 32, definition 4.2.

    Args:
        confidence: float array (rows,), in [0, 1].
        right: bool array (rows,).
    """
    bins = _bins(confidence)
    counts = np.bincount(bins, minlength=BINS)
    several = counts > 1
    counts = counts[several]
    accuracy = np.bincount(bins, right, BINS)[several] / counts
    distance = np.bincount(bins, confidence, BINS)[several] / counts - accuracy
    squared = distance**2 - accuracy * (1 - accuracy) / (counts - 1)
    return float(np.sqrt(max(0.0, (counts * squared).sum() / len(confidence))))


def class_bias(answers: Answers, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean probability of each class less its share in the gold: float array (3,), or (2,) if sided.

    Args:
        answers: with probabilities.
        weights: float array (rows,).
    """
    known = answers.known_probabilities
    of_gold = np.eye(3)[answers.expected][:, : known.shape[1]]
    bias: NDArray[np.float64] = np.average(known - of_gold, axis=0, weights=weights)
    return bias


def biases(answers: Answers) -> dict[str, dict[str, float]]:
    """For each label, how much too often it is given, and how much too likely it is held; in [-1, 1].

    Returns:
        label -> `label`, share of the labels less share in the gold, and `probability`, mean probability less
        share in the gold, if there are probabilities.
    """
    given, gold = (np.bincount(labels, minlength=3) for labels in (answers.predicted, answers.expected))
    shares = (given - gold) / len(answers.expected)
    report: dict[str, dict[str, float]] = {
        name: {"label": round(float(share), 4)} for name, share in zip(LABELS, shares, strict=True)
    }
    if answers.probabilities is not None:
        for name, bias in zip(LABELS, class_bias(answers, np.ones(len(answers.expected))), strict=False):
            report[name]["probability"] = round(float(bias), 4)
    return report


def _bins(confidence: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
