"""Stage 4: each passage becomes a judgement of its actor's stance toward each target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.blocks import blocks, guarded
from pipelines.engines.base import Pair, Scores
from pipelines.records import Judgement, Label, Passage, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.config import Target
    from pipelines.engines.base import StanceJudge

PAIRS_AT_A_TIME = 64


def judge(
    passages: Iterable[Passage],
    targets: Sequence[Target],
    stance_judge: StanceJudge,
    minimum_probability: float,
    minimum_agreement: float,
) -> Iterator[Judgement | Rejection]:
    """Judgements in the order of the passages and the targets.

    Args:
        passages: whose context is the premise.
        targets: whose wording the hypotheses name.
        stance_judge: gives the three probabilities.
        minimum_probability: in [0, 1]; below it the label is `unclear`.
        minimum_agreement: in [0, 1]; below it the label is `unclear`.
    """

    def judged(items: Sequence[tuple[Passage, Target]]) -> Sequence[Scores]:
        return stance_judge.judge([Pair(p.context, p.actor, t.wording) for p, t in items])

    asked = ((passage, target) for passage in passages for target in targets)
    for block in blocks(asked, lambda _: 1, PAIRS_AT_A_TIME):
        for (passage, target), scores in zip(block, guarded(block, judged), strict=True):
            if isinstance(scores, Exception):
                yield Rejection(
                    passage.article_id, "judge", f"{passage.id}: {type(scores).__name__}: {scores}"
                )
            else:
                label = stance_label(scores, minimum_probability, minimum_agreement)
                three = scores.supports, scores.opposes, scores.neutral
                yield Judgement(passage.id, target.name, *three, label, scores.agreement)


def stance_label(scores: Scores, minimum_probability: float, minimum_agreement: float) -> Label:
    """The likeliest of the three, or `unclear` where it is not likely enough or its wordings disagree."""
    named: dict[Label, float] = {
        "supports": scores.supports,
        "opposes": scores.opposes,
        "neutral": scores.neutral,
    }
    label = max(named, key=lambda name: named[name])
    if named[label] < minimum_probability or scores.agreement < minimum_agreement:
        return "unclear"
    return label
