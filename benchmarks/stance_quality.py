"""Macro-F1 and polarity of the embedded judge, beside the rule of a zero-shot pipeline on the same model.

Usage: python benchmarks/stance_quality.py GOLD.jsonl [ROWS]

The pipeline's rule takes, of the hypotheses "A supports T", "A opposes T" and "A is neutral toward T", the one
with the highest entailment; it has no margin and no wordings to average.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from pipelines.engines.base import Pair
from pipelines.engines.stance.nli_onnx import OnnxNliJudge
from pipelines.evaluate import LABELS, classification_scores
from pipelines.judge import stance_label

RULE = {"supports": "supports", "opposes": "opposes", "neutral": "is neutral toward"}
MINIMUM_PROBABILITY = MINIMUM_AGREEMENT = 0.5


def main() -> None:
    """Prints the table."""
    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    random.Random(0).shuffle(rows)
    rows = rows[: int(sys.argv[2]) if len(sys.argv) > 2 else len(rows)]
    expected = [row["label"] for row in rows]
    judge = OnnxNliJudge()
    scores = judge.judge([Pair(row["text"], row["actor"], row["target"]) for row in rows])
    questions = [
        (row["text"], f"{row['actor']} {RULE[label]} {row['target']}.") for row in rows for label in LABELS
    ]
    entailment = judge.entailment(questions).reshape(len(rows), len(LABELS))
    answers = {
        "polystance": (
            [stance_label(s, 0, 0) for s in scores], [s.supports > s.opposes for s in scores]
        ),
        "polystance, unclear left out": (
            [stance_label(s, MINIMUM_PROBABILITY, MINIMUM_AGREEMENT) for s in scores],
            [s.supports > s.opposes for s in scores],
        ),
        "zero-shot pipeline's rule": (
            [LABELS[i] for i in entailment.argmax(axis=1)], list(entailment[:, 0] > entailment[:, 1])
        ),
        "always neutral": (["neutral"] * len(rows), [True] * len(rows)),
    }  # fmt: skip
    print(
        f"{len(rows)} rows of {Path(sys.argv[1]).name}: {', '.join(f'{expected.count(x)} {x}' for x in LABELS)}\n"
    )
    print("| | coverage | accuracy | macro-F1 | polarity |\n| --- | ---: | ---: | ---: | ---: |")
    for name, (given, supports) in answers.items():
        clear = [i for i, label in enumerate(given) if label != "unclear"]
        told = classification_scores([expected[i] for i in clear], [given[i] for i in clear])
        polar = [
            supports[i] == (label == "supports") for i, label in enumerate(expected) if label != "neutral"
        ]
        row = len(clear) / len(rows), told["accuracy"], told["macro_f1"], sum(polar) / max(1, len(polar))
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |")


if __name__ == "__main__":
    main()
