"""Judgement of gold rows by calibrations that were not fitted on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.evaluate.answers import Answers
from pipelines.evaluate.fit import Examples, fit, folds
from pipelines.hashing import fingerprint
from pipelines.judge import PAIRS_AT_A_TIME, stance_label
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pipelines.engines.base import Pair, Scores
    from pipelines.evaluate.gold import GoldRow
    from pipelines.judge.calibration import Rule


class StoredJudge(CalibratedJudge):
    """A judge with stored readings, to which rules can be applied without the model.

    Args:
        features: their names.
        readings: pair -> float array (wordings, features), in nats.
        rule: calibration or margin rule.
    """

    def __init__(
        self, features: tuple[str, ...], readings: dict[Pair, NDArray[np.float64]], rule: Rule
    ) -> None:
        super().__init__("stored", None)
        self.features, self._readings, self._rule = features, readings, rule
        self.wordings = len(next(iter(readings.values())))

    @property
    def question_digest(self) -> str:
        """Empty: the rule is an argument, no calibration is looked up."""
        return ""

    def readings(self, pairs: Sequence[Pair], wordings: int) -> NDArray[np.float64]:
        """Stored readings of the pairs: float array (pairs, wordings, features)."""
        return np.stack([self._readings[pair][:wordings] for pair in pairs])


def in_first_half(rows: Sequence[GoldRow]) -> NDArray[np.bool_]:
    """Rows that a calibration may be fitted on, bool array (rows,): about half, by whole documents.

    The half follows from the document's name alone, so that a document stays in its half whichever files
    are read, and the second half stays untouched by every fit.
    """
    return np.array([int(fingerprint(row.document), 16) % 2 == 0 for row in rows])


def readings_of(
    rows: Sequence[GoldRow], judge: CalibratedJudge, file: Path | None = None
) -> dict[Pair, NDArray[np.float64]]:
    """Readings of each pair in all wordings, float arrays (wordings, features) in nats.

    Args:
        rows: labelled passages.
        judge: with its model.
        file: keeps the readings (.npz); read if it exists, which must be of the same rows and judge.
    """
    pairs = [row.pair for row in rows]
    if file and file.is_file():
        return dict(zip(pairs, np.load(file)["readings"], strict=True))
    blocks = [pairs[start : start + PAIRS_AT_A_TIME] for start in range(0, len(pairs), PAIRS_AT_A_TIME)]
    readings = np.concatenate([judge.readings(block, judge.wordings) for block in blocks])
    if file:
        np.savez(file, readings=readings)
    return dict(zip(pairs, readings, strict=True))


def examples_of(rows: Sequence[GoldRow], readings: dict[Pair, NDArray[np.float64]]) -> Examples:
    """Rows with their readings, as `fit` takes them."""
    with_neutral = {row.source for row in rows if row.label == "neutral"}
    return Examples(
        np.stack([readings[row.pair] for row in rows]),
        np.array([LABELS.index(row.label) for row in rows]),
        np.array([row.source not in with_neutral for row in rows]),
        [row.document for row in rows],
    )


def out_of_fold(
    rows: Sequence[GoldRow],
    examples: Examples,
    features: tuple[str, ...],
    readings: dict[Pair, NDArray[np.float64]],
) -> tuple[list[Scores], list[Scores]]:
    """Judge each row by a calibration fitted on the other folds.

    Args:
        rows: labelled passages.
        examples: the same rows, aligned.
        features: their names.
        readings: pair -> float array (wordings, features), in nats.

    Returns:
        Scores from all wordings, and scores with early decisions; both aligned with `rows`.
    """
    fold = folds(examples.documents)
    full: dict[int, Scores] = {}
    shortened: dict[int, Scores] = {}
    for number in np.unique(fold):
        calibration = fit(examples.only(fold != number), features)
        held_out = np.flatnonzero(fold == number).tolist()
        pairs = [rows[i].pair for i in held_out]
        for rule, scores in ((calibration.without_steps(), full), (calibration, shortened)):
            scores |= dict(zip(held_out, StoredJudge(features, readings, rule).judge(pairs), strict=True))
    return [full[i] for i in range(len(rows))], [shortened[i] for i in range(len(rows))]


def answers_of(rows: Sequence[GoldRow], judged: Sequence[Scores]) -> Answers:
    """Answers before abstention, aligned with the rows."""
    return Answers(
        np.array([LABELS.index(row.label) for row in rows]),
        np.array([LABELS.index(stance_label(s, 0, 0)) for s in judged]),
        np.array([s[:3] for s in judged]),
        [row.document for row in rows],
        np.array([max(s[:3]) if s.confidence is None else s.confidence for s in judged]),
    )
