"""Controls tell a judge that reads who holds a stance from one that does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest

from cli.show import _control_lines
from pipelines.engines.base import Negatable, Pair, Scores
from pipelines.judge.controls import (
    COLUMNS,
    FOREIGN_TARGET,
    STRANGER,
    answers,
    control_rows,
    failed,
    sampled,
    undecided,
    used_controls,
)
from pipelines.records import Label
from tests.fakes import Fake

OPPOSES, NEUTRAL = Scores(0.0, 1.0, 0.0, 1.0), Scores(0.0, 0.0, 1.0, 1.0)
SWAPPED, ACTOR = "same with actor and target swapped", "same with another actor"
TARGET = "same with another target"
TARGETS = [("deployment", "policy"), ("sanctions", "policy"), ("Lee", "person")]
JUDGED: list[tuple[Pair, Label]] = [
    (Pair(f"Yoon opposes deployment {n}.", "Yoon", "deployment"), "opposes") for n in range(40)
]


class Judge(Fake):
    """Answers `opposes` if a rule says so, else `neutral`; keeps what it was asked."""

    def __init__(self, opposes: Callable[[Pair], bool]) -> None:
        super().__init__()
        self.opposes = opposes
        self.asked: list[Pair] = []

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        answers = [OPPOSES if self.opposes(pair) else NEUTRAL for pair in pairs]
        self.asked += pairs
        return answers


def reads(pair: Pair) -> bool:
    return f"{pair.actor} opposes {pair.target} " in pair.premise


def reads_tone(pair: Pair) -> bool:
    return "opposes" in pair.premise


def reads_actor(pair: Pair) -> bool:
    return f"{pair.actor} opposes" in pair.premise


def table(
    judge: Judge,
    judged: Sequence[tuple[Pair, Label]] = JUDGED,
    size: int = 40,
    targets: Sequence[tuple[str, str]] = TARGETS[:1],
) -> pd.DataFrame:
    sample = [judged[place] for place in sampled(len(judged), size)]
    pairs, used = (
        [pair for pair, _ in sample],
        used_controls(targets, can_negate=isinstance(judge, Negatable)),
    )
    again = {control.name: answers(control, pairs, judge) for control in used}
    return pd.DataFrame(control_rows(used, [label for _, label in sample], again), columns=COLUMNS)


def toward_others(
    targets: Sequence[tuple[str, str]], judged: Sequence[tuple[Pair, Label]] = JUDGED
) -> list[Pair]:
    """What the control of another target asks: neither a stranger's stance nor the target's own."""
    judge = Judge(reads)
    table(judge, judged, targets=targets)
    return [pair for pair in judge.asked if pair.actor == "Yoon" and pair.target != "deployment"]


def verdicts(result: pd.DataFrame) -> dict[str, str]:
    return dict(zip(result["control"], result["met"], strict=True))


def test_a_judge_that_reads_who_opposes_what_passes() -> None:
    result = table(Judge(reads))
    assert verdicts(result) == {SWAPPED: "passed", ACTOR: "passed", TARGET: "passed"}
    assert result["share"].tolist() == [0, 0, 0]
    assert failed(result) == undecided(result) == []


def test_a_judge_of_tone_alone_fails() -> None:
    result = table(Judge(reads_tone))
    assert set(verdicts(result).values()) == {"failed"}
    assert failed(result) == [
        f"{SWAPPED}: 100% of n = 40 judgements (95 % interval 91% to 100%), not at most 50%",
        f"{ACTOR}: 100% of n = 40 judgements (95 % interval 91% to 100%), not at most 50%",
        f"{TARGET}: 100% of n = 40 judgements (95 % interval 91% to 100%), not at most 10%",
    ]


def test_a_judge_that_ignores_the_target_fails_with_another_target_only() -> None:
    assert verdicts(table(Judge(reads_actor))) == {SWAPPED: "passed", ACTOR: "passed", TARGET: "failed"}


@pytest.mark.parametrize(("n", "verdict"), [(34, "undecided"), (35, "passed")])
def test_a_bound_of_one_in_ten_takes_35_judgements(n: int, verdict: str) -> None:
    assert verdicts(table(Judge(reads), size=n))[TARGET] == verdict


def test_each_judgement_is_asked_toward_one_other_target_of_the_run() -> None:
    asked = toward_others(TARGETS)
    assert len(asked) == 40
    assert {(pair.target, pair.kind) for pair in asked} == set(TARGETS[1:])
    assert asked == toward_others(TARGETS)


@pytest.mark.parametrize("targets", [[], TARGETS[:1], [*TARGETS[:1], ("Yoon", "person")]])
def test_a_foreign_target_is_asked_if_no_other_is_left(targets: list[tuple[str, str]]) -> None:
    assert {(pair.target, pair.kind) for pair in toward_others(targets)} == {FOREIGN_TARGET}


def test_the_hint_of_what_a_passage_is_about_names_the_exchanged_target() -> None:
    hinted = Pair(
        "[On deployment:] He [On TV] opposes it.", "Yoon", "deployment", sentence="[On deployment:] He does."
    )
    [asked] = toward_others(TARGETS[:2], [(hinted, "opposes")])
    assert asked.premise == "[On sanctions:] He [On TV] opposes it."
    assert asked.sentence == "[On sanctions:] He does."


def test_a_passage_without_a_hint_is_asked_as_it_is() -> None:
    judge = Judge(reads)
    table(judge, [(Pair("He [On TV:] opposes it.", "Yoon", "deployment"), "opposes")])
    assert {pair.premise for pair in judge.asked} == {"He [On TV:] opposes it."}
    assert {pair.sentence for pair in judge.asked} == {None}
    assert [pair.actor for pair in judge.asked] == ["deployment", STRANGER, "Yoon"]


def test_a_share_near_the_bound_is_undecided() -> None:
    result = table(Judge(lambda pair: int(pair.premise.split()[-1].rstrip(".")) % 2 == 0))
    assert verdicts(result)[ACTOR] == "undecided"
    assert undecided(result)[1] == (
        f"{ACTOR}: 50% of n = 40 judgements (95 % interval 35% to 65%), n too small to say if at most 50%"
    )


@pytest.mark.parametrize("opposes", [reads, reads_tone])
def test_a_single_judgement_says_nothing_about_a_bound_of_one_half(
    opposes: Callable[[Pair], bool],
) -> None:
    found = verdicts(table(Judge(opposes), size=1))
    assert (found[SWAPPED], found[ACTOR]) == ("undecided", "undecided")


def test_negated_hypotheses_must_flip_the_answer() -> None:
    class Negated(Judge):
        def negated(self) -> Judge:
            return Judge(lambda pair: False)

    result = table(Negated(reads))
    assert verdicts(result)["flips under negated hypotheses"] == "failed"
    assert "0% of n = 40" in failed(result)[0]
    assert failed(result)[0].endswith("not at least 50%")


def test_the_sample_is_no_larger_than_asked() -> None:
    assert set(table(Judge(reads), size=7)["judgements"]) == {7}


@pytest.mark.parametrize(("judged", "size"), [([], 20), (JUDGED, 0)])
def test_without_judgements_no_control_is_decided(judged: Any, size: int) -> None:
    result = table(Judge(reads), judged, size)
    assert set(verdicts(result).values()) == {"undecided"}
    assert result["share"].isna().all()
    assert undecided(result)[0] == f"{SWAPPED}: n = 0, n too small to say if at most 50%"


def test_a_passage_that_cannot_be_asked_again_costs_only_itself_and_is_counted() -> None:
    def cannot_read_one(pair: Pair) -> bool:
        if pair.premise.endswith(" 3."):
            raise ValueError("too long")
        return True

    result = table(Judge(cannot_read_one))
    assert set(result["judgements"]) == {39}
    assert set(result["not_asked"]) == {1}
    assert failed(result)[0].endswith("not at most 50% (1 could not be asked again)")


def test_a_judge_that_can_answer_nothing_again_is_undecided() -> None:
    def cannot_read(pair: Pair) -> bool:
        raise ValueError("too long")

    result = table(Judge(cannot_read))
    assert set(result["not_asked"]) == {40}
    assert undecided(result)[1] == (
        f"{ACTOR}: n = 0, n too small to say if at most 50% (40 could not be asked again)"
    )


def test_at_the_end_of_a_run_a_failed_control_is_a_warning_with_n() -> None:
    failing = table(Judge(reads_tone))
    assert _control_lines(failing, verbose=False) == [
        f"warning: control of the judge failed: {line}" for line in failed(failing)
    ]


def test_at_the_end_of_a_run_an_undecided_control_is_shown_with_verbose_only() -> None:
    small = table(Judge(reads), size=2)
    assert _control_lines(small, verbose=False) == []
    lines = _control_lines(small, verbose=True)
    assert len(lines) == len(small)
    assert all("n = 2" in line and "n too small to say" in line for line in lines)
