"""Work in numbered pieces, whose input and output are in files of the run's folder, on any executor."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pipelines.atomic import whole
from pipelines.engines.base import Lost
from pipelines.job import places
from pipelines.job.losses import Losses, ShardsLostError
from pipelines.job.sealed import opened, write_parquet
from pipelines.job.work import cause_of, concerns_the_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.engines.base import Result
    from pipelines.job import Job
    from pipelines.job.store import Store
    from pipelines.stages import Stage

    Work = Callable[[int], Result | Lost]


def results(
    job: Job, losses: Losses, numbers: Sequence[int], work: Work[Result], again: Work[Result]
) -> Iterator[Result]:
    """Have the executor work on pieces, and yield the result of each when it is done.

    Args:
        job: of the run.
        losses: counts the pieces that are lost, and gives some of them up.
        numbers: of the pieces.
        work: on the piece of a number; can be pickled.
        again: on a piece that was lost before.

    Raises:
        Exception: from the work, or from `losses`.
    """
    while numbers:
        for done in job.models.executor.run(work, numbers):
            if job.store.mirror:
                job.store.mirror.check()  # workers hold no lease
            if isinstance(done, Lost):
                losses.add(done)
                continue
            losses.is_any_done = True
            yield done
        numbers, work = losses.again(), again


def run_pieces(job: Job, stage: Stage, make: Callable[[Job, int], None], numbers: Sequence[int]) -> None:
    """Have the executor make the output files of pieces whose input files are written.

    Args:
        job: passed to `make`.
        stage: in whose folder the files are.
        make: reads and writes the files of a piece, with `piece_table` and `write_piece`. A module-level
            function, so that it can be pickled.
        numbers: of the pieces, those with the most work first.

    Raises:
        ShardsLostError: a piece was lost too often.
    """
    if not numbers:
        return
    if job.store.mirror:
        job.store.mirror.push()
    work = partial(_work_on, make, job)
    for _ in results(job, _PieceLosses(job, stage), numbers, work, work):
        pass
    if job.store.mirror:
        job.store.mirror.pull(stage.folder)  # what was made on other machines


def piece_table(store: Store, path: Path) -> tuple[Any, Mapping[str, Any]]:
    """The Arrow table in a file of a piece, and what the file says of itself.

    Raises:
        DamagedError: the file is damaged.
        FileNotFoundError: there is no such file.
    """
    if store.mirror:
        store.mirror.fetch([path])
    with opened(path) as (file, about):
        return file.read(), about


def write_piece(store: Store, path: Path, table: Any, about: Mapping[str, Any]) -> None:
    """Write an Arrow table as a file of a piece, whole or not at all."""
    with whole(path) as temporary:
        write_parquet(table, temporary, about)
    if store.mirror:
        store.mirror.push_part(path)


def remove_pieces(folder: Path) -> None:
    """Remove the files that serve only until all pieces are done."""
    for path in places.pieces(folder):
        path.unlink()


class _PieceLosses(Losses):
    """Counts how often pieces are lost; one that is lost too often ends the run."""

    def give_up(self, lost: Lost) -> None:
        raise ShardsLostError(f"part of stage {self.stage.name} could not be done ({lost.cause})")


def _work_on(make: Callable[[Job, int], None], job: Job, number: int) -> int | Lost:
    try:
        make(job, number)
    except Exception as error:
        if concerns_the_run(error):
            raise
        return Lost(number, cause_of(error))
    return number
