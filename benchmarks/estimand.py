"""Which estimates a group's net stance with less bias: hard labels or calibrated probabilities.

Usage: python benchmarks/estimand.py GOLD.jsonl [READINGS.npz] [--quick]

The gold needs neutral rows; the judge is the project's own, each row judged by a calibration fitted on the other
folds. Rows are split at random into two groups, as they come or with more stances in one of them, and the net of
each, and their difference, is estimated from labels and from probabilities and set beside that of the gold.
Readings are kept in the second file. `--quick`: the small network. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from pipelines.config import load_config
from pipelines.evaluate.gold import read_gold
from pipelines.evaluate.out_of_fold import examples_of, out_of_fold, readings_of
from pipelines.job.models import Models
from pipelines.judge import stance_label
from pipelines.judge.calibrated import CalibratedJudge

CONFIG = Path(__file__).parents[1] / "configs" / "quickstart.yaml"
SPLITS = 2000
SIDE = np.array([1.0, -1.0, 0.0])
"""What a passage of each label adds to the net."""
ENRICHED = 0.5
"""Rows of one side that move to the first group in the uneven splits: the groups' nets then differ by 0.2."""


def main() -> None:
    """Print the table and the line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("gold", type=Path)
    parser.add_argument("readings", type=Path, nargs="?")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    settings = load_config(CONFIG, ["stance.options.network=small"] if args.quick else [])
    models = Models(settings, offline=True)
    rows, judge = read_gold([args.gold], models, limit=None), models.judge
    assert isinstance(judge, CalibratedJudge)
    readings = readings_of(rows, judge, args.readings)
    examples = examples_of(rows, readings)
    scores, _ = out_of_fold(rows, examples, judge.features, readings)
    minima = settings.stance.minimum_probability, settings.stance.minimum_agreement
    sides = {"supports": 1.0, "opposes": -1.0}
    estimates = {
        "labels": np.array([sides.get(stance_label(s, *minima), 0.0) for s in scores]),
        "probabilities": np.array([s[0] - s[1] for s in scores]),
    }
    truth = SIDE[examples.labels]
    figures = {name: measured(values, truth) for name, values in estimates.items()}
    print("| | bias of a net | error of a net | difference found, of 1 | error of a difference |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, values in figures.items():
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in values.values()) + " |")
    print(json.dumps({"benchmark": "estimand", "rows": len(rows), "splits": SPLITS} | figures))


def measured(values: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Bias and root mean square error, over random splits, of one estimate (rows,) of the truth (rows,)."""
    rng = np.random.default_rng(1)
    net, apart = [], []
    for _ in range(SPLITS):
        first = rng.random(len(truth)) < 0.5
        net.append(values[first].mean() - truth[first].mean())
        # Opposition moves to one group and support to the other: a true difference between the groups.
        moved = rng.random(len(truth)) < ENRICHED
        first = np.where(moved & (truth != 0), truth < 0, first)
        apart.append([side[first].mean() - side[~first].mean() for side in (values, truth)])
    estimated, true = np.array(apart).T
    return {
        "bias": float(np.mean(net)),
        "net_error": float(np.sqrt(np.mean(np.square(net)))),
        "slope": float((estimated * true).sum() / (true * true).sum()),
        "difference_error": float(np.sqrt(np.mean(np.square(estimated - true)))),
    }


if __name__ == "__main__":
    main()
