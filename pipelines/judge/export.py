"""Export of an NLI checkpoint to ONNX with int8 weights, for the engine `nli_onnx`."""

from __future__ import annotations

import shutil
import warnings
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pipelines.engines.hub import fetch
from pipelines.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS = "model.onnx"
SMALL_FILES = ("config.json", "tokenizer.json")
OPSET = 17
"""Version of ONNX's operators; not tuned. 17 is the first with layer normalisation."""


def export(model: str, folder: Path, *, int8: bool, offline: bool) -> Path:
    """Write weights, tokenizer and config to a folder; returns the path of the weights.

    Args:
        model: hub id, id@revision or local folder of a sequence-classification checkpoint.
        folder: to write to; created if it is missing.
        int8: quantise weights and, while running, activations; about a quarter of the size.
        offline: never ask the hub.

    Raises:
        ModelError: a package is not installed, or the checkpoint is unavailable or has no fast tokenizer.
    """
    for package in ("onnx", "onnxruntime"):
        if find_spec(package) is None:
            cause = f"the package {package} is not installed"
            raise ModelError("models export", cause, "Install it: pip install 'polystance[onnx]'")
    source = fetch(model, offline, "models export")
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(source)
    if not tokenizer.is_fast:
        raise ModelError("models export", f"'{model}' has no fast tokenizer", "Use engine nli for it")
    network = AutoModelForSequenceClassification.from_pretrained(source, weights_only=True)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as temporary:
        tokenizer.save_pretrained(temporary)
        network.config.save_pretrained(temporary)
        for name in SMALL_FILES:
            shutil.copy(Path(temporary) / name, folder / name)
        exact = Path(temporary) / WEIGHTS
        _write(network.eval(), tokenizer("a premise", "a hypothesis", return_tensors="pt"), exact)
        if int8:
            from onnxruntime.quantization import quantize_dynamic

            quantize_dynamic(exact, folder / WEIGHTS)
        else:
            shutil.copy(exact, folder / WEIGHTS)
    return folder / WEIGHTS


def _write(network: Any, inputs: Mapping[str, Any], path: Path) -> None:
    """Trace the network on one pair; the file then takes any batch size and length."""
    import torch

    class Logits(torch.nn.Module):
        """The network by position, with its logits alone."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, *values: Any) -> Any:
            return self.network(**dict(zip(inputs, values, strict=True))).logits

    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter(
            "ignore"
        )  # tracing warns of what it cannot follow; the test compares the answers
        torch.onnx.export(
            Logits(),
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=["logits"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in inputs},
            opset_version=OPSET,
            dynamo=False,
        )
