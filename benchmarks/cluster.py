"""A Ray cluster of two nodes: the same tables as in one process, and how much faster two workers are than one.

Usage: python benchmarks/cluster.py [--quick]

The nodes are started on this machine by `ray start`, with one processor each. `different` counts the tables of
the quickstart that have another byte on the two nodes than in one process, `different_larger` those of a larger run
that differ between the ways to run it. `speedup` is that of two workers of one thread against one worker of one
thread, on the larger run's stages that run on shards, once each worker has written its first part of a stage, so that
neither the start of workers nor the loading of models counts. `stages` is that of these stages with nothing left out,
the joining of stories and utterances between them included, `whole` that of the whole run, whose reading, comparing
and reporting run in one process. `processes` is `stages` for two workers of the executor `local` against one process
with two threads. Progress goes to stderr. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.crash import finish, start
from benchmarks.made_run import ROOT, results
from benchmarks.two_nodes import Cluster

QUICKSTART = ROOT / "configs" / "quickstart.yaml"
COPIES, QUICK_COPIES = 24, 4
"""Times that the larger run has the quickstart's articles: 576, which one thread needs some five minutes for; four
such runs, two of them half as long, and the rest stay under 20 minutes on two cores (computed, not measured)."""
SHARD_SIZE, QUICK_SHARD_SIZE = 24, 8
"""Articles: each worker gets some ten shards of a language, but the quick ones some five."""
STAGES = ("translate", "find", "stories", "judge")


class Times(NamedTuple):
    """Seconds of a run.

    `started` are those of the shards at the speed after each worker's first part, `stages` those of the stages that
    run on shards, and `whole` those of the whole run.
    """

    started: float
    stages: float
    whole: float


def main() -> None:
    """Print a row for each way to run, and the line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--quick", action="store_true", help="the small network, fewer articles, the cluster alone"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        write_copies(home / "copies.jsonl", QUICK_COPIES if args.quick else COPIES)
        size = QUICK_SHARD_SIZE if args.quick else SHARD_SIZE
        small = ["stance.options.network=small"] if args.quick else []
        larger = [f"articles={{path: {home / 'copies.jsonl'}}}", f"execution.shard_size={size}"]
        larger += ["translation.memory=false", "stance.memory=false", *small]
        times, first = dict[str, Times](), home / "larger-0"
        counts = {"different": 0, "different_larger": 0}
        with Cluster(home) as cluster:
            ray = ["execution.executor=ray", f"execution.address={cluster.address}", "execution.threads=1"]
            for number, (way, settings) in enumerate(ways(ray, args.quick).items()):
                workers = 2 if way.startswith("two") else 1
                times[way] = measured(home / f"larger-{number}", [*larger, *settings], workers)
                counts["different_larger"] += differing(first, home / f"larger-{number}")
            measured(home / "quickstart", small)
            measured(home / "quickstart-ray", [*small, *ray])
            counts["different"] = differing(home / "quickstart", home / "quickstart-ray")
    show(times, counts)


def ways(ray: list[str], quick: bool) -> dict[str, list[str]]:
    """The ways to run, and their settings; `ray` are those of the cluster."""
    settings = {
        "one process, two threads": ["execution.threads=2"],
        "two processes of one thread": ["execution.workers=2", "execution.threads=1"],
        "one node, one thread": [*ray, "execution.workers=1"],
        "two nodes, one thread each": [*ray, "execution.workers=2"],
    }
    return dict(list(settings.items())[2:]) if quick else settings


def show(times: dict[str, Times], counts: dict[str, int]) -> None:
    """Print the table and the line of JSON."""
    print("| | shards after the start, s | stages on shards, s | whole run, s |")
    print("| --- | ---: | ---: | ---: |")
    for way, spent in times.items():
        print(f"| {way} | {spent.started:.1f} | {spent.stages:.1f} | {spent.whole:.1f} |")
    *_, one, two = times.values()
    speedup, stages, whole = (round(before / after, 2) for before, after in zip(one, two, strict=True))
    figures = {"speedup": speedup, **counts, "stages": stages, "whole": whole}
    if processes := times.get("two processes of one thread"):
        figures["processes"] = round(times["one process, two threads"].stages / processes.stages, 2)
    print(json.dumps({"benchmark": "cluster"} | figures))


def write_copies(path: Path, copies: int) -> int:
    """Write the quickstart's articles several times, each copy with other ids and numbers in its sentences.

    Returns:
        How many articles there are.
    """
    lines = []
    for language in ("en", "pt"):
        source = ROOT / "configs" / "articles" / f"{language}.jsonl"
        for row in map(json.loads, source.read_text(encoding="utf-8").splitlines()):
            for copy in range(copies):
                text = row["text"].replace(". ", f", {copy + 2} times. ")
                lines.append(json.dumps({**row, "id": f"{row['id']}-{copy}", "text": text}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


def measured(place: Path, overrides: list[str], workers: int = 1) -> Times:
    """Run the quickstart with overrides.

    Args:
        place: of the run.
        overrides: of its config.
        workers: that work on shards.
    """
    place.mkdir()
    sets = [word for override in overrides for word in ("--set", override)]
    begin = time.monotonic()
    finish(start([str(QUICKSTART), *sets], place))
    whole = time.monotonic() - begin
    print(f"{place.name}: {whole:.0f} s", file=sys.stderr, flush=True)
    lines = (place / "out" / "run.log").read_text(encoding="utf-8").splitlines()
    started = stages = 0.0
    for stage in STAGES:
        events = [event for event in map(json.loads, lines) if event.get("stage") == stage]
        parts = [event for event in events if event["event"] == "part"]
        stages += _seconds(events[0], parts[-1])
        if stage == "translate":
            parts = [part for part in parts if part["model"]]  # others are done at once
        if len(parts) > workers:
            units = [part["units"] for part in parts]
            started += _seconds(parts[workers - 1], parts[-1]) * sum(units) / sum(units[workers:])
    return Times(started, stages, whole)


def _seconds(begin: dict[str, Any], end: dict[str, Any]) -> float:
    return (datetime.fromisoformat(end["time"]) - datetime.fromisoformat(begin["time"])).total_seconds()


def differing(one: Path, other: Path) -> int:
    """The tables of two runs that are not the same to the last byte."""
    first, second = results(one / "out"), results(other / "out")
    return sum(first.get(name) != second.get(name) for name in first | second)


if __name__ == "__main__":
    main()
