"""Stage 4: judge the stance of each passage's actor toward each target."""

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
"""Pairs in one call of the judge. Not tuned; bounds memory and the steps of progress, not results."""
SHORT = 4
"""Characters; a shorter term takes no ending, since it begins other words (US: use). Not tuned."""
SURELY_RELEVANT = 0.8
"""Probability of a stance that needs no term; 0.3 % of 300 DSE sentences with another target reach it."""


def judge(
    passages: Iterable[Passage],
    targets: Sequence[Target],
    stance_judge: StanceJudge,
    minimum_probability: float,
    minimum_agreement: float,
) -> Iterator[Judgement | Rejection]:
    """Judge each passage toward each target, in their order; a pair that fails yields a rejection.

    If a target has terms, a passage that contains none of them gets no judgement, unless the judge is sure
    of a stance: it counts as coverage, not as neutral.

    Args:
        passages: their contexts are the premises.
        targets: their wordings are named in the hypotheses.
        stance_judge: gives the three probabilities.
        minimum_probability: in [0, 1]; a label below it becomes `unclear`.
        minimum_agreement: in [0, 1]; a label below it becomes `unclear`.
    """

    def scores_of(items: Sequence[tuple[Passage, Target]]) -> Sequence[Scores]:
        return stance_judge.judge([pair_of(passage, target) for passage, target in items])

    in_reach = {target.name: reach(target) for target in targets}
    questions = ((passage, target) for passage in passages for target in targets)
    for block in blocks(questions, lambda _: 1, PAIRS_AT_A_TIME):
        for (passage, target), scores in zip(block, guarded(block, scores_of), strict=True):
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
    """The question to the judge about a passage and a target."""
    return Pair(passage.context, passage.actor, target.wording, target.kind, passage.pivot)


def reach(target: Target) -> Callable[[str], bool]:
    """A function that says if a text in the pivot language mentions a target; always true without terms."""
    if not target.terms:
        return lambda text: True  # noqa: ARG005
    terms = [normalise(term) for term in (target.name, target.wording, *target.terms)]
    # A term may take an ending (troop: troops), but a short one would begin other words (US: use).
    words = "|".join(regex.escape(term) + (r"(?!\w)" if len(term) < SHORT else "") for term in terms)
    pattern = regex.compile(rf"(?<!\w)(?:{words})")
    return lambda text: pattern.search(normalise(text)) is not None


def stance_label(scores: Scores, minimum_probability: float, minimum_agreement: float) -> Label:
    """The judge's label, or `unclear` if it is not likely enough or its wordings disagree.

    Args:
        scores: the three probabilities, the agreement and perhaps a label and how sure the engine is of it.
        minimum_probability: in [0, 1], of the label, as the engine that chose it is sure of it.
        minimum_agreement: in [0, 1], share of the wordings that agree with the label; no objection if only
            one was asked (NaN).
    """
    named: dict[Label, float] = dict(zip(LABELS, scores[:3], strict=True))
    likeliest = max(named, key=lambda name: named[name])
    label: Label = likeliest if scores.label is None else scores.label
    confidence = named[label] if scores.confidence is None else scores.confidence
    if confidence < minimum_probability or scores.agreement < minimum_agreement:  # NaN is not below
        return "unclear"
    return label
