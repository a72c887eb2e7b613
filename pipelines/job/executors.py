"""Who works on the shards, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipelines.engines.base import Result


class LocalExecutor:
    """Works in this process, on one shard after the other."""

    def run(self, work: Callable[[int], Result], shards: Sequence[int]) -> Iterator[Result]:
        """The result of each shard as it is done."""
        return map(work, shards)
