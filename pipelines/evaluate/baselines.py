"""Baselines that a judge must beat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.blocks import blocks
from pipelines.evaluate.out_of_fold import answers_of
from pipelines.evaluate.scores import differences, scores
from pipelines.judge import PAIRS_AT_A_TIME
from pipelines.judge.zero_shot import ZeroShotJudge
from pipelines.stages import JUDGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.engines.base import Pair, Scores, StanceJudge
    from pipelines.evaluate.answers import Answers
    from pipelines.evaluate.gold import GoldRow
    from pipelines.progress import Progress

CANDIDATES = ("supports", "opposes", "is neutral toward")
ROWS = 500
"""Rows of the sample: an accuracy of 0.5 then has a 95 % interval of ±0.044. Not tuned; bounds time."""
SEED = 1
"""Seed of that sample, so that a repeated evaluation gives the same figures."""
SOMEBODY, SOMETHING = "Somebody", "something"


def baselines(
    rows: Sequence[GoldRow], judge: StanceJudge, answers: Answers, progress: Progress
) -> dict[str, dict[str, Any]]:
    """Scores of baselines, and how far the judge is from each.

    They are the most frequent label, the most frequent stance, the judge without actor or target, and a
    zero-shot pipeline on the judge's checkpoint.

    Args:
        rows: labelled passages; of more than 500 a sample is used.
        judge: the config's, with its calibration.
        answers: the judge's, aligned with `rows`.
        progress: receives the number of rows done.

    Returns:
        name of the baseline -> `scores`, and as `difference` the judge's less the baseline's on the same rows
        (see `differences`).
    """
    if len(rows) > ROWS:
        chosen = np.zeros(len(rows), dtype=bool)
        chosen[np.random.default_rng(SEED).choice(len(rows), ROWS, replace=False)] = True
        rows, answers = [rows[i] for i in np.flatnonzero(chosen).tolist()], answers.only(chosen)
    counts = np.bincount(answers.expected, minlength=3)
    always = answers._replace(probabilities=None, confidence=None)
    by_name = {
        "majority": always._replace(predicted=np.full(len(rows), counts.argmax())),
        "majority stance": always._replace(predicted=np.full(len(rows), counts[:2].argmax())),
        "actor masked": _masked(rows, judge, {"actor": SOMEBODY}, progress),
        "target masked": _masked(rows, judge, {"target": SOMETHING}, progress),
    }
    if isinstance(judge, ZeroShotJudge):
        three = zero_shot_probabilities(judge, [row.pair for row in rows], progress)
        by_name["zero-shot pipeline"] = always._replace(predicted=three.argmax(axis=1), probabilities=three)
    return {
        name: scores(baseline) | {"difference": differences(answers, baseline)}
        for name, baseline in by_name.items()
    }


def _masked(
    rows: Sequence[GoldRow],
    judge: StanceJudge,
    substitutes: dict[str, str],
    progress: Progress,
) -> Answers:
    """The judge's answers to hypotheses that do not say who, or toward what."""
    progress.begin(JUDGE, len(rows))
    judged: list[Scores] = []
    for block in blocks([row.pair._replace(**substitutes) for row in rows], lambda _: 1, PAIRS_AT_A_TIME):
        judged += judge.judge(block)
        progress.advance(len(block))
    return answers_of(rows, judged)


def zero_shot_probabilities(
    judge: ZeroShotJudge, pairs: Sequence[Pair], progress: Progress
) -> NDArray[np.float64]:
    """Probabilities of transformers' zero-shot pipeline on the same checkpoint: float array (pairs, 3).

    They are the softmax of the entailment logits of "A supports T", "A opposes T", "A is neutral toward T".

    Args:
        judge: an NLI judge, of which only the logits are used.
        pairs: passages with actor and target.
        progress: receives the number of pairs done.
    """
    from scipy.special import softmax

    progress.begin(JUDGE, len(pairs))
    rows = []
    for block in blocks(pairs, lambda _: 1, PAIRS_AT_A_TIME):
        questions = [(p.premise, f"{p.actor} {label} {p.target}.") for p in block for label in CANDIDATES]
        rows.append(judge.logits(questions)[:, judge.labels.entailment].reshape(-1, len(CANDIDATES)))
        progress.advance(len(block))
    three: NDArray[np.float64] = softmax(np.concatenate(rows), axis=1)
    return three
