"""What the engine `llm` adds to the time of a server that it asks.

Usage: python benchmarks/llm.py [--quick] [--pairs N] [--concurrency N] [--delay SECONDS]

A scripted server (chat_server.py, a process of its own on this machine) answers each question after a fixed delay. 10,000 pairs go
through the stage judge with 32 requests at once, each answer into a memory file. `overhead_ms` is the time for a pair beyond
delay / requests at once, and includes the server's own work; `cpu_ms` is the processor time of polystance alone; `asked_again` is
the number of requests of a second run on the same memory. The last line is one JSON object. --quick takes 2,000 pairs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the scripted server

from benchmarks.chat_server import MODEL
from pipelines.config import Target
from pipelines.engines.base import Usage
from pipelines.engines.registry import build
from pipelines.job.memory import AnswerMemory
from pipelines.judge import judge
from pipelines.records import Judgement, Passage

PAIRS, QUICK = 10_000, 2_000
VERBS = ("condemned", "supports", "mentioned")


def passages(count: int) -> list[Passage]:
    """Made-up passages, no two alike, of the length of a sentence of news."""
    texts = [
        f"Minister Doe {VERBS[n % 3]} the deal on day {n}, after a meeting with envoys of both sides that lasted until the morning."
        for n in range(count)
    ]
    about: Any = {"deal": "named"}
    return [
        Passage(str(n), str(n), "Doe", 0, len(t), t, t, t, "narrated", "both", about, ())
        for n, t in enumerate(texts)
    ]


def run(count: int, url: str, concurrency: int, memory: AnswerMemory) -> tuple[float, float, int]:
    """Seconds and processor seconds of judging this many pairs, and the number of requests."""
    requests: list[Usage] = []
    options = {"base_url": url, "concurrency": concurrency}
    engine = build("stance", "llm", options, "stance", model=MODEL, offline=True, memory=memory)
    engine.on_usage = requests.append
    targets = [Target(name="deal", text="the deal")]
    start, used = time.perf_counter(), time.process_time()
    judgements = [
        j.label for j in judge(passages(count), targets, engine, 0.5, 0.5) if isinstance(j, Judgement)
    ]
    seconds, processor = time.perf_counter() - start, time.process_time() - used
    assert judgements == [("opposes", "supports", "neutral")[n % 3] for n in range(count)]
    return seconds, processor, sum(requests, Usage()).requests


def main() -> None:
    """Print the times, and the JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--pairs", type=int)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--delay", type=float, default=0.1)
    options = parser.parse_args()
    count = options.pairs or (QUICK if options.quick else PAIRS)
    command = [
        sys.executable,
        str(Path(__file__).with_name("chat_server.py")),
        "--delay",
        str(options.delay),
    ]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        assert server.stdout is not None
        url, memory = server.stdout.readline().strip(), AnswerMemory(Path(folder) / "answers.sqlite")
        try:
            seconds, processor, requests = run(count, url, options.concurrency, memory)
            again, _, repeated = run(count, url, options.concurrency, memory)
        finally:
            server.terminate()
    least = count * options.delay / options.concurrency
    print("| | seconds |\n| --- | ---: |")
    print(
        f"| the server's delay alone | {least:.1f} |\n| all pairs | {seconds:.1f} |\n| from memory | {again:.1f} |"
    )
    figures = {
        "pairs": count,
        "requests": requests,
        "seconds": round(seconds, 2),
        "overhead_ms": round(1000 * (seconds - least) / count, 3),
        "cpu_ms": round(1000 * processor / count, 3),
        "asked_again": repeated,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
