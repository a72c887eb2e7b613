"""Stage 4: each passage becomes a judgement of its actor's stance toward each target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from pipelines.blocks import blocks, guarded
from pipelines.engines.base import Pair, Scores
from pipelines.records import LABELS, Judgement, Label, Passage, Rejection
from pipelines.text.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pipelines.config import Target
    from pipelines.engines.base import StanceJudge

PAIRS_AT_A_TIME = 64
SHORT = 4
"""Characters; a term of fewer takes no ending."""
SURELY_RELEVANT = 0.8
"""A stance of this probability is all but never given to a text and an exchanged target."""


def judge(
    passages: Iterable[Passage],
    targets: Sequence[Target],
    stance_judge: StanceJudge,
    minimum_probability: float,
    minimum_agreement: float,
) -> Iterator[Judgement | Rejection]:
    """Judgements in the order of the passages and the targets.

    Where a target has terms, a passage in whose reach none of them stands gets no judgement, unless the
    judge is sure of a stance: it counts as coverage, and not as neutral.

    Args:
        passages: whose context is the premise.
        targets: whose wording the hypotheses name.
        stance_judge: gives the three probabilities.
        minimum_probability: in [0, 1]; below it the label is `unclear`.
        minimum_agreement: in [0, 1]; below it the label is `unclear`.
    """

    def judged(items: Sequence[tuple[Passage, Target]]) -> Sequence[Scores]:
        return stance_judge.judge([pair_of(passage, target) for passage, target in items])

    in_reach = {target.name: reach(target) for target in targets}
    asked = ((passage, target) for passage in passages for target in targets)
    for block in blocks(asked, lambda _: 1, PAIRS_AT_A_TIME):
        for (passage, target), scores in zip(block, guarded(block, judged), strict=True):
            if isinstance(scores, Exception):
                reason = f"{passage.id}: {type(scores).__name__}: {scores}"
                yield Rejection(passage.article_id, "judge", reason)
                continue
            label = stance_label(scores, minimum_probability, minimum_agreement)
            three = scores.supports, scores.opposes, scores.neutral
            relevant = label in LABELS[:2] and max(three) >= SURELY_RELEVANT
            if relevant or in_reach[target.name](passage.context):
                yield Judgement(passage.id, target.name, *three, label, scores.agreement)


def pair_of(passage: Passage, target: Target) -> Pair:
    """What the judge is asked of a passage and a target."""
    return Pair(passage.context, passage.actor, target.wording, target.kind, passage.pivot)


def reach(target: Target) -> Callable[[str], bool]:
    """Tells whether a text in the pivot language speaks of a target; always true where it has no terms."""
    if not target.terms:
        return lambda text: True  # noqa: ARG005
    terms = [normalise(term) for term in (target.name, target.wording, *target.terms)]
    # A term may take an ending (troop: troops), but a short one would begin other words (US: use).
    words = "|".join(regex.escape(term) + (r"(?!\w)" if len(term) < SHORT else "") for term in terms)
    pattern = regex.compile(rf"(?<!\w)(?:{words})")
    return lambda text: pattern.search(normalise(text)) is not None


def stance_label(scores: Scores, minimum_probability: float, minimum_agreement: float) -> Label:
    """The judge's label, or `unclear` where it is not likely enough or its wordings disagree."""
    named: dict[Label, float] = dict(zip(LABELS, scores[:3], strict=True))
    likeliest = max(named, key=lambda name: named[name])
    label: Label = likeliest if scores.label is None else scores.label
    if named[label] < minimum_probability or scores.agreement < minimum_agreement:
        return "unclear"
    return label
