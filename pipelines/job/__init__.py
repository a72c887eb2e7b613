"""A resumable run: its folder, its models, and the parts that are due."""

from __future__ import annotations

import pickle
import time
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from pipelines.job import log
from pipelines.job.freshness import Freshness
from pipelines.job.mirror import shown_place
from pipelines.job.models import Judging, Models, Translating
from pipelines.job.staging import staged
from pipelines.job.store import Store
from pipelines.job.usage import note_usage
from pipelines.progress import Silent
from pipelines.records import Rejection
from pipelines.stages import JUDGE, NARRATE, TRANSLATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pipelines.config import RunConfig
    from pipelines.job.models import Role
    from pipelines.job.store import Shard
    from pipelines.progress import Progress
    from pipelines.stages import Stage


@dataclass(frozen=True)
class Done:
    """The report of the work on one shard.

    `loading` is the seconds that each model took to load. `unseen` is the number of units of progress that no
    bar has shown, because the work was done in another process. `seconds` exclude the loading of models.
    """

    loading: Mapping[Role, float]
    unseen: int
    shard: int
    seconds: float
    rejected: int


class Job:
    """Everything that a stage of a run needs besides its input.

    Picklable: a copy in another process builds its own engines and shows no progress.

    Args:
        config: of the run.
        folder: of the run.
        offline: never ask the hub.
        progress: shows the progress; None for no display.
    """

    def __init__(
        self, config: RunConfig, folder: Path, *, offline: bool = False, progress: Progress | None = None
    ) -> None:
        self.config, self.folder, self.offline = config, folder, offline
        self.progress = progress or Silent()
        self.store = Store(folder)
        self.models = Models(config, offline=offline)
        self.models.waiting = self.progress.wait
        self.models.on_usage = partial(note_usage, self.store.log)
        self.freshness = Freshness(config, self.store, self.models)
        self.lost: dict[int, str] = {}
        """Shards that were given up, and why."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _elsewhere, (pickle.dumps(self.config), shown_place(self.folder), self.offline)

    @contextmanager
    def workers(self) -> Iterator[None]:
        """Let the executor keep its workers, if it can, during the block."""
        executor = self.models.executor
        with executor if isinstance(executor, AbstractContextManager) else nullcontext():
            yield

    def counted(self, records: Iterable[Any]) -> Iterator[Any]:
        """Yield the records; each counts as progress once the stage asks for the next one."""
        for record in records:
            yield record
            self.progress.advance(1)

    def write(self, stage: Stage, shard: Shard, records: Iterable[Any], units: int) -> Done:
        """Write the records of a stage's part of one shard.

        Args:
            stage: that makes the records.
            shard: that the records belong to.
            records: of the stage's type, and rejections.
            units: of progress in the shard.
        """
        before, start = sum(self.models.loading.values()), time.perf_counter()
        results: list[Any] = []
        rejections: list[Rejection] = []
        for record in records:
            (rejections if isinstance(record, Rejection) else results).append(record)
        loading = dict(self.models.loading)
        self.models.loading.clear()
        seconds = time.perf_counter() - start - (sum(loading.values()) - before)
        expected = self.freshness.expected(stage, shard)
        self.store.write_part(stage, shard.number, results, expected, seconds=seconds, rejections=rejections)
        unseen = units if isinstance(self.progress, Silent) else 0
        return Done(loading, unseen, shard.number, seconds, len(rejections))

    def log_stage(
        self, stage: Stage, *, shards: int | None = None, of: int | None = None, units: int | None = None
    ) -> None:
        """Log that a stage begins.

        Args:
            stage: that begins.
            shards: whose parts are due; None if that is unknown, or the stage has no shards.
            of: all shards of the run.
            units: of progress in the shards that are due.
        """
        self.store.log.write(log.STAGE, stage=stage.name, shards=shards, of=of, units=units)

    def log_part(self, stage: Stage, shard: Shard, units: int, done: Done | None = None) -> None:
        """Log that a stage's part of a shard is written.

        Args:
            stage: that made the part.
            shard: that the part belongs to.
            units: of progress in the shard.
            done: the work on it; None for the stage read.
        """
        about: dict[str, Any] = {"stage": stage.name, "shard": shard.number, "language": shard.language}
        work = {"seconds": round(done.seconds, 3), "rejected": done.rejected} if done else {}
        self.store.log.write(log.PART, **about, units=units, **work, model=self._model(stage, shard))

    def _model(self, stage: Stage, shard: Shard) -> str | None:
        """The name of the model that a stage uses for a shard; None if it uses none."""
        roles: dict[Stage, Translating | Judging] = {
            TRANSLATE: Translating(shard.language), JUDGE: Judging(), NARRATE: Judging(),
        }  # fmt: skip
        role = roles.get(stage)
        identity = self.models.identities.get(role) if role else None
        return identity.name if identity else None


@lru_cache(maxsize=1)
def _elsewhere(config: bytes, place: str, offline: bool) -> Job:
    """The copy of a job in a worker: one for all stages, so that its models stay loaded."""
    return Job(pickle.loads(config), staged(place), offline=offline)  # noqa: S301  (from the run)
