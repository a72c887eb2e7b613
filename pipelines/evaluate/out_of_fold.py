"""Gold rows judged by calibrations that never saw them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.evaluate.fit import Examples, fit, folds
from pipelines.evaluate.scores import Answers
from pipelines.judge import stance_label
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.engines.base import Pair, Scores
    from pipelines.evaluate.gold import GoldRow
    from pipelines.judge.calibration import Rule


class StoredJudge(CalibratedJudge):
    """A judge that knows all it will be asked, so that rules can be tried on it at no cost.

    Args:
        features: names.
        readings: of each pair, float array (wordings, features).
        rule: of the judge.
    """

    def __init__(
        self, features: tuple[str, ...], readings: dict[Pair, NDArray[np.float64]], rule: Rule
    ) -> None:
        super().__init__("stored", None)
        self.features, self._readings, self._rule = features, readings, rule
        self.wordings = len(next(iter(readings.values())))

    @property
    def asked(self) -> str:
        """Nothing: its rule is given."""
        return ""

    def readings(self, pairs: Sequence[Pair], wordings: int) -> NDArray[np.float64]:
        """What was read in the pairs: float array (pairs, wordings, features)."""
        return np.stack([self._readings[pair][:wordings] for pair in pairs])


def examples_of(rows: Sequence[GoldRow], readings: dict[Pair, NDArray[np.float64]]) -> Examples:
    """Rows with their readings, as a calibration is fitted on them."""
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
    """Each row judged by a calibration fitted on the other folds, with all wordings and with as few as do."""
    fold = folds(examples.documents)
    given: dict[int, Scores] = {}
    shortened: dict[int, Scores] = {}
    for number in np.unique(fold):
        calibration = fit(examples.only(fold != number), features)
        held = np.flatnonzero(fold == number).tolist()
        pairs = [rows[i].pair for i in held]
        for rule, told in ((calibration.without_steps(), given), (calibration, shortened)):
            told |= dict(zip(held, StoredJudge(features, readings, rule).judge(pairs), strict=True))
    return [given[i] for i in range(len(rows))], [shortened[i] for i in range(len(rows))]


def answers_of(rows: Sequence[GoldRow], given: Sequence[Scores]) -> Answers:
    """Answers before abstaining."""
    return Answers(
        np.array([LABELS.index(row.label) for row in rows]),
        np.array([LABELS.index(stance_label(s, 0, 0)) for s in given]),
        np.array([s[:3] for s in given]),
        [row.document for row in rows],
    )
