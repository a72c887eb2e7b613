"""Pairs per second of the embedded stance judges, on the same made-up passages and number of threads.

python benchmarks/stance_speed.py [--pairs 200] [--threads 1]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # training/ is not installed

from pipelines.engines.base import Pair
from pipelines.engines.registry import build
from training.examples import PLAIN, Source
from training.frames import cast, question

ENGINES = ("polystance", "nli_onnx")
WARM_UP = 5
"""Pairs judged before the clock starts. Not tuned."""


def passages(count: int) -> list[Pair]:
    """Questions about made-up passages that training never saw."""
    rng, source = Random("speed"), Source(PLAIN, "constructions")
    pairs: list[Pair] = []
    while len(pairs) < count:
        frame, pair = source.frame(rng.choice([1, 0, -1]), rng)
        if pair is not None:
            entities = cast(frame, rng)
            pairs.append(question(rng.choice(frame.texts), pair, entities))
    return pairs


def rate(engine: str, pairs: list[Pair], threads: int) -> float:
    """Pairs per second, without loading.

    Args:
        engine: name of a stance engine.
        pairs: questions, more than five.
        threads: of the engine.
    """
    judge: Any = build("stance", engine, {"threads": threads}, "speed", model=None)
    judge.load()
    judge.judge(pairs[:WARM_UP])
    started = time.perf_counter()
    judge.judge(pairs[WARM_UP:])
    return (len(pairs) - WARM_UP) / (time.perf_counter() - started)


def main() -> None:
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    pairs = passages(options.pairs)
    words = sum(len(pair.premise.split()) for pair in pairs) / len(pairs)
    rates = {engine: rate(engine, pairs, options.threads) for engine in ENGINES}
    print(f"{options.pairs} pairs, {words:.0f} words each, {options.threads} thread(s)\n")
    print("| | pairs per second | polystance / this |\n| --- | ---: | ---: |")
    for engine, speed in rates.items():
        print(f"| {engine} | {speed:.1f} | {rates['polystance'] / speed:.1f} |")


if __name__ == "__main__":
    main()
