"""Measures of probabilities whose values can be checked by eye or by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.config.models import Stance
from pipelines.engines.base import Scores
from pipelines.evaluate.abstention import at_thresholds
from pipelines.evaluate.answers import Answers
from pipelines.evaluate.reliability import biases, calibration_error, debiased_calibration_error
from pipelines.evaluate.scores import differences, scores

SUPPORTS, OPPOSES, NEUTRAL = 0, 1, 2
EXPECTED = np.array([SUPPORTS, OPPOSES, NEUTRAL, NEUTRAL])
THREE = np.array([[0.9, 0.05, 0.05], [0.1, 0.7, 0.2], [0.2, 0.2, 0.6], [0.5, 0.1, 0.4]])
ANSWERS = Answers(EXPECTED, THREE.argmax(axis=1), THREE, ["a", "b", "c", "d"])


def test_class_bias_is_mean_probability_less_share_in_the_gold() -> None:
    assert biases(ANSWERS) == {
        "supports": {"label": 0.25, "probability": 0.175},
        "opposes": {"label": 0.0, "probability": 0.0125},
        "neutral": {"label": -0.25, "probability": -0.1875},
    }
    assert scores(ANSWERS)["class_bias"]["value"] == pytest.approx((0.175 + 0.0125 + 0.1875) / 3, abs=1e-4)


def test_without_neutral_rows_class_bias_is_that_of_the_side() -> None:
    sided = ANSWERS.only(EXPECTED < 2)
    bias = biases(sided)
    assert "probability" not in bias["neutral"]
    assert bias["supports"]["probability"] == pytest.approx((0.9 / 0.95 + 0.1 / 0.8) / 2 - 0.5, abs=1e-4)


def test_chance_alone_leaves_far_less_calibration_error_when_debiased() -> None:
    plain, debiased = [], []
    for seed in range(50):
        rng = np.random.default_rng(seed)
        confidence = rng.uniform(0.4, 1, 200)
        right = rng.uniform(size=200) < confidence
        plain.append(calibration_error(confidence, right, np.ones(200)))
        debiased.append(debiased_calibration_error(confidence, right))
    assert np.mean(debiased) < np.mean(plain) / 2
    assert np.median(debiased) < 0.01 < 0.04 < np.median(plain)


def test_a_real_calibration_error_remains_when_chance_is_subtracted() -> None:
    rng = np.random.default_rng(0)
    right = rng.uniform(size=20_000) < 0.7
    assert debiased_calibration_error(np.full(20_000, 0.9), right) == pytest.approx(0.2, abs=0.01)


def test_a_judge_does_not_differ_from_itself() -> None:
    for interval in differences(ANSWERS, ANSWERS).values():
        assert interval == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_a_paired_difference_is_surer_than_two_intervals() -> None:
    rng = np.random.default_rng(0)
    expected = rng.integers(0, 3, 300)
    worse = np.where(rng.uniform(size=300) < 0.4, expected, (expected + 1) % 3)
    better = np.where(rng.uniform(size=300) < 0.1, expected, worse)
    names = [str(n) for n in range(300)]
    first, second = (Answers(expected, predicted, None, names) for predicted in (better, worse))
    difference = differences(first, second)["accuracy"]
    assert difference["low"] > 0
    assert scores(first)["accuracy"]["low"] < scores(second)["accuracy"]["high"]


def test_the_commoner_stance_alone_has_a_polarity() -> None:
    always = Answers(EXPECTED, np.full(4, OPPOSES), None, ANSWERS.documents)
    assert scores(always)["polarity"]["value"] == 0.5
    assert "polarity" not in scores(always._replace(predicted=np.full(4, NEUTRAL)))


def test_at_the_thresholds_an_unclear_row_counts_as_missed() -> None:
    judged = [Scores(s, o, n, 1.0) for s, o, n in THREE.tolist()]
    report = at_thresholds(ANSWERS, judged, Stance(minimum_probability=0.6, minimum_agreement=0.5))
    assert report["coverage"] == 0.75
    assert report["accuracy"]["value"] == 1.0
    assert report["recall_of_all"] == {"supports": 1.0, "opposes": 1.0, "neutral": 0.5}
    assert report["macro_f1_of_all"] == pytest.approx((1 + 1 + 2 / 3) / 3, abs=1e-4)
    assert report["label_bias_of_all"]["neutral"] == pytest.approx(1 / 3 - 1 / 2, abs=1e-4)


def test_at_thresholds_that_nothing_reaches_only_the_cost_is_reported() -> None:
    judged = [Scores(s, o, n, 1.0) for s, o, n in THREE.tolist()]
    report = at_thresholds(ANSWERS, judged, Stance(minimum_probability=1.0))
    assert report["coverage"] == 0.0
    assert "accuracy" not in report
