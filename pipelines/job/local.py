"""Runs shards here, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipelines.engines.base import Result


class LocalExecutor:
    """One process, shards in order."""

    def run(self, work: Callable[[int], Result], shards: Sequence[int]) -> Iterator[Result]:
        """The result of each shard as it is done."""
        return map(work, shards)
