"""Pairs per second and articles per minute of the judge, beside a zero-shot pipeline used naively.

Usage: polystance run CONFIG --until find --output RUN_DIR, then python benchmarks/stance.py RUN_DIR [SAMPLE]

All use the embedded model, two threads, and all passages and targets of the run. The pipeline asks about three labels for
each pair, one question at a time, at the length that the model is declared for. The rule without shortcuts asks all wordings
for each pair, one question at a time; polystance asks each distinct question once, on two threads, and further wordings only
if the first are not clear; then once more, from memory. The first two are timed on a sample of the pairs.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipelines.config import load_config
from pipelines.engines.base import Pair
from pipelines.evaluate.baselines import CANDIDATES
from pipelines.job.memory import AnswerMemory
from pipelines.job.store import Store
from pipelines.judge import PAIRS_AT_A_TIME, pair_of
from pipelines.judge.nli_onnx import OnnxNliJudge

DECLARED_LENGTH = 160
"""Tokens, in the shape of the ONNX file's inputs."""
THREADS = 2


class Naive(OnnxNliJudge):
    """Asks one question at a time, padded to the declared length; the threads work on each together."""

    def load(self) -> None:
        """Load the model as declared."""
        if self._session is None:
            import onnxruntime

            super().load()
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = THREADS
            weights = str(self.files.weights)
            self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
            self._tokenizer.enable_truncation(DECLARED_LENGTH, strategy="only_first")
            self._tokenizer.enable_padding(length=DECLARED_LENGTH)

    def zero_shot(self, pair: Pair) -> int:
        """Index of the pipeline's label."""
        questions = [(pair.premise, f"{pair.actor} {label} {pair.target}.") for label in CANDIDATES]
        return int(np.argmax([self._one(question)[0] for question in questions]))

    def all_wordings(self, pair: Pair) -> str | None:
        """The label by the rule without shortcuts."""
        self._known.clear()
        self.use(self.rule.without_steps())
        self.threads = 1
        return self.judge([pair])[0].label


def main() -> None:
    """Print the table."""
    store = Store(Path(sys.argv[1]))
    config = load_config(Path(sys.argv[1]) / "config.yaml")
    reading = store.reading()
    shards = reading.shards if reading else ()
    passages = [passage for shard in shards for passage in store.passages(shard.number)]
    articles = sum(shard.articles for shard in shards)
    pairs = [pair_of(passage, target) for passage in passages for target in config.targets]
    sample = random.Random(0).sample(pairs, min(int(sys.argv[2]) if len(sys.argv) > 2 else 60, len(pairs)))
    print(f"{articles} articles, {len(passages)} passages, {len(pairs)} pairs, {len(set(pairs))} distinct\n")
    print("| | pairs a second | articles a minute | times the pipeline |\n| --- | ---: | ---: | ---: |")
    naive = Naive(threads=THREADS)
    naive.load()
    pipeline = timed(lambda: [naive.zero_shot(pair) for pair in sample], len(sample))
    show("zero-shot pipeline, one by one", pipeline, pipeline, len(pairs) / articles)
    slow: list[str | None] = []
    seconds = timed(lambda: slow.extend(naive.all_wordings(pair) for pair in sample), len(sample))
    show("the rule without shortcuts, one by one", seconds, pipeline, len(pairs) / articles)
    with tempfile.TemporaryDirectory() as folder:
        memory = AnswerMemory(Path(folder) / "answers.sqlite")
        shortened: list[str | None] = []
        for name in ("polystance, cold", "polystance, from memory"):
            judge = OnnxNliJudge(threads=THREADS, memory=memory)
            judge.load()
            shortened.clear()
            seconds = timed(lambda judge=judge: shortened.extend(labels(judge, pairs)), len(pairs))  # type: ignore[misc]
            show(name, seconds, pipeline, len(pairs) / articles)
        full = OnnxNliJudge(threads=THREADS, memory=memory)
        full.use(full.rule.without_steps())
        every = labels(full, pairs)
    by_pair = dict(zip(pairs, shortened, strict=True))
    print(
        f"\nsame label as with all wordings: {np.mean([a == b for a, b in zip(shortened, every, strict=True)]):.4f} of {len(pairs)}"
    )
    padded = np.mean([by_pair[pair] == label for pair, label in zip(sample, slow, strict=True)])
    print(f"same label as the rule without shortcuts, padded: {padded:.4f} of {len(sample)}")


def labels(judge: OnnxNliJudge, pairs: list[Pair]) -> list[str | None]:
    """The judge's labels, in blocks as in a run."""
    blocks = [pairs[start : start + PAIRS_AT_A_TIME] for start in range(0, len(pairs), PAIRS_AT_A_TIME)]
    return [score.label for block in blocks for score in judge.judge(block)]


def timed(work: Callable[[], object], amount: int) -> float:
    """Seconds of the work, divided by the amount."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) / amount


def show(name: str, seconds: float, pipeline: float, pairs_per_article: float) -> None:
    """Print one row.

    Args:
        name: of the row.
        seconds: per pair.
        pipeline: seconds per pair of the zero-shot pipeline.
        pairs_per_article: mean number.
    """
    minute = 60 / seconds / pairs_per_article
    print(f"| {name} | {1 / seconds:.2f} | {minute:.1f} | {pipeline / seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
