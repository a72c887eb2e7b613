"""From log-odds to probabilities and labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.base import Pair
from pipelines.engines.registry import build
from pipelines.errors import ConfigError
from pipelines.job.memory import AnswerMemory
from pipelines.judge import calibration_file
from pipelines.judge.calibrated import CalibratedJudge, probabilities
from pipelines.judge.calibration import Calibration, Linear, MarginRule, Step
from pipelines.judge.calibration_file import calibration_yaml, load_calibration, shipped_calibration
from pipelines.judge.zero_shot import ZeroShotJudge
from tests.fakes import RecordingNli

FEATURES = ("supports", "opposes")
# Log-odds of a stance are its feature minus the other's, less 1.
PLAIN = Linear(FEATURES, np.array([[1.0, -1.0], [-1.0, 1.0], [0.0, 0.0], [-1.0, -1.0]]))

PLAIN_ODD = Linear(FEATURES, np.random.default_rng(1).normal(size=(4, 2)))


class Told(CalibratedJudge):
    """Reads the log-odds of each wording out of the premise, as `supports,opposes supports,opposes ...`."""

    features = FEATURES
    wordings = 2
    question_digest = ""

    def __init__(self, calibration: Calibration) -> None:
        super().__init__("told", None)
        self.use(calibration)
        self.asked_wordings: list[int] = []

    def readings(self, pairs: Sequence[Pair], wordings: int) -> np.ndarray:
        self.asked_wordings.append(wordings)
        rows = [[tuple(map(float, w.split(","))) for w in pair.premise.split()[:wordings]] for pair in pairs]
        return np.array(rows)


def told(premise: str, calibration: Calibration) -> tuple[str | None, float]:
    score = Told(calibration).judge([Pair(premise, "A", "T")])[0]
    return score.label, score.agreement


def test_a_stance_needs_more_than_the_other_side() -> None:
    plain = Calibration(PLAIN, 0.0, 2)
    assert told("3,0 3,0", plain) == ("supports", 1.0)
    assert told("0,3 0,3", plain) == ("opposes", 1.0)
    assert told("3,3 3,3", plain) == ("neutral", 1.0)


def test_agreement_is_the_share_of_wordings_that_alone_give_the_label() -> None:
    assert told("5,0 0,0", Calibration(PLAIN, 0.0, 2)) == ("supports", 0.5)


def test_a_tilt_moves_labels_and_not_probabilities() -> None:
    even, tilted = Calibration(PLAIN, 0.0, 2), Calibration(PLAIN, 0.5, 2)
    pair = Pair("0,0.8 0,0.8", "A", "T")
    first, second = Told(even).judge([pair])[0], Told(tilted).judge([pair])[0]
    assert (first.label, second.label) == ("neutral", "opposes")
    assert first[:3] == second[:3]


def test_a_clear_pair_is_asked_in_few_wordings_and_an_unclear_one_in_all() -> None:
    judge = Told(Calibration(PLAIN, 0.0, 2, (Step(1, PLAIN, margin=2.0),)))
    clear, unclear = Pair("9,0 0,9", "A", "T"), Pair("2,0 0,9", "A", "T")
    assert [score.label for score in judge.judge([clear, unclear])] == ["supports", "opposes"]
    assert judge.asked_wordings == [1, 2]


def test_probabilities_sum_to_one_and_bear_large_log_odds() -> None:
    three = probabilities(np.array([[1000.0, -1000.0], [0.0, 0.0]]))
    assert three.sum(axis=1) == pytest.approx([1, 1])
    assert three[0, 0] == pytest.approx(1)
    assert three[1] == pytest.approx([1 / 3] * 3)


def test_without_a_calibration_the_difference_in_entailment_decides() -> None:
    rule = MarginRule(roles=2)
    both_high, one_high = np.array([[[4.0, 4.0]]]), np.array([[[4.0, -4.0]]])
    assert probabilities(rule.log_odds(both_high)).argmax() == 2
    assert probabilities(rule.log_odds(one_high)).argmax() == 0


def test_contradiction_of_the_other_side_counts_as_the_stance() -> None:
    rule = MarginRule(roles=2)
    contradicted = np.array([[[-9.0, -9.0, -9.0, 9.0]]])  # nothing entailed; "opposes" contradicted
    assert probabilities(rule.log_odds(contradicted)).argmax() == 0


def test_a_calibration_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    calibration = Calibration(PLAIN, 0.25, 2, (Step(1, PLAIN, 2.0),), "m", "q", {"note": "made up"})
    path = tmp_path / "c.yaml"
    path.write_text(calibration_yaml(calibration), encoding="utf-8")
    again = load_calibration(path, "m", "q")
    assert calibration_yaml(again) == calibration_yaml(calibration)
    assert again.numbers == 8 + 1 + 9
    readings = np.random.default_rng(0).normal(size=(5, 2, 2))
    assert again.log_odds(readings) == pytest.approx(calibration.log_odds(readings))


def test_a_calibration_file_with_the_old_name_of_its_digest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    text = calibration_yaml(Calibration(PLAIN, 0.0, 2, (), "m", "q"))
    path.write_text(text.replace("question_digest: q", "asked: q"), encoding="utf-8")
    assert load_calibration(path, "m", "q").question_digest == "q"


@pytest.mark.parametrize("network", ["large", "small"])
def test_a_shipped_calibration_binds_to_its_engine(network: str) -> None:
    judge = build("stance", "polystance", {"network": network}, "stance")
    assert isinstance(judge, CalibratedJudge)
    shipped = shipped_calibration(judge.name, judge.question_digest)
    assert shipped is not None
    calibration = load_calibration(shipped, judge.name, judge.question_digest)
    assert isinstance(judge.rule, Calibration)
    assert calibration_yaml(judge.rule) == calibration_yaml(calibration)


def test_every_shipped_calibration_belongs_to_an_engine() -> None:
    shipped = {path.stem for path in Path(calibration_file.__file__).with_name("calibrations").glob("*.yaml")}
    assert shipped == {"polystance-minilm", "polystance-mpnet"}


@pytest.mark.parametrize(
    ("model", "asked", "message"),
    [("other", "q", "fitted for m, not as other"), ("m", "r", "fitted with other hypotheses or options")],
)
def test_a_calibration_of_another_judge_is_refused(
    tmp_path: Path, model: str, asked: str, message: str
) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(calibration_yaml(Calibration(PLAIN, 0.0, 2, (), "m", "q")), encoding="utf-8")
    with pytest.raises(ConfigError, match=f"{message}.*Fit one"):
        load_calibration(path, model, asked)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            calibration_yaml(Calibration(PLAIN, 0.0, 2, (), "m", "q")).replace("gap", "gpa", 1),
            "a weight is missing .gpa.",
        ),
        (
            calibration_yaml(Calibration(PLAIN, 0.0, 2, (), "m", "q")).replace("tilt: 0.0", "tilt: .nan"),
            "tilt.* finite",
        ),
        ("caf\xe9: 1", "not UTF-8 at byte 3"),
    ],
)
def test_a_damaged_calibration_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(ConfigError, match=message):
        load_calibration(path, "m", "q")


def test_log_odds_do_not_depend_on_the_pairs_beside() -> None:
    readings = np.random.default_rng(0).normal(size=(64, 2, 2))
    alone = [PLAIN_ODD.log_odds(readings[[n]])[0].tolist() for n in range(64)]
    assert PLAIN_ODD.log_odds(readings).tolist() == alone


def small(folder: Path, **options: object) -> ZeroShotJudge:
    judge = build("stance", "nli", options, "stance", model=str(folder), offline=True)
    assert isinstance(judge, ZeroShotJudge)
    return judge


def test_a_sentence_and_its_context_count_half_and_half(nli_folder: Path) -> None:
    judge = small(nli_folder)
    alone, within = (
        Pair("Yoon opposes Russia.", "Yoon", "Russia"),
        Pair("Putin said. Yoon opposes Russia.", "Yoon", "Russia"),
    )
    both = within._replace(sentence=alone.premise)
    expected = (judge.readings([alone], 6) + judge.readings([within], 6)) / 2
    assert judge.readings([both], 6) == pytest.approx(expected)


def test_the_prior_of_an_empty_premise_is_removed(nli_folder: Path) -> None:
    judge = small(nli_folder, remove_prior=True)
    assert np.abs(judge.readings([Pair("", "Yoon", "Russia")], 6)).max() == 0


def test_further_questions_are_further_features(nli_folder: Path) -> None:
    judge = small(nli_folder, also=["position", "swapped"])
    assert judge.readings([Pair("Yoon opposes Russia.", "Yoon", "Russia")], 3).shape == (1, 3, 10)
    assert judge.features[:5] == ("supports", "opposes", "position", "swapped 1", "swapped 2")
    assert judge.features[5] == "supports contradicted"


def test_wordings_follow_the_kind_of_target_and_those_of_the_config_win(nli_folder: Path) -> None:
    pair = Pair("Yoon said.", "Yoon", "Russia", kind="event")
    assert ("Yoon said.", "Yoon welcomes Russia.") in small(nli_folder).hypotheses.stances_of(pair, 6)
    own = small(
        nli_folder,
        hypotheses={"supports": ["{actor} likes {target}."], "opposes": ["{actor} hates {target}."]},
    )
    assert own.hypotheses.stances_of(pair, 6) == [
        ("Yoon said.", "Yoon likes Russia."),
        ("Yoon said.", "Yoon hates Russia."),
    ]


def recording(folder: Path, memory: AnswerMemory | None = None) -> RecordingNli:
    judge = build(
        "stance", "tests.fakes:RecordingNli", {}, "stance", model=str(folder), offline=True, memory=memory
    )
    assert isinstance(judge, RecordingNli)
    return judge


def test_answers_are_remembered_between_judges(nli_folder: Path, tmp_path: Path) -> None:
    memory = AnswerMemory(tmp_path / "answers.sqlite")
    pairs = [Pair("Yoon opposes Russia.", "Yoon", "Russia")]
    first, again = recording(nli_folder, memory), recording(nli_folder, memory)
    assert again.judge(pairs) == first.judge(pairs)
    assert sorted(len(judge.recorded) for judge in (first, again)) == [0, 12]


def test_each_distinct_question_is_asked_once(nli_folder: Path) -> None:
    judge = recording(nli_folder)
    judge.judge([Pair("Yoon opposes Russia.", "Yoon", "Russia")] * 3)
    judge.judge([Pair("Yoon opposes Russia.", "Yoon", "Russia")])
    assert len(judge.recorded) == len(set(judge.recorded)) == 12
