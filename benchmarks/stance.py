"""Articles a minute of the judge, beside transformers' zero-shot pipeline on a network of the same size.

Usage: polystance run CONFIG --until find --output RUN_DIR, then python benchmarks/stance.py RUN_DIR [--quick]

All judge the passages of the run about the targets that they are about, on two threads. The pipeline asks three labels for each
pair on a network of the large model's shape with random weights (its speed does not depend on them), one pair at a time, and is
timed on a sample. Then the large network alone, the small one alone, and both, as by default; at last from memory. The last
line is one JSON object: articles_per_minute of each, ratio to the pipeline, same (share of the labels of both that are those
of the large one alone) and memory_mb, the largest that this process was while it judged.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from pipelines.config import load_config
from pipelines.engines.base import Pair
from pipelines.job.memory import AnswerMemory
from pipelines.job.store import Store
from pipelines.judge import PAIRS_AT_A_TIME, pair_of
from pipelines.judge.polystance import TOKENIZER, PolystanceJudge

THREADS = 2
SAMPLE = 30
"""Pairs that the pipeline is timed on: about 20 seconds."""
QUICK = 100
"""Pairs with --quick."""
Result = TypeVar("Result")
CANDIDATES = ("supports", "opposes", "is neutral toward")


def main() -> None:
    """Print the table and the JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    pairs, per_article = pairs_of(options.run_dir)
    pairs = random.Random(0).sample(pairs, min(QUICK, len(pairs))) if options.quick else pairs
    print(f"{len(pairs)} pairs, {per_article:.2f} for each article\n")
    print("| | articles a minute | times the pipeline |\n| --- | ---: | ---: |")
    speeds: dict[str, float] = {}
    labels: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        memory = AnswerMemory(Path(folder) / "answers.sqlite")
        for name, network, remembers in (
            ("large", "large", None), ("small", "small", None), ("both", "both", memory), ("remembered", "both", memory)
        ):  # fmt: skip
            judge = PolystanceJudge(network=network, threads=THREADS, memory=remembers)  # type: ignore[arg-type]
            judge.load()
            seconds, labels[name] = timed(lambda judge=judge: labels_of(judge, pairs))  # type: ignore[misc]
            speeds[name] = 60 * len(pairs) / seconds / per_article
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    sample = random.Random(0).sample(pairs, min(SAMPLE, len(pairs)))
    classify = zero_shot_pipeline()
    seconds, _ = timed(lambda: [classify(pair) for pair in sample])
    speeds["pipeline"] = 60 * len(sample) / seconds / per_article
    for name, speed in speeds.items():
        print(f"| {name} | {speed:,.0f} | {speed / speeds['pipeline']:.1f} |")
    same = float(np.mean([a == b for a, b in zip(labels["both"], labels["large"], strict=True)]))
    figures = {f"articles_per_minute_{name}": round(speed, 1) for name, speed in speeds.items()}
    ratio = round(speeds["both"] / speeds["pipeline"], 2)
    print(json.dumps(figures | {"ratio": ratio, "same": round(same, 4), "memory_mb": round(largest)}))


def pairs_of(folder: Path) -> tuple[list[Pair], float]:
    """The pairs that a run would judge, and how many they are for each article."""
    store, config = Store(folder), load_config(folder / "config.yaml")
    reading = store.reading()
    shards = reading.shards if reading else ()
    passages = [passage for shard in shards for passage in store.passages(shard.number)]
    pairs = [
        pair_of(passage, target)
        for passage in passages
        for target in config.targets
        if target.name in passage.about
    ]
    return pairs, len(pairs) / sum(shard.articles for shard in shards)


def labels_of(judge: PolystanceJudge, pairs: list[Pair]) -> list[str]:
    """The judge's labels, in blocks as in a run."""
    blocks = [pairs[start : start + PAIRS_AT_A_TIME] for start in range(0, len(pairs), PAIRS_AT_A_TIME)]
    return [str(score.label) for block in blocks for score in judge.judge(block)]


def zero_shot_pipeline() -> Callable[[Pair], object]:
    """Ask a network of the large model's shape as transformers' documentation shows it."""
    import torch
    from transformers import MPNetConfig, MPNetForSequenceClassification, PreTrainedTokenizerFast, pipeline

    torch.set_num_threads(THREADS)
    file = PolystanceJudge(network="large").folder / TOKENIZER
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(file), pad_token="<pad>", model_max_length=512)
    labels = {0: "entailment", 1: "neutral", 2: "contradiction"}
    config = MPNetConfig(
        vocab_size=len(tokenizer), id2label=labels, label2id={name: i for i, name in labels.items()}
    )
    ask = pipeline(
        "zero-shot-classification", model=MPNetForSequenceClassification(config).eval(), tokenizer=tokenizer
    )
    return lambda pair: ask(
        pair.premise,
        candidate_labels=list(CANDIDATES),
        hypothesis_template=f"{pair.actor} {{}} {pair.target}.",
    )


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds of the work, and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    main()
