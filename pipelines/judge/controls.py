"""Controls of the judge: questions repeated with a change that should change the answer."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pipelines.blocks import guarded
from pipelines.engines.base import Negatable
from pipelines.hashing import fingerprint
from pipelines.judge import PAIRS_AT_A_TIME, stance_label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from pipelines.engines.base import Pair, Scores, StanceJudge
    from pipelines.records import Label

    Verdict = Literal["passed", "failed", "undecided"]

COLUMNS = ["control", "judgements", "share", "low", "high", "acceptable", "met", "not_asked"]
STRANGER = "Alex Marlowe"
"""A made-up name that no passage contains."""
FOREIGN_TARGET = ("the renaming of the municipal swimming pool", "policy")
"""Wording and kind, asked about if a job has no other target. No news job is about it and its words carry no
tone, so that a stance toward it can only come from the rest of the passage."""
ABOUT = re.compile(r"\A\[On .*?:\] ")
"""The hint of what a passage is about, which names its target: [On the trade deal:] He rejects it."""
SEED = 1
"""Seed of the sample, so that the same judgements give the same controls."""
OPPOSITE = {"supports": "opposes", "opposes": "supports"}

SWAPPED_AT_MOST = 0.5
"""Share that stays with actor and target swapped. A judge of tone alone keeps all of it; some stay rightly,
since two sides may oppose each other. Chosen between the two: the embedded model keeps 0.36 on NTREX."""
NEGATED_AT_LEAST = 0.5
"""Share that flips under negated hypotheses. A judge of keywords flips none of it, one that reads "not" all;
chosen halfway. Small models read "not" badly: the embedded one flips 0.36 on NTREX."""
ACTOR_AT_MOST = 0.5
"""Share that stays with another actor. A judge of the target alone keeps all of it; a text does not deny the
stance to a stranger, so some stay. Chosen halfway: the embedded model keeps 0.22 in the quickstart."""

TARGET_AT_MOST = 0.1
"""Share that stays with another target. It was not read from the words on the target, so it would count for
any target asked. Chosen: nine stances in ten must depend on their target. Not zero, since a passage may name
two targets; 11 % of 300 DSE sentences with the target of another sentence are called a stance, either one."""


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

    def verdict(self, low: float, high: float) -> Verdict:
        """If a share passes whose interval is [low, high]: undecided if the bound lies within it."""
        if self.at_least:
            return "passed" if low >= self.bound else "failed" if high < self.bound else "undecided"
        return "passed" if high <= self.bound else "failed" if low > self.bound else "undecided"


def sampled(count: int, size: int) -> list[int]:
    """The numbers of the judgements in the sample, of `count` in a fixed order; `size` at most."""
    return random.Random(SEED).sample(range(count), min(size, count))  # noqa: S311  (no secret)


def used_controls(targets: Sequence[tuple[str, str]], *, can_negate: bool) -> list[Control]:
    """The controls of a run, in the order of their rows.

    Args:
        targets: wording and kind of each target of the run; a judgement is asked again toward another one of
            them, or toward FOREIGN_TARGET if there is no other.
        can_negate: whether the judge is `Negatable`.
    """
    another_target = Control(
        "same with another target", lambda p: _exchanged(p, targets), _same, TARGET_AT_MOST
    )
    swapped, *others = CONTROLS
    return [swapped, *([NEGATED] if can_negate else []), *others, another_target]


def answers(control: Control, pairs: Sequence[Pair], judge: StanceJudge) -> list[Label | None]:
    """The labels that a judge gives with a control's change, one for each pair; None if it fails on one.

    Raises:
        PolystanceError: from the judge; it concerns the run, not one judgement.
    """
    if control is NEGATED:
        assert isinstance(judge, Negatable), "the control is used with such judges alone"
        judge = judge.negated()
    again: list[Scores | Exception] = []
    for start in range(0, len(pairs), PAIRS_AT_A_TIME):
        block = pairs[start : start + PAIRS_AT_A_TIME]
        again += guarded([control.change(pair) for pair in block], judge.judge)
    return [None if isinstance(scores, Exception) else stance_label(scores, 0, 0) for scores in again]


def control_rows(
    controls: Sequence[Control], labels: Sequence[Label], again: Mapping[str, Sequence[Label | None]]
) -> list[dict[str, object]]:
    """What the controls show.

    Args:
        controls: see `used_controls`.
        labels: of the judgements in the sample, each a stance.
        again: the `answers` on the same judgements, by the control's name.

    Returns:
        One row for each control, with the names of COLUMNS: the number of judgements asked again, of them the
        share and its 95 % Wilson interval (absent if there are none), the verdict (`met`), and the number of
        judgements that the judge failed to answer (`not_asked`).
    """
    return [_row(control, labels, again[control.name]) for control in controls]


def failed(table: pd.DataFrame) -> list[str]:
    """The controls whose share is surely not acceptable, each as a line of text with n and interval."""
    rows = table[table["met"] == "failed"].to_dict("records")
    return [f"{_result(row)}, not {row['acceptable']}{_not_asked(row)}" for row in rows]


def undecided(table: pd.DataFrame) -> list[str]:
    """The controls with too few judgements for a verdict, each as a line of text with n and interval."""
    rows = table[table["met"] == "undecided"].to_dict("records")
    return [f"{_result(row)}, n too small to say if {row['acceptable']}{_not_asked(row)}" for row in rows]


def _result(row: dict[Any, Any]) -> str:
    if not row["judgements"]:
        return f"{row['control']}: n = 0"
    interval = f"{row['low']:.0%} to {row['high']:.0%}"
    share = f"{row['share']:.0%} of n = {row['judgements']} judgements"
    return f"{row['control']}: {share} (95 % interval {interval})"


def _not_asked(row: dict[Any, Any]) -> str:
    return f" ({row['not_asked']} could not be asked again)" if row["not_asked"] else ""


def _exchanged(pair: Pair, targets: Sequence[tuple[str, str]]) -> Pair:
    """The pair toward another target: always the same for the pair, each equally often over many pairs."""
    others = [target for target in targets if target[0] not in (pair.target, pair.actor)] or [FOREIGN_TARGET]
    wording, kind = others[int(fingerprint(pair), 16) % len(others)]
    return _toward(pair, wording)._replace(kind=kind)


def _swapped(pair: Pair) -> Pair:
    return _toward(pair, pair.actor)._replace(actor=pair.target)


def _toward(pair: Pair, wording: str) -> Pair:
    """The pair with this target, named also in the hint before its texts if they have one."""

    def renamed(text: str) -> str:
        return ABOUT.sub(lambda _: f"[On {wording}:] ", text)

    sentence = None if pair.sentence is None else renamed(pair.sentence)
    return pair._replace(premise=renamed(pair.premise), sentence=sentence, target=wording)


def _same(label: str, again: str) -> bool:
    return label == again


CONTROLS = (
    Control("same with actor and target swapped", _swapped, _same, SWAPPED_AT_MOST),
    Control("same with another actor", lambda p: p._replace(actor=STRANGER), _same, ACTOR_AT_MOST),
)  # fmt: skip
NEGATED = Control("flips under negated hypotheses", lambda p: p,
                  lambda label, again: again == OPPOSITE[label], NEGATED_AT_LEAST, at_least=True)  # fmt: skip


def _row(control: Control, labels: Sequence[Label], again: Sequence[Label | None]) -> dict[str, object]:
    counted = [
        control.counts(label, other) for label, other in zip(labels, again, strict=True) if other is not None
    ]
    row: dict[str, object] = {
        "control": control.name,
        "judgements": len(counted),
        "acceptable": f"{'at least' if control.at_least else 'at most'} {control.bound:.0%}",
        "not_asked": len(labels) - len(counted),
    }
    if not counted:
        return row | {"met": "undecided"}
    from scipy.stats import binomtest

    interval = binomtest(sum(counted), len(counted)).proportion_ci(method="wilson")
    low, high = float(interval.low), float(interval.high)
    share = sum(counted) / len(counted)
    return row | {"share": share, "low": low, "high": high, "met": control.verdict(low, high)}
