"""Measures of a judge that may abstain: risk and coverage, and the scores at the thresholds of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.evaluate.scores import ROUNDING, macro_f1, risk, scores
from pipelines.judge import stance_label
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.config import Stance
    from pipelines.engines.base import Scores
    from pipelines.evaluate.answers import Answers

CURVE = tuple(round(0.1 * tenth, 1) for tenth in range(10, 0, -1))
"""Coverages of the risk-coverage curve, in tenths."""
UNCLEAR = len(LABELS)
"""Index of an answer that was held back; no row of the gold has it."""


def risk_coverage(answers: Answers) -> list[dict[str, float]]:
    """Threshold on the judge's confidence in its label and risk, for each tenth of coverage."""
    of_label = np.sort(answers.sureness)[::-1]
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


def at_thresholds(answers: Answers, judged: Sequence[Scores], thresholds: Stance) -> dict[str, Any]:
    """Scores of the labels that a run would give, and what abstaining costs.

    Args:
        answers: before abstention.
        judged: the scores that they come from, aligned.
        thresholds: minimum probability and agreement.

    Returns:
        The thresholds; `coverage`, the share of clear rows; `macro_f1_of_all`, in which an unclear row counts
        as missed; `recall_of_all`, label -> the same; `label_bias_of_all`, label -> share of the clear labels
        less share in all the gold; and `scores` of the clear rows, if there are any.
    """
    minima = thresholds.minimum_probability, thresholds.minimum_agreement
    clear = np.array([stance_label(s, *minima) != "unclear" for s in judged])
    held_back = np.where(clear, answers.predicted, UNCLEAR)
    report: dict[str, Any] = {
        "minimum_probability": minima[0],
        "minimum_agreement": minima[1],
        "coverage": round(float(clear.mean()), 4),
        "macro_f1_of_all": round(macro_f1(answers.expected, held_back), 4),
        "recall_of_all": {
            LABELS[label]: round(float((held_back == label)[answers.expected == label].mean()), 4)
            for label in np.unique(answers.expected)
        },
    }
    if not clear.any():
        return report
    given = np.bincount(answers.predicted[clear], minlength=3) / clear.sum()
    gold = np.bincount(answers.expected, minlength=3) / len(clear)
    bias = {name: round(float(value), 4) for name, value in zip(LABELS, given - gold, strict=True)}
    return report | {"label_bias_of_all": bias} | scores(answers.only(clear))
