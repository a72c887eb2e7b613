"""Writes a trained model as the engine loads it: int8 ONNX and its tokenizer.

python -m training.export MODEL_DIR [FOLDER]
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from training.examples import PLAIN, Source
from training.train import model_folder

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
        FileNotFoundError: the folder holds no model.
        ValueError: the file is larger than 30 MiB.
    """
    model_dir = model_folder(model_dir)
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
        # Seven bits: with eight, sums overflow on processors without VNNI, and labels move.
        quantize_dynamic(whole, target, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    shutil.copy(model_dir / "tokenizer.json", folder / "tokenizer.json")
    if target.stat().st_size > LARGEST:
        raise ValueError(f"{target} has {target.stat().st_size} bytes, more than {LARGEST}")
    return target


def same_labels(model_dir: Path, target: Path, count: int = 200) -> float:
    """The share, in [0, 1], of made-up questions that the int8 model answers as the trained one does."""
    tokenizer = AutoTokenizer.from_pretrained(model_dir)
    network = AutoModelForSequenceClassification.from_pretrained(model_dir).eval()
    session = onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])
    rng, source = Random("export"), Source(PLAIN, "constructions")
    same = 0
    for example in (source.draw(rng) for _ in range(count)):
        tokens = tokenizer(example.premise, example.hypothesis, return_tensors="np")
        with torch.inference_mode():
            logits = network(**{name: torch.tensor(ids) for name, ids in tokens.items()}).logits.numpy()
        given = session.run(None, {name: tokens[name] for name in INPUTS})[0]
        same += int(logits.argmax() == given.argmax())
    return same / count


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
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    print(f"{target}: {target.stat().st_size} bytes, SHA-256 {digest}")
    print(f"labels as before quantisation: {100 * same_labels(options.model_dir, target):.1f} %")


if __name__ == "__main__":
    main()
