"""Whether adjusting the judge to another share of stances helps: with and without, on subsets of gold.

Usage: python benchmarks/prior_shift.py GOLD.jsonl [READINGS.npz] [--quick]

The gold needs neutral rows; the engine is the project's own. Each row has the probabilities of a calibration
fitted on the other folds. From the rows random subsets are drawn with a given share of stances, and measured as
they are, with the shares estimated on the subset by `benchmarks/priors.py`, and with the true shares. Readings
are kept in the second file. `--quick`: one subset of each share. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # for `benchmarks`

from benchmarks.priors import adjust, estimate_priors
from pipelines.config import load_config
from pipelines.evaluate.answers import Answers
from pipelines.evaluate.fit import Examples, fit, folds
from pipelines.evaluate.gold import read_gold
from pipelines.evaluate.out_of_fold import examples_of, readings_of
from pipelines.evaluate.reliability import (
    calibration_error,
    class_bias,
    confidence_and_right,
    debiased_calibration_error,
)
from pipelines.evaluate.scores import macro_f1
from pipelines.job.models import Models
from pipelines.judge.calibrated import CalibratedJudge, probabilities

CONFIG = Path(__file__).parents[1] / "configs" / "quickstart.yaml"
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5)
"""Shares of stances; a third of the DSE rows have one."""
SUBSETS = 20
"""Random subsets of each share."""
ROWS = 500
"""Rows of a subset, as in a run of a few articles; DSE has 506 stances and 955 neutral rows."""
METHODS = ("as it is", "estimated shares", "estimated shares, labels as they are", "true shares")


def main() -> None:
    """Print the table and the line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("gold", type=Path)
    parser.add_argument("readings", type=Path, nargs="?")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    models = Models(load_config(CONFIG, ["stance.engine=polystance"]), offline=True)
    rows = read_gold([args.gold], models, limit=None)
    judge = models.judge
    assert isinstance(judge, CalibratedJudge)
    examples = examples_of(rows, readings_of(rows, judge, args.readings))
    three, tilts, training = out_of_fold(examples, judge.features)
    print(
        "| stances | method | macro-F1 | class bias | calibration error | debiased | label bias | estimated stances |"
    )
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    report = {}
    for share in SHARES:
        rng = np.random.default_rng(round(100 * share))
        subsets = [subset(examples.labels, share, rng) for _ in range(1 if args.quick else SUBSETS)]
        each = [measured(examples, three, tilts, training, chosen) for chosen in subsets]
        report[str(share)] = {
            method: {
                name: round(float(np.mean([e[method][name] for e in each])), 4) for name in each[0][method]
            }
            for method in METHODS
        }
        for method, values in report[str(share)].items():
            print(f"| {share} | {method} | " + " | ".join(f"{value:.3f}" for value in values.values()) + " |")
    print(
        json.dumps({"benchmark": "prior_shift", "rows": len(rows), "subsets": len(subsets), "shares": report})
    )


def out_of_fold(examples: Examples, features: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each row by the calibration of the other folds: probabilities, tilt, and the shares it was fitted on."""
    fold = folds(examples.documents)
    three, tilts, training = np.zeros((len(fold), 3)), np.zeros((len(fold), 2)), np.zeros((len(fold), 3))
    for number in np.unique(fold):
        held_out = fold == number
        calibration = fit(examples.only(~held_out), features)
        readings = examples.readings[held_out][:, : calibration.wordings]
        three[held_out] = probabilities(calibration.log_odds(readings))
        tilts[held_out] = calibration.tilt
        training[held_out] = np.bincount(examples.labels[~held_out], minlength=3) / (~held_out).sum()
    return three, tilts, training


def subset(labels: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Numbers of rows drawn without replacement, of which a share has a stance."""
    stances, neutral = np.flatnonzero(labels < 2), np.flatnonzero(labels == 2)
    size = min(ROWS, int(len(stances) / share), int(len(neutral) / (1 - share)))
    return np.concatenate(
        [
            rng.choice(stances, round(size * share), replace=False),
            rng.choice(neutral, size - round(size * share), replace=False),
        ]
    )


def measured(
    examples: Examples, three: np.ndarray, tilts: np.ndarray, training: np.ndarray, chosen: np.ndarray
) -> dict[str, dict[str, float]]:
    """Measures of one subset by each method."""
    three, tilts, training, labels = (
        three[chosen],
        tilts[chosen],
        training[chosen].mean(axis=0),
        examples.labels[chosen],
    )
    estimated = estimate_priors(three, training)
    true = np.bincount(labels, minlength=3) / len(labels)
    by_method = {
        METHODS[0]: (three, three, training),
        METHODS[1]: (estimated.probabilities, estimated.probabilities, estimated.shares),
        METHODS[2]: (estimated.probabilities, three, estimated.shares),
        METHODS[3]: (adjust(three, training, true), adjust(three, training, true), true),
    }
    documents = [examples.documents[n] for n in chosen.tolist()]
    report = {}
    for method, (adjusted, of_labels, shares) in by_method.items():
        tilted = of_labels * np.exp(np.column_stack([tilts, np.zeros(len(tilts))]))
        answers = Answers(labels, tilted.argmax(axis=1), adjusted, documents)
        confidence, right = confidence_and_right(answers)
        report[method] = {
            "macro_f1": macro_f1(labels, answers.predicted),
            "class_bias": float(np.abs(class_bias(answers, np.ones(len(labels)))).mean()),
            "calibration_error": calibration_error(confidence, right, np.ones(len(labels))),
            "calibration_error_debiased": debiased_calibration_error(confidence, right),
            "label_bias": float(
                np.abs(np.bincount(answers.predicted, minlength=3) / len(labels) - true).mean()
            ),
            "stances": float(shares[:2].sum()),
        }
    return report


if __name__ == "__main__":
    main()
