"""Controls of the judge: questions repeated with a change that should change the answer."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from pipelines.blocks import guarded
from pipelines.engines.base import Negatable
from pipelines.judge import PAIRS_AT_A_TIME, stance_label
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from pipelines.engines.base import Pair, Scores, StanceJudge
    from pipelines.records import Label

COLUMNS = ["control", "judgements", "share", "low", "high", "acceptable", "met"]
STRANGER = "Alex Marlowe"
"""A made-up name that no passage contains."""
SEED = 1
"""Seed of the sample, so that the same judgements give the same controls."""
OPPOSITE = {"supports": "opposes", "opposes": "supports"}


class Control(NamedTuple):
    """A change to the question, and the share of answers that is acceptable.

    `counts` compares the first label with the second. `bound` is the largest acceptable share in [0, 1], or
    with `at_least` the smallest.
    """

    name: str
    change: Callable[[Pair], Pair]
    counts: Callable[[str, str], bool]
    bound: float
    at_least: bool = False


# Bounds of one half: some answers rightly stay (two sides may oppose each other); see docs/method.md.
CONTROLS = (
    Control("same with actor and target swapped", lambda p: p._replace(actor=p.target, target=p.actor),
            lambda label, again: label == again, 0.5),
    Control("same with another actor", lambda p: p._replace(actor=STRANGER),
            lambda label, again: label == again, 0.5),
)  # fmt: skip
NEGATED = Control("flips under negated hypotheses", lambda p: p,
                  lambda label, again: again == OPPOSITE[label], 0.5, at_least=True)  # fmt: skip


def controls(judged: Sequence[tuple[Pair, Label]], judge: StanceJudge, size: int) -> list[dict[str, object]]:
    """Repeat a sample of the judgements with each control's change.

    Args:
        judged: pairs and their labels, each a stance, in a fixed order.
        judge: the judge that gave the labels.
        size: number of judgements in the sample, at most.

    Returns:
        One row for each control: share of the sample, its 95% interval, and if it is acceptable.
    """
    sample = random.Random(SEED).sample(judged, min(size, len(judged)))  # noqa: S311  (no secret)
    rows = [_row(control, sample, judge) for control in CONTROLS]
    if isinstance(judge, Negatable):
        rows.insert(1, _row(NEGATED, sample, judge.negated()))
    return rows


def unmet(table: pd.DataFrame) -> list[str]:
    """The controls whose share is not acceptable, each as a line of text."""
    return [
        f"{row['control']}: {row['share']:.0%} of {row['judgements']} judgements, not {row['acceptable']}"
        for row in table.to_dict("records")
        if row["met"] is False
    ]


def _row(control: Control, sample: Sequence[tuple[Pair, Label]], judge: StanceJudge) -> dict[str, object]:
    again: list[Scores | Exception] = []
    for start in range(0, len(sample), PAIRS_AT_A_TIME):
        block = sample[start : start + PAIRS_AT_A_TIME]
        again += guarded([control.change(pair) for pair, _ in block], judge.judge)
    counted = [
        control.counts(label, stance_label(scores, 0, 0))
        for (_, label), scores in zip(sample, again, strict=True)
        if not isinstance(scores, Exception)
    ]
    acceptable = f"{'at least' if control.at_least else 'at most'} {control.bound:.0%}"
    row: dict[str, object] = {"control": control.name, "judgements": len(counted), "acceptable": acceptable}
    if not counted:
        return row | {"met": None}
    from scipy.stats import binomtest

    share = sum(counted) / len(counted)
    interval = binomtest(sum(counted), len(counted)).proportion_ci(method="wilson")
    met = interval.high >= control.bound if control.at_least else interval.low <= control.bound
    return row | {"share": share, "low": interval.low, "high": interval.high, "met": bool(met)}


def is_stance(label: str) -> bool:
    """True if a label is one of the two stances."""
    return label in LABELS[:2]
