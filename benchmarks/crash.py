"""Runs that are killed and continued: the same tables as undisturbed ones, or not.

Usage: python benchmarks/crash.py [--quick] [--ray] [--seed N]

Each run is killed once, at a moment drawn from those of an undisturbed run, two thirds of them with SIGKILL and
the others with SIGTERM, and then continued. `different` counts the runs whose tables or rejected.csv have another
byte, `redone` the finished parts that a continued run made again, `late` the runs that SIGTERM did not end within
five seconds with exit code 1; a line to stderr says what became of each. Engines: one that needs no model, and
those that come with polystance (the small network; not with `--quick`). The last line is JSON.

With `--ray`, the runs are on a Ray cluster of two nodes of this machine, and it is not they that are killed but, at
such a moment, a worker or the second node; a run then goes its way. `redone` counts the shards that were lost.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the engines, which a config names

from benchmarks.made_run import ACTORS, ROOT, TARGET, results, write_articles, write_run
from benchmarks.two_nodes import Cluster

KILLS, TERMS = 20, 10
QUICK_KILLS, QUICK_TERMS = 4, 2
ARTICLES, QUICK_ARTICLES, EMBEDDED_ARTICLES = 2_000, 300, 200
SHARD_SIZE = 50
PAUSE = 0.0002
"""Seconds for a sentence: an undisturbed run then spends most of its time in the stages, not in starting."""
RAY_PAUSE = 0.005
"""The same under Ray, whose workers take seconds to start: a run of about a minute, of which some half are the
stages on shards."""
PROMISE = 5.0
"""Seconds in which SIGTERM ends a run."""
EXIT_CODES = {signal.SIGKILL: -signal.SIGKILL, signal.SIGTERM: 1}
COLUMNS = ("kills", "different", "redone", "late")


def main() -> None:
    """Print a row for each engine, and the line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="few articles and kills, and no embedded models")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--ray", action="store_true", help="lose workers and nodes of a Ray cluster")
    args = parser.parse_args()
    if args.ray:
        lose_on_ray(args.quick, random.Random(args.seed))
        return
    signals = [signal.SIGKILL] * (QUICK_KILLS if args.quick else KILLS)
    signals += [signal.SIGTERM] * (QUICK_TERMS if args.quick else TERMS)
    counts: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        config = write_run(home, QUICK_ARTICLES if args.quick else ARTICLES, SHARD_SIZE, PAUSE)
        counts["no model"] = measured([str(config)], home / "made", signals, random.Random(args.seed))
        if not args.quick:
            write_articles(home / "embedded.jsonl", EMBEDDED_ARTICLES)
            counts["embedded"] = measured(embedded(home), home / "real", signals, random.Random(args.seed))
    print("| engines | " + " | ".join(COLUMNS) + " |")
    print("| --- |" + " ---: |" * len(COLUMNS))
    for name, count in counts.items():
        print(f"| {name} | " + " | ".join(str(count[column]) for column in COLUMNS) + " |")
    total = sum(counts.values(), Counter())
    print(json.dumps({"benchmark": "crash"} | {column: total[column] for column in COLUMNS}))


def embedded(home: Path) -> list[str]:
    """The arguments of a run with the models that come with polystance."""
    overrides = {
        "articles": f"{{path: {home / 'embedded.jsonl'}}}",
        "actors": "[" + ", ".join(f"{{name: {name}}}" for name in ACTORS) + "]",
        "targets": f"[{{name: {TARGET}}}]",
        "stance.options.network": "small",
        "execution.shard_size": "20",
    }
    sets = [word for key, value in overrides.items() for word in ("--set", f"{key}={value}")]
    return [str(ROOT / "configs" / "quickstart.yaml"), *sets]


def measured(
    arguments: list[str], home: Path, signals: list[signal.Signals], rng: random.Random
) -> Counter[str]:
    """What became of the runs that got these signals."""
    home.mkdir()
    duration, expected = undisturbed(arguments, home / "whole")
    count: Counter[str] = Counter()
    while count["kills"] < len(signals):
        place, kind = home / str(count["began"]), signals[count["kills"]]
        count["began"] += 1
        moment = rng.uniform(0.0, duration)
        ended = killed(begun(arguments, place), kind, moment)
        if ended is None:
            continue
        before = stamps(place)
        finish(begun(arguments, place))
        after = stamps(place)
        made = {
            "kills": 1,
            "different": int(results(place / "out") != expected),
            "redone": sum(after.get(path) != stamp for path, stamp in before.items()),
            "late": int(kind == signal.SIGTERM and ended > PROMISE),
        }
        count.update(made)
        say(f"{home.name}: {kind.name} {count['kills']} of {len(signals)} at {moment:.1f} s", made)
    return count


def undisturbed(arguments: list[str], place: Path) -> tuple[float, dict[str, bytes]]:
    """The seconds of a run that nobody disturbs, after it has begun its log, and its results."""
    process = begun(arguments, place)
    begin = time.monotonic()
    finish(process)
    duration = time.monotonic() - begin
    say(f"{place.parent.name}: undisturbed {duration:.1f} s")
    return duration, results(place / "out")


def say(what: str, made: dict[str, int] | None = None) -> None:
    """Print a line to stderr, with the counts of what became of a run."""
    print(
        what,
        *(f"{name} {number}" for name, number in (made or {}).items()),
        sep=", ",
        file=sys.stderr,
        flush=True,
    )


def lose_on_ray(quick: bool, rng: random.Random) -> None:
    """Print what became of runs on a cluster that lost workers and nodes, and the line of JSON."""
    count: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        config = write_run(home, QUICK_ARTICLES if quick else ARTICLES, SHARD_SIZE, RAY_PAUSE)
        with Cluster(home) as cluster:
            sets = ("execution.executor=ray", f"execution.address={cluster.address}", "execution.workers=2")
            arguments = [str(config), *(word for setting in sets for word in ("--set", setting))]
            duration, expected = undisturbed(arguments, home / "whole")
            for number in range(QUICK_KILLS if quick else KILLS):
                place, moment = home / str(number), rng.uniform(0.0, duration)
                process = begun(arguments, place)
                time.sleep(moment)
                if number % 2:
                    cluster.lose_node()
                    finish(process)
                    cluster.start_node()
                else:
                    cluster.lose_worker()
                    finish(process)
                made = {
                    "kills": 1,
                    "different": int(results(place / "out") != expected),
                    "redone": (place / "out" / "run.log").read_text().count('"event": "lost"'),
                }
                count.update(made)
                say(f"{'node' if number % 2 else 'worker'} lost at {moment:.1f} s", made)
    print("| " + " | ".join(COLUMNS) + " |")
    print("|" + " ---: |" * len(COLUMNS))
    print("| " + " | ".join(str(count[column]) for column in COLUMNS) + " |")
    print(json.dumps({"benchmark": "crash"} | {column: count[column] for column in COLUMNS}))


def killed(process: subprocess.Popen[bytes], kind: signal.Signals, moment: float) -> float | None:
    """Send a signal to a run, and return the seconds until it ended; None if it had ended before.

    Args:
        process: the run.
        kind: of the signal.
        moment: seconds from now.
    """
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        sent = time.monotonic()
        process.send_signal(kind)
        code = process.wait()
        return time.monotonic() - sent if code == EXIT_CODES[kind] else math.inf
    return None


def begun(arguments: list[str], place: Path) -> subprocess.Popen[bytes]:
    """A run that has begun, that is, has begun its log."""
    log = place / "out" / "run.log"
    lines = log.read_bytes().count(b"\n") if log.exists() else 0
    process = start(arguments, place)
    while process.poll() is None and (not log.exists() or log.read_bytes().count(b"\n") <= lines):
        time.sleep(0.01)
    return process


def start(arguments: list[str], place: Path, within: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """A run in its own folder, which remembers nothing of others; `within` is a command that starts it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "POLYSTANCE_CACHE": str(place / "cache")}
    command = [*within, sys.executable, "-m", "cli.main", "run", *arguments, "--offline", "--quiet"]
    return subprocess.Popen(
        [*command, "--output", str(place / "out")],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait for a run that nobody kills."""
    if process.wait() != 0:
        raise SystemExit(f"a run ended with {process.returncode}: {process.args!r}")


def stamps(place: Path) -> dict[Path, int]:
    """When each part of a run, and each piece of its utterances, was written, in nanoseconds."""
    kinds = ("*/part-*.parquet", "stories/utterances-*.parquet")
    return {path: path.stat().st_mtime_ns for kind in kinds for path in (place / "out").glob(kind)}


if __name__ == "__main__":
    main()
