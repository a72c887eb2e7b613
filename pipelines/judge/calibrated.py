"""The base of all our stance engines: a calibration turns readings into probabilities and labels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipelines.engines.base import Scores
from pipelines.hashing import sha256
from pipelines.judge.calibration import MarginRule
from pipelines.judge.calibration_file import load_calibration, shipped_calibration
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.engines.base import Pair
    from pipelines.judge.calibration import Rule, Step


class CalibratedJudge(ABC):
    """Judges stance by features of a pair.

    An engine adds `features`, `wordings`, `question_digest` and `readings`.

    Attributes:
        features: their names; the first two are supports and opposes.
        wordings: number of wordings of each stance.
    """

    features: tuple[str, ...]
    wordings: int = 1

    def __init__(self, name: str, calibration: str | None) -> None:
        self.name, self._calibration = name, calibration
        self._rule: Rule | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """The features without contradictions, which follow them in the same order."""
        return self.features

    @property
    @abstractmethod
    def question_digest(self) -> str:
        """Digest of all but the model that changes the readings; a calibration is valid for one digest."""

    @abstractmethod
    def readings(self, pairs: Sequence[Pair], wordings: int) -> NDArray[np.float64]:
        """Log-odds that the model reads in each pair: float array (pairs, wordings, features), in nats.

        Args:
            pairs: questions to read.
            wordings: number of wordings of each stance, at least 1.
        """

    @property
    def rule(self) -> Rule:
        """The calibration of the config, else the shipped one, else the rule without one.

        Raises:
            ConfigError: the config's calibration is missing, damaged or for another model.
        """
        if self._rule is None:
            path = self._calibration_path
            self._rule = (
                load_calibration(path, self.name, self.question_digest) if path else self.uncalibrated
            )
        return self._rule

    @property
    def uncalibrated(self) -> Rule:
        """The rule without a calibration."""
        return MarginRule(len(self.roles))

    def use(self, rule: Rule) -> None:
        """Use this rule from now on."""
        self._rule = rule

    @property
    def calibration_digest(self) -> str | None:
        """SHA-256 of the calibration file in use; None without one."""
        path = self._calibration_path
        return sha256(path) if path and path.is_file() else None

    @property
    def _calibration_path(self) -> Path | None:
        if self._calibration is None:
            return shipped_calibration(self.name, self.question_digest)
        return Path(self._calibration)

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        """Score each pair, in order; clear pairs are decided by few wordings."""
        scores: dict[int, Scores] = {}
        for step in self.rule.steps:
            waiting = [i for i in range(len(pairs)) if i not in scores]
            scores |= self._decided(step, pairs, waiting)
        waiting = [i for i in range(len(pairs)) if i not in scores]
        if waiting:
            readings = self.readings([pairs[i] for i in waiting], self.rule.wordings or self.wordings)
            scores |= dict(zip(waiting, self._scores(self.rule, readings), strict=True))
        return [scores[i] for i in range(len(pairs))]

    def _decided(self, step: Step, pairs: Sequence[Pair], waiting: Sequence[int]) -> dict[int, Scores]:
        if not waiting:
            return {}
        readings = self.readings([pairs[i] for i in waiting], step.wordings)
        ranked = np.sort(self.rule.tilted(step.log_odds(readings)), axis=1)
        clear = ranked[:, 2] - ranked[:, 1] > step.margin
        scores = self._scores(step, readings)
        return {i: scores[n] for n, i in enumerate(waiting) if clear[n]}

    def _scores(self, by: Rule | Step, readings: NDArray[np.float64]) -> list[Scores]:
        """Scores of readings (pairs, wordings, features).

        The probabilities are calibrated: the mean of each is the share of its class. The label is the
        likeliest after the tilt, and the confidence its probability after the tilt, so that a label is
        never held back only because the tilt chose it. Thresholds apply to the confidence.
        """
        odds = by.log_odds(readings)
        tilted = self.rule.tilted(odds)
        chosen = tilted.argmax(axis=1)
        confidence = _softmax(tilted)[np.arange(len(chosen)), chosen]
        agreement = self._agreement(readings, chosen)
        columns = agreement.tolist(), chosen.tolist(), confidence.tolist()
        rows = zip(*probabilities(odds).T.tolist(), *columns, strict=True)
        return [Scores(s, o, n, share, LABELS[c], sure) for s, o, n, share, c, sure in rows]

    def _agreement(self, readings: NDArray[np.float64], chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        """Share of wordings that alone give the chosen label, float array (pairs,); NaN of one wording."""
        if readings.shape[1] == 1:
            return np.full(len(readings), np.nan)
        each = self.rule.each_wording(readings)
        alone = np.stack([self.rule.tilted(odds).argmax(axis=1) for odds in each.swapaxes(0, 1)], axis=1)
        shares: NDArray[np.float64] = (alone == chosen[:, None]).mean(axis=1)
        return shares


def probabilities(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of supports, opposes and neutral, float array (pairs, 3).

    Args:
        log_odds: float array (pairs, 2) of supports and opposes against neutral, in nats.
    """
    return _softmax(np.column_stack([log_odds, np.zeros(len(log_odds))]))


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import softmax  # slow to import, and not needed before the first judgement

    three: NDArray[np.float64] = softmax(scores, axis=1)
    return three
