"""What each ingredient of the judge is worth: one row each, five-fold out of fold, with the embedded model.

Usage: python benchmarks/stance_ablation.py GOLD.jsonl [ANSWERS.sqlite]

Answers of the model are kept in the second file where it is given.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipelines.assembly import build_judge
from pipelines.config import load_config
from pipelines.engines.stance.calibrated import CalibratedJudge
from pipelines.engines.stance.calibration import Calibration, MarginRule
from pipelines.engines.stance.zero_shot import ZeroShotJudge
from pipelines.evaluate import fit as fitting
from pipelines.evaluate.gold import GoldRow, read_gold
from pipelines.evaluate.scores import scores
from pipelines.evaluate.stance import StoredJudge, answers_of, examples_of

CONFIG = Path(__file__).parents[1] / "configs" / "quickstart.yaml"
MEASURES = ("macro_f1", "polarity", "calibration_error", "accuracy")
Change = Callable[[np.ndarray], np.ndarray]


def main() -> None:
    """Prints the table."""
    gold = Path(sys.argv[1])
    memory = f"stance.memory={sys.argv[2]}" if len(sys.argv) > 2 else "stance.memory=false"
    config = load_config(CONFIG, [memory])
    rows = read_gold([gold], config, None, offline=True)

    def read(**options: object) -> np.ndarray:
        with_options = config.stance.model_copy(update={"options": options})
        judge = build_judge(config.model_copy(update={"stance": with_options}), offline=True)
        assert isinstance(judge, ZeroShotJudge)
        pairs = [row.pair for row in rows]
        return np.concatenate(
            [judge.readings(pairs[i : i + 64], judge.wordings) for i in range(0, len(pairs), 64)]
        )

    plain = read()
    print("| | questions | macro-F1 | polarity | calibration error | accuracy |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    told("no calibration: margin rule, 1 wording", 2, rows, plain[:, :1], rule=MarginRule(2))
    told("no calibration: margin rule, 6 wordings", 12, rows, plain, rule=MarginRule(2))
    told("calibrated, 1 wording, support only", 1, rows, plain[:, :1] * [1, 0])
    told("calibrated, 6 wordings, support only", 6, rows, plain * [1, 0])
    told("+ mirrored hypothesis, 1 wording", 2, rows, plain[:, :1])
    told("+ mirrored hypothesis, 3 wordings", 6, rows, plain[:, :3])
    told("+ mirrored hypothesis, 6 wordings", 12, rows, plain)
    told("the same without tilt", 12, rows, plain, tilt=False)
    told("the same with steps: as shipped", None, rows, plain, steps=True)
    told("6 wordings + relevance: takes a position", 13, rows, read(also=["position"]))
    told("6 wordings + swapped hypotheses", 14, rows, read(also=["swapped"]))
    told("6 wordings, prior of an empty premise removed", 12, rows, read(remove_prior=True))


def told(
    name: str,
    questions: int | None,
    rows: list[GoldRow],
    readings: np.ndarray,
    rule: MarginRule | None = None,
    tilt: bool = True,
    steps: bool = False,
) -> None:
    """Prints one row."""
    known = dict(zip((row.pair for row in rows), readings, strict=True))
    examples = examples_of(rows, known)
    features = tuple(f"feature {n}" for n in range(readings.shape[-1]))
    fold = fitting.folds(examples.documents)
    given = {}
    for number in np.unique(fold):
        calibration: MarginRule | Calibration = rule or fitting.fit(examples.only(fold != number), features)
        if isinstance(calibration, Calibration):
            calibration = calibration if steps else calibration.without_steps()
            calibration = calibration if tilt else dataclasses.replace(calibration, tilt=(0.0, 0.0))
        judge: CalibratedJudge = StoredJudge(features, known, calibration)
        held = np.flatnonzero(fold == number).tolist()
        given |= dict(zip(held, judge.judge([rows[i].pair for i in held]), strict=True))
    measured = scores(answers_of(rows, [given[i] for i in range(len(rows))]))
    values = " | ".join(f"{measured[m]['value']:.3f}" for m in MEASURES)
    print(f"| {name} | {questions or ''} | {values} |", flush=True)


if __name__ == "__main__":
    main()
