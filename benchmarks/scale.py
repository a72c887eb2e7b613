"""Ten times the articles: how much more memory and time a run takes, and its own cost beside that of the models.

Usage: python benchmarks/scale.py [--quick]

The articles are made up and the engines need no model, so that what is measured is the pipeline itself. Each run is
a process of its own, of which CPU time and peak memory count. `overhead` is the CPU time that the pipeline takes for
one more article, as a share of what the models that come with polystance take for one more of the quickstart's. The
last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.cluster import QUICKSTART, write_copies
from benchmarks.crash import start
from benchmarks.made_run import write_run

ARTICLES, QUICK_ARTICLES = 20_000, 300
TIMES = 10
SHARD_SIZE = 200
COPIES, MORE_COPIES = 1, 2
"""Of the quickstart's 24 articles, judged and translated by the models."""


class Cost(NamedTuple):
    """CPU seconds and peak memory, in MB, of a run of so many articles."""

    articles: int
    seconds: float
    memory: float


def main() -> None:
    """Print a row for each run, and the line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_ARTICLES} articles and {TIMES} times as many"
    )
    args = parser.parse_args()
    articles = QUICK_ARTICLES if args.quick else ARTICLES
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        small, large = made(home, articles), made(home, articles * TIMES)
        few, many = embedded(home, COPIES), embedded(home, MORE_COPIES)
    print("| engines | articles | CPU seconds | peak memory, MB |")
    print("| --- | ---: | ---: | ---: |")
    for name, costs in {"no model": (small, large), "embedded": (few, many)}.items():
        for cost in costs:
            print(f"| {name} | {cost.articles} | {cost.seconds:.1f} | {cost.memory:.0f} |")
    figures = {
        "memory_ratio": round(large.memory / small.memory, 2),
        "time_ratio": round(large.seconds / small.seconds, 2),
        "overhead": round(for_one_more(small, large) / for_one_more(few, many), 4),
    }
    print(json.dumps({"benchmark": "scale"} | figures))


def for_one_more(fewer: Cost, more: Cost) -> float:
    """The CPU seconds that one article more takes."""
    return (more.seconds - fewer.seconds) / (more.articles - fewer.articles)


def made(home: Path, articles: int) -> Cost:
    """A run of made-up articles without a model."""
    folder = home / f"made-{articles}"
    folder.mkdir()
    return cost(articles, [str(write_run(folder, articles, SHARD_SIZE))], folder)


def embedded(home: Path, copies: int) -> Cost:
    """A run of copies of the quickstart's articles with the models that come with polystance."""
    folder = home / f"embedded-{copies}"
    folder.mkdir()
    articles = write_copies(folder / "copies.jsonl", copies)
    overrides = [f"articles={{path: {folder / 'copies.jsonl'}}}"]
    overrides += ["translation.memory=false", "stance.memory=false"]
    sets = [word for override in overrides for word in ("--set", override)]
    return cost(articles, [str(QUICKSTART), *sets], folder)


def cost(articles: int, arguments: Sequence[str], place: Path) -> Cost:
    """Run and wait."""
    process = start([*arguments], place)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"a run ended with {process.returncode}: {process.args!r}")
    return Cost(articles, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)  # KB on Linux


if __name__ == "__main__":
    main()
