"""Scores whose values can be checked by eye."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.evaluate.abstention import risk_coverage
from pipelines.evaluate.answers import Answers
from pipelines.evaluate.reliability import calibration_error
from pipelines.evaluate.scores import macro_f1, risk, scores

SUPPORTS, OPPOSES, NEUTRAL = 0, 1, 2
EXPECTED = np.array([SUPPORTS, OPPOSES, NEUTRAL, NEUTRAL])
THREE = np.array([[0.9, 0.05, 0.05], [0.1, 0.7, 0.2], [0.2, 0.2, 0.6], [0.5, 0.1, 0.4]])
ANSWERS = Answers(EXPECTED, THREE.argmax(axis=1), THREE, ["a", "b", "c", "d"])


def test_accuracy_macro_f1_and_polarity_of_four_answers() -> None:
    told = scores(ANSWERS)
    assert told["accuracy"]["value"] == 0.75
    assert told["macro_f1"]["value"] == pytest.approx((2 / 3 + 1 + 2 / 3) / 3, abs=1e-4)
    assert told["polarity"]["value"] == 1.0
    assert told["confusion"]["neutral"] == {"supports": 1, "opposes": 0, "neutral": 1}
    assert told["per_class"]["neutral"] == {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "rows": 2}
    assert told["accuracy"]["low"] < 0.75 < told["accuracy"]["high"]


def test_macro_f1_is_over_the_labels_that_are_expected() -> None:
    only_stances = np.array([SUPPORTS, OPPOSES])
    assert macro_f1(only_stances, np.array([SUPPORTS, NEUTRAL])) == 0.5


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    confidence, right = np.array([0.85, 0.85, 0.35]), np.array([True, False, False])
    assert calibration_error(confidence, right, np.ones(3)) == pytest.approx((2 * 0.35 + 0.35) / 3)


def test_risk_is_the_error_among_the_surest() -> None:
    ones = np.ones(4)
    assert risk(ANSWERS, ones, 0.75) == pytest.approx(0.0)
    assert risk(ANSWERS, ones, 1.0) == pytest.approx(0.25)


def test_the_curve_tells_the_threshold_for_each_coverage() -> None:
    curve = {point["coverage"]: point for point in risk_coverage(ANSWERS)}
    assert curve[1.0] == {"coverage": 1.0, "minimum_probability": 0.5, "risk": 0.25}
    assert curve[0.5] == {"coverage": 0.5, "minimum_probability": 0.7, "risk": 0.0}


def test_intervals_are_over_documents_and_not_over_rows() -> None:
    rows = 100
    expected = np.array([SUPPORTS, OPPOSES] * (rows // 2))
    given = np.array([SUPPORTS, SUPPORTS] * (rows // 4) + [SUPPORTS, OPPOSES] * (rows // 4))
    apart = scores(Answers(expected, given, None, [str(n) for n in range(rows)]))["accuracy"]
    together = scores(Answers(expected, given, None, [str(n // 25) for n in range(rows)]))["accuracy"]
    assert together["high"] - together["low"] > 1.5 * (apart["high"] - apart["low"])
