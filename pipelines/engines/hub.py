"""Model folders: local ones, and those of the hub, downloaded if needed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.config.yaml_text import parse_yaml
from pipelines.engines.base import ModelIdentity
from pipelines.errors import ConfigError, ModelError
from pipelines.hashing import sha256

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIGURATION = ("*.json", "*.spm", "*.model", "*.txt")
CARD = "README.md"
UNKNOWN_LICENCE = "see the model's page"
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""The files of weights that PyTorch reads, the best first."""


class ModelName(NamedTuple):
    """A hub id and its revision; None if the user pinned none."""

    id: str
    revision: str | None

    @classmethod
    def parse(cls, model: str) -> ModelName:
        """Split `id` or `id@revision`."""
        id_, _, revision = model.partition("@")
        return cls(id_, revision or None)


def local_folder(model: str, weights: Sequence[str] = WEIGHTS) -> Path | None:
    """The folder of a model on this machine: a local one, or in the hub's cache; None if there is none."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    name = ModelName.parse(model)
    try:
        cached = Path(snapshot_download(name.id, revision=name.revision, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None
    return cached if weights_file(cached, weights) else None


def fetch(model: str, offline: bool, place: str, weights: Sequence[str] = WEIGHTS) -> Path:
    """The folder of a model, downloaded if it is not on this machine.

    Only configuration, vocabulary and one file of weights are downloaded, never code.

    Args:
        model: hub id, id@revision or local folder.
        offline: never ask the hub.
        place: of the model's name in the config, for errors.
        weights: names of the files of weights that the engine reads, the best first; one is fetched.

    Raises:
        ModelError: the model is unavailable or has no weights.
    """
    folder = local_folder(model, weights) or _download(model, offline, place, weights)
    if weights_file(folder, weights) is None:
        cause = f"no {' or '.join(weights)} in {folder}"
        raise ModelError(place, cause, "Give a model that has weights for this engine")
    return folder


def weights_file(folder: Path, weights: Sequence[str] = WEIGHTS) -> Path | None:
    """The file of weights in a model's folder; None if there is none."""
    return next((folder / name for name in weights if (folder / name).is_file()), None)


def identify(
    engine: str, model: str, settings: Mapping[str, Any], weights: Sequence[str] = WEIGHTS
) -> ModelIdentity:
    """The identity of a model without downloading it; revision and hashes are known if it is on this machine.

    Args:
        engine: name of the engine.
        model: hub id, id@revision or local folder.
        settings: that change the model's answers.
        weights: names of the files of weights that the engine reads, the best first.
    """
    folder = local_folder(model, weights)
    file = folder and weights_file(folder, weights)
    if folder is None or file is None:
        return ModelIdentity(engine, model, settings=settings)
    return ModelIdentity(
        engine=engine,
        name=model,
        revision=folder.name if folder.parent.name == "snapshots" else ModelName.parse(model).revision,
        sha256=sha256(file),
        licence=_licence(folder),
        size=file.stat().st_size,
        settings={**settings, "configuration": configuration_digest(folder)},
    )


def _licence(folder: Path) -> str:
    """The licence in a model's card."""
    card = folder / CARD
    if not card.is_file():
        return UNKNOWN_LICENCE
    _, _, rest = card.read_text(encoding="utf-8", errors="replace").partition("---\n")
    try:
        header = parse_yaml(rest.partition("\n---")[0], str(card))
    except ConfigError:
        return UNKNOWN_LICENCE
    return str(header.get("license") or UNKNOWN_LICENCE) if isinstance(header, dict) else UNKNOWN_LICENCE


def fingerprint_of_folder(folder: Path) -> str:
    """A hash of a model's weights and small files."""
    weights = weights_file(folder)
    parts = [configuration_digest(folder), sha256(weights) if weights else ""]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:32]


def configuration_digest(folder: Path) -> str:
    """A hash of a model's small files, which change its answers as the weights do."""
    files = sorted({path for pattern in CONFIGURATION for path in folder.glob(pattern)})
    return hashlib.sha256("".join(f"{p.name}{sha256(p)}" for p in files).encode()).hexdigest()[:16]


def _download(model: str, offline: bool, place: str, weights: Sequence[str]) -> Path:
    name = ModelName.parse(model)
    if offline:
        cure = "Run `polystance models pull CONFIG` with a network first, or give a local folder"
        raise ModelError(place, f"model '{model}' is not on this machine, and --offline is set", cure)
    from huggingface_hub import HfApi, snapshot_download

    try:
        files = {s.rfilename for s in HfApi().model_info(name.id, revision=name.revision).siblings or []}
        file = next((name for name in weights if name in files), weights[0])
        patterns = [*CONFIGURATION, CARD, file]
        return Path(snapshot_download(name.id, revision=name.revision, allow_patterns=patterns))
    except Exception as error:  # the hub's client passes on the errors of its network layers
        cause = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        cure = "Check the id, the network and, for a gated model, your token; or give a local folder"
        raise ModelError(place, f"model '{model}' cannot be downloaded ({cause})", cure) from error
