"""Pairs per second of the embedded stance judges, on the same made-up passages and with as many threads.

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
from training.frames import cast, fill_text

ENGINES = ("polystance", "nli_onnx")


def passages(count: int) -> list[Pair]:
    """Made-up passages and a pair of each."""
    rng, source = Random("speed"), Source(PLAIN, "constructions")
    pairs = []
    while len(pairs) < count:
        frame, pair = source.frame(rng.choice([1, 0, -1]), rng)
        if pair is not None:
            entities = cast(frame, rng)
            holder, target = (entities[slot].name for slot in pair)
            pairs.append(Pair(fill_text(rng.choice(frame.texts), entities), holder, target))
    return pairs


def rate(engine: str, pairs: list[Pair], threads: int) -> float:
    """Pairs per second, loading left out."""
    judge: Any = build("stance", engine, {"threads": threads}, "speed", model=None)
    judge.load()
    judge.judge(pairs[:5])
    started = time.perf_counter()
    judge.judge(pairs[5:])
    return (len(pairs) - 5) / (time.perf_counter() - started)


def main() -> None:
    """Reads the options, prints a table."""
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
    for engine, found in rates.items():
        print(f"| {engine} | {found:.1f} | {rates['polystance'] / found:.1f} |")


if __name__ == "__main__":
    main()
