"""How sure a label is, and how far the wordings agree with it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.base import Pair, Scores
from pipelines.errors import ConfigError
from pipelines.judge import stance_label
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.judge.calibration import Calibration, Linear, MarginRule, Rule, Step
from pipelines.judge.calibration_file import calibration_yaml, load_calibration

# Log-odds of a stance are its feature less 1.
PLAIN = Linear(("supports", "opposes"), np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [-1.0, -1.0]]))


class Stated(CalibratedJudge):
    """Reads each wording's log-odds from the premise: `supports,opposes supports,opposes ...`."""

    features = ("supports", "opposes")
    question_digest = ""

    def __init__(self, rule: Rule, wordings: int) -> None:
        super().__init__("stated", None)
        self.wordings = wordings
        self.use(rule)

    def readings(self, pairs: Sequence[Pair], wordings: int) -> np.ndarray:
        return np.array(
            [[[float(n) for n in w.split(",")] for w in pair.premise.split()[:wordings]] for pair in pairs]
        )


def score(premise: str, rule: Rule) -> Scores:
    return Stated(rule, len(premise.split())).judge([Pair(premise, "A", "T")])[0]


def test_a_label_that_the_tilt_chose_is_as_sure_as_its_tilted_probability() -> None:
    scores = score("0,0.9 0,0.9", Calibration(PLAIN, 1.5, 2))
    assert scores.label == "opposes"
    assert scores.opposes < scores.neutral
    assert scores.confidence == pytest.approx(math.exp(1.4) / (math.exp(1.4) + math.exp(0.5) + 1))
    assert stance_label(scores, 0.55, 0) == "opposes"


@pytest.mark.parametrize("rule", [Calibration(PLAIN, 0.0, 1), MarginRule(2)])
def test_one_wording_has_no_agreement_and_raises_no_objection(rule: Rule) -> None:
    scores = score("9,-9", rule)
    assert math.isnan(scores.agreement)
    assert stance_label(scores, 0.5, 1.0) == "supports"


def test_a_pair_decided_after_one_of_two_wordings_has_no_agreement() -> None:
    cascade = Calibration(PLAIN, 0.0, 2, (Step(1, PLAIN, margin=2.0),))
    assert math.isnan(score("9,0 0,9", cascade).agreement)
    assert score("2,0 4,0", cascade).agreement == 1.0


@pytest.mark.parametrize("wordings", [2, 3, 5])
def test_each_wording_votes_with_constants_of_its_own(wordings: int) -> None:
    shifts = ((0.0, 0.0),) * (wordings - 1) + ((5.0, 0.0),)
    premise = " ".join(["5,0"] * (wordings - 1) + ["0,0"])
    shared, own = Calibration(PLAIN, 0.0, wordings), Calibration(PLAIN, 0.0, wordings, wording_shifts=shifts)
    assert score(premise, shared).agreement == pytest.approx(1 - 1 / wordings)
    assert score(premise, own).agreement == 1.0


def test_shifts_of_the_wordings_are_read_back_as_written(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    shifts = ((0.25, -0.5), (0.0, 1.0))
    path.write_text(calibration_yaml(Calibration(PLAIN, 0.0, 2, (), "m", "q", {}, shifts)), encoding="utf-8")
    calibration = load_calibration(path, "m", "q")
    assert calibration.wording_shifts == shifts
    assert calibration.numbers == 8 + 1 + 4


def test_a_calibration_of_an_older_version_votes_without_shifts(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    text = calibration_yaml(Calibration(PLAIN, 0.0, 2, (), "m", "q"))
    path.write_text(text.replace("wording_shifts: []\n", ""), encoding="utf-8")
    assert "wording_shifts" not in path.read_text("utf-8")
    assert load_calibration(path, "m", "q").wording_shifts == ()


def test_shifts_for_another_number_of_wordings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    damaged = Calibration(PLAIN, 0.0, 2, (), "m", "q", {}, ((0.0, 0.0),))
    path.write_text(calibration_yaml(damaged), encoding="utf-8")
    with pytest.raises(ConfigError, match="1 wording_shifts for 2 wordings"):
        load_calibration(path, "m", "q")
