"""Stage 5: each passage becomes a judgement of its actor's stance toward each target that it is about."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pipelines.blocks import blocks, guarded
from pipelines.engines.base import Pair, Parallel, Scores
from pipelines.records import LABELS, Judgement, Label, Passage, Rejection
from pipelines.text.languages import base_language
from pipelines.text.normalise import normalise
from pipelines.text.references import written_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.config import Target
    from pipelines.engines.base import StanceJudge

PAIRS_AT_A_TIME = 64
"""Pairs in one call of a judge: bounds memory and what a failing call must repeat; changes no result."""


def judge(
    passages: Iterable[Passage],
    targets: Sequence[Target],
    stance_judge: StanceJudge,
    minimum_probability: float,
    minimum_agreement: float,
    pivot: str = "en",
) -> Iterator[Judgement | Rejection]:
    """Judgements in the order of the passages and the targets.

    A passage gets no judgement toward a target that it is not about: it counts as coverage, not as neutral.

    Args:
        passages: whose context is the premise.
        targets: named by the hypotheses.
        stance_judge: gives the three probabilities.
        minimum_probability: in [0, 1]; below it the label is `unclear`.
        minimum_agreement: in [0, 1]; below it the label is `unclear`.
        pivot: language of the passages' contexts.
    """

    about = ((p, [t for t in targets if t.name in p.about]) for p in passages)
    questions = ((passage, own) for passage, own in about if own)
    size = stance_judge.pairs_at_a_time if isinstance(stance_judge, Parallel) else PAIRS_AT_A_TIME
    for block in blocks(questions, lambda question: len(question[1]), size):
        pairs = [(passage, target) for passage, own in block for target in own]
        for (passage, target), scores in zip(pairs, _scores(block, stance_judge, pivot), strict=True):
            if isinstance(scores, Exception):
                reason = f"{passage.id}: {type(scores).__name__}: {scores}"
                yield Rejection(passage.article_id, "judge", reason)
                continue
            label = stance_label(scores, minimum_probability, minimum_agreement)
            three = scores.supports, scores.opposes, scores.neutral
            yield Judgement(passage.id, target.name, *three, label, scores.agreement, *choice(scores))


def _scores(
    block: Sequence[tuple[Passage, Sequence[Target]]], stance_judge: StanceJudge, pivot: str
) -> Iterator[Scores | Exception]:
    """The scores of each passage's pairs, or an error in their place.

    A passage's pairs are in one call, since an engine may ask about several targets at once; if they fail
    together, each is tried alone.
    """

    def judged(pairs: Sequence[Pair]) -> list[Scores]:
        return stance_judge.judge(pairs)

    def of_passages(asked: Sequence[Sequence[Pair]]) -> list[list[Scores]]:
        scores = iter(judged([pair for pairs in asked for pair in pairs]))
        return [[next(scores) for _ in pairs] for pairs in asked]

    questions = [[pair_of(passage, target, pivot) for target in targets] for passage, targets in block]
    for pairs, scores in zip(questions, guarded(questions, of_passages), strict=True):
        if isinstance(scores, Exception) and len(pairs) > 1:
            yield from guarded(pairs, judged)
        elif isinstance(scores, Exception):
            yield scores
        else:
            yield from scores


def pair_of(passage: Passage, target: Target, pivot: str = "en") -> Pair:
    """What the judge is asked of a passage and a target.

    In the premise the target is called as in the hypotheses, so that a judge that masks names finds it: where
    an alias of it stands, else where a passage that refers back to it does so ("the plan", "it"); if there is
    neither, a hint says what the passage is about.
    """
    text = with_wording(passage.context, target)
    if passage.about.get(target.name) == "referred" and about_prefix(text, target.wording):
        text = with_reference(text, passage.pivot, target, pivot)
    premise = about_prefix(text, target.wording) + text
    return Pair(premise, passage.actor, target.wording, target.kind, passage.pivot)


def with_reference(text: str, sentence: str, target: Target, pivot: str) -> str:
    """A text in which a sentence's reference to a target is replaced by the target's wording, if it has one.

    Args:
        text: that holds the sentence.
        sentence: the passage alone.
        target: that the sentence refers back to.
        pivot: language of the text.
    """
    written = written_out(sentence, target.wording, target.kind, base_language(pivot))
    start = text.rfind(sentence)
    if written is None or start < 0:
        return text
    return text[:start] + written + text[start + len(sentence) :]


def with_wording(text: str, target: Target) -> str:
    """A text in which the first alias of a target is replaced by the target's wording, if it lacks that."""
    if not about_prefix(text, target.wording):
        return text
    names = [name for names in target.aliases.values() for name in names]
    pattern = _alias_pattern((*names, target.name))
    return pattern.sub(target.wording.replace("\\", r"\\"), text, count=1)


@cache
def _alias_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of a target's names, the longest first, with the article before it if there is one."""
    longest_first = sorted({re.sub(r"^(?:the|an?) ", "", name) for name in names}, key=len, reverse=True)
    aliases = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<!\w)(?:(?:the|an?|this|that) )?(?:{aliases})(?!\w)", re.IGNORECASE)


def about_prefix(text: str, wording: str) -> str:
    """What the judge reads before a text that does not call the target as the hypothesis does.

    In brackets as editors add it: `[On the trade deal:] `; empty if the text holds the wording.
    """
    words = normalise(wording).removeprefix("the ")
    return "" if words in normalise(text) else f"[On {wording}:] "


def stance_label(scores: Scores, minimum_probability: float, minimum_agreement: float) -> Label:
    """The judge's label, or `unclear` if it is not likely enough or its wordings disagree.

    Args:
        scores: the three probabilities, the agreement and perhaps a label and how sure the engine is of it.
        minimum_probability: in [0, 1], of the label, as the engine that chose it is sure of it.
        minimum_agreement: in [0, 1], share of the wordings that agree with the label; no objection if only
            one was asked (NaN).
    """
    label, confidence = choice(scores)
    if confidence < minimum_probability or scores.agreement < minimum_agreement:  # NaN is not below
        return "unclear"
    return label


def choice(scores: Scores) -> tuple[Label, float]:
    """The judge's label before abstention, and how sure it is of it, in [0, 1]."""
    named: dict[Label, float] = dict(zip(LABELS, scores[:3], strict=True))
    label: Label = max(named, key=lambda name: named[name]) if scores.label is None else scores.label
    return label, named[label] if scores.confidence is None else scores.confidence
