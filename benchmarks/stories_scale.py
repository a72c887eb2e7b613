"""What the stage stories costs: CPU seconds and memory after the stage find, and again with 100 articles more.

Usage: python benchmarks/stories_scale.py [--quick] [--articles N]

Makes N articles (20,000; `--quick` 1,500) in the pivot language of some 2,500 characters each, a month of
made-up news (`made_news.py`) with 650 articles a day, runs them to the stage find, and measures the command
that runs the stage stories after it, start of the program and reading of its own files included: the embedded
sentence encoder, the stories of each day, and the utterances of twelve actors. Then 100 articles of the last
day are added, the stages to find are run again, and the stage stories is measured again. Seconds are those of
the processor, so that other programs change them less than those of the clock.

The last line is JSON: articles, cpu_seconds, memory_mb (the most that the process had), more_seconds and
more_share (of the second measurement, and its share of the first), days and days_redone, and `different`,
articles of earlier days whose story has changed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the grammar beside this script

from benchmarks.made_news import GRAMMAR, made_day
from pipelines.job.store import Store
from pipelines.job.stories import story_table

ROOT = Path(__file__).parents[1]
A_DAY = 650
"""Articles: 20,000 a month."""
MORE = 100
CHARACTERS = 2_500
"""Of an article; what exceeds its made-up sentences repeats those on people, as background does."""
FIRST_DAY = date(2024, 10, 1)
MEGABYTE = 1024
"""Of the kilobytes in which Linux counts a process's memory."""


class Cost(NamedTuple):
    """Of a command: seconds of the processor, and megabytes at most."""

    seconds: float
    memory: float


def articles(count: int) -> Iterator[dict[str, Any]]:
    """Articles of successive days, of which the last may be cut short."""
    padding = " ".join(yaml.safe_load(GRAMMAR.read_text(encoding="utf-8"))["background"][-1:])
    padding = padding.format(capital="many capitals")
    for start in range(0, count, A_DAY):
        day = start // A_DAY
        size = A_DAY * 6 // 50
        for made in made_day("test", day, articles=A_DAY, stories=size, twins=size // 4)[: count - start]:
            text = "\n".join(made.sentences[1:])
            text += (" " + padding) * ((CHARACTERS - len(text)) // (len(padding) + 1))
            yield {
                "id": f"{day:03}-{made.id}", "language": "en", "outlet": made.outlet, "text": text,
                "title": made.sentences[0], "published": str(FIRST_DAY + timedelta(day)),
            }  # fmt: skip


def write_run(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Write articles and the config of a run of them."""
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "articles.jsonl").write_text(lines, encoding="utf-8")
    people = yaml.safe_load(GRAMMAR.read_text(encoding="utf-8"))["people"]
    config = {
        "name": "stories",
        "articles": {"path": "articles.jsonl"},
        "actors": [{"name": name, "aliases": [name.split()[-1]]} for name, *_ in people],
        "targets": ["war"],
        "find": {"near": False},
        "stance": {"engine": "benchmarks.made_run:Judge", "memory": False},
    }
    path = folder / "config.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


def command(config: Path, until: str) -> Cost:
    """Run to a stage.

    Raises:
        RuntimeError: the command failed.
    """
    argv = [sys.executable, "-m", "cli.main", "run", str(config), "--output", str(config.parent / "run")]
    cache = {"POLYSTANCE_CACHE": str(config.parent / "cache"), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([*argv, "--until", until, "--quiet"], env=os.environ | cache) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"polystance run --until {until} ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MEGABYTE)


def day_files(folder: Path) -> dict[str, int]:
    """When the stories of each day were written."""
    return {path.name: path.stat().st_mtime_ns for path in (folder / "run" / "stories").glob("day-*")}


def main() -> None:
    """Print the costs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    count = 1_500 if options.quick else options.articles
    every = list(articles(count + MORE))
    last = every[count - 1]["published"]
    first, more = every[:count], [row | {"published": last} for row in every[count:]]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        config = write_run(folder, first)
        print(f"to find: {command(config, 'find').seconds:.1f} s", flush=True)
        cost = command(config, "stories")
        print(f"stories: {cost.seconds:.1f} s, {cost.memory:.0f} MB", flush=True)
        before, days = (
            dict(zip(*story_table(Store(folder / "run")).to_pydict().values(), strict=True)),
            day_files(folder),
        )
        write_run(folder, first + more)
        command(config, "find")
        again = command(config, "stories")
        after = dict(zip(*story_table(Store(folder / "run")).to_pydict().values(), strict=True))
        redone = [name for name, written in day_files(folder).items() if days.get(name) != written]
    earlier = [row["id"] for row in first if row["published"] < last]
    result = {
        "articles": count,
        "cpu_seconds": round(cost.seconds, 1),
        "memory_mb": round(cost.memory),
        "more_seconds": round(again.seconds, 1),
        "more_share": round(again.seconds / cost.seconds, 3),
        "days": len(days),
        "days_redone": len(redone),
        "different": sum(before[id_] != after[id_] for id_ in earlier),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
