"""Executors, which run the work on shards."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipelines.engines.base import Result


class LocalExecutor:
    """Runs shards in this process, one after the other."""

    def run(self, work: Callable[[int], Result], shards: Sequence[int]) -> Iterator[Result]:
        """Yield the result of each shard when it is done."""
        return map(work, shards)
