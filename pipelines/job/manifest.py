"""The manifest of a run: what was done, with which models, in how many seconds."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pipelines
from pipelines.job.shards import FOLDER_OF_STAGE, STANCE
from pipelines.job.store import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.config import RunConfig
    from pipelines.engines.base import ModelIdentity
    from pipelines.job.shards import ShardWorker
    from pipelines.job.store import Part, Store
    from pipelines.records import Rejection

Manifest = dict[str, Any]
FILE = "manifest.json"


class Record:
    """Notes what happens in a run, for its manifest."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.started = _now()
        self.loaded: dict[str, float] = {}
        self.seconds: dict[str, float] = {}

    def note_loading(self, seconds: dict[str, float]) -> None:
        """Notes the seconds that models took to load, by their roles."""
        for role, spent in seconds.items():
            self.loaded[role] = self.loaded.get(role, 0.0) + spent

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Notes the seconds that the block takes."""
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - start, 3)

    def written(self, config: RunConfig, store: Store, worker: ShardWorker) -> Manifest:
        """The manifest as it is now, written to its file."""
        manifest = self.so_far(config, store, worker)
        store.write_text(FILE, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
        return manifest

    def so_far(self, config: RunConfig, store: Store, worker: ShardWorker) -> Manifest:
        """The manifest as it is now.

        Seconds of stages 1 to 4 are those spent on the parts that are there, in whichever run; loading
        a model is not among them.
        """
        before = read_manifest(store)
        parts = {stage: _parts(store, folder) for stage, folder in _FOLDERS.items()}
        seconds = {stage: round(sum(p.seconds for p in found), 3) for stage, found in parts.items()}
        items = {stage: sum(part.items for part in found) for stage, found in parts.items()}
        options = config.model_dump(mode="json", exclude={"name", "execution"})
        return {
            "name": self.name,
            "version": pipelines.__version__,
            "fingerprint": fingerprint(pipelines.__version__, options),
            "started": self.started,
            "finished": _now(),
            "counts": {
                "articles": items["read"],
                "sentences": items["translate"],
                "passages": items["find"],
                "judgements": items["judge"],
                "rejected": len(rejections(store)),
            },
            "seconds": {
                **dict.fromkeys(("compare", "report"), 0.0),
                **before.get("seconds", {}),
                **seconds,
                **self.seconds,
            },
            "models": self._models(worker, before),
            "options": options,
        }

    def _models(self, worker: ShardWorker, before: Manifest) -> list[dict[str, Any]]:
        """Models that this run asked, and those of earlier runs whose results it keeps."""
        models = {(m["role"], m["language"]): m for m in before.get("models", [])}
        for name, identity in worker.identities.items():
            role, language = ("stance", None) if name == STANCE else ("translation", name)
            earlier = models.pop((role, language), {"load_seconds": None})
            if identity is not None:
                seconds = self.loaded.get(name, earlier["load_seconds"])
                models[role, language] = _model(role, language, identity, seconds)
        return sorted(models.values(), key=lambda model: (model["role"] == "stance", model["language"] or ""))


_FOLDERS = {"read": "articles", **FOLDER_OF_STAGE}


def read_manifest(store: Store) -> Manifest:
    """The manifest of the last run in the folder; empty where there is none."""
    try:
        manifest: Manifest = json.loads((store.folder / FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return manifest


def rejections(store: Store) -> list[Rejection]:
    """All articles that a stage could not use."""
    return [
        item for folder in _FOLDERS.values() for part in _parts(store, folder) for item in part.rejections
    ]


def _parts(store: Store, folder: str) -> list[Part]:
    complete = store.shards()
    if complete is None:
        return []
    shards, reading = complete
    if folder == "articles":
        return [reading]
    return [part for shard in shards if (part := store.part(folder, shard.number))]


def _model(role: str, language: str | None, identity: ModelIdentity, seconds: float | None) -> dict[str, Any]:
    return {
        "role": role,
        "language": language,
        "engine": identity.engine,
        "name": identity.name,
        "revision": identity.revision,
        "sha256": identity.sha256,
        "licence": identity.licence,
        "load_seconds": None if seconds is None else round(seconds, 3),
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
