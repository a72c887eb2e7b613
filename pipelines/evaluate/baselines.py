"""What a judge must do better than."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import softmax

from pipelines.blocks import blocks
from pipelines.evaluate.scores import scores
from pipelines.judge import PAIRS_AT_A_TIME, stance_label
from pipelines.judge.zero_shot import ZeroShotJudge
from pipelines.records import LABELS
from pipelines.stages import JUDGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.engines.base import Pair, Scores, StanceJudge
    from pipelines.evaluate.gold import GoldRow
    from pipelines.evaluate.scores import Answers
    from pipelines.progress import Progress

CANDIDATES = ("supports", "opposes", "is neutral toward")
ROWS = 500
SOMEBODY, SOMETHING = "Somebody", "something"


def baselines(
    rows: Sequence[GoldRow], judge: StanceJudge, answers: Answers, progress: Progress
) -> dict[str, dict[str, Any]]:
    """Scores of the commonest label, of the judge without actor or target, and of a zero-shot pipeline.

    Args:
        rows: of gold.
        judge: of the config, as it is calibrated there.
        answers: its own, for what is expected. Of more than 500 rows a sample is used.
        progress: told how far the work is.
    """
    if len(rows) > ROWS:
        chosen = np.zeros(len(rows), dtype=bool)
        chosen[np.random.default_rng(1).choice(len(rows), ROWS, replace=False)] = True
        rows, answers = [rows[i] for i in np.flatnonzero(chosen).tolist()], answers.only(chosen)
    commonest = np.full(len(rows), np.bincount(answers.expected, minlength=3).argmax())
    given = {
        "majority": answers._replace(given=commonest, probabilities=None),
        "actor masked": _masked(rows, judge, {"actor": SOMEBODY}, answers, progress),
        "target masked": _masked(rows, judge, {"target": SOMETHING}, answers, progress),
    }
    if isinstance(judge, ZeroShotJudge):
        three = zero_shot_probabilities(judge, [row.pair for row in rows], progress)
        given["zero-shot pipeline"] = answers._replace(given=three.argmax(axis=1), probabilities=three)
    return {name: scores(told) for name, told in given.items()}


def _masked(
    rows: Sequence[GoldRow],
    judge: StanceJudge,
    masked: dict[str, str],
    answers: Answers,
    progress: Progress,
) -> Answers:
    """The judge's answers where hypotheses do not say who, or toward what."""
    progress.begin(JUDGE, len(rows))
    told: list[Scores] = []
    for block in blocks([row.pair._replace(**masked) for row in rows], lambda _: 1, PAIRS_AT_A_TIME):
        told += judge.judge(block)
        progress.advance(len(block))
    labels = np.array([LABELS.index(stance_label(s, 0, 0)) for s in told])
    return answers._replace(given=labels, probabilities=np.array([s[:3] for s in told]))


def zero_shot_probabilities(
    judge: ZeroShotJudge, pairs: Sequence[Pair], progress: Progress
) -> NDArray[np.float64]:
    """What transformers' zero-shot pipeline answers on the same checkpoint: float array (pairs, 3).

    The softmax of the entailment logits of "A supports T", "A opposes T" and "A is neutral toward T".
    """
    progress.begin(JUDGE, len(pairs))
    rows = []
    for block in blocks(pairs, lambda _: 1, PAIRS_AT_A_TIME):
        questions = [(p.premise, f"{p.actor} {label} {p.target}.") for p in block for label in CANDIDATES]
        rows.append(judge.logits(questions)[:, judge.labels.entailment].reshape(-1, len(CANDIDATES)))
        progress.advance(len(block))
    three: NDArray[np.float64] = softmax(np.concatenate(rows), axis=1)
    return three
