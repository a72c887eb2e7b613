"""Writes a trained model as the engine loads it: int8 ONNX and its tokenizer.

python -m training.export MODEL_DIR [FOLDER]
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModelForSequenceClassification

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGINE_FOLDER = Path(__file__).parents[1] / "pipelines" / "engines" / "stance" / "polystance_model"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
LARGEST = 30 * 2**20


class Logits(torch.nn.Module):
    """The network with plain tensors in and out, as ONNX knows no others."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        """Logits (pairs, 3) of entailment, neutral, contradiction."""
        logits: torch.Tensor = self.network(input_ids=ids, attention_mask=mask, token_type_ids=types).logits
        return logits


def export(model_dir: Path, folder: Path) -> Path:
    """The int8 model's file, beside which its tokenizer lies.

    Raises:
        ValueError: the file is larger than 30 MiB, or its answers are not those of the trained model.
    """
    folder.mkdir(parents=True, exist_ok=True)
    network = AutoModelForSequenceClassification.from_pretrained(
        model_dir, attn_implementation="eager"
    ).eval()
    target = folder / "model.onnx"
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "model.onnx"
        example = torch.ones(2, 8, dtype=torch.int64)
        axes = {name: {0: "pair", 1: "token"} for name in INPUTS}
        torch.onnx.export(
            Logits(network), (example, example, example * 0), str(whole), input_names=list(INPUTS),
            output_names=["logits"], dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
        # All weights, embeddings too; of activations only the scale of the pair at hand is used.
        quantize_dynamic(whole, target, per_channel=True, weight_type=QuantType.QInt8)
    shutil.copy(model_dir / "tokenizer.json", folder / "tokenizer.json")
    if target.stat().st_size > LARGEST:
        raise ValueError(f"{target} has {target.stat().st_size} bytes, more than {LARGEST}")
    return target


def largest_difference(model_dir: Path, target: Path, inputs: list[Mapping[str, Any]]) -> float:
    """By how much a probability of the int8 model differs from the trained model's, at most."""
    network = AutoModelForSequenceClassification.from_pretrained(model_dir).eval()
    session = onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])
    worst = 0.0
    for tokens in inputs:
        with torch.inference_mode():
            wanted = network(**{k: torch.tensor(v) for k, v in tokens.items()}).logits.softmax(-1).numpy()
        logits = session.run(None, {name: np.array(tokens[name]) for name in INPUTS})[0]
        given = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
        worst = max(worst, float(np.abs(given - wanted).max()))
    return worst


def main() -> None:
    """Reads the options, writes the files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model_dir", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=ENGINE_FOLDER)
    options = parser.parse_args()
    target = export(options.model_dir, options.folder)
    onnx.checker.check_model(onnx.load(target))
    print(json.dumps({"file": str(target), "bytes": target.stat().st_size}))


if __name__ == "__main__":
    main()
