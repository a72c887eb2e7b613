"""Measure a trained model on gold passages, and on made-up ones that it never saw.

    python -m training.measure MODEL_DIR [GOLD.jsonl ...] [--context] [--named] [--made-up 1000]

The labels are those without a calibration; `polystance evaluate stance --fit` measures with one.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from pipelines.evaluate.scores import macro_f1
from pipelines.judge.masking import Masked, mask
from pipelines.judge.polystance import QUESTION
from training.examples import PLAIN, Example, Source
from training.folders import model_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

QUESTIONS = (QUESTION, QUESTION.replace("supports", "opposes"))
STANCES = ("supports", "neutral", "opposes")
MAX_LENGTH = 256
"""Tokens of passage and question; the default of the engine `polystance`."""
BATCH = 32
"""Pairs at a time; not tuned, changes speed only."""


class Figures(NamedTuple):
    """Shares in [0, 1]; polarity is the share of rows with a stance whose likelier side is right."""

    macro_f1: float
    accuracy: float
    polarity: float


class Network:
    """A trained model, from a folder that transformers wrote."""

    def __init__(self, folder: Path) -> None:
        folder = model_folder(folder)
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        self.model: Any = AutoModelForSequenceClassification.from_pretrained(folder).eval()

    def log_probabilities(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Log-probabilities of entailment, neutral, contradiction: float array (pairs, 3), in nats."""
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]))
        answers = np.zeros((len(pairs), 3))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            premises, hypotheses = zip(*(pairs[i] for i in batch), strict=True)
            inputs = self.tokenizer(
                list(premises), list(hypotheses), truncation="only_first", max_length=MAX_LENGTH,
                padding=True, return_tensors="pt",
            )  # fmt: skip
            with torch.inference_mode():
                answers[batch] = torch.log_softmax(self.model(**inputs).logits.double(), -1).numpy()
        return answers


def features(
    network: Network, rows: Sequence[dict[str, str]], *, context: bool = False, named: bool = False
) -> NDArray[np.float64]:
    """Log-probabilities of supports, neutral and opposes: float array (rows, questions, stances), in nats.

    Args:
        network: the trained model.
        rows: gold rows with `text`, `actor` and `target`.
        context: read the field `context`, not `text`.
        named: keep the names, which the engine masks.
    """
    pairs = []
    for row in rows:
        passage = Masked(row["context" if context else "text"], row["actor"], row["target"])
        if not named:
            passage = mask(*passage)
        pairs += [
            (passage.premise, question.format(actor=passage.actor, target=passage.target))
            for question in QUESTIONS
        ]
    answers = network.log_probabilities(pairs).reshape(len(rows), len(QUESTIONS), 3)
    answers[:, 1] = answers[:, 1, ::-1]
    return answers


def figures(scores: NDArray[np.float64], gold: NDArray[np.int64]) -> Figures:
    """Measure scores, of which the largest is the label; macro-F1 is over the labels that occur in gold.

    Args:
        scores: float array (rows, 3) of supports, neutral and opposes.
        gold: int array (rows,) of indices into STANCES.
    """
    label, polar = scores.argmax(1), gold != 1
    side = (scores[polar, 0] > scores[polar, 2]) == (gold[polar] == 0)
    return Figures(macro_f1(gold, label), float((label == gold).mean()), float(side.mean()))


def made_up(network: Network, count: int, unseen: str, *, named: bool = False) -> Figures:
    """Measure a model on held-out examples, drawn with a seed of their own.

    Args:
        network: the trained model.
        count: number of examples.
        unseen: what is held out: `lexicon`, predicates of the grammar, or `constructions`, frames and
            templates of newswire.
        named: keep the names, which the engine masks.
    """
    recipe = replace(PLAIN, grammar=1.0) if unseen == "lexicon" else replace(PLAIN, newswire=1.0)
    rng, source = Random(f"measure {unseen}"), Source(replace(recipe, masked=not named), unseen)
    examples: list[Example] = [source.draw(rng) for _ in range(count)]
    answers = network.log_probabilities([(e.premise, e.hypothesis) for e in examples])
    return figures(answers, np.array([e.label for e in examples]))


def main() -> None:
    """Read the options and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("gold", nargs="*", type=Path)
    parser.add_argument("--context", action="store_true", help="take the field `context` as the passage")
    parser.add_argument("--named", action="store_true", help="keep the names")
    parser.add_argument(
        "--made-up", type=int, default=0, metavar="N", help="examples of each made-up collection"
    )
    parser.add_argument("--limit", type=int, help="measure on a random sample of N rows", metavar="N")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    for path in options.gold:
        if not path.is_file():
            parser.error(f"no gold file '{path}'. Check the path")
    torch.set_num_threads(options.threads)
    network = Network(options.model)
    for unseen in ("lexicon", "constructions") if options.made_up else ():
        measured = made_up(network, options.made_up, unseen, named=options.named)
        print(f"made up, new {unseen}: {_summary(measured)}", flush=True)
    for path in options.gold:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        Random(0).shuffle(rows)
        rows = rows[: options.limit]
        gold = np.array([STANCES.index(row["label"]) for row in rows])
        answers = features(network, rows, context=options.context, named=options.named)
        print(f"{path.name}, {len(rows)} rows, one question: {_summary(figures(answers[:, 0], gold))}")
        print(f"{path.name}, two questions: {_summary(figures(answers.mean(1), gold))}", flush=True)


def _summary(figures: Figures) -> str:
    return f"macro-F1 {figures.macro_f1:.3f} accuracy {figures.accuracy:.3f} polarity {figures.polarity:.3f}"


if __name__ == "__main__":
    main()
