"""Runs whose files were damaged, and continued: the same tables, or not.

Usage: python benchmarks/damage.py [--quick]

A finished run is copied; one bit of one of its files is flipped, or the file is cut; and the same command runs
again. All files are hit equally often, whatever their size. `said` counts the runs that said what they made
again; the others were hit in a file that every run writes anew, or in a byte that says nothing. The last line is
JSON.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the engines, which a config names

from benchmarks.made_run import results, write_run
from pipelines import run as pipeline
from pipelines.config import load_config

SEED = 1
ARTICLES, SHARD_SIZE = 60, 20
QUICK, FULL = 40, 500
"""Damaged runs."""


def main() -> None:
    """Print a row for each kind of file, and the line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} damages, not {FULL}")
    times = QUICK if parser.parse_args().quick else FULL
    with tempfile.TemporaryDirectory() as temporary:
        counts = measured(Path(temporary), times)
    print("| files | damaged | said | different | exceptions |")
    print("| --- | ---: | ---: | ---: | ---: |")
    columns = ("damaged", "said", "different", "exceptions")
    for kind in sorted(counts):
        print(f"| {kind} | " + " | ".join(str(counts[kind][column]) for column in columns) + " |")
    total = sum(counts.values(), Counter())
    print(json.dumps({"benchmark": "damage"} | {column: total[column] for column in columns}))


def measured(home: Path, times: int) -> dict[str, Counter[str]]:
    """What became of the damaged runs, by the folder or name of the damaged file."""
    config, whole = write_run(home, ARTICLES, SHARD_SIZE), home / "whole"
    continued(config, whole)
    expected, rng = results(whole), random.Random(SEED)
    files = sorted(path for path in whole.rglob("*") if path.is_file() and path.stat().st_size)
    counts: dict[str, Counter[str]] = {}
    workers = pool()
    for number in range(times):
        folder = Path(shutil.copytree(whole, home / "damaged"))
        path = files[number % len(files)].relative_to(whole)
        damage(folder / path, rng)
        count = counts.setdefault(str(path.parent if path.parent.name else path), Counter())
        count["damaged"] += 1
        try:
            count["said"] += bool(workers.submit(continued, config, folder).result())
            count["different"] += results(folder) != expected
        except Exception as error:  # what is counted
            count["exceptions"] += 1
            print(f"{path}: {type(error).__name__}: {error}", file=sys.stderr)
            workers = pool() if isinstance(error, BrokenProcessPool) else workers
        shutil.rmtree(folder)
    workers.shutdown()
    return counts


def pool() -> ProcessPoolExecutor:
    """A process for the runs: a library that is given damaged bytes may take its process with it."""
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


def continued(config: Path, folder: Path) -> list[str]:
    """Run to the end, and return what the run says."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        pipeline.run(load_config(config), folder, offline=True)
    return [line for line in map(str, (warning.message for warning in said)) if "damaged" in line]


def damage(path: Path, rng: random.Random) -> None:
    """Flip a bit of a file, or cut it, one as often as the other."""
    content = bytearray(path.read_bytes())
    place = rng.randrange(len(content))
    if rng.random() < 0.5:
        content[place] ^= 1 << rng.randrange(8)
    else:
        del content[place:]
    path.write_bytes(content)


if __name__ == "__main__":
    main()
