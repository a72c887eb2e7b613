"""Ten times the articles: how much more memory and time a run takes, and its own cost beside that of the models.

Usage: python benchmarks/scale.py [--quick] [--articles N]

Each run is a process of its own, of which CPU time and peak memory count. The articles of the first two runs are made
up, and translator, judge and sentence encoder compute from the text alone, so that what is measured is the pipeline.
`overhead` is of articles of news length, copies of the quickstart's: the CPU time for one more of them without models
and checks of translations, as a share of that with the models that come with polystance. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import made_run
from benchmarks.cluster import QUICKSTART, write_copies

ARTICLES, QUICK_ARTICLES = 20_000, 300
TIMES = 10
SHARD_SIZE = 200
EMBEDDED_COPIES, QUICK_EMBEDDED_COPIES = (1, 5), (1, 2)
"""Of the quickstart's 24 articles, with the models: 24 of them take 8 seconds."""
OWN_COPIES, QUICK_OWN_COPIES = (50, 150), (50, 75)
"""The same without models: from 50 on there are more stories and quotations than a report shows."""


class Cost(NamedTuple):
    """CPU seconds and peak memory, in MB, of a run of so many articles, and seconds of its stages by the clock."""

    articles: int
    seconds: float
    memory: float
    stages: dict[str, float]


def main() -> None:
    """Print a row for each run, and the line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_ARTICLES} articles and {TIMES} times as many"
    )
    parser.add_argument("--articles", type=int, help="of the smaller run of made-up articles")
    args = parser.parse_args()
    articles = args.articles or (QUICK_ARTICLES if args.quick else ARTICLES)
    embedded = QUICK_EMBEDDED_COPIES if args.quick else EMBEDDED_COPIES
    without = QUICK_OWN_COPIES if args.quick else OWN_COPIES
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        made = [without_models(home, number) for number in (articles, articles * TIMES)]
        cold = [copied(home, "cli.main", copies) for copies in embedded]
        own = [copied(home, made_run.__name__, copies) for copies in without]
    stages = list(made[0].stages)
    print(f"| engines | articles | CPU seconds | peak memory, MB | {' | '.join(stages)} |")
    print("| --- | ---: | ---: | ---: |" + " ---: |" * len(stages))
    for name, costs in {"no model": made, "embedded": cold, "no model, quickstart": own}.items():
        for cost in costs:
            clock = " | ".join(f"{cost.stages[stage]:.1f}" for stage in stages)
            print(f"| {name} | {cost.articles} | {cost.seconds:.1f} | {cost.memory:.0f} | {clock} |")
    small, large = made
    print(
        f"\nMilliseconds for one article more: made up {1000 * for_one_more(*made):.2f}, of the quickstart ",
        end="",
    )
    print(f"{1000 * for_one_more(*own):.2f} without and {1000 * for_one_more(*cold):.1f} with the models\n")
    figures = {
        "memory_ratio": round(large.memory / small.memory, 2),
        "time_ratio": round(large.seconds / small.seconds, 2),
        "overhead": round(for_one_more(*own) / for_one_more(*cold), 4),
    }
    print(json.dumps({"benchmark": "scale"} | figures))


def for_one_more(fewer: Cost, more: Cost) -> float:
    """The CPU seconds that one article more takes."""
    return (more.seconds - fewer.seconds) / (more.articles - fewer.articles)


def without_models(home: Path, articles: int) -> Cost:
    """A run of made-up articles without a model."""
    folder = home / f"made-{articles}"
    folder.mkdir()
    return cost(made_run.__name__, articles, [str(made_run.write_run(folder, articles, SHARD_SIZE))], folder)


def copied(home: Path, module: str, copies: int) -> Cost:
    """A run of copies of the quickstart's articles.

    Args:
        home: of all runs.
        module: see `cost`; without the models if it is that of made-up runs.
        copies: of each article.
    """
    folder = home / f"{module}-{copies}"
    folder.mkdir()
    articles = write_months(folder / "copies.jsonl", copies)
    settings = [
        "translation.memory=false",
        "stance.memory=false",
        f"articles={{path: {folder / 'copies.jsonl'}}}",
    ]
    if module == made_run.__name__:
        # Without checks, which would have each sentence in capitals translated again and again.
        engine = "engine: benchmarks.made_run:Translator"
        settings[0] = f"translation={{{engine}, check: false, memory: false, models: {{pt: {{{engine}}}}}}}"
        settings += ["stance.engine=benchmarks.made_run:Judge"]
    arguments = [word for setting in settings for word in ("--set", setting)]
    return cost(module, articles, [str(QUICKSTART), *arguments], folder)


def write_months(path: Path, copies: int) -> int:
    """Write copies of the quickstart's articles, each copy with stories and a month of its own.

    Returns:
        How many articles there are.
    """
    written, lines = write_copies(path, copies), []
    for number, row in enumerate(map(json.loads, path.read_text(encoding="utf-8").splitlines())):
        copy = number % copies
        month = f"{2024 - copy // 12}-{copy % 12 + 1:02}"
        row |= {"story": f"{row['story']} {copy}", "published": month + row["published"][7:10]}
        lines.append(json.dumps(row))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return written


def cost(module: str, articles: int, arguments: Sequence[str], place: Path) -> Cost:
    """Run polystance and wait.

    Args:
        module: whose command line is that of polystance.
        articles: of the run.
        arguments: of the command `run`.
        place: of its results, and of what it remembers.
    """
    environment = os.environ | {"PYTHONPATH": str(made_run.ROOT), "POLYSTANCE_CACHE": str(place / "cache")}
    command = [sys.executable, "-m", module, "run", *arguments, "--offline", "--quiet"]
    process = subprocess.Popen(
        [*command, "--output", str(place / "out")], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"a run ended with {process.returncode}: {process.args!r}")
    stages = json.loads((place / "out" / "manifest.json").read_text("utf-8"))["seconds"]
    return Cost(articles, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, stages)  # KB on Linux


if __name__ == "__main__":
    main()
