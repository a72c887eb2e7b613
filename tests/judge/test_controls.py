"""Controls tell a judge that reads who holds a stance from one that does not."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipelines.engines.base import Pair, Scores
from pipelines.judge.controls import controls, unmet
from pipelines.records import Label
from tests.fakes import Fake

PAIRS: list[tuple[Pair, Label]] = [
    (Pair(f"Yoon opposes deployment {n}.", "Yoon", "deployment"), "opposes") for n in range(30)
]


class Reads(Fake):
    """Answers `opposes` where the text says that the actor opposes the target."""

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        return [
            Scores(0.0, 1.0, 0.0, 1.0)
            if f"{p.actor} opposes {p.target}" in p.premise
            else Scores(0.0, 0.0, 1.0, 1.0)
            for p in pairs
        ]


class Opposes(Fake):
    """Answers `opposes` to all."""

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        return [Scores(0.0, 1.0, 0.0, 1.0) for _ in pairs]


def counts(judge: Reads, size: int) -> list[object]:
    """Of how many judgements each control tells."""
    return [row["judgements"] for row in controls(PAIRS, judge, size)]


def shares(judge: Reads, size: int = 20) -> dict[str, object]:
    return {str(row["control"]): row["share"] for row in controls(PAIRS, judge, size)}


def test_a_judge_that_reads_changes_its_answer() -> None:
    assert shares(Reads()) == {"same with actor and target swapped": 0.0, "same with another actor": 0.0}


def test_a_judge_that_does_not_is_reported() -> None:
    assert unmet(pd.DataFrame(controls(PAIRS, Opposes(), 20))) == [
        "same with actor and target swapped: 100% of 20 judgements, not at most 50%",
        "same with another actor: 100% of 20 judgements, not at most 50%",
    ]


def test_the_sample_is_no_larger_than_asked() -> None:
    assert counts(Reads(), 7) == [7, 7]


class Fails(Reads):
    """Cannot read one passage as soon as another actor is put in."""

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        if any(p.actor != "Yoon" and p.premise.endswith(" 3.") for p in pairs):
            raise ValueError("too long")
        return super().judge(pairs)


def test_a_passage_that_cannot_be_asked_again_costs_only_itself() -> None:
    assert counts(Fails(), 30) == [29, 29]
