"""How good labels and probabilities are, each with an interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

REPLICATES = 1000
BINS = 10
COVERAGE = 0.8
CURVE = tuple(round(0.1 * tenth, 1) for tenth in range(10, 0, -1))
TAIL = 2.5


class Answers(NamedTuple):
    """A judge's answers to labelled passages.

    Attributes:
        expected: int array (rows,) of indices into LABELS.
        given: int array (rows,) of indices into LABELS, before abstaining.
        probabilities: float array (rows, 3); None of a baseline that has none.
        documents: of each row; whole documents are resampled.
    """

    expected: NDArray[np.int64]
    given: NDArray[np.int64]
    probabilities: NDArray[np.float64] | None
    documents: Sequence[str]

    def only(self, chosen: NDArray[np.bool_]) -> Answers:
        """Those of the rows that are chosen."""
        documents = [name for name, wanted in zip(self.documents, chosen, strict=True) if wanted]
        kept = None if self.probabilities is None else self.probabilities[chosen]
        return Answers(self.expected[chosen], self.given[chosen], kept, documents)


def macro_f1(
    expected: NDArray[np.int64], given: NDArray[np.int64], weights: NDArray[np.float64] | None = None
) -> float:
    """Mean F1 of the labels that are expected at all."""
    weights = np.ones(len(expected)) if weights is None else weights
    scores = [_f1(expected, given, label, weights) for label in np.unique(expected)]
    return float(np.mean(scores))


def _f1(
    expected: NDArray[np.int64], given: NDArray[np.int64], label: int, weights: NDArray[np.float64]
) -> float:
    right = weights[(expected == label) & (given == label)].sum()
    claimed, true = weights[given == label].sum(), weights[expected == label].sum()
    return float(2 * right / (claimed + true)) if claimed + true else 0.0


def scores(answers: Answers) -> dict[str, Any]:
    """Accuracy, macro-F1, polarity accuracy, calibration error and risk, each with its 95% interval.

    Returns:
        name -> {value, low, high}, in [0, 1]; per_class, label -> precision, recall, f1, rows; confusion,
        expected label -> given label -> rows. `polarity` is that of rows with a stance: which of the two is
        likelier. `calibration_error` is the expected calibration error of the given label in ten bins of
        equal width (Guo et al. 2017); where no row is neutral, that of the likelier stance of the two.
        `risk` is the share of wrong labels among the 80% of the rows whose label is likeliest.
    """
    groups = np.unique(np.array(answers.documents), return_inverse=True)[1]
    rng = np.random.default_rng(1)
    size = int(groups.max()) + 1
    drawn = rng.multinomial(size, np.full(size, 1 / size), size=REPLICATES)
    point = _measures(answers, np.ones(len(groups)))
    replicates = [_measures(answers, weights[groups].astype(float)) for weights in drawn]
    told: dict[str, Any] = {"rows": len(groups)}
    for name, value in point.items():
        values = [replicate.get(name, np.nan) for replicate in replicates]
        low, high = np.nanpercentile(values, [TAIL, 100 - TAIL])
        told[name] = {"value": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4)}
    return told | {"per_class": _per_class(answers), "confusion": _confusion(answers)}


def _measures(answers: Answers, weights: NDArray[np.float64]) -> dict[str, float]:
    expected, given, three, _ = answers
    measures = {
        "accuracy": float(np.average(expected == given, weights=weights)),
        "macro_f1": macro_f1(expected, given, weights),
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
    """The probability of each answer, and whether it is right."""
    expected, given, three, _ = answers
    assert three is not None
    if (expected == 2).any():
        return three[np.arange(len(given)), given], given == expected
    two = three[:, :2] / three[:, :2].sum(axis=1, keepdims=True)
    return two.max(axis=1), two.argmax(axis=1) == expected


def calibration_error(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64]
) -> float:
    """Mean distance between confidence and accuracy over ten bins of confidence, in [0, 1]."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights * (confidence - right), BINS)
    return float(np.abs(gaps).sum() / weights.sum())


def risk(answers: Answers, weights: NDArray[np.float64], coverage: float) -> float:
    """Share of wrong labels among the rows, of a share `coverage`, whose label is likeliest."""
    three = answers.probabilities
    assert three is not None
    order = np.argsort(-three[np.arange(len(answers.given)), answers.given], kind="stable")
    kept = np.cumsum(weights[order]) <= coverage * weights.sum() + 1e-9
    kept[0] = True
    chosen = order[kept]
    return float(np.average((answers.given != answers.expected)[chosen], weights=weights[chosen] + 1e-12))


def risk_coverage(answers: Answers) -> list[dict[str, float]]:
    """For each tenth of coverage the threshold on the label's probability that gives it, and the risk."""
    three = answers.probabilities
    assert three is not None
    of_label = np.sort(three[np.arange(len(answers.given)), answers.given])[::-1]
    weights = np.ones(len(of_label))
    return [
        {
            "coverage": coverage,
            "minimum_probability": round(float(of_label[max(0, int(coverage * len(of_label)) - 1)]), 4),
            "risk": round(risk(answers, weights, coverage), 4),
        }
        for coverage in CURVE
    ]


def _per_class(answers: Answers) -> dict[str, dict[str, float]]:
    told = {}
    ones = np.ones(len(answers.expected))
    for label in np.unique(answers.expected):
        right = int(((answers.expected == label) & (answers.given == label)).sum())
        claimed, true = int((answers.given == label).sum()), int((answers.expected == label).sum())
        told[LABELS[label]] = {
            "precision": round(right / claimed, 4) if claimed else 0.0,
            "recall": round(right / true, 4),
            "f1": round(_f1(answers.expected, answers.given, label, ones), 4),
            "rows": true,
        }
    return told


def _confusion(answers: Answers) -> dict[str, dict[str, int]]:
    counts = np.zeros((3, 3), dtype=int)
    np.add.at(counts, (answers.expected, answers.given), 1)
    return {
        LABELS[row]: dict(zip(LABELS, map(int, counts[row]), strict=True))
        for row in np.unique(answers.expected)
    }
