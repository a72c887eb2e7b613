"""Rules that turn a model's readings into log-odds and labels: with a calibration, and without one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MARGIN = 0.3
"""Difference in entailment, in [0, 1], from which a stance is likelier than neutral. Not tuned."""
SHARPNESS = 6.0
"""Nats per unit of that difference: how sure the probabilities of an uncalibrated model are. Not tuned."""


class Rule(Protocol):
    """Turns readings into log-odds."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """Early decisions, in order: after how few wordings a clear pair needs no more."""

    @property
    def wordings(self) -> int | None:
        """Number of the judge's wordings that are used; None for all."""

    def log_odds(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of supports and opposes against neutral, float array (pairs, 2), in nats.

        Args:
            readings: float array (pairs, wordings, features), in nats; the first two features are the
                log-odds of the wordings of support and of opposition.
        """

    def tilted(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores that decide the label: float array (pairs, 3) in the order of LABELS; the highest wins."""

    def each_wording(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds by each wording alone, float array (pairs, wordings, 2), in nats."""

    def without_steps(self) -> Rule:
        """The same rule, which always uses all wordings."""


@dataclass(frozen=True)
class MarginRule:
    """The rule for a model without a calibration.

    A model that is sure of "A supports T" is often nearly as sure of "A opposes T" on a text that says
    neither; the signal is their difference d in entailment (less contradiction, in models of three
    labels). Supports, opposes and neutral are softmax(s·d, -s·d, s·m): a stance is likelier than neutral
    if the difference exceeds the margin m.
    """

    roles: int
    """Number of features that are entailments; contradictions follow them in the same order."""
    steps: tuple[Step, ...] = ()
    wordings: int | None = None

    def log_odds(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of supports and opposes against neutral: float array (pairs, 2)."""
        lean = self._lean(readings)
        difference = (lean[..., 0] - lean[..., 1]).mean(axis=1)
        return SHARPNESS * (np.stack([difference, -difference], axis=1) - MARGIN)

    def tilted(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """The log-odds as they are, and 0 for neutral."""
        return np.column_stack([log_odds, np.zeros(len(log_odds))])

    def each_wording(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds by each wording alone: float array (pairs, wordings, 2)."""
        return _each_wording(self, readings)

    def without_steps(self) -> MarginRule:
        """The rule itself: it has no steps."""
        return self

    def _lean(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far support and opposition are entailed, in [0, 1] or [-1/2, 1/2]: (pairs, wordings, 2)."""
        entailed = np.exp(readings[..., :2])
        if readings.shape[-1] == self.roles:
            return np.asarray(entailed / (1 + entailed))
        contradicted = np.exp(readings[..., self.roles : self.roles + 2])
        return np.asarray((entailed - contradicted) / (1 + entailed + contradicted) / 2)


def _each_wording(rule: Rule, readings: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([rule.log_odds(readings[:, [w]]) for w in range(readings.shape[1])], axis=1)


@dataclass(frozen=True)
class Linear:
    """Log-odds that are linear in the features, their gap and a constant.

    The gap is |supports - opposes|: if both are alike, however high, the text says neither.

    Args:
        features: their names, in the order of the judge's.
        weights: float array (features + 2, 2): of each feature, the gap and the constant, for supports
            and opposes against neutral.
    """

    features: tuple[str, ...]
    weights: NDArray[np.float64]

    def log_odds(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of supports and opposes against neutral: float array (pairs, 2)."""
        # not `@`: BLAS rounds by the number of rows, so a pair's last bits would depend on its neighbours
        odds: NDArray[np.float64] = np.einsum("pf,fl->pl", design(readings), self.weights)
        return odds

    def shifted(self, shift: NDArray[np.float64]) -> Linear:
        """The same with other constants.

        Args:
            shift: float array (2,), in nats, added to the log-odds of supports and of opposes.
        """
        weights = self.weights.copy()
        weights[-1] += shift
        return replace(self, weights=weights)


def design(readings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Regressors of a pair: each feature's mean over the wordings, the gap of the first two, and a constant.

    Args:
        readings: float array (pairs, wordings, features).

    Returns:
        float array (pairs, features + 2).
    """
    means = readings.mean(axis=1)
    return np.column_stack([means, np.abs(means[:, 0] - means[:, 1]), np.ones(len(means))])


@dataclass(frozen=True)
class Step:
    """An early decision, for pairs that are clear after few wordings.

    Args:
        wordings: number of wordings of each stance read so far.
        linear: approximates the log-odds of all wordings.
        margin: nats; a pair whose two likeliest labels differ by more is decided.
    """

    wordings: int
    linear: Linear
    margin: float

    def log_odds(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of supports and opposes against neutral: float array (pairs, 2)."""
        return self.linear.log_odds(readings)


@dataclass(frozen=True)
class Calibration:
    """A logistic regression over features, fitted on labelled passages.

    Args:
        linear: log-odds of supports and opposes against neutral.
        tilt: nats, added to the log-odds of both stances to choose a label and to say how sure it is; the
            probabilities stay.
        wordings: number of wordings of each stance that it was fitted on.
        steps: early decisions, by increasing number of wordings.
        model: name of the judge's model.
        question_digest: `CalibratedJudge.question_digest` of the judge that it was fitted for.
        card: the files that it was fitted on, and its scores out of fold.
        wording_shifts: for each wording, nats added to the log-odds of supports and of opposes if it is read
            alone, since one wording is entailed more often than another; empty for no shifts.
    """

    linear: Linear
    tilt: float
    wordings: int
    steps: tuple[Step, ...] = ()
    model: str = ""
    question_digest: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)
    wording_shifts: tuple[tuple[float, float], ...] = ()

    def log_odds(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of supports and opposes against neutral: float array (pairs, 2)."""
        return self.linear.log_odds(readings)

    def tilted(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores that decide the label: float array (pairs, 3)."""
        return np.column_stack([log_odds + self.tilt, np.zeros(len(log_odds))])

    def each_wording(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds by each wording alone, with its own constants: float array (pairs, wordings, 2)."""
        odds = _each_wording(self, readings)
        return odds + np.array(self.wording_shifts[: odds.shape[1]]) if self.wording_shifts else odds

    @property
    def numbers(self) -> int:
        """Count of fitted numbers."""
        steps = sum(step.linear.weights.size + 1 for step in self.steps)
        return self.linear.weights.size + 1 + steps + 2 * len(self.wording_shifts)

    def without_steps(self) -> Calibration:
        """The same calibration, which always uses all wordings."""
        return replace(self, steps=())

    def of_judge(self, model: str, question_digest: str, card: Mapping[str, Any]) -> Calibration:
        """The same calibration, bound to a judge.

        Args:
            model: name of the judge's model.
            question_digest: of the judge.
            card: the files that it was fitted on, and its scores out of fold.
        """
        return replace(self, model=model, question_digest=question_digest, card=card)
