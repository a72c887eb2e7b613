"""Calibrations as YAML files: written by a fit, read by the judge that they are valid for."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, FiniteFloat

from pipelines.config import validated
from pipelines.config.yaml_text import dump_yaml, parse_yaml
from pipelines.errors import ConfigError
from pipelines.judge.calibration import Calibration, Linear, Step
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

GAP, CONSTANT = "gap", "constant"
DIGITS = 4
"""Decimals of each number in a file. Not tuned; bounds the rounding error of a weight to 0.00005."""
OLD_DIGEST_KEY = "asked"
"""Name of the key `question_digest` in files of version 0.1.0; still read."""


class _StepForm(BaseModel):
    model_config = ConfigDict(extra="forbid")
    wordings: int = Field(ge=1)
    margin: FiniteFloat
    weights: dict[str, dict[str, FiniteFloat]]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")
    model: str
    question_digest: str = Field(validation_alias=AliasChoices("question_digest", OLD_DIGEST_KEY))
    card: dict[str, Any]
    weights: dict[str, dict[str, FiniteFloat]]
    tilt: FiniteFloat
    wordings: int = Field(ge=1)
    steps: list[_StepForm]
    wording_shifts: list[dict[str, FiniteFloat]] = []
    """Absent in files of version 0.1.0."""


def load_calibration(path: Path, model: str, question_digest: str) -> Calibration:
    """Read a calibration and check that it is valid for a judge.

    Args:
        path: the YAML file.
        model: name of the judge's model.
        question_digest: of the judge.

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
    if (form.model, form.question_digest) != (model, question_digest):
        other = f"for {form.model}" if form.model != model else "with other hypotheses or options"
        raise ConfigError(str(path), f"fitted {other}, not as {model} is asked here", cure)
    try:
        linear = _linear(form.weights)
        steps = tuple(Step(s.wordings, _linear(s.weights), s.margin) for s in form.steps)
        shifts = tuple((shift["supports"], shift["opposes"]) for shift in form.wording_shifts)
    except KeyError as error:
        raise ConfigError(str(path), f"a weight is missing ({error.args[0]})", cure) from error
    if len(shifts) not in (0, form.wordings):
        raise ConfigError(str(path), f"{len(shifts)} wording_shifts for {form.wordings} wordings", cure)
    rule = Calibration(linear, form.tilt, form.wordings, steps, wording_shifts=shifts)
    return rule.of_judge(form.model, form.question_digest, form.card)


def shipped_calibration(model: str, question_digest: str) -> Path | None:
    """The calibration file that comes with polystance for a model and its questions; None without one."""
    path = Path(str(files(__package__).joinpath(f"calibrations/{model.replace('/', '--')}.yaml")))
    if not path.is_file():
        return None
    return (
        path if parse_yaml(path.read_text("utf-8"), str(path))["question_digest"] == question_digest else None
    )


def calibration_yaml(calibration: Calibration) -> str:
    """A calibration as YAML that `load_calibration` reads."""
    steps = [
        {"wordings": s.wordings, "margin": round(s.margin, DIGITS), "weights": _by_label(s.linear)}
        for s in calibration.steps
    ]
    return dump_yaml(
        {
            "model": calibration.model,
            "question_digest": calibration.question_digest,
            "card": dict(calibration.card),
            "weights": _by_label(calibration.linear),
            "tilt": round(calibration.tilt, DIGITS),
            "wordings": calibration.wordings,
            "wording_shifts": [
                {label: round(shift, DIGITS) for label, shift in zip(LABELS[:2], shifts, strict=True)}
                for shifts in calibration.wording_shifts
            ],
            "steps": steps,
        }
    )


def _by_label(linear: Linear) -> dict[str, dict[str, float]]:
    """Weights by label and feature."""
    names = [*linear.features, GAP, CONSTANT]
    return {
        label: {name: round(float(w), DIGITS) for name, w in zip(names, linear.weights[:, i], strict=True)}
        for i, label in enumerate(LABELS[:2])
    }


def _linear(weights: Mapping[str, Mapping[str, float]]) -> Linear:
    """The reverse of `_by_label`; raises KeyError if a label, gap, constant or feature is absent."""
    features = [name for name in weights["supports"] if name not in (GAP, CONSTANT)]
    names = [*features, GAP, CONSTANT]
    array = np.array([[weights[label][name] for label in LABELS[:2]] for name in names])
    return Linear(tuple(features), array)
