"""Runs that meet a fault of their machine, and are continued: the same tables as an undisturbed run, or not.

Usage: python benchmarks/faults.py [--quick]

The run's own process is killed and its workers are left; workers are killed one after the other; the disk is full at
many sizes, or can be read only; /dev/shm has 64 MB, as in a container; the next process has another executor, number
of workers or size of shards. `different` counts the runs whose tables or rejected.csv have another byte than those of
an undisturbed run, `wrong` those that ended in another way than promised, or left a process. What needs to mount a
file system is left out for users that may not. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the engines, which a config names

from benchmarks.crash import begun, finish, start
from benchmarks.made_run import results, write_run

ARTICLES, QUICK_ARTICLES = 2_000, 200
SHARD_SIZE = 25
PAUSE = 0.002
"""Seconds for a sentence: long enough for a process that is watched to be at work."""
WORKERS = ("--set", "execution.workers=2", "--set", "execution.threads=1")
RAY = ("--executor", "ray", *WORKERS)
LEAST_ROOM = 32  # KB of the smallest disk; each further one has twice as much
SMALL_MEMORY = "64m"  # /dev/shm of a container by default
LITTLE = (
    "unshare",
    "-m",
    "sh",
    "-c",
    f'mount -t tmpfs -o size={SMALL_MEMORY} none /dev/shm && exec "$@"',
    "sh",
)
PROMISE = 5.0
"""Seconds in which workers end after a run that was killed."""
STAGES = ("translated", "passages", "stories", "judgements")


class Case:
    """Runs that meet one kind of fault, in folders of `home`; `expected` are results of an undisturbed run."""

    def __init__(self, config: Path, home: Path, expected: dict[str, bytes]) -> None:
        self.arguments, self.home, self.expected = [str(config)], home, expected
        self.counts = Counter[str]()
        home.mkdir()

    def place(self) -> Path:
        """A folder for the next run."""
        self.counts["runs"] += 1
        place = self.home / str(self.counts["runs"])
        (place / "out").mkdir(parents=True)
        return place

    def begin(self, place: Path, *settings: str) -> subprocess.Popen[bytes]:
        """Begin or continue a run."""
        return begun([*self.arguments, *settings], place)

    def end(self, place: Path, *settings: str) -> None:
        """Continue a run that nobody disturbs, and compare its results."""
        finish(start([*self.arguments, *settings], place))
        self.counts["different"] += results(place / "out") != self.expected

    def expect(self, holds: bool) -> None:
        """Count what is not as promised."""
        self.counts["wrong"] += not holds


def main() -> None:
    """Print a row for each fault, and the line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ARTICLES} of {ARTICLES} articles")
    articles = QUICK_ARTICLES if parser.parse_args().quick else ARTICLES
    counts: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        config = write_run(home, articles, SHARD_SIZE, PAUSE)
        finish(start([str(config)], home / "whole"))
        expected = results(home / "whole" / "out")
        for number, fault in enumerate(faults()):
            case = Case(config, home / str(number), expected)
            fault(case)
            counts[(fault.__doc__ or "").partition(".")[0]] = case.counts
    columns = ("runs", "different", "wrong")
    print("| fault | " + " | ".join(columns) + " |")
    print("| --- |" + " ---: |" * len(columns))
    for name, count in counts.items():
        print(f"| {name} | " + " | ".join(str(count[column]) for column in columns) + " |")
    total = sum(counts.values(), Counter[str]())
    print(json.dumps({"benchmark": "faults"} | {column: total[column] for column in columns}))


def faults() -> Iterator[Callable[[Case], None]]:
    """Those that can be made here."""
    yield from (run_killed, workers_killed, worker_stopped, continued_otherwise)
    if os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], check=False).returncode == 0:
        yield from (disk_full, disk_read_only, little_shared_memory)


def run_killed(case: Case) -> None:
    """The run's own process is killed, and not its workers."""
    for stage in STAGES:
        place = case.place()
        process = case.begin(place, *WORKERS)
        wait_for(process, place, stage)
        workers = workers_of(process)
        process.kill()
        process.wait()
        case.expect(bool(workers) and all(ends(worker) for worker in workers))
        case.end(place, *WORKERS)


def workers_killed(case: Case) -> None:
    """A worker is killed in each stage, as for lack of memory."""
    place = case.place()
    process = case.begin(place, *WORKERS)
    for stage in STAGES:
        wait_for(process, place, stage)
        for worker in workers_of(process)[:1]:
            os.kill(worker, signal.SIGKILL)
    case.expect(process.wait() == 0)
    case.end(place, *WORKERS)


def worker_stopped(case: Case) -> None:
    """A worker is stopped for a second, and goes on."""
    place = case.place()
    process = case.begin(place, *WORKERS)
    wait_for(process, place, STAGES[0])
    worker, *_ = workers_of(process)
    os.kill(worker, signal.SIGSTOP)
    time.sleep(1.0)
    os.kill(worker, signal.SIGCONT)
    case.expect(process.wait() == 0)
    case.end(place, *WORKERS)


def continued_otherwise(case: Case) -> None:
    """A killed run goes on with another executor, number of workers or size of shards."""
    ways: list[tuple[str, ...]] = [(), WORKERS, ("--set", "execution.workers=3")]
    ways += [RAY] if find_spec("ray") else []
    for number, before in enumerate(ways):
        for after in (ways[number - 1], ("--set", f"execution.shard_size={SHARD_SIZE - 8}")):
            place = case.place()
            process = case.begin(place, *before)
            wait_for(process, place, STAGES[number % 2])
            process.kill()
            process.wait()
            case.end(place, *after)


def disk_full(case: Case) -> None:
    """The disk is full, at twice the size each time until there is room."""
    room, code = LEAST_ROOM, None
    while code != 0:
        place = case.place()
        with mounted(place / "out", f"size={room}k"):
            code = start([*case.arguments], place).wait()
            case.expect(code in (0, 1))
            case.expect(mount("-o", "remount,size=1g", str(place / "out")))
            case.end(place)
        room *= 2


def disk_read_only(case: Case) -> None:
    """The disk can only be read, from the beginning or from a stage's first part on."""
    place = case.place()
    with mounted(place / "out", "ro"):
        case.expect(start([*case.arguments], place).wait() == 2)
        case.expect(mount("-o", "remount,rw", str(place / "out")))
        case.end(place)
    for stage in STAGES:
        for settings in ((), WORKERS):
            place = case.place()
            folder = place / "out" / stage  # not that of the lock, which is open and so keeps a disk writable
            folder.mkdir()
            with mounted(folder, "rw"):
                process = case.begin(place, *settings)
                wait_for(process, place, stage)
                while process.poll() is None and not mount("-o", "remount,ro", str(folder)):
                    time.sleep(0.001)  # a part was open
                case.expect(process.wait() == 1)
                case.expect(mount("-o", "remount,rw", str(folder)))
                case.end(place)


def little_shared_memory(case: Case) -> None:
    """/dev/shm has 64 MB, as in a container."""
    for settings in (WORKERS, *([RAY] if find_spec("ray") else [])):
        place = case.place()
        process = start([*case.arguments, *settings], place, LITTLE)
        case.expect(process.wait() == 0)
        case.end(place)


def workers_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that a run has started to work on shards."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(one) for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def ends(process: int) -> bool:
    """Whether a process ends within PROMISE."""
    patience = time.monotonic() + PROMISE
    while Path(f"/proc/{process}").exists():
        if time.monotonic() > patience:
            return False
        time.sleep(0.05)
    return True


def wait_for(process: subprocess.Popen[bytes], place: Path, stage: str) -> None:
    """Wait for a stage's first part."""
    while process.poll() is None and not list((place / "out" / stage).glob("part-*")):
        time.sleep(0.01)


def mount(*arguments: str) -> bool:
    """Whether `mount` succeeds."""
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A disk of its own in the place of a folder."""
    if not mount("-t", "tmpfs", "-o", options, "none", str(folder)):
        raise SystemExit(f"{folder} cannot be mounted")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


if __name__ == "__main__":
    main()
