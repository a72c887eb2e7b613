"""The parts of a run that are due: those whose input, settings, models or code have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.hashing import code_digest, fingerprint
from pipelines.job.models import Judging, Translating
from pipelines.stages import FIND, JUDGE, NARRATE, READ, STORIES, TRANSLATE
from pipelines.text.embed import REVISION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.config import RunConfig
    from pipelines.job.models import Models
    from pipelines.job.store import Shard, Store
    from pipelines.stages import Stage

CODE = {
    READ: ("read", "read/exports", "text"),
    TRANSLATE: ("translate", "text"),
    FIND: ("find", "find/grammar", "text"),
    STORIES: ("stories", "text"),
    JUDGE: ("judge",),
    NARRATE: ("narrate", "judge", "find", "find/grammar", "text"),
}
"""The folders of code that the result of a stage depends on."""


class Freshness:
    """Compares the fingerprints of stored parts with those of the config, the models and the code.

    Args:
        config: of the run.
        store: of the run.
        models: of the run; parts depend on their identities.
    """

    def __init__(self, config: RunConfig, store: Store, models: Models) -> None:
        self.config, self.store, self.models = config, store, models

    def reading(self, limit: int | None) -> str:
        """The fingerprint of everything that reading depends on.

        Args:
            limit: number of articles to read; None for all.

        Raises:
            InputError: the input is missing.
        """
        settings = self.config.articles, self.config.execution.shard_size, limit
        return fingerprint(code_digest(*CODE[READ]), settings, self.models.reader.fingerprint())

    def due(self, stage: Stage, shards: Sequence[Shard]) -> list[Shard]:
        """The shards whose part of a stage must be made; damaged parts are set aside.

        Those of a language are together, since they need the same model. The largest come first, so that no
        worker is left alone with a large one at the end.
        """
        due = [shard for shard in shards if not self._is_fresh(stage, shard)]
        return sorted(due, key=lambda shard: (shard.language, -shard.articles))

    def expected(self, stage: Stage, shard: Shard) -> str:
        """The fingerprint of everything that a stage's part of a shard depends on."""
        config, code = self.config, code_digest(*CODE[stage])
        if stage == TRANSLATE:
            identity = self.models.identity(Translating(shard.language))
            return fingerprint(code, shard.fingerprint, config.pivot, identity)
        if stage == FIND:
            translated = self.expected(TRANSLATE, shard)
            return fingerprint(code, translated, config.actors, config.targets, config.find)
        if stage == STORIES:
            return fingerprint(code, self.expected(FIND, shard), REVISION)
        assert stage in (JUDGE, NARRATE)
        minima = config.stance.minimum_probability, config.stance.minimum_agreement
        identity = self.models.identity(Judging())
        return fingerprint(code, self.expected(FIND, shard), config.targets, identity, minima)

    def controls(self, shards: Sequence[Shard]) -> str:
        """The fingerprint of everything that the judge's controls depend on."""
        judgements = [self.expected(JUDGE, shard) for shard in shards]
        return fingerprint(judgements, self.config.stance.controls)

    def _is_fresh(self, stage: Stage, shard: Shard) -> bool:
        part = self.store.part(stage, shard.number, repair=True)
        if part is None or part.fingerprint != self.expected(stage, shard):
            return False
        # A judge may have failed on a whole shard because memory ran out: it is tried again.
        return stage != JUDGE or part.records > 0 or not part.rejected
