"""Models in ONNX that come with polystance: their files are checked, and computed in 32 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.errors import ModelError
from pipelines.hashing import sha256

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INSTALL_CUDA = "Install onnxruntime-gpu, or leave device out"


def check_files(folder: Path, expected: Mapping[str, str], place: str) -> None:
    """Check that the files of a model are those that come with polystance.

    Args:
        folder: of the model.
        expected: SHA-256 of each file, by name.
        place: location of the model's user in the config, for errors.

    Raises:
        ModelError: a file is missing or its hash differs.
    """
    for name, digest in expected.items():
        path = folder / name
        actual = sha256(path) if path.is_file() else "no file"
        if actual != digest:
            cause = f"{path} has SHA-256 {actual}, not {digest}"
            raise ModelError(place, cause, "Install polystance again")


def load_session(weights: Path, device: str = "cpu", place: str = "stance") -> Any:
    """Load a model for one thread; its weights become floats once, not at each question.

    Args:
        weights: file of the model.
        device: cpu or cuda.
        place: location of the model's user in the config, for errors.

    Raises:
        ModelError: the device is missing.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    providers = ["CPUExecutionProvider"]
    if device == "cuda":
        if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
            raise ModelError(place, "onnxruntime sees no CUDA device", INSTALL_CUDA)
        providers.insert(0, "CUDAExecutionProvider")
    return onnxruntime.InferenceSession(weights, options, providers=providers)
