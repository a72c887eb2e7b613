"""A judge whose model's readings a calibration turns into stance; what all our stance engines share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipelines.engines.base import Scores
from pipelines.engines.hub import sha256
from pipelines.engines.stance.calibration import MarginRule, calibration_file, load_calibration
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.engines.base import Pair
    from pipelines.engines.stance.calibration import Rule, Step


class CalibratedJudge:
    """Judges stance by features of a pair; an engine adds `features`, `wordings`, `asked` and `readings`.

    Attributes:
        features: names; the first two are supports and opposes.
        wordings: how many wordings each stance has.
    """

    features: tuple[str, ...]
    wordings: int = 1

    def __init__(self, name: str, calibration: str | None) -> None:
        self.name, self._calibration = name, calibration
        self._rule: Rule | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """The features but for contradictions, which stand behind them in the same order."""
        return self.features

    @property
    def asked(self) -> str:
        """Digest of all that changes the readings but the model: a calibration holds for one only."""
        raise NotImplementedError

    def readings(self, pairs: Sequence[Pair], wordings: int) -> NDArray[np.float64]:
        """What the model reads: float array (pairs, wordings, features), log-odds in nats.

        Args:
            pairs: to read.
            wordings: how many of each stance, at least 1.
        """
        raise NotImplementedError

    @property
    def rule(self) -> Rule:
        """The calibration that the config names, else the shipped one, else the margin rule.

        Raises:
            ConfigError: the one that the config names is not to be had, or for another model.
        """
        if self._rule is None:
            path = (
                calibration_file(self.name, self.asked)
                if self._calibration is None
                else Path(self._calibration)
            )
            self._rule = (
                load_calibration(path, self.name, self.asked) if path else MarginRule(len(self.roles))
            )
        return self._rule

    def use(self, rule: Rule) -> None:
        """Judge by this rule from now on."""
        self._rule = rule

    @property
    def calibration_digest(self) -> str | None:
        """Of the calibration in use; None where there is none."""
        path = (
            calibration_file(self.name, self.asked) if self._calibration is None else Path(self._calibration)
        )
        return sha256(path) if path and path.is_file() else None

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        """One score for each pair, in order; a pair that is clear is asked in few wordings."""
        scores: dict[int, Scores] = {}
        for step in self.rule.steps:
            waiting = [i for i in range(len(pairs)) if i not in scores]
            scores |= self._decided(step, pairs, waiting)
        waiting = [i for i in range(len(pairs)) if i not in scores]
        if waiting:
            readings = self.readings([pairs[i] for i in waiting], self.wordings)
            odds = self.rule.log_odds(readings)
            each = np.stack([self.rule.log_odds(readings[:, [w]]) for w in range(readings.shape[1])], axis=1)
            scores |= dict(zip(waiting, self._scores(odds, each), strict=True))
        return [scores[i] for i in range(len(pairs))]

    def _decided(self, step: Step, pairs: Sequence[Pair], waiting: Sequence[int]) -> dict[int, Scores]:
        if not waiting:
            return {}
        readings = self.readings([pairs[i] for i in waiting], step.wordings)
        odds = step.log_odds(readings)
        each = np.stack([step.log_odds(readings[:, [w]]) for w in range(readings.shape[1])], axis=1)
        ranked = np.sort(self.rule.tilted(odds), axis=1)
        clear = ranked[:, 2] - ranked[:, 1] > step.margin
        told = self._scores(odds, each)
        return {i: told[n] for n, i in enumerate(waiting) if clear[n]}

    def _scores(self, odds: NDArray[np.float64], each: NDArray[np.float64]) -> list[Scores]:
        """Scores of log-odds (pairs, 2) and of those of each wording alone (pairs, wordings, 2)."""
        chosen = self.rule.tilted(odds).argmax(axis=1)
        alone = np.stack([self.rule.tilted(each[:, w]).argmax(axis=1) for w in range(each.shape[1])], axis=1)
        agreement = (alone == chosen[:, None]).mean(axis=1)
        rows = zip(*probabilities(odds).T.tolist(), agreement.tolist(), chosen.tolist(), strict=True)
        return [Scores(s, o, n, share, LABELS[c]) for s, o, n, share, c in rows]


def probabilities(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Supports, opposes and neutral, float array (pairs, 3), of log-odds (pairs, 2) against neutral."""
    odds = np.column_stack([log_odds, np.zeros(len(log_odds))])
    exponentials = np.exp(odds - odds.max(axis=1, keepdims=True))
    three: NDArray[np.float64] = exponentials / exponentials.sum(axis=1, keepdims=True)
    return three
