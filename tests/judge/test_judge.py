"""Passages become judgements, or coverage only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipelines.config import Target
from pipelines.engines.base import Pair, Scores
from pipelines.judge import judge, pair_of, reach, stance_label
from pipelines.records import Judgement, Passage
from tests.fakes import Fake


def passage(text: str, context: str | None = None) -> Passage:
    return Passage("a:0:Yoon", "a", "Yoon", 0, len(text), text, text, context or text, "narrated", "both")


class Answers(Fake):
    """Gives every pair the same scores, and keeps what it was asked."""

    def __init__(self, scores: Scores) -> None:
        super().__init__()
        self.scores, self.asked = scores, list[Pair]()

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        self.asked += pairs
        return [self.scores for _ in pairs]


def labels(text: str, target: Target, scores: Scores) -> list[str]:
    found = judge([passage(text)], [target], Answers(scores), 0.5, 0.5)
    return [item.label for item in found if isinstance(item, Judgement)]


DEPLOYMENT = Target(name="deployment", text="the deployment of troops", terms=["soldier", "envoi"])
NEUTRAL, OPPOSES, SURE = Scores(0.1, 0.2, 0.7, 1), Scores(0.1, 0.6, 0.3, 1), Scores(0.05, 0.85, 0.1, 1)


def test_a_passage_without_the_target_is_coverage_and_not_neutral() -> None:
    assert labels("Yoon arrived on Thursday.", DEPLOYMENT, NEUTRAL) == []
    assert labels("Yoon spoke of soldiers.", DEPLOYMENT, NEUTRAL) == ["neutral"]


def test_a_stance_out_of_reach_of_the_target_needs_a_sure_judge() -> None:
    assert labels("What we do is our business.", DEPLOYMENT, OPPOSES) == []
    assert labels("What we do is our business.", DEPLOYMENT, SURE) == ["opposes"]


def test_without_terms_the_judge_alone_decides() -> None:
    assert labels("Yoon arrived on Thursday.", Target(name="deployment"), NEUTRAL) == ["neutral"]


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("SOLDIERS left", True),
        ("the Deployment of Troops", True),
        ("a redeployment", False),
        ("nothing", False),
    ],
)
def test_a_term_reaches_from_the_beginning_of_a_word(text: str, reached: bool) -> None:
    assert reach(DEPLOYMENT)(text) is reached


def test_the_judge_is_asked_of_the_context_and_of_the_sentence() -> None:
    answers = Answers(NEUTRAL)
    target = Target(name="deployment", kind="event")
    list(judge([passage("He objects.", "[Yoon said:] He objects.")], [target], answers, 0.5, 0.5))
    assert answers.asked == [Pair("[Yoon said:] He objects.", "Yoon", "deployment", "event", "He objects.")]


def test_what_is_not_likely_or_not_agreed_is_unclear() -> None:
    assert stance_label(Scores(0.4, 0.35, 0.25, 1.0), 0.5, 0.5) == "unclear"
    assert stance_label(Scores(0.6, 0.3, 0.1, 0.4), 0.5, 0.5) == "unclear"
    assert stance_label(Scores(0.6, 0.3, 0.1, 1.0), 0.5, 0.5) == "supports"


def test_a_label_of_the_engines_own_choice_wins() -> None:
    assert stance_label(Scores(0.0, 0.45, 0.55, 1.0, "opposes"), 0.4, 0.5) == "opposes"
    assert stance_label(Scores(0.0, 0.45, 0.55, 1.0, "opposes"), 0.5, 0.5) == "unclear"


def test_a_short_term_reaches_as_a_whole_word_only() -> None:
    america = reach(Target(name="America", terms=["US"]))
    assert america("US troops left.")
    assert not america("They use troops.")


def test_a_sentence_that_does_not_name_its_actor_is_read_with_the_name_and_without() -> None:
    resolved = replace(passage("He said no.", "[Yoon said:] He said no."), matched="resolved")
    premises = [view.premise for view in pair_of(resolved, DEPLOYMENT).views()]
    assert premises == ["[Yoon said:] He said no.", "He said no."]
