"""A Ray cluster of two nodes: the same tables as in one process, and how much faster two workers are than one.

Usage: python benchmarks/cluster.py [--quick]

The nodes are started on this machine by `ray start`, with one processor each. `different` counts the tables of
the quickstart that have another byte than in one process, and those of a larger run in each way. `speedup` is that
of the stages that run on shards, once each worker has written its first part, so that neither the start of workers
nor the loading of models counts; each worker has one thread. `processes` is the same for two workers of the executor
`local` against one process with two threads. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.crash import finish, start
from benchmarks.made_run import ROOT, results
from benchmarks.two_nodes import Cluster

QUICKSTART = ROOT / "configs" / "quickstart.yaml"
COPIES, QUICK_COPIES = 40, 4
"""Times that the larger run has the quickstart's articles."""
SHARD_SIZE = 24
STAGES = ("translate", "find", "judge")


def main() -> None:
    """Print a row for each way to run, and the line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--quick", action="store_true", help="the small network, fewer articles, no local workers"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        write_copies(home / "copies.jsonl", QUICK_COPIES if args.quick else COPIES)
        larger = [f"articles={{path: {home / 'copies.jsonl'}}}", f"execution.shard_size={SHARD_SIZE}"]
        larger += ["translation.memory=false", "stance.memory=false"]
        if args.quick:
            larger.append("stance.options.network=small")
        seconds, different = {}, 0
        with Cluster(home) as cluster:
            ray = ["execution.executor=ray", f"execution.address={cluster.address}", "execution.threads=1"]
            ways = {
                "one process, two threads": ["execution.threads=2"],
                "two processes of one thread": ["execution.workers=2", "execution.threads=1"],
                "one node, one thread": [*ray, "execution.workers=1"],
                "two nodes, one thread each": [*ray, "execution.workers=2"],
            }
            if args.quick:
                del ways["two processes of one thread"]
            for number, (way, settings) in enumerate(ways.items()):
                workers = 2 if "two processes" in way or "two nodes" in way else 1
                seconds[way] = measured(home / f"larger-{number}", [*larger, *settings], workers)
                different += differing(home / "larger-0", home / f"larger-{number}")
            if not args.quick:
                measured(home / "quickstart", [])
                measured(home / "quickstart-ray", ray)
                different += differing(home / "quickstart", home / "quickstart-ray")
    print("| | seconds | times the first |")
    print("| --- | ---: | ---: |")
    whole, *_, one, two = seconds.values()
    for way, spent in seconds.items():
        print(f"| {way} | {spent:.1f} | {whole / spent:.2f} |")
    figures = {"speedup": round(one / two, 2), "different": different}
    if processes := seconds.get("two processes of one thread"):
        figures["processes"] = round(whole / processes, 2)
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


def measured(place: Path, overrides: list[str], workers: int = 1) -> float:
    """Run the quickstart with overrides; the seconds that its shards take at the speed after the start.

    Args:
        place: of the run.
        overrides: of its config.
        workers: whose first parts are not counted, since they load models.
    """
    place.mkdir()
    sets = [word for override in overrides for word in ("--set", override)]
    finish(start([str(QUICKSTART), *sets], place))
    lines = (place / "out" / "run.log").read_text(encoding="utf-8").splitlines()
    events = list(map(json.loads, lines))
    spent = 0.0
    for stage in STAGES:
        parts = [event for event in events if event["event"] == "part" and event["stage"] == stage]
        units, times = [part["units"] for part in parts], [part["time"] for part in parts]
        if len(parts) > workers:
            begin, end = map(datetime.fromisoformat, (times[workers - 1], times[-1]))
            spent += (end - begin).total_seconds() * sum(units) / sum(units[workers:])
    return spent


def differing(one: Path, other: Path) -> int:
    """The tables of two runs that are not the same to the last byte."""
    first, second = results(one / "out"), results(other / "out")
    return sum(first.get(name) != second.get(name) for name in first | second)


if __name__ == "__main__":
    main()
