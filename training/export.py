"""Writes a trained model as the engine loads it: ONNX with int8 weights, and its tokenizer.

python -m training.export MODEL_DIR [FOLDER]
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from pipelines.hashing import sha256
from pipelines.judge.export import export as export_exact
from pipelines.judge.polystance import TOKENIZER, WEIGHTS, load_session
from training.examples import PLAIN, Source
from training.train import model_folder

ENGINE_FOLDER = Path(__file__).parents[1] / "pipelines" / "engines" / "stance" / "polystance_model"
LARGEST = 30 * 2**20
SMALLEST_MATRIX = 10_000
"""Numbers; what is smaller stays in 32 bits."""


def export(model_dir: Path, folder: Path) -> Path:
    """The model's file, beside which its tokenizer lies.

    Raises:
        FileNotFoundError: the folder holds no model.
        ValueError: the file is larger than 30 MiB.
    """
    with TemporaryDirectory() as scratch:
        exact = export_exact(str(model_folder(model_dir)), Path(scratch), int8=False, offline=True)
        model = with_int8_weights(onnx.load(exact))
        onnx.checker.check_model(model)
        if model.ByteSize() > LARGEST:
            raise ValueError(f"{model_dir}: exported it has {model.ByteSize()} bytes, more than {LARGEST}")
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(model, folder / WEIGHTS)
        shutil.copy(exact.with_name(TOKENIZER), folder)
    return folder / WEIGHTS


def with_int8_weights(model: Any) -> Any:
    """The ONNX model with each matrix in int8 and a scale for each of its columns or words.

    The runtime turns them back when it loads them, and computes in 32 bits: with int8 activations one label
    in ten moved, and others on processors with other instructions.
    """
    graph = model.graph
    dequantised = []
    readers = {name: node.op_type for node in graph.node for name in node.input}
    for weights in list(graph.initializer):
        values, name = numpy_helper.to_array(weights), weights.name
        if values.ndim != 2 or values.size < SMALLEST_MATRIX:
            continue
        axis = 0 if readers[name] == "Gather" else 1
        scale = np.maximum(np.abs(values).max(axis=1 - axis, keepdims=True) / 127, 1e-12)
        parts = {
            f"{name} int8": np.rint(values / scale).astype(np.int8),
            f"{name} scale": scale.astype(np.float32).ravel(),
        }
        graph.initializer.remove(weights)
        graph.initializer.extend(numpy_helper.from_array(part, key) for key, part in parts.items())
        dequantised.append(helper.make_node("DequantizeLinear", list(parts), [name], axis=axis))
    for node in dequantised:
        graph.node.insert(0, node)
    return model


def same_labels(model_dir: Path, target: Path, count: int = 200) -> float:
    """The share, in [0, 1], of made-up questions to which the file gives the label of the trained model."""
    tokenizer = AutoTokenizer.from_pretrained(model_dir)
    network = AutoModelForSequenceClassification.from_pretrained(model_dir).eval()
    session = load_session(target)
    rng, source = Random("export"), Source(PLAIN, "constructions")
    same = 0
    for example in (source.draw(rng) for _ in range(count)):
        tokens = tokenizer(example.premise, example.hypothesis, return_tensors="np")
        with torch.inference_mode():
            logits = network(**{name: torch.tensor(ids) for name, ids in tokens.items()}).logits.numpy()
        given = session.run(None, dict(tokens))[0]
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
    for name in (WEIGHTS, TOKENIZER):
        path = options.folder / name
        print(f"{path}: {path.stat().st_size} bytes, SHA-256 {sha256(path)}")
    print(f"labels as before rounding: {100 * same_labels(options.model_dir, target):.1f} %")


if __name__ == "__main__":
    main()
