"""The worth of each ingredient of the judge: one row each, five-fold out of fold, with the embedded model.

Usage: python benchmarks/stance_ablation.py GOLD.jsonl [ANSWERS.sqlite]

Answers of the model are cached in the second file, if given.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipelines.config import load_config
from pipelines.engines.base import Scores
from pipelines.evaluate import fit as fitting
from pipelines.evaluate.gold import GoldRow, read_gold
from pipelines.evaluate.out_of_fold import StoredJudge, answers_of, examples_of
from pipelines.evaluate.scores import scores
from pipelines.job.models import Models
from pipelines.judge import PAIRS_AT_A_TIME
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.judge.calibration import Calibration, MarginRule
from pipelines.judge.zero_shot import ZeroShotJudge

CONFIG = Path(__file__).parents[1] / "configs" / "quickstart.yaml"
MEASURES = ("macro_f1", "polarity", "calibration_error", "accuracy")
Change = Callable[[np.ndarray], np.ndarray]


def main() -> None:
    """Print the table."""
    gold = Path(sys.argv[1])
    memory = f"stance.memory={sys.argv[2]}" if len(sys.argv) > 2 else "stance.memory=false"
    config = load_config(CONFIG, [memory])
    rows = read_gold([gold], Models(config, offline=True), limit=None)

    def read(**options: object) -> np.ndarray:
        with_options = config.stance.model_copy(update={"options": options})
        judge = Models(config.model_copy(update={"stance": with_options}), offline=True).judge
        assert isinstance(judge, ZeroShotJudge)
        pairs = [row.pair for row in rows]
        blocks = [pairs[i : i + PAIRS_AT_A_TIME] for i in range(0, len(pairs), PAIRS_AT_A_TIME)]
        return np.concatenate([judge.readings(block, judge.wordings) for block in blocks])

    plain = read()
    print("| | questions | macro-F1 | polarity | calibration error | accuracy |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    print_row("no calibration: margin rule, 1 wording", 2, rows, plain[:, :1], rule=MarginRule(2))
    print_row("no calibration: margin rule, 6 wordings", 12, rows, plain, rule=MarginRule(2))
    print_row("calibrated, 1 wording, support only", 1, rows, plain[:, :1] * [1, 0])
    print_row("calibrated, 3 wordings, support only", 3, rows, plain[:, :3] * [1, 0])
    print_row("+ mirrored hypothesis, 1 wording", 2, rows, plain[:, :1])
    print_row("+ mirrored hypothesis, 3 wordings: as shipped", 6, rows, plain[:, :3])
    print_row("+ mirrored hypothesis, 6 wordings", 12, rows, plain)
    print_row("3 wordings without tilt", 6, rows, plain[:, :3], tilt=False)
    print_row("3 wordings, the first alone if clear", None, rows, plain[:, :3], steps=True)
    print_row("3 wordings, stances not balanced", 6, rows, plain[:, :3], balanced=False)
    print_row("3 wordings + relevance: takes a position", 7, rows, read(also=["position"])[:, :3])
    print_row("3 wordings + swapped hypotheses", 8, rows, read(also=["swapped"])[:, :3])
    print_row("3 wordings, prior of an empty premise removed", 6, rows, read(remove_prior=True)[:, :3])


def print_row(
    name: str,
    questions: int | None,
    rows: list[GoldRow],
    readings: np.ndarray,
    *,
    rule: MarginRule | None = None,
    tilt: bool = True,
    steps: bool = False,
    balanced: bool = True,
) -> None:
    """Print one row.

    Args:
        name: of the row.
        questions: number asked for each pair; None if it varies.
        rows: labelled passages.
        readings: float array (rows, wordings, features), in nats.
        rule: used in place of a fitted calibration.
        tilt: tilt the labels.
        steps: decide clear pairs early.
        balanced: give the two stances equal weight in the fit.
    """
    by_pair = dict(zip((row.pair for row in rows), readings, strict=True))
    examples = examples_of(rows, by_pair)
    features = tuple(f"feature {n}" for n in range(readings.shape[-1]))
    fold = fitting.folds(examples.documents)
    judged: dict[int, Scores] = {}
    for number in np.unique(fold):
        calibration: MarginRule | Calibration = rule or fitting.fit(
            examples.only(fold != number), features, wordings=readings.shape[1], balanced=balanced
        )
        if isinstance(calibration, Calibration):
            calibration = calibration if steps else calibration.without_steps()
            calibration = calibration if tilt else dataclasses.replace(calibration, tilt=0.0)
        judge: CalibratedJudge = StoredJudge(features, by_pair, calibration)
        held_out = np.flatnonzero(fold == number).tolist()
        judged |= dict(zip(held_out, judge.judge([rows[i].pair for i in held_out]), strict=True))
    measured = scores(answers_of(rows, [judged[i] for i in range(len(rows))]))
    values = " | ".join(f"{measured[m]['value']:.3f}" for m in MEASURES)
    print(f"| {name} | {questions or ''} | {values} |", flush=True)


if __name__ == "__main__":
    main()
