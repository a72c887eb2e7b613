"""From what a model reads in a passage to three probabilities and a label."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from pipelines.config import validated
from pipelines.config.yaml_text import dump_yaml, parse_yaml
from pipelines.errors import ConfigError
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

GAP, CONSTANT = "gap", "constant"
MARGIN, SHARPNESS = 0.3, 6.0
DIGITS = 4


class Rule(Protocol):
    """Turns readings into log-odds."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """After how few wordings a clear pair needs no more of them."""

    @property
    def wordings(self) -> int | None:
        """How many of the judge's wordings are asked; None for all."""

    def log_odds(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of supports and opposes against neutral, float array (pairs, 2).

        Args:
            readings: float array (pairs, wordings, features), in nats; the first two features are how
                likely the wording of support and that of opposition are.
        """

    def tilted(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """What labels are chosen by: float array (pairs, 3) in the order of LABELS; the highest wins."""

    def without_steps(self) -> Rule:
        """The same that always asks all wordings."""


@dataclass(frozen=True)
class MarginRule:
    """For a model without a calibration.

    A model that is sure of "A supports T" is often nearly as sure of "A opposes T" on a text that says
    neither; what tells is their difference d in entailment (less contradiction, in models of three
    labels). Supports, opposes and neutral are softmax(s·d, -s·d, s·m): a stance is likelier than neutral
    where the difference exceeds the margin m.
    """

    roles: int
    """How many features are entailments; those behind them are contradictions, in the same order."""
    steps: tuple[Step, ...] = ()
    wordings: int | None = None

    def log_odds(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of supports and opposes against neutral: float array (pairs, 2)."""
        lean = self._lean(readings)
        difference = (lean[..., 0] - lean[..., 1]).mean(axis=1)
        return SHARPNESS * (np.stack([difference, -difference], axis=1) - MARGIN)

    def tilted(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """The log-odds as they are."""
        return np.column_stack([log_odds, np.zeros(len(log_odds))])

    def without_steps(self) -> MarginRule:
        """The same."""
        return self

    def _lean(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far support and opposition are entailed, in [0, 1] or [-1/2, 1/2]: (pairs, wordings, 2)."""
        entailed = np.exp(readings[..., :2])
        if readings.shape[-1] == self.roles:
            return np.asarray(entailed / (1 + entailed))
        contradicted = np.exp(readings[..., self.roles : self.roles + 2])
        return np.asarray((entailed - contradicted) / (1 + entailed + contradicted) / 2)


@dataclass(frozen=True)
class Linear:
    """Log-odds that are linear in the features, their gap and a constant.

    The gap is |supports - opposes|: where both are alike, however high, the text says neither.

    Args:
        features: their names, in the order of the judge's.
        weights: float array (features + 2, 2): of each feature, the gap and the constant, for supports
            and opposes against neutral.
    """

    features: tuple[str, ...]
    weights: NDArray[np.float64]

    def log_odds(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of supports and opposes against neutral: float array (pairs, 2)."""
        # not `@`: BLAS rounds by the number of rows, so that a pair's last bits would tell of its neighbours
        odds: NDArray[np.float64] = np.einsum("pf,fl->pl", design(readings), self.weights)
        return odds

    def as_mapping(self) -> dict[str, dict[str, float]]:
        """Weights by label and feature."""
        names = [*self.features, GAP, CONSTANT]
        return {
            label: {name: round(float(w), DIGITS) for name, w in zip(names, self.weights[:, i], strict=True)}
            for i, label in enumerate(LABELS[:2])
        }

    @classmethod
    def of(cls, mapping: Mapping[str, Mapping[str, float]]) -> Linear:
        """The reverse of `as_mapping`.

        Raises:
            KeyError: a label, the gap, the constant or a feature of one label only is missing.
        """
        features = [name for name in mapping["supports"] if name not in (GAP, CONSTANT)]
        names = [*features, GAP, CONSTANT]
        weights = np.array([[mapping[label][name] for label in LABELS[:2]] for name in names])
        return cls(tuple(features), weights)


def design(readings: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean over the wordings of each feature, the gap of the first two, and a constant.

    Args:
        readings: float array (pairs, wordings, features).

    Returns:
        float array (pairs, features + 2).
    """
    means = readings.mean(axis=1)
    return np.column_stack([means, np.abs(means[:, 0] - means[:, 1]), np.ones(len(means))])


@dataclass(frozen=True)
class Step:
    """Decides pairs that are clear after few wordings.

    Args:
        wordings: how many of each stance are asked so far.
        linear: imitates the log-odds of all wordings.
        margin: a pair whose two likeliest labels differ by more (in nats) is decided.
    """

    wordings: int
    linear: Linear
    margin: float

    def log_odds(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of supports and opposes against neutral: float array (pairs, 2)."""
        return self.linear.log_odds(readings)


@dataclass(frozen=True)
class Calibration:
    """A logistic regression over features, fitted on labelled passages.

    Args:
        linear: log-odds of supports and opposes against neutral.
        tilt: added to the log-odds of both stances where a label is chosen; the probabilities stay.
        wordings: how many of each stance it was fitted on.
        steps: in order of their wordings.
        model: of the judge that it was fitted for.
        asked: digest of what that judge asks.
        card: what it was fitted on, and how good it is out of fold.
    """

    linear: Linear
    tilt: float
    wordings: int
    steps: tuple[Step, ...] = ()
    model: str = ""
    asked: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)

    def log_odds(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of supports and opposes against neutral: float array (pairs, 2)."""
        return self.linear.log_odds(readings)

    def tilted(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """What labels are chosen by: float array (pairs, 3)."""
        return np.column_stack([log_odds + self.tilt, np.zeros(len(log_odds))])

    @property
    def numbers(self) -> int:
        """How many numbers were fitted."""
        steps = sum(step.linear.weights.size + 1 for step in self.steps)
        return self.linear.weights.size + 1 + steps

    def without_steps(self) -> Calibration:
        """The same that always asks all wordings."""
        return replace(self, steps=())

    def of_judge(self, model: str, asked: str, card: Mapping[str, Any]) -> Calibration:
        """The same with what it holds for and what it was fitted on."""
        return replace(self, model=model, asked=asked, card=card)

    def as_yaml(self) -> str:
        """As `load` reads it."""
        steps = [
            {"wordings": s.wordings, "margin": round(s.margin, DIGITS), "weights": s.linear.as_mapping()}
            for s in self.steps
        ]
        return dump_yaml(
            {
                "model": self.model,
                "asked": self.asked,
                "card": dict(self.card),
                "weights": self.linear.as_mapping(),
                "tilt": round(self.tilt, DIGITS),
                "wordings": self.wordings,
                "steps": steps,
            }
        )


class _StepForm(BaseModel):
    model_config = ConfigDict(extra="forbid")
    wordings: int = Field(ge=1)
    margin: FiniteFloat
    weights: dict[str, dict[str, FiniteFloat]]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")
    model: str
    asked: str
    card: dict[str, Any]
    weights: dict[str, dict[str, FiniteFloat]]
    tilt: FiniteFloat
    wordings: int = Field(ge=1)
    steps: list[_StepForm]


def load_calibration(path: Path, model: str, asked: str) -> Calibration:
    """The calibration of a file, for a judge.

    Args:
        path: of the YAML.
        model: the judge's.
        asked: digest of what the judge asks.

    Raises:
        ConfigError: no such file, not a calibration, or fitted for another model or other questions.
    """
    cure = "Fit one: polystance evaluate stance GOLD --config CONFIG --fit FILE"
    if not path.is_file():
        raise ConfigError(str(path), "no such calibration", cure)
    try:
        form = validated(_Form, parse_yaml(path.read_text("utf-8"), str(path)), str(path))
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), f"not UTF-8 at byte {error.start}", cure) from error
    if (form.model, form.asked) != (model, asked):
        other = f"for {form.model}" if form.model != model else "with other hypotheses or options"
        raise ConfigError(str(path), f"fitted {other}, not as {model} is asked here", cure)
    try:
        linear = Linear.of(form.weights)
        steps = tuple(Step(s.wordings, Linear.of(s.weights), s.margin) for s in form.steps)
    except KeyError as error:
        raise ConfigError(str(path), f"a weight is missing ({error.args[0]})", cure) from error
    return Calibration(linear, form.tilt, form.wordings, steps, form.model, form.asked, form.card)


def calibration_file(model: str, asked: str) -> Path | None:
    """The one that comes with polystance for a model, asked in this way; None where there is none."""
    path = Path(str(files(__package__).joinpath(f"calibrations/{model.replace('/', '--')}.yaml")))
    if not path.is_file():
        return None
    return path if parse_yaml(path.read_text("utf-8"), str(path))["asked"] == asked else None
