"""What a run will take: each engine is timed on a sample of its articles, in a process of its own."""

from __future__ import annotations

import math
import multiprocessing
import os
import resource
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from pipelines.engines.threads import THREADS, processors
from pipelines.errors import ModelError
from pipelines.stages import FIND, JUDGE, NARRATE, TRANSLATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.config import RunConfig

SAMPLE = 64
"""Articles that are timed, of all languages in turn: minutes with the embedded models on one processor."""
SHARD = 4
"""Articles of a shard of the sample: their differences say how sure the estimate is."""
TIMED = (TRANSLATE, FIND, JUDGE, NARRATE)
SURE = 1.96  # standard errors on either side of a 95 % interval


class PartCost(NamedTuple):
    """The time that a stage took for some articles of the sample, of one language."""

    stage: str
    language: str
    characters: int
    seconds: float


class Sample(NamedTuple):
    """What the run of the sample took: `loading` all models in seconds, `memory` in bytes at its peak."""

    articles: int
    parts: tuple[PartCost, ...]
    loading: float
    memory: int


class EngineCost(NamedTuple):
    """An engine's work on all articles of a language: seconds of one worker, and characters a second."""

    stage: str
    language: str
    rate: float
    seconds: float


class Estimate(NamedTuple):
    """What a run takes besides reading, comparing and reporting.

    `error` is half the 95 % interval of the time, as a share of it; `threads` those of each worker.
    """

    sample: int
    engines: tuple[EngineCost, ...]
    loading: float
    memory: int
    error: float
    threads: int

    def seconds(self, workers: int) -> float:
        """The time that so many workers take if each has its own processors."""
        return self.loading + sum(engine.seconds for engine in self.engines) / workers


def make_estimate(config: RunConfig, characters: Mapping[str, int], *, offline: bool) -> Estimate:
    """Time each engine on a sample of the articles, as one worker of the config would work.

    Args:
        config: of the run. What its memories know is not used.
        characters: of all articles, by language.
        offline: never ask the hub.

    Raises:
        ConfigError: an engine or option does not exist.
        InputError: the articles cannot be read or used.
        ModelError: a model is unavailable, or its process died.
    """
    threads = config.execution.threads or max(1, processors() // (config.execution.workers or 1))
    context = multiprocessing.get_context("spawn")  # its memory is that of a worker, and not of this process
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        try:
            sample = pool.submit(run_sample, config, threads, offline).result()
        except BrokenProcessPool as error:
            cause = "the process that timed the engines ended, perhaps for lack of memory"
            raise ModelError("--estimate", cause, "Give a smaller model, or more memory") from error
    return extrapolated(sample, characters, threads)


def run_sample(config: RunConfig, threads: int, offline: bool) -> Sample:
    """Run the sample to its judgements in a folder that is then removed, and say what that took.

    Args:
        config: of the run.
        threads: of the engines.
        offline: never ask the hub.
    """
    from pipelines.job.store import Store
    from pipelines.run import run

    os.environ[THREADS] = str(threads)
    with TemporaryDirectory() as folder:
        outcome = run(_alone(config), Path(folder), limit=SAMPLE, until=JUDGE.name, offline=offline)
        store = Store(Path(folder))
        reading = store.reading()
        assert reading is not None
        parts = []
        for shard in reading.shards:
            articles = store.articles(shard.number)
            characters = sum(len(article.text) + len(article.title or "") for article in articles)
            for stage in TIMED:
                if part := store.part(stage, shard.number):
                    parts.append(PartCost(stage.name, shard.language, characters, part.seconds))
        loading = sum(model["load_seconds"] or 0.0 for model in outcome.manifest["models"])
        return Sample(sum(shard.articles for shard in reading.shards), tuple(parts), loading, peak_memory())


def extrapolated(sample: Sample, characters: Mapping[str, int], threads: int) -> Estimate:
    """The estimate for all articles; a language that the sample lacks takes as long as the others do.

    Args:
        sample: that was timed.
        characters: of all articles, by language.
        threads: of the worker.
    """
    groups: dict[tuple[str, str], list[PartCost]] = defaultdict(list)
    for part in sample.parts:
        groups[part.stage, part.language].append(part)
    engines, variance = [], 0.0
    for stage in TIMED:
        every = [part for part in sample.parts if part.stage == stage.name]
        for language in sorted(characters):
            parts = groups.get((stage.name, language), every)
            if not parts:
                continue
            rate = sum(part.characters for part in parts) / max(1e-9, sum(part.seconds for part in parts))
            seconds = characters[language] / rate
            engines.append(EngineCost(stage.name, language, rate, seconds))
            variance += (seconds * _relative_error(parts)) ** 2
    total = sum(engine.seconds for engine in engines)
    error = SURE * math.sqrt(variance) / total if total else 0.0
    return Estimate(sample.articles, tuple(engines), sample.loading, sample.memory, error, threads)


def peak_memory() -> int:
    """The most memory that this process has had, in bytes.

    `getrusage` is asked last: on Linux its figure includes the process that started this one.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _alone(config: RunConfig) -> RunConfig:
    """The config of the sample: in one process, in small shards, without memories and controls."""
    execution = {"executor": "local", "workers": None, "shard_size": SHARD}
    return config.model_copy(
        update={
            "translation": config.translation.model_copy(update={"memory": False}),
            "stance": config.stance.model_copy(update={"memory": False, "controls": 0}),
            "execution": config.execution.model_copy(update=execution),
        }
    )


def _relative_error(parts: Sequence[PartCost]) -> float:
    """The standard error of a ratio of sums, as a share of it; 1 of a single part.

    See Cochran 1977, Sampling Techniques, section 6.3.
    """
    seconds, characters = sum(p.seconds for p in parts), sum(p.characters for p in parts)
    if len(parts) < 2 or not seconds:
        return 1.0 if seconds else 0.0
    residuals = sum((p.seconds - seconds / characters * p.characters) ** 2 for p in parts)
    return math.sqrt(len(parts) / (len(parts) - 1) * residuals) / seconds
