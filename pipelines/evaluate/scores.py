"""Measures of labels and probabilities, each with an interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

REPLICATES = 1000
"""Replicates of the bootstrap; a usual number for percentile intervals. Not tuned; bounds time."""
SEED = 1
"""Seed of the bootstrap, so that a repeated evaluation gives the same intervals."""
BINS = 10
"""Bins of confidence, of equal width, for the calibration error. Not tuned; Guo et al. (2017) use 15."""
COVERAGE = 0.8
"""Share of the rows, the surest, on which `risk` is measured. Not tuned; the curve has all coverages."""
ROUNDING = 1e-9
"""Tolerance in rows when a share of them is compared, against rounding errors of the weights' sum."""
CURVE = tuple(round(0.1 * tenth, 1) for tenth in range(10, 0, -1))
"""Coverages of the risk-coverage curve, in tenths."""
TAIL = 2.5
"""Percent cut from each end of the replicates: 95 % intervals."""


class Answers(NamedTuple):
    """A judge's answers to labelled passages.

    Attributes:
        expected: int array (rows,) of indices into LABELS.
        predicted: int array (rows,) of indices into LABELS, before abstention.
        probabilities: float array (rows, 3); None for a baseline that has none.
        documents: document of each row; whole documents are resampled.
    """

    expected: NDArray[np.int64]
    predicted: NDArray[np.int64]
    probabilities: NDArray[np.float64] | None
    documents: Sequence[str]

    def only(self, chosen: NDArray[np.bool_]) -> Answers:
        """The chosen rows.

        Args:
            chosen: bool array (rows,).
        """
        documents = [name for name, wanted in zip(self.documents, chosen, strict=True) if wanted]
        probabilities = None if self.probabilities is None else self.probabilities[chosen]
        return Answers(self.expected[chosen], self.predicted[chosen], probabilities, documents)


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
    """Measure accuracy, macro-F1, polarity, calibration error and risk, each with its 95% interval.

    Returns:
        name -> {value, low, high}, in [0, 1]; per_class, label -> precision, recall, f1, rows; confusion,
        expected label -> predicted label -> rows. `polarity` is the share of rows with a stance whose
        likelier side is right. `calibration_error` is the expected calibration error of the predicted label
        in ten bins of equal width (Guo et al. 2017); if no row is neutral, that of the likelier stance.
        `risk` is the share of wrong labels among the 80% of the rows whose label is likeliest.
    """
    groups = np.unique(np.array(answers.documents), return_inverse=True)[1]
    rng = np.random.default_rng(SEED)
    size = int(groups.max()) + 1
    drawn = rng.multinomial(size, np.full(size, 1 / size), size=REPLICATES)
    point = _measures(answers, np.ones(len(groups)))
    replicates = [_measures(answers, weights[groups].astype(float)) for weights in drawn]
    report: dict[str, Any] = {"rows": len(groups)}
    for name, value in point.items():
        values = [replicate.get(name, np.nan) for replicate in replicates]
        low, high = np.nanpercentile(values, [TAIL, 100 - TAIL])
        report[name] = {"value": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4)}
    return report | {"per_class": _per_class(answers), "confusion": _confusion(answers)}


def _measures(answers: Answers, weights: NDArray[np.float64]) -> dict[str, float]:
    expected, predicted, three, _ = answers
    measures = {
        "accuracy": float(np.average(expected == predicted, weights=weights)),
        "macro_f1": macro_f1(expected, predicted, weights),
    }
    if three is None:
        return measures
    stance = (expected < 2) & (weights > 0)
    if stance.any():
        right = three[:, :2].argmax(axis=1) == expected
        measures["polarity"] = float(np.average(right[stance], weights=weights[stance]))
    measures["calibration_error"] = calibration_error(*_confidence(answers), weights)
    measures["risk"] = risk(answers, weights, COVERAGE)
    return measures


def _confidence(answers: Answers) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The probability of each answer, and if it is right."""
    expected, predicted, three, _ = answers
    assert three is not None
    if (expected == 2).any():
        return three[np.arange(len(predicted)), predicted], predicted == expected
    two = three[:, :2] / three[:, :2].sum(axis=1, keepdims=True)
    return two.max(axis=1), two.argmax(axis=1) == expected


def calibration_error(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64]
) -> float:
    """Mean distance between confidence and accuracy over ten bins of confidence, in [0, 1].

    Args:
        confidence: float array (rows,), in [0, 1].
        right: bool array (rows,).
        weights: float array (rows,).
    """
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights * (confidence - right), BINS)
    return float(np.abs(gaps).sum() / weights.sum())


def risk(answers: Answers, weights: NDArray[np.float64], coverage: float) -> float:
    """Share, in [0, 1], of wrong labels among the rows whose label is likeliest.

    Args:
        answers: with probabilities.
        weights: float array (rows,).
        coverage: share of the rows to measure, in [0, 1].
    """
    three = answers.probabilities
    assert three is not None
    order = np.argsort(-three[np.arange(len(answers.predicted)), answers.predicted], kind="stable")
    covered = np.cumsum(weights[order]) <= coverage * weights.sum() + ROUNDING
    covered[0] = True
    chosen = order[covered]
    return float(np.average((answers.predicted != answers.expected)[chosen], weights=weights[chosen] + 1e-12))


def risk_coverage(answers: Answers) -> list[dict[str, float]]:
    """Threshold on the label's probability and risk, for each tenth of coverage."""
    three = answers.probabilities
    assert three is not None
    of_label = np.sort(three[np.arange(len(answers.predicted)), answers.predicted])[::-1]
    weights = np.ones(len(of_label))
    return [
        {
            "coverage": coverage,
            "minimum_probability": round(
                float(of_label[max(0, int(coverage * len(of_label) + ROUNDING) - 1)]), 4
            ),
            "risk": round(risk(answers, weights, coverage), 4),
        }
        for coverage in CURVE
    ]


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
