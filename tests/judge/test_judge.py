"""Passages become judgements, or coverage only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipelines.config import Target
from pipelines.engines.base import Pair, Scores
from pipelines.judge import about_prefix, judge, pair_of, stance_label
from pipelines.records import About, Judgement, Passage
from tests.fakes import Fake


def passage(text: str, context: str | None = None, **about: About) -> Passage:
    place = "a:0:Yoon", "a", "Yoon", 0, len(text)
    return Passage(*place, text, text, context or text, "narrated", "both", about)


class Answers(Fake):
    """Gives every pair the same scores, and keeps what it was asked."""

    def __init__(self, scores: Scores) -> None:
        super().__init__()
        self.scores, self.asked = scores, list[Pair]()

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        self.asked += pairs
        return [self.scores for _ in pairs]


DEPLOYMENT = Target(name="deployment", text="the deployment of troops", kind="event")
AID = Target(name="aid")
NEUTRAL = Scores(0.1, 0.2, 0.7, 1)


def test_a_passage_is_judged_toward_the_targets_that_it_is_about_and_no_others() -> None:
    passages = [
        passage("Yoon arrived."),
        passage("Yoon sent aid.", aid="named"),
        passage("Yoon sent it.", aid="near", deployment="referred"),
    ]
    found = judge(passages, [DEPLOYMENT, AID], Answers(NEUTRAL), 0.5, 0.5)
    assert [item.target for item in found if isinstance(item, Judgement)] == ["aid", "deployment", "aid"]


def test_a_judge_is_not_asked_about_a_passage_without_a_target() -> None:
    answers = Answers(NEUTRAL)
    assert list(judge([passage("Yoon arrived.")], [DEPLOYMENT, AID], answers, 0.5, 0.5)) == []
    assert answers.asked == []


@pytest.mark.parametrize(
    ("text", "wording", "prefix"),
    [
        ("Yoon fears the deployment of troops.", "the deployment of troops", ""),
        ("Yoon fears a Deployment of Troops.", "the deployment of troops", ""),
        ("Yoon fears soldiers.", "the deployment of troops", "[On the deployment of troops:] "),
        ("Yoon fears it.", "NATO", "[On NATO:] "),
        ("Yoon fears NATO.", "NATO", ""),
    ],
)
def test_a_hint_says_what_a_text_is_about_that_does_not_name_it_as_the_question_does(
    text: str, wording: str, prefix: str
) -> None:
    assert about_prefix(text, wording) == prefix


def test_the_judge_is_asked_of_the_context_and_of_the_sentence() -> None:
    answers = Answers(NEUTRAL)
    resolved = passage("He objects.", "[Yoon said:] He objects.", deployment="referred")
    list(judge([resolved], [DEPLOYMENT], answers, 0.5, 0.5))
    premise = "[On the deployment of troops:] [Yoon said:] He objects."
    assert answers.asked == [Pair(premise, "Yoon", "the deployment of troops", "event", "He objects.")]


def test_a_reference_to_the_target_is_written_out_in_the_passage_and_not_around_it() -> None:
    context = "It rained. Yoon calls this deployment a mistake. It went on."
    referred = passage("Yoon calls this deployment a mistake.", context, deployment="referred")
    expected = "It rained. Yoon calls the deployment of troops a mistake. It went on."
    assert pair_of(referred, DEPLOYMENT).premise == expected


def test_what_is_not_likely_or_not_agreed_is_unclear() -> None:
    assert stance_label(Scores(0.4, 0.35, 0.25, 1.0), 0.5, 0.5) == "unclear"
    assert stance_label(Scores(0.6, 0.3, 0.1, 0.4), 0.5, 0.5) == "unclear"
    assert stance_label(Scores(0.6, 0.3, 0.1, 1.0), 0.5, 0.5) == "supports"


def test_a_label_of_the_engines_own_choice_wins() -> None:
    assert stance_label(Scores(0.0, 0.45, 0.55, 1.0, "opposes"), 0.4, 0.5) == "opposes"
    assert stance_label(Scores(0.0, 0.45, 0.55, 1.0, "opposes"), 0.5, 0.5) == "unclear"


def test_a_sentence_that_does_not_name_its_actor_is_read_with_the_name_and_without() -> None:
    resolved = replace(passage("He fears aid.", "[Yoon said:] He fears aid."), matched="resolved")
    premises = [view.premise for view in pair_of(resolved, AID).views()]
    assert premises == ["[Yoon said:] He fears aid.", "He fears aid."]
