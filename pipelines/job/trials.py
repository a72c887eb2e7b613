"""Which article a process was at work on when it ended: a small file beside the part of its shard."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipelines.atomic import whole
from pipelines.job.mirror import Mirror
from pipelines.job.places import trial_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.stages import Stage

GUILTY = 2
"""Times that a process must end at an article: once may be a lost machine, whoever is at work on it."""
MOST = 3
"""Articles of a shard at which processes may end; after more, it is the engine that is at fault."""


class Trial:
    """The ends of processes at the articles of a shard, each of which is given to a stage alone.

    Args:
        folder: of the run.
        stage: that is given the articles.
        number: of the shard.
    """

    def __init__(self, folder: Path, stage: Stage, number: int) -> None:
        self.path = trial_path(folder, stage, number)
        self._mirror = Mirror.of(folder)
        if self._mirror:
            self._mirror.receive(self.path)  # from the machine that it happened on
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            self.ends: dict[str, int] = {str(name): int(times) for name, times in stored.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self.ends = {}
        self.reason = f"the process at work on it ended {GUILTY} times"

    @property
    def is_over(self) -> bool:
        """Whether processes ended at too many articles."""
        return len(self.ends) > MOST

    def is_guilty(self, article_id: str) -> bool:
        """Whether processes ended so often at an article that it is the cause."""
        return self.ends.get(article_id, 0) >= GUILTY

    @contextmanager
    def of(self, article_id: str) -> Iterator[None]:
        """Count an end within the block, unless the block is left alive."""
        before = self.ends.get(article_id, 0)
        self._write({**self.ends, article_id: before + 1})
        yield
        self._write(self.ends)

    def clear(self) -> None:
        """Forget all ends."""
        self.path.unlink(missing_ok=True)
        self._share()

    def _write(self, ends: dict[str, int]) -> None:
        with whole(self.path) as temporary:
            temporary.write_text(json.dumps(ends), encoding="utf-8")
        self._share()

    def _share(self) -> None:
        if self._mirror:
            self._mirror.share(self.path)
