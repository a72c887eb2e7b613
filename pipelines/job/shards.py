"""Stages 2 to 4, shard by shard, with one model in memory at a time."""

from __future__ import annotations

import gc
import json
import time
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

import pipelines
from pipelines.find import find
from pipelines.job.assembly import build_judge, build_translator, nearest_languages, translation_hops
from pipelines.job.store import Shard, Store, fingerprint
from pipelines.judge import judge, pair_of
from pipelines.judge.controls import COLUMNS, controls, is_stance
from pipelines.records import Rejection
from pipelines.translate import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipelines.config import RunConfig
    from pipelines.engines.base import Model, ModelIdentity, Pair
    from pipelines.records import Label

FOLDER_OF_STAGE = {"translate": "translated", "find": "passages", "judge": "judgements"}
STANCE = "stance"
CONTROLS, CONTROLS_VERSION = "controls.json", 1


class Done(NamedTuple):
    """What came of one shard; `loaded` holds the seconds each model took to load for it."""

    shard: int
    loaded: dict[str, float]


class ShardWorker:
    """Does the work of a stage on one shard at a time.

    Args:
        config: of the run.
        folder: of the run, with its articles read.
        offline: never ask the hub.
        advance: called with each article, or passage when judging, that is done.
    """

    def __init__(
        self,
        config: RunConfig,
        folder: Path,
        offline: bool = False,
        advance: Callable[[int], None] = lambda amount: None,  # noqa: ARG005
    ) -> None:
        self.config, self.store, self.offline, self.advance = config, Store(folder), offline, advance
        self.identities: dict[str, ModelIdentity | None] = {}
        self._held: tuple[str, Model] | None = None
        self._loads: dict[str, float] = {}

    @cached_property
    def shards(self) -> dict[int, Shard]:
        """The shards of the run by their numbers."""
        complete = self.store.shards()
        return {shard.number: shard for shard in complete[0]} if complete else {}

    def pending(self, stage: str) -> list[int]:
        """The shards that the stage has still to do."""
        return [number for number in self.shards if not self._is_done(stage, number)]

    def do(self, stage: str, number: int) -> Done:
        """Does one shard and writes its part.

        Raises:
            ModelError: the model that it needs is not to be had or cannot be loaded.
        """
        self._loads = {}
        start = time.perf_counter()
        records = getattr(self, f"_{stage}")(self.shards[number])
        kept: list[Any] = []
        rejected: list[Rejection] = []
        for record in records:
            (rejected if isinstance(record, Rejection) else kept).append(record)
        seconds = time.perf_counter() - start - sum(self._loads.values())
        folder = FOLDER_OF_STAGE[stage]
        self.store.write_part(folder, number, kept, self._expected(stage, number), seconds, rejected)
        return Done(number, self._loads)

    def identity(self, role: str) -> ModelIdentity | None:
        """The model for a language, or with `stance` the judge's; None where none is used."""
        if role not in self.identities:
            model = self._build(role)
            if model is not None:
                model.fetch()
            self.identities[role] = model.identity() if model is not None else None
        return self.identities[role]

    def check_judge(self) -> None:
        """Asks the judge some of its judgements again, and stores how it fares, unless that is done."""
        size = self.config.stance.controls
        parts = [self._expected("judge", number) for number in self.shards]
        expected = fingerprint(parts, size, CONTROLS_VERSION)
        if _controls_file(self.store).get("fingerprint") == expected:
            return
        judged = self._stances() if size else []
        judge: Any = self._held_model(STANCE) if judged else None
        rows = controls(judged, judge, size).to_dict("records") if judged else []
        self.store.write_text(CONTROLS, json.dumps({"fingerprint": expected, "rows": rows}, indent=2))

    def _stances(self) -> list[tuple[Pair, Label]]:
        """All judgements of a stance with what was asked, in the order of their passages' ids."""
        targets = {target.name: target for target in self.config.targets}
        found = []
        for number in self.shards:
            passages = {passage.id: passage for passage in self.store.passages(number)}
            judgements = self.store.table("judgements", [self.shards[number]]).to_pylist()
            found += [
                (
                    j["passage_id"],
                    j["target"],
                    pair_of(passages[j["passage_id"]], targets[j["target"]]),
                    j["label"],
                )
                for j in judgements
                if is_stance(j["label"])
            ]
        return [(pair, label) for _, _, pair, label in sorted(found)]

    def _is_done(self, stage: str, number: int) -> bool:
        part = self.store.part(FOLDER_OF_STAGE[stage], number)
        if part is None or part.fingerprint != self._expected(stage, number):
            return False
        # a judge that failed on all may do so by an option that changes no result, such as threads
        return stage != "judge" or part.records > 0 or not part.rejections

    def _expected(self, stage: str, number: int) -> str:
        """The fingerprint of all that the stage's part is made from."""
        shard, config = self.shards[number], self.config
        if stage == "translate":
            model = self.identity(shard.language)
            return fingerprint(pipelines.__version__, shard.fingerprint, config.pivot, model)
        if stage == "find":
            return fingerprint(self._expected("translate", number), config.actors, config.find)
        thresholds = config.stance.minimum_probability, config.stance.minimum_agreement
        return fingerprint(self._expected("find", number), config.targets, self.identity(STANCE), thresholds)

    def _translate(self, shard: Shard) -> Iterator[Any]:
        articles = self.store.articles(shard.number)
        language, pivot = shard.language, self.config.pivot
        if language != pivot and not translation_hops(self.config, language):
            near = ", ".join(nearest_languages(language, pivot)) or "none"
            reason = (
                f"no model translates '{language}' to '{pivot}' (nearest with one: {near}); "
                f"give one as translation.models.{language}"
            )
            return iter([Rejection(article.id, "translate", reason) for article in articles])
        translator: Any = None if language == pivot else self._held_model(language)
        return self._counted(translate(articles, translator))

    def _find(self, shard: Shard) -> Iterator[Any]:
        articles = self._counted(iter(self.store.translated(shard.number)))
        return find(articles, self.config.actors, self.config.pivot, self.config.find)

    def _judge(self, shard: Shard) -> Iterator[Any]:
        passages = self.store.passages(shard.number)
        if not passages:
            return iter(())
        stance = self.config.stance
        model: Any = self._held_model(STANCE)
        if not hasattr(model, "on_load"):  # one that tells when it loads does so where its memory does not do
            start = time.perf_counter()
            model.load()
            self._note_loading(STANCE, time.perf_counter() - start)
        minima = stance.minimum_probability, stance.minimum_agreement
        return judge(self._counted(iter(passages)), self.config.targets, model, *minima)

    def _counted(self, records: Iterator[Any]) -> Iterator[Any]:
        for record in records:
            yield record
            self.advance(1)

    def _held_model(self, role: str) -> Model:
        """The model for a role; the one held before is dropped first."""
        if self._held is None or self._held[0] != role:
            self._held = None
            gc.collect()
            model = self._build(role)
            if model is None:
                raise LookupError(role)
            self._held = role, model
        return self._held[1]

    def _build(self, role: str) -> Model | None:
        if role == STANCE:
            return build_judge(self.config, self.offline, partial(self._note_loading, role))
        return build_translator(self.config, role, self.offline, partial(self._note_loading, role))

    def _note_loading(self, role: str, seconds: float) -> None:
        self._loads[role] = self._loads.get(role, 0.0) + seconds


def stored_controls(store: Store) -> pd.DataFrame:
    """The controls of the judge; empty where there was nothing to try."""
    return pd.DataFrame(_controls_file(store).get("rows", []), columns=COLUMNS)


def _controls_file(store: Store) -> dict[str, Any]:
    """What is stored of the controls; nothing where the file is not there or damaged."""
    try:
        stored = json.loads((store.folder / CONTROLS).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}
